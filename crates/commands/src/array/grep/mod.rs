//! ARGREP: the indices of the values that predicates are true of, with the values if wanted.

mod expression;
mod plan;

use super::{INVALID_INDEX, READS, array_of, index_of, reply_with_pair};
use crate::prelude::*;
use crate::reply::array_around;
use hematite_structures::array::WordText;
use plan::Plan;
use std::ops::ControlFlow;

/// ARGREP: see <https://redis.io/docs/latest/commands/argrep/>.
pub const ARGREP: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Searches array elements in a range using textual predicates.",
        complexity: "O(P * C) where P is the number of visited positions in touched slices and C is the cost of evaluating the predicates on one existing element.",
        arity: -6,
        flags: Flags::READONLY,
        acl: Acl::ARRAY,
        keys: READS,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Text),
            Arg::new("end", Kind::Text),
            Arg::new("predicate", Kind::OneOf(PREDICATES)).multiple(),
            Arg::new("options", Kind::OneOf(OPTIONS)).optional().multiple(),
        ],
        reply: "array<integer> | array<tuple<integer, string>>",
        ..Spec::new("argrep")
    },
    run: argrep,
};

const PREDICATES: &[Arg] = &[
    Arg::new(
        "exact",
        Kind::Block(&[Arg::new("exact", Kind::Token).token("EXACT"), Arg::new("string", Kind::Text)]),
    ),
    Arg::new(
        "match",
        Kind::Block(&[Arg::new("match", Kind::Token).token("MATCH"), Arg::new("string", Kind::Text)]),
    ),
    Arg::new(
        "glob",
        Kind::Block(&[Arg::new("glob", Kind::Token).token("GLOB"), Arg::new("pattern", Kind::Text)]),
    ),
    Arg::new("re", Kind::Block(&[Arg::new("re", Kind::Token).token("RE"), Arg::new("pattern", Kind::Text)])),
];

const OPTIONS: &[Arg] = &[
    Arg::new("and", Kind::Token).token("AND"),
    Arg::new("or", Kind::Token).token("OR"),
    Arg::new("limit", Kind::Integer).token("LIMIT"),
    Arg::new("withvalues", Kind::Token).token("WITHVALUES"),
    Arg::new("nocase", Kind::Token).token("NOCASE"),
];

/// An end of the range; the array's own ends for `-` and `+`.
#[derive(Clone, Copy)]
enum Bound {
    First,
    Last,
    Index(u64),
}

impl Bound {
    fn parse(text: &[u8]) -> Result<Bound, Error> {
        match text {
            b"-" => Ok(Bound::First),
            b"+" => Ok(Bound::Last),
            _ => index_of(text).map(Bound::Index).map_err(|_| INVALID_INDEX),
        }
    }
    fn in_array(self, len: u64) -> u64 {
        match self {
            Bound::First => 0,
            Bound::Last => len - 1,
            Bound::Index(index) => index,
        }
    }
}

fn argrep(ctx: &mut Context) -> Result<(), Error> {
    let (start, end) = (Bound::parse(ctx.args[2])?, Bound::parse(ctx.args[3])?);
    let mut plan = Plan::parse(ctx)?;
    let entry = ctx.db.read(ctx.args[1]);
    let Some(array) = entry.as_ref().map(|entry| array_of(entry)).transpose()? else {
        ctx.reply.array(0);
        return Ok(());
    };
    array_around(&mut ctx.reply, |reply| {
        let mut count = 0;
        array.walk(start.in_array(array.len()), end.in_array(array.len()), |index, word| {
            if !plan.is_true_of(word.text(&mut WordText::default())) {
                return ControlFlow::Continue(());
            }
            if plan.with_values {
                reply_with_pair(reply, index, word)
            } else {
                reply.unsigned(index)
            }
            count += 1;
            if count as u64 == plan.limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        count
    });
    Ok(())
}
