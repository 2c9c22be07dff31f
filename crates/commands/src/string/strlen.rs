//! STRLEN: how long a string is.

use crate::prelude::*;

/// STRLEN: see <https://valkey.io/commands/strlen/>.
pub const STRLEN: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "2.2.0",
        summary: "Returns the length of a string value.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("strlen")
    },
    run: strlen,
};

fn strlen(ctx: &mut Context) -> Result<(), Error> {
    let len = match ctx.db.read(ctx.args[1]) {
        Some(entry) => entry.string()?.len(),
        None => 0,
    };
    ctx.reply.integer(len as i64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn counts_bytes() {
        Server::new().script(&[
            ("strlen none", ":0\r\n"),
            ("set n -555", "+OK\r\n"),
            ("strlen n", ":4\r\n"),
            ("set s 'a b'", "+OK\r\n"),
            ("strlen s", ":3\r\n"),
        ]);
    }
}
