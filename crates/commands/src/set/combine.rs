//! Combining sets: intersection, difference and union of any encodings, without a set in between.
//!
//! Where all sets are tables, look-ups go in batches, so that their cache misses overlap; tables share one hash function
//! and are walked in the order of hashes, so the buckets that they touch are nearly in order, too.

use super::set_of;
use crate::context::Context;
use crate::error::Error;
use hematite_keyspace::{Class, Entry, Expiry, NewBody, Ref, SetRef, Value, View};
use hematite_structures::intset::Intset;
use hematite_structures::listpack::{DecimalBuffer, Element};
use hematite_structures::text_set::{BATCH, TextSet};
use std::ops::ControlFlow;

/// The entries of several keys, read side by side; None where a key is not there.
pub(super) struct Sets<'v>(Vec<Option<Ref<'v, Entry>>>);

/// Looks at all keys, in order: expiry, statistics, and that each is a set.
pub(super) fn check(ctx: &mut Context, keys: &[&[u8]]) -> Result<(), Error> {
    for key in keys {
        if let Some(entry) = ctx.db.read(key) {
            set_of(&entry)?;
        }
    }
    Ok(())
}

impl<'v> Sets<'v> {
    /// The sets of keys that were checked.
    pub fn of(db: &'v View<'_>, keys: &[&[u8]]) -> Sets<'v> {
        Sets(keys.iter().map(|key| db.found(key)).collect())
    }
    /// The sets in the order of the keys.
    pub fn all(&self) -> Vec<Option<SetRef<'_>>> {
        self.0.iter().map(|entry| entry.as_ref().and_then(|entry| set_of(entry).ok())).collect()
    }
}

/// Calls `f` for the members of `first` that are in all of `others` if `wanted`, else for those that are in none.
pub(super) fn filter(
    first: SetRef<'_>,
    others: &[SetRef<'_>],
    wanted: bool,
    mut f: impl FnMut(Element<'_>) -> ControlFlow<()>,
) {
    let tables: Option<Vec<&TextSet>> =
        others.iter().map(|set| if let SetRef::Table(table) = set { Some(*table) } else { None }).collect();
    if let (SetRef::Table(first), Some(others @ [_, ..])) = (first, tables.as_deref()) {
        return filter_tables(first, others, wanted, f);
    }
    for member in first.iter() {
        if others.iter().all(|set| set.contains_element(member) == wanted) && f(member).is_break() {
            return;
        }
    }
}

fn filter_tables(
    first: &TextSet,
    others: &[&TextSet],
    wanted: bool,
    mut f: impl FnMut(Element<'_>) -> ControlFlow<()>,
) {
    let mut members = first.iter();
    let mut probes = Vec::with_capacity(BATCH);
    loop {
        probes.clear();
        probes.extend(members.by_ref().take(BATCH).map(|member| first.probe(member)));
        if probes.is_empty() {
            return;
        }
        for other in others {
            other.retain_contained(&mut probes, wanted);
        }
        for probe in &probes {
            if f(Element::Bytes(probe.member())).is_break() {
                return;
            }
        }
    }
}

/// Calls `f` for the members of all sets, each once; `f` may see the integers of intsets in any order.
pub(super) fn unite(sets: &[SetRef<'_>], mut f: impl FnMut(Element<'_>)) {
    let intsets: Option<Vec<&Intset>> =
        sets.iter().map(|set| if let SetRef::Intset(set) = set { Some(*set) } else { None }).collect();
    // The reference gathers integers in an intset, which gives them in ascending order.
    if let Some(intsets) = intsets {
        let mut integers: Vec<i64> = intsets.iter().flat_map(|set| set.iter()).collect();
        integers.sort_unstable();
        integers.dedup();
        return integers.into_iter().for_each(|n| f(Element::Int(n)));
    }
    for (at, set) in sets.iter().enumerate() {
        filter(*set, &sets[..at], false, |member| {
            f(member);
            ControlFlow::Continue(())
        });
    }
}

/// A set that is being built to be stored.
pub(super) struct Building {
    set: Value,
    /// Whether every member so far is an integer.
    is_integers: bool,
}

impl Building {
    /// From an empty set in its first encoding.
    pub fn new(set: Value) -> Building {
        Building { set, is_integers: true }
    }
    /// Adds a member, converting as if by SADD.
    pub fn add(&mut self, ctx: &Context, member: Element<'_>) {
        self.is_integers = self.is_integers && member.as_integer().is_some();
        let mut digits = DecimalBuffer::new();
        let (limits, hasher) = (ctx.settings.set_limits(), ctx.db.hasher());
        self.set.add_member(member.text(&mut digits), &limits, hasher);
    }
    /// Removes a member.
    pub fn remove(&mut self, member: Element<'_>) {
        self.set.remove_member(member.text(&mut DecimalBuffer::new()));
    }
    /// The set; an intset if it could be one and `as_integers`.
    pub fn finish(mut self, ctx: &Context, as_integers: bool) -> Value {
        if as_integers && self.is_integers {
            self.set.set_to_intset(&ctx.settings.set_limits());
        }
        if let Value::SetPacked(pack) = &mut self.set {
            pack.shrink_to_fit();
        }
        self.set
    }
}

/// Stores a set under the destination, or deletes the key if the set is empty; replies with its size.
pub(super) fn store(ctx: &mut Context, set: Value, event: &'static str) -> Result<(), Error> {
    let key = ctx.args[1];
    let len = set.as_set()?.len();
    if len > 0 {
        ctx.db.set(key, NewBody::Value(set), Expiry::Never);
        ctx.db.changed(Class::SET, event, key);
    } else {
        let lazily = ctx.settings.lazy_server_del;
        if ctx.db.delete(key, lazily) {
            ctx.db.changed(Class::GENERIC, "del", key);
        }
    }
    ctx.reply.integer(len as i64);
    Ok(())
}
