//! MSETEX: several strings at once, with one expiry.

use super::arguments::DATA;
use crate::expiration::{Beside, Expiration};
use crate::prelude::*;
use crate::string::condition::Condition;
use hematite_base::number::{self, Digits};

/// MSETEX: see <https://redis.io/commands/msetex/>.
pub const MSETEX: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "8.4.0",
        summary: "Atomically sets multiple string keys with a shared expiration in a single operation.",
        complexity: "O(N) where N is the number of keys to set.",
        arity: -4,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::MOVABLE_KEYS)),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::KeyNum { count: 0, first: 1, step: 2 },
            flags: KeyFlags::OW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        tips: &["request_policy:multi_shard", "response_policy:all_succeeded"],
        args: &[
            Arg::new("numkeys", Kind::Integer),
            DATA,
            Arg::new(
                "condition",
                Kind::OneOf(&[
                    Arg::new("nx", Kind::Token).token("NX"),
                    Arg::new("xx", Kind::Token).token("XX"),
                ]),
            )
            .optional(),
            Arg::new(
                "expiration",
                Kind::OneOf(&[
                    Arg::new("seconds", Kind::Integer).token("EX"),
                    Arg::new("milliseconds", Kind::Integer).token("PX"),
                    Arg::new("unix-time-seconds", Kind::UnixTime).token("EXAT"),
                    Arg::new("unix-time-milliseconds", Kind::UnixTime).token("PXAT"),
                    Arg::new("keepttl", Kind::Token).token("KEEPTTL"),
                ]),
            )
            .optional(),
        ],
        reply: "integer",
        ..Spec::new("msetex")
    },
    run: msetex,
};

fn msetex(ctx: &mut Context) -> Result<(), Error> {
    let count = number::parse_i64(ctx.args[1])
        .filter(|count| (1..=i64::from(i32::MAX)).contains(count))
        .ok_or(Error::fixed("ERR invalid numkeys value"))? as usize;
    let end = 2 + 2 * count;
    if end > ctx.args.len() {
        return Err(Error::fixed("ERR wrong number of key-value pairs"));
    }
    let (mut condition, mut expiration) = (Condition::Always, Expiration::None);
    let mut at = end;
    while at < ctx.args.len() {
        let mut used = expiration.take(ctx, at, Beside::Keep);
        if used == 0 && (ctx.is(at, "nx") || ctx.is(at, "xx")) {
            used = condition.take(ctx, at);
        }
        if used == 0 {
            return Err(Error::Syntax);
        }
        at += used;
    }
    let at_ms = expiration.at_ms(ctx)?;
    for at in (2..end).step_by(2) {
        if !condition.holds(ctx, ctx.args[at])? {
            ctx.reply.integer(0);
            return Ok(());
        }
    }
    let expiry = match at_ms {
        Some(at_ms) => Expiry::At(at_ms),
        None if expiration == Expiration::Keep => Expiry::Keep,
        None => Expiry::Never,
    };
    store(ctx, &ctx.args[2..end], expiry);
    ctx.reply.integer(1);
    Ok(())
}

fn store(ctx: &mut Context, pairs: &[&[u8]], expiry: Expiry) {
    for pair in pairs.chunks_exact(2) {
        ctx.db.set_string(pair[0], pair[1], expiry);
        ctx.db.changed(Class::STRING, "set", pair[0]);
        if let Expiry::At(_) = expiry {
            ctx.db.also_changed(Class::GENERIC, "expire", pair[0]);
        }
    }
    // One SET a key, which every version reads.
    ctx.db.effects.instead(|| {
        let commands = pairs.chunks_exact(2).map(|pair| {
            let mut command = vec![b"SET".to_vec(), pair[0].to_vec(), pair[1].to_vec()];
            match expiry {
                Expiry::At(at_ms) => {
                    command.extend([b"PXAT".to_vec(), Digits::default().i64(at_ms).to_vec()]);
                }
                Expiry::Keep => command.push(b"KEEPTTL".to_vec()),
                Expiry::Never => {}
            }
            command
        });
        commands.collect()
    });
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn sets_all_or_none() {
        let mut server = Server::new();
        server.script(&[
            ("msetex 2 a 1 b 2 ex 5", ":1\r\n"),
            ("ttl b", ":5\r\n"),
            ("msetex 1 a 3 keepttl", ":1\r\n"),
            ("ttl a", ":5\r\n"),
            ("msetex 2 a 4 c 4 nx", ":0\r\n"),
            ("msetex 2 a 4 c 4 xx", ":0\r\n"),
            ("mget a c", "*2\r\n$1\r\n3\r\n$-1\r\n"),
            ("msetex 1 a 5 xx", ":1\r\n"),
            ("ttl a", ":-1\r\n"),
            ("msetex 0 a 1", "-ERR invalid numkeys value\r\n"),
            ("msetex a 1 b", "-ERR invalid numkeys value\r\n"),
            ("msetex 2147483648 a 1", "-ERR invalid numkeys value\r\n"),
            ("msetex 2147483647 a 1", "-ERR wrong number of key-value pairs\r\n"),
            ("msetex 2 a 1 b", "-ERR wrong number of key-value pairs\r\n"),
            ("msetex 1 a 1 foo", "-ERR syntax error\r\n"),
            ("msetex 1 a 1 nx xx", "-ERR syntax error\r\n"),
            ("msetex 1 a 1 ifeq 1", "-ERR syntax error\r\n"),
            ("msetex 1 a 1 keepttl ex 1", "-ERR syntax error\r\n"),
            ("msetex 1 a 1 ex 0", "-ERR invalid expire time in 'msetex' command\r\n"),
        ]);
        let expected =
            ["SET a 1 PXAT 1700000005000", "SET b 2 PXAT 1700000005000", "SET a 3 KEEPTTL", "SET a 5"];
        assert_eq!(server.journal(), expected);
    }
}
