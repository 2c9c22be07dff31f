//! Combine: unions, intersections and differences of sorted sets and sets.
//!
//! Inputs of unions and intersections are taken from the smallest to the largest, as the reference takes them: sums of
//! doubles depend on the order. A union is collected in the table of the set that it becomes; what intersections and
//! differences find borrows its members from an input.

use super::{Form, limits, store};
use crate::prelude::*;
use hematite_base::hash::Hasher;
use hematite_base::number;
use hematite_keyspace::sorted_set::{Limits, SortedSetRef, assemble, compare};
use hematite_keyspace::{Ref, SetRef};
use hematite_structures::listpack::{DecimalBuffer, Element};
use hematite_structures::loose::LooseBox;
use hematite_structures::sorted_set::{SortedSet, SortedSetBuilder};
use smallvec::SmallVec;

/// What is combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Union,
    Intersection,
    Difference,
}

/// How scores of one member become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aggregate {
    Sum,
    Min,
    Max,
    /// The sum of the weights of the inputs that have the member.
    Count,
}

impl Aggregate {
    /// What an input says of a member.
    #[inline]
    fn weighted(self, score: f64, weight: f64) -> f64 {
        if self == Aggregate::Count { weight } else { score * weight }
    }
    #[inline]
    fn merge(self, old: f64, new: f64) -> f64 {
        match self {
            Aggregate::Sum | Aggregate::Count => not_nan(old + new),
            Aggregate::Min => {
                if new < old {
                    new
                } else {
                    old
                }
            }
            Aggregate::Max => {
                if new > old {
                    new
                } else {
                    old
                }
            }
        }
    }
}

/// Infinities that cancel out are 0.
#[inline]
fn not_nan(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score }
}

/// What is done with the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outlet {
    Reply,
    Store,
    Count,
}

/// `numkeys key [key ...]` and options.
struct Request<'a> {
    keys: &'a [&'a [u8]],
    weights: SmallVec<[f64; 8]>,
    aggregate: Aggregate,
    with_scores: bool,
    limit: u64,
}

/// A collection that takes part.
#[derive(Clone, Copy)]
enum Source<'a> {
    Missing,
    Sorted(SortedSetRef<'a>),
    Set(SetRef<'a>),
}

impl<'a> Source<'a> {
    fn of(entry: &'a Entry) -> Result<Source<'a>, Error> {
        match entry.body() {
            Body::Value(value) => match value.as_set() {
                Ok(set) => Ok(Source::Set(set)),
                Err(_) => Ok(Source::Sorted(SortedSetRef::of(entry)?)),
            },
            _ => Err(Error::WrongType),
        }
    }
    fn len(self) -> u64 {
        match self {
            Source::Missing => 0,
            Source::Sorted(set) => set.len(),
            Source::Set(set) => set.len() as u64,
        }
    }
    /// The score of a member; a set's members have 1.
    fn score(self, member: Element<'_>) -> Option<f64> {
        match self {
            Source::Missing => None,
            Source::Sorted(set) => set.score_of(member),
            Source::Set(set) => set.contains_element(member).then_some(1.0),
        }
    }
    /// Calls `f` for the members until it says false.
    fn each(self, mut f: impl FnMut(Element<'a>, f64) -> bool) {
        match self {
            Source::Missing => true,
            Source::Sorted(set) => set.iter().all(|(member, score)| f(member, score)),
            Source::Set(set) => set.iter().all(|member| f(member, 1.0)),
        };
    }
}

/// A collection with its weight.
struct Input<'a> {
    source: Source<'a>,
    weight: f64,
}

/// Members and scores in order.
enum Combined<'a> {
    Borrowed(Vec<(Element<'a>, f64)>),
    Built(SortedSet),
}

impl Combined<'_> {
    fn len(&self) -> usize {
        match self {
            Combined::Borrowed(members) => members.len(),
            Combined::Built(set) => set.len(),
        }
    }
    fn reply(&self, reply: &mut hematite_resp::Encoder, with_scores: bool) {
        let form = Form::new(with_scores, reply);
        form.head(reply, self.len());
        match self {
            Combined::Borrowed(members) => members.iter().for_each(|(m, s)| form.member(reply, *m, *s)),
            Combined::Built(set) => set.iter().for_each(|(m, s)| form.member(reply, Element::Bytes(m), s)),
        }
    }
    /// The value to store, if there is any member.
    fn into_value(self, limits: Limits, hasher: &Hasher) -> Option<Value> {
        if self.len() == 0 {
            return None;
        }
        Some(match self {
            Combined::Borrowed(members) => assemble(|| members.iter().copied(), limits, hasher),
            Combined::Built(set) if set.len() > limits.entries_max => Value::SortedSet(LooseBox::new(set)),
            Combined::Built(set) if set.iter().any(|(m, _)| m.len() > limits.value_bytes_max) => {
                Value::SortedSet(LooseBox::new(set))
            }
            Combined::Built(set) => assemble(|| SortedSetRef::Large(&set).iter(), limits, hasher),
        })
    }
}

/// Combines what `numkeys key [key ...]` from argument 1 on names, and replies.
pub(super) fn reply(ctx: &mut Context, operation: Operation) -> Result<(), Error> {
    run(ctx, 1, operation, Outlet::Reply)
}

/// Combines what `numkeys key [key ...]` from argument 2 on names, and stores it at argument 1.
pub(super) fn store_at_first(ctx: &mut Context, operation: Operation) -> Result<(), Error> {
    run(ctx, 2, operation, Outlet::Store)
}

/// Counts the intersection of what `numkeys key [key ...]` from argument 1 on names.
pub(super) fn count(ctx: &mut Context) -> Result<(), Error> {
    run(ctx, 1, Operation::Intersection, Outlet::Count)
}

fn run(ctx: &mut Context, at: usize, operation: Operation, outlet: Outlet) -> Result<(), Error> {
    let request = parse(ctx, at, operation, outlet)?;
    let Some((value, count)) = answer(ctx, &request, operation, outlet)? else { return Ok(()) };
    let event = match operation {
        Operation::Union => "zunionstore",
        Operation::Intersection => "zinterstore",
        Operation::Difference => "zdiffstore",
    };
    store(ctx, ctx.args[1], value, count, event);
    Ok(())
}

/// Replies, or gives the value to store with the number of its members.
fn answer(
    ctx: &mut Context,
    request: &Request<'_>,
    operation: Operation,
    outlet: Outlet,
) -> Result<Option<(Option<Value>, usize)>, Error> {
    let (limits, hasher) = (limits(ctx.settings), ctx.db.hasher());
    let entries: SmallVec<[Option<Ref<'_, Entry>>; 8]> =
        request.keys.iter().map(|key| ctx.db.found(key)).collect();
    let mut inputs: SmallVec<[Input<'_>; 8]> = SmallVec::new();
    for (entry, &weight) in entries.iter().zip(&request.weights) {
        let source = entry.as_ref().map_or(Ok(Source::Missing), |entry| Source::of(entry))?;
        inputs.push(Input { source, weight });
    }
    if operation != Operation::Difference {
        inputs.sort_by_key(|input| input.source.len());
    }
    if outlet == Outlet::Count {
        let mut count = 0;
        intersect(&inputs, request.aggregate, |_, _| {
            count += 1;
            count != request.limit
        });
        ctx.reply.integer(count as i64);
        return Ok(None);
    }
    let combined = match operation {
        Operation::Union => Combined::Built(unite(&inputs, request.aggregate, hasher)),
        Operation::Intersection => {
            let mut members = Vec::new();
            intersect(&inputs, request.aggregate, |member, score| {
                members.push((member, score));
                true
            });
            sorted(members)
        }
        Operation::Difference => sorted(subtract(&inputs)),
    };
    if outlet == Outlet::Reply {
        combined.reply(&mut ctx.reply, request.with_scores);
        return Ok(None);
    }
    let count = combined.len();
    Ok(Some((combined.into_value(limits, hasher), count)))
}

fn sorted(mut members: Vec<(Element<'_>, f64)>) -> Combined<'_> {
    // Adding 0 makes -0 equal to 0.
    members.sort_unstable_by(|(a, x), (b, y)| (x + 0.0).total_cmp(&(y + 0.0)).then_with(|| compare(*a, *b)));
    Combined::Borrowed(members)
}

fn unite(inputs: &[Input<'_>], aggregate: Aggregate, hasher: &Hasher) -> SortedSet {
    let largest = inputs.iter().map(|input| input.source.len()).max().unwrap_or(0);
    let mut builder = SortedSetBuilder::new(hasher.clone(), largest as usize);
    let mut buffer = DecimalBuffer::new();
    for input in inputs {
        input.source.each(|member, score| {
            let score = not_nan(aggregate.weighted(score, input.weight));
            builder
                .merge(member.text(&mut buffer), |old| old.map_or(score, |old| aggregate.merge(old, score)));
            true
        });
    }
    builder.finish()
}

/// Calls `found` for the members that all inputs have, until it says false.
fn intersect<'a>(
    inputs: &[Input<'a>],
    aggregate: Aggregate,
    mut found: impl FnMut(Element<'a>, f64) -> bool,
) {
    let [smallest, others @ ..] = inputs else { return };
    smallest.source.each(|member, score| {
        let mut merged = not_nan(aggregate.weighted(score, smallest.weight));
        for other in others {
            let Some(score) = other.source.score(member) else { return true };
            merged = aggregate.merge(merged, aggregate.weighted(score, other.weight));
        }
        found(member, merged)
    });
}

/// The members of the first input that no other has.
fn subtract<'a>(inputs: &[Input<'a>]) -> Vec<(Element<'a>, f64)> {
    let mut members = Vec::new();
    if let [first, others @ ..] = inputs {
        first.source.each(|member, score| {
            if others.iter().all(|other| other.source.score(member).is_none()) {
                members.push((member, score));
            }
            true
        });
    }
    members
}

fn parse<'a>(
    ctx: &mut Context<'a, '_>,
    at: usize,
    operation: Operation,
    outlet: Outlet,
) -> Result<Request<'a>, Error> {
    let count = ctx.integer(at)?;
    if count < 1 {
        let text = format!("ERR at least 1 input key is needed for '{}' command", ctx.spec.name);
        return Err(Error::Text(text.into()));
    }
    let rest = &ctx.args[at + 1..];
    let count = usize::try_from(count).ok().filter(|count| *count <= rest.len()).ok_or(Error::Syntax)?;
    let (keys, options) = rest.split_at(count);
    for key in keys {
        if let Some(entry) = ctx.db.read(key) {
            Source::of(&entry)?;
        }
    }
    let mut request = Request {
        keys,
        weights: SmallVec::from_elem(1.0, count),
        aggregate: Aggregate::Sum,
        with_scores: false,
        limit: 0,
    };
    let mut options = options.iter();
    while let Some(word) = options.next() {
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        let has_scores = operation != Operation::Difference && outlet != Outlet::Count;
        if has_scores && options.len() >= count && is("weights") {
            for weight in &mut request.weights {
                let text = options.next().ok_or(Error::Syntax)?;
                *weight = number::parse_f64(text).ok_or(Error::fixed("ERR weight value is not a float"))?;
            }
        } else if has_scores && options.len() >= 1 && is("aggregate") {
            request.aggregate = options.next().and_then(|word| aggregate(word)).ok_or(Error::Syntax)?;
        } else if outlet == Outlet::Reply && is("withscores") {
            request.with_scores = true;
        } else if outlet == Outlet::Count && options.len() >= 1 && is("limit") {
            let limit = options
                .next()
                .and_then(|text| number::parse_i64(text))
                .ok_or(Error::fixed("ERR LIMIT can't be negative"))?;
            request.limit = u64::try_from(limit).map_err(|_| Error::fixed("ERR LIMIT can't be negative"))?;
        } else {
            return Err(Error::Syntax);
        }
    }
    Ok(request)
}

fn aggregate(word: &[u8]) -> Option<Aggregate> {
    let names = [
        ("sum", Aggregate::Sum),
        ("min", Aggregate::Min),
        ("max", Aggregate::Max),
        ("count", Aggregate::Count),
    ];
    names.iter().find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes())).map(|(_, found)| *found)
}
