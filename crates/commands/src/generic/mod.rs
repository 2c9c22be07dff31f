//! The generic family: commands on keys of any type.

mod copy;
mod del;
mod dump;
mod exists;
mod expire;
mod keys;
mod move_key;
mod object;
mod persist;
mod rename;
mod restore;
pub(crate) mod scan;
mod sort;
mod ttl;
mod type_of;
mod wait;

use crate::context::Context;
use crate::error::Error;
use crate::spec::Row;

/// The family's rows.
pub const ROWS: &[Row] = &[
    copy::COPY,
    del::DEL,
    del::UNLINK,
    dump::DUMP,
    exists::EXISTS,
    exists::TOUCH,
    expire::EXPIRE,
    expire::EXPIREAT,
    expire::PEXPIRE,
    expire::PEXPIREAT,
    keys::KEYS,
    keys::RANDOMKEY,
    move_key::MOVE,
    object::OBJECT,
    object::OBJECT_ENCODING,
    object::OBJECT_FREQ,
    object::OBJECT_HELP,
    object::OBJECT_IDLETIME,
    object::OBJECT_REFCOUNT,
    persist::PERSIST,
    rename::RENAME,
    rename::RENAMENX,
    restore::RESTORE,
    restore::RESTORE_ASKING,
    scan::SCAN,
    sort::SORT,
    sort::SORT_RO,
    ttl::EXPIRETIME,
    ttl::PEXPIRETIME,
    ttl::PTTL,
    ttl::TTL,
    type_of::TYPE,
    wait::WAIT,
];

/// The database that an argument names.
fn database_at(ctx: &Context, at: usize) -> Result<usize, Error> {
    let index = ctx.integer(at)?;
    if i32::try_from(index).is_err() {
        return Err(Error::fixed("ERR value is out of range, value must between -2147483648 and 2147483647"));
    }
    usize::try_from(index).ok().filter(|db| *db < ctx.db.databases()).ok_or(Error::DbIndexOutOfRange)
}
