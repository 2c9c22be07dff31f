//! BLPOP and BRPOP, and how list commands wait.

use super::items::{self, End, ListRef};
use crate::context::{GivenUp, Wait};
use crate::element::ElementReply;
use crate::prelude::*;
use crate::timeout;

/// BLPOP: see <https://valkey.io/commands/blpop/>.
pub const BLPOP: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "2.0.0",
        summary: "Removes and returns the first element in a list. Blocks until an element is available otherwise. Deletes the list if the last element was popped.",
        complexity: "O(N) where N is the number of provided keys.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::BLOCKING),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -2, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        history: &[("6.0.0", "`timeout` is interpreted as a double instead of an integer.")],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0), Arg::new("timeout", Kind::Double)],
        reply: "null | tuple<string, string>",
        ..Spec::new("blpop")
    },
    run: blpop,
};

/// BRPOP: see <https://valkey.io/commands/brpop/>.
pub const BRPOP: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "2.0.0",
        summary: "Removes and returns the last element in a list. Blocks until an element is available otherwise. Deletes the list if the last element was popped.",
        complexity: "O(N) where N is the number of provided keys.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::BLOCKING),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -2, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        history: &[("6.0.0", "`timeout` is interpreted as a double instead of an integer.")],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0), Arg::new("timeout", Kind::Double)],
        reply: "null | tuple<string, string>",
        ..Spec::new("brpop")
    },
    run: brpop,
};

fn blpop(ctx: &mut Context) -> Result<(), Error> {
    pop_or_wait(ctx, End::Left)
}

fn brpop(ctx: &mut Context) -> Result<(), Error> {
    pop_or_wait(ctx, End::Right)
}

fn pop_or_wait(ctx: &mut Context, end: End) -> Result<(), Error> {
    let last = ctx.args.len() - 1;
    let until_ms = timeout::seconds(ctx.args[last], ctx.now_ms())?;
    let keys = &ctx.args[1..last];
    if ctx.blocking.again && !has_list(ctx, keys) {
        wait(ctx, keys, until_ms);
        return Ok(());
    }
    for &key in keys {
        let Some(mut entry) = ctx.db.write(key) else { continue };
        let list = items::list_mut(&mut entry)?;
        ctx.reply.array(2);
        ctx.reply.bulk(key);
        items::pop(list, end, |element| ctx.reply.element(element));
        let is_empty = items::len(list) == 0;
        items::shrink(list, ctx.settings);
        drop(entry);
        items::record_popped(ctx, key, end, 1, is_empty);
        ctx.instead(&[end.pop_command(), key]);
        return Ok(());
    }
    wait(ctx, keys, until_ms);
    Ok(())
}

/// Whether one of the keys holds a list. A command that has waited goes on waiting, whatever else its keys hold, until one
/// of them does.
pub(super) fn has_list(ctx: &mut Context, keys: &[&[u8]]) -> bool {
    keys.iter().any(|key| ctx.db.peek(key).is_some_and(|entry| ListRef::of(&entry).is_ok()))
}

/// Waits for one of the keys, or answers as if the time were over where waiting is not allowed.
pub(super) fn wait(ctx: &mut Context, keys: &[&[u8]], until_ms: Option<i64>) {
    if ctx.blocking.denied {
        ctx.reply.null_array();
        return;
    }
    ctx.blocking.wait = Some(Box::new(Wait {
        keys: keys.iter().map(|key| key.to_vec()).collect(),
        until_ms,
        given_up: GivenUp::NullArray,
        unblock_on_delete: false,
        due_ms: None,
        replaced: Vec::new(),
    }));
}

#[cfg(test)]
mod tests {
    use crate::testing::{START_MS, Server};

    #[test]
    fn pops_waits_or_gives_up() {
        let mut server = Server::new();
        server.script(&[
            ("blpop a -1", "-ERR timeout is negative\r\n"),
            ("blpop a x", "-ERR timeout is not a float or out of range\r\n"),
            ("blpop a 1e30", "-ERR timeout is out of range\r\n"),
            ("set s v", "+OK\r\n"),
            ("blpop a s 0", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
            ("rpush l 1 2 3", ":3\r\n"),
            ("blpop a l 0", "*2\r\n$1\r\nl\r\n$1\r\n1\r\n"),
            ("brpop l a 0", "*2\r\n$1\r\nl\r\n$1\r\n3\r\n"),
        ]);
        assert_eq!(server.journal()[2..], ["LPOP l", "RPOP l"]);
        assert_eq!(
            server.waits("brpop a b 1.5"),
            Some((vec!["a".into(), "b".into()], Some(START_MS + 1500)))
        );
        assert_eq!(server.waits_again("blpop s a 0"), Some((vec!["s".into(), "a".into()], None)));
        server.deny_blocking();
        assert_eq!(server.run("blpop a 0"), "*-1\r\n");
    }
}
