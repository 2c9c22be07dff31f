//! ZADD and ZINCRBY: members and their scores.

use super::limits;
use crate::prelude::*;
use hematite_base::number;
use hematite_keyspace::sorted_set::SortedSetMut;
use hematite_structures::listpack::Listpack;
use hematite_structures::loose::LooseBox;
use hematite_structures::sorted_set::SortedSet;
use smallvec::SmallVec;

/// ZADD: see <https://valkey.io/commands/zadd/>.
pub const ZADD: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "1.2.0",
        summary: "Adds one or more members to a sorted set, or updates their scores. Creates the key if it doesn't exist.",
        complexity: "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
        arity: -4,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        history: &[
            ("2.4.0", "Accepts multiple elements."),
            ("3.0.2", "Added the `XX`, `NX`, `CH` and `INCR` options."),
            ("6.2.0", "Added the `GT` and `LT` options."),
        ],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "condition",
                Kind::OneOf(&[
                    Arg::new("nx", Kind::Token).token("NX"),
                    Arg::new("xx", Kind::Token).token("XX"),
                ]),
            )
            .optional()
            .since("3.0.2"),
            Arg::new(
                "comparison",
                Kind::OneOf(&[
                    Arg::new("gt", Kind::Token).token("GT"),
                    Arg::new("lt", Kind::Token).token("LT"),
                ]),
            )
            .optional()
            .since("6.2.0"),
            Arg::new("change", Kind::Token).token("CH").optional().since("3.0.2"),
            Arg::new("increment", Kind::Token).token("INCR").optional().since("3.0.2"),
            Arg::new("data", Kind::Block(&[Arg::new("score", Kind::Double), Arg::new("member", Kind::Text)]))
                .multiple(),
        ],
        reply: "null | integer | double",
        ..Spec::new("zadd")
    },
    run: zadd,
};

/// ZINCRBY: see <https://valkey.io/commands/zincrby/>.
pub const ZINCRBY: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "1.2.0",
        summary: "Increments the score of a member in a sorted set.",
        complexity: "O(log(N)) where N is the number of elements in the sorted set.",
        arity: 4,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("increment", Kind::Integer),
            Arg::new("member", Kind::Text),
        ],
        reply: "double",
        ..Spec::new("zincrby")
    },
    run: zincrby,
};

/// Which members are added or changed, and what is replied.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Condition {
    /// Only members that are not there.
    pub nx: bool,
    /// Only members that are there.
    pub xx: bool,
    /// Members that are there only if their score grows.
    pub gt: bool,
    /// Members that are there only if their score falls.
    pub lt: bool,
    /// Reply with the number of members changed, not only added.
    pub ch: bool,
    /// Add to the score, and reply with it.
    pub incr: bool,
}

/// What became of the members.
#[derive(Default)]
struct Outcome {
    added: u64,
    updated: u64,
    /// The score of the last member that was not left alone.
    score: Option<f64>,
    is_nan: bool,
}

impl Condition {
    /// The new score of a member, if it is to be added or changed.
    #[inline]
    fn decide(self, old: Option<f64>, score: f64, outcome: &mut Outcome) -> Option<f64> {
        let Some(old) = old else {
            if self.xx {
                return None;
            }
            outcome.added += 1;
            outcome.score = Some(score);
            return Some(score);
        };
        if self.nx {
            return None;
        }
        let new = if self.incr { old + score } else { score };
        if new.is_nan() {
            outcome.is_nan = true;
            return None;
        }
        if self.lt && new >= old || self.gt && new <= old {
            return None;
        }
        outcome.score = Some(new);
        outcome.updated += u64::from(new != old);
        Some(new)
    }
}

fn zadd(ctx: &mut Context) -> Result<(), Error> {
    let (condition, from) = parse(ctx)?;
    let pairs = &ctx.args[from..];
    if pairs.len() == 2 {
        let score = number::parse_f64(pairs[0]).ok_or(Error::NotFloat)?;
        return add(ctx, condition, [(score, pairs[1])].into_iter());
    }
    let scores = pairs.chunks_exact(2).map(|pair| number::parse_f64(pair[0]));
    let scores = scores.collect::<Option<SmallVec<[f64; 16]>>>().ok_or(Error::NotFloat)?;
    let members = pairs.chunks_exact(2).map(|pair| pair[1]);
    add(ctx, condition, scores.into_iter().zip(members))
}

fn zincrby(ctx: &mut Context) -> Result<(), Error> {
    let increment = ctx.double(2)?;
    let condition = Condition { incr: true, ..Condition::default() };
    add(ctx, condition, [(increment, ctx.args[3])].into_iter())
}

/// The options, and where the pairs begin.
fn parse(ctx: &Context) -> Result<(Condition, usize), Error> {
    let mut condition = Condition::default();
    let mut at = 2;
    while let Some(&arg) = ctx.args.get(at) {
        let is = |word: &str| arg.eq_ignore_ascii_case(word.as_bytes());
        // Scores are no options; most begin with a digit.
        if !arg.first().is_some_and(u8::is_ascii_alphabetic) {
            break;
        } else if is("nx") {
            condition.nx = true;
        } else if is("xx") {
            condition.xx = true;
        } else if is("ch") {
            condition.ch = true;
        } else if is("incr") {
            condition.incr = true;
        } else if is("gt") {
            condition.gt = true;
        } else if is("lt") {
            condition.lt = true;
        } else {
            break;
        }
        at += 1;
    }
    let count = ctx.args.len() - at;
    let Condition { nx, xx, gt, lt, incr, .. } = condition;
    if count == 0 || !count.is_multiple_of(2) {
        Err(Error::Syntax)
    } else if nx && xx {
        Err(Error::fixed("ERR XX and NX options at the same time are not compatible"))
    } else if nx && (gt || lt) || gt && lt {
        Err(Error::fixed("ERR GT, LT, and/or NX options at the same time are not compatible"))
    } else if incr && count > 2 {
        Err(Error::fixed("ERR INCR option supports a single increment-element pair"))
    } else {
        Ok((condition, at))
    }
}

/// A key that begins with as many members has most likely been written at once, and need not keep room to grow.
const MANY_MEMBERS: u64 = 4;

/// Adds or changes members of the key at argument 1, and replies.
pub(crate) fn add<'a>(
    ctx: &mut Context<'a, '_>,
    condition: Condition,
    pairs: impl ExactSizeIterator<Item = (f64, &'a [u8])>,
) -> Result<(), Error> {
    let key = ctx.args[1];
    let (limits, hasher) = (limits(ctx.settings), ctx.db.hasher());
    let mut outcome = Outcome::default();
    let many = pairs.len() > limits.entries_max;
    let fill = |mut set: SortedSetMut<'_>, outcome: &mut Outcome| {
        for (score, member) in pairs {
            set.upsert(member, limits, hasher, |old| condition.decide(old, score, outcome));
            if outcome.is_nan {
                break;
            }
        }
    };
    if let Some(mut entry) = ctx.db.write(key) {
        let mut set = SortedSetMut::of(&mut entry)?;
        if many {
            set.enlarge(hasher);
        }
        fill(set, &mut outcome);
    } else if !condition.xx {
        let mut value = if many {
            Value::SortedSet(LooseBox::new(SortedSet::new(hasher.clone())))
        } else {
            Value::SortedSetPacked(Listpack::new())
        };
        if let Some(set) = SortedSetMut::of_value(&mut value) {
            fill(set, &mut outcome);
        }
        if outcome.added >= MANY_MEMBERS {
            value.shrink_to_fit();
        }
        ctx.db.add(Entry::new(key, None, NewBody::Value(value)));
    }
    let changes = outcome.added + outcome.updated;
    if changes > 0 {
        super::changed(ctx, if condition.incr { "zincr" } else { "zadd" }, key, changes);
    }
    match outcome {
        Outcome { is_nan: true, .. } => {
            return Err(Error::fixed("ERR resulting score is not a number (NaN)"));
        }
        Outcome { score: Some(score), .. } if condition.incr => ctx.reply.double(score),
        _ if condition.incr => ctx.reply.null(),
        Outcome { added, .. } => ctx.reply.integer(if condition.ch { changes } else { added } as i64),
    }
    Ok(())
}
