//! HGETALL, HKEYS and HVALS: all of a hash, straight into the reply.

use super::hash_of;
use crate::element::ElementReply;
use crate::prelude::*;

/// HGETALL: see <https://valkey.io/commands/hgetall/>.
pub const HGETALL: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Returns all fields and values in a hash.",
        complexity: "O(N) where N is the size of the hash.",
        arity: 2,
        flags: Flags::READONLY,
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output_order"],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "map<string, string>",
        ..Spec::new("hgetall")
    },
    run: hgetall,
};

/// HKEYS: see <https://valkey.io/commands/hkeys/>.
pub const HKEYS: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Returns all fields in a hash.",
        complexity: "O(N) where N is the size of the hash.",
        arity: 2,
        flags: Flags::READONLY,
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output_order"],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "array<string>",
        ..Spec::new("hkeys")
    },
    run: hkeys,
};

/// HVALS: see <https://valkey.io/commands/hvals/>.
pub const HVALS: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Returns all values in a hash.",
        complexity: "O(N) where N is the size of the hash.",
        arity: 2,
        flags: Flags::READONLY,
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output_order"],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "array<string>",
        ..Spec::new("hvals")
    },
    run: hvals,
};

fn hgetall(ctx: &mut Context) -> Result<(), Error> {
    all(ctx, true, true)
}

fn hkeys(ctx: &mut Context) -> Result<(), Error> {
    all(ctx, true, false)
}

fn hvals(ctx: &mut Context) -> Result<(), Error> {
    all(ctx, false, true)
}

#[inline(always)]
fn all(ctx: &mut Context, fields: bool, values: bool) -> Result<(), Error> {
    let now_ms = ctx.now_ms();
    let entry = ctx.db.read(ctx.args[1]);
    let hash = entry.as_deref().map(hash_of).transpose()?;
    let len = hash.map_or(0, |hash| hash.live_len(now_ms));
    if fields && values {
        ctx.reply.map(len);
    } else {
        ctx.reply.array(len);
    }
    for (field, value, _) in hash.into_iter().flat_map(|hash| hash.iter(now_ms)) {
        if fields {
            ctx.reply.element(field);
        }
        if values {
            ctx.reply.element(value);
        }
    }
    Ok(())
}
