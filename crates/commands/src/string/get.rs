//! GET, and the commands that change what they read: GETDEL, GETSET.

use crate::prelude::*;

/// GET: see <https://valkey.io/commands/get/>.
pub const GET: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Returns the string value of a key.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "string | null",
        ..Spec::new("get")
    },
    run: get,
};

/// GETDEL: see <https://valkey.io/commands/getdel/>.
pub const GETDEL: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "6.2.0",
        summary: "Returns the string value of a key after deleting the key.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "string | null",
        ..Spec::new("getdel")
    },
    run: getdel,
};

/// GETSET: see <https://valkey.io/commands/getset/>.
pub const GETSET: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Returns the previous string value of a key after setting it to a new value.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        deprecated: Some(("6.2.0", "`SET` with the `!GET` argument")),
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("value", Kind::Text)],
        reply: "string | null",
        ..Spec::new("getset")
    },
    run: getset,
};

fn get(ctx: &mut Context) -> Result<(), Error> {
    reply_with(ctx, ctx.args[1]).map(|_| ())
}

/// Replies with a key's string, or null; whether the key was there.
#[inline]
pub(super) fn reply_with(ctx: &mut Context, key: &[u8]) -> Result<bool, Error> {
    let Some(entry) = ctx.db.read(key) else {
        ctx.reply.null();
        return Ok(false);
    };
    match entry.string()? {
        Text::Bytes(text) => ctx.reply.bulk(text),
        Text::Integer(n) => ctx.reply.bulk_integer(n),
    }
    Ok(true)
}

fn getdel(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    if reply_with(ctx, key)? {
        ctx.db.delete(key, false);
        ctx.instead(&[b"DEL", key]);
        ctx.db.changed(Class::GENERIC, "del", key);
    }
    Ok(())
}

fn getset(ctx: &mut Context) -> Result<(), Error> {
    let (key, value) = (ctx.args[1], ctx.args[2]);
    reply_with(ctx, key)?;
    ctx.db.set_string(key, value, Expiry::Never);
    ctx.instead(&[b"SET", key, value]);
    ctx.db.changed(Class::STRING, "set", key);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn reads_and_replaces() {
        let mut server = Server::new();
        server.script(&[
            ("get k", "$-1\r\n"),
            ("getset k 1", "$-1\r\n"),
            ("expire k 100", ":1\r\n"),
            ("getset k v", "$1\r\n1\r\n"),
            ("ttl k", ":-1\r\n"),
            ("getdel k", "$1\r\nv\r\n"),
            ("getdel k", "$-1\r\n"),
        ]);
        assert_eq!(server.journal(), ["SET k 1", "PEXPIREAT k 1700000100000", "SET k v", "DEL k"]);
        assert_eq!(server.events(), ["$ set k", "g expire k", "$ set k", "g del k"]);
        server.resp3();
        assert_eq!(server.run("get k"), "_\r\n");
    }
}
