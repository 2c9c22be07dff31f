//! Request parser: finds whole commands in a buffer and lends their arguments; remembers where it was in a partial one.
//!
//! A frame is `*N\r\n` and N times `$L\r\n<L bytes>\r\n`, or an inline line. The parser is given the bytes from the start of
//! the current frame on, and on [`Step::Partial`] keeps the arguments seen so far as offsets, so bytes that trickle in are
//! looked at once. Its own memory is 8 bytes an argument received; it never believes an announced length.

use crate::inline::split_arguments;
use memchr::memchr2;

/// Limits that the session's state sets.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// `proto-max-bulk-len`, bytes of one argument.
    pub bulk_bytes_max: u64,
    /// Whether the client has yet to authenticate: ten arguments of 16 KiB are enough for that.
    pub unauthenticated: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bulk_bytes_max: 512 << 20, unauthenticated: false }
    }
}

/// Why the stream can't be read any further; the text after `Protocol error: `.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// A line of over 64 KiB where a count should be.
    BigCountLine,
    /// A line of over 64 KiB where a length should be.
    BigLengthLine,
    /// An inline command of over 64 KiB.
    BigInline,
    /// `*N` with N no integer or too large.
    Multibulk,
    /// Over ten arguments before authentication.
    MultibulkUnauthenticated,
    /// Something else where `$` should be.
    ExpectedDollar(u8),
    /// `$L` with L no integer, negative or too large.
    Bulk,
    /// Over 16 KiB before authentication.
    BulkUnauthenticated,
    /// Quotes that do not close in an inline command.
    Quotes,
}

impl ProtocolError {
    /// Appends the text of the error reply, without the leading `-ERR `.
    pub fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"Protocol error: ");
        out.extend_from_slice(match self {
            ProtocolError::BigCountLine => b"too big mbulk count string",
            ProtocolError::BigLengthLine => b"too big bulk count string",
            ProtocolError::BigInline => b"too big inline request",
            ProtocolError::Multibulk => b"invalid multibulk length",
            ProtocolError::MultibulkUnauthenticated => b"unauthenticated multibulk length",
            ProtocolError::ExpectedDollar(_) => b"expected '$', got '",
            ProtocolError::Bulk => b"invalid bulk length",
            ProtocolError::BulkUnauthenticated => b"unauthenticated bulk length",
            ProtocolError::Quotes => b"unbalanced quotes in request",
        });
        if let ProtocolError::ExpectedDollar(byte) = self {
            // A reply line can't hold line ends.
            out.extend_from_slice(&[if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }, b'\'']);
        }
    }
}

/// What one look at the buffer found.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// The arguments of a command were appended; its frame is this many bytes. No arguments: nothing to do.
    Command(usize),
    /// An inline command, unquoted, and the bytes of its line.
    Inline(usize, Vec<Vec<u8>>),
    /// The frame is not whole yet.
    Partial,
    /// The stream is broken.
    Broken(ProtocolError),
}

const LINE_MAX: usize = 64 * 1024;
const UNAUTHENTICATED_COUNT: i64 = 10;
const UNAUTHENTICATED_BYTES: u64 = 16 * 1024;

/// The parser's state within the current frame; all offsets count from the frame's first byte.
#[derive(Default, Debug)]
pub struct Parser {
    /// Arguments still to come; 0 before the count line was read.
    left: usize,
    /// First byte not yet understood.
    at: usize,
    /// Length line of the current argument, once read.
    bulk: Option<usize>,
    /// (offset, length) of the arguments seen so far, kept only while a frame is partial.
    seen: Vec<(u32, u32)>,
}

/// The common case: a whole frame of up to nine arguments of up to 99 bytes each, which no limit can forbid. Appends its
/// arguments, and returns its size; if it is anything else, `None`, and some arguments may have been appended.
#[inline(always)]
fn whole<'a>(frame: &'a [u8], arguments: &mut Vec<&'a [u8]>) -> Option<usize> {
    let [b'*', count @ b'1'..=b'9', b'\r', _, bulks @ ..] = frame else { return None };
    let mut rest = bulks;
    for _ in 0..count - b'0' {
        let (length, bytes) = match rest {
            [b'$', a @ b'1'..=b'9', b @ b'0'..=b'9', b'\r', _, bytes @ ..] => {
                (usize::from(a - b'0') * 10 + usize::from(b - b'0'), bytes)
            }
            [b'$', a @ b'0'..=b'9', b'\r', _, bytes @ ..] => (usize::from(a - b'0'), bytes),
            _ => return None,
        };
        let (argument, after) = bytes.split_at_checked(length)?;
        rest = after.get(2..)?;
        arguments.push(argument);
    }
    Some(frame.len() - rest.len())
}

enum Line<'a> {
    Is(&'a [u8], usize),
    Partial,
    TooLong,
}

impl Parser {
    /// How many bytes the frame must have before looking again makes sense (0: unknown).
    pub fn bytes_wanted(&self) -> usize {
        self.bulk.map_or(0, |length| self.at + length + 2)
    }

    /// Looks for one command in `frame`, which starts at the current frame's first byte, and appends its arguments.
    #[inline]
    pub fn step<'a>(&mut self, frame: &'a [u8], limits: &Limits, arguments: &mut Vec<&'a [u8]>) -> Step {
        let first = arguments.len();
        if self.at == 0 {
            if let Some(size) = whole(frame, arguments) {
                return Step::Command(size);
            }
            arguments.truncate(first);
            match frame.first() {
                None => return Step::Partial,
                Some(b'*') => {}
                Some(_) => return self.inline(frame),
            }
            match self.count(frame, limits) {
                Ok(true) => {}
                Ok(false) => return Step::Partial,
                Err(error) => return Step::Broken(error),
            }
        }
        arguments.extend(self.seen.iter().map(|&(at, len)| &frame[at as usize..at as usize + len as usize]));
        let before = arguments.len();
        match self.bulks(frame, limits, arguments) {
            Ok(true) => {
                let size = self.at;
                (self.left, self.at, self.bulk) = (0, 0, None);
                self.seen.clear();
                if self.seen.capacity() > 1024 {
                    self.seen = Vec::new();
                }
                Step::Command(size)
            }
            Ok(false) => {
                let origin = frame.as_ptr() as usize;
                let offset = |a: &[u8]| (a.as_ptr() as usize - origin) as u32;
                self.seen.extend(arguments[before..].iter().map(|a| (offset(a), a.len() as u32)));
                arguments.truncate(first);
                Step::Partial
            }
            Err(error) => {
                arguments.truncate(first);
                Step::Broken(error)
            }
        }
    }

    #[inline]
    fn count(&mut self, frame: &[u8], limits: &Limits) -> Result<bool, ProtocolError> {
        // The common case by hand: one digit.
        if let [_, digit @ b'1'..=b'9', b'\r', _, ..] = frame {
            self.left = usize::from(digit - b'0');
            self.at = 4;
            return Ok(true);
        }
        self.long_count(frame, limits)
    }

    fn long_count(&mut self, frame: &[u8], limits: &Limits) -> Result<bool, ProtocolError> {
        let (line, next) = match line(&frame[1..]) {
            Line::Is(line, length) => (line, 1 + length),
            Line::Partial => return Ok(false),
            Line::TooLong => return Err(ProtocolError::BigCountLine),
        };
        let count = number(line).filter(|n| *n <= i64::from(i32::MAX)).ok_or(ProtocolError::Multibulk)?;
        if limits.unauthenticated && count > UNAUTHENTICATED_COUNT {
            return Err(ProtocolError::MultibulkUnauthenticated);
        }
        self.left = count.max(0) as usize;
        self.at = next;
        Ok(true)
    }

    #[inline]
    fn bulks<'a>(
        &mut self,
        frame: &'a [u8],
        limits: &Limits,
        arguments: &mut Vec<&'a [u8]>,
    ) -> Result<bool, ProtocolError> {
        while self.left > 0 {
            let length = match self.bulk {
                Some(length) => length,
                None => match self.length(frame, limits)? {
                    Some(length) => length,
                    None => return Ok(false),
                },
            };
            if frame.len() < self.at + length + 2 {
                self.bulk = Some(length);
                return Ok(false);
            }
            arguments.push(&frame[self.at..self.at + length]);
            self.at += length + 2;
            self.left -= 1;
            self.bulk = None;
        }
        Ok(true)
    }

    #[inline]
    fn length(&mut self, frame: &[u8], limits: &Limits) -> Result<Option<usize>, ProtocolError> {
        let rest = &frame[self.at..];
        // The common case by hand: '$', one to three digits, CR LF.
        if let [b'$', a @ b'0'..=b'9', tail @ ..] = rest {
            let mut value = usize::from(a - b'0');
            for (i, byte) in tail.iter().take(3).enumerate() {
                match byte {
                    b'0'..=b'9' if value > 0 => value = value * 10 + usize::from(byte - b'0'),
                    b'\r' if tail.len() > i + 1 => {
                        return self.allow(value as u64, limits).map(|value| {
                            self.at += i + 4;
                            Some(value)
                        });
                    }
                    _ => break,
                }
            }
        }
        let Some(&first) = rest.first() else { return Ok(None) };
        if first == 0 {
            return if rest.len() > LINE_MAX { Err(ProtocolError::BigLengthLine) } else { Ok(None) };
        }
        let (line, next) = match line(&rest[1..]) {
            Line::Is(line, length) => (line, 1 + length),
            Line::Partial if first != b'$' && rest.len() > 1 && end_of_line(b'\r', rest).is_some() => {
                return Err(ProtocolError::ExpectedDollar(first));
            }
            Line::Partial => return Ok(None),
            Line::TooLong => return Err(ProtocolError::BigLengthLine),
        };
        if first != b'$' {
            return Err(ProtocolError::ExpectedDollar(first));
        }
        let value = number(line).filter(|n| *n >= 0).ok_or(ProtocolError::Bulk)?;
        let value = self.allow(value as u64, limits)?;
        self.at += next;
        Ok(Some(value))
    }

    #[inline(always)]
    fn allow(&self, length: u64, limits: &Limits) -> Result<usize, ProtocolError> {
        if length > limits.bulk_bytes_max {
            return Err(ProtocolError::Bulk);
        }
        if limits.unauthenticated && length > UNAUTHENTICATED_BYTES {
            return Err(ProtocolError::BulkUnauthenticated);
        }
        Ok(length as usize)
    }

    fn inline(&mut self, frame: &[u8]) -> Step {
        let Some(end) = end_of_line(b'\n', frame) else {
            return if frame.len() > LINE_MAX {
                Step::Broken(ProtocolError::BigInline)
            } else {
                Step::Partial
            };
        };
        let line = frame[..end].strip_suffix(b"\r").unwrap_or(&frame[..end]);
        match split_arguments(line) {
            Some(words) => Step::Inline(end + 1, words),
            None => Step::Broken(ProtocolError::Quotes),
        }
    }
}

/// A line up to CR and the byte after it, which the reference does not look at.
#[inline]
fn line(rest: &[u8]) -> Line<'_> {
    match end_of_line(b'\r', &rest[..rest.len().min(LINE_MAX + 1)]) {
        Some(end) if end + 1 < rest.len() => Line::Is(&rest[..end], end + 2),
        Some(_) => Line::Partial,
        None if rest.len() > LINE_MAX => Line::TooLong,
        None => Line::Partial,
    }
}

/// Where the line ends. A NUL hides what comes after it, as it does in C: such a line never becomes whole.
#[inline]
fn end_of_line(end: u8, rest: &[u8]) -> Option<usize> {
    memchr2(end, 0, rest).filter(|&at| rest[at] == end)
}

/// A decimal integer in its canonical form, as string2ll takes it.
fn number(text: &[u8]) -> Option<i64> {
    hematite_base::number::parse_i64(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<Vec<Vec<u8>>>, ProtocolError> {
        chunked(&[bytes])
    }

    fn chunked(chunks: &[&[u8]]) -> Result<Vec<Vec<Vec<u8>>>, ProtocolError> {
        let (mut parser, mut buffer, mut commands) = (Parser::default(), Vec::new(), Vec::new());
        for chunk in chunks {
            buffer.extend_from_slice(chunk);
            loop {
                let mut arguments = Vec::new();
                let used = match parser.step(&buffer, &Limits::default(), &mut arguments) {
                    Step::Command(used) => {
                        commands.push(arguments.iter().map(|a| a.to_vec()).collect());
                        used
                    }
                    Step::Inline(used, words) => {
                        commands.push(words);
                        used
                    }
                    Step::Partial => break,
                    Step::Broken(error) => return Err(error),
                };
                buffer.drain(..used);
            }
        }
        Ok(commands)
    }

    #[test]
    fn a_pipeline_at_once_and_byte_by_byte() {
        let bytes =
            b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$0\r\n\r\nPING 'x y'\r\n*1\r\n$4\r\nPING\r\n*0\r\n*-1\r\n";
        let expected = all(bytes).unwrap();
        assert_eq!(expected.len(), 5);
        assert_eq!(expected[1], [b"PING".to_vec(), b"x y".to_vec()]);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(chunked(&single).unwrap(), expected);
    }

    #[test]
    fn errors_in_the_references_words() {
        let text = |bytes: &[u8]| {
            let mut out = Vec::new();
            all(bytes).unwrap_err().write(&mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(b"*x\r\n"), "Protocol error: invalid multibulk length");
        assert_eq!(text(b"*2147483648\r\n"), "Protocol error: invalid multibulk length");
        assert_eq!(text(b"*1\r\n:1\r\n"), "Protocol error: expected '$', got ':'");
        assert_eq!(text(b"*1\r\n$-1\r\n"), "Protocol error: invalid bulk length");
        assert_eq!(text(b"*1\r\n$536870913\r\n"), "Protocol error: invalid bulk length");
        assert_eq!(text(b"set \"a\n"), "Protocol error: unbalanced quotes in request");
        assert_eq!(text(&[b'a'; LINE_MAX + 1]), "Protocol error: too big inline request");
        let long = [b"*".as_slice(), &[b'1'; LINE_MAX + 1]].concat();
        assert_eq!(text(&long), "Protocol error: too big mbulk count string");
        let long = [b"*1\r\n$".as_slice(), &[b'1'; LINE_MAX + 1]].concat();
        assert_eq!(text(&long), "Protocol error: too big bulk count string");
    }

    #[test]
    fn before_authentication_little_is_believed() {
        let limits = Limits { unauthenticated: true, ..Limits::default() };
        let step = |bytes: &[u8]| Parser::default().step(bytes, &limits, &mut Vec::new());
        assert_eq!(step(b"*11\r\n"), Step::Broken(ProtocolError::MultibulkUnauthenticated));
        assert_eq!(step(b"*1\r\n$16385\r\n"), Step::Broken(ProtocolError::BulkUnauthenticated));
        assert_eq!(step(b"*10\r\n$16384\r\n"), Step::Partial);
    }
}
