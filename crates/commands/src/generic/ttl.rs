//! TTL, PTTL, EXPIRETIME, PEXPIRETIME: how long a key lives.

use crate::prelude::*;

/// TTL: see <https://valkey.io/commands/ttl/>.
pub const TTL: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Returns the expiration time in seconds of a key.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        history: &[("2.8.0", "Added the -2 reply.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer | -1 | -2",
        ..Spec::new("ttl")
    },
    run: ttl,
};

/// PTTL: see <https://valkey.io/commands/pttl/>.
pub const PTTL: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.6.0",
        summary: "Returns the expiration time in milliseconds of a key.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        history: &[("2.8.0", "Added the -2 reply.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer | -1 | -2",
        ..Spec::new("pttl")
    },
    run: pttl,
};

/// EXPIRETIME: see <https://valkey.io/commands/expiretime/>.
pub const EXPIRETIME: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "7.0.0",
        summary: "Returns the expiration time of a key as a Unix timestamp.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer | -1 | -2",
        ..Spec::new("expiretime")
    },
    run: expiretime,
};

/// PEXPIRETIME: see <https://valkey.io/commands/pexpiretime/>.
pub const PEXPIRETIME: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "7.0.0",
        summary: "Returns the expiration time of a key as a Unix milliseconds timestamp.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer | -1 | -2",
        ..Spec::new("pexpiretime")
    },
    run: pexpiretime,
};

fn ttl(ctx: &mut Context) -> Result<(), Error> {
    let now_ms = ctx.now_ms();
    reply_with(ctx, |at_ms| (at_ms - now_ms).max(0).saturating_add(500) / 1000)
}

fn pttl(ctx: &mut Context) -> Result<(), Error> {
    let now_ms = ctx.now_ms();
    reply_with(ctx, |at_ms| (at_ms - now_ms).max(0))
}

fn expiretime(ctx: &mut Context) -> Result<(), Error> {
    reply_with(ctx, |at_ms| at_ms.saturating_add(500) / 1000)
}

fn pexpiretime(ctx: &mut Context) -> Result<(), Error> {
    reply_with(ctx, |at_ms| at_ms)
}

/// -2 without a key, -1 without an expiry.
fn reply_with(ctx: &mut Context, of: impl FnOnce(i64) -> i64) -> Result<(), Error> {
    let answer = match ctx.db.look(ctx.args[1]) {
        None => -2,
        Some(entry) => entry.expires_at().map_or(-1, of),
    };
    ctx.reply.integer(answer);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn rounds_to_the_nearest_second() {
        let mut server = Server::new();
        server.script(&[
            ("ttl k", ":-2\r\n"),
            ("pexpiretime k", ":-2\r\n"),
            ("set k v", "+OK\r\n"),
            ("pttl k", ":-1\r\n"),
            ("expiretime k", ":-1\r\n"),
            ("pexpire k 1499", ":1\r\n"),
            ("ttl k", ":1\r\n"),
            ("pexpire k 1500", ":1\r\n"),
            ("ttl k", ":2\r\n"),
            ("pttl k", ":1500\r\n"),
            ("expiretime k", ":1700000002\r\n"),
            ("pexpiretime k", ":1700000001500\r\n"),
        ]);
        server.now_ms += 1500;
        assert_eq!(server.run("ttl k"), ":0\r\n");
        server.now_ms += 1;
        assert_eq!(server.run("ttl k"), ":-2\r\n");
    }
}
