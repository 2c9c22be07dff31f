//! KEYS and RANDOMKEY: names of keys, looked up stripe by stripe.

use crate::prelude::*;
use hematite_base::glob;
use hematite_resp::Encoder;

/// How often RANDOMKEY draws again when it hit an expired key; then the first key that lives has to do.
const DRAWS_MAX: usize = 100;

/// KEYS: see <https://valkey.io/commands/keys/>.
pub const KEYS: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Returns all key names that match a pattern.",
        complexity: "O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length.",
        arity: 2,
        flags: Flags::READONLY,
        acl: Acl::KEYSPACE.or(Acl::DANGEROUS),
        tips: &["request_policy:all_shards", "nondeterministic_output_order"],
        args: &[Arg::new("pattern", Kind::Pattern)],
        reply: "array<string>",
        ..Spec::new("keys")
    },
    run: keys,
};

/// RANDOMKEY: see <https://valkey.io/commands/randomkey/>.
pub const RANDOMKEY: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Returns a random key name from the database.",
        complexity: "O(1)",
        arity: 1,
        flags: Flags::READONLY.or(Flags::TOUCHES_ARBITRARY_KEYS),
        acl: Acl::KEYSPACE,
        tips: &["request_policy:all_shards", "response_policy:special", "nondeterministic_output"],
        reply: "null | string",
        ..Spec::new("randomkey")
    },
    run: randomkey,
};

fn keys(ctx: &mut Context) -> Result<(), Error> {
    let (db, now_ms, pattern) = (ctx.db.db, ctx.now_ms(), ctx.args[1]);
    let (mut names, mut count) = (Vec::new(), 0);
    let mut reply = Encoder::new(&mut names, ctx.reply.protocol);
    ctx.db.keyspace().for_each(db, now_ms, |entry| {
        // A star alone means all keys, the empty one too.
        if pattern == b"*" || glob::matches(pattern, entry.name()) {
            reply.bulk(entry.name());
            count += 1;
        }
    });
    ctx.reply.array(count);
    ctx.reply.buffer().extend_from_slice(&names);
    Ok(())
}

fn randomkey(ctx: &mut Context) -> Result<(), Error> {
    let (db, now_ms) = (ctx.db.db, ctx.now_ms());
    let keyspace = ctx.db.keyspace();
    let live = |entry: &Entry| (!entry.is_expired(now_ms)).then(|| entry.name().to_vec());
    let mut name = None;
    for _ in 0..DRAWS_MAX {
        match keyspace.random(db, ctx.random, live) {
            Some(drawn) => name = drawn,
            None => break,
        }
        if name.is_some() {
            break;
        }
    }
    if name.is_none() {
        let mut cursor = 0;
        while name.is_none() {
            cursor = keyspace.scan(db, cursor, now_ms, |entry| name = live(entry));
            if cursor == 0 {
                break;
            }
        }
    }
    match name {
        Some(name) => ctx.reply.bulk(&name),
        None => ctx.reply.null(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn only_keys_that_live() {
        for stripes in [1, 64] {
            let mut server = Server::with_stripes(stripes);
            server.script(&[
                ("keys *", "*0\r\n"),
                ("randomkey", "$-1\r\n"),
                ("mset one 1 two 2 three 3", "+OK\r\n"),
                ("keys tw?", "*1\r\n$3\r\ntwo\r\n"),
            ]);
            assert!(server.run("keys *").starts_with("*3\r\n"));
            server.script(&[("pexpire one 5", ":1\r\n"), ("pexpire two 5", ":1\r\n")]);
            server.now_ms += 6;
            for _ in 0..20 {
                assert_eq!(server.run("randomkey"), "$5\r\nthree\r\n");
            }
            assert_eq!(server.run("keys *"), "*1\r\n$5\r\nthree\r\n");
            server.script(&[("pexpire three 5", ":1\r\n")]);
            server.now_ms += 6;
            server.script(&[("randomkey", "$-1\r\n"), ("keys *", "*0\r\n")]);
        }
    }
}
