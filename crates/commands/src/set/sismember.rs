//! SISMEMBER and SMISMEMBER: which are members.

use super::set_of;
use crate::prelude::*;

/// SISMEMBER: see <https://valkey.io/commands/sismember/>.
pub const SISMEMBER: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Determines whether a member belongs to a set.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::SET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("member", Kind::Text)],
        reply: "integer",
        ..Spec::new("sismember")
    },
    run: sismember,
};

/// SMISMEMBER: see <https://valkey.io/commands/smismember/>.
pub const SMISMEMBER: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "6.2.0",
        summary: "Determines whether multiple members belong to a set.",
        complexity: "O(N) where N is the number of elements being checked for membership",
        arity: -3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::SET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("member", Kind::Text).multiple()],
        reply: "array<integer>",
        ..Spec::new("smismember")
    },
    run: smismember,
};

fn sismember(ctx: &mut Context) -> Result<(), Error> {
    let is_member = match ctx.db.read(ctx.args[1]) {
        Some(entry) => set_of(&entry)?.contains(ctx.args[2]),
        None => false,
    };
    ctx.reply.integer(i64::from(is_member));
    Ok(())
}

fn smismember(ctx: &mut Context) -> Result<(), Error> {
    let entry = ctx.db.read(ctx.args[1]);
    let set = entry.as_deref().map(set_of).transpose()?;
    let members = &ctx.args[2..];
    ctx.reply.array(members.len());
    for member in members {
        ctx.reply.integer(i64::from(set.is_some_and(|set| set.contains(member))));
    }
    Ok(())
}
