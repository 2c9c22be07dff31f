//! HSET, HMSET and HSETNX: values into fields.

use super::{change_hash, check_names, expire_before, hash_of};
use crate::prelude::*;

/// HSET: see <https://valkey.io/commands/hset/>.
pub const HSET: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Creates or modifies the value of a field in a hash.",
        complexity: "O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is called with multiple field/value pairs.",
        arity: -4,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        history: &[("4.0.0", "Accepts multiple `field` and `value` arguments.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("data", Kind::Block(&[Arg::new("field", Kind::Text), Arg::new("value", Kind::Text)]))
                .multiple(),
        ],
        reply: "integer",
        ..Spec::new("hset")
    },
    run: hset,
};

/// HMSET: see <https://valkey.io/commands/hmset/>.
pub const HMSET: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Sets the values of multiple fields.",
        complexity: "O(N) where N is the number of fields being set.",
        arity: -4,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        deprecated: Some(("4.0.0", "`HSET` with multiple field-value pairs")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("data", Kind::Block(&[Arg::new("field", Kind::Text), Arg::new("value", Kind::Text)]))
                .multiple(),
        ],
        reply: "ok",
        ..Spec::new("hmset")
    },
    run: hmset,
};

/// HSETNX: see <https://valkey.io/commands/hsetnx/>.
pub const HSETNX: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Sets the value of a field in a hash only when the field doesn't exist.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("field", Kind::Text),
            Arg::new("value", Kind::Text),
        ],
        reply: "integer",
        ..Spec::new("hsetnx")
    },
    run: hsetnx,
};

fn hset(ctx: &mut Context) -> Result<(), Error> {
    let added = set_all(ctx)?;
    ctx.reply.integer(added);
    Ok(())
}

fn hmset(ctx: &mut Context) -> Result<(), Error> {
    set_all(ctx)?;
    ctx.reply.ok();
    Ok(())
}

/// A command that adds as many fields has most likely written the whole hash, which then need not keep room to grow.
const MANY_FIELDS: usize = 4;

/// Sets all fields of the command; how many were new.
#[inline(always)]
fn set_all(ctx: &mut Context) -> Result<i64, Error> {
    let (key, pairs) = (ctx.args[1], &ctx.args[2..]);
    if !pairs.len().is_multiple_of(2) {
        return Err(Error::arity(ctx.spec.name));
    }
    check_names(pairs.iter().step_by(2).copied())?;
    let (limits, hasher) = (ctx.settings.hash_limits(), ctx.db.hasher());
    let added = change_hash(ctx, key, |hash| {
        hash.expect_fields(pairs, &limits, hasher);
        let set = |pair: &&[&[u8]]| hash.set_field(pair[0], pair[1], false, &limits, hasher);
        let added = pairs.chunks_exact(2).filter(set).count();
        if added >= MANY_FIELDS {
            hash.shrink_to_fit();
        }
        added
    })?;
    ctx.db.changed(Class::HASH, "hset", key);
    ctx.db.effects.dirty += pairs.len() as u64 / 2 - 1;
    Ok(added as i64)
}

fn hsetnx(ctx: &mut Context) -> Result<(), Error> {
    let (key, pair) = (ctx.args[1], &ctx.args[2..4]);
    check_names([pair[0]].into_iter())?;
    expire_before(ctx, key, pair[0])?;
    let now_ms = ctx.now_ms();
    let (limits, hasher) = (ctx.settings.hash_limits(), ctx.db.hasher());
    let is_there = match ctx.db.write(key) {
        Some(entry) => hash_of(&entry)?.get(pair[0], now_ms).value().is_some(),
        None => false,
    };
    if !is_there {
        change_hash(ctx, key, |hash| {
            hash.expect_fields(pair, &limits, hasher);
            hash.set_field(pair[0], pair[1], false, &limits, hasher)
        })?;
        ctx.db.changed(Class::HASH, "hset", key);
    }
    ctx.reply.integer(i64::from(!is_there));
    Ok(())
}
