//! ZREM: takes members out.

use super::{changed, delete_emptied};
use crate::prelude::*;
use hematite_keyspace::sorted_set::SortedSetMut;

/// ZREM: see <https://valkey.io/commands/zrem/>.
pub const ZREM: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "1.2.0",
        summary: "Removes one or more members from a sorted set. Deletes the sorted set if all members were removed.",
        complexity: "O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        history: &[("2.4.0", "Accepts multiple elements.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("member", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("zrem")
    },
    run: zrem,
};

fn zrem(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let (mut count, mut is_empty) = (0, false);
    if let Some(mut entry) = ctx.db.write(key) {
        let mut set = SortedSetMut::of(&mut entry)?;
        for member in &ctx.args[2..] {
            if set.remove(member).is_some() {
                count += 1;
                is_empty = set.get().is_empty();
                if is_empty {
                    break;
                }
            }
        }
    }
    if count > 0 {
        changed(ctx, "zrem", key, count);
    }
    if is_empty {
        delete_emptied(ctx, key);
    }
    ctx.reply.integer(count as i64);
    Ok(())
}
