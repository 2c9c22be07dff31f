//! LMOVE, RPOPLPUSH and their blocking forms: an element from one list's end to another's.

use super::blocking_pop::{has_list, wait};
use super::items::{self, End};
use crate::prelude::*;
use crate::timeout;

/// Key spec of the list that elements leave.
pub(super) const SOURCE: KeySpec = KeySpec {
    begin: Begin::Index(1),
    find: Find::Range { last: 0, step: 1, limit: 0 },
    flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
    notes: "",
};

/// Key spec of the list that they come to.
pub(super) const DESTINATION: KeySpec = KeySpec {
    begin: Begin::Index(2),
    find: Find::Range { last: 0, step: 1, limit: 0 },
    flags: KeyFlags::RW.or(KeyFlags::INSERT),
    notes: "",
};

/// Kind of the argument that says at which end.
pub(super) const ENDS: Kind = Kind::OneOf(&[
    Arg::new("left", Kind::Token).token("LEFT"),
    Arg::new("right", Kind::Token).token("RIGHT"),
]);

/// LMOVE: see <https://valkey.io/commands/lmove/>.
pub const LMOVE: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "6.2.0",
        summary: "Returns an element after popping it from one list and pushing it to another. Deletes the list if the last element was moved.",
        complexity: "O(1)",
        arity: 5,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::LIST,
        keys: &[SOURCE, DESTINATION],
        args: &[
            Arg::new("source", Kind::Key).key_spec(0),
            Arg::new("destination", Kind::Key).key_spec(1),
            Arg::new("wherefrom", ENDS),
            Arg::new("whereto", ENDS),
        ],
        reply: "string",
        ..Spec::new("lmove")
    },
    run: lmove,
};

/// RPOPLPUSH: see <https://valkey.io/commands/rpoplpush/>.
pub const RPOPLPUSH: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.2.0",
        summary: "Returns the last element of a list after removing and pushing it to another list. Deletes the list if the last element was popped.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::LIST,
        keys: &[SOURCE, DESTINATION],
        deprecated: Some(("6.2.0", "`LMOVE` with the `RIGHT` and `LEFT` arguments")),
        args: &[Arg::new("source", Kind::Key).key_spec(0), Arg::new("destination", Kind::Key).key_spec(1)],
        reply: "string | null",
        ..Spec::new("rpoplpush")
    },
    run: rpoplpush,
};

/// BLMOVE: see <https://valkey.io/commands/blmove/>.
pub const BLMOVE: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "6.2.0",
        summary: "Pops an element from a list, pushes it to another list and returns it. Blocks until an element is available otherwise. Deletes the list if the last element was moved.",
        complexity: "O(1)",
        arity: 6,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::BLOCKING)),
        acl: Acl::LIST,
        keys: &[SOURCE, DESTINATION],
        args: &[
            Arg::new("source", Kind::Key).key_spec(0),
            Arg::new("destination", Kind::Key).key_spec(1),
            Arg::new("wherefrom", ENDS),
            Arg::new("whereto", ENDS),
            Arg::new("timeout", Kind::Double),
        ],
        reply: "string | null",
        ..Spec::new("blmove")
    },
    run: blmove,
};

/// BRPOPLPUSH: see <https://valkey.io/commands/brpoplpush/>.
pub const BRPOPLPUSH: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "2.2.0",
        summary: "Pops an element from a list, pushes it to another list and returns it. Block until an element is available otherwise. Deletes the list if the last element was popped.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::BLOCKING)),
        acl: Acl::LIST,
        keys: &[SOURCE, DESTINATION],
        history: &[("6.0.0", "`timeout` is interpreted as a double instead of an integer.")],
        deprecated: Some(("6.2.0", "`BLMOVE` with the `RIGHT` and `LEFT` arguments")),
        args: &[
            Arg::new("source", Kind::Key).key_spec(0),
            Arg::new("destination", Kind::Key).key_spec(1),
            Arg::new("timeout", Kind::Double),
        ],
        reply: "string | null",
        ..Spec::new("brpoplpush")
    },
    run: brpoplpush,
};

fn lmove(ctx: &mut Context) -> Result<(), Error> {
    let (from, to) = (End::parse(ctx.args[3])?, End::parse(ctx.args[4])?);
    if !move_element(ctx, from, to)? {
        ctx.reply.null();
    }
    Ok(())
}

fn rpoplpush(ctx: &mut Context) -> Result<(), Error> {
    if !move_element(ctx, End::Right, End::Left)? {
        ctx.reply.null();
    }
    Ok(())
}

fn blmove(ctx: &mut Context) -> Result<(), Error> {
    let (from, to) = (End::parse(ctx.args[3])?, End::parse(ctx.args[4])?);
    let until_ms = timeout::seconds(ctx.args[5], ctx.now_ms())?;
    if move_or_wait(ctx, from, to, until_ms)? {
        ctx.instead(&[b"LMOVE", ctx.args[1], ctx.args[2], from.word(), to.word()]);
    }
    Ok(())
}

fn brpoplpush(ctx: &mut Context) -> Result<(), Error> {
    let until_ms = timeout::seconds(ctx.args[3], ctx.now_ms())?;
    if move_or_wait(ctx, End::Right, End::Left, until_ms)? {
        ctx.instead(&[b"RPOPLPUSH", ctx.args[1], ctx.args[2]]);
    }
    Ok(())
}

/// Whether an element was moved.
fn move_or_wait(ctx: &mut Context, from: End, to: End, until_ms: Option<i64>) -> Result<bool, Error> {
    let source = &ctx.args[1..2];
    if (!ctx.blocking.again || has_list(ctx, source)) && move_element(ctx, from, to)? {
        return Ok(true);
    }
    if ctx.blocking.denied {
        // A null, though what the time's end answers is a null array.
        ctx.reply.null();
    } else {
        wait(ctx, source, until_ms);
    }
    Ok(false)
}

/// Moves an element from the first key to the second, and replies with it; whether there was one.
fn move_element(ctx: &mut Context, from: End, to: End) -> Result<bool, Error> {
    let (source, destination, settings) = (ctx.args[1], ctx.args[2], ctx.settings);
    let is_rotation = source == destination;
    match ctx.db.write(source) {
        Some(mut entry) => items::list_mut(&mut entry)?,
        None => return Ok(false),
    };
    if !is_rotation && let Some(mut entry) = ctx.db.write(destination) {
        items::list_mut(&mut entry)?;
    }
    let Some(mut entry) = ctx.db.write(source) else { return Ok(false) };
    let list = items::list_mut(&mut entry)?;
    let Some(element) = items::pop(list, from, |element| element.to_vec()) else { return Ok(false) };
    if is_rotation {
        items::grow(list, element.len(), 1, settings);
        items::push(list, to, &element);
    }
    let is_empty = items::len(list) == 0;
    items::shrink(list, settings);
    drop(entry);
    if !is_rotation {
        push_to(ctx, destination, to, &element)?;
    }
    ctx.db.also_changed(Class::LIST, to.pushed(), destination);
    ctx.reply.bulk(&element);
    items::record_popped(ctx, source, from, 1, is_empty);
    Ok(true)
}

/// Adds an element to the list under `key`, which is made if it is not there.
pub(super) fn push_to(ctx: &mut Context, key: &[u8], end: End, element: &[u8]) -> Result<(), Error> {
    if let Some(mut entry) = ctx.db.write(key) {
        let list = items::list_mut(&mut entry)?;
        items::grow(list, element.len(), 1, ctx.settings);
        items::push(list, end, element);
        return Ok(());
    }
    let mut list = items::empty();
    items::grow(&mut list, element.len(), 1, ctx.settings);
    items::push(&mut list, end, element);
    ctx.db.add(Entry::new(key, None, NewBody::Value(list)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn moves_and_rotates() {
        let mut server = Server::new();
        server.script(&[
            ("lmove a b left right", "$-1\r\n"),
            ("lmove a b left middle", "-ERR syntax error\r\n"),
            ("rpush a 1 2 3", ":3\r\n"),
            ("lmove a a left right", "$1\r\n1\r\n"),
            ("rpoplpush a b", "$1\r\n1\r\n"),
            ("blmove a b right left 0", "$1\r\n3\r\n"),
            ("brpoplpush a b 0", "$1\r\n2\r\n"),
            ("exists a", ":0\r\n"),
            ("lrange b 0 -1", "*3\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n1\r\n"),
            ("set s v", "+OK\r\n"),
            ("lmove b s left left", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
            ("llen b", ":3\r\n"),
            ("lmove none s left left", "$-1\r\n"),
        ]);
        let journal = server.journal();
        assert_eq!(journal[3..5], ["LMOVE a b RIGHT LEFT", "RPOPLPUSH a b"]);
        let events = server.events();
        assert_eq!(events[1..3], ["l rpush a", "l lpop a"]);
        assert_eq!(events[7..10], ["l lpush b", "l rpop a", "g del a"]);
        server.deny_blocking();
        assert_eq!(server.run("blmove x y left left 0"), "$-1\r\n");
    }
}
