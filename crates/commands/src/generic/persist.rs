//! PERSIST: a key that expires no more.

use crate::prelude::*;

/// PERSIST: see <https://valkey.io/commands/persist/>.
pub const PERSIST: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.2.0",
        summary: "Removes the expiration time of a key.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("persist")
    },
    run: persist,
};

fn persist(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let had = match ctx.db.write(key) {
        Some(mut entry) => {
            let had = entry.expires_at().is_some();
            entry.set_expires_at(None);
            had
        }
        None => false,
    };
    if had {
        ctx.db.changed(Class::GENERIC, "persist", key);
    }
    ctx.reply.integer(i64::from(had));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn persists_once() {
        let mut server = Server::new();
        server.script(&[
            ("persist k", ":0\r\n"),
            ("set k v ex 10", "+OK\r\n"),
            ("persist k", ":1\r\n"),
            ("persist k", ":0\r\n"),
            ("ttl k", ":-1\r\n"),
        ]);
        assert_eq!(server.events(), ["$ set k", "g expire k", "g persist k"]);
    }
}
