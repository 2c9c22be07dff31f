//! PFCOUNT.

use super::{bytes_of, corrupted};
use crate::prelude::*;
use hematite_structures::hyperloglog::{self, Union};

/// PFCOUNT: see <https://valkey.io/commands/pfcount/>.
pub const PFCOUNT: Row = Row {
    spec: Spec {
        group: Group::Hyperloglog,
        since: "2.8.9",
        summary: "Returns the approximated cardinality of the set(s) observed by the HyperLogLog key(s).",
        complexity: "O(1) with a very small average constant time when called with a single key. O(N) with N being the number of keys, and much bigger constant times, when called with multiple keys.",
        arity: -2,
        flags: Flags::READONLY.or(Flags::MAY_REPLICATE),
        acl: Acl::HYPERLOGLOG,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS),
            notes: "RW because it may change the internal representation of the key, and propagate to replicas",
        }],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0)],
        reply: "integer",
        ..Spec::new("pfcount")
    },
    run: pfcount,
};

fn pfcount(ctx: &mut Context) -> Result<(), Error> {
    if ctx.args.len() == 2 {
        return count_one(ctx);
    }
    let mut union = Union::new();
    for key in &ctx.args[1..] {
        if let Some(entry) = ctx.db.read(key) {
            union.absorb(bytes_of(&entry)?).map_err(corrupted)?;
        }
    }
    ctx.reply.integer(union.count() as i64);
    Ok(())
}

/// The estimate of one key is kept in it; storing it is a change, though nobody can see it.
fn count_one(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let Some(entry) = ctx.db.read(key) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let bytes = bytes_of(&entry)?;
    if let Some(count) = hyperloglog::cached_count(bytes) {
        ctx.reply.integer(count as i64);
        return Ok(());
    }
    let count = hyperloglog::count(bytes).map_err(corrupted)?;
    if let Some(mut entry) = ctx.db.write(key) {
        hyperloglog::set_cached_count(entry.bytes_mut_filled(0)?, count);
    }
    let db = ctx.db.db;
    ctx.db.effects.touch(db, key);
    ctx.db.effects.dirty += 1;
    ctx.reply.integer(count as i64);
    Ok(())
}
