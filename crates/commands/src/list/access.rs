//! LINDEX and LLEN.

use super::items::ListRef;
use crate::element::ElementReply;
use crate::prelude::*;

/// LINDEX: see <https://valkey.io/commands/lindex/>.
pub const LINDEX: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.0.0",
        summary: "Returns an element from a list by its index.",
        complexity: "O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or the last element of the list O(1).",
        arity: 3,
        flags: Flags::READONLY,
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("index", Kind::Integer)],
        reply: "null | string",
        ..Spec::new("lindex")
    },
    run: lindex,
};

/// LLEN: see <https://valkey.io/commands/llen/>.
pub const LLEN: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.0.0",
        summary: "Returns the length of a list.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("llen")
    },
    run: llen,
};

fn lindex(ctx: &mut Context) -> Result<(), Error> {
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.null();
        return Ok(());
    };
    let list = ListRef::of(&entry)?;
    let index = hematite_base::number::parse_i64(ctx.args[2]).ok_or(Error::NotInteger)?;
    if list.get(index, |element| ctx.reply.element(element)).is_none() {
        ctx.reply.null();
    }
    Ok(())
}

fn llen(ctx: &mut Context) -> Result<(), Error> {
    let len = match ctx.db.read(ctx.args[1]) {
        Some(entry) => ListRef::of(&entry)?.len(),
        None => 0,
    };
    ctx.reply.integer(len as i64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn counts_and_picks() {
        let mut server = Server::new();
        server.script(&[
            ("llen l", ":0\r\n"),
            ("lindex l x", "$-1\r\n"),
            ("rpush l a b 30", ":3\r\n"),
            ("llen l", ":3\r\n"),
            ("lindex l 0", "$1\r\na\r\n"),
            ("lindex l -1", "$2\r\n30\r\n"),
            ("lindex l 3", "$-1\r\n"),
            ("lindex l -9223372036854775808", "$-1\r\n"),
            ("lindex l x", "-ERR value is not an integer or out of range\r\n"),
        ]);
    }
}
