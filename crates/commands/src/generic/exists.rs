//! EXISTS and TOUCH: how many of the keys are there.

use crate::prelude::*;

/// EXISTS: see <https://valkey.io/commands/exists/>.
pub const EXISTS: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Determines whether one or more keys exist.",
        complexity: "O(N) where N is the number of keys to check.",
        arity: -2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        history: &[("3.0.3", "Accepts multiple `key` arguments.")],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0)],
        reply: "integer",
        ..Spec::new("exists")
    },
    run: exists,
};

/// TOUCH: see <https://valkey.io/commands/touch/>.
pub const TOUCH: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "3.2.1",
        summary: "Returns the number of existing keys out of those specified after updating the time they were last accessed.",
        complexity: "O(N) where N is the number of keys that will be touched.",
        arity: -2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0)],
        reply: "integer",
        ..Spec::new("touch")
    },
    run: touch,
};

fn exists(ctx: &mut Context) -> Result<(), Error> {
    let count = ctx.args[1..].iter().filter(|key| ctx.db.look(key).is_some()).count();
    ctx.reply.integer(count as i64);
    Ok(())
}

fn touch(ctx: &mut Context) -> Result<(), Error> {
    let count = ctx.args[1..].iter().filter(|key| ctx.db.read(key).is_some()).count();
    ctx.reply.integer(count as i64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn only_touch_renews_the_access_clock() {
        let mut server = Server::new();
        server.script(&[("mset a 1 b 2", "+OK\r\n"), ("exists a b a none", ":3\r\n")]);
        server.now_ms += 60_000;
        server.script(&[
            ("exists a", ":1\r\n"),
            ("object idletime a", ":60\r\n"),
            ("touch a b none", ":2\r\n"),
            ("object idletime a", ":0\r\n"),
        ]);
    }
}
