//! SET: a string under a key, and the older commands that are forms of it: SETNX, SETEX, PSETEX.

use crate::expiration::{Beside, Expiration, Time};
use crate::prelude::*;
use crate::string::condition::Condition;
use crate::string::get::reply_with;
use hematite_base::number::Digits;

/// SET: see <https://valkey.io/commands/set/>.
pub const SET: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Sets the string value of a key, ignoring its type. The key is created if it doesn't exist.",
        complexity: "O(1)",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE.or(KeyFlags::VARIABLE_FLAGS))),
            notes: "RW and ACCESS due to the optional `GET` argument",
        }],
        history: &[
            ("2.6.12", "Added the `EX`, `PX`, `NX` and `XX` options."),
            ("6.0.0", "Added the `KEEPTTL` option."),
            ("6.2.0", "Added the `GET`, `EXAT` and `PXAT` option."),
            ("7.0.0", "Allowed the `NX` and `GET` options to be used together."),
            ("8.4.0", "Added the `IFEQ`, `IFNE`, `IFDEQ` and `IFDNE` options."),
        ],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("value", Kind::Text),
            Arg::new(
                "condition",
                Kind::OneOf(&[
                    Arg::new("nx", Kind::Token).token("NX"),
                    Arg::new("xx", Kind::Token).token("XX"),
                    Arg::new("ifeq-value", Kind::Text).token("IFEQ").since("8.4.0"),
                    Arg::new("ifne-value", Kind::Text).token("IFNE").since("8.4.0"),
                    Arg::new("ifdeq-digest", Kind::Text).token("IFDEQ").since("8.4.0"),
                    Arg::new("ifdne-digest", Kind::Text).token("IFDNE").since("8.4.0"),
                ]),
            )
            .optional()
            .since("2.6.12"),
            Arg::new("get", Kind::Token).token("GET").optional().since("6.2.0"),
            Arg::new(
                "expiration",
                Kind::OneOf(&[
                    Arg::new("seconds", Kind::Integer).token("EX").since("2.6.12"),
                    Arg::new("milliseconds", Kind::Integer).token("PX").since("2.6.12"),
                    Arg::new("unix-time-seconds", Kind::UnixTime).token("EXAT").since("6.2.0"),
                    Arg::new("unix-time-milliseconds", Kind::UnixTime).token("PXAT").since("6.2.0"),
                    Arg::new("keepttl", Kind::Token).token("KEEPTTL").since("6.0.0"),
                ]),
            )
            .optional(),
        ],
        reply: "null | ok | string",
        ..Spec::new("set")
    },
    run: set,
};

/// SETNX: see <https://valkey.io/commands/setnx/>.
pub const SETNX: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Set the string value of a key only when the key doesn't exist.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::OW.or(KeyFlags::INSERT),
            notes: "",
        }],
        deprecated: Some(("2.6.12", "`SET` with the `NX` argument")),
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("value", Kind::Text)],
        reply: "integer",
        ..Spec::new("setnx")
    },
    run: setnx,
};

/// SETEX: see <https://valkey.io/commands/setex/>.
pub const SETEX: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "2.0.0",
        summary: "Sets the string value and expiration time of a key. Creates the key if it doesn't exist.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::OW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        deprecated: Some(("2.6.12", "`SET` with the `EX` argument")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("seconds", Kind::Integer),
            Arg::new("value", Kind::Text),
        ],
        reply: "ok",
        ..Spec::new("setex")
    },
    run: setex,
};

/// PSETEX: see <https://valkey.io/commands/psetex/>.
pub const PSETEX: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "2.6.0",
        summary: "Sets both string value and expiration time in milliseconds of a key. The key is created if it doesn't exist.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::OW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        deprecated: Some(("2.6.12", "`SET` with the `PX` argument")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("milliseconds", Kind::Integer),
            Arg::new("value", Kind::Text),
        ],
        reply: "ok",
        ..Spec::new("psetex")
    },
    run: psetex,
};

fn set(ctx: &mut Context) -> Result<(), Error> {
    let (key, value) = (ctx.args[1], ctx.args[2]);
    if ctx.args.len() == 3 {
        ctx.db.set_string(key, value, Expiry::Never);
        ctx.db.changed(Class::STRING, "set", key);
        ctx.reply.ok();
        return Ok(());
    }
    let options = parse(ctx)?;
    let at_ms = options.expiration.at_ms(ctx)?;
    if options.get {
        reply_with(ctx, key)?;
    }
    if !options.condition.holds(ctx, key)? {
        if !options.get {
            ctx.reply.null();
        }
        return Ok(());
    }
    let keep = options.expiration == Expiration::Keep;
    store(ctx, key, value, at_ms, keep);
    if at_ms.is_none() && options.condition.is_of_value() {
        let parts: &[&[u8]] = &[b"SET", key, value, b"KEEPTTL"];
        ctx.instead(&parts[..if keep { 4 } else { 3 }]);
    } else if at_ms.is_none() && options.get {
        let is_get = |arg: &[u8]| arg.eq_ignore_ascii_case(b"get");
        let rest = ctx.args[3..].iter().copied().filter(|arg| !is_get(arg));
        let parts: Vec<&[u8]> = ctx.args[..3].iter().copied().chain(rest).collect();
        ctx.instead(&parts);
    }
    if !options.get {
        ctx.reply.ok();
    }
    Ok(())
}

fn setnx(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    // An attempt counts as an access.
    let is_new = ctx.db.write(key).is_none();
    if is_new {
        store(ctx, key, ctx.args[2], None, false);
    }
    ctx.reply.integer(i64::from(is_new));
    Ok(())
}

fn setex(ctx: &mut Context) -> Result<(), Error> {
    set_for(ctx, true)
}

fn psetex(ctx: &mut Context) -> Result<(), Error> {
    set_for(ctx, false)
}

fn set_for(ctx: &mut Context, is_seconds: bool) -> Result<(), Error> {
    let at_ms = Time { at: 2, is_seconds, is_absolute: false }.at_ms(ctx)?;
    store(ctx, ctx.args[1], ctx.args[3], Some(at_ms), false);
    ctx.reply.ok();
    Ok(())
}

/// Sets the string, with its events; an expiry goes to the journal as an absolute time.
fn store(ctx: &mut Context, key: &[u8], value: &[u8], at_ms: Option<i64>, keep: bool) {
    let expiry = match at_ms {
        Some(at_ms) => Expiry::At(at_ms),
        None if keep => Expiry::Keep,
        None => Expiry::Never,
    };
    ctx.db.set_string(key, value, expiry);
    ctx.db.changed(Class::STRING, "set", key);
    if let Some(at_ms) = at_ms {
        ctx.db.also_changed(Class::GENERIC, "expire", key);
        ctx.instead(&[b"SET", key, value, b"PXAT", Digits::default().i64(at_ms)]);
    }
}

#[derive(Default)]
struct Options<'a> {
    condition: Condition<'a>,
    expiration: Expiration,
    get: bool,
}

fn parse<'a>(ctx: &Context<'a, '_>) -> Result<Options<'a>, Error> {
    let mut options = Options::default();
    let mut at = 3;
    while at < ctx.args.len() {
        let mut used = options.expiration.take(ctx, at, Beside::Keep);
        if used == 0 {
            used = options.condition.take(ctx, at);
        }
        if used == 0 && ctx.is(at, "get") {
            options.get = true;
            used = 1;
        }
        if used == 0 {
            return Err(Error::Syntax);
        }
        at += used;
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn conditions_and_get() {
        let mut server = Server::new();
        server.script(&[
            ("set k v xx", "$-1\r\n"),
            ("set k v nx get", "$-1\r\n"),
            ("set k w nx get", "$1\r\nv\r\n"),
            ("set k w nx", "$-1\r\n"),
            ("set k 12 XX", "+OK\r\n"),
            ("set k x get", "$2\r\n12\r\n"),
            ("set k x nx xx", "-ERR syntax error\r\n"),
            ("set k x keepttl ex 5", "-ERR syntax error\r\n"),
            ("set k x ex 5 keepttl", "-ERR syntax error\r\n"),
            ("set k x persist", "-ERR syntax error\r\n"),
            ("set k x ex", "-ERR syntax error\r\n"),
            ("set k x ex 5 px 5", "-ERR syntax error\r\n"),
            ("set k x xx xx ex 5 ex 7", "+OK\r\n"),
            ("ttl k", ":7\r\n"),
            ("set k y keepttl", "+OK\r\n"),
            ("ttl k", ":7\r\n"),
            ("set k y", "+OK\r\n"),
            ("ttl k", ":-1\r\n"),
        ]);
    }

    #[test]
    fn conditions_on_the_value() {
        let mut server = Server::new();
        server.script(&[
            ("set k v ifeq v", "$-1\r\n"),
            ("set k hello ifne v", "+OK\r\n"),
            ("set k v ifeq other", "$-1\r\n"),
            ("set k v ifeq other get", "$5\r\nhello\r\n"),
            ("set k v ifdeq 9555E8555C62DCFD", "+OK\r\n"),
            ("set k hello ifne v", "$-1\r\n"),
            ("set k 5 ifdne 9555e8555c62dcfd get", "$1\r\nv\r\n"),
            ("set k 6 ifeq 5 ex 10", "+OK\r\n"),
            ("set k 7 ifdeq 12", "-ERR must be exactly 16 hexadecimal characters\r\n"),
            ("set k 7 ifdeq xxxxxxxxxxxxxxxx", "-ERR must be exactly 16 hexadecimal characters\r\n"),
            ("set k v nx ifeq a", "-ERR syntax error\r\n"),
            ("set k v ifeq", "-ERR syntax error\r\n"),
        ]);
        assert_eq!(server.journal(), ["SET k hello", "SET k v", "SET k 5", "SET k 6 PXAT 1700000010000"]);
    }

    #[test]
    fn times() {
        let mut server = Server::new();
        let invalid = |command| format!("-ERR invalid expire time in '{command}' command\r\n");
        for time in ["ex 0", "ex -1", "px 0", "exat 0", "ex 9223372036854775807", "px 9223372036854775807"] {
            assert_eq!(server.run(&format!("set k v {time}")), invalid("set"), "{time}");
        }
        server.script(&[
            ("set k v ex 1.5", "-ERR value is not an integer or out of range\r\n"),
            ("setex k 0 v", &invalid("setex")),
            ("psetex k -1 v", &invalid("psetex")),
            ("setex k x v", "-ERR value is not an integer or out of range\r\n"),
            ("setex k 10 v", "+OK\r\n"),
            ("psetex k 1500 5", "+OK\r\n"),
            ("pttl k", ":1500\r\n"),
            ("object encoding k", "$3\r\nint\r\n"),
            ("setnx k v", ":0\r\n"),
            ("setnx j v", ":1\r\n"),
            ("set k v pxat 1", "+OK\r\n"),
            ("get k", "$-1\r\n"),
        ]);
        assert_eq!(
            server.journal(),
            ["SET k v PXAT 1700000010000", "SET k 5 PXAT 1700000001500", "setnx j v", "SET k v PXAT 1"]
        );
        let set = ["$ set k", "g expire k"];
        let expected = [&set[..], &set, &["$ set j"], &set, &["x expired k"]].concat();
        assert_eq!(server.events(), expected);
    }
}
