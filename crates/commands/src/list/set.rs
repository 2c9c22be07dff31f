//! LSET.

use super::items;
use crate::prelude::*;

/// LSET: see <https://valkey.io/commands/lset/>.
pub const LSET: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.0.0",
        summary: "Sets the value of an element in a list by its index.",
        complexity: "O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1).",
        arity: 4,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("index", Kind::Integer),
            Arg::new("element", Kind::Text),
        ],
        reply: "ok",
        ..Spec::new("lset")
    },
    run: lset,
};

fn lset(ctx: &mut Context) -> Result<(), Error> {
    let (key, element) = (ctx.args[1], ctx.args[3]);
    let mut entry = ctx.db.write(key).ok_or(Error::NoSuchKey)?;
    let list = items::list_mut(&mut entry)?;
    let index = hematite_base::number::parse_i64(ctx.args[2]).ok_or(Error::NotInteger)?;
    items::grow(list, element.len(), 1, ctx.settings);
    let is_set = match list {
        Value::List(list) => list.set(index, element),
        Value::ListPacked(pack) => pack.seek(index).is_some_and(|at| pack.replace(at, element).is_ok()),
        _ => false,
    };
    if !is_set {
        return Err(Error::IndexOutOfRange);
    }
    // A large element may have given way to a small one.
    items::shrink(list, ctx.settings);
    drop(entry);
    ctx.db.changed(Class::LIST, "lset", key);
    ctx.reply.ok();
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn replaces_at_an_index() {
        let mut server = Server::new();
        server.script(&[
            ("lset l 0 a", "-ERR no such key\r\n"),
            ("rpush l a b", ":2\r\n"),
            ("lset l x a", "-ERR value is not an integer or out of range\r\n"),
            ("lset l 2 a", "-ERR index out of range\r\n"),
            ("lset l -1 77", "+OK\r\n"),
            ("lrange l 0 -1", "*2\r\n$1\r\na\r\n$2\r\n77\r\n"),
        ]);
        server.run(&format!("lset l 0 {}", "x".repeat(9000)));
        assert_eq!(server.run("object encoding l"), "$9\r\nquicklist\r\n");
        server.script(&[("lset l 0 1", "+OK\r\n"), ("object encoding l", "$8\r\nlistpack\r\n")]);
    }
}
