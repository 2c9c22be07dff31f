//! The set family.

mod cardinality;
mod combine;
mod sadd;
mod scard;
mod sdiff;
mod sinter;
mod sismember;
mod smembers;
mod smove;
mod spop;
mod srandmember;
mod srem;
mod sscan;
mod sunion;
#[cfg(test)]
mod tests;

use crate::error::Error;
use crate::spec::Row;
use hematite_keyspace::{Body, Entry, SetRef, Value};

/// The family's rows.
pub const ROWS: &[Row] = &[
    cardinality::SDIFFCARD,
    cardinality::SINTERCARD,
    cardinality::SUNIONCARD,
    sadd::SADD,
    scard::SCARD,
    sdiff::SDIFF,
    sdiff::SDIFFSTORE,
    sinter::SINTER,
    sinter::SINTERSTORE,
    sismember::SISMEMBER,
    sismember::SMISMEMBER,
    smembers::SMEMBERS,
    smove::SMOVE,
    spop::SPOP,
    srandmember::SRANDMEMBER,
    srem::SREM,
    sscan::SSCAN,
    sunion::SUNION,
    sunion::SUNIONSTORE,
];

/// The set that an entry holds.
#[inline]
fn set_of(entry: &Entry) -> Result<SetRef<'_>, Error> {
    match entry.body() {
        Body::Value(value) => Ok(value.as_set()?),
        _ => Err(Error::WrongType),
    }
}

/// The same, to be changed.
#[inline]
fn set_mut(entry: &mut Entry) -> Result<&mut Value, Error> {
    entry.value_mut().filter(|value| value.as_set().is_ok()).ok_or(Error::WrongType)
}
