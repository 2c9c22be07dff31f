//! DEBUG RELOAD: everything becomes an RDB file in memory, and is loaded from it.

use crate::commands::prelude::*;
use crate::rdb_file::Keep;

/// Saves and loads. Of the options, MERGE and NOFLUSH change nothing: what is loaded is what is there.
pub(super) fn run(call: &mut Call, options: &[&[u8]]) -> Result<(), Error> {
    for option in options {
        if option.eq_ignore_ascii_case(b"nosave") {
            return Err(Error::fixed(
                "ERR DEBUG RELOAD goes through memory: without saving there is nothing to load",
            ));
        }
        if !option.eq_ignore_ascii_case(b"merge") && !option.eq_ignore_ascii_case(b"noflush") {
            return Err(Error::fixed(
                "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
            ));
        }
    }
    let (shared, now) = (call.shared, call.now);
    let file = shared.save_rdb(now);
    // As after FLUSHALL: who watches a key that was there finds it touched.
    (0..shared.keyspace.databases()).for_each(|db| call.touch_where(db, &|here, key| here(db, key)));
    match shared.load_rdb(&mut &file[..], now, Keep::Nothing) {
        Ok(_) => {
            call.reply.ok();
            Ok(())
        }
        Err(error) => {
            Err(Error::Bytes(format!("ERR Error trying to load the RDB dump, {error}").into_bytes()))
        }
    }
}
