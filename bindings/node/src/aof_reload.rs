//! DEBUG LOADAOF: the append-only file is written out, read back in the place of what is in memory, and gone on with.

use crate::aof::{failed, policy_of, writer_of};
use crate::aof_loader::{self, NativeAofLoad, NativeAofLoaded};
use crate::clock;
use crate::core::Core;
use crate::engine::NativeEngine;
use hematite_engine::{Arrival, DiskError, Keep};
use hematite_persist::aof::Writer;
use hematite_persist::storage::words;
use napi::Result;
use napi_derive::napi;
use std::sync::Arc;

/// Has the file hold everything, and ends the journal. Nobody executes anything. After an error the journal goes on.
fn detach(core: &Core, writer: &Writer) -> std::result::Result<(), String> {
    let journal = core.engine.journal();
    journal.commit().map_err(|error| error.0.to_string())?;
    let mark = journal.mark();
    writer.finish().map_err(|error| {
        // The thread that tends the journal makes it whole again.
        journal.fail(DiskError::from(&error));
        words(&error)
    })?;
    // Who waits for the file to be synced is answered while there is one.
    if let Some(mark) = mark {
        journal.note_synced(&mark);
    }
    core.engine.serve_durable();
    journal.replace_sink(None).map_err(|error| error.0.to_string())
}

/// Has the journal go to a file. Nothing waits to be written, so nothing can fail.
fn attach(core: &Core, writer: Arc<Writer>) {
    let _ = core.engine.journal().replace_sink(Some(writer.clone()));
    core.aof.lock().writer = Some(writer);
}

#[napi]
impl NativeEngine {
    /// Writes and syncs what waits, loads files in the place of what is in memory, and goes on with the last of them. Whatever
    /// fails leaves what is in memory as it was, and the journal with the file that it had.
    #[napi]
    pub fn aof_reload(&self, load: NativeAofLoad, policy: String) -> Result<NativeAofLoaded> {
        self.refuse_within_command()?;
        let core = self.core();
        let Some(before) = core.aof.lock().writer.clone() else {
            return Err(failed("no append-only file is being written"));
        };
        let aside = core.engine.set_aside(clock::now(), || detach(core, &before)).map_err(failed)?;
        let loaded = aof_loader::run(core, &load);
        let opened = match loaded.fault {
            // Others may have appended to the file.
            None => writer_of(before.file(), policy_of(&policy)).map(Some),
            Some(_) => Ok(None),
        };
        if let Ok(Some(writer)) = opened {
            let arrival = Arrival { keep: Keep::Nothing, keys: loaded.keys as u64, expired: 0 };
            core.engine.end_reload(aside, Some(arrival), || attach(core, writer)).map_err(failed)?;
            return Ok(loaded);
        }
        let _ = before.file().own();
        core.engine.end_reload(aside, None, || attach(core, before.clone())).map_err(failed)?;
        // It may have others wait for the disk in memory again.
        let _ = before.set_policy(policy_of(&policy));
        opened.map(|_| loaded).map_err(|error| failed(words(&error)))
    }
}
