//! GETBIT and SETBIT.

use super::{make_room, parse_offset};
use crate::prelude::*;
use hematite_base::number::{Digits, parse_i64};

/// GETBIT: see <https://valkey.io/commands/getbit/>.
pub const GETBIT: Row = Row {
    spec: Spec {
        group: Group::Bitmap,
        since: "2.2.0",
        summary: "Returns a bit value by offset.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::BITMAP,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("offset", Kind::Integer)],
        reply: "integer",
        ..Spec::new("getbit")
    },
    run: getbit,
};

/// SETBIT: see <https://valkey.io/commands/setbit/>.
pub const SETBIT: Row = Row {
    spec: Spec {
        group: Group::Bitmap,
        since: "2.2.0",
        summary: "Sets or clears the bit at offset of the string value. Creates the key if it doesn't exist.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::BITMAP,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("offset", Kind::Integer),
            Arg::new("value", Kind::Integer),
        ],
        reply: "integer",
        ..Spec::new("setbit")
    },
    run: setbit,
};

fn getbit(ctx: &mut Context) -> Result<(), Error> {
    let offset = parse_offset(ctx, ctx.args[2], None)?;
    let bit = match ctx.db.read(ctx.args[1]) {
        Some(entry) => {
            let mut digits = Digits::default();
            let byte = entry.string()?.bytes(&mut digits).get((offset >> 3) as usize).copied();
            byte.unwrap_or(0) >> (7 - (offset & 7)) & 1
        }
        None => 0,
    };
    ctx.reply.integer(i64::from(bit));
    Ok(())
}

fn setbit(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let offset = parse_offset(ctx, ctx.args[2], None)?;
    let on = match parse_i64(ctx.args[3]) {
        Some(0) => 0,
        Some(1) => 1,
        _ => return Err(Error::fixed("ERR bit is not an integer or out of range")),
    };
    let (at, shift) = ((offset >> 3) as usize, 7 - (offset & 7));
    // The usual case needs no more room.
    let reaches = |entry: &Entry| entry.text().is_some_and(|text| at < text.len());
    let has_room = ctx.db.write_string(key)?.is_some_and(|entry| reaches(&entry));
    let is_grown = !has_room && make_room(ctx, key, offset)?;
    let mut old = 0;
    if let Some(mut entry) = ctx.db.write(key) {
        let byte = &mut entry.bytes_mut_filled(at + 1)?[at];
        old = *byte >> shift & 1;
        *byte = *byte & !(1 << shift) | on << shift;
    }
    if is_grown || old != on {
        ctx.db.changed(Class::STRING, "setbit", key);
    }
    ctx.reply.integer(i64::from(old));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn reads_and_writes_bits() {
        let mut server = Server::new();
        let outside = "-ERR bit offset is not an integer or out of range\r\n";
        server.script(&[
            ("getbit k 100", ":0\r\n"),
            ("setbit k 7 1", ":0\r\n"),
            ("setbit k 7 1", ":1\r\n"),
            ("setbit k 0 0", ":0\r\n"),
            ("setbit k 17 0", ":0\r\n"),
            ("strlen k", ":3\r\n"),
            ("getbit k 7", ":1\r\n"),
            ("getbit k 24", ":0\r\n"),
            ("object encoding k", "$3\r\nraw\r\n"),
            ("setbit k 4294967296 1", outside),
            ("setbit k -1 1", outside),
            ("setbit k #1 1", outside),
            ("getbit k x", outside),
            ("setbit k 1 2", "-ERR bit is not an integer or out of range\r\n"),
            ("set n 12", "+OK\r\n"),
            ("getbit n 3", ":1\r\n"),
            ("setbit n 6 1", ":0\r\n"),
            ("get n", "$2\r\n32\r\n"),
            ("object encoding n", "$3\r\nraw\r\n"),
        ]);
        assert_eq!(server.events(), ["$ setbit k", "$ setbit k", "$ set n", "$ setbit n"]);
    }
}
