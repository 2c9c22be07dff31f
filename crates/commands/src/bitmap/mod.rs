//! The bitmap family: strings as rows of bits, the highest bit of the first byte first.

mod bit;
mod count;
mod field;
mod kernel;
mod operation;
mod position;

use crate::context::Context;
use crate::error::Error;
use crate::spec::Row;
use hematite_base::number;
use hematite_keyspace::{EntryExt, Expiry, NewBody};

/// The family's rows.
pub const ROWS: &[Row] = &[
    bit::GETBIT,
    bit::SETBIT,
    count::BITCOUNT,
    field::BITFIELD,
    field::BITFIELD_RO,
    operation::BITOP,
    position::BITPOS,
];

/// Reads a bit's offset. With `field_bits`, `#n` counts in fields of so many bits.
fn parse_offset(ctx: &Context, text: &[u8], field_bits: Option<u32>) -> Result<u64, Error> {
    let (digits, factor) = match (text, field_bits) {
        ([b'#', digits @ ..], Some(bits)) => (digits, i64::from(bits)),
        _ => (text, 1),
    };
    number::parse_i64(digits)
        .and_then(|offset| offset.checked_mul(factor))
        .and_then(|offset| u64::try_from(offset).ok())
        .filter(|offset| offset >> 3 < ctx.settings.bulk_bytes_max)
        .ok_or(Error::fixed("ERR bit offset is not an integer or out of range"))
}

/// Makes the string of a key reach to the bit at `offset`, creating it if need be; whether it has grown.
fn make_room(ctx: &mut Context, key: &[u8], offset: u64) -> Result<bool, Error> {
    let len_min = (offset >> 3) as usize + 1;
    if let Some(mut entry) = ctx.db.write_string(key)? {
        let len = entry.string()?.len();
        entry.bytes_mut_filled(len_min)?;
        return Ok(len < len_min);
    }
    // Empty first, then grown, so that the string is raw from its first day.
    ctx.db.set(key, NewBody::Bytes(b""), Expiry::Never);
    if let Some(mut entry) = ctx.db.write(key) {
        entry.bytes_mut_filled(len_min)?;
    }
    Ok(true)
}

/// BIT or BYTE: the unit in which a range counts.
fn parse_is_bits(word: &[u8]) -> Result<bool, Error> {
    match word {
        word if word.eq_ignore_ascii_case(b"bit") => Ok(true),
        word if word.eq_ignore_ascii_case(b"byte") => Ok(false),
        _ => Err(Error::Syntax),
    }
}

/// First and last bit of a range in a string of `len` bytes, whose ends count from the string's end if negative; None if
/// nothing is in it.
fn resolve(start: i64, end: i64, len: usize, is_bits: bool) -> Option<(u64, u64)> {
    let total = if is_bits { len as i64 * 8 } else { len as i64 };
    let from_end = |index: i64| if index < 0 { (index + total).max(0) } else { index };
    let (start, end) = (from_end(start), from_end(end).min(total - 1));
    if start > end {
        return None;
    }
    let (start, end) = (start as u64, end as u64);
    Some(if is_bits { (start, end) } else { (start * 8, end * 8 + 7) })
}
