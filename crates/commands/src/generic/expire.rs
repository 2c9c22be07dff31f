//! EXPIRE, EXPIREAT, PEXPIRE, PEXPIREAT: when a key goes.

use crate::prelude::*;
use hematite_base::number::Digits;

/// When the expiry is set.
const CONDITION: Arg = Arg::new(
    "condition",
    Kind::OneOf(&[
        Arg::new("nx", Kind::Token).token("NX"),
        Arg::new("xx", Kind::Token).token("XX"),
        Arg::new("gt", Kind::Token).token("GT"),
        Arg::new("lt", Kind::Token).token("LT"),
    ]),
)
.optional()
.since("7.0.0");

/// EXPIRE: see <https://valkey.io/commands/expire/>.
pub const EXPIRE: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Sets the expiration time of a key in seconds.",
        complexity: "O(1)",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("seconds", Kind::Integer), CONDITION],
        reply: "integer",
        ..Spec::new("expire")
    },
    run: expire,
};

/// EXPIREAT: see <https://valkey.io/commands/expireat/>.
pub const EXPIREAT: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.2.0",
        summary: "Sets the expiration time of a key to a Unix timestamp.",
        complexity: "O(1)",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("unix-time-seconds", Kind::UnixTime),
            CONDITION,
        ],
        reply: "integer",
        ..Spec::new("expireat")
    },
    run: expireat,
};

/// PEXPIRE: see <https://valkey.io/commands/pexpire/>.
pub const PEXPIRE: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.6.0",
        summary: "Sets the expiration time of a key in milliseconds.",
        complexity: "O(1)",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("milliseconds", Kind::Integer), CONDITION],
        reply: "integer",
        ..Spec::new("pexpire")
    },
    run: pexpire,
};

/// PEXPIREAT: see <https://valkey.io/commands/pexpireat/>.
pub const PEXPIREAT: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.6.0",
        summary: "Sets the expiration time of a key to a Unix milliseconds timestamp.",
        complexity: "O(1)",
        arity: -3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("unix-time-milliseconds", Kind::UnixTime),
            CONDITION,
        ],
        reply: "integer",
        ..Spec::new("pexpireat")
    },
    run: pexpireat,
};

fn expire(ctx: &mut Context) -> Result<(), Error> {
    let now_ms = ctx.now_ms();
    set_expiry(ctx, 1000, now_ms)
}

fn expireat(ctx: &mut Context) -> Result<(), Error> {
    set_expiry(ctx, 1000, 0)
}

fn pexpire(ctx: &mut Context) -> Result<(), Error> {
    let now_ms = ctx.now_ms();
    set_expiry(ctx, 1, now_ms)
}

fn pexpireat(ctx: &mut Context) -> Result<(), Error> {
    set_expiry(ctx, 1, 0)
}

fn set_expiry(ctx: &mut Context, unit_ms: i64, base_ms: i64) -> Result<(), Error> {
    let conditions = parse(ctx)?;
    let at_ms = ctx
        .integer(2)?
        .checked_mul(unit_ms)
        .and_then(|ms| ms.checked_add(base_ms))
        .ok_or_else(|| Error::invalid_expire(ctx.spec.name))?;
    let (key, now_ms) = (ctx.args[1], ctx.now_ms());
    let is_past = at_ms <= now_ms;
    let done = match ctx.db.write(key) {
        Some(mut entry) if conditions.hold(entry.expires_at(), at_ms) => {
            if !is_past {
                entry.set_expires_at(Some(at_ms));
            }
            true
        }
        _ => false,
    };
    ctx.reply.integer(i64::from(done));
    if done && is_past {
        ctx.delete_as_expired(key);
    } else if done {
        let mut digits = Digits::default();
        let parts = [&[b"PEXPIREAT", key, digits.i64(at_ms)], &ctx.args[3..]].concat();
        ctx.instead(&parts);
        ctx.db.changed(Class::GENERIC, "expire", key);
    }
    Ok(())
}

/// Which of the options were given; each may come again.
#[derive(Default)]
struct Conditions {
    nx: bool,
    xx: bool,
    gt: bool,
    lt: bool,
}

impl Conditions {
    /// Whether an expiry may change; no expiry counts as one in infinity.
    fn hold(&self, old_ms: Option<i64>, new_ms: i64) -> bool {
        !(self.nx && old_ms.is_some()
            || self.xx && old_ms.is_none()
            || self.gt && old_ms.is_none_or(|old_ms| new_ms <= old_ms)
            || self.lt && old_ms.is_some_and(|old_ms| new_ms >= old_ms))
    }
}

fn parse(ctx: &Context) -> Result<Conditions, Error> {
    let mut given = Conditions::default();
    for at in 3..ctx.args.len() {
        let flags =
            [("nx", &mut given.nx), ("xx", &mut given.xx), ("gt", &mut given.gt), ("lt", &mut given.lt)];
        match flags.into_iter().find(|(name, _)| ctx.is(at, name)) {
            Some((_, flag)) => *flag = true,
            None => {
                // The reference shows it as a C string: up to a NUL.
                let shown = ctx.args[at].split(|b| *b == 0).next().unwrap_or_default();
                return Err(Error::Bytes([b"ERR Unsupported option ", shown].concat()));
            }
        }
    }
    if given.nx && (given.xx || given.gt || given.lt) {
        return Err(Error::fixed("ERR NX and XX, GT or LT options at the same time are not compatible"));
    }
    if given.gt && given.lt {
        return Err(Error::fixed("ERR GT and LT options at the same time are not compatible"));
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn conditions() {
        let mut server = Server::new();
        server.script(&[
            ("expire none 10", ":0\r\n"),
            ("set k v", "+OK\r\n"),
            ("expire k 10 xx", ":0\r\n"),
            ("expire k 10 gt", ":0\r\n"),
            ("expire k 10 lt", ":1\r\n"),
            ("expire k 10 nx", ":0\r\n"),
            ("pexpire k 10000 GT", ":0\r\n"),
            ("pexpire k 10001 gt xx", ":1\r\n"),
            ("pttl k", ":10001\r\n"),
            ("expireat k 1700000009 lt", ":1\r\n"),
            ("pexpireat k 1700000009500", ":1\r\n"),
            ("pexpiretime k", ":1700000009500\r\n"),
            ("expire k -1 gt", ":0\r\n"),
            ("expire k 0", ":1\r\n"),
            ("exists k", ":0\r\n"),
        ]);
        let journal = [
            "set k v",
            "PEXPIREAT k 1700000010000 lt",
            "PEXPIREAT k 1700000010001 gt xx",
            "PEXPIREAT k 1700000009000 lt",
            "PEXPIREAT k 1700000009500",
            "DEL k",
        ];
        assert_eq!(server.journal(), journal);
        assert_eq!(server.events().last().unwrap(), "g del k");
    }

    #[test]
    fn refusals() {
        let mut server = Server::new();
        let nx = "-ERR NX and XX, GT or LT options at the same time are not compatible\r\n";
        server.script(&[
            ("expire k a maybe", "-ERR Unsupported option maybe\r\n"),
            ("expire k 1 nx gt", nx),
            ("expire k 1 nx xx", nx),
            ("expire k 1 gt lt", "-ERR GT and LT options at the same time are not compatible\r\n"),
            ("expire k 1.0", "-ERR value is not an integer or out of range\r\n"),
            ("expire k 9223372036854775807", "-ERR invalid expire time in 'expire' command\r\n"),
            ("expire k 9223372036854775", "-ERR invalid expire time in 'expire' command\r\n"),
            ("pexpire k 9223372036854775807", "-ERR invalid expire time in 'pexpire' command\r\n"),
            ("expireat k -9223372036854775808", "-ERR invalid expire time in 'expireat' command\r\n"),
            ("pexpireat k 9223372036854775807", ":0\r\n"),
            ("pexpire k -9223372036854775808", ":0\r\n"),
        ]);
    }
}
