//! SMOVE: a member from one set to another.

use super::{set_mut, set_of};
use crate::prelude::*;
use hematite_keyspace::Value;

/// SMOVE: see <https://valkey.io/commands/smove/>.
pub const SMOVE: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Moves a member from one set to another.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::SET,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
                notes: "",
            },
            KeySpec {
                begin: Begin::Index(2),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RW.or(KeyFlags::INSERT),
                notes: "",
            },
        ],
        args: &[
            Arg::new("source", Kind::Key).key_spec(0),
            Arg::new("destination", Kind::Key).key_spec(1),
            Arg::new("member", Kind::Text),
        ],
        reply: "integer",
        ..Spec::new("smove")
    },
    run: smove,
};

fn smove(ctx: &mut Context) -> Result<(), Error> {
    let (from, to, member) = (ctx.args[1], ctx.args[2], ctx.args[3]);
    // Both are looked at for their types before anything changes; a source that is not there comes first.
    if ctx.db.write(from).is_none() {
        ctx.reply.integer(0);
        return Ok(());
    }
    let is_member = ctx.db.peek(from).map(|entry| set_of(&entry).map(|set| set.contains(member)));
    let is_member = is_member.transpose()?.unwrap_or(false);
    ctx.db.peek(to).map(|entry| set_of(&entry).map(|_| ())).transpose()?;
    if !is_member || from == to {
        ctx.reply.integer(i64::from(is_member));
        return Ok(());
    }
    let is_empty = match ctx.db.write(from) {
        Some(mut entry) => {
            let set = set_mut(&mut entry)?;
            set.remove_member(member);
            set.as_set()?.is_empty()
        }
        None => false,
    };
    ctx.db.changed(Class::SET, "srem", from);
    if is_empty {
        ctx.db.delete(from, false);
        ctx.db.also_changed(Class::GENERIC, "del", from);
    }
    if add_one(ctx, to, member)? {
        ctx.db.changed(Class::SET, "sadd", to);
    }
    ctx.reply.integer(1);
    Ok(())
}

/// Adds a member to a set, which may not be there yet; whether it was new.
fn add_one(ctx: &mut Context, key: &[u8], member: &[u8]) -> Result<bool, Error> {
    let (limits, hasher) = (ctx.settings.set_limits(), ctx.db.hasher());
    if let Some(mut entry) = ctx.db.write(key) {
        return Ok(set_mut(&mut entry)?.add_member(member, &limits, hasher));
    }
    let mut set = Value::new_set(member, 1, &limits, hasher);
    set.add_member(member, &limits, hasher);
    ctx.db.add(Entry::new(key, None, NewBody::Value(set)));
    Ok(true)
}
