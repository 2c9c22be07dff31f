//! The array family: values at the indices 0 to 2^64 - 2, most of which may be empty.
//!
//! An array is created by what writes to it and is gone with its last value. Beside its values it has a cursor, the index of the
//! value that ARINSERT or ARRING wrote last. All indices of a command are looked at before anything is written.

mod aggregate;
mod append;
mod delete;
mod figures;
mod get;
mod grep;
mod scan;
mod set;
#[cfg(test)]
mod tests;

use crate::context::Context;
use crate::error::Error;
use crate::spec::{Begin, Find, KeyFlags, KeySpec, Row};
use hematite_base::number::parse_u64_as_c;
use hematite_keyspace::{Body, Entry, NewBody, Value};
use hematite_resp::Encoder;
use hematite_structures::array::{Array, INDEX_MAX, Word, WordText};
use hematite_structures::loose::LooseBox;

/// The family's rows.
pub const ROWS: &[Row] = &[
    figures::ARCOUNT,
    delete::ARDEL,
    delete::ARDELRANGE,
    get::ARGET,
    get::ARGETRANGE,
    grep::ARGREP,
    figures::ARINFO,
    append::ARINSERT,
    get::ARLASTITEMS,
    figures::ARLEN,
    get::ARMGET,
    set::ARMSET,
    figures::ARNEXT,
    aggregate::AROP,
    append::ARRING,
    scan::ARSCAN,
    append::ARSEEK,
    set::ARSET,
];

/// One key, whose values are read.
const READS: &[KeySpec] = &[key_spec(KeyFlags::RO.or(KeyFlags::ACCESS))];
/// One key, whose values are changed.
const UPDATES: &[KeySpec] = &[key_spec(KeyFlags::RW.or(KeyFlags::UPDATE))];
/// One key, whose values are deleted.
const DELETES: &[KeySpec] = &[key_spec(KeyFlags::RW.or(KeyFlags::DELETE))];

const fn key_spec(flags: KeyFlags) -> KeySpec {
    KeySpec { begin: Begin::Index(1), find: Find::Range { last: 0, step: 1, limit: 0 }, flags, notes: "" }
}

/// Most replies of a command that answers with what is not there.
const REPLIES_MAX: u64 = 1_000_000;

const INVALID_INDEX: Error = Error::fixed("ERR invalid array index");

/// An index, as the reference reads it.
fn index_of(text: &[u8]) -> Result<u64, Error> {
    parse_u64_as_c(text).filter(|index| *index <= INDEX_MAX).ok_or(INVALID_INDEX)
}

/// A number that must be positive.
fn limit(ctx: &Context, at: usize) -> Result<u64, Error> {
    let limit = u64::try_from(ctx.integer(at)?).unwrap_or(0);
    if limit == 0 { Err(Error::fixed("ERR LIMIT must be positive")) } else { Ok(limit) }
}

/// The array that an entry holds.
fn array_of(entry: &Entry) -> Result<&Array, Error> {
    match entry.body() {
        Body::Value(Value::Array(array)) => Ok(array),
        _ => Err(Error::WrongType),
    }
}

/// The same, to be changed.
fn array_mut(entry: &mut Entry) -> Result<&mut Array, Error> {
    match entry.value_mut() {
        Some(Value::Array(array)) => Ok(array),
        _ => Err(Error::WrongType),
    }
}

/// Changes the array of the key of the command, which is made if it is not there.
fn change<R>(ctx: &mut Context, change: impl FnOnce(&mut Array) -> Result<R, Error>) -> Result<R, Error> {
    let key = ctx.args[1];
    if let Some(mut entry) = ctx.db.write(key) {
        return change(array_mut(&mut entry)?);
    }
    let mut array = Array::new(ctx.settings.array_shape());
    let result = change(&mut array)?;
    ctx.db.add(Entry::new(key, None, NewBody::Value(Value::Array(LooseBox::new(array)))));
    Ok(result)
}

/// Replies with a value.
fn reply_with(reply: &mut Encoder, word: &Word) {
    reply.bulk(word.text(&mut WordText::default()));
}

/// Replies with a value, or null.
fn reply_with_found(reply: &mut Encoder, word: Option<&Word>) {
    match word {
        Some(word) => reply_with(reply, word),
        None => reply.null(),
    }
}

/// Replies with an index and its value.
fn reply_with_pair(reply: &mut Encoder, index: u64, word: &Word) {
    reply.array(2);
    reply.unsigned(index);
    reply_with(reply, word);
}
