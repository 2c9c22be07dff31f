//! `FIELDS numfields field ...`, and the times that fields are given.

use crate::context::Context;
use crate::error::Error;
use hematite_base::number;

/// Latest expiry of a field, Unix milliseconds: 46 bits, as in the reference.
const EXPIRY_MAX_MS: i64 = (1 << 46) - 1;

/// The fields after the word FIELDS at `at`: a count that must be right, and as many names. `bad_count` is what is wrong
/// with a count that is none.
pub(super) fn parse<'a>(
    ctx: &Context<'a, '_>,
    at: usize,
    bad_count: &'static str,
) -> Result<&'a [&'a [u8]], Error> {
    if !ctx.is(at, "fields") {
        return Err(Error::fixed("ERR Mandatory argument FIELDS is missing or not at the right position"));
    }
    let count = ctx.args.get(at + 1).and_then(|text| number::parse_i64(text)).filter(|count| *count > 0);
    let count = count.ok_or(Error::fixed(bad_count))?;
    let args = ctx.args;
    let fields = &args[at + 2..];
    if u64::try_from(count) != Ok(fields.len() as u64) {
        return Err(Error::fixed("ERR The `numfields` parameter must match the number of arguments"));
    }
    Ok(fields)
}

/// What most commands say of a count that is none.
pub(super) const NOT_POSITIVE: &str = "ERR Number of fields must be a positive integer";

/// An expiry among the arguments, as Unix milliseconds.
pub(super) fn expiry_at(ctx: &Context, at: usize, is_seconds: bool, is_absolute: bool) -> Result<i64, Error> {
    let n = ctx.integer(at)?;
    if n < 0 {
        return Err(Error::fixed("ERR invalid expire time, must be >= 0"));
    }
    let in_ms = if is_seconds { n.checked_mul(1000) } else { Some(n) };
    let base_ms = if is_absolute { 0 } else { ctx.now_ms() };
    in_ms
        .and_then(|ms| ms.checked_add(base_ms))
        .filter(|ms| *ms <= EXPIRY_MAX_MS)
        .ok_or_else(|| Error::invalid_expire(ctx.spec.name))
}

/// How a time is given: EX, PX, EXAT or PXAT; whether it is in seconds and whether it is absolute.
pub(super) fn time_option(ctx: &Context, at: usize) -> Option<(bool, bool)> {
    let options = [("ex", true, false), ("px", false, false), ("exat", true, true), ("pxat", false, true)];
    options.into_iter().find(|(name, ..)| ctx.is(at, name)).map(|(_, seconds, absolute)| (seconds, absolute))
}
