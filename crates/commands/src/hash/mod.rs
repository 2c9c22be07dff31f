//! The hash family.

mod arguments;
mod fields;
mod hdel;
mod hexpire;
mod hget;
mod hgetall;
mod hgetdel;
mod hgetex;
mod hincrby;
mod hlen;
mod hpersist;
mod hrandfield;
mod hscan;
mod hset;
mod hsetex;
mod httl;
mod import;
#[cfg(test)]
mod tests;

pub use import::import;

use crate::context::Context;
use crate::error::Error;
use crate::spec::Row;
use hematite_keyspace::{Body, Class, Entry, Found, HashRef, NewBody, Value};
use hematite_structures::text_map::NAME_BYTES_MAX;

/// The family's rows.
pub const ROWS: &[Row] = &[
    hdel::HDEL,
    hexpire::HEXPIRE,
    hexpire::HEXPIREAT,
    hexpire::HPEXPIRE,
    hexpire::HPEXPIREAT,
    hget::HEXISTS,
    hget::HGET,
    hget::HMGET,
    hget::HSTRLEN,
    hgetall::HGETALL,
    hgetall::HKEYS,
    hgetall::HVALS,
    hgetdel::HGETDEL,
    hgetex::HGETEX,
    hincrby::HINCRBY,
    hincrby::HINCRBYFLOAT,
    hlen::HLEN,
    hpersist::HPERSIST,
    hrandfield::HRANDFIELD,
    hscan::HSCAN,
    hset::HMSET,
    hset::HSET,
    hset::HSETNX,
    hsetex::HSETEX,
    httl::HEXPIRETIME,
    httl::HPEXPIRETIME,
    httl::HPTTL,
    httl::HTTL,
];

/// The hash that an entry holds.
#[inline]
fn hash_of(entry: &Entry) -> Result<HashRef<'_>, Error> {
    match entry.body() {
        Body::Value(value) => Ok(value.as_hash()?),
        _ => Err(Error::WrongType),
    }
}

/// The same, to be changed.
#[inline]
fn hash_mut(entry: &mut Entry) -> Result<&mut Value, Error> {
    entry.value_mut().filter(|value| value.as_hash().is_ok()).ok_or(Error::WrongType)
}

/// Gives the hash of a key, to be changed; it is made if it is not there, and then `change` must set a field.
fn change_hash<R>(ctx: &mut Context, key: &[u8], change: impl FnOnce(&mut Value) -> R) -> Result<R, Error> {
    if let Some(mut entry) = ctx.db.write(key) {
        return Ok(change(hash_mut(&mut entry)?));
    }
    let mut hash = Value::new_hash();
    let result = change(&mut hash);
    ctx.db.add(Entry::new(key, None, NewBody::Value(hash)));
    Ok(result)
}

/// Field names have a limit of their own, which no client meets at the usual `proto-max-bulk-len`.
fn check_names<'a>(mut names: impl Iterator<Item = &'a [u8]>) -> Result<(), Error> {
    if names.any(|name| name.len() > NAME_BYTES_MAX) { Err(Error::TooLong) } else { Ok(()) }
}

/// Removes a field whose time is over, before a command that changes it; looks at the key's type, too.
fn expire_before(ctx: &mut Context, key: &[u8], field: &[u8]) -> Result<(), Error> {
    let now_ms = ctx.now_ms();
    let Some(entry) = ctx.db.peek(key) else { return Ok(()) };
    let is_expired = matches!(hash_of(&entry)?.get(field, now_ms), Found::Expired);
    if is_expired {
        ctx.db.expire_field(key, field);
    }
    Ok(())
}

/// Deletes the key of a hash that has lost its last field, with the event.
fn delete_if_empty(ctx: &mut Context, key: &[u8]) -> Result<(), Error> {
    let is_empty = ctx.db.peek(key).map(|entry| hash_of(&entry).map(|hash| hash.is_empty())).transpose()?;
    if is_empty == Some(true) {
        ctx.db.delete(key, false);
        ctx.db.also_changed(Class::GENERIC, "del", key);
    }
    Ok(())
}
