//! SETRANGE: overwrites a part of a string.

use crate::prelude::*;
use crate::string::check_length;

/// SETRANGE: see <https://valkey.io/commands/setrange/>.
pub const SETRANGE: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "2.2.0",
        summary: "Overwrites a part of a string value with another by an offset. Creates the key if it doesn't exist.",
        complexity: "O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.",
        arity: 4,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("offset", Kind::Integer),
            Arg::new("value", Kind::Text),
        ],
        reply: "integer",
        ..Spec::new("setrange")
    },
    run: setrange,
};

fn setrange(ctx: &mut Context) -> Result<(), Error> {
    let (key, value, bytes_max) = (ctx.args[1], ctx.args[3], ctx.settings.bulk_bytes_max);
    let offset = u64::try_from(ctx.integer(2)?).map_err(|_| Error::fixed("ERR offset is out of range"))?;
    let old_len = match ctx.db.write_string(key)? {
        Some(entry) => Some(entry.string()?.len()),
        None => None,
    };
    if value.is_empty() {
        ctx.reply.integer(old_len.unwrap_or(0) as i64);
        return Ok(());
    }
    let end = check_length(offset, value.len() as u64, bytes_max)? as usize;
    if old_len.is_none() {
        // Empty first, then grown, so that the string is raw from its first day.
        ctx.db.set(key, NewBody::Bytes(b""), Expiry::Never);
    }
    if let Some(mut entry) = ctx.db.write(key) {
        entry.bytes_mut_filled(end)?[offset as usize..end].copy_from_slice(value);
    }
    let len = end.max(old_len.unwrap_or(0));
    ctx.db.changed(Class::STRING, "setrange", key);
    ctx.reply.integer(len as i64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn overwrites_and_fills() {
        let mut server = Server::new();
        server.script(&[
            ("setrange k 0 ''", ":0\r\n"),
            ("exists k", ":0\r\n"),
            ("setrange k 1 foo", ":4\r\n"),
            ("get k", "$4\r\n\0foo\r\n"),
            ("object encoding k", "$3\r\nraw\r\n"),
            ("set n 1234", "+OK\r\n"),
            ("setrange n 0 ''", ":4\r\n"),
            ("object encoding n", "$3\r\nint\r\n"),
            ("setrange n 5 2", ":6\r\n"),
            ("get n", "$6\r\n1234\x002\r\n"),
            ("setrange n 0 9", ":6\r\n"),
            ("setrange n -1 x", "-ERR offset is out of range\r\n"),
            (
                "setrange n 536870908 world",
                "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n",
            ),
            (
                "setrange n 9223372036854775807 w",
                "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n",
            ),
            ("setrange long 2000 x", ":2001\r\n"),
            ("setrange long 0 abc", ":2001\r\n"),
            ("getrange long 0 3", "$4\r\nabc\0\r\n"),
            ("strlen long", ":2001\r\n"),
        ]);
        assert_eq!(
            server.events(),
            ["$ setrange k", "$ set n", "$ setrange n", "$ setrange n", "$ setrange long", "$ setrange long"]
        );
    }
}
