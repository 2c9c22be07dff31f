//! Scripting: scripts and functions as commands that run other commands.
//!
//! **Nothing here knows a language**: [`interpreter`] is the interface behind which one is. `cache` and `libraries` keep the sources that
//! all workers share, `run` takes a program through the reference's gates and runs it with everything locked, `caller` is what a
//! program sees of the engine while it runs.

use crate::engine::{Engine, Shared};
use std::sync::Arc;

mod cache;
mod caller;
pub mod interpreter;
mod libraries;
mod run;
mod running;
mod shebang;

pub(crate) use cache::Scripts;
pub(crate) use libraries::{Libraries, Policy, load_library, restore_libraries};
pub(crate) use run::{Origin, call_function, load, run};
pub(crate) use running::Running;

/// Takes lines of `redis.log`, with their levels from 0 (debug) to 3 (warning).
pub type ScriptLog = Arc<dyn Fn(u8, &[u8]) + Send + Sync>;

impl Engine {
    /// Says where `redis.log` writes; nowhere until then.
    pub fn set_script_log(&self, log: ScriptLog) {
        *self.shared.script_log.write() = Some(log);
    }
}

/// What INFO says of scripts.
pub(crate) struct Figures {
    pub scripts: usize,
    pub libraries: usize,
    pub functions: usize,
    /// Bytes of the scripts' texts, of the libraries', and of the interpreters.
    pub script_bytes: u64,
    pub library_bytes: u64,
    pub machine_bytes: u64,
}

impl Shared {
    /// Figures of scripts.
    pub(crate) fn script_figures(&self) -> Figures {
        let (scripts, script_bytes) = self.scripts.sizes();
        let (libraries, functions) = self.libraries.sizes();
        let machine_bytes = self.statistics.lock().iter().map(|each| each.script_bytes.get()).sum();
        let (script_bytes, library_bytes) = (script_bytes as u64, self.libraries.text_bytes() as u64);
        Figures { scripts, libraries, functions, script_bytes, library_bytes, machine_bytes }
    }
    /// A line for the log.
    pub(crate) fn log(&self, level: u8, text: &[u8]) {
        let log = self.script_log.read().clone();
        if let Some(log) = log {
            log(level, text);
        }
    }
}
