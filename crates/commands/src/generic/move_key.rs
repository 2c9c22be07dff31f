//! MOVE: a key to another database.

use crate::generic::database_at;
use crate::prelude::*;

/// MOVE: see <https://valkey.io/commands/move/>.
pub const MOVE: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Moves a key to another database.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("db", Kind::Integer)],
        reply: "integer",
        ..Spec::new("move")
    },
    run: move_key,
};

fn move_key(ctx: &mut Context) -> Result<(), Error> {
    let (key, db) = (ctx.args[1], database_at(ctx, 2)?);
    if db == ctx.db.db {
        return Err(Error::fixed("ERR source and destination objects are the same"));
    }
    let is_free = ctx.db.exists(key) && !ctx.db.in_db(db, |view| view.exists(key));
    if is_free && let Some(entry) = ctx.db.take_to_move(key) {
        ctx.db.in_db(db, |view| drop(view.add(entry)));
        ctx.db.changed(Class::GENERIC, "move_from", key);
        ctx.db.in_db(db, |view| view.also_changed(Class::GENERIC, "move_to", key));
    }
    ctx.reply.integer(i64::from(is_free));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn moves_unless_taken() {
        let mut server = Server::new();
        server.script(&[
            ("move k 1", ":0\r\n"),
            ("set k v ex 10", "+OK\r\n"),
            ("move k 0", "-ERR source and destination objects are the same\r\n"),
            ("move k 99", "-ERR DB index is out of range\r\n"),
            ("move k -1", "-ERR DB index is out of range\r\n"),
            ("move k 1", ":1\r\n"),
            ("exists k", ":0\r\n"),
            ("set k w", "+OK\r\n"),
            ("move k 1", ":0\r\n"),
        ]);
        server.db = 1;
        server.script(&[("get k", "$1\r\nv\r\n"), ("ttl k", ":10\r\n")]);
        assert_eq!(server.events(), ["$ set k", "g expire k", "g move_from k", "g move_to k@1", "$ set k"]);
        assert_eq!(server.dirty(), 3);
    }
}
