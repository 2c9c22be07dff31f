//! COPY: a value under a second key, maybe in another database.

use crate::generic::database_at;
use crate::prelude::*;

/// COPY: see <https://valkey.io/commands/copy/>.
pub const COPY: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "6.2.0",
        summary: "Copies the value of a key to a new key.",
        complexity: "O(N) worst case for collections, where N is the number of nested items. O(1) for string values.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::KEYSPACE,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
            KeySpec {
                begin: Begin::Index(2),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
        ],
        args: &[
            Arg::new("source", Kind::Key).key_spec(0),
            Arg::new("destination", Kind::Key).key_spec(1),
            Arg::new("destination-db", Kind::Integer).token("DB").optional(),
            Arg::new("replace", Kind::Token).token("REPLACE").optional(),
        ],
        reply: "integer",
        ..Spec::new("copy")
    },
    run: copy,
};

fn copy(ctx: &mut Context) -> Result<(), Error> {
    let (from, to) = (ctx.args[1], ctx.args[2]);
    let (mut db, mut replace) = (ctx.db.db, false);
    let mut at = 3;
    while at < ctx.args.len() {
        if ctx.is(at, "replace") {
            replace = true;
        } else if ctx.is(at, "db") && at + 1 < ctx.args.len() {
            at += 1;
            db = database_at(ctx, at)?;
        } else {
            return Err(Error::Syntax);
        }
        at += 1;
    }
    if db == ctx.db.db && from == to {
        return Err(Error::fixed("ERR source and destination objects are the same"));
    }
    let Some(copy) = ctx.db.read(from).map(|entry| entry.duplicate(to)) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    // A copy is new to the access clock.
    copy.touch(0);
    let lazily = ctx.settings.lazy_server_del;
    let done = ctx.db.in_db(db, |view| {
        if view.exists(to) && !replace {
            return false;
        }
        view.delete(to, lazily);
        view.add(copy);
        view.changed(Class::GENERIC, "copy_to", to);
        true
    });
    ctx.reply.integer(i64::from(done));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn copies_with_expiry_and_encoding() {
        let mut server = Server::new();
        server.script(&[
            ("copy a b", ":0\r\n"),
            ("copy a a", "-ERR source and destination objects are the same\r\n"),
            ("set a 1 ex 10", "+OK\r\n"),
            ("append a x", ":2\r\n"),
            ("copy a b", ":1\r\n"),
            ("copy a b", ":0\r\n"),
            ("set a other", "+OK\r\n"),
            ("get b", "$2\r\n1x\r\n"),
            ("object encoding b", "$3\r\nraw\r\n"),
            ("ttl b", ":10\r\n"),
            ("copy a b REPLACE", ":1\r\n"),
            ("ttl b", ":-1\r\n"),
            ("copy a a db 3", ":1\r\n"),
            ("copy a b db 16", "-ERR DB index is out of range\r\n"),
            ("copy a b db x", "-ERR value is not an integer or out of range\r\n"),
            (
                "copy a b db 3000000000",
                "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n",
            ),
            ("copy a b db", "-ERR syntax error\r\n"),
        ]);
        server.db = 3;
        assert_eq!(server.run("get a"), "$5\r\nother\r\n");
    }
}
