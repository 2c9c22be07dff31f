//! SADD: members into a set.

use super::set_mut;
use crate::prelude::*;
use hematite_keyspace::Value;

/// SADD: see <https://valkey.io/commands/sadd/>.
pub const SADD: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Adds one or more members to a set. Creates the key if it doesn't exist.",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::SET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        history: &[("2.4.0", "Accepts multiple `member` arguments.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("member", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("sadd")
    },
    run: sadd,
};

fn sadd(ctx: &mut Context) -> Result<(), Error> {
    let (key, members) = (ctx.args[1], &ctx.args[2..]);
    let (limits, hasher) = (ctx.settings.set_limits(), ctx.db.hasher());
    let mut added = 0;
    let mut add_to = |set: &mut Value| {
        for member in members {
            added += u64::from(set.add_member(member, &limits, hasher));
        }
    };
    if let Some(mut entry) = ctx.db.write(key) {
        let set = set_mut(&mut entry)?;
        set.expect_members(members.len(), &limits, hasher);
        add_to(set);
    } else {
        let mut set = Value::new_set(members[0], members.len(), &limits, hasher);
        add_to(&mut set);
        ctx.db.add(Entry::new(key, None, NewBody::Value(set)));
    }
    if added > 0 {
        ctx.db.changed(Class::SET, "sadd", key);
        ctx.db.effects.dirty += added - 1;
    }
    ctx.reply.integer(added as i64);
    Ok(())
}
