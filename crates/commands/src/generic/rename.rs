//! RENAME and RENAMENX: another name for a value.

use crate::prelude::*;

/// RENAME: see <https://valkey.io/commands/rename/>.
pub const RENAME: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Renames a key and overwrites the destination.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::WRITE,
        acl: Acl::KEYSPACE,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
                notes: "",
            },
            KeySpec {
                begin: Begin::Index(2),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
        ],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("newkey", Kind::Key).key_spec(1)],
        reply: "ok",
        ..Spec::new("rename")
    },
    run: rename,
};

/// RENAMENX: see <https://valkey.io/commands/renamenx/>.
pub const RENAMENX: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Renames a key only when the target key name doesn't exist.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
                notes: "",
            },
            KeySpec {
                begin: Begin::Index(2),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::INSERT),
                notes: "",
            },
        ],
        history: &[(
            "3.2.0",
            "The command no longer returns an error when source and destination names are the same.",
        )],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("newkey", Kind::Key).key_spec(1)],
        reply: "integer",
        ..Spec::new("renamenx")
    },
    run: renamenx,
};

fn rename(ctx: &mut Context) -> Result<(), Error> {
    move_value(ctx)?;
    ctx.reply.ok();
    Ok(())
}

fn renamenx(ctx: &mut Context) -> Result<(), Error> {
    let (from, to) = (ctx.args[1], ctx.args[2]);
    if !ctx.db.exists(from) {
        return Err(Error::NoSuchKey);
    }
    let is_free = from != to && !ctx.db.exists(to);
    if is_free {
        move_value(ctx)?;
    }
    ctx.reply.integer(i64::from(is_free));
    Ok(())
}

fn move_value(ctx: &mut Context) -> Result<(), Error> {
    let (from, to) = (ctx.args[1], ctx.args[2]);
    if from == to {
        return if ctx.db.exists(from) { Ok(()) } else { Err(Error::NoSuchKey) };
    }
    if !ctx.db.rename(from, to, ctx.settings.lazy_server_del) {
        return Err(Error::NoSuchKey);
    }
    ctx.db.changed(Class::GENERIC, "rename_from", from);
    ctx.db.also_changed(Class::GENERIC, "rename_to", to);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn the_expiry_goes_along() {
        let mut server = Server::new();
        server.script(&[
            ("rename a b", "-ERR no such key\r\n"),
            ("renamenx a a", "-ERR no such key\r\n"),
            ("set a 1 ex 10", "+OK\r\n"),
            ("set b 2", "+OK\r\n"),
            ("renamenx a b", ":0\r\n"),
            ("renamenx a a", ":0\r\n"),
            ("rename a a", "+OK\r\n"),
            ("rename a b", "+OK\r\n"),
            ("ttl b", ":10\r\n"),
            ("get b", "$1\r\n1\r\n"),
            ("exists a", ":0\r\n"),
            ("renamenx b c", ":1\r\n"),
            ("object encoding c", "$3\r\nint\r\n"),
            ("ttl c", ":10\r\n"),
        ]);
        let renames = ["g rename_from a", "g rename_to b", "g rename_from b", "g rename_to c"];
        assert_eq!(server.events()[3..], renames);
        assert_eq!(server.dirty(), 4);
    }
}
