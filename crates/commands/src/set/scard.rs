//! SCARD: how many members.

use super::set_of;
use crate::prelude::*;

/// SCARD: see <https://valkey.io/commands/scard/>.
pub const SCARD: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Returns the number of members in a set.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::SET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("scard")
    },
    run: scard,
};

fn scard(ctx: &mut Context) -> Result<(), Error> {
    let len = match ctx.db.read(ctx.args[1]) {
        Some(entry) => set_of(&entry)?.len(),
        None => 0,
    };
    ctx.reply.integer(len as i64);
    Ok(())
}
