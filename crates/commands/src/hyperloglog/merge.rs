//! PFMERGE.

use super::{bytes_of, corrupted};
use crate::prelude::*;
use hematite_structures::hyperloglog::{self, Union};

/// PFMERGE: see <https://valkey.io/commands/pfmerge/>.
pub const PFMERGE: Row = Row {
    spec: Spec {
        group: Group::Hyperloglog,
        since: "2.8.9",
        summary: "Merges one or more HyperLogLog values into a single key.",
        complexity: "O(N) to merge N HyperLogLogs, but with high constant times.",
        arity: -2,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::HYPERLOGLOG,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::INSERT)),
                notes: "",
            },
            KeySpec {
                begin: Begin::Index(2),
                find: Find::Range { last: -1, step: 1, limit: 0 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
        ],
        args: &[
            Arg::new("destkey", Kind::Key).key_spec(0),
            Arg::new("sourcekey", Kind::Key).optional().multiple().key_spec(1),
        ],
        reply: "ok",
        ..Spec::new("pfmerge")
    },
    run: pfmerge,
};

fn pfmerge(ctx: &mut Context) -> Result<(), Error> {
    let target = ctx.args[1];
    let mut union = Union::new();
    for key in &ctx.args[1..] {
        if let Some(entry) = ctx.db.read(key) {
            union.absorb(bytes_of(&entry)?).map_err(corrupted)?;
        }
    }
    let old = ctx.db.peek(target).map(|entry| bytes_of(&entry).map(<[u8]>::to_vec)).transpose()?;
    let is_new = old.is_none();
    let mut bytes = old.unwrap_or_else(hyperloglog::create);
    union.store(&mut bytes, ctx.settings.hll_sparse_bytes_max).map_err(corrupted)?;
    if is_new {
        ctx.db.set(target, NewBody::Bytes(b""), Expiry::Never);
    }
    if let Some(mut entry) = ctx.db.write(target) {
        entry.set_raw(&bytes);
    }
    // In effect many elements were added.
    ctx.db.changed(Class::STRING, "pfadd", target);
    ctx.reply.ok();
    Ok(())
}
