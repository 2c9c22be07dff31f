//! BITFIELD and BITFIELD_RO: integers of any width at any offset.

use super::{make_room, parse_offset};
use crate::prelude::*;
use hematite_base::number::{Digits, parse_i64};

/// BITFIELD: see <https://valkey.io/commands/bitfield/>.
pub const BITFIELD: Row = Row {
    spec: Spec {
        group: Group::Bitmap,
        since: "3.2.0",
        summary: "Performs arbitrary bitfield integer operations on strings.",
        complexity: "O(1) for each subcommand specified",
        arity: -2,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::BITMAP,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE.or(KeyFlags::ACCESS.or(KeyFlags::VARIABLE_FLAGS))),
            notes: "This command allows both access and modification of the key",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "operation",
                Kind::OneOf(&[
                    Arg::new(
                        "get-block",
                        Kind::Block(&[Arg::new("encoding", Kind::Text), Arg::new("offset", Kind::Integer)]),
                    )
                    .token("GET"),
                    Arg::new(
                        "write",
                        Kind::Block(&[
                            Arg::new(
                                "overflow-block",
                                Kind::OneOf(&[
                                    Arg::new("wrap", Kind::Token).token("WRAP"),
                                    Arg::new("sat", Kind::Token).token("SAT"),
                                    Arg::new("fail", Kind::Token).token("FAIL"),
                                ]),
                            )
                            .token("OVERFLOW")
                            .optional(),
                            Arg::new(
                                "write-operation",
                                Kind::OneOf(&[
                                    Arg::new(
                                        "set-block",
                                        Kind::Block(&[
                                            Arg::new("encoding", Kind::Text),
                                            Arg::new("offset", Kind::Integer),
                                            Arg::new("value", Kind::Integer),
                                        ]),
                                    )
                                    .token("SET"),
                                    Arg::new(
                                        "incrby-block",
                                        Kind::Block(&[
                                            Arg::new("encoding", Kind::Text),
                                            Arg::new("offset", Kind::Integer),
                                            Arg::new("increment", Kind::Integer),
                                        ]),
                                    )
                                    .token("INCRBY"),
                                ]),
                            ),
                        ]),
                    ),
                ]),
            )
            .optional()
            .multiple(),
        ],
        reply: "array<integer | null>",
        ..Spec::new("bitfield")
    },
    run: bitfield,
};

/// BITFIELD_RO: see <https://valkey.io/commands/bitfield_ro/>.
pub const BITFIELD_RO: Row = Row {
    spec: Spec {
        group: Group::Bitmap,
        since: "6.0.0",
        summary: "Performs arbitrary read-only bitfield integer operations on strings.",
        complexity: "O(1) for each subcommand specified",
        arity: -2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::BITMAP,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "get-block",
                Kind::Block(&[Arg::new("encoding", Kind::Text), Arg::new("offset", Kind::Integer)]),
            )
            .token("GET")
            .optional()
            .multiple()
            .multiple_token(),
        ],
        reply: "array<integer>",
        ..Spec::new("bitfield_ro")
    },
    run: bitfield_ro,
};

const INVALID_TYPE: &str =
    "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";

/// What happens to a number that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overflow {
    Wrap,
    Saturate,
    Fail,
}

/// A type of integer: `i1` to `i64`, `u1` to `u63`.
#[derive(Clone, Copy, Debug)]
struct Type {
    is_signed: bool,
    bits: u32,
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Get,
    Set(i64),
    Increment(i64),
}

#[derive(Clone, Copy, Debug)]
struct Operation {
    of: Type,
    offset: u64,
    action: Action,
    overflow: Overflow,
}

impl Type {
    fn parse(text: &[u8]) -> Result<Type, Error> {
        let (is_signed, digits, most) = match text {
            [b'i', digits @ ..] => (true, digits, 64),
            [b'u', digits @ ..] => (false, digits, 63),
            _ => return Err(Error::fixed(INVALID_TYPE)),
        };
        let bits = parse_i64(digits).filter(|bits| (1..=most).contains(bits));
        bits.map(|bits| Type { is_signed, bits: bits as u32 }).ok_or(Error::fixed(INVALID_TYPE))
    }
    fn range(self) -> (i128, i128) {
        match self.is_signed {
            true => (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1),
            false => (0, (1 << self.bits) - 1),
        }
    }
    /// The number that the lowest bits of `raw` are.
    fn interpret(self, raw: u64) -> i64 {
        let unused = 64 - self.bits;
        match self.is_signed {
            true => (raw << unused) as i64 >> unused,
            false => (raw << unused >> unused) as i64,
        }
    }
    /// The number, made to fit; None where it does not and must.
    fn fit(self, number: i128, overflow: Overflow) -> Option<i64> {
        let (least, most) = self.range();
        if (least..=most).contains(&number) {
            return Some(number as i64);
        }
        match overflow {
            Overflow::Wrap => Some(self.interpret(number as u64)),
            Overflow::Saturate => Some(number.clamp(least, most) as i64),
            Overflow::Fail => None,
        }
    }
    /// Reads from a bit offset; zeros behind the end.
    fn read(self, bytes: &[u8], offset: u64) -> i64 {
        let first = (offset >> 3) as usize;
        // A field touches nine bytes at most.
        let window = (0..9)
            .fold(0u128, |window, at| window << 8 | u128::from(bytes.get(first + at).copied().unwrap_or(0)));
        self.interpret((window >> (72 - (offset & 7) as u32 - self.bits)) as u64)
    }
    /// Writes at a bit offset; the bytes reach that far.
    fn write(self, bytes: &mut [u8], offset: u64, number: i64) {
        for at in 0..self.bits {
            let bit = (number >> (self.bits - 1 - at)) as u8 & 1;
            let to = offset + u64::from(at);
            let (byte, shift) = (&mut bytes[(to >> 3) as usize], 7 - (to & 7));
            *byte = *byte & !(1 << shift) | bit << shift;
        }
    }
}

fn parse(ctx: &Context) -> Result<Vec<Operation>, Error> {
    let args = ctx.args;
    let (mut operations, mut overflow, mut at) = (Vec::new(), Overflow::Wrap, 2);
    while at < args.len() {
        let left = args.len() - at - 1;
        if ctx.is(at, "overflow") && left >= 1 {
            overflow = match args[at + 1] {
                word if word.eq_ignore_ascii_case(b"wrap") => Overflow::Wrap,
                word if word.eq_ignore_ascii_case(b"sat") => Overflow::Saturate,
                word if word.eq_ignore_ascii_case(b"fail") => Overflow::Fail,
                _ => return Err(Error::fixed("ERR Invalid OVERFLOW type specified")),
            };
            at += 2;
            continue;
        }
        let (is_get, is_set) = (ctx.is(at, "get") && left >= 2, ctx.is(at, "set") && left >= 3);
        let is_increment = ctx.is(at, "incrby") && left >= 3;
        if !(is_get || is_set || is_increment) {
            return Err(Error::Syntax);
        }
        let of = Type::parse(args[at + 1])?;
        let offset = parse_offset(ctx, args[at + 2], Some(of.bits))?;
        let action = match () {
            () if is_get => Action::Get,
            () if is_set => Action::Set(ctx.integer(at + 3)?),
            () => Action::Increment(ctx.integer(at + 3)?),
        };
        at += if is_get { 3 } else { 4 };
        operations.push(Operation { of, offset, action, overflow });
    }
    Ok(operations)
}

fn bitfield(ctx: &mut Context) -> Result<(), Error> {
    let operations = parse(ctx)?;
    let is_write = |operation: &&Operation| !matches!(operation.action, Action::Get);
    let last = operations.iter().filter(is_write).map(|o| o.offset + u64::from(o.of.bits) - 1).max();
    match last {
        Some(last) => change(ctx, &operations, last),
        None => read(ctx, &operations),
    }
}

fn bitfield_ro(ctx: &mut Context) -> Result<(), Error> {
    let operations = parse(ctx)?;
    if operations.iter().any(|operation| !matches!(operation.action, Action::Get)) {
        return Err(Error::fixed("ERR BITFIELD_RO only supports the GET subcommand"));
    }
    read(ctx, &operations)
}

fn read(ctx: &mut Context, operations: &[Operation]) -> Result<(), Error> {
    let entry = ctx.db.read(ctx.args[1]);
    let mut digits = Digits::default();
    let bytes = match &entry {
        Some(entry) => entry.string()?.bytes(&mut digits),
        None => &[],
    };
    ctx.reply.array(operations.len());
    for operation in operations {
        ctx.reply.integer(operation.of.read(bytes, operation.offset));
    }
    Ok(())
}

fn change(ctx: &mut Context, operations: &[Operation], last: u64) -> Result<(), Error> {
    let key = ctx.args[1];
    let is_grown = make_room(ctx, key, last)?;
    let mut changes = 0;
    if let Some(mut entry) = ctx.db.write(key) {
        let bytes = entry.bytes_mut_filled(0)?;
        ctx.reply.array(operations.len());
        for operation in operations {
            let (of, offset) = (operation.of, operation.offset);
            let old = of.read(bytes, offset);
            let wanted = match operation.action {
                Action::Get => {
                    ctx.reply.integer(old);
                    continue;
                }
                // What is set unsigned is taken as unsigned.
                Action::Set(n) if !of.is_signed => i128::from(n as u64),
                // The reference subtracts in 64 bits, and takes what is far below for what is above.
                Action::Set(n)
                    if operation.overflow == Overflow::Saturate
                        && of.bits < 64
                        && of.range().1 - i128::from(n) > i128::from(i64::MAX) =>
                {
                    of.range().1
                }
                Action::Set(n) => i128::from(n),
                Action::Increment(n) => i128::from(old) + i128::from(n),
            };
            let Some(new) = of.fit(wanted, operation.overflow) else {
                ctx.reply.null();
                continue;
            };
            ctx.reply.integer(if matches!(operation.action, Action::Set(_)) { old } else { new });
            of.write(bytes, offset, new);
            changes += u64::from(is_grown || old != new);
        }
    }
    if changes > 0 {
        ctx.db.changed(Class::STRING, "setbit", key);
        ctx.db.effects.dirty += changes - 1;
    } else if is_grown {
        // As in the reference, this counts as no change. But the key is there, or longer, and the journal shall say so.
        ctx.instead(ctx.args);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn sets_gets_and_increments() {
        let mut server = Server::new();
        let invalid = format!("-{}\r\n", super::INVALID_TYPE);
        server.script(&[
            ("bitfield k", "*0\r\n"),
            ("bitfield k get u8 0", "*1\r\n:0\r\n"),
            ("bitfield k set u8 #1 200 get i8 8", "*2\r\n:0\r\n:-56\r\n"),
            ("strlen k", ":2\r\n"),
            ("bitfield k incrby u8 8 100 overflow sat incrby u8 8 300", "*2\r\n:44\r\n:255\r\n"),
            ("bitfield k overflow fail incrby u8 8 1 set u8 8 1", "*2\r\n$-1\r\n:255\r\n"),
            ("bitfield k overflow sat set u8 8 -1 get u8 8", "*2\r\n:1\r\n:255\r\n"),
            (
                "bitfield k set i64 3 -9223372036854775808 incrby i64 3 -1",
                "*2\r\n:574208952489738240\r\n:9223372036854775807\r\n",
            ),
            ("bitfield k get u64 0", &invalid),
            ("bitfield k get i65 0", &invalid),
            ("bitfield k get x 0", &invalid),
            ("bitfield k overflow foo", "-ERR Invalid OVERFLOW type specified\r\n"),
            ("bitfield k get u8", "-ERR syntax error\r\n"),
            ("bitfield k get u8 4294967296", "-ERR bit offset is not an integer or out of range\r\n"),
            (
                "bitfield k get u8 #9223372036854775807",
                "-ERR bit offset is not an integer or out of range\r\n",
            ),
            ("bitfield_ro k set u8 0 1", "-ERR BITFIELD_RO only supports the GET subcommand\r\n"),
            ("bitfield_ro k get u4 0", "*1\r\n:0\r\n"),
        ]);
    }
}
