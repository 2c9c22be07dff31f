//! OBJECT: how a value is kept, and how it is used.

use crate::prelude::*;
use hematite_keyspace::{Lfu, idle_seconds};

/// Integers that the reference keeps once for all keys, and the number of references that it says they have.
const SHARED_BELOW: i64 = 10_000;
const SHARED_REFERENCES: i64 = i32::MAX as i64;

/// OBJECT: see <https://valkey.io/commands/object/>.
pub const OBJECT: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.2.3",
        summary: "A container for object introspection commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("object")
    },
    run: object,
};

/// OBJECT ENCODING: see <https://valkey.io/commands/object-encoding/>.
pub const OBJECT_ENCODING: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.2.3",
        summary: "Returns the internal encoding of an object.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY,
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "null | string",
        ..Spec::new("object|encoding")
    },
    run: object_encoding,
};

/// OBJECT FREQ: see <https://valkey.io/commands/object-freq/>.
pub const OBJECT_FREQ: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "4.0.0",
        summary: "Returns the logarithmic access frequency counter of an object.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY,
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("object|freq")
    },
    run: object_freq,
};

/// OBJECT HELP: see <https://valkey.io/commands/object-help/>.
pub const OBJECT_HELP: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "6.2.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::KEYSPACE,
        reply: "array<string>",
        ..Spec::new("object|help")
    },
    run: object_help,
};

/// OBJECT IDLETIME: see <https://valkey.io/commands/object-idletime/>.
pub const OBJECT_IDLETIME: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.2.3",
        summary: "Returns the time since the last access to an object.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY,
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("object|idletime")
    },
    run: object_idletime,
};

/// OBJECT REFCOUNT: see <https://valkey.io/commands/object-refcount/>.
pub const OBJECT_REFCOUNT: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.2.3",
        summary: "Returns the reference count of a value of a key.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY,
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("object|refcount")
    },
    run: object_refcount,
};

fn object(ctx: &mut Context) -> Result<(), Error> {
    Err(Error::unknown_subcommand(ctx.args[1], ctx.spec.name))
}

/// Replies with what `of` says of a key's entry, or null. Counts as a lookup, but leaves no trace on the key.
fn reply_with(
    ctx: &mut Context,
    of: impl FnOnce(&Entry, &mut hematite_resp::Encoder) -> Result<(), Error>,
) -> Result<(), Error> {
    let Some(entry) = ctx.db.peek(ctx.args[2]) else {
        ctx.db.counters.misses += 1;
        ctx.reply.null();
        return Ok(());
    };
    of(&entry, &mut ctx.reply)?;
    ctx.db.counters.hits += 1;
    Ok(())
}

fn object_encoding(ctx: &mut Context) -> Result<(), Error> {
    reply_with(ctx, |entry, reply| {
        reply.bulk(entry.encoding().as_bytes());
        Ok(())
    })
}

fn object_refcount(ctx: &mut Context) -> Result<(), Error> {
    let shares = !ctx.settings.owns_integers;
    reply_with(ctx, |entry, reply| {
        let is_shared = shares && matches!(entry.body(), Body::Integer(0..SHARED_BELOW));
        reply.integer(if is_shared { SHARED_REFERENCES } else { 1 });
        Ok(())
    })
}

fn object_idletime(ctx: &mut Context) -> Result<(), Error> {
    let (now_ms, lfu) = (ctx.now_ms(), ctx.settings.lfu);
    reply_with(ctx, |entry, reply| {
        if lfu {
            return Err(Error::fixed(
                "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
            ));
        }
        reply.integer(i64::from(idle_seconds(entry.stamp(), now_ms)));
        Ok(())
    })
}

fn object_freq(ctx: &mut Context) -> Result<(), Error> {
    let (clock, lfu) = (Lfu::clock(ctx.now_ms()), ctx.db.lfu.clone());
    reply_with(ctx, |entry, reply| {
        let Some(lfu) = &lfu else {
            return Err(Error::fixed(
                "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
            ));
        };
        reply.integer(i64::from(lfu.counter(entry.stamp(), clock)));
        Ok(())
    })
}

fn object_help(ctx: &mut Context) -> Result<(), Error> {
    ctx.help(&[
        "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "ENCODING <key>",
        "    Return the kind of internal representation used in order to store the value",
        "    associated with a <key>.",
        "FREQ <key>",
        "    Return the access frequency index of the <key>. The returned integer is",
        "    proportional to the logarithm of the recent access frequency of the key.",
        "IDLETIME <key>",
        "    Return the idle time of the <key>, that is the approximated number of",
        "    seconds elapsed since the last access to the key.",
        "REFCOUNT <key>",
        "    Return the number of references of the value associated with the specified",
        "    <key>.",
    ]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn encodings() {
        let mut server = Server::new();
        for (value, encoding) in [
            ("12".to_owned(), "int"),
            ("012".to_owned(), "embstr"),
            ("9223372036854775807".to_owned(), "int"),
            ("9223372036854775808".to_owned(), "embstr"),
            ("x".repeat(44), "embstr"),
            ("x".repeat(45), "raw"),
            ("x".repeat(5000), "raw"),
        ] {
            server.run(&format!("set k {value}"));
            let expected = format!("${}\r\n{encoding}\r\n", encoding.len());
            assert_eq!(server.run("object encoding k"), expected, "{value}");
        }
        server.script(&[
            ("object encoding none", "$-1\r\n"),
            ("object refcount k", ":1\r\n"),
            ("set k 9999", "+OK\r\n"),
            ("object refcount k", ":2147483647\r\n"),
            ("object encoding", "-ERR wrong number of arguments for 'object|encoding' command\r\n"),
            ("object foo k", "-ERR unknown subcommand 'foo'. Try OBJECT HELP.\r\n"),
        ]);
        assert!(
            server
                .run("object help")
                .starts_with("*15\r\n+OBJECT <subcommand> [<arg> [value] [opt] ...]. Sub")
        );
    }

    #[test]
    fn idle_time_and_frequency() {
        let mut server = Server::new();
        server.run("set k v");
        server.now_ms += 90_000;
        assert_eq!(server.run("object idletime k"), ":90\r\n");
        assert!(server.run("object freq k").starts_with("-ERR An LFU maxmemory policy is not selected"));
        assert_eq!(server.run("object freq none"), "$-1\r\n");
        server.lfu();
        server.run("set fresh v");
        assert_eq!(server.run("object freq fresh"), ":5\r\n");
        for _ in 0..500 {
            server.run("get fresh");
        }
        let frequency: i64 = server.run("object freq fresh")[1..].trim().parse().unwrap();
        assert!((8..30).contains(&frequency), "{frequency}");
        server.now_ms += 5 * 60_000;
        assert_eq!(server.run("object freq fresh"), format!(":{}\r\n", frequency - 5));
        assert!(server.run("object idletime fresh").starts_with("-ERR An LFU maxmemory policy is selected"));
    }
}
