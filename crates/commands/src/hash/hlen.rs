//! HLEN: how many fields, expired ones that nobody has looked at included.

use super::hash_of;
use crate::prelude::*;

/// HLEN: see <https://valkey.io/commands/hlen/>.
pub const HLEN: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Returns the number of fields in a hash.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("hlen")
    },
    run: hlen,
};

fn hlen(ctx: &mut Context) -> Result<(), Error> {
    let len = match ctx.db.read(ctx.args[1]) {
        Some(entry) => hash_of(&entry)?.len(),
        None => 0,
    };
    ctx.reply.integer(len as i64);
    Ok(())
}
