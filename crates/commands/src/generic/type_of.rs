//! TYPE: what kind of value a key holds.

use crate::prelude::*;

/// TYPE: see <https://valkey.io/commands/type/>.
pub const TYPE: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Determines the type of value stored at a key.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "null | string",
        ..Spec::new("type")
    },
    run: type_of,
};

fn type_of(ctx: &mut Context) -> Result<(), Error> {
    let name = ctx.db.look(ctx.args[1]).map_or("none", |entry| entry.kind().name());
    ctx.reply.simple(name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn names() {
        Server::new().script(&[("type k", "+none\r\n"), ("set k 1", "+OK\r\n"), ("type k", "+string\r\n")]);
    }
}
