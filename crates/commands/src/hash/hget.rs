//! HGET, HMGET, HEXISTS and HSTRLEN: what single fields hold.

use super::hash_of;
use crate::element::ElementReply;
use crate::prelude::*;
use hematite_keyspace::Found;
use hematite_resp::Encoder;
use hematite_structures::listpack::Element;

/// HGET: see <https://valkey.io/commands/hget/>.
pub const HGET: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Returns the value of a field in a hash.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("field", Kind::Text)],
        reply: "string | null",
        ..Spec::new("hget")
    },
    run: hget,
};

/// HMGET: see <https://valkey.io/commands/hmget/>.
pub const HMGET: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Returns the values of all fields in a hash.",
        complexity: "O(N) where N is the number of fields being requested.",
        arity: -3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("field", Kind::Text).multiple()],
        reply: "array<string | null>",
        ..Spec::new("hmget")
    },
    run: hmget,
};

/// HEXISTS: see <https://valkey.io/commands/hexists/>.
pub const HEXISTS: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Determines whether a field exists in a hash.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("field", Kind::Text)],
        reply: "integer",
        ..Spec::new("hexists")
    },
    run: hexists,
};

/// HSTRLEN: see <https://valkey.io/commands/hstrlen/>.
pub const HSTRLEN: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "3.2.0",
        summary: "Returns the length of the value of a field.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("field", Kind::Text)],
        reply: "integer",
        ..Spec::new("hstrlen")
    },
    run: hstrlen,
};

/// Looks at one field and replies as `reply` says; a field whose time is over is removed.
#[inline(always)]
fn look(ctx: &mut Context, reply: impl FnOnce(&mut Encoder<'_>, Option<Element<'_>>)) -> Result<(), Error> {
    let (key, field) = (ctx.args[1], ctx.args[2]);
    let now_ms = ctx.now_ms();
    let Some(entry) = ctx.db.read(key) else {
        reply(&mut ctx.reply, None);
        return Ok(());
    };
    let found = hash_of(&entry)?.get(field, now_ms);
    let is_expired = matches!(found, Found::Expired);
    reply(&mut ctx.reply, found.value());
    if is_expired {
        ctx.db.expire_field(key, field);
    }
    Ok(())
}

fn hget(ctx: &mut Context) -> Result<(), Error> {
    look(ctx, |reply, value| match value {
        Some(value) => reply.element(value),
        None => reply.null(),
    })
}

fn hexists(ctx: &mut Context) -> Result<(), Error> {
    look(ctx, |reply, value| reply.integer(i64::from(value.is_some())))
}

fn hstrlen(ctx: &mut Context) -> Result<(), Error> {
    look(ctx, |reply, value| reply.integer(value.map_or(0, |value| value.text_len() as i64)))
}

fn hmget(ctx: &mut Context) -> Result<(), Error> {
    let (key, fields) = (ctx.args[1], &ctx.args[2..]);
    let now_ms = ctx.now_ms();
    let mut expired = Vec::new();
    {
        let entry = ctx.db.read(key);
        let hash = entry.as_deref().map(hash_of).transpose()?;
        ctx.reply.array(fields.len());
        for &field in fields {
            match hash.map_or(Found::Nothing, |hash| hash.get(field, now_ms)) {
                Found::Value(value, _) => {
                    ctx.reply.element(value);
                    continue;
                }
                Found::Expired => expired.push(field),
                Found::Nothing => {}
            }
            ctx.reply.null();
        }
    }
    for field in expired {
        ctx.db.expire_field(key, field);
    }
    Ok(())
}
