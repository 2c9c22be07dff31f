//! SREM: members out of a set.

use super::{set_mut, set_of};
use crate::prelude::*;

/// SREM: see <https://valkey.io/commands/srem/>.
pub const SREM: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Removes one or more members from a set. Deletes the set if the last member was removed.",
        complexity: "O(N) where N is the number of members to be removed.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::SET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        history: &[("2.4.0", "Accepts multiple `member` arguments.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("member", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("srem")
    },
    run: srem,
};

fn srem(ctx: &mut Context) -> Result<(), Error> {
    let (key, members) = (ctx.args[1], &ctx.args[2..]);
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let set = set_mut(&mut entry)?;
    let removed = members.iter().filter(|member| set.remove_member(member)).count() as u64;
    let is_empty = set_of(&entry)?.is_empty();
    drop(entry);
    if removed > 0 {
        ctx.db.changed(Class::SET, "srem", key);
        ctx.db.effects.dirty += removed - 1;
    }
    if is_empty {
        ctx.db.delete(key, false);
        ctx.db.also_changed(Class::GENERIC, "del", key);
    }
    ctx.reply.integer(removed as i64);
    Ok(())
}
