//! LMOVEM and BLMOVEM: several elements from one list's end to another's.

use super::blocking_pop::{has_list, wait};
use super::items::{self, End, ListRef};
use super::move_element::{DESTINATION, ENDS, SOURCE, push_to};
use crate::context::to_count;
use crate::prelude::*;
use crate::timeout;
use hematite_base::number;

const HOW_MANY: Arg = Arg::new(
    "how-many",
    Kind::Block(&[
        Arg::new(
            "selector",
            Kind::OneOf(&[
                Arg::new("count", Kind::Integer).token("COUNT"),
                Arg::new("exactly", Kind::Integer).token("EXACTLY"),
            ]),
        ),
        Arg::new(
            "ordering",
            Kind::OneOf(&[
                Arg::new("obo", Kind::Token).token("OBO"),
                Arg::new("bulk", Kind::Token).token("BULK"),
            ]),
        ),
    ]),
)
.optional();

/// LMOVEM: see <https://redis.io/commands/lmovem/>.
pub const LMOVEM: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "8.10.0",
        summary: "Moves up to (or exactly) a number of elements from one list to another and returns them. Deletes the source list if it becomes empty.",
        complexity: "O(N) where N is the number of elements moved.",
        arity: -5,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::LIST,
        keys: &[SOURCE, DESTINATION],
        args: &[
            Arg::new("source", Kind::Key).key_spec(0),
            Arg::new("destination", Kind::Key).key_spec(1),
            Arg::new("wherefrom", ENDS),
            Arg::new("whereto", ENDS),
            HOW_MANY,
        ],
        reply: "array<string> | null",
        ..Spec::new("lmovem")
    },
    run: lmovem,
};

/// BLMOVEM: see <https://redis.io/commands/blmovem/>.
pub const BLMOVEM: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "8.10.0",
        summary: "Moves up to (or exactly) a number of elements from one list to another and returns them. Blocks until the elements are available otherwise. Deletes the source list if it becomes empty.",
        complexity: "O(N) where N is the number of elements moved.",
        arity: -6,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::BLOCKING)),
        acl: Acl::LIST,
        keys: &[SOURCE, DESTINATION],
        args: &[
            Arg::new("source", Kind::Key).key_spec(0),
            Arg::new("destination", Kind::Key).key_spec(1),
            Arg::new("wherefrom", ENDS),
            Arg::new("whereto", ENDS),
            Arg::new("timeout", Kind::Double),
            HOW_MANY,
        ],
        reply: "array<string> | null",
        ..Spec::new("blmovem")
    },
    run: blmovem,
};

/// What is to be moved.
struct Request {
    from: End,
    to: End,
    count: usize,
    /// Move `count` elements or none.
    is_exact: bool,
    /// Keep the order that the elements have in the source, whichever ends they leave and enter at.
    is_bulk: bool,
}

impl Request {
    /// The ends, and `[COUNT|EXACTLY count OBO|BULK]` from `at` on.
    fn parse(ctx: &Context, at: usize) -> Result<Request, Error> {
        let (from, to) = (End::parse(ctx.args[3])?, End::parse(ctx.args[4])?);
        let mut request = Request { from, to, count: 1, is_exact: false, is_bulk: false };
        match ctx.args.len() - at {
            0 => return Ok(request),
            3 => {}
            _ => return Err(Error::Syntax),
        }
        request.is_exact = ctx.is(at, "exactly");
        request.is_bulk = ctx.is(at + 2, "bulk");
        if !(request.is_exact || ctx.is(at, "count")) || !(request.is_bulk || ctx.is(at + 2, "obo")) {
            return Err(Error::Syntax);
        }
        let count = number::parse_i64(ctx.args[at + 1]).filter(|n| *n > 0).and_then(to_count);
        request.count = count.ok_or(Error::fixed("ERR count should be greater than 0"))?;
        Ok(request)
    }
}

fn lmovem(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, 5)?;
    if move_elements(ctx, &request)?.is_none() {
        ctx.reply.null_array();
    }
    Ok(())
}

fn blmovem(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, 6)?;
    let until_ms = timeout::seconds(ctx.args[5], ctx.now_ms())?;
    let source = &ctx.args[1..2];
    let moved =
        if ctx.blocking.again && !has_list(ctx, source) { None } else { move_elements(ctx, &request)? };
    match moved {
        Some(count) => {
            let order: &[u8] = if request.is_bulk { b"BULK" } else { b"OBO" };
            let (args, mut digits) = (ctx.args, number::Digits::default());
            let count = digits.i64(count as i64);
            let (from, to) = (request.from.word(), request.to.word());
            ctx.instead(&[b"LMOVEM", args[1], args[2], from, to, b"EXACTLY", count, order]);
        }
        None => wait(ctx, source, until_ms),
    }
    Ok(())
}

/// Moves elements from the first key to the second, and replies with them as they stand in the destination; how many, or
/// None, without a reply, where there are none or too few.
fn move_elements(ctx: &mut Context, request: &Request) -> Result<Option<usize>, Error> {
    let (source, destination, settings) = (ctx.args[1], ctx.args[2], ctx.settings);
    let available = match ctx.db.read(source) {
        Some(entry) => ListRef::of(&entry)?.len(),
        None => return Ok(None),
    };
    if source != destination
        && let Some(entry) = ctx.db.read(destination)
    {
        ListRef::of(&entry)?;
    }
    if request.is_exact && available < request.count {
        return Ok(None);
    }
    let Some(mut entry) = ctx.db.write(source) else { return Ok(None) };
    let list = items::list_mut(&mut entry)?;
    let count = request.count.min(available);
    // In the order in which they are pushed.
    let mut elements = Vec::with_capacity(count);
    while elements.len() < count
        && let Some(element) = items::pop(list, request.from, |element| element.to_vec())
    {
        elements.push(element);
    }
    let is_empty = items::len(list) == 0;
    items::shrink(list, settings);
    drop(entry);
    if request.is_bulk && request.from == request.to {
        elements.reverse();
    }
    for element in &elements {
        push_to(ctx, destination, request.to, element)?;
    }
    if request.to == End::Left {
        elements.reverse();
    }
    ctx.reply.array(elements.len());
    elements.iter().for_each(|element| ctx.reply.bulk(element));
    ctx.db.also_changed(Class::LIST, request.to.pushed(), destination);
    items::record_popped(ctx, source, request.from, count, is_empty && source != destination);
    Ok(Some(count))
}

#[cfg(test)]
mod tests {
    use crate::testing::{START_MS, Server};

    #[test]
    fn moves_several_in_either_order() {
        let mut server = Server::new();
        server.script(&[
            ("lmovem a b left right", "*-1\r\n"),
            ("rpush a 1 2 3 4 5 6", ":6\r\n"),
            ("lmovem a b left right", "*1\r\n$1\r\n1\r\n"),
            ("lmovem a b left left count 2 obo", "*2\r\n$1\r\n3\r\n$1\r\n2\r\n"),
            ("lmovem a c left left count 2 bulk", "*2\r\n$1\r\n4\r\n$1\r\n5\r\n"),
            ("lrange c 0 -1", "*2\r\n$1\r\n4\r\n$1\r\n5\r\n"),
            ("lrange b 0 -1", "*3\r\n$1\r\n3\r\n$1\r\n2\r\n$1\r\n1\r\n"),
            ("lmovem b c right right exactly 4 bulk", "*-1\r\n"),
            ("lmovem b c right right exactly 2 bulk", "*2\r\n$1\r\n2\r\n$1\r\n1\r\n"),
            ("lmovem c b right left count 9 obo", "*4\r\n$1\r\n4\r\n$1\r\n5\r\n$1\r\n2\r\n$1\r\n1\r\n"),
            ("exists c", ":0\r\n"),
            ("lmovem b b left right count 2 bulk", "*2\r\n$1\r\n4\r\n$1\r\n5\r\n"),
            ("lrange b 0 -1", "*5\r\n$1\r\n2\r\n$1\r\n1\r\n$1\r\n3\r\n$1\r\n4\r\n$1\r\n5\r\n"),
            (
                "lmovem b b left right count 7 bulk",
                "*5\r\n$1\r\n2\r\n$1\r\n1\r\n$1\r\n3\r\n$1\r\n4\r\n$1\r\n5\r\n",
            ),
            ("llen b", ":5\r\n"),
        ]);
    }

    #[test]
    fn refuses_and_waits() {
        let mut server = Server::new();
        let (syntax, count) = ("-ERR syntax error\r\n", "-ERR count should be greater than 0\r\n");
        server.script(&[
            ("rpush a 1 2", ":2\r\n"),
            ("set s v", "+OK\r\n"),
            ("lmovem a b left right count 2", syntax),
            ("lmovem a b left right count 2 obo x", syntax),
            ("lmovem a b left right some 2 obo", syntax),
            ("lmovem a b left up count 2 obo", syntax),
            ("lmovem a b left right count 0 obo", count),
            ("lmovem a b left right exactly x bulk", count),
            (
                "lmovem a s left right",
                "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
            ),
            ("llen a", ":2\r\n"),
            ("blmovem a b left right 0 count 9 bulk", "*2\r\n$1\r\n1\r\n$1\r\n2\r\n"),
        ]);
        assert_eq!(server.journal().last().unwrap(), "LMOVEM a b LEFT RIGHT EXACTLY 2 BULK");
        assert_eq!(
            server.waits("blmovem b c left right 1 exactly 3 bulk"),
            Some((vec!["b".into()], Some(START_MS + 1000)))
        );
        server.deny_blocking();
        assert_eq!(server.run("blmovem b c left right 1 exactly 3 bulk"), "*-1\r\n");
    }
}
