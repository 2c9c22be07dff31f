//! HIMPORT SET's handler: a whole hash at once. The row is the engine's, since the names of the fields are the session's.

use super::{check_names, hash_of};
use crate::prelude::*;
use hematite_keyspace::Value;

/// Makes the hash under the key at 2 of the fields and values from 3 on, which are complete pairs with names that differ,
/// instead of the hash that was there. The journal, whose reader has no session, gets DEL and HSET.
pub fn import(ctx: &mut Context) -> Result<(), Error> {
    let (key, pairs) = (ctx.args[2], &ctx.args[3..]);
    check_names(pairs.iter().step_by(2).copied())?;
    let is_there = match ctx.db.read(key) {
        Some(entry) => hash_of(&entry).map(|_| true)?,
        None => false,
    };
    let (limits, hasher) = (ctx.settings.hash_limits(), ctx.db.hasher());
    let mut hash = Value::new_hash();
    hash.expect_fields(pairs, &limits, hasher);
    for pair in pairs.chunks_exact(2) {
        hash.set_field(pair[0], pair[1], false, &limits, hasher);
    }
    hash.shrink_to_fit();
    ctx.db.set(key, NewBody::Value(hash), Expiry::Never);
    ctx.db.effects.instead(|| {
        let owned = |parts: &[&[u8]]| parts.iter().map(|part| part.to_vec()).collect::<Vec<_>>();
        let delete = is_there.then(|| owned(&[b"DEL", key]));
        let set = owned(&[&[b"HSET".as_slice(), key], pairs].concat());
        delete.into_iter().chain([set]).collect()
    });
    ctx.db.changed(Class::HASH, "hset", key);
    ctx.reply.ok();
    Ok(())
}
