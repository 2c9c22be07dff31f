//! INCR, INCRBY, DECR, DECRBY: a string as a counter of 64 bits.

use crate::prelude::*;

/// INCR: see <https://valkey.io/commands/incr/>.
pub const INCR: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Increments the integer value of a key by one. Uses 0 as initial value if the key doesn't exist.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("incr")
    },
    run: incr,
};

/// INCRBY: see <https://valkey.io/commands/incrby/>.
pub const INCRBY: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Increments the integer value of a key by a number. Uses 0 as initial value if the key doesn't exist.",
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
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("increment", Kind::Integer)],
        reply: "integer",
        ..Spec::new("incrby")
    },
    run: incrby,
};

/// DECR: see <https://valkey.io/commands/decr/>.
pub const DECR: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Decrements the integer value of a key by one. Uses 0 as initial value if the key doesn't exist.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("decr")
    },
    run: decr,
};

/// DECRBY: see <https://valkey.io/commands/decrby/>.
pub const DECRBY: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Decrements a number from the integer value of a key. Uses 0 as initial value if the key doesn't exist.",
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
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("decrement", Kind::Integer)],
        reply: "integer",
        ..Spec::new("decrby")
    },
    run: decrby,
};

fn incr(ctx: &mut Context) -> Result<(), Error> {
    add(ctx, 1)
}

fn incrby(ctx: &mut Context) -> Result<(), Error> {
    let by = ctx.integer(2)?;
    add(ctx, by)
}

fn decr(ctx: &mut Context) -> Result<(), Error> {
    add(ctx, -1)
}

fn decrby(ctx: &mut Context) -> Result<(), Error> {
    let by = ctx.integer(2)?;
    let by = by.checked_neg().ok_or(Error::fixed("ERR decrement would overflow"))?;
    add(ctx, by)
}

fn add(ctx: &mut Context, by: i64) -> Result<(), Error> {
    let key = ctx.args[1];
    let sum = if let Some(mut entry) = ctx.db.write_string(key)? {
        let n = entry.string()?.integer().ok_or(Error::NotInteger)?;
        let sum = n.checked_add(by).ok_or(Error::Overflow)?;
        entry.set_integer(sum);
        sum
    } else {
        ctx.db.set(key, NewBody::Integer(by), Expiry::Never);
        by
    };
    ctx.db.changed(Class::STRING, "incrby", key);
    ctx.reply.integer(sum);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn counts() {
        let mut server = Server::new();
        server.script(&[
            ("incr n", ":1\r\n"),
            ("incrby n 41", ":42\r\n"),
            ("decr n", ":41\r\n"),
            ("decrby n -9", ":50\r\n"),
            ("object encoding n", "$3\r\nint\r\n"),
            ("set n 9223372036854775807", "+OK\r\n"),
            ("incr n", "-ERR increment or decrement would overflow\r\n"),
            ("get n", "$19\r\n9223372036854775807\r\n"),
            ("decrby n -9223372036854775808", "-ERR decrement would overflow\r\n"),
            ("incrby n 1.5", "-ERR value is not an integer or out of range\r\n"),
            ("set s ' 1'", "+OK\r\n"),
            ("incr s", "-ERR value is not an integer or out of range\r\n"),
            ("set t '1' px 5000", "+OK\r\n"),
            ("append t 0", ":2\r\n"),
            ("incr t", ":11\r\n"),
            ("object encoding t", "$3\r\nint\r\n"),
            ("pttl t", ":5000\r\n"),
        ]);
    }
}
