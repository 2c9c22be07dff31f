//! GETRANGE, by its old name SUBSTR: a part of a string.

use crate::prelude::*;
use hematite_base::number::Digits;

/// GETRANGE: see <https://valkey.io/commands/getrange/>.
pub const GETRANGE: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "2.4.0",
        summary: "Returns a substring of the string stored at a key.",
        complexity: "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
        arity: 4,
        flags: Flags::READONLY,
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Integer),
            Arg::new("end", Kind::Integer),
        ],
        reply: "string",
        ..Spec::new("getrange")
    },
    run: getrange,
};

/// SUBSTR: see <https://valkey.io/commands/substr/>.
pub const SUBSTR: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Returns a substring from a string value.",
        complexity: "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
        arity: 4,
        flags: Flags::READONLY,
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        deprecated: Some(("2.0.0", "`GETRANGE`")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Integer),
            Arg::new("end", Kind::Integer),
        ],
        reply: "string",
        ..Spec::new("substr")
    },
    run: substr,
};

fn getrange(ctx: &mut Context) -> Result<(), Error> {
    let (start, end) = (ctx.integer(2)?, ctx.integer(3)?);
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.bulk(b"");
        return Ok(());
    };
    let mut digits = Digits::default();
    let text = entry.string()?.bytes(&mut digits);
    ctx.reply.bulk(part(text, start, end));
    Ok(())
}

fn substr(ctx: &mut Context) -> Result<(), Error> {
    getrange(ctx)
}

/// The bytes from `start` to `end`, both counted from the end where they are negative.
fn part(text: &[u8], start: i64, end: i64) -> &[u8] {
    if start < 0 && end < 0 && start > end {
        return b"";
    }
    let len = text.len() as i64;
    let from_end = |at: i64| if at < 0 { at.saturating_add(len).max(0) } else { at };
    let (start, end) = (from_end(start), from_end(end).min(len - 1));
    if start > end { b"" } else { &text[start as usize..=end as usize] }
}

#[cfg(test)]
mod tests {
    use super::part;
    use crate::testing::Server;

    #[test]
    fn parts_as_in_the_reference() {
        let text = b"Hello World";
        for (start, end, expected) in [
            (0, 3, "Hell"),
            (0, -1, "Hello World"),
            (-4, -1, "orld"),
            (5, 3, ""),
            (5, 5000, " World"),
            (-5000, 10000, "Hello World"),
            (0, -100, "H"),
            (1, -100, ""),
            (-1, -100, ""),
            (-100, -99, "H"),
            (-100, -101, ""),
            (i64::MIN, i64::MAX, "Hello World"),
        ] {
            assert_eq!(part(text, start, end), expected.as_bytes(), "{start} {end}");
        }
        assert_eq!(part(b"", 0, -1), b"");
    }

    #[test]
    fn commands() {
        Server::new().script(&[
            ("set n 1234", "+OK\r\n"),
            ("getrange n -3 -1", "$3\r\n234\r\n"),
            ("substr n 0 0", "$1\r\n1\r\n"),
            ("getrange none 0 -1", "$0\r\n\r\n"),
            ("getrange none a 1", "-ERR value is not an integer or out of range\r\n"),
        ]);
    }
}
