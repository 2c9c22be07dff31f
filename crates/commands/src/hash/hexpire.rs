//! HEXPIRE, HPEXPIRE, HEXPIREAT and HPEXPIREAT: when fields go.

use super::arguments::FIELDS;
use super::{delete_if_empty, fields, hash_mut, hash_of};
use crate::prelude::*;
use hematite_base::number::Digits;
use hematite_keyspace::Found;

/// When the expiry is set.
const CONDITION: Arg = Arg::new(
    "condition",
    Kind::OneOf(&[
        Arg::new("nx", Kind::Token).token("NX"),
        Arg::new("xx", Kind::Token).token("XX"),
        Arg::new("gt", Kind::Token).token("GT"),
        Arg::new("lt", Kind::Token).token("LT"),
    ]),
)
.optional();

/// HEXPIRE: see <https://valkey.io/commands/hexpire/>.
pub const HEXPIRE: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "7.4.0",
        summary: "Sets the expiration of hash fields in seconds.",
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
            Arg::new("seconds", Kind::Integer),
            CONDITION,
            FIELDS,
        ],
        reply: "array<integer>",
        ..Spec::new("hexpire")
    },
    run: hexpire,
};

/// HPEXPIRE: see <https://valkey.io/commands/hpexpire/>.
pub const HPEXPIRE: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "7.4.0",
        summary: "Sets the expiration of hash fields in milliseconds.",
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
            Arg::new("milliseconds", Kind::Integer),
            CONDITION,
            FIELDS,
        ],
        reply: "array<integer>",
        ..Spec::new("hpexpire")
    },
    run: hpexpire,
};

/// HEXPIREAT: see <https://valkey.io/commands/hexpireat/>.
pub const HEXPIREAT: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "7.4.0",
        summary: "Sets the expiration of hash fields to a Unix time in seconds.",
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
            Arg::new("unix-time-seconds", Kind::UnixTime),
            CONDITION,
            FIELDS,
        ],
        reply: "array<integer>",
        ..Spec::new("hexpireat")
    },
    run: hexpireat,
};

/// HPEXPIREAT: see <https://valkey.io/commands/hpexpireat/>.
pub const HPEXPIREAT: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "7.4.0",
        summary: "Sets the expiration of hash fields to a Unix time in milliseconds.",
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
            Arg::new("unix-time-milliseconds", Kind::UnixTime),
            CONDITION,
            FIELDS,
        ],
        reply: "array<integer>",
        ..Spec::new("hpexpireat")
    },
    run: hpexpireat,
};

/// There is no such field.
const NO_FIELD: i64 = -2;
/// The condition was not met.
const NOT_MET: i64 = 0;
/// The expiry was set.
const SET: i64 = 1;
/// The expiry lies in the past: the field is gone.
const DELETED: i64 = 2;

fn hexpire(ctx: &mut Context) -> Result<(), Error> {
    expire(ctx, true, false)
}

fn hpexpire(ctx: &mut Context) -> Result<(), Error> {
    expire(ctx, false, false)
}

fn hexpireat(ctx: &mut Context) -> Result<(), Error> {
    expire(ctx, true, true)
}

fn hpexpireat(ctx: &mut Context) -> Result<(), Error> {
    expire(ctx, false, true)
}

#[derive(Clone, Copy, PartialEq)]
enum Condition {
    None,
    Nx,
    Xx,
    Gt,
    Lt,
}

impl Condition {
    fn parse(ctx: &Context, at: usize) -> Condition {
        let words =
            [("nx", Condition::Nx), ("xx", Condition::Xx), ("gt", Condition::Gt), ("lt", Condition::Lt)];
        words
            .into_iter()
            .find(|(word, _)| ctx.is(at, word))
            .map_or(Condition::None, |(_, condition)| condition)
    }
    /// Whether a field that expires at `old` may get `new`. No expiry is later than any.
    fn allows(self, old: Option<i64>, new: i64) -> bool {
        match self {
            Condition::None => true,
            Condition::Nx => old.is_none(),
            Condition::Xx => old.is_some(),
            Condition::Gt => old.is_some_and(|old| new > old),
            Condition::Lt => old.is_none_or(|old| new < old),
        }
    }
}

fn expire(ctx: &mut Context, is_seconds: bool, is_absolute: bool) -> Result<(), Error> {
    let key = ctx.args[1];
    let is_there = ctx.db.write(key).map(|entry| hash_of(&entry).map(|_| ())).transpose()?.is_some();
    let at_ms = fields::expiry_at(ctx, 2, is_seconds, is_absolute)?;
    let condition = Condition::parse(ctx, 3);
    let fields_at = if condition == Condition::None { 3 } else { 4 };
    let fields = fields::parse(ctx, fields_at, "ERR Parameter `numFields` should be greater than 0")?;
    ctx.reply.array(fields.len());
    if !is_there {
        fields.iter().for_each(|_| ctx.reply.integer(NO_FIELD));
        return Ok(());
    }
    let changed = give(ctx, key, fields, at_ms, condition)?;
    let is_past = at_ms <= ctx.now_ms();
    if changed.is_empty() {
        return Ok(());
    }
    ctx.db.effects.instead(|| vec![journaled(key, &changed, at_ms, is_past)]);
    ctx.db.changed(Class::HASH, if is_past { "hdel" } else { "hexpire" }, key);
    ctx.db.effects.dirty += changed.len() as u64 - 1;
    if is_past {
        delete_if_empty(ctx, key)
    } else {
        ctx.db.note_field_expiry(key);
        Ok(())
    }
}

/// Gives fields an expiry, or removes them if it is over, and replies for each; those that were changed.
fn give<'a>(
    ctx: &mut Context<'a, '_>,
    key: &[u8],
    fields: &'a [&'a [u8]],
    at_ms: i64,
    condition: Condition,
) -> Result<Vec<&'a [u8]>, Error> {
    let (now_ms, hasher) = (ctx.now_ms(), ctx.db.hasher());
    let mut changed = Vec::new();
    let Some(mut entry) = ctx.db.write(key) else { return Ok(changed) };
    let hash = hash_mut(&mut entry)?;
    for &field in fields {
        let outcome = match hash.as_hash()?.get(field, now_ms) {
            Found::Nothing | Found::Expired => NO_FIELD,
            Found::Value(_, old) if !condition.allows(old, at_ms) => NOT_MET,
            Found::Value(..) if at_ms <= now_ms => {
                hash.remove_field(field);
                DELETED
            }
            Found::Value(..) => {
                hash.set_field_expiry(field, Some(at_ms), hasher);
                SET
            }
        };
        if outcome > 0 {
            changed.push(field);
        }
        ctx.reply.integer(outcome);
    }
    Ok(changed)
}

/// What the journal writes: HPEXPIREAT, or HDEL for an expiry that is over.
pub(super) fn journaled(key: &[u8], fields: &[&[u8]], at_ms: i64, is_past: bool) -> Vec<Vec<u8>> {
    let mut command: Vec<Vec<u8>> = Vec::with_capacity(fields.len() + 5);
    if is_past {
        command.extend([b"HDEL".to_vec(), key.to_vec()]);
    } else {
        let at = Digits::default().i64(at_ms).to_vec();
        let count = fields.len().to_string().into_bytes();
        command.extend([b"HPEXPIREAT".to_vec(), key.to_vec(), at, b"FIELDS".to_vec(), count]);
    }
    command.extend(fields.iter().map(|field| field.to_vec()));
    command
}
