//! RESTORE: a key from the bytes that DUMP gave, here or on another server.

use crate::prelude::*;
use hematite_base::number::Digits;
use hematite_keyspace::{Lfu, lru_clock};

/// RESTORE: see <https://valkey.io/commands/restore/>.
pub const RESTORE: Row = Row {
    spec: Spec {
        group: Group::Generic,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        since: "2.6.0",
        ..Spec { name: "restore", ..SPEC }
    },
    run: restore,
};

/// RESTORE-ASKING: see <https://valkey.io/commands/restore-asking/>.
pub const RESTORE_ASKING: Row = Row {
    spec: Spec {
        group: Group::Server,
        flags: Flags::WRITE.or(Flags::DENYOOM).or(Flags::ASKING),
        since: "3.0.0",
        summary: "An internal command for migrating keys in a cluster.",
        syscmd: true,
        ..Spec { name: "restore-asking", ..SPEC }
    },
    run: restore,
};

/// What both have in common.
const SPEC: Spec = Spec {
    summary: "Creates a key from the serialized representation of a value.",
    complexity: "O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)).",
    arity: -4,
    acl: Acl::KEYSPACE.or(Acl::DANGEROUS),
    history: &[
        ("3.0.0", "Added the `REPLACE` modifier."),
        ("5.0.0", "Added the `ABSTTL` modifier."),
        ("5.0.0", "Added the `IDLETIME` and `FREQ` options."),
    ],
    keys: &[KeySpec {
        begin: Begin::Index(1),
        find: Find::Range { last: 0, step: 1, limit: 0 },
        flags: KeyFlags::OW.or(KeyFlags::UPDATE),
        notes: "",
    }],
    args: &[
        Arg::new("key", Kind::Key).key_spec(0),
        Arg::new("ttl", Kind::Integer),
        Arg::new("serialized-value", Kind::Text),
        Arg::new("replace", Kind::Token).token("REPLACE").optional().since("3.0.0"),
        Arg::new("absttl", Kind::Token).token("ABSTTL").optional().since("5.0.0"),
        Arg::new("seconds", Kind::Integer).token("IDLETIME").optional().since("5.0.0"),
        Arg::new("frequency", Kind::Integer).token("FREQ").optional().since("5.0.0"),
    ],
    reply: "ok",
    ..Spec::new("restore")
};

/// What follows the payload.
#[derive(Default)]
struct Request {
    replaces: bool,
    is_absolute: bool,
    idle_s: Option<i64>,
    frequency: Option<u8>,
}

impl Request {
    fn parse(ctx: &Context) -> Result<Request, Error> {
        let mut request = Request::default();
        let mut at = 4;
        while at < ctx.args.len() {
            let has_value = at + 1 < ctx.args.len();
            if ctx.is(at, "replace") {
                request.replaces = true;
            } else if ctx.is(at, "absttl") {
                request.is_absolute = true;
            } else if ctx.is(at, "idletime") && has_value && request.frequency.is_none() {
                at += 1;
                let idle_s = Some(ctx.integer(at)?).filter(|s| *s >= 0);
                request.idle_s =
                    Some(idle_s.ok_or(Error::fixed("ERR Invalid IDLETIME value, must be >= 0"))?);
            } else if ctx.is(at, "freq") && has_value && request.idle_s.is_none() {
                at += 1;
                let frequency = u8::try_from(ctx.integer(at)?);
                let refusal = Error::fixed("ERR Invalid FREQ value, must be >= 0 and <= 255");
                request.frequency = Some(frequency.map_err(|_| refusal)?);
            } else {
                return Err(Error::Syntax);
            }
            at += 1;
        }
        Ok(request)
    }

    /// The access clock that the key gets, where it was told.
    fn stamp(&self, ctx: &Context) -> Option<u32> {
        if ctx.settings.lfu {
            return self.frequency.map(|frequency| Lfu::clock(ctx.now_ms()) << 8 | u32::from(frequency));
        }
        let idle_ms = self.idle_s?.saturating_mul(1000);
        Some(lru_clock(ctx.now_ms().saturating_sub(idle_ms).max(0)))
    }
}

fn restore(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx)?;
    let (key, payload) = (ctx.args[1], ctx.args[3]);
    if !request.replaces && ctx.db.exists(key) {
        return Err(Error::fixed("BUSYKEY Target key name already exists."));
    }
    let ttl = ctx.integer(2)?;
    if ttl < 0 {
        return Err(Error::fixed("ERR Invalid TTL value, must be >= 0"));
    }
    if !hematite_persist::is_intact(payload) {
        return Err(Error::fixed("ERR DUMP payload version or checksum are wrong"));
    }
    let now_ms = ctx.now_ms();
    let expires_at = match ttl {
        0 => None,
        ttl if request.is_absolute => Some(ttl),
        ttl => Some(ttl.saturating_add(now_ms)),
    };
    let encodings = ctx.settings.encodings(ctx.db.hasher());
    let entry = hematite_persist::restore(payload, key, expires_at, &encodings)
        .map_err(|_| Error::fixed("ERR Bad data format"))?;
    if expires_at.is_some_and(|at| at <= now_ms) {
        if request.replaces && ctx.db.exists(key) {
            ctx.delete_as_expired(key);
        }
        ctx.reply.ok();
        return Ok(());
    }
    if request.replaces {
        ctx.db.delete(key, ctx.settings.lazy_server_del);
    }
    let stamp = request.stamp(ctx);
    let added = ctx.db.add(entry);
    if let Some(stamp) = stamp {
        added.touch(stamp);
    }
    drop(added);
    if let Some(at) = expires_at
        && !request.is_absolute
    {
        let mut digits = Digits::default();
        let mut parts = ctx.args.to_vec();
        parts[2] = digits.i64(at);
        parts.push(b"ABSTTL");
        ctx.instead(&parts);
    }
    ctx.db.changed(Class::GENERIC, "restore", key);
    ctx.reply.ok();
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::{START_MS, Server};

    fn payload(server: &mut Server, key: &str) -> Vec<u8> {
        let reply = server.run_args(&[b"dump", key.as_bytes()]);
        let head = reply.iter().position(|b| *b == b'\n').unwrap() + 1;
        reply[head..reply.len() - 2].to_vec()
    }

    #[track_caller]
    fn restore(server: &mut Server, key: &str, ttl: &str, payload: &[u8], options: &str, expected: &str) {
        let mut args: Vec<&[u8]> = vec![b"restore", key.as_bytes(), ttl.as_bytes(), payload];
        args.extend(options.split_whitespace().map(str::as_bytes));
        assert_eq!(String::from_utf8_lossy(&server.run_args(&args)), expected, "{options}");
    }

    #[test]
    fn restores_every_type() {
        let mut server = Server::new();
        for line in [
            "set k hello",
            "set k 12345678901",
            "rpush k a 1 b",
            "sadd k 1 2 3",
            "sadd k a b 3",
            "hset k f v n 1",
            "zadd k 1 a 2.5 b inf c",
            "xadd k 5-1 f v",
        ] {
            server.run("del k");
            server.run(line);
            let (dumped, encoding) = (payload(&mut server, "k"), server.run("object encoding k"));
            restore(&mut server, "k", "0", &dumped, "", "-BUSYKEY Target key name already exists.\r\n");
            server.run("set k other");
            restore(&mut server, "k", "0", &dumped, "replace", "+OK\r\n");
            assert_eq!(server.run("object encoding k"), encoding, "{line}");
            assert_eq!(payload(&mut server, "k"), dumped, "{line}");
        }
    }

    #[test]
    fn times_and_options() {
        let mut server = Server::new();
        server.run("set k v");
        let dumped = payload(&mut server, "k");
        let past = (START_MS - 1).to_string();
        let syntax = "-ERR syntax error\r\n";
        restore(&mut server, "a", "5000", &dumped, "", "+OK\r\n");
        assert_eq!(server.run("pttl a"), ":5000\r\n");
        restore(&mut server, "b", &(START_MS + 7).to_string(), &dumped, "ABSTTL", "+OK\r\n");
        assert_eq!(server.run("pttl b"), ":7\r\n");
        restore(&mut server, "a", &past, &dumped, "absttl replace", "+OK\r\n");
        assert_eq!(server.run("exists a"), ":0\r\n");
        restore(&mut server, "c", "0", &dumped, "idletime 1000", "+OK\r\n");
        assert_eq!(server.run("object idletime c"), ":1000\r\n");
        restore(&mut server, "d", "-1", &dumped, "", "-ERR Invalid TTL value, must be >= 0\r\n");
        restore(&mut server, "d", "x", &dumped, "", "-ERR value is not an integer or out of range\r\n");
        restore(
            &mut server,
            "d",
            "0",
            &dumped,
            "idletime -1",
            "-ERR Invalid IDLETIME value, must be >= 0\r\n",
        );
        restore(
            &mut server,
            "d",
            "0",
            &dumped,
            "freq 256",
            "-ERR Invalid FREQ value, must be >= 0 and <= 255\r\n",
        );
        restore(&mut server, "d", "0", &dumped, "freq 1 idletime 1", syntax);
        restore(&mut server, "d", "0", &dumped, "freq", syntax);
        restore(&mut server, "d", "0", &dumped, "what", syntax);
        let broken = "-ERR DUMP payload version or checksum are wrong\r\n";
        restore(&mut server, "d", "0", &dumped[2..], "", broken);
        restore(&mut server, "d", "0", b"", "", broken);
        let mut unknown = vec![99u8, 10, 0];
        unknown.extend_from_slice(&[0; 8]);
        restore(&mut server, "d", "0", &unknown, "", "-ERR Bad data format\r\n");
        assert_eq!(server.run("exists d"), ":0\r\n");
        server.lfu();
        restore(&mut server, "e", "0", &dumped, "freq 77", "+OK\r\n");
        assert_eq!(server.run("object freq e"), ":77\r\n");
    }

    #[test]
    fn the_journal_tells_when_it_ends() {
        let mut server = Server::new();
        server.run("set k v");
        let dumped = payload(&mut server, "k");
        server.journal();
        restore(&mut server, "a", "5000", &dumped, "replace", "+OK\r\n");
        let journal = server.journal();
        assert_eq!(journal.len(), 1);
        let at = START_MS + 5000;
        assert!(journal[0].starts_with(&format!("restore a {at} ")), "{journal:?}");
        assert!(journal[0].ends_with(" replace ABSTTL"), "{journal:?}");
    }
}
