//! BITCOUNT.

use super::{kernel, parse_is_bits, resolve};
use crate::prelude::*;
use hematite_base::number::Digits;

/// BITCOUNT: see <https://valkey.io/commands/bitcount/>.
pub const BITCOUNT: Row = Row {
    spec: Spec {
        group: Group::Bitmap,
        since: "2.6.0",
        summary: "Counts the number of set bits (population counting) in a string.",
        complexity: "O(N)",
        arity: -2,
        flags: Flags::READONLY,
        acl: Acl::BITMAP,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[
            ("7.0.0", "Added the `BYTE|BIT` option."),
            ("8.0.0", "`end` made optional; when called without argument the command reports the last BYTE."),
        ],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "range",
                Kind::Block(&[
                    Arg::new("start", Kind::Integer),
                    Arg::new(
                        "end-unit-block",
                        Kind::Block(&[
                            Arg::new("end", Kind::Integer),
                            Arg::new(
                                "unit",
                                Kind::OneOf(&[
                                    Arg::new("byte", Kind::Token).token("BYTE"),
                                    Arg::new("bit", Kind::Token).token("BIT"),
                                ]),
                            )
                            .optional()
                            .since("7.0.0"),
                        ]),
                    )
                    .optional(),
                ]),
            )
            .optional(),
        ],
        reply: "integer",
        ..Spec::new("bitcount")
    },
    run: bitcount,
};

fn bitcount(ctx: &mut Context) -> Result<(), Error> {
    let args = ctx.args.len();
    if args > 5 {
        return Err(Error::Syntax);
    }
    let start = if args > 2 { ctx.integer(2)? } else { 0 };
    let end = if args > 3 { ctx.integer(3)? } else { -1 };
    let is_bits = args > 4 && parse_is_bits(ctx.args[4])?;
    let count = match ctx.db.read(ctx.args[1]) {
        Some(entry) => {
            let mut digits = Digits::default();
            let bytes = entry.string()?.bytes(&mut digits);
            let is_empty = start < 0 && end < 0 && start > end;
            let range = if is_empty { None } else { resolve(start, end, bytes.len(), is_bits) };
            range.map_or(0, |(first, last)| kernel::count_range(bytes, first, last))
        }
        None => 0,
    };
    ctx.reply.integer(count as i64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn counts_bytes_and_bits() {
        let mut server = Server::new();
        server.script(&[
            ("bitcount k", ":0\r\n"),
            ("bitcount k 0 x", "-ERR value is not an integer or out of range\r\n"),
            ("set k foobar", "+OK\r\n"),
            ("bitcount k", ":26\r\n"),
            ("bitcount k 0 0", ":4\r\n"),
            ("bitcount k 1 1 BYTE", ":6\r\n"),
            ("bitcount k 5 30 bit", ":17\r\n"),
            ("bitcount k -2 -1", ":7\r\n"),
            ("bitcount k -1", ":4\r\n"),
            ("bitcount k -1 -2", ":0\r\n"),
            ("bitcount k -100 -50", ":4\r\n"),
            ("bitcount k 0 -9223372036854775808", ":4\r\n"),
            ("bitcount k 0 1 hello", "-ERR syntax error\r\n"),
            ("bitcount k 0 1 bit 2", "-ERR syntax error\r\n"),
            ("set n 15", "+OK\r\n"),
            ("bitcount n", ":7\r\n"),
        ]);
    }
}
