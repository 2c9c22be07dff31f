//! The string family.

mod append;
mod arguments;
mod condition;
mod delex;
mod digest;
mod get;
mod getex;
mod getrange;
mod incr;
mod incrbyfloat;
mod increx;
mod lcs;
mod mget;
mod mset;
mod msetex;
mod set;
mod setrange;
mod strlen;

use crate::error::Error;
use crate::spec::Row;

/// The family's rows.
pub const ROWS: &[Row] = &[
    append::APPEND,
    delex::DELEX,
    delex::DELIFEQ,
    digest::DIGEST,
    get::GET,
    get::GETDEL,
    get::GETSET,
    getex::GETEX,
    getrange::GETRANGE,
    getrange::SUBSTR,
    incr::DECR,
    incr::DECRBY,
    incr::INCR,
    incr::INCRBY,
    incrbyfloat::INCRBYFLOAT,
    increx::INCREX,
    lcs::LCS,
    mget::MGET,
    mset::MSET,
    mset::MSETNX,
    msetex::MSETEX,
    set::PSETEX,
    set::SET,
    set::SETEX,
    set::SETNX,
    setrange::SETRANGE,
    strlen::STRLEN,
];

/// The length of a string of `len` bytes with `more` after them, if that is allowed.
pub(crate) fn check_length(len: u64, more: u64, bytes_max: u64) -> Result<u64, Error> {
    len.checked_add(more).filter(|total| *total <= bytes_max).ok_or(Error::TooLong)
}
