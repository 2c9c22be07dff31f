//! LPUSH, RPUSH, and LPUSHX, RPUSHX that need the list to be there.

use super::items::{self, End};
use crate::prelude::*;

/// LPUSH: see <https://valkey.io/commands/lpush/>.
pub const LPUSH: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.0.0",
        summary: "Prepends one or more elements to a list. Creates the key if it doesn't exist.",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        history: &[("2.4.0", "Accepts multiple `element` arguments.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("element", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("lpush")
    },
    run: lpush,
};

/// LPUSHX: see <https://valkey.io/commands/lpushx/>.
pub const LPUSHX: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "2.2.0",
        summary: "Prepends one or more elements to a list only when the list exists.",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        history: &[("4.0.0", "Accepts multiple `element` arguments.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("element", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("lpushx")
    },
    run: lpushx,
};

/// RPUSH: see <https://valkey.io/commands/rpush/>.
pub const RPUSH: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "1.0.0",
        summary: "Appends one or more elements to a list. Creates the key if it doesn't exist.",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        history: &[("2.4.0", "Accepts multiple `element` arguments.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("element", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("rpush")
    },
    run: rpush,
};

/// RPUSHX: see <https://valkey.io/commands/rpushx/>.
pub const RPUSHX: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "2.2.0",
        summary: "Appends an element to a list only when the list exists.",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        history: &[("4.0.0", "Accepts multiple `element` arguments.")],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("element", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("rpushx")
    },
    run: rpushx,
};

fn lpush(ctx: &mut Context) -> Result<(), Error> {
    push(ctx, End::Left, true)
}

fn lpushx(ctx: &mut Context) -> Result<(), Error> {
    push(ctx, End::Left, false)
}

fn rpush(ctx: &mut Context) -> Result<(), Error> {
    push(ctx, End::Right, true)
}

fn rpushx(ctx: &mut Context) -> Result<(), Error> {
    push(ctx, End::Right, false)
}

fn push(ctx: &mut Context, end: End, creates: bool) -> Result<(), Error> {
    let (key, elements) = (ctx.args[1], &ctx.args[2..]);
    let bytes = elements.iter().map(|element| element.len()).sum();
    let settings = ctx.settings;
    let add = |list: &mut Value| {
        items::grow(list, bytes, elements.len(), settings);
        for element in elements {
            items::push(list, end, element);
        }
        items::len(list)
    };
    let grown = match ctx.db.write(key) {
        Some(mut entry) => Some(add(items::list_mut(&mut entry)?)),
        None => None,
    };
    let len = match grown {
        Some(len) => len,
        None if creates => {
            let mut list = items::empty();
            let len = add(&mut list);
            ctx.db.add(Entry::new(key, None, NewBody::Value(list)));
            len
        }
        None => {
            ctx.reply.integer(0);
            return Ok(());
        }
    };
    ctx.db.changed(Class::LIST, end.pushed(), key);
    ctx.db.effects.dirty += elements.len() as u64 - 1;
    ctx.reply.integer(len as i64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn pushes_at_both_ends() {
        let mut server = Server::new();
        server.script(&[
            ("lpushx l a", ":0\r\n"),
            ("rpush l a b 3", ":3\r\n"),
            ("lpush l c d", ":5\r\n"),
            ("lpushx l e", ":6\r\n"),
            ("rpushx l f", ":7\r\n"),
            (
                "lrange l 0 -1",
                "*7\r\n$1\r\ne\r\n$1\r\nd\r\n$1\r\nc\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\n3\r\n$1\r\nf\r\n",
            ),
            ("object encoding l", "$8\r\nlistpack\r\n"),
        ]);
        assert_eq!(server.dirty(), 7);
        assert_eq!(server.events(), ["l rpush l", "l lpush l", "l lpush l", "l rpush l"]);
    }

    #[test]
    fn becomes_a_quicklist_beyond_the_limit_and_a_listpack_at_half_of_it() {
        let mut server = Server::new();
        server.settings.list_listpack_size = 4;
        server.script(&[
            ("rpush l 1 2 3 4", ":4\r\n"),
            ("object encoding l", "$8\r\nlistpack\r\n"),
            ("rpush l 5", ":5\r\n"),
            ("object encoding l", "$9\r\nquicklist\r\n"),
            ("lpop l 2", "*2\r\n$1\r\n1\r\n$1\r\n2\r\n"),
            ("rpop l", "$1\r\n5\r\n"),
            ("object encoding l", "$8\r\nlistpack\r\n"),
            ("linsert l before x y", ":-1\r\n"),
            ("object encoding l", "$8\r\nlistpack\r\n"),
        ]);
        server.settings.list_listpack_size = -1;
        server.run(&format!("rpush l {}", "x".repeat(4096)));
        assert_eq!(server.run("object encoding l"), "$9\r\nquicklist\r\n");
    }
}
