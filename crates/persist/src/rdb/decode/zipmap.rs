//! Zipmap: what small hashes were kept in before Redis 2.6.
//!
//! ```text
//!   count:u8  ( len field  len free:u8 value  room ) ...  FF
//!   len = 1 byte below 254, or FE and 4 bytes, little endian; `free` bytes of room follow the value
//! ```

use super::Input;
use crate::Error;
use hematite_structures::listpack::Listpack;

const END: u8 = 0xFF;
const LONG: u8 = 0xFE;

/// Reads a string that is a zipmap, as a listpack of fields and values.
pub(super) fn read_as_listpack(input: &mut Input<'_>) -> Result<Listpack, Error> {
    let start = input.offset();
    to_listpack(input.string()?).ok_or_else(|| Error::new(start, "not a valid zipmap"))
}

fn to_listpack(bytes: &[u8]) -> Option<Listpack> {
    let (&count, mut rest) = bytes.split_first()?;
    let (mut pack, mut pairs) = (Listpack::new(), 0usize);
    while *rest.first()? != END {
        let (len, after) = length(rest)?;
        let (field, after) = after.split_at_checked(len)?;
        let (len, after) = length(after)?;
        let (&free, after) = after.split_first()?;
        let (value, after) = after.split_at_checked(len)?;
        rest = after.get(usize::from(free)..)?;
        pack.push_pair(field, value).ok()?;
        pairs += 1;
    }
    let is_counted = count >= LONG || usize::from(count) == pairs;
    (rest.len() == 1 && is_counted).then_some(pack)
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match *bytes.first()? {
        END => None,
        LONG => {
            bytes[1..].split_first_chunk::<4>().map(|(len, rest)| (u32::from_le_bytes(*len) as usize, rest))
        }
        len => Some((usize::from(len), &bytes[1..])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_and_room_is_passed_over() {
        let mut bytes = b"\x02\x03foo\x03\x00bar\x05hello\xFE\x2c\x01\x00\x00\x02".to_vec();
        bytes.extend_from_slice(&[b'v'; 302]);
        bytes.push(END);
        let pack = to_listpack(&bytes).unwrap();
        let lens: Vec<_> = pack.iter().map(|e| e.text_len()).collect();
        assert_eq!(lens, [3, 3, 5, 300]);
        for len in 0..bytes.len() {
            assert!(to_listpack(&bytes[..len]).is_none(), "cut at {len}");
        }
        bytes[0] = 3;
        assert!(to_listpack(&bytes).is_none());
        bytes[0] = LONG;
        assert!(to_listpack(&bytes).is_some());
    }
}
