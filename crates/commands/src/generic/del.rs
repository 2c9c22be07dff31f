//! DEL: forgets keys.

use crate::prelude::*;

/// DEL: see <https://valkey.io/commands/del/>.
pub const DEL: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Deletes one or more keys.",
        complexity: "O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a single key that holds a string value is O(1).",
        arity: -2,
        flags: Flags::WRITE,
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 1, limit: 0 },
            flags: KeyFlags::RM.or(KeyFlags::DELETE),
            notes: "",
        }],
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0)],
        reply: "integer",
        ..Spec::new("del")
    },
    run: del,
};

fn del(ctx: &mut Context) -> Result<(), Error> {
    let mut count = 0;
    for key in &ctx.args[1..] {
        if ctx.db.delete(key, ctx.settings.lazy_user_del) {
            ctx.db.changed(Class::GENERIC, "del", key);
            count += 1;
        }
    }
    ctx.reply.integer(count);
    Ok(())
}
