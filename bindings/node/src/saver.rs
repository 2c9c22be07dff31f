//! Saver: writes a snapshot to its file, on a thread of its own or on the caller's.

use crate::clock;
use crate::core::Core;
use crate::directory::Directory;
use crate::engine::NativeEngine;
use hematite_engine::rdb::{Access, Options as Format};
use hematite_engine::{Progress, Purpose, Snapshot, SnapshotOptions};
use hematite_persist::replace::{Failure, Next, Replacement, Step, replace};
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Error, Result};
use napi_derive::napi;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

/// Bytes made at a time.
const STEP_BYTES: usize = 256 << 10;
/// Bytes after which is synced on the way, with `rdb-save-incremental-fsync`.
const SYNC_BYTES: usize = 4 << 20;
/// How long the saver waits for a snapshot that another part of the process takes.
const PATIENCE: Duration = Duration::from_millis(10);

/// How a snapshot is saved.
#[napi(object)]
pub struct NativeSave {
    /// The directory.
    pub directory: String,
    /// The file's name there.
    pub file: String,
    /// Name of the temporary file.
    pub temporary: String,
    /// The format's version.
    pub version: u32,
    pub compression: bool,
    pub checksum: bool,
    /// Sync on the way.
    pub incremental_fsync: bool,
    /// BGSAVE rather than SAVE: how it ends is the status that INFO tells.
    pub background: bool,
    /// Microseconds to wait a key, for tests.
    pub key_delay: f64,
    /// What is said of a key's last use: 0 nothing, 1 how long ago, 2 how often.
    pub access: u32,
    /// `lfu-decay-time`, minutes.
    pub decay_minutes: u32,
}

/// What came of it.
#[napi(object)]
pub struct NativeSaved {
    /// The step that failed: `open`, `write`, `sync`, `rename`, `directory`, `thread`.
    pub failed: Option<String>,
    /// The system's reason.
    pub reason: Option<String>,
    /// Whether it was called off.
    pub is_cancelled: bool,
    /// Bytes of the file.
    pub bytes: f64,
    /// Keys in it.
    pub keys: f64,
    /// Bytes of pre-images that were kept meanwhile.
    pub preimage_bytes: f64,
}

/// A save under way, so that it can be called off.
#[derive(Default)]
pub struct Saving(Option<Arc<AtomicBool>>);

fn access_of(save: &NativeSave, now_ms: i64) -> Access {
    match save.access {
        1 => Access::Idle { now_ms },
        2 => Access::Frequency { now_ms, decay_minutes: save.decay_minutes },
        _ => Access::Nothing,
    }
}

/// Waits for its turn; `None` if it was called off before.
fn begin(core: &Core, save: &NativeSave, cancelled: &AtomicBool) -> Option<Snapshot> {
    loop {
        let now = clock::now();
        let rdb = Format {
            version: save.version as u16,
            compression: save.compression,
            checksum: save.checksum,
            access: access_of(save, now.unix_ms),
        };
        let options = SnapshotOptions { rdb, purpose: Purpose::File };
        if let Some(snapshot) = core.engine.begin_snapshot(&options, now, || ()) {
            return Some(snapshot);
        }
        if cancelled.load(Relaxed) {
            return None;
        }
        std::thread::sleep(PATIENCE);
    }
}

/// The next bytes of the file; the pace is that of `rdb-key-save-delay`.
fn advance(snapshot: &mut Snapshot, save: &NativeSave, progress: &Progress, spare: Vec<u8>) -> Next {
    let before = snapshot.saved();
    let step = if save.key_delay > 0.0 { 1 } else { STEP_BYTES };
    // Who serves clients on the same processor goes first, every few dozen entries.
    let bytes = snapshot.step_with(step, spare, std::thread::yield_now);
    progress.done.store(snapshot.saved(), Relaxed);
    progress.kept.store(snapshot.preimage_bytes(), Relaxed);
    if save.key_delay > 0.0 {
        let delay_us = save.key_delay * (snapshot.saved() - before) as f64;
        std::thread::sleep(Duration::from_micros(delay_us as u64));
    }
    bytes.map_or(Next::End, Next::Bytes)
}

fn write(core: &Core, save: &NativeSave, cancelled: &AtomicBool, progress: &Progress) -> Outcome {
    let Some(mut snapshot) = begin(core, save, cancelled) else { return Outcome::default() };
    progress.total.store(snapshot.total(), Relaxed);
    let changes = snapshot.changes();
    let names = Replacement {
        temporary: &save.temporary,
        target: &save.file,
        sync_bytes: if save.incremental_fsync { SYNC_BYTES } else { 0 },
    };
    let written = replace(&Directory(save.directory.clone().into()), names, |spare| {
        if cancelled.load(Relaxed) { Next::Cancel } else { advance(&mut snapshot, save, progress, spare) }
    });
    let (keys, preimage_bytes) = (snapshot.saved(), snapshot.preimage_bytes());
    let outcome = Outcome { changes, keys, preimage_bytes, ..Outcome::default() };
    match written {
        Ok(bytes) => Outcome { bytes, ..outcome },
        Err(failure) => Outcome { failure: Some(failure), ..outcome },
    }
}

#[derive(Default)]
struct Outcome {
    /// Bytes of the file; nothing if it was called off.
    bytes: Option<u64>,
    changes: u64,
    keys: u64,
    preimage_bytes: u64,
    failure: Option<Failure>,
}

fn step_name(step: Step) -> &'static str {
    match step {
        Step::Open => "open",
        Step::Write => "write",
        Step::Sync => "sync",
        Step::Rename => "rename",
        Step::SyncDirectory => "directory",
    }
}

impl From<Outcome> for NativeSaved {
    fn from(outcome: Outcome) -> NativeSaved {
        NativeSaved {
            failed: outcome.failure.as_ref().map(|failure| step_name(failure.step).to_owned()),
            reason: outcome.failure.as_ref().map(Failure::reason),
            is_cancelled: outcome.failure.is_none() && outcome.bytes.is_none(),
            bytes: outcome.bytes.unwrap_or(0) as f64,
            keys: outcome.keys as f64,
            preimage_bytes: outcome.preimage_bytes as f64,
        }
    }
}

/// Saves from the beginning to the end, and tells the engine.
fn run(core: &Core, save: &NativeSave, cancelled: &AtomicBool, progress: &Progress) -> NativeSaved {
    let outcome = write(core, save, cancelled, progress);
    core.saving.lock().0 = None;
    let persistence = core.engine.persistence();
    match (&outcome.failure, outcome.bytes) {
        (None, None) => persistence.cancel_save(),
        (None, _) => persistence.end_save(clock::now(), Some(outcome.changes), outcome.preimage_bytes),
        (Some(_), _) => persistence.end_save(clock::now(), None, outcome.preimage_bytes),
    }
    outcome.into()
}

/// Takes the saver's place: whether a save was under way is TypeScript's to know, so two are a fault of the program.
fn enter(core: &Core, is_background: bool) -> Result<(Arc<AtomicBool>, Arc<Progress>)> {
    let mut saving = core.saving.lock();
    if saving.0.is_some() {
        return Err(Error::from_reason("a save is under way"));
    }
    let cancelled = Arc::new(AtomicBool::new(false));
    saving.0 = Some(Arc::clone(&cancelled));
    Ok((cancelled, core.engine.persistence().begin_save(clock::now(), is_background)))
}

#[napi]
impl NativeEngine {
    /// Saves on a thread of its own, and says what came of it. The process stays until then.
    #[napi(ts_args_type = "save: NativeSave, done: (saved: NativeSaved) => void")]
    pub fn save(&self, save: NativeSave, done: Function<'_, FnArgs<(NativeSaved,)>, ()>) -> Result<()> {
        let done = done
            .build_threadsafe_function::<NativeSaved>()
            .build_callback(|ctx| Ok(FnArgs::from((ctx.value,))))?;
        let (cancelled, progress) = enter(self.core(), save.background)?;
        let core = Arc::clone(self.core());
        let body = move || {
            let saved = run(&core, &save, &cancelled, &progress);
            done.call(saved, ThreadsafeFunctionCallMode::NonBlocking);
        };
        let spawned = std::thread::Builder::new().name("hm-save".into()).spawn(body);
        spawned.map(|_| ()).map_err(|error| {
            self.core().saving.lock().0 = None;
            self.core().engine.persistence().end_save(clock::now(), None, 0);
            Error::from_reason(error.to_string())
        })
    }

    /// Saves on this thread; a save under way is called off.
    #[napi]
    pub fn save_now(&self, save: NativeSave) -> Result<NativeSaved> {
        if self.is_exclusive() {
            return Err(Error::from_reason(
                "a command written in TypeScript holds everything that a save needs",
            ));
        }
        while self.cancel_save() {
            std::thread::sleep(PATIENCE);
        }
        let (cancelled, progress) = enter(self.core(), save.background)?;
        Ok(run(self.core(), &save, &cancelled, &progress))
    }

    /// Calls the save under way off; whether there is one.
    #[napi]
    pub fn cancel_save(&self) -> bool {
        let saving = self.core().saving.lock();
        saving.0.as_ref().map(|cancelled| cancelled.store(true, Relaxed)).is_some()
    }

    /// What is known of saves.
    #[napi]
    pub fn saves(&self) -> NativeSaves {
        let engine = &self.core().engine;
        let saves = engine.persistence().saves();
        NativeSaves {
            changes: engine.changes().saturating_sub(saves.changes) as f64,
            last_save: saves.last_s as f64,
            is_ok: saves.is_ok,
            is_saving: engine.persistence().is_saving(),
        }
    }

    /// Has writes wait, as CLIENT PAUSE WRITE does, until they are let go as often as they were held.
    #[napi]
    pub fn hold_writes(&self, hold: bool) {
        self.core().engine.hold_writes(hold);
    }

    /// Has writes refused since the last snapshot has failed, or no more.
    #[napi]
    pub fn refuse_writes(&self, refuse: bool) {
        self.core().engine.persistence().refuse_writes(refuse);
    }
}

/// What is known of saves.
#[napi(object)]
pub struct NativeSaves {
    /// Changes since the last one that succeeded.
    pub changes: f64,
    /// When that was, Unix seconds.
    pub last_save: f64,
    /// Whether the last one succeeded.
    pub is_ok: bool,
    pub is_saving: bool,
}
