//! DEL and UNLINK: forget keys.

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

/// UNLINK: see <https://valkey.io/commands/unlink/>.
pub const UNLINK: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "4.0.0",
        summary: "Asynchronously deletes one or more keys.",
        complexity: "O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of.",
        arity: -2,
        flags: Flags::WRITE.or(Flags::FAST),
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
        ..Spec::new("unlink")
    },
    run: unlink,
};

fn del(ctx: &mut Context) -> Result<(), Error> {
    let lazily = ctx.settings.lazy_user_del;
    delete_all(ctx, lazily)
}

fn unlink(ctx: &mut Context) -> Result<(), Error> {
    delete_all(ctx, true)
}

fn delete_all(ctx: &mut Context, lazily: bool) -> Result<(), Error> {
    let mut count = 0;
    for key in &ctx.args[1..] {
        if ctx.db.delete(key, lazily) {
            ctx.db.changed(Class::GENERIC, "del", key);
            count += 1;
        }
    }
    ctx.reply.integer(count);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn counts_what_was_there() {
        let mut server = Server::new();
        server.script(&[
            ("mset a 1 b 2 c 3", "+OK\r\n"),
            ("del a none a", ":1\r\n"),
            ("unlink b c b", ":2\r\n"),
            ("set d 1 px 10", "+OK\r\n"),
        ]);
        server.now_ms += 11;
        assert_eq!(server.run("del d"), ":0\r\n");
        let expected = [
            "$ set a",
            "$ set b",
            "$ set c",
            "g del a",
            "g del b",
            "g del c",
            "$ set d",
            "g expire d",
            "x expired d",
        ];
        assert_eq!(server.events(), expected);
    }
}
