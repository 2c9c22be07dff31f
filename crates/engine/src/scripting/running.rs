//! Running: which program runs at present, so that others can be told that the server is busy, and can end it.
//!
//! A program holds everything, so there is one at a time. After `busy-reply-threshold` it counts as busy: workers that wait
//! for their turn stop waiting ([`crate::gate::Turn::begin_unless_busy`]) and refuse what is not allowed meanwhile.

use hematite_commands::Error;
use hematite_commands::spec::{Flags, Spec};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};

const RUNNING: u8 = 1;
const BUSY: u8 = 2;
/// How a program is told to end: as SCRIPT KILL does, or whatever it has done.
const KILLED: u8 = 1;
const ENDED: u8 = 2;

/// See the head of the file.
#[derive(Default)]
pub(crate) struct Running {
    state: AtomicU8,
    told: AtomicU8,
    is_function: AtomicBool,
    has_written: AtomicBool,
    details: Mutex<Option<Details>>,
}

/// What FUNCTION STATS shows of a busy program.
#[derive(Clone, Debug)]
pub(crate) struct Details {
    pub name: Vec<u8>,
    pub args: Vec<Vec<u8>>,
    pub since_ns: u64,
}

const BUSY_SCRIPT: Error =
    Error::fixed("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.");
const BUSY_FUNCTION: Error =
    Error::fixed("BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.");

impl Running {
    /// A program begins.
    pub fn begin(&self, is_function: bool) {
        self.is_function.store(is_function, Relaxed);
        self.has_written.store(false, Relaxed);
        self.told.store(0, Relaxed);
        self.state.store(RUNNING, Relaxed);
    }
    /// It has ended.
    pub fn end(&self) {
        if self.is_busy() {
            *self.details.lock() = None;
        }
        self.state.store(0, Relaxed);
    }
    /// It writes.
    pub fn note_write(&self) {
        self.has_written.store(true, Relaxed);
    }
    /// It has run for long.
    pub fn note_busy(&self, details: Details) {
        *self.details.lock() = Some(details);
        self.state.store(BUSY, Relaxed);
    }
    /// Whether others need not wait for it.
    #[inline(always)]
    pub fn is_busy(&self) -> bool {
        self.state.load(Relaxed) == BUSY
    }
    /// Whether it was told to end.
    pub fn must_end(&self) -> bool {
        self.told.load(Relaxed) != 0
    }
    /// Whether it is to end without a trace in the journal: the process is about to go, and nothing half done may stay.
    pub fn is_void(&self) -> bool {
        self.told.load(Relaxed) == ENDED
    }
    /// Whether the program is a function.
    pub fn is_function(&self) -> bool {
        self.is_function.load(Relaxed)
    }
    /// What is known of the busy program.
    pub fn details(&self) -> Option<Details> {
        self.details.lock().clone()
    }
    /// What others are told.
    pub fn refusal(&self) -> Error {
        if self.is_function.load(Relaxed) { BUSY_FUNCTION } else { BUSY_SCRIPT }
    }
    /// SCRIPT KILL, FUNCTION KILL.
    pub fn kill(&self, is_function: bool) -> Result<(), Error> {
        if self.state.load(Relaxed) == 0 {
            return Err(Error::fixed("NOTBUSY No scripts in execution right now."));
        }
        if self.has_written.load(Relaxed) {
            return Err(Error::fixed(
                "UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.",
            ));
        }
        if self.is_function.load(Relaxed) != is_function {
            return Err(self.refusal());
        }
        self.told.fetch_max(KILLED, Relaxed);
        Ok(())
    }
    /// A front stops: the program ends, whatever it has done.
    pub fn end_soon(&self) {
        self.told.fetch_max(ENDED, Relaxed);
    }
    /// The gate for those who did not get their turn: why a command is refused. SHUTDOWN NOSAVE ends the program.
    #[cold]
    pub fn refuse(&self, spec: &Spec, args: &[&[u8]]) -> Option<Error> {
        if spec.name == "shutdown" {
            let is_nosave = args[1..].iter().any(|arg| arg.eq_ignore_ascii_case(b"nosave"));
            if is_nosave {
                self.told.fetch_max(ENDED, Relaxed);
                return None;
            }
            return Some(self.refusal());
        }
        (!spec.flags.has(Flags::ALLOW_BUSY)).then(|| self.refusal())
    }
}
