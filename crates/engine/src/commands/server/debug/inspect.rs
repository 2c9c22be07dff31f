//! DEBUG OBJECT, SDSLEN, LISTPACK, QUICKLIST, HTSTATS, STRUCTSIZE: how things are kept.

use crate::commands::prelude::*;
use crate::session::Session;
use hematite_base::number::parse_i64;
use hematite_keyspace::{Body, Entry, EntryExt, Scope, Value};

/// Calls `f` with the entry of a key.
fn with_entry<R>(call: &mut Call, key: &[u8], f: impl FnOnce(&Entry) -> R) -> Result<R, Error> {
    let (shared, db, now_ms) = (call.shared, call.session.db, call.now.unix_ms);
    let scope = Scope::Key(key, shared.keyspace.hash(key));
    let mut view = shared.keyspace.view(scope, db, now_ms, &mut call.local.effects);
    view.peek(key).map(|entry| f(&entry)).ok_or(Error::NoSuchKey)
}

/// Bytes of the value in an RDB file, by its plainest encoding: a length and the bytes, or an integer.
fn serialized_bytes(entry: &Entry) -> usize {
    let length = |n: usize| match n {
        0..=63 => 1,
        64..=16383 => 2,
        _ => 5,
    };
    match entry.body() {
        Body::Integer(n) if i8::try_from(n).is_ok() => 2,
        Body::Integer(n) if i16::try_from(n).is_ok() => 3,
        Body::Integer(n) if i32::try_from(n).is_ok() => 5,
        Body::Integer(n) => 1 + n.to_string().len(),
        Body::Bytes(bytes) => length(bytes.len()) + bytes.len(),
        Body::Value(Value::Text(text)) => length(text.len()) + text.len(),
        Body::Value(value) => value.heap_bytes(),
    }
}

pub(super) fn object(call: &mut Call, key: &[u8]) -> Result<(), Error> {
    let now_s = (call.now.unix_ms / 1000) & 0x00ff_ffff;
    let text = with_entry(call, key, |entry| {
        let used = i64::from(entry.stamp());
        format!(
            "Value at:{:p} refcount:1 encoding:{} serializedlength:{} lru:{used} lru_seconds_idle:{}",
            entry.name().as_ptr(),
            entry.encoding(),
            serialized_bytes(entry),
            (now_s - used).rem_euclid(1 << 24),
        )
    })?;
    call.reply.simple(&text);
    Ok(())
}

pub(super) fn string_lengths(call: &mut Call, key: &[u8]) -> Result<(), Error> {
    let text = with_entry(call, key, |entry| {
        let (value, room) = match entry.body() {
            Body::Bytes(bytes) => (bytes.len(), 0),
            Body::Value(Value::Text(text)) => (text.len(), text.capacity() - text.len()),
            _ => return Err(Error::fixed("ERR Not an sds encoded string.")),
        };
        let name = entry.name().len();
        Ok(format!(
            "key_sds_len:{name}, key_sds_avail:0, key_zmalloc: {name}, val_sds_len:{value}, val_sds_avail:{room}, val_zmalloc: {}",
            value + room
        ))
    })??;
    call.reply.simple(&text);
    Ok(())
}

pub(super) fn listpack(call: &mut Call, key: &[u8]) -> Result<(), Error> {
    if with_entry(call, key, EntryExt::encoding)? != "listpack" {
        return Err(Error::fixed("ERR Not a listpack encoded object."));
    }
    call.reply.simple("Listpack structure printed on stdout");
    Ok(())
}

pub(super) fn quicklist(call: &mut Call, key: &[u8]) -> Result<(), Error> {
    if with_entry(call, key, EntryExt::encoding)? != "quicklist" {
        return Err(Error::fixed("ERR Not a quicklist encoded object."));
    }
    call.reply.simple("Quicklist structure printed on stdout");
    Ok(())
}

/// A table's figures in the words of the reference.
fn table_text(elements: usize, bytes: usize) -> String {
    if elements == 0 {
        return "Hash table 0 stats (main hash table):\nNo stats available for empty dictionaries\n".into();
    }
    format!(
        "Hash table 0 stats (main hash table):\n table bytes: {bytes}\n number of elements: {elements}\n bytes per element: {:.2}\n",
        bytes as f64 / elements as f64
    )
}

pub(super) fn table(call: &mut Call, db: &[u8]) -> Result<(), Error> {
    let db = parse_i64(db).ok_or(Error::NotInteger)?;
    let keyspace = &call.shared.keyspace;
    let db = usize::try_from(db).ok().filter(|db| *db < keyspace.databases());
    let db = db.ok_or(Error::fixed("ERR Out of range database"))?;
    let census = keyspace.census(db, call.now.unix_ms);
    let text = format!(
        "[Dictionary HT]\n{}[Expires HT]\n{}",
        table_text(census.keys, census.table_bytes),
        table_text(census.expires, census.expires_table_bytes)
    );
    call.reply.verbatim(b"txt", text.as_bytes());
    Ok(())
}

pub(super) fn table_of_key(call: &mut Call, key: &[u8]) -> Result<(), Error> {
    let text = with_entry(call, key, |entry| match entry.body() {
        Body::Value(Value::SortedSet(set)) => Some(table_text(set.len(), set.heap_bytes())),
        _ => None,
    })?;
    let text = text.ok_or(Error::fixed(
        "ERR The value stored at the specified key is not represented using an hash table",
    ))?;
    call.reply.verbatim(b"txt", text.as_bytes());
    Ok(())
}

pub(super) fn sizes(call: &mut Call) {
    let text = format!(
        "bits:{} robj:{} dictentry:{} client:{} ",
        usize::BITS,
        size_of::<Value>(),
        size_of::<Entry>(),
        size_of::<Session>()
    );
    call.reply.bulk(text.as_bytes());
}
