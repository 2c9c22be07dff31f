//! HSETEX: values into fields, with an expiry and under a condition.

use super::hexpire::journaled;
use super::{change_hash, check_names, delete_if_empty, expire_before, fields, hash_of};
use crate::prelude::*;
use hematite_base::number::{self, Digits};
use hematite_keyspace::Found;

/// HSETEX: see <https://valkey.io/commands/hsetex/>.
pub const HSETEX: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "8.0.0",
        summary: "Sets the values of hash fields and optionally their expiration.",
        complexity: "O(N) where N is the number of specified fields",
        arity: -6,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "condition",
                Kind::OneOf(&[
                    Arg::new("fnx", Kind::Token).token("FNX"),
                    Arg::new("fxx", Kind::Token).token("FXX"),
                ]),
            )
            .optional(),
            Arg::new(
                "expiration",
                Kind::OneOf(&[
                    Arg::new("seconds", Kind::Integer).token("EX"),
                    Arg::new("milliseconds", Kind::Integer).token("PX"),
                    Arg::new("unix-time-seconds", Kind::UnixTime).token("EXAT"),
                    Arg::new("unix-time-milliseconds", Kind::UnixTime).token("PXAT"),
                    Arg::new("keepttl", Kind::Token).token("KEEPTTL"),
                ]),
            )
            .optional(),
            Arg::new(
                "fields",
                Kind::Block(&[
                    Arg::new("numfields", Kind::Integer),
                    Arg::new(
                        "data",
                        Kind::Block(&[Arg::new("field", Kind::Text), Arg::new("value", Kind::Text)]),
                    )
                    .multiple(),
                ]),
            )
            .token("FIELDS"),
        ],
        reply: "integer",
        ..Spec::new("hsetex")
    },
    run: hsetex,
};

#[derive(Clone, Copy, PartialEq)]
enum Expiration {
    None,
    Keep,
    /// Unix milliseconds, and where the option is.
    At(i64, usize),
}

struct Options<'a> {
    expiration: Expiration,
    /// FXX is Some(true): all fields must be there; FNX is Some(false): none may be.
    condition: Option<bool>,
    pairs: &'a [&'a [u8]],
}

fn parse<'a>(ctx: &Context<'a, '_>) -> Result<Options<'a>, Error> {
    let (mut expiration, mut condition) = (Expiration::None, None);
    let mut at = 2;
    loop {
        if ctx.is(at, "fields") {
            return Ok(Options { expiration, condition, pairs: parse_pairs(ctx, at)? });
        }
        let time = fields::time_option(ctx, at);
        if time.is_some() || ctx.is(at, "keepttl") {
            if expiration != Expiration::None {
                return Err(Error::fixed(
                    "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified",
                ));
            }
            expiration = Expiration::Keep;
            if let Some((is_seconds, is_absolute)) = time {
                if at + 1 == ctx.args.len() {
                    return Err(Error::fixed("ERR missing expire time"));
                }
                let at_ms = fields::expiry_at(ctx, at + 1, is_seconds, is_absolute)?;
                expiration = Expiration::At(at_ms, at);
                at += 1;
            }
        } else if ctx.is(at, "fxx") || ctx.is(at, "fnx") {
            if condition.is_some() {
                return Err(Error::fixed("ERR Only one of FXX or FNX arguments can be specified"));
            }
            condition = Some(ctx.is(at, "fxx"));
        } else if let Some(unknown) = ctx.args.get(at) {
            let mut text = b"ERR unknown argument: ".to_vec();
            text.extend_from_slice(&unknown[..unknown.len().min(128)]);
            return Err(Error::Bytes(text));
        } else {
            return Err(Error::arity(ctx.spec.name));
        }
        at += 1;
    }
}

/// The fields and values after FIELDS.
fn parse_pairs<'a>(ctx: &Context<'a, '_>, at: usize) -> Result<&'a [&'a [u8]], Error> {
    let args = ctx.args;
    if at + 3 >= args.len() {
        return Err(Error::arity(ctx.spec.name));
    }
    let count = number::parse_i64(args[at + 1]).filter(|count| (1..=i64::from(i32::MAX)).contains(count));
    let count = count.ok_or(Error::fixed("ERR invalid number of fields"))?;
    let pairs = &args[at + 2..];
    if !pairs.len().is_multiple_of(2) || count as usize != pairs.len() / 2 {
        return Err(Error::arity(ctx.spec.name));
    }
    Ok(pairs)
}

fn hsetex(ctx: &mut Context) -> Result<(), Error> {
    let options = parse(ctx)?;
    let (key, pairs) = (ctx.args[1], options.pairs);
    check_names(pairs.iter().step_by(2).copied())?;
    if !is_met(ctx, &options)? {
        ctx.reply.integer(0);
        return Ok(());
    }
    let (now_ms, limits, hasher) = (ctx.now_ms(), ctx.settings.hash_limits(), ctx.db.hasher());
    let names: Vec<&[u8]> = pairs.iter().step_by(2).copied().collect();
    let is_past = matches!(options.expiration, Expiration::At(at_ms, _) if at_ms <= now_ms);
    change_hash(ctx, key, |hash| {
        hash.expect_fields(pairs, &limits, hasher);
        for pair in pairs.chunks_exact(2) {
            hash.set_field(pair[0], pair[1], options.expiration != Expiration::None, &limits, hasher);
            match options.expiration {
                Expiration::At(..) if is_past => _ = hash.remove_field(pair[0]),
                Expiration::At(at_ms, _) => hash.set_field_expiry(pair[0], Some(at_ms), hasher),
                _ => {}
            }
        }
    })?;
    ctx.db.changed(Class::HASH, "hset", key);
    ctx.db.effects.dirty += names.len() as u64 - 1;
    if let Expiration::At(at_ms, option) = options.expiration {
        ctx.db.also_changed(Class::HASH, if is_past { "hdel" } else { "hexpire" }, key);
        let args = ctx.args;
        ctx.db.effects.instead(|| {
            if is_past {
                return vec![journaled(key, &names, at_ms, true)];
            }
            let mut command: Vec<Vec<u8>> = args.iter().map(|arg| arg.to_vec()).collect();
            command[option] = b"PXAT".to_vec();
            command[option + 1] = Digits::default().i64(at_ms).to_vec();
            vec![command]
        });
        ctx.db.note_field_expiry(key);
        if is_past {
            delete_if_empty(ctx, key)?;
        }
    }
    ctx.reply.integer(1);
    Ok(())
}

/// Whether the condition is met; fields whose time is over are removed where it looks at them. The key's type is looked at
/// in any case.
fn is_met(ctx: &mut Context, options: &Options<'_>) -> Result<bool, Error> {
    let (key, now_ms) = (ctx.args[1], ctx.now_ms());
    let is_there = ctx.db.write(key).map(|entry| hash_of(&entry).map(|_| ())).transpose()?.is_some();
    let Some(wanted) = options.condition else { return Ok(true) };
    if !is_there {
        return Ok(!wanted);
    }
    for &field in options.pairs.iter().step_by(2) {
        expire_before(ctx, key, field)?;
        let found = match ctx.db.peek(key) {
            Some(entry) => matches!(hash_of(&entry)?.get(field, now_ms), Found::Value(..)),
            None => false,
        };
        if found != wanted {
            return Ok(false);
        }
    }
    Ok(true)
}
