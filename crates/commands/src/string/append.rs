//! APPEND: bytes at the end of a string.

use crate::prelude::*;
use crate::string::check_length;

/// APPEND: see <https://valkey.io/commands/append/>.
pub const APPEND: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "2.0.0",
        summary: "Appends a string to the value of a key. Creates the key if it doesn't exist.",
        complexity: "O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by the server will double the free space available on every reallocation.",
        arity: 3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("value", Kind::Text)],
        reply: "integer",
        ..Spec::new("append")
    },
    run: append,
};

fn append(ctx: &mut Context) -> Result<(), Error> {
    let (key, tail, bytes_max) = (ctx.args[1], ctx.args[2], ctx.settings.bulk_bytes_max);
    let len = if let Some(mut entry) = ctx.db.write_string(key)? {
        check_length(entry.string()?.len() as u64, tail.len() as u64, bytes_max)?;
        entry.append(tail)?
    } else {
        ctx.db.set_string(key, tail, Expiry::Never);
        tail.len()
    };
    ctx.db.changed(Class::STRING, "append", key);
    ctx.reply.integer(len as i64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn appends_and_becomes_raw() {
        let mut server = Server::new();
        server.script(&[
            ("append k 12", ":2\r\n"),
            ("object encoding k", "$3\r\nint\r\n"),
            ("append k ab", ":4\r\n"),
            ("object encoding k", "$3\r\nraw\r\n"),
            ("get k", "$4\r\n12ab\r\n"),
            ("set e x", "+OK\r\n"),
            ("append e ''", ":1\r\n"),
            ("object encoding e", "$3\r\nraw\r\n"),
        ]);
        assert_eq!(server.events(), ["$ append k", "$ append k", "$ set e", "$ append e"]);
    }

    #[test]
    fn grows_out_of_its_entry_and_keeps_its_expiry() {
        let mut server = Server::new();
        server.run("set k v px 100000");
        let mut expected = String::from("v");
        for n in 0..40 {
            let tail = "x".repeat(n * 7);
            expected += &tail;
            assert_eq!(server.run(&format!("append k '{tail}'")), format!(":{}\r\n", expected.len()));
        }
        assert_eq!(server.run("get k"), format!("${}\r\n{expected}\r\n", expected.len()));
        assert_eq!(server.run("pttl k"), ":100000\r\n");
        server.settings.bulk_bytes_max = 6000;
        let text = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";
        assert_eq!(server.run(&format!("append k {}", "y".repeat(600))), text);
    }
}
