//! DUMP: a key's value as bytes, which RESTORE takes, here or on another server.

use crate::prelude::*;

/// DUMP: see <https://valkey.io/commands/dump/>.
pub const DUMP: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.6.0",
        summary: "Returns a serialized representation of the value stored at a key.",
        complexity: "O(1) to access the key and additional O(N*M) to serialize it, where N is the number of objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1).",
        arity: 2,
        flags: Flags::READONLY,
        acl: Acl::KEYSPACE,
        tips: &["nondeterministic_output"],
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "string | null",
        ..Spec::new("dump")
    },
    run: dump,
};

fn dump(ctx: &mut Context) -> Result<(), Error> {
    let options = ctx.settings.rdb_options();
    match ctx.db.read(ctx.args[1]) {
        Some(entry) => ctx.reply.bulk(&hematite_persist::dump(&entry, &options)),
        None => ctx.reply.null(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn payloads_are_those_of_the_reference() {
        let mut server = Server::new();
        for (line, payload) in [
            ("set k hello", &b"\x00\x05hello\x0a\x00"[..]),
            ("set k 1000", b"\x00\xc1\xe8\x03\x0a\x00"),
            ("sadd k 1 2", b"\x0b\x0c\x02\x00\x00\x00\x02\x00\x00\x00\x01\x00\x02\x00\x0a\x00"),
        ] {
            server.run("del k");
            server.run(line);
            let reply = server.run_args(&[b"dump", b"k"]);
            let head = format!("${}\r\n", payload.len() + 8).into_bytes();
            assert_eq!(reply[..head.len() + payload.len()], [&head[..], payload].concat(), "{line}");
        }
        assert_eq!(server.run("dump none"), "$-1\r\n");
    }
}
