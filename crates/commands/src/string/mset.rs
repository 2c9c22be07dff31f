//! MSET and MSETNX: several strings at once.

use super::arguments::DATA;
use crate::prelude::*;

/// MSET: see <https://valkey.io/commands/mset/>.
pub const MSET: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.1",
        summary: "Atomically creates or modifies the string values of one or more keys.",
        complexity: "O(N) where N is the number of keys to set.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 2, limit: 0 },
            flags: KeyFlags::OW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        tips: &["request_policy:multi_shard", "response_policy:all_succeeded"],
        args: &[DATA],
        reply: "ok",
        ..Spec::new("mset")
    },
    run: mset,
};

/// MSETNX: see <https://valkey.io/commands/msetnx/>.
pub const MSETNX: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.1",
        summary: "Atomically modifies the string values of one or more keys only when all keys don't exist.",
        complexity: "O(N) where N is the number of keys to set.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 2, limit: 0 },
            flags: KeyFlags::OW.or(KeyFlags::INSERT),
            notes: "",
        }],
        args: &[DATA],
        reply: "integer",
        ..Spec::new("msetnx")
    },
    run: msetnx,
};

fn mset(ctx: &mut Context) -> Result<(), Error> {
    set_all(ctx)?;
    ctx.reply.ok();
    Ok(())
}

fn msetnx(ctx: &mut Context) -> Result<(), Error> {
    check_pairs(ctx)?;
    if (1..ctx.args.len()).step_by(2).any(|at| ctx.db.exists(ctx.args[at])) {
        ctx.reply.integer(0);
        return Ok(());
    }
    set_all(ctx)?;
    ctx.reply.integer(1);
    Ok(())
}

fn check_pairs(ctx: &Context) -> Result<(), Error> {
    if ctx.args.len().is_multiple_of(2) { Err(Error::arity(ctx.spec.name)) } else { Ok(()) }
}

/// In the order of the arguments: of a key that comes twice, the last value stays.
fn set_all(ctx: &mut Context) -> Result<(), Error> {
    check_pairs(ctx)?;
    for pair in ctx.args[1..].chunks_exact(2) {
        ctx.db.set_string(pair[0], pair[1], Expiry::Never);
        ctx.db.changed(Class::STRING, "set", pair[0]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn all_or_none() {
        let mut server = Server::new();
        server.script(&[
            ("mset a 1 b 2 a 3", "+OK\r\n"),
            ("mget a b", "*2\r\n$1\r\n3\r\n$1\r\n2\r\n"),
            ("mset a 1 b", "-ERR wrong number of arguments for 'mset' command\r\n"),
            ("msetnx c 1 b", "-ERR wrong number of arguments for 'msetnx' command\r\n"),
            ("msetnx c 1 b 2", ":0\r\n"),
            ("exists c", ":0\r\n"),
            ("msetnx c 1 c 2", ":1\r\n"),
            ("get c", "$1\r\n2\r\n"),
        ]);
        assert_eq!(server.events(), ["$ set a", "$ set b", "$ set a", "$ set c", "$ set c"]);
        assert_eq!(server.dirty(), 5);
    }
}
