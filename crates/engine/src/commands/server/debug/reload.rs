//! DEBUG RELOAD: everything is saved, and loaded from there: by the snapshot's file, which the control plane knows, or, where
//! there is none and in a transaction, by a file in memory.

use super::host;
use crate::commands::prelude::*;
use crate::rdb_file::Keep;

/// Checks the options, and has it done.
pub(super) fn run(call: &mut Call, options: &[&[u8]]) -> Result<(), Error> {
    let has = |word: &str| options.iter().any(|option| option.eq_ignore_ascii_case(word.as_bytes()));
    let is_known = |option: &[u8]| {
        ["merge", "noflush", "nosave"].iter().any(|word| option.eq_ignore_ascii_case(word.as_bytes()))
    };
    if !options.iter().all(|option| is_known(option)) {
        return Err(Error::fixed("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options."));
    }
    if call.shared.persistence.reloads_by_files() && call.local.nesting == 0 {
        return host::ask(call, "debug|reload");
    }
    if has("nosave") {
        return Err(Error::fixed("ERR without saving there is nothing in memory that could be loaded"));
    }
    match (has("noflush"), has("merge")) {
        (false, _) => by_memory(call, Keep::Nothing),
        (true, false) => by_memory(call, Keep::Everything),
        (true, true) => by_memory(call, Keep::Others),
    }
}

fn by_memory(call: &mut Call, keep: Keep) -> Result<(), Error> {
    let (shared, now) = (call.shared, call.now);
    let file = shared.save_rdb(now);
    // As after FLUSHALL: who watches a key that was there finds it touched.
    (0..shared.keyspace.databases()).for_each(|db| call.touch_where(db, &|here, key| here(db, key)));
    match shared.load_rdb(&mut &file[..], now, keep) {
        Ok(_) => {
            call.reply.ok();
            Ok(())
        }
        Err(error) => {
            Err(Error::Bytes(format!("ERR Error trying to load the RDB dump, {error}").into_bytes()))
        }
    }
}
