//! LINSERT.

use super::items::{self, ListRef};
use crate::prelude::*;
use hematite_structures::listpack::Needle;
use hematite_structures::quicklist::Direction;
use std::ops::ControlFlow;

/// LINSERT: see <https://valkey.io/commands/linsert/>.
pub const LINSERT: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "2.2.0",
        summary: "Inserts an element before or after another element in a list.",
        complexity: "O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N).",
        arity: 5,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "where",
                Kind::OneOf(&[
                    Arg::new("before", Kind::Token).token("BEFORE"),
                    Arg::new("after", Kind::Token).token("AFTER"),
                ]),
            ),
            Arg::new("pivot", Kind::Text),
            Arg::new("element", Kind::Text),
        ],
        reply: "integer | 0 | -1",
        ..Spec::new("linsert")
    },
    run: linsert,
};

fn linsert(ctx: &mut Context) -> Result<(), Error> {
    let (key, pivot, element) = (ctx.args[1], ctx.args[3], ctx.args[4]);
    let is_before = match () {
        () if ctx.is(2, "before") => true,
        () if ctx.is(2, "after") => false,
        () => return Err(Error::Syntax),
    };
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let list = items::list_mut(&mut entry)?;
    // The reference makes room before it looks for the pivot.
    items::grow(list, element.len(), 1, ctx.settings);
    let Some(index) = index_of(list, pivot) else {
        ctx.reply.integer(-1);
        return Ok(());
    };
    match list {
        Value::List(list) if is_before => {
            list.insert_before(index, element);
        }
        Value::List(list) => {
            list.insert_after(index, element);
        }
        Value::ListPacked(pack) => {
            // Room was made: it cannot fail.
            let _ = pack.seek(index as i64).map(|at| {
                if is_before { pack.insert_before(at, element) } else { pack.insert_after(at, element) }
            });
        }
        _ => {}
    }
    let len = items::len(list);
    drop(entry);
    ctx.db.changed(Class::LIST, "linsert", key);
    ctx.reply.integer(len as i64);
    Ok(())
}

/// The index of the first element equal to `pivot`.
fn index_of(list: &Value, pivot: &[u8]) -> Option<usize> {
    let needle = Needle::new(pivot);
    let (mut index, mut found) = (0, None);
    ListRef::of_value(list).ok()?.for_each(0, usize::MAX, Direction::Forward, |element| {
        if needle.matches(element) {
            found = Some(index);
            return ControlFlow::Break(());
        }
        index += 1;
        ControlFlow::Continue(())
    });
    found
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn inserts_beside_the_first_match() {
        for size in [-2, 2] {
            let mut server = Server::new();
            server.settings.list_listpack_size = size;
            server.script(&[
                ("linsert l middle a b", "-ERR syntax error\r\n"),
                ("linsert l before a b", ":0\r\n"),
                ("rpush l a 5 a", ":3\r\n"),
                ("linsert l before x b", ":-1\r\n"),
                ("linsert l before 5 b", ":4\r\n"),
                ("linsert l AFTER a c", ":5\r\n"),
                ("lrange l 0 -1", "*5\r\n$1\r\na\r\n$1\r\nc\r\n$1\r\nb\r\n$1\r\n5\r\n$1\r\na\r\n"),
            ]);
            assert_eq!(server.events(), ["l rpush l", "l linsert l", "l linsert l"]);
        }
    }
}
