//! INCREX: a counter with bounds and an expiry in one step, for rate limits and quotas.
//!
//! The reply is the value and what was really added. A result outside of the bounds (or of the type) leaves the key as it
//! is and adds 0; with SATURATE it becomes the bound.

use super::arguments::EXPIRATION;
use crate::expiration::{Beside, Expiration};
use crate::prelude::*;
use crate::string::incrbyfloat::{number_at, put_text};
use hematite_base::long_double::LongDouble;
use hematite_base::number::{self, Digits};
use hematite_resp::Protocol;
use std::cmp::Ordering;

/// INCREX: see <https://redis.io/commands/increx/>.
pub const INCREX: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "8.8.0",
        summary: "Increments the numeric value of a key by a number and sets its expiration time. Uses 0 as initial value if the key doesn't exist.",
        complexity: "O(1)",
        arity: -2,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "increment",
                Kind::OneOf(&[
                    Arg::new("float", Kind::Double).token("BYFLOAT"),
                    Arg::new("integer", Kind::Integer).token("BYINT"),
                ]),
            )
            .optional(),
            Arg::new("lowerbound", Kind::Double).token("LBOUND").optional(),
            Arg::new("upperbound", Kind::Double).token("UBOUND").optional(),
            Arg::new("saturate", Kind::Token).token("SATURATE").optional(),
            EXPIRATION,
            Arg::new("enx", Kind::Token).token("ENX").optional(),
        ],
        reply: "array<integer> | array<double>",
        ..Spec::new("increx")
    },
    run: increx,
};

/// The options; numbers as positions among the arguments.
#[derive(Default)]
struct Options {
    by: Option<usize>,
    is_float: bool,
    lower: Option<usize>,
    upper: Option<usize>,
    saturate: bool,
    expiration: Expiration,
    only_if_none: bool,
}

fn increx(ctx: &mut Context) -> Result<(), Error> {
    let options = parse(ctx)?;
    let at_ms = options.expiration.at_ms(ctx)?;
    if options.is_float { add_float(ctx, &options, at_ms) } else { add_integer(ctx, &options, at_ms) }
}

/// Each option once, in any order.
fn parse(ctx: &Context) -> Result<Options, Error> {
    let mut options = Options::default();
    let mut at = 2;
    while at < ctx.args.len() {
        let has_value = at + 1 < ctx.args.len();
        let place = if ctx.is(at, "lbound") {
            Some(&mut options.lower)
        } else if ctx.is(at, "ubound") {
            Some(&mut options.upper)
        } else if ctx.is(at, "byint") || ctx.is(at, "byfloat") {
            options.is_float = ctx.is(at, "byfloat");
            Some(&mut options.by)
        } else {
            None
        };
        if let Some(place) = place {
            if !has_value || place.replace(at + 1).is_some() {
                return Err(Error::Syntax);
            }
            at += 2;
        } else if ctx.is(at, "saturate") && !options.saturate {
            options.saturate = true;
            at += 1;
        } else if ctx.is(at, "enx") && !options.only_if_none && options.expiration != Expiration::Persist {
            options.only_if_none = true;
            at += 1;
        } else {
            let was_given = options.expiration != Expiration::None;
            let used = options.expiration.take(ctx, at, Beside::Persist);
            let clashes = options.only_if_none && options.expiration == Expiration::Persist;
            if used == 0 || was_given || clashes {
                return Err(Error::Syntax);
            }
            at += used;
        }
    }
    if options.only_if_none && options.expiration == Expiration::None {
        return Err(Error::fixed("ERR ENX flag requires an expiration"));
    }
    Ok(options)
}

fn add_integer(ctx: &mut Context, options: &Options, at_ms: Option<i64>) -> Result<(), Error> {
    let key = ctx.args[1];
    let argument = |at: Option<usize>, default, text| match at {
        Some(at) => number::parse_i64(ctx.args[at]).ok_or(Error::fixed(text)),
        None => Ok(default),
    };
    let by = argument(options.by, 1, "ERR Increment is not an integer or out of range")?;
    let lower = argument(options.lower, i64::MIN, "ERR LBOUND is not an integer or out of range")?;
    let upper = argument(options.upper, i64::MAX, "ERR UBOUND is not an integer or out of range")?;
    if lower > upper {
        return Err(crossed());
    }
    let old = match ctx.db.write_string(key)? {
        Some(entry) => entry.string()?.integer().ok_or(Error::NotInteger)?,
        None => 0,
    };
    let sum = i128::from(old) + i128::from(by);
    let bounded = sum.clamp(i128::from(lower), i128::from(upper));
    if bounded != sum && !options.saturate {
        reply_integers(ctx, old, 0);
        return Ok(());
    }
    let new = bounded as i64;
    let applied = i64::try_from(bounded - i128::from(old))
        .map_err(|_| Error::fixed("ERR applied increment would overflow"))?;
    let expiry = new_expiry(ctx, options, at_ms);
    if !is_gone(ctx, expiry) {
        if let Some(mut entry) = ctx.db.write(key) {
            entry.set_integer(new);
        } else {
            ctx.db.set(key, NewBody::Integer(new), Expiry::Never);
        }
    }
    finish(ctx, options, expiry, Digits::default().i64(new));
    reply_integers(ctx, new, applied);
    Ok(())
}

fn add_float(ctx: &mut Context, options: &Options, at_ms: Option<i64>) -> Result<(), Error> {
    let key = ctx.args[1];
    let argument = |at: Option<usize>, default: LongDouble, text| match at {
        Some(at) => LongDouble::parse(ctx.args[at]).ok_or(Error::fixed(text)),
        None => Ok(default),
    };
    let largest = LongDouble::largest();
    let by = argument(options.by, LongDouble::from_i64(1), "ERR Increment is not a valid float")?;
    if !by.is_finite() {
        return Err(Error::fixed("ERR BYFLOAT increment cannot be Infinity"));
    }
    let lower = argument(options.lower, largest.negated(), "ERR LBOUND is not a valid float")?;
    let upper = argument(options.upper, largest, "ERR UBOUND is not a valid float")?;
    if lower.compare(upper) == Some(Ordering::Greater) {
        return Err(crossed());
    }
    let old = number_at(ctx, key)?.unwrap_or(LongDouble::ZERO);
    if !old.is_finite() {
        return Err(Error::fixed("ERR value cannot be Infinity"));
    }
    let sum = old.plus(by);
    let bounded = if sum.compare(upper) == Some(Ordering::Greater) {
        upper
    } else if sum.compare(lower) == Some(Ordering::Less) {
        lower
    } else {
        sum
    };
    if !bounded.is_finite() || (bounded != sum && !options.saturate) {
        reply_floats(ctx, old, LongDouble::ZERO);
        return Ok(());
    }
    let applied = bounded.minus(old);
    if !applied.is_finite() {
        return Err(Error::fixed("ERR applied increment would be Infinity"));
    }
    let text = bounded.text();
    let expiry = new_expiry(ctx, options, at_ms);
    if !is_gone(ctx, expiry) {
        put_text(ctx, key, &text);
    }
    finish(ctx, options, expiry, &text);
    reply_floats(ctx, bounded, applied);
    Ok(())
}

fn crossed() -> Error {
    Error::fixed("ERR LBOUND can't be greater than UBOUND")
}

/// The expiry after the step, ENX considered.
fn new_expiry(ctx: &mut Context, options: &Options, at_ms: Option<i64>) -> Expiry {
    let has_one = ctx.db.peek(ctx.args[1]).is_some_and(|entry| entry.expires_at().is_some());
    match (options.expiration, at_ms) {
        (Expiration::Persist, _) if has_one => Expiry::Never,
        (_, Some(at_ms)) if !(options.only_if_none && has_one) => Expiry::At(at_ms),
        _ => Expiry::Keep,
    }
}

fn is_gone(ctx: &Context, expiry: Expiry) -> bool {
    matches!(expiry, Expiry::At(at_ms) if at_ms <= ctx.now_ms())
}

/// Sets the expiry of the new value and records what was done; a time in the past deletes the key.
fn finish(ctx: &mut Context, options: &Options, expiry: Expiry, text: &[u8]) {
    let key = ctx.args[1];
    if is_gone(ctx, expiry) {
        if ctx.db.exists(key) {
            ctx.delete_as_expired(key);
        }
        return;
    }
    let at_ms = if let Expiry::At(at_ms) = expiry { Some(at_ms) } else { None };
    if expiry != Expiry::Keep
        && let Some(mut entry) = ctx.db.write(key)
    {
        entry.set_expires_at(at_ms);
    }
    ctx.db.changed(Class::STRING, if options.is_float { "incrbyfloat" } else { "incrby" }, key);
    match expiry {
        Expiry::At(at_ms) => {
            ctx.db.also_changed(Class::GENERIC, "expire", key);
            ctx.instead(&[b"SET", key, text, b"PXAT", Digits::default().i64(at_ms)]);
        }
        Expiry::Never => {
            ctx.db.also_changed(Class::GENERIC, "persist", key);
            ctx.instead(&[b"SET", key, text]);
        }
        Expiry::Keep => ctx.instead(&[b"SET", key, text, b"KEEPTTL"]),
    }
}

fn reply_integers(ctx: &mut Context, value: i64, applied: i64) {
    ctx.reply.array(2);
    ctx.reply.integer(value);
    ctx.reply.integer(applied);
}

/// Doubles in RESP3, with all the digits of the long double.
fn reply_floats(ctx: &mut Context, value: LongDouble, applied: LongDouble) {
    ctx.reply.array(2);
    for number in [value, applied] {
        if ctx.reply.protocol == Protocol::Resp2 {
            ctx.reply.bulk(&number.text());
            continue;
        }
        let out = ctx.reply.buffer();
        out.push(b',');
        number.write(out);
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn integers_with_bounds() {
        let mut server = Server::new();
        let pair = |a: &str, b: &str| format!("*2\r\n:{a}\r\n:{b}\r\n");
        for (line, value, applied) in [
            ("increx k", "1", "1"),
            ("increx k byint 5 ubound 3", "1", "0"),
            ("increx k byint 5 ubound 3 saturate", "3", "2"),
            ("increx k byint -10 lbound 0 saturate", "0", "-3"),
            ("set k 50", "", ""),
            ("increx k byint 5 ubound 30 saturate", "30", "-20"),
            ("increx none byint 15 ubound 10", "0", "0"),
            ("set k 9223372036854775800", "", ""),
            ("increx k byint 9223372036854775800", "9223372036854775800", "0"),
            ("increx k byint 9223372036854775800 SATURATE", "9223372036854775807", "7"),
        ] {
            let expected = if value.is_empty() { "+OK\r\n".into() } else { pair(value, applied) };
            assert_eq!(server.run(line), expected, "{line}");
        }
        server.script(&[
            ("exists none", ":0\r\n"),
            ("increx k saturate ubound -9223372036854775808", "-ERR applied increment would overflow\r\n"),
            ("increx k byint 1.5", "-ERR Increment is not an integer or out of range\r\n"),
            ("increx k ubound abc", "-ERR UBOUND is not an integer or out of range\r\n"),
            ("increx k lbound 10 ubound 5", "-ERR LBOUND can't be greater than UBOUND\r\n"),
            ("increx k enx", "-ERR ENX flag requires an expiration\r\n"),
            ("increx k persist enx", "-ERR syntax error\r\n"),
            ("increx k enx persist", "-ERR syntax error\r\n"),
            ("increx k ex 1 ex 2", "-ERR syntax error\r\n"),
            ("increx k byint 1 byfloat 2", "-ERR syntax error\r\n"),
            ("increx k ex 0", "-ERR invalid expire time in 'increx' command\r\n"),
        ]);
    }

    #[test]
    fn floats_with_bounds() {
        let mut server = Server::new();
        server.script(&[
            ("increx f byfloat 1.5", "*2\r\n$3\r\n1.5\r\n$3\r\n1.5\r\n"),
            ("increx f byfloat 100 ubound 42.5 saturate", "*2\r\n$4\r\n42.5\r\n$2\r\n41\r\n"),
            ("increx f byfloat -100 lbound 0", "*2\r\n$4\r\n42.5\r\n$1\r\n0\r\n"),
            ("increx f byfloat inf", "-ERR BYFLOAT increment cannot be Infinity\r\n"),
            ("increx f byfloat x", "-ERR Increment is not a valid float\r\n"),
            ("set f inf", "+OK\r\n"),
            ("increx f byfloat 1", "-ERR value cannot be Infinity\r\n"),
            ("set f 1", "+OK\r\n"),
        ]);
        server.resp3();
        server.script(&[("increx f byfloat 0.5", "*2\r\n,1.5\r\n,0.5\r\n")]);
    }

    #[test]
    fn expiries() {
        let mut server = Server::new();
        server.script(&[
            ("increx k ex 100", "*2\r\n:1\r\n:1\r\n"),
            ("increx k ex 10 enx", "*2\r\n:2\r\n:1\r\n"),
            ("ttl k", ":100\r\n"),
            ("increx k persist", "*2\r\n:3\r\n:1\r\n"),
            ("increx k ubound 3 ex 5", "*2\r\n:3\r\n:0\r\n"),
            ("ttl k", ":-1\r\n"),
            ("increx k exat 1", "*2\r\n:4\r\n:1\r\n"),
            ("exists k", ":0\r\n"),
        ]);
        let expected = ["SET k 1 PXAT 1700000100000", "SET k 2 KEEPTTL", "SET k 3", "DEL k"];
        assert_eq!(server.journal(), expected);
        let expected = ["$ incrby k", "g expire k", "$ incrby k", "$ incrby k", "g persist k", "g del k"];
        assert_eq!(server.events(), expected);
    }
}
