//! SMEMBERS: all members, straight into the reply.

use super::set_of;
use crate::element::ElementReply;
use crate::prelude::*;

/// SMEMBERS: see <https://valkey.io/commands/smembers/>.
pub const SMEMBERS: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Returns all members of a set.",
        complexity: "O(N) where N is the set cardinality.",
        arity: 2,
        flags: Flags::READONLY,
        acl: Acl::SET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output_order"],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "array<string>",
        ..Spec::new("smembers")
    },
    run: smembers,
};

fn smembers(ctx: &mut Context) -> Result<(), Error> {
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.set(0);
        return Ok(());
    };
    let set = set_of(&entry)?;
    ctx.reply.set(set.len());
    for member in set.iter() {
        ctx.reply.element(member);
    }
    Ok(())
}
