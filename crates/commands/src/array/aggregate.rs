//! AROP: one figure for the values of a range.

use super::{READS, array_of, index_of};
use crate::prelude::*;
use hematite_base::long_double::LongDouble;
use hematite_base::number::parse_i64;
use hematite_structures::array::{Array, Word, WordText};
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// AROP: see <https://redis.io/docs/latest/commands/arop/>.
pub const AROP: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Performs aggregate operations on array elements in a range.",
        complexity: "O(P) where P is visited positions in touched slices (dense scanned slots + sparse entries), with worst-case O(|end-start|+1) and typical case close to O(N), where N is the number of existing elements in range.",
        arity: -5,
        flags: Flags::READONLY,
        acl: Acl::ARRAY,
        keys: READS,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Integer),
            Arg::new("end", Kind::Integer),
            Arg::new(
                "operation",
                Kind::OneOf(&[
                    Arg::new("sum", Kind::Token).token("SUM"),
                    Arg::new("min", Kind::Token).token("MIN"),
                    Arg::new("max", Kind::Token).token("MAX"),
                    Arg::new("and", Kind::Token).token("AND"),
                    Arg::new("or", Kind::Token).token("OR"),
                    Arg::new("xor", Kind::Token).token("XOR"),
                    Arg::new(
                        "match",
                        Kind::Block(&[
                            Arg::new("match", Kind::Token).token("MATCH"),
                            Arg::new("value", Kind::Text),
                        ]),
                    ),
                    Arg::new("used", Kind::Token).token("USED"),
                ]),
            ),
        ],
        reply: "string | integer | null",
        ..Spec::new("arop")
    },
    run: arop,
};

/// What is done.
#[derive(Clone, Copy)]
enum Operation<'a> {
    Used,
    Match(&'a [u8]),
    /// Of numbers.
    Sum,
    Least(Ordering),
    /// Of integers.
    Bits(fn(i64, i64) -> i64),
}

fn operation<'a>(ctx: &Context<'a, '_>) -> Result<Operation<'a>, Error> {
    let operation = match ctx.args[4].to_ascii_uppercase().as_slice() {
        b"SUM" => Operation::Sum,
        b"MIN" => Operation::Least(Ordering::Less),
        b"MAX" => Operation::Least(Ordering::Greater),
        b"AND" => Operation::Bits(|a, b| a & b),
        b"OR" => Operation::Bits(|a, b| a | b),
        b"XOR" => Operation::Bits(|a, b| a ^ b),
        b"USED" => Operation::Used,
        b"MATCH" if ctx.args.len() == 6 => return Ok(Operation::Match(ctx.args[5])),
        b"MATCH" => return Err(Error::fixed("ERR MATCH requires a value argument")),
        _ => return Err(Error::fixed("ERR unknown operation")),
    };
    if ctx.args.len() == 5 { Ok(operation) } else { Err(Error::arity(ctx.spec.name)) }
}

fn arop(ctx: &mut Context) -> Result<(), Error> {
    let (start, end) = (index_of(ctx.args[2])?, index_of(ctx.args[3])?);
    let operation = operation(ctx)?;
    let entry = ctx.db.read(ctx.args[1]);
    let array = entry.as_ref().map(|entry| array_of(entry)).transpose()?;
    let each = |take: &mut dyn FnMut(&Word)| {
        let Some(array): Option<&Array> = array else { return };
        array.walk(start, end, |_, word| {
            take(word);
            ControlFlow::Continue(())
        });
    };
    match operation {
        Operation::Used => {
            let mut count = 0;
            each(&mut |_| count += 1);
            ctx.reply.integer(count);
        }
        Operation::Match(text) => {
            let mut count = 0;
            each(&mut |word| count += i64::from(word.text(&mut WordText::default()) == text));
            ctx.reply.integer(count);
        }
        Operation::Bits(combine) => {
            let mut all = None;
            each(&mut |word| {
                let Some(n) = truncated(word) else { return };
                all = Some(all.map_or(n, |all| combine(all, n)));
            });
            match all {
                Some(all) => ctx.reply.integer(all),
                None => ctx.reply.null(),
            }
        }
        Operation::Sum | Operation::Least(_) => {
            let mut all: Option<LongDouble> = None;
            each(&mut |word| {
                let Some(n) = number(word) else { return };
                all = Some(match (all, operation) {
                    (None, _) => n,
                    (Some(all), Operation::Least(order)) if n.compare(all) == Some(order) => n,
                    (Some(all), Operation::Least(_)) => all,
                    (Some(all), _) => all.plus(n),
                });
            });
            match all {
                Some(all) => ctx.reply.bulk(&all.text_general()),
                None => ctx.reply.null(),
            }
        }
    }
    Ok(())
}

/// The value as a number.
fn number(word: &Word) -> Option<LongDouble> {
    match word.as_integer() {
        Some(n) => Some(LongDouble::from_i64(n)),
        None => LongDouble::parse(word.text(&mut WordText::default())),
    }
}

/// The value as an integer, without what stands behind the point.
fn truncated(word: &Word) -> Option<i64> {
    if let Some(n) = word.as_integer() {
        return Some(n);
    }
    let mut space = WordText::default();
    let text = word.text(&mut space);
    parse_i64(text).or_else(|| LongDouble::parse(text)?.to_i64())
}
