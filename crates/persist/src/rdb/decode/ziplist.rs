//! Ziplist: what small collections were kept in before the listpack.
//!
//! ```text
//!   bytes:u32  tail:u32  count:u16  entry entry ...  FF
//!   entry = length of the entry before (1 byte, or FE and 4 bytes), encoding, payload
//!
//!   00llllll  bytes                      string
//!   01llllll llllllll  bytes             string, length big endian
//!   80 len:u32 big endian  bytes         string
//!   C0 i16 | D0 i32 | E0 i64 | F0 i24 | FE i8
//!   1111xxxx                             the integer xxxx - 1, from 0 to 12
//! ```

use super::Input;
use crate::Error;
use hematite_structures::listpack::{Element, Listpack};

const HEADER: usize = 10;
const END: u8 = 0xFF;
const LONG_PREVIOUS: u8 = 0xFE;
/// What the count says where there are too many to say.
const COUNT_UNKNOWN: u16 = u16::MAX;

/// Reads a string that is a ziplist, as a listpack of the same elements.
pub(super) fn read_as_listpack(input: &mut Input<'_>) -> Result<Listpack, Error> {
    let start = input.offset();
    to_listpack(input.string()?).ok_or_else(|| Error::new(start, "not a valid ziplist"))
}

fn to_listpack(bytes: &[u8]) -> Option<Listpack> {
    let (head, last) = (bytes.first_chunk::<HEADER>()?, bytes.last()?);
    let total = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
    let tail = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
    let count = u16::from_le_bytes([head[8], head[9]]);
    if total != bytes.len() || bytes.len() <= HEADER || *last != END {
        return None;
    }
    let mut pack = Listpack::new();
    let (mut at, mut previous, mut last_at, mut entries) = (HEADER, 0, HEADER, 0usize);
    while at < bytes.len() - 1 {
        let (element, len) = entry(&bytes[at..bytes.len() - 1], previous)?;
        pack.push_back(element).ok()?;
        (last_at, previous) = (at, len);
        at += len;
        entries += 1;
    }
    let is_counted = count == COUNT_UNKNOWN || usize::from(count) == entries;
    (is_counted && tail == last_at).then_some(pack)
}

/// The entry at the start of `bytes` with its length, if the one before has `previous` bytes.
fn entry(bytes: &[u8], previous: usize) -> Option<(Element<'_>, usize)> {
    let (&first, rest) = bytes.split_first()?;
    let (told, rest) = match first {
        LONG_PREVIOUS => {
            let (wide, rest) = rest.split_first_chunk::<4>()?;
            (u32::from_le_bytes(*wide) as usize, rest)
        }
        END => return None,
        short => (usize::from(short), rest),
    };
    if told != previous {
        return None;
    }
    let (element, rest) = payload(rest)?;
    Some((element, bytes.len() - rest.len()))
}

fn payload(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&encoding, rest) = bytes.split_first()?;
    match encoding {
        0x00..=0x3F => text(rest, usize::from(encoding)),
        0x40..=0x7F => {
            let (&low, rest) = rest.split_first()?;
            text(rest, usize::from(encoding & 63) << 8 | usize::from(low))
        }
        0x80 => {
            let (len, rest) = rest.split_first_chunk::<4>()?;
            text(rest, u32::from_be_bytes(*len) as usize)
        }
        0xC0 => integer(rest, |b| i64::from(i16::from_le_bytes(b))),
        0xD0 => integer(rest, |b| i64::from(i32::from_le_bytes(b))),
        0xE0 => integer(rest, i64::from_le_bytes),
        0xF0 => integer(rest, |[a, b, c]| i64::from(i32::from_le_bytes([0, a, b, c]) >> 8)),
        0xFE => integer(rest, |b| i64::from(i8::from_le_bytes(b))),
        0xF1..=0xFD => Some((Element::Int(i64::from(encoding & 15) - 1), rest)),
        _ => None,
    }
}

fn text(rest: &[u8], len: usize) -> Option<(Element<'_>, &[u8])> {
    rest.split_at_checked(len).map(|(text, rest)| (Element::Bytes(text), rest))
}

fn integer<const N: usize>(rest: &[u8], read: impl FnOnce([u8; N]) -> i64) -> Option<(Element<'_>, &[u8])> {
    rest.split_first_chunk::<N>().map(|(bytes, rest)| (Element::Int(read(*bytes)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ziplist of entries given without the length of the one before.
    fn ziplist(entries: &[&[u8]]) -> Vec<u8> {
        let (mut body, mut previous, mut last_at) = (Vec::new(), 0, HEADER);
        for entry in entries {
            let start = body.len();
            last_at = HEADER + start;
            match previous {
                0..254 => body.push(previous as u8),
                _ => {
                    body.push(LONG_PREVIOUS);
                    body.extend_from_slice(&(previous as u32).to_le_bytes());
                }
            }
            body.extend_from_slice(entry);
            previous = body.len() - start;
        }
        let mut bytes = ((HEADER + body.len() + 1) as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(&(last_at as u32).to_le_bytes());
        bytes.extend_from_slice(&(entries.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&body);
        bytes.push(END);
        bytes
    }

    #[test]
    fn every_encoding_is_read() {
        let long = [&[0x41, 0x2c][..], &[b'x'; 300]].concat();
        let longer = [&[0x80, 0, 0, 0x50, 0][..], &[b'y'; 0x5000]].concat();
        let entries: [&[u8]; 11] = [
            b"\x03abc",
            &long,
            &longer,
            &[0xC0, 0x00, 0x80],
            &[0xD0, 0, 0, 0, 0x80],
            &[0xE0, 0, 0, 0, 0, 0, 0, 0, 0x80],
            &[0xF0, 0, 0, 0x80],
            &[0xFE, 0x80],
            &[0xF1],
            &[0xFD],
            b"\x00",
        ];
        let bytes = ziplist(&entries);
        let pack = to_listpack(&bytes).unwrap();
        let elements: Vec<_> = pack.iter().skip(3).map(|e| e.to_vec()).collect();
        let numbers = ["-32768", "-2147483648", "-9223372036854775808", "-8388608", "-128", "0", "12", ""]
            .map(str::as_bytes);
        assert_eq!(elements, numbers);
        assert_eq!(pack.get(1).unwrap().text_len(), 300);
        assert_eq!(pack.get(2).unwrap().text_len(), 0x5000);
    }

    #[test]
    fn whatever_is_wrong_is_refused() {
        let bytes = ziplist(&[b"\x03abc", &[0xF5], b"\x05hello"]);
        for len in 0..bytes.len() {
            assert!(to_listpack(&bytes[..len]).is_none(), "cut at {len}");
        }
        for at in 0..bytes.len() {
            for value in [0, 1, 2, 4, 63, 64, 128, 200, 253, 254, 255] {
                let mut broken = bytes.clone();
                broken[at] = value;
                // No panic; header, lengths and the end are all vouched for by something else.
                let is_read = to_listpack(&broken).is_some();
                assert!(
                    !is_read || at >= HEADER || value == bytes[at] || at == 8 || at == 9,
                    "byte {at} = {value}"
                );
            }
        }
    }
}
