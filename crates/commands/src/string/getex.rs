//! GETEX: reads a string and changes when it expires.

use super::arguments::EXPIRATION;
use crate::expiration::{Beside, Expiration};
use crate::prelude::*;
use crate::string::get::reply_with;
use hematite_base::number::Digits;

/// GETEX: see <https://valkey.io/commands/getex/>.
pub const GETEX: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "6.2.0",
        summary: "Returns the string value of a key after setting its expiration time.",
        complexity: "O(1)",
        arity: -2,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "RW and UPDATE because it changes the TTL",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), EXPIRATION],
        reply: "string | null",
        ..Spec::new("getex")
    },
    run: getex,
};

fn getex(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let mut expiration = Expiration::None;
    let mut at = 2;
    while at < ctx.args.len() {
        match expiration.take(ctx, at, Beside::Persist) {
            0 => return Err(Error::Syntax),
            used => at += used,
        }
    }
    // The reply comes before the key may go; an error of the time takes it back.
    let position = ctx.reply.position();
    if !reply_with(ctx, key)? {
        return Ok(());
    }
    let at_ms = expiration.at_ms(ctx).inspect_err(|_| ctx.reply.truncate(position))?;
    match (expiration, at_ms) {
        (Expiration::Time(time), Some(at_ms)) if time.is_absolute && at_ms <= ctx.now_ms() => {
            ctx.delete_as_expired(key);
        }
        (_, Some(at_ms)) => {
            if let Some(mut entry) = ctx.db.write(key) {
                entry.set_expires_at(Some(at_ms));
            }
            ctx.instead(&[b"PEXPIREAT", key, Digits::default().i64(at_ms)]);
            ctx.db.changed(Class::GENERIC, "expire", key);
        }
        (Expiration::Persist, None) => persist(ctx, key),
        _ => {}
    }
    Ok(())
}

fn persist(ctx: &mut Context, key: &[u8]) {
    let mut had = false;
    if let Some(mut entry) = ctx.db.write(key) {
        had = entry.expires_at().is_some();
        entry.set_expires_at(None);
    }
    if had {
        ctx.instead(&[b"PERSIST", key]);
        ctx.db.changed(Class::GENERIC, "persist", key);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn reads_and_changes_the_expiry() {
        let mut server = Server::new();
        server.script(&[
            ("getex k ex 0", "$-1\r\n"),
            ("getex k keepttl", "-ERR syntax error\r\n"),
            ("set k v", "+OK\r\n"),
            ("getex k ex 0", "-ERR invalid expire time in 'getex' command\r\n"),
            ("getex k ex a", "-ERR value is not an integer or out of range\r\n"),
            ("getex k ex 1 px 1", "-ERR syntax error\r\n"),
            ("getex k ex 5 EX 10", "$1\r\nv\r\n"),
            ("ttl k", ":10\r\n"),
            ("getex k", "$1\r\nv\r\n"),
            ("getex k persist", "$1\r\nv\r\n"),
            ("getex k persist", "$1\r\nv\r\n"),
            ("ttl k", ":-1\r\n"),
            ("getex k pxat 1", "$1\r\nv\r\n"),
            ("exists k", ":0\r\n"),
        ]);
        assert_eq!(server.journal(), ["set k v", "PEXPIREAT k 1700000010000", "PERSIST k", "DEL k"]);
        assert_eq!(server.events(), ["$ set k", "g expire k", "g persist k", "g del k"]);
    }
}
