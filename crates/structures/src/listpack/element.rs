//! What one entry of a listpack holds, and the decimal notation in which integers and strings meet.
//!
//! A string that is the canonical decimal form of an `i64` (no sign but a minus, no leading zero, no `-0`) is stored
//! as an integer; every other string is stored as its bytes. So an integer entry and a string are equal exactly when
//! the string parses to that integer.

/// One entry, borrowed from the listpack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element<'a> {
    /// Stored as an integer.
    Int(i64),
    /// Stored as bytes.
    Bytes(&'a [u8]),
}

/// Room for the longest decimal `i64`; pass it to [`Element::text`].
pub type DecimalBuffer = itoa::Buffer;

impl<'a> Element<'a> {
    /// The element as text: its bytes, or its decimal form written into `buffer`.
    #[inline]
    pub fn text<'b>(&self, buffer: &'b mut DecimalBuffer) -> &'b [u8]
    where
        'a: 'b,
    {
        match *self {
            Element::Int(value) => buffer.format(value).as_bytes(),
            Element::Bytes(bytes) => bytes,
        }
    }

    /// Appends the element's text to `out`.
    #[inline]
    pub fn write_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.text(&mut DecimalBuffer::new()));
    }

    /// The element's text as an owned vector.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(&mut out);
        out
    }

    /// Whether the element's text equals `bytes`, without formatting the integer.
    #[inline]
    pub fn eq_bytes(&self, bytes: &[u8]) -> bool {
        match *self {
            Element::Int(value) => parse_integer(bytes) == Some(value),
            Element::Bytes(own) => own == bytes,
        }
    }

    /// The integer that the element is, whether stored as one or as its canonical text.
    #[inline]
    pub fn as_integer(&self) -> Option<i64> {
        match *self {
            Element::Int(value) => Some(value),
            Element::Bytes(bytes) => parse_integer(bytes),
        }
    }

    /// The length of the element's text in bytes.
    #[inline]
    pub fn text_len(&self) -> usize {
        match *self {
            Element::Int(value) => decimal_len(value),
            Element::Bytes(bytes) => bytes.len(),
        }
    }
}

impl From<i64> for Element<'_> {
    fn from(value: i64) -> Self {
        Element::Int(value)
    }
}

impl<'a> From<&'a [u8]> for Element<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Element::Bytes(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Element<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Element::Bytes(bytes)
    }
}

/// A string that many elements are compared with: whether it is an integer is found out once.
#[derive(Clone, Copy, Debug)]
pub struct Needle<'a> {
    bytes: &'a [u8],
    integer: Option<i64>,
}

impl<'a> Needle<'a> {
    /// Prepares `bytes` for comparison.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, integer: parse_integer(bytes) }
    }

    /// The string itself.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether the element's text equals the string.
    #[inline]
    pub fn matches(&self, element: Element<'_>) -> bool {
        match element {
            Element::Int(value) => self.integer == Some(value),
            Element::Bytes(bytes) => bytes == self.bytes,
        }
    }
}

fn decimal_len(value: i64) -> usize {
    let digits = value.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    digits + usize::from(value < 0)
}

/// The integer of which `bytes` is the canonical decimal form.
#[inline]
pub fn parse_integer(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= 19 => {}
        _ => return None,
    }
    let mut magnitude: u64 = 0;
    for &digit in digits {
        let value = digit.wrapping_sub(b'0');
        if value > 9 {
            return None;
        }
        // Nineteen digits stay below 10^19, which fits 64 bits.
        magnitude = magnitude * 10 + u64::from(value);
    }
    if negative {
        (magnitude <= i64::MIN.unsigned_abs()).then(|| (magnitude as i64).wrapping_neg())
    } else {
        i64::try_from(magnitude).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_decimals_are_integers() {
        for text in
            [&b"0"[..], b"-1", b"9223372036854775807", b"-9223372036854775808", b"1000000000000000000"]
        {
            let value = parse_integer(text).expect("canonical");
            assert_eq!(value.to_string().as_bytes(), text);
            assert_eq!(Element::Int(value).text_len(), text.len());
            assert!(Element::Int(value).eq_bytes(text));
        }
        for text in [
            &b""[..],
            b"-",
            b"-0",
            b"00",
            b"01",
            b"+1",
            b" 1",
            b"1 ",
            b"1a",
            b"9223372036854775808",
            b"-9223372036854775809",
            b"99999999999999999999",
            b"18446744073709551617",
        ] {
            assert_eq!(parse_integer(text), None, "{text:?}");
        }
    }
}
