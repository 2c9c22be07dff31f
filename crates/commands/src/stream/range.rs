//! XRANGE, XREVRANGE and XLEN.

use super::{id, reply_with_entry, stream_of};
use crate::prelude::*;
use crate::reply::array_around;

/// XLEN: see <https://valkey.io/commands/xlen/>.
pub const XLEN: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Return the number of messages in a stream.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "integer",
        ..Spec::new("xlen")
    },
    run: xlen,
};

/// XRANGE: see <https://valkey.io/commands/xrange/>.
pub const XRANGE: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns the messages from a stream within a range of IDs.",
        complexity: "O(N) with N being the number of elements being returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).",
        arity: -4,
        flags: Flags::READONLY,
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[("6.2.0", "Added exclusive ranges.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Text),
            Arg::new("end", Kind::Text),
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
        ],
        reply: "array<tuple<string, array<string>>>",
        ..Spec::new("xrange")
    },
    run: xrange,
};

/// XREVRANGE: see <https://valkey.io/commands/xrevrange/>.
pub const XREVRANGE: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns the messages from a stream within a range of IDs in reverse order.",
        complexity: "O(N) with N being the number of elements returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).",
        arity: -4,
        flags: Flags::READONLY,
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[("6.2.0", "Added exclusive ranges.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("end", Kind::Text),
            Arg::new("start", Kind::Text),
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
        ],
        reply: "array<tuple<string, array<string>>>",
        ..Spec::new("xrevrange")
    },
    run: xrevrange,
};

fn xlen(ctx: &mut Context) -> Result<(), Error> {
    let len = match ctx.db.read(ctx.args[1]) {
        Some(entry) => stream_of(&entry)?.len(),
        None => 0,
    };
    ctx.reply.integer(len as i64);
    Ok(())
}

fn xrange(ctx: &mut Context) -> Result<(), Error> {
    range(ctx, 2, 3)
}

fn xrevrange(ctx: &mut Context) -> Result<(), Error> {
    range(ctx, 3, 2)
}

fn range(ctx: &mut Context, start_at: usize, end_at: usize) -> Result<(), Error> {
    let start = id::parse_start(ctx.args[start_at])?;
    let end = id::parse_end(ctx.args[end_at])?;
    let (mut count, mut at) = (None, 4);
    while at < ctx.args.len() {
        if !ctx.is(at, "count") || at + 1 >= ctx.args.len() {
            return Err(Error::Syntax);
        }
        count = Some(crate::context::to_count(ctx.integer(at + 1)?).unwrap_or(0));
        at += 2;
    }
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.array(0);
        return Ok(());
    };
    let stream = stream_of(&entry)?;
    if count == Some(0) {
        ctx.reply.null_array();
        return Ok(());
    }
    let most = count.unwrap_or(usize::MAX);
    array_around(&mut ctx.reply, |reply| {
        let each = |entry| reply_with_entry(reply, &entry);
        if start_at < end_at {
            stream.range(start, end).take(most).map(each).count()
        } else {
            stream.range_backward(start, end).take(most).map(each).count()
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn ranges_in_both_directions() {
        let mut server = Server::new();
        server.script(&[
            ("xadd s 1-1 a 1", "$3\r\n1-1\r\n"),
            ("xadd s 1-2 a 2", "$3\r\n1-2\r\n"),
            ("xadd s 2-0 b 3 c 4", "$3\r\n2-0\r\n"),
            ("xrange s (1-1 1", "*1\r\n*2\r\n$3\r\n1-2\r\n*2\r\n$1\r\na\r\n$1\r\n2\r\n"),
            (
                "xrevrange s + - count 1",
                "*1\r\n*2\r\n$3\r\n2-0\r\n*4\r\n$1\r\nb\r\n$1\r\n3\r\n$1\r\nc\r\n$1\r\n4\r\n",
            ),
            ("xrange s - + count 0", "*-1\r\n"),
            ("xrange none - + count 0", "*0\r\n"),
            ("xrange s - + count", "-ERR syntax error\r\n"),
            ("xrange s 5 1", "*0\r\n"),
            ("xrange s x +", "-ERR Invalid stream ID specified as stream command argument\r\n"),
            ("xdel s 1-2 1-2 9-9", ":1\r\n"),
            ("xlen s", ":2\r\n"),
        ]);
    }
}
