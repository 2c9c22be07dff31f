//! LMPOP and BLMPOP: some elements of the first list that has any.

use super::blocking_pop::{has_list, wait};
use super::items::{self, End};
use super::pop::reply_with_popped;
use crate::prelude::*;
use crate::timeout;
use hematite_base::number;

/// Which end.
const WHERE: Arg = Arg::new(
    "where",
    Kind::OneOf(&[
        Arg::new("left", Kind::Token).token("LEFT"),
        Arg::new("right", Kind::Token).token("RIGHT"),
    ]),
);

/// LMPOP: see <https://valkey.io/commands/lmpop/>.
pub const LMPOP: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "7.0.0",
        summary: "Returns multiple elements from a list after removing them. Deletes the list if the last element was popped.",
        complexity: "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
        arity: -4,
        flags: Flags::WRITE,
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::KeyNum { count: 0, first: 1, step: 1 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        args: &[
            Arg::new("numkeys", Kind::Integer),
            Arg::new("key", Kind::Key).multiple().key_spec(0),
            WHERE,
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
        ],
        reply: "null | tuple<string, array<string>>",
        ..Spec::new("lmpop")
    },
    run: lmpop,
};

/// BLMPOP: see <https://valkey.io/commands/blmpop/>.
pub const BLMPOP: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "7.0.0",
        summary: "Pops the first element from one of multiple lists. Blocks until an element is available otherwise. Deletes the list if the last element was popped.",
        complexity: "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
        arity: -5,
        flags: Flags::WRITE.or(Flags::BLOCKING),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::KeyNum { count: 0, first: 1, step: 1 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        args: &[
            Arg::new("timeout", Kind::Double),
            Arg::new("numkeys", Kind::Integer),
            Arg::new("key", Kind::Key).multiple().key_spec(0),
            WHERE,
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
        ],
        reply: "null | tuple<string, array<string>>",
        ..Spec::new("blmpop")
    },
    run: blmpop,
};

fn lmpop(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, 1)?;
    if !pop_first(ctx, &request)? {
        ctx.reply.null_array();
    }
    Ok(())
}

fn blmpop(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, 2)?;
    let until_ms = timeout::seconds(ctx.args[1], ctx.now_ms())?;
    if (!ctx.blocking.again || has_list(ctx, request.keys)) && pop_first(ctx, &request)? {
        return Ok(());
    }
    wait(ctx, request.keys, until_ms);
    Ok(())
}

struct Request<'a> {
    keys: &'a [&'a [u8]],
    end: End,
    count: usize,
}

impl<'a> Request<'a> {
    /// `numkeys key [key ...] LEFT|RIGHT [COUNT count]` from `at` on.
    fn parse(ctx: &Context<'a, '_>, at: usize) -> Result<Request<'a>, Error> {
        let args = ctx.args;
        let positive = |at: usize, text| {
            let number = number::parse_i64(args[at]).filter(|n| *n > 0);
            number.and_then(crate::context::to_count).ok_or(Error::fixed(text))
        };
        let keys = positive(at, "ERR numkeys should be greater than 0")?;
        let end_at = keys.checked_add(at + 1).filter(|end| *end < args.len()).ok_or(Error::Syntax)?;
        let end = End::parse(args[end_at])?;
        let (mut count, mut next) = (None, end_at + 1);
        while next < args.len() {
            if count.is_some() || !ctx.is(next, "count") || next + 1 >= args.len() {
                return Err(Error::Syntax);
            }
            count = Some(positive(next + 1, "ERR count should be greater than 0")?);
            next += 2;
        }
        Ok(Request { keys: &args[at + 1..end_at], end, count: count.unwrap_or(1) })
    }
}

/// Pops from the first key that is there; whether one was.
fn pop_first(ctx: &mut Context, request: &Request) -> Result<bool, Error> {
    for &key in request.keys {
        let Some(mut entry) = ctx.db.write(key) else { continue };
        let list = items::list_mut(&mut entry)?;
        ctx.reply.array(2);
        ctx.reply.bulk(key);
        let popped = reply_with_popped(&mut ctx.reply, list, request.end, request.count);
        let is_empty = items::len(list) == 0;
        items::shrink(list, ctx.settings);
        drop(entry);
        items::record_popped(ctx, key, request.end, popped, is_empty);
        let mut digits = number::Digits::default();
        ctx.instead(&[request.end.pop_command(), key, digits.i64(popped as i64)]);
        return Ok(true);
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn pops_from_the_first_list_there() {
        let mut server = Server::new();
        server.script(&[
            ("lmpop 2 a b left", "*-1\r\n"),
            ("lmpop 0 a left", "-ERR numkeys should be greater than 0\r\n"),
            ("lmpop 9223372036854775807 a left", "-ERR syntax error\r\n"),
            ("lmpop 1 a left count 0", "-ERR count should be greater than 0\r\n"),
            ("lmpop 1 a left count 1 count 2", "-ERR syntax error\r\n"),
            ("lmpop 1 a middle", "-ERR syntax error\r\n"),
            ("rpush b 1 2 3", ":3\r\n"),
            ("lmpop 2 a b right count 2", "*2\r\n$1\r\nb\r\n*2\r\n$1\r\n3\r\n$1\r\n2\r\n"),
            ("blmpop 0 2 a b left count 5", "*2\r\n$1\r\nb\r\n*1\r\n$1\r\n1\r\n"),
            ("blmpop -1 1 a left", "-ERR timeout is negative\r\n"),
        ]);
        assert_eq!(
            server.journal(),
            ["RPUSH b 1 2 3", "RPOP b 2", "LPOP b 1"].map(|line| {
                // The first line is as it came.
                if line.starts_with("RPUSH") { line.replace("RPUSH", "rpush") } else { line.to_owned() }
            })
        );
    }
}
