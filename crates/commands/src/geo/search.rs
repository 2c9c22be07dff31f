//! Search: finds the points of a shape, and replies with them or stores them.

use super::partial_sort::sort_first;
use super::request::{Order, Request, Variant};
use super::shape::Shape;
use super::{Point, cell, reply_distance, reply_point};
use crate::element::ElementReply;
use crate::keys::find_keys;
use crate::prelude::*;
use crate::sorted_set::{limits, store};
use hematite_keyspace::sorted_set::{ScoreBound, SortedSetRef, assemble};
use hematite_structures::listpack::Element;

/// A point that was found.
#[derive(Clone, Copy)]
struct Found<'a> {
    member: Element<'a>,
    score: f64,
    /// Metres from the centre.
    distance: f64,
    point: Point,
}

/// Runs a search over the set at argument `source`.
pub(super) fn run(ctx: &mut Context, variant: Variant, source: usize, may_store: bool) -> Result<(), Error> {
    let (limits, hasher) = (limits(ctx.settings), ctx.db.hasher());
    let entry = ctx.db.read(ctx.args[source]);
    let set = entry.as_ref().map(|entry| SortedSetRef::of(entry)).transpose()?;
    let request = Request::parse(ctx.args, variant, set, may_store)?;
    let mut found = match (set, &request.shape) {
        (Some(set), Some(shape)) => collect(set, shape, if request.any { request.count } else { u64::MAX }),
        _ => Vec::new(),
    };
    arrange(&mut found, &request);
    let Some(to) = request.store else {
        reply(&mut ctx.reply, &found, &request);
        return Ok(());
    };
    let scores = || {
        let score = |found: &Found<'_>| {
            if request.store_distance { found.distance / request.metres } else { found.score }
        };
        found.iter().map(move |found| (found.member, score(found)))
    };
    let value = (!found.is_empty()).then(|| assemble(scores, limits, hasher));
    let count = found.len();
    if !is_named(ctx, to) {
        return Err(Error::Syntax);
    }
    let is_search = variant == Variant::SearchStore;
    store(ctx, to, value, count, if is_search { "geosearchstore" } else { "georadiusstore" });
    ctx.db.effects.dirty += (count as u64).saturating_sub(1);
    Ok(())
}

/// Whether the key specs find this key: of several STORE options they see the first, and its key alone is locked.
fn is_named(ctx: &Context, key: &[u8]) -> bool {
    let mut keys = Vec::new();
    find_keys(ctx.spec, ctx.args, &mut keys).is_ok() && keys.iter().any(|found| ctx.args[found.at] == key)
}

/// The points of the shape in the order of its cells, `limit` at most.
fn collect<'a>(set: SortedSetRef<'a>, shape: &Shape, limit: u64) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    for cell in shape.cells() {
        let (min, max) = cell.scores();
        for (member, score) in
            set.range(set.score_ranks(ScoreBound::Included(min), ScoreBound::Excluded(max)))
        {
            let point = cell::locate(score);
            if let Some(distance) = shape.distance_within(point) {
                found.push(Found { member, score, distance, point });
                if found.len() as u64 >= limit {
                    return found;
                }
            }
        }
    }
    found
}

/// Sorts and cuts off as asked; equals keep the order in which they were found, if all are asked for.
fn arrange(found: &mut Vec<Found<'_>>, request: &Request<'_>) {
    let count = match request.count {
        0 => found.len(),
        count => found.len().min(usize::try_from(count).unwrap_or(usize::MAX)),
    };
    let Some(order) = request.order else { return found.truncate(count) };
    if count == 0 {
        return found.clear();
    }
    let mut places: Vec<u32> = (0..found.len() as u32).collect();
    let compare = |a: &u32, b: &u32| {
        let by_distance = found[*a as usize].distance.total_cmp(&found[*b as usize].distance);
        if order == Order::Descending { by_distance.reverse() } else { by_distance }
    };
    if count < places.len() {
        sort_first(&mut places, count, &compare);
        places.truncate(count);
    } else {
        places.sort_by(compare);
    }
    *found = places.into_iter().map(|place| found[place as usize]).collect();
}

fn reply(reply: &mut hematite_resp::Encoder, found: &[Found<'_>], request: &Request<'_>) {
    let extras = [request.with_distance, request.with_hash, request.with_point];
    let extras = extras.iter().filter(|extra| **extra).count();
    reply.array(found.len());
    for found in found {
        if extras > 0 {
            reply.array(1 + extras);
        }
        reply.element(found.member);
        if request.with_distance {
            reply_distance(reply, found.distance / request.metres);
        }
        if request.with_hash {
            reply.integer(found.score as i64);
        }
        if request.with_point {
            reply_point(reply, found.point);
        }
    }
}
