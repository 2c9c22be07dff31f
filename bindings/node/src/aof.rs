//! The append-only file as Node has it: the thread that tends it, and the rewrite.
//!
//! What is written and when it is safe is the journal's and the writer's; which files there are is TypeScript's. A rewrite
//! needs no fork: at one instant, while nobody executes anything, the journal goes over to a new file and a snapshot begins;
//! the snapshot becomes the base that the new file follows.

use crate::clock;
use crate::core::Core;
use crate::directory::Directory;
use crate::engine::NativeEngine;
use crate::file::DiskFile;
use hematite_engine::rdb::{Access, Options as Format};
use hematite_engine::{DiskError, Engine, Purpose, Snapshot, SnapshotOptions};
use hematite_persist::aof::{Drain, Policy, Writer};
use hematite_persist::replace::{Next, Replacement, replace};
use hematite_persist::storage::{File, words};
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Error, Result};
use napi_derive::napi;
use parking_lot::{Condvar, Mutex};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Time between two looks at what is to be synced, or tried again.
const PERIOD: Duration = Duration::from_millis(100);
/// A sync that takes longer delays writes.
const DELAYED: Duration = Duration::from_secs(2);
/// How long a rewrite waits for a snapshot that another part of the process takes.
const PATIENCE: Duration = Duration::from_millis(10);
/// Bytes of a base made at a time.
const STEP_BYTES: usize = 256 << 10;
/// Bytes of a base after which is synced on the way (`aof-rewrite-incremental-fsync`).
const SYNC_BYTES: usize = 4 << 20;

/// The file that is written to, and who tends it.
#[derive(Default)]
pub struct Aof {
    pub(crate) writer: Option<Arc<Writer>>,
    keeper: Option<Keeper>,
    /// Calls the rewrite under way off.
    rewriting: Option<Arc<AtomicBool>>,
}

/// Stops the thread that tends the journal.
struct Keeper(Arc<(Mutex<bool>, Condvar)>);

impl Drop for Keeper {
    fn drop(&mut self) {
        *self.0.0.lock() = false;
        self.0.1.notify_all();
    }
}

/// How a rewrite is done.
#[napi(object)]
pub struct NativeRewrite {
    /// The directory of all files.
    pub directory: String,
    /// The new incremental file; it is there, and empty. None: the journal stays as it is.
    pub incremental: Option<String>,
    /// The base's name, and its name until it is whole.
    pub base: String,
    pub temporary: String,
    /// `always`, `everysec` or `no`.
    pub policy: String,
    /// The base is made of commands rather than an RDB file.
    pub as_commands: bool,
    /// The base's format.
    pub version: u32,
    pub compression: bool,
    pub checksum: bool,
    /// Sync on the way.
    pub incremental_fsync: bool,
    /// The files so far have lost something: what waits to be written to them is dropped, for the base has it.
    pub anew: bool,
}

/// What came of it.
#[napi(object)]
pub struct NativeRewritten {
    /// Why there is no base.
    pub reason: Option<String>,
    /// Whether the journal goes to the new file: it does from the instant of the snapshot on, whatever became of the base.
    pub has_switched: bool,
    /// Bytes of the base.
    pub base_bytes: f64,
    pub keys: f64,
    pub seconds: f64,
}

/// How the file that is written to does.
#[napi(object)]
pub struct NativeAofStatus {
    /// Whether writes are recorded.
    pub is_on: bool,
    /// Why the disk refuses writes, while it does.
    pub failure: Option<String>,
    /// Bytes of the file that is written to.
    pub size: f64,
    /// Acknowledged writes are lost to the disk: only a rewrite can help.
    pub has_lost: bool,
}

/// What TypeScript tells INFO.
#[napi(object)]
pub struct NativeAofFigures {
    pub before_bytes: f64,
    pub base_bytes: f64,
    /// Unix seconds; none: no rewrite is under way.
    pub rewriting_since: Option<f64>,
    pub is_scheduled: bool,
    pub last_seconds: f64,
    pub last_is_ok: bool,
    pub rewrites: f64,
    pub failures: f64,
}

pub(crate) fn policy_of(name: &str) -> Policy {
    match name {
        "always" => Policy::Always,
        "everysec" => Policy::EverySecond,
        _ => Policy::Never,
    }
}

pub(crate) fn failed(reason: impl ToString) -> Error {
    Error::from_reason(reason.to_string())
}

/// Opens a file to go on where it ends.
fn open_writer(path: &Path, policy: Policy) -> io::Result<Arc<Writer>> {
    writer_of(Arc::new(DiskFile::open(path)?), policy)
}

/// Goes on where a file ends, with a thread that carries to it what waits.
pub(crate) fn writer_of(file: Arc<dyn File>, policy: Policy) -> io::Result<Arc<Writer>> {
    let writer = Arc::new(Writer::new(file, policy)?);
    let served = Arc::downgrade(&writer);
    let body = move || {
        loop {
            std::thread::park();
            let Some(writer) = served.upgrade() else { return };
            // What fails is tried again, and said, by the thread that tends the journal.
            let _ = writer.drain(Drain::Chunks);
        }
    };
    let carrier = std::thread::Builder::new().name("hm-aof-carry".into()).spawn(body)?;
    writer.on_backlog(move || carrier.thread().unpark());
    Ok(writer)
}

impl Core {
    /// Has the thread run that tends the journal.
    fn keep_aof(self: &Arc<Core>) -> io::Result<()> {
        let mut aof = self.aof.lock();
        if aof.keeper.is_some() {
            return Ok(());
        }
        let goes_on = Arc::new((Mutex::new(true), Condvar::new()));
        let keeper = Keeper(Arc::clone(&goes_on));
        let (core, engine) = (Arc::downgrade(self), self.engine.clone());
        let body = move || {
            loop {
                {
                    let mut state = goes_on.0.lock();
                    if *state {
                        goes_on.1.wait_for(&mut state, PERIOD);
                    }
                    if !*state {
                        return;
                    }
                }
                let Some(core) = core.upgrade() else { return };
                let writer = core.aof.lock().writer.clone();
                drop(core);
                tend(&engine, writer.as_deref());
            }
        };
        std::thread::Builder::new().name("hm-aof".into()).spawn(body)?;
        aof.keeper = Some(keeper);
        Ok(())
    }
}

/// One round of what has to be done now and then.
fn tend(engine: &Engine, writer: Option<&Writer>) {
    let journal = engine.journal();
    // What fails is the journal's to remember; whoever writes is told.
    let _ = journal.tend();
    let Some(writer) = writer else { return };
    let began = Instant::now();
    let mark = journal.mark();
    if let Err(error) = writer.sync_if_due(clock::now().unix_ms) {
        journal.fail(DiskError::from(&error));
    }
    if let Some(mark) = mark {
        journal.note_synced(&mark);
    }
    engine.serve_durable();
    if began.elapsed() >= DELAYED {
        journal.update_figures(|figures| figures.delayed_syncs += 1);
    }
}

/// The instant at which the journal goes over to `writer`, with a snapshot of it.
fn switch(
    core: &Core,
    rewrite: &NativeRewrite,
    writer: Option<&Arc<Writer>>,
    cancelled: &AtomicBool,
) -> std::result::Result<Snapshot, String> {
    let rdb = Format {
        version: rewrite.version as u16,
        compression: rewrite.compression,
        checksum: rewrite.checksum,
        access: Access::Nothing,
    };
    let purpose = if rewrite.as_commands { Purpose::AofCommands } else { Purpose::AofBase };
    let options = SnapshotOptions { rdb, purpose };
    let journal = core.engine.journal();
    loop {
        let (mut refused, mut before) = (None, None);
        let begun = core.engine.begin_snapshot(&options, clock::now(), || {
            let Some(writer) = writer else { return };
            if rewrite.anew {
                journal.begin_anew(writer.clone());
            } else if let Err(error) = journal.replace_sink(Some(writer.clone())) {
                refused = Some(error.0.to_string());
                return;
            }
            before = core.aof.lock().writer.replace(Arc::clone(writer));
            if before.is_none() {
                journal.await_base();
            }
        });
        match (begun, refused) {
            (_, Some(reason)) => return Err(reason),
            (Some(snapshot), None) => {
                // What the old file holds stays needed until the base is whole.
                if let Some(before) = before
                    && let Err(error) = before.finish()
                {
                    journal.fail(DiskError::from(&error));
                }
                return Ok(snapshot);
            }
            (None, None) if cancelled.load(Relaxed) => return Err("it was called off".into()),
            (None, None) => std::thread::sleep(PATIENCE),
        }
    }
}

fn rewrite(core: &Core, request: &NativeRewrite, cancelled: &AtomicBool) -> NativeRewritten {
    let began = Instant::now();
    let mut outcome =
        NativeRewritten { reason: None, has_switched: false, base_bytes: 0.0, keys: 0.0, seconds: 0.0 };
    let directory = Path::new(&request.directory);
    let open = |name: &String| open_writer(&directory.join(name), policy_of(&request.policy));
    let switched = request
        .incremental
        .as_ref()
        .map(open)
        .transpose()
        .map_err(|error| words(&error))
        .and_then(|writer| switch(core, request, writer.as_ref(), cancelled));
    let mut snapshot = match switched {
        Ok(snapshot) => snapshot,
        Err(reason) => return NativeRewritten { reason: Some(reason), ..outcome },
    };
    outcome.has_switched = request.incremental.is_some();
    let names = Replacement {
        temporary: &request.temporary,
        target: &request.base,
        sync_bytes: if request.incremental_fsync { SYNC_BYTES } else { 0 },
    };
    let written = replace(&Directory(directory.to_owned()), names, |spare| {
        if cancelled.load(Relaxed) {
            return Next::Cancel;
        }
        // Who serves clients on the same processor goes first, every few dozen entries.
        snapshot.step_with(STEP_BYTES, spare, std::thread::yield_now).map_or(Next::End, Next::Bytes)
    });
    match written {
        Ok(Some(bytes)) => outcome.base_bytes = bytes as f64,
        Ok(None) => outcome.reason = Some("it was called off".into()),
        Err(failure) => outcome.reason = Some(failure.reason()),
    }
    outcome.keys = snapshot.saved() as f64;
    outcome.seconds = began.elapsed().as_secs_f64();
    outcome
}

impl NativeEngine {
    pub(crate) fn refuse_within_command(&self) -> Result<()> {
        match self.is_exclusive() {
            true => Err(failed("a command written in TypeScript holds everything that the journal needs")),
            false => Ok(()),
        }
    }
}

#[napi]
impl NativeEngine {
    /// Goes on with a file where it ends. An error is the system's reason.
    #[napi]
    pub fn aof_start(&self, path: String, policy: String) -> Result<()> {
        self.refuse_within_command()?;
        let core = self.core();
        let writer =
            open_writer(Path::new(&path), policy_of(&policy)).map_err(|error| failed(words(&error)))?;
        let journal = core.engine.journal();
        let mut outcome = Ok(());
        core.engine.exclusively(|| {
            outcome = journal.replace_sink(Some(writer.clone()));
            if outcome.is_ok() {
                core.aof.lock().writer = Some(writer);
            }
        });
        outcome.map_err(|error| failed(error.0))?;
        core.keep_aof().map_err(|error| failed(words(&error)))
    }

    /// Writes and syncs what waits, and ends the journal. An error is the system's reason; the journal has ended all the same.
    #[napi]
    pub fn aof_stop(&self) -> Result<()> {
        self.refuse_within_command()?;
        let core = self.core();
        let rewriting = core.aof.lock().rewriting.take();
        if let Some(cancelled) = rewriting {
            cancelled.store(true, Relaxed);
        }
        let journal = core.engine.journal();
        let mut outcome = Ok(());
        core.engine.exclusively(|| {
            outcome = journal.replace_sink(None);
            if outcome.is_err() {
                journal.give_up();
            }
        });
        let writer = core.aof.lock().writer.take();
        let synced = writer.map_or(Ok(()), |writer| writer.finish());
        core.engine.serve_durable();
        outcome.map_err(|error| failed(error.0))?;
        synced.map_err(|error| failed(words(&error)))
    }

    /// Sets `appendfsync`.
    #[napi]
    pub fn set_aof_policy(&self, policy: String) -> Result<()> {
        let writer = self.core().aof.lock().writer.clone();
        match writer {
            Some(writer) => writer.set_policy(policy_of(&policy)).map_err(|error| failed(words(&error))),
            None => Ok(()),
        }
    }

    /// Sets `aof-timestamp-enabled`.
    #[napi]
    pub fn set_aof_timestamps(&self, wanted: bool) {
        self.core().engine.journal().set_timestamps(wanted);
    }

    /// How the file that is written to does.
    #[napi]
    pub fn aof_status(&self) -> NativeAofStatus {
        let core = self.core();
        let journal = core.engine.journal();
        let writer = core.aof.lock().writer.clone();
        NativeAofStatus {
            is_on: journal.is_on(),
            failure: journal.failure().map(|error| error.0.to_string()),
            size: writer.as_ref().map_or(0.0, |writer| writer.size() as f64),
            has_lost: journal.is_held() || writer.is_some_and(|writer| writer.has_lost()),
        }
    }

    /// Tells INFO of the files.
    #[napi]
    pub fn set_aof_figures(&self, given: NativeAofFigures) {
        self.core().engine.journal().update_figures(|figures| {
            figures.before_bytes = given.before_bytes as u64;
            figures.base_bytes = given.base_bytes as u64;
            figures.rewriting_since_s = given.rewriting_since.map(|since| since as i64);
            figures.is_scheduled = given.is_scheduled;
            figures.last_seconds = given.last_seconds as i64;
            figures.last_is_ok = given.last_is_ok;
            figures.rewrites = given.rewrites as u64;
            figures.failures = given.failures as u64;
        });
    }

    /// There is no file to go on with, for a reason that is the system's: writes are refused until a rewrite has made new ones.
    #[napi]
    pub fn aof_hold(&self, reason: String) -> Result<()> {
        let core = self.core();
        core.engine.journal().hold(DiskError::new(&reason));
        core.keep_aof().map_err(|error| failed(words(&error)))
    }

    /// There will be a file as soon as its first base is written.
    #[napi]
    pub fn aof_await(&self) {
        self.core().engine.journal().await_base();
    }

    /// The manifest names a new base: what follows it counts, and writes are accepted again after a rewrite that has begun anew.
    #[napi]
    pub fn aof_release(&self) {
        self.core().engine.journal().release();
        self.core().engine.serve_durable();
    }

    /// Rewrites on this thread.
    #[napi]
    pub fn aof_rewrite_now(&self, request: NativeRewrite) -> Result<NativeRewritten> {
        self.refuse_within_command()?;
        self.core().keep_aof().map_err(|error| failed(words(&error)))?;
        Ok(rewrite(self.core(), &request, &AtomicBool::new(false)))
    }

    /// Rewrites on a thread of its own, and says what came of it.
    #[napi(ts_args_type = "rewrite: NativeRewrite, done: (rewritten: NativeRewritten) => void")]
    pub fn aof_rewrite(
        &self,
        request: NativeRewrite,
        done: Function<'_, FnArgs<(NativeRewritten,)>, ()>,
    ) -> Result<()> {
        let done = done
            .build_threadsafe_function::<NativeRewritten>()
            .build_callback(|ctx| Ok(FnArgs::from((ctx.value,))))?;
        let core = Arc::clone(self.core());
        core.keep_aof().map_err(|error| failed(words(&error)))?;
        let cancelled = Arc::new(AtomicBool::new(false));
        core.aof.lock().rewriting = Some(Arc::clone(&cancelled));
        let body = move || {
            let rewritten = rewrite(&core, &request, &cancelled);
            core.aof.lock().rewriting = None;
            done.call(rewritten, ThreadsafeFunctionCallMode::NonBlocking);
        };
        let spawned = std::thread::Builder::new().name("hm-rewrite".into()).spawn(body);
        spawned.map(|_| ()).map_err(|error| failed(words(&error)))
    }
}
