//! BITPOS.

use super::{kernel, parse_is_bits, resolve};
use crate::prelude::*;
use hematite_base::number::Digits;

/// BITPOS: see <https://valkey.io/commands/bitpos/>.
pub const BITPOS: Row = Row {
    spec: Spec {
        group: Group::Bitmap,
        since: "2.8.7",
        summary: "Finds the first set (1) or clear (0) bit in a string.",
        complexity: "O(N)",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::BITMAP,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[("7.0.0", "Added the `BYTE|BIT` option.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("bit", Kind::Integer),
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
        reply: "integer | -1",
        ..Spec::new("bitpos")
    },
    run: bitpos,
};

fn bitpos(ctx: &mut Context) -> Result<(), Error> {
    let args = ctx.args.len();
    let bit = match ctx.integer(2)? {
        0 => false,
        1 => true,
        _ => return Err(Error::fixed("ERR The bit argument must be 1 or 0.")),
    };
    if args > 6 {
        return Err(Error::Syntax);
    }
    let start = if args > 3 { ctx.integer(3)? } else { 0 };
    let is_bits = args > 5 && parse_is_bits(ctx.args[5])?;
    let end = if args > 4 { ctx.integer(4)? } else { -1 };
    let answer = match ctx.db.read(ctx.args[1]) {
        // A key that is not there is an endless row of zeros.
        None => {
            if bit {
                -1
            } else {
                0
            }
        }
        Some(entry) => {
            let mut digits = Digits::default();
            let bytes = entry.string()?.bytes(&mut digits);
            match resolve(start, end, bytes.len(), is_bits) {
                None => -1,
                Some((first, last)) => match kernel::position(bytes, bit, first, last) {
                    Some(at) => at as i64,
                    // Without an end of its own the range goes on with zeros.
                    None if !bit && args < 5 => bytes.len() as i64 * 8,
                    None => -1,
                },
            }
        }
    };
    ctx.reply.integer(answer);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn finds_within_ranges() {
        let mut server = Server::new();
        server.script(&[
            ("bitpos k 0", ":0\r\n"),
            ("bitpos k 1", ":-1\r\n"),
            ("bitpos k 2", "-ERR The bit argument must be 1 or 0.\r\n"),
            ("bitpos k 1 0 1 foo", "-ERR syntax error\r\n"),
            (r#"set k "\xff\xf0\x00""#, "+OK\r\n"),
            ("bitpos k 0", ":12\r\n"),
            ("bitpos k 1 2", ":-1\r\n"),
            ("bitpos k 0 13 15 bit", ":13\r\n"),
            ("bitpos k 0 8 11 bit", ":-1\r\n"),
            ("bitpos k 1 -1 -1", ":-1\r\n"),
            (r#"set k "\xff\xff""#, "+OK\r\n"),
            ("bitpos k 0", ":16\r\n"),
            ("bitpos k 0 1", ":16\r\n"),
            ("bitpos k 0 0 -1", ":-1\r\n"),
            ("bitpos k 0 5", ":-1\r\n"),
            ("set k ''", "+OK\r\n"),
            ("bitpos k 0", ":-1\r\n"),
        ]);
    }
}
