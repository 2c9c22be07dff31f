//! HGETEX: the values of fields, whose expiry may change.

use super::arguments::FIELDS;
use super::hexpire::journaled;
use super::{delete_if_empty, fields, hash_mut, hash_of};
use crate::element::ElementReply;
use crate::prelude::*;
use hematite_keyspace::Found;

/// HGETEX: see <https://valkey.io/commands/hgetex/>.
pub const HGETEX: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "8.0.0",
        summary: "Returns the values of hash fields and optionally changes their expiration.",
        complexity: "O(N) where N is the number of specified fields",
        arity: -5,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "expiration",
                Kind::OneOf(&[
                    Arg::new("seconds", Kind::Integer).token("EX"),
                    Arg::new("milliseconds", Kind::Integer).token("PX"),
                    Arg::new("unix-time-seconds", Kind::UnixTime).token("EXAT"),
                    Arg::new("unix-time-milliseconds", Kind::UnixTime).token("PXAT"),
                    Arg::new("persist", Kind::Token).token("PERSIST"),
                ]),
            )
            .optional(),
            FIELDS,
        ],
        reply: "array<string | null>",
        ..Spec::new("hgetex")
    },
    run: hgetex,
};

#[derive(Clone, Copy, PartialEq)]
enum Change {
    None,
    Persist,
    At(i64),
}

fn hgetex(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    ctx.db.write(key).map(|entry| hash_of(&entry).map(|_| ())).transpose()?;
    let (change, fields_at) = if let Some((is_seconds, is_absolute)) = fields::time_option(ctx, 2) {
        (Change::At(fields::expiry_at(ctx, 3, is_seconds, is_absolute)?), 4)
    } else if ctx.is(2, "persist") {
        (Change::Persist, 3)
    } else {
        (Change::None, 2)
    };
    let fields = fields::parse(ctx, fields_at, fields::NOT_POSITIVE)?;
    ctx.reply.array(fields.len());
    let (changed, expired) = give(ctx, key, fields, change)?;
    let is_gone = expired.into_iter().any(|field| ctx.db.expire_field(key, field));
    if changed.is_empty() {
        return Ok(());
    }
    let event = match change {
        Change::At(at_ms) => {
            let is_past = at_ms <= ctx.now_ms();
            ctx.db.effects.instead(|| vec![journaled(key, &changed, at_ms, is_past)]);
            if is_past { "hdel" } else { "hexpire" }
        }
        _ => {
            ctx.db.effects.instead(|| {
                let count = changed.len().to_string().into_bytes();
                let head = [b"HPERSIST".to_vec(), key.to_vec(), b"FIELDS".to_vec(), count];
                vec![head.into_iter().chain(changed.iter().map(|field| field.to_vec())).collect()]
            });
            "hpersist"
        }
    };
    ctx.db.changed(Class::HASH, event, key);
    ctx.db.effects.dirty += changed.len() as u64 - 1;
    ctx.db.note_field_expiry(key);
    if event == "hdel" && !is_gone {
        delete_if_empty(ctx, key)?;
    }
    Ok(())
}

/// Replies with the values and changes the expiry of their fields: the fields that were changed, and those that were found
/// expired.
#[allow(clippy::type_complexity, reason = "two lists of names")]
fn give<'a>(
    ctx: &mut Context<'a, '_>,
    key: &[u8],
    fields: &'a [&'a [u8]],
    change: Change,
) -> Result<(Vec<&'a [u8]>, Vec<&'a [u8]>), Error> {
    let (now_ms, hasher) = (ctx.now_ms(), ctx.db.hasher());
    let (mut changed, mut expired) = (Vec::new(), Vec::new());
    let Some(mut entry) = ctx.db.write(key) else {
        fields.iter().for_each(|_| ctx.reply.null());
        return Ok((changed, expired));
    };
    let hash = hash_mut(&mut entry)?;
    for &field in fields {
        let old = match hash.as_hash()?.get(field, now_ms) {
            Found::Value(value, old) => {
                ctx.reply.element(value);
                old
            }
            found => {
                ctx.reply.null();
                if matches!(found, Found::Expired) {
                    expired.push(field);
                }
                continue;
            }
        };
        match change {
            Change::None => continue,
            Change::Persist if old.is_none() => continue,
            Change::Persist => hash.set_field_expiry(field, None, hasher),
            Change::At(at_ms) if at_ms <= now_ms => _ = hash.remove_field(field),
            Change::At(at_ms) => hash.set_field_expiry(field, Some(at_ms), hasher),
        }
        changed.push(field);
    }
    Ok((changed, expired))
}
