//! Reply encoder: one call a reply, in the form of the client's protocol version.

use hematite_base::number;

/// Protocol version that HELLO set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Protocol {
    /// RESP2, what a connection starts with.
    #[default]
    Resp2,
    /// RESP3: maps, sets, doubles, booleans, push messages.
    Resp3,
}

/// Appends replies to a buffer. Aggregates are written as their length, followed by that many replies.
pub struct Encoder<'a> {
    out: &'a mut Vec<u8>,
    /// The version that decides each form.
    pub protocol: Protocol,
}

impl<'a> Encoder<'a> {
    /// An encoder at the end of `out`.
    pub fn new(out: &'a mut Vec<u8>, protocol: Protocol) -> Self {
        Encoder { out, protocol }
    }
    /// The buffer itself, for replies that are copied whole.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        self.out
    }
    /// Bytes written so far, to patch or cut back to.
    pub fn position(&self) -> usize {
        self.out.len()
    }
    /// Forgets everything after `position`.
    pub fn truncate(&mut self, position: usize) {
        self.out.truncate(position);
    }
    fn is3(&self) -> bool {
        self.protocol == Protocol::Resp3
    }
    #[inline(always)]
    fn head(&mut self, kind: u8, n: i64) {
        // Most lengths and many integers have one or two digits.
        match n {
            0..10 => self.out.extend_from_slice(&[kind, b'0' + n as u8, b'\r', b'\n']),
            10..100 => {
                let (tens, ones) = (n as u8 / 10, n as u8 % 10);
                self.out.extend_from_slice(&[kind, b'0' + tens, b'0' + ones, b'\r', b'\n']);
            }
            _ => self.long_head(kind, n),
        }
    }
    fn long_head(&mut self, kind: u8, n: i64) {
        let mut digits = number::Digits::default();
        let text = digits.i64(n);
        let mut line = [0; 24];
        line[0] = kind;
        line[1..=text.len()].copy_from_slice(text);
        line[text.len() + 1] = b'\r';
        line[text.len() + 2] = b'\n';
        self.out.extend_from_slice(&line[..text.len() + 3]);
    }
    /// `+OK`.
    pub fn ok(&mut self) {
        self.out.extend_from_slice(b"+OK\r\n");
    }
    /// A simple string; must not hold line ends.
    pub fn simple(&mut self, text: &str) {
        self.out.push(b'+');
        self.out.extend_from_slice(text.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }
    /// An error with its code, as in `WRONGTYPE Operation ...`. Line ends become blanks.
    pub fn error(&mut self, text: &[u8]) {
        self.out.push(b'-');
        self.out.extend(text.iter().map(|b| if matches!(b, b'\r' | b'\n') { b' ' } else { *b }));
        self.out.extend_from_slice(b"\r\n");
    }
    /// An integer.
    #[inline]
    pub fn integer(&mut self, n: i64) {
        self.head(b':', n);
    }
    /// An integer without a sign, which may be more than 63 bits hold.
    pub fn unsigned(&mut self, n: u64) {
        match i64::try_from(n) {
            Ok(n) => self.head(b':', n),
            Err(_) => {
                self.out.push(b':');
                self.out.extend_from_slice(n.to_string().as_bytes());
                self.out.extend_from_slice(b"\r\n");
            }
        }
    }
    /// A bulk string.
    #[inline]
    pub fn bulk(&mut self, bytes: &[u8]) {
        self.out.reserve(bytes.len() + 32);
        self.head(b'$', bytes.len() as i64);
        self.out.extend_from_slice(bytes);
        self.out.extend_from_slice(b"\r\n");
    }
    /// An integer as a bulk string.
    pub fn bulk_integer(&mut self, n: i64) {
        let mut text = number::Digits::default();
        self.bulk(text.i64(n));
    }
    /// A double as a bulk string, whatever the protocol.
    pub fn bulk_double(&mut self, n: f64) {
        self.bulk(number::DoubleText::default().format(n));
    }
    /// Nothing: `_` or the null bulk string.
    pub fn null(&mut self) {
        self.out.extend_from_slice(if self.is3() { b"_\r\n" } else { b"$-1\r\n" });
    }
    /// Nothing where an array would be: `_` or the null array.
    pub fn null_array(&mut self) {
        self.out.extend_from_slice(if self.is3() { b"_\r\n" } else { b"*-1\r\n" });
    }
    /// An array of `len` replies to follow.
    pub fn array(&mut self, len: usize) {
        self.head(b'*', len as i64);
    }
    /// A map of `len` pairs to follow; an array of twice as many in RESP2.
    pub fn map(&mut self, len: usize) {
        if self.is3() { self.head(b'%', len as i64) } else { self.head(b'*', 2 * len as i64) }
    }
    /// A set of `len` replies to follow; an array in RESP2.
    pub fn set(&mut self, len: usize) {
        self.head(if self.is3() { b'~' } else { b'*' }, len as i64);
    }
    /// A push message of `len` replies to follow; an array in RESP2.
    pub fn push(&mut self, len: usize) {
        self.head(if self.is3() { b'>' } else { b'*' }, len as i64);
    }
    /// A double; a bulk string in RESP2.
    pub fn double(&mut self, n: f64) {
        if !self.is3() {
            return self.bulk_double(n);
        }
        self.out.push(b',');
        number::write_f64(self.out, n);
        self.out.extend_from_slice(b"\r\n");
    }
    /// A boolean; 1 or 0 in RESP2.
    pub fn boolean(&mut self, value: bool) {
        let text: &[u8] = match (self.is3(), value) {
            (true, true) => b"#t\r\n",
            (true, false) => b"#f\r\n",
            (false, true) => b":1\r\n",
            (false, false) => b":0\r\n",
        };
        self.out.extend_from_slice(text);
    }
    /// A big number; a bulk string in RESP2.
    pub fn big_number(&mut self, digits: &[u8]) {
        if !self.is3() {
            return self.bulk(digits);
        }
        self.out.push(b'(');
        self.out.extend_from_slice(digits);
        self.out.extend_from_slice(b"\r\n");
    }
    /// Text with a three-letter format (`txt`, `mkd`); a bulk string in RESP2.
    pub fn verbatim(&mut self, format: &[u8; 3], text: &[u8]) {
        if !self.is3() {
            return self.bulk(text);
        }
        self.head(b'=', text.len() as i64 + 4);
        self.out.extend_from_slice(format);
        self.out.push(b':');
        self.out.extend_from_slice(text);
        self.out.extend_from_slice(b"\r\n");
    }
    /// An attribute of `len` pairs to follow, before the reply that it belongs to. RESP3 only.
    pub fn attribute(&mut self, len: usize) {
        self.head(b'|', len as i64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(f: impl Fn(&mut Encoder)) -> (String, String) {
        let one = |protocol| {
            let mut out = Vec::new();
            f(&mut Encoder::new(&mut out, protocol));
            String::from_utf8(out).unwrap()
        };
        (one(Protocol::Resp2), one(Protocol::Resp3))
    }

    #[test]
    fn forms_of_both_protocols() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(both(|e| e.null()), pair("$-1\r\n", "_\r\n"));
        assert_eq!(both(|e| e.map(2)), pair("*4\r\n", "%2\r\n"));
        assert_eq!(both(|e| e.double(1.5)), pair("$3\r\n1.5\r\n", ",1.5\r\n"));
        assert_eq!(both(|e| e.double(f64::NEG_INFINITY)), pair("$4\r\n-inf\r\n", ",-inf\r\n"));
        assert_eq!(both(|e| e.boolean(true)), pair(":1\r\n", "#t\r\n"));
        assert_eq!(both(|e| e.verbatim(b"txt", b"hi")), pair("$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n"));
        assert_eq!(both(|e| e.error(b"ERR a\r\nb")), pair("-ERR a  b\r\n", "-ERR a  b\r\n"));
        assert_eq!(both(|e| e.integer(i64::MIN)).0, ":-9223372036854775808\r\n");
    }
}
