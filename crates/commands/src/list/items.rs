//! Items: a list of either encoding, read and changed, and when it goes from one encoding to the other.
//!
//! A list begins as one listpack and becomes a quicklist as soon as it would pass `list-max-listpack-size`; it becomes a
//! listpack again once it has shrunk to a single node of at most half that size, so that a list at the limit does not go
//! back and forth.

use crate::prelude::*;
use crate::settings::Settings;
use hematite_keyspace::{EntryMut, Value};
use hematite_structures::listpack::{Element, Listpack};
use hematite_structures::loose::LooseBox;
use hematite_structures::quicklist::{Direction, Fill, Quicklist};
use std::ops::ControlFlow;

/// An end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Left,
    Right,
}

impl End {
    /// LEFT or RIGHT, in any case.
    pub fn parse(word: &[u8]) -> Result<End, Error> {
        match word {
            word if word.eq_ignore_ascii_case(b"left") => Ok(End::Left),
            word if word.eq_ignore_ascii_case(b"right") => Ok(End::Right),
            _ => Err(Error::Syntax),
        }
    }
    /// The argument that names it.
    pub fn word(self) -> &'static [u8] {
        match self {
            End::Left => b"LEFT",
            End::Right => b"RIGHT",
        }
    }
    /// The command that pops there.
    pub fn pop_command(self) -> &'static [u8] {
        match self {
            End::Left => b"LPOP",
            End::Right => b"RPOP",
        }
    }
    /// The event of a push.
    pub fn pushed(self) -> &'static str {
        match self {
            End::Left => "lpush",
            End::Right => "rpush",
        }
    }
    /// The event of a pop.
    pub fn popped(self) -> &'static str {
        match self {
            End::Left => "lpop",
            End::Right => "rpop",
        }
    }
}

/// A list to be read.
#[derive(Clone, Copy)]
pub(crate) enum ListRef<'a> {
    Packed(&'a Listpack),
    Quick(&'a Quicklist),
}

impl<'a> ListRef<'a> {
    /// The list that an entry holds.
    #[inline]
    pub fn of(entry: &'a Entry) -> Result<ListRef<'a>, Error> {
        match entry.body() {
            Body::Value(value) => ListRef::of_value(value),
            _ => Err(Error::WrongType),
        }
    }
    #[inline]
    pub(super) fn of_value(value: &'a Value) -> Result<ListRef<'a>, Error> {
        match value {
            Value::ListPacked(pack) => Ok(ListRef::Packed(pack)),
            Value::List(list) => Ok(ListRef::Quick(list)),
            _ => Err(Error::WrongType),
        }
    }
    /// Number of elements.
    #[inline]
    pub fn len(self) -> usize {
        match self {
            ListRef::Packed(pack) => pack.len(),
            ListRef::Quick(list) => list.len(),
        }
    }
    /// Calls `read` with the element at `index`, counted from the end if negative.
    pub fn get<R>(self, index: i64, read: impl FnOnce(Element<'_>) -> R) -> Option<R> {
        match self {
            ListRef::Packed(pack) => pack.get(index).map(read),
            ListRef::Quick(list) => list.get(index, read),
        }
    }
    /// Calls `each` with up to `count` elements from `index` on, until it breaks.
    #[inline]
    pub fn for_each(
        self,
        index: usize,
        count: usize,
        direction: Direction,
        mut each: impl FnMut(Element<'_>) -> ControlFlow<()>,
    ) {
        let pack = match self {
            ListRef::Quick(list) => {
                let _ = list.for_each(index, count, direction, each);
                return;
            }
            ListRef::Packed(pack) => pack,
        };
        let Some(from) = pack.seek(index as i64) else { return };
        let _ = match direction {
            Direction::Forward => pack.iter_from(from).take(count).try_for_each(&mut each),
            Direction::Backward => {
                let beyond = pack.next(from).map_or_else(|| pack.iter(), |beyond| pack.iter_until(beyond));
                beyond.rev().take(count).try_for_each(&mut each)
            }
        };
    }
}

/// The list that an entry holds, to be changed.
#[inline]
pub(super) fn list_mut<'e>(entry: &'e mut EntryMut<'_>) -> Result<&'e mut Value, Error> {
    match entry.value_mut() {
        Some(value @ (Value::ListPacked(_) | Value::List(_))) => Ok(value),
        _ => Err(Error::WrongType),
    }
}

/// A list without elements, which must not stay under a key.
pub(super) fn empty() -> Value {
    Value::ListPacked(Listpack::new())
}

/// Number of elements.
#[inline]
pub(super) fn len(value: &Value) -> usize {
    ListRef::of_value(value).map_or(0, ListRef::len)
}

/// Before `count` elements of `bytes` in all are added: makes a quicklist of a listpack that would pass the limit.
#[inline]
pub(super) fn grow(value: &mut Value, bytes: usize, count: usize, settings: &Settings) {
    if let Value::ListPacked(pack) = value
        && Fill::new(settings.list_listpack_size)
            .is_exceeded(pack.bytes().saturating_add(bytes), pack.len() + count)
    {
        let list = Quicklist::from_listpack(std::mem::take(pack), settings.quicklist());
        *value = Value::List(LooseBox::new(list));
    }
}

/// After elements went: makes a listpack of a quicklist that has become small.
#[inline]
pub(super) fn shrink(value: &mut Value, settings: &Settings) {
    let Value::List(list) = value else { return };
    let Some(pack) = list.single_listpack() else { return };
    let (bytes_max, count_max) = Fill::new(settings.list_listpack_size).limits();
    if pack.bytes() > bytes_max / 2 || list.len() > count_max / 2 {
        return;
    }
    let list = std::mem::replace(&mut **list, Quicklist::new(settings.quicklist()));
    *value = match list.into_listpack() {
        Ok(pack) => Value::ListPacked(pack),
        Err(list) => Value::List(LooseBox::new(list)),
    };
}

/// Adds an element at an end; [`grow`] has made room.
#[inline]
pub(super) fn push(value: &mut Value, end: End, element: &[u8]) {
    match (value, end) {
        // A listpack below the limit is far from the size that it cannot have.
        (Value::ListPacked(pack), End::Left) => {
            let _ = pack.push_front(element);
        }
        (Value::ListPacked(pack), End::Right) => {
            let _ = pack.push_back(element);
        }
        (Value::List(list), End::Left) => list.push_front(element),
        (Value::List(list), End::Right) => list.push_back(element),
        _ => {}
    }
}

/// Removes the element at an end after calling `read` with it.
#[inline]
pub(super) fn pop<R>(value: &mut Value, end: End, read: impl FnOnce(Element<'_>) -> R) -> Option<R> {
    match (value, end) {
        (Value::ListPacked(pack), _) => {
            let at = if end == End::Left { pack.first() } else { pack.last() }?;
            let answer = read(pack.element(at));
            pack.delete(at);
            Some(answer)
        }
        (Value::List(list), End::Left) => list.pop_front(read),
        (Value::List(list), End::Right) => list.pop_back(read),
        _ => None,
    }
}

/// Removes `count` elements from `start` on.
pub(super) fn delete_range(value: &mut Value, start: usize, count: usize) {
    match value {
        Value::ListPacked(pack) if count > 0 => {
            pack.delete_range(start as i64, count);
        }
        Value::List(list) => {
            list.delete_range(start, count);
        }
        _ => {}
    }
}

/// Records that `count` elements were popped at an end, and deletes the list if it `is_empty`.
pub(super) fn record_popped(ctx: &mut Context, key: &[u8], end: End, count: usize, is_empty: bool) {
    ctx.db.changed(Class::LIST, end.popped(), key);
    ctx.db.effects.dirty += count.saturating_sub(1) as u64;
    if is_empty {
        ctx.db.delete(key, false);
        ctx.db.also_changed(Class::GENERIC, "del", key);
    }
}
