//! DEBUG POPULATE: many strings at once.

use crate::commands::prelude::*;
use hematite_base::number::parse_i64;
use hematite_keyspace::{Expiry, Scope};

/// Creates `count` keys `prefix:0`, `prefix:1`, ... where they are not there yet.
pub(super) fn run(call: &mut Call, count: &[u8], rest: &[&[u8]]) -> Result<(), Error> {
    let positive = |text: &[u8]| parse_i64(text).filter(|n| *n >= 0).ok_or(Error::NotPositive);
    let count = positive(count)?;
    let prefix = rest.first().copied().unwrap_or(b"key");
    let size = rest.get(1).map(|size| positive(size)).transpose()?.unwrap_or(0);
    let size = usize::try_from(size).map_err(|_| Error::NotPositive)?;
    if size as u64 > call.local.settings.bulk_bytes_max {
        return Err(Error::TooLong);
    }
    let (shared, db, now_ms) = (call.shared, call.session.db, call.now.unix_ms);
    let mut key = Vec::new();
    for n in 0..count {
        key.clear();
        key.extend_from_slice(prefix);
        key.extend_from_slice(format!(":{n}").as_bytes());
        let mut value = format!("value:{n}").into_bytes();
        if size > 0 {
            value.resize(size, 0);
        }
        let scope = Scope::Key(&key, shared.keyspace.hash(&key));
        let mut view = shared.keyspace.view(scope, db, now_ms, &mut call.local.effects);
        if !view.exists(&key) {
            view.set_string(&key, &value, Expiry::Never);
        }
        drop(view);
        call.local.effects.clear();
    }
    call.reply.ok();
    Ok(())
}
