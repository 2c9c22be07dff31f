//! LREM and LTRIM: elements by value, or all but a range.

use super::items;
use super::range::resolve;
use crate::prelude::*;
use hematite_structures::listpack::{Listpack, Needle};
use hematite_structures::quicklist::Direction;

/// LREM: see <https://valkey.io/commands/lrem/>.
pub const LREM: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.0.0",
        summary: "Removes elements from a list. Deletes the list if the last element was removed.",
        complexity: "O(N+M) where N is the length of the list and M is the number of elements removed.",
        arity: 4,
        flags: Flags::WRITE,
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("count", Kind::Integer),
            Arg::new("element", Kind::Text),
        ],
        reply: "integer",
        ..Spec::new("lrem")
    },
    run: lrem,
};

/// LTRIM: see <https://valkey.io/commands/ltrim/>.
pub const LTRIM: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.0.0",
        summary: "Removes elements from both ends a list. Deletes the list if all elements were trimmed.",
        complexity: "O(N) where N is the number of elements to be removed by the operation.",
        arity: 4,
        flags: Flags::WRITE,
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Integer),
            Arg::new("stop", Kind::Integer),
        ],
        reply: "ok",
        ..Spec::new("ltrim")
    },
    run: ltrim,
};

fn lrem(ctx: &mut Context) -> Result<(), Error> {
    let (key, value) = (ctx.args[1], ctx.args[3]);
    let count = ctx.integer(2)?;
    let direction = if count < 0 { Direction::Backward } else { Direction::Forward };
    let most = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let list = items::list_mut(&mut entry)?;
    let removed = match list {
        Value::List(list) => list.remove_value(value, most, direction),
        Value::ListPacked(pack) => remove_packed(pack, value, most, direction),
        _ => 0,
    };
    let is_empty = items::len(list) == 0;
    items::shrink(list, ctx.settings);
    drop(entry);
    if removed > 0 {
        ctx.db.changed(Class::LIST, "lrem", key);
        ctx.db.effects.dirty += removed as u64 - 1;
    }
    if is_empty {
        ctx.db.delete(key, false);
        ctx.db.also_changed(Class::GENERIC, "del", key);
    }
    ctx.reply.integer(removed as i64);
    Ok(())
}

fn remove_packed(pack: &mut Listpack, value: &[u8], most: usize, direction: Direction) -> usize {
    let most = if most == 0 { usize::MAX } else { most };
    let mut removed = 0;
    if direction == Direction::Forward {
        let mut found = pack.find(value, 0);
        while let Some(at) = found {
            removed += 1;
            found = match pack.delete(at) {
                Some(next) if removed < most => pack.find_from(next, value, 0),
                _ => None,
            };
        }
        return removed;
    }
    let needle = Needle::new(value);
    let mut next = pack.last();
    while let Some(at) = next
        && removed < most
    {
        // What lies before stays where it is.
        next = pack.prev(at);
        if needle.matches(pack.element(at)) {
            pack.delete(at);
            removed += 1;
        }
    }
    removed
}

fn ltrim(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let (start, end) = (ctx.integer(2)?, ctx.integer(3)?);
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.ok();
        return Ok(());
    };
    let list = items::list_mut(&mut entry)?;
    let len = items::len(list);
    let (first, kept) = resolve(start, end, len);
    if kept > 0 {
        items::delete_range(list, first + kept, len - first - kept);
        items::delete_range(list, 0, first);
        items::shrink(list, ctx.settings);
    }
    drop(entry);
    ctx.db.also_changed(Class::LIST, "ltrim", key);
    if kept == 0 {
        if let Some(entry) = ctx.db.take(key) {
            let value = entry.into_value();
            ctx.db.discard(value);
        }
        ctx.db.also_changed(Class::GENERIC, "del", key);
    }
    ctx.db.effects.dirty += (len - kept) as u64;
    ctx.reply.ok();
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn removes_by_value_from_either_end() {
        for size in [-2, 2] {
            let mut server = Server::new();
            server.settings.list_listpack_size = size;
            server.script(&[
                ("lrem l 0 a", ":0\r\n"),
                ("rpush l a 5 a b a 5", ":6\r\n"),
                ("lrem l -1 a", ":1\r\n"),
                ("lrem l 1 5", ":1\r\n"),
                ("lrange l 0 -1", "*4\r\n$1\r\na\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\n5\r\n"),
                ("lrem l -9223372036854775808 a", ":2\r\n"),
                ("lrem l 0 x", ":0\r\n"),
                ("lrem l 0 b", ":1\r\n"),
                ("lrem l 0 5", ":1\r\n"),
                ("exists l", ":0\r\n"),
            ]);
            assert_eq!(server.dirty(), 12);
            let events = server.events();
            assert_eq!(events[events.len() - 2..], ["l lrem l", "g del l"]);
        }
    }

    #[test]
    fn trims_to_a_range() {
        for size in [-2, 2] {
            let mut server = Server::new();
            server.settings.list_listpack_size = size;
            server.script(&[
                ("ltrim l 0 1", "+OK\r\n"),
                ("rpush l 1 2 3 4 5", ":5\r\n"),
                ("ltrim l 1 -2", "+OK\r\n"),
                ("lrange l 0 -1", "*3\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n4\r\n"),
                ("ltrim l 0 -1", "+OK\r\n"),
                ("ltrim l 5 10", "+OK\r\n"),
                ("exists l", ":0\r\n"),
            ]);
            assert_eq!(server.events(), ["l rpush l", "l ltrim l", "l ltrim l", "l ltrim l", "g del l"]);
            assert_eq!(server.journal(), ["rpush l 1 2 3 4 5", "ltrim l 1 -2", "ltrim l 5 10"]);
        }
    }
}
