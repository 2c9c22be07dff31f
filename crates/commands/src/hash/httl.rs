//! HTTL, HPTTL, HEXPIRETIME and HPEXPIRETIME: how long fields live.

use super::arguments::FIELDS;
use super::{fields, hash_of};
use crate::prelude::*;
use hematite_keyspace::Found;

/// HTTL: see <https://valkey.io/commands/httl/>.
pub const HTTL: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "7.4.0",
        summary: "Returns the time to live of hash fields in seconds.",
        complexity: "O(N) where N is the number of specified fields",
        arity: -5,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), FIELDS],
        reply: "array<integer>",
        ..Spec::new("httl")
    },
    run: httl,
};

/// HPTTL: see <https://valkey.io/commands/hpttl/>.
pub const HPTTL: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "7.4.0",
        summary: "Returns the time to live of hash fields in milliseconds.",
        complexity: "O(N) where N is the number of specified fields",
        arity: -5,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), FIELDS],
        reply: "array<integer>",
        ..Spec::new("hpttl")
    },
    run: hpttl,
};

/// HEXPIRETIME: see <https://valkey.io/commands/hexpiretime/>.
pub const HEXPIRETIME: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "7.4.0",
        summary: "Returns when hash fields expire as a Unix time in seconds.",
        complexity: "O(N) where N is the number of specified fields",
        arity: -5,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), FIELDS],
        reply: "array<integer>",
        ..Spec::new("hexpiretime")
    },
    run: hexpiretime,
};

/// HPEXPIRETIME: see <https://valkey.io/commands/hpexpiretime/>.
pub const HPEXPIRETIME: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "7.4.0",
        summary: "Returns when hash fields expire as a Unix time in milliseconds.",
        complexity: "O(N) where N is the number of specified fields",
        arity: -5,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), FIELDS],
        reply: "array<integer>",
        ..Spec::new("hpexpiretime")
    },
    run: hpexpiretime,
};

fn httl(ctx: &mut Context) -> Result<(), Error> {
    let now_ms = ctx.now_ms();
    times(ctx, |at_ms| (at_ms + 999 - now_ms) / 1000)
}

fn hpttl(ctx: &mut Context) -> Result<(), Error> {
    let now_ms = ctx.now_ms();
    times(ctx, |at_ms| at_ms - now_ms)
}

fn hexpiretime(ctx: &mut Context) -> Result<(), Error> {
    times(ctx, |at_ms| (at_ms + 999) / 1000)
}

fn hpexpiretime(ctx: &mut Context) -> Result<(), Error> {
    times(ctx, |at_ms| at_ms)
}

/// Replies for each field: -2 for none, -1 for one that stays, else what `show` makes of its expiry.
fn times(ctx: &mut Context, show: impl Fn(i64) -> i64) -> Result<(), Error> {
    let now_ms = ctx.now_ms();
    ctx.db.read(ctx.args[1]).map(|entry| hash_of(&entry).map(|_| ())).transpose()?;
    let fields = fields::parse(ctx, 2, fields::NOT_POSITIVE)?;
    let entry = ctx.db.found(ctx.args[1]);
    let hash = entry.as_deref().map(hash_of).transpose()?;
    ctx.reply.array(fields.len());
    for field in fields {
        ctx.reply.integer(match hash.map_or(Found::Nothing, |hash| hash.get(field, now_ms)) {
            Found::Value(_, Some(at_ms)) => show(at_ms),
            Found::Value(_, None) => -1,
            Found::Nothing | Found::Expired => -2,
        });
    }
    Ok(())
}
