//! HINCRBY and HINCRBYFLOAT: numbers in fields.

use super::{change_hash, check_names, expire_before, hash_of};
use crate::prelude::*;
use hematite_base::long_double::LongDouble;
use hematite_base::number::Digits;
use hematite_keyspace::Found;
use hematite_structures::listpack::Element;

/// HINCRBY: see <https://valkey.io/commands/hincrby/>.
pub const HINCRBY: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Increments the integer value of a field in a hash by a number. Uses 0 as initial value if the field doesn't exist.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("field", Kind::Text),
            Arg::new("increment", Kind::Integer),
        ],
        reply: "integer",
        ..Spec::new("hincrby")
    },
    run: hincrby,
};

/// HINCRBYFLOAT: see <https://valkey.io/commands/hincrbyfloat/>.
pub const HINCRBYFLOAT: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.6.0",
        summary: "Increments the floating point value of a field by a number. Uses 0 as initial value if the field doesn't exist.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("field", Kind::Text),
            Arg::new("increment", Kind::Double),
        ],
        reply: "string",
        ..Spec::new("hincrbyfloat")
    },
    run: hincrbyfloat,
};

/// What a field holds, read by `read`; the field's expiry must have been looked at. No key and no field are None.
fn number_at<N>(
    ctx: &mut Context,
    read: impl FnOnce(Element<'_>) -> Result<N, Error>,
) -> Result<(Option<N>, bool), Error> {
    let now_ms = ctx.now_ms();
    let Some(entry) = ctx.db.write(ctx.args[1]) else { return Ok((None, false)) };
    match hash_of(&entry)?.get(ctx.args[2], now_ms) {
        Found::Value(value, expires_at) => Ok((Some(read(value)?), expires_at.is_some())),
        _ => Ok((None, false)),
    }
}

/// Puts the sum; the field keeps its expiry.
fn put(ctx: &mut Context, text: &[u8], event: &'static str) -> Result<(), Error> {
    let (key, field) = (ctx.args[1], ctx.args[2]);
    let (limits, hasher) = (ctx.settings.hash_limits(), ctx.db.hasher());
    change_hash(ctx, key, |hash| hash.set_field(field, text, true, &limits, hasher))?;
    ctx.db.changed(Class::HASH, event, key);
    Ok(())
}

fn hincrby(ctx: &mut Context) -> Result<(), Error> {
    let by = ctx.integer(3)?;
    check_names([ctx.args[2]].into_iter())?;
    expire_before(ctx, ctx.args[1], ctx.args[2])?;
    let not_integer = || Error::fixed("ERR hash value is not an integer");
    let (value, _) = number_at(ctx, |value| value.as_integer().ok_or_else(not_integer))?;
    let sum = value.unwrap_or(0).checked_add(by).ok_or(Error::Overflow)?;
    put(ctx, Digits::default().i64(sum), "hincrby")?;
    ctx.reply.integer(sum);
    Ok(())
}

fn hincrbyfloat(ctx: &mut Context) -> Result<(), Error> {
    let by = LongDouble::parse(ctx.args[3]).ok_or(Error::NotFloat)?;
    if !by.is_finite() {
        return Err(Error::fixed("ERR value is NaN or Infinity"));
    }
    check_names([ctx.args[2]].into_iter())?;
    expire_before(ctx, ctx.args[1], ctx.args[2])?;
    let (value, expires) = number_at(ctx, |value| match value {
        Element::Int(n) => Ok(LongDouble::from_i64(n)),
        Element::Bytes(text) => LongDouble::parse(text).ok_or(Error::fixed("ERR hash value is not a float")),
    })?;
    let sum = value.unwrap_or(LongDouble::ZERO).plus(by);
    if !sum.is_finite() {
        return Err(Error::NanOrInfinity);
    }
    let text = sum.text();
    put(ctx, &text, "hincrbyfloat")?;
    // The sum goes to the journal, since another machine might add with another precision; a plain HSET would end the
    // field's expiry.
    let (key, field) = (ctx.args[1], ctx.args[2]);
    if expires {
        ctx.instead(&[b"HSETEX", key, b"KEEPTTL", b"FIELDS", b"1", field, &text]);
    } else {
        ctx.instead(&[b"HSET", key, field, &text]);
    }
    ctx.reply.bulk(&text);
    Ok(())
}
