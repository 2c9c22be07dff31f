//! HDEL: fields out of a hash.

use super::{hash_mut, hash_of};
use crate::prelude::*;

/// HDEL: see <https://valkey.io/commands/hdel/>.
pub const HDEL: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.0.0",
        summary: "Deletes one or more fields and their values from a hash. Deletes the hash if no fields remain.",
        complexity: "O(N) where N is the number of fields to be removed.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        history: &[("2.4.0", "Accepts multiple `field` arguments.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("field", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("hdel")
    },
    run: hdel,
};

fn hdel(ctx: &mut Context) -> Result<(), Error> {
    let (key, fields) = (ctx.args[1], &ctx.args[2..]);
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let hash = hash_mut(&mut entry)?;
    let removed = fields.iter().filter(|field| hash.remove_field(field)).count() as u64;
    let is_empty = hash_of(&entry)?.is_empty();
    drop(entry);
    if removed > 0 {
        ctx.db.changed(Class::HASH, "hdel", key);
        ctx.db.effects.dirty += removed - 1;
    }
    if is_empty {
        ctx.db.delete(key, false);
        ctx.db.also_changed(Class::GENERIC, "del", key);
    }
    ctx.reply.integer(removed as i64);
    Ok(())
}
