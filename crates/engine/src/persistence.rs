//! Persistence: what admission, INFO and LASTSAVE know of saving and loading. The files themselves are the front's.
//!
//! A loader or a saver of the front says when it begins and how it ended; both are on threads of their own, and everybody
//! else looks at [`Persistence::hinders`] (one relaxed load a command) and at figures behind a lock.

use crate::engine::Shared;
use crate::flow::Now;
use crate::session::Session;
use hematite_commands::Error;
use hematite_commands::spec::{Flags, Spec};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};

/// In [`Persistence::hinders`]: a dataset is being loaded.
const LOADING: u8 = 1;
/// In [`Persistence::hinders`]: the last snapshot has failed, and writes are refused for it.
const SNAPSHOT_FAILED: u8 = 2;

/// See the head of the file.
#[derive(Debug, Default)]
pub struct Persistence {
    hinders: AtomicU8,
    has_files: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    saves: Saves,
    /// The save under way: when it began, and its figures.
    saving: Option<Save>,
    loading: Option<(Now, Arc<Progress>)>,
}

#[derive(Debug)]
struct Save {
    began: Now,
    progress: Arc<Progress>,
    /// BGSAVE rather than SAVE: how it ends is the status that INFO tells.
    is_background: bool,
}

/// What became of snapshots.
#[derive(Clone, Copy, Debug)]
pub struct Saves {
    /// Unix seconds of the last one that succeeded, or of the start.
    pub last_s: i64,
    /// [`crate::Engine::changes`] at its epoch.
    pub changes: u64,
    /// Whether the last one succeeded.
    pub is_ok: bool,
    /// Seconds that the last one took; -1: there was none.
    pub seconds: i64,
    /// How many have succeeded.
    pub count: u64,
    /// Bytes of pre-images of the last one.
    pub preimage_bytes: u64,
    /// Keys that the last load has put in.
    pub loaded: u64,
    /// Keys that the last load has left out since they had expired.
    pub expired: u64,
}

impl Default for Saves {
    fn default() -> Self {
        Saves {
            last_s: 0,
            changes: 0,
            is_ok: true,
            seconds: -1,
            count: 0,
            preimage_bytes: 0,
            loaded: 0,
            expired: 0,
        }
    }
}

/// How far saving or loading has come: keys or bytes.
#[derive(Debug, Default)]
pub struct Progress {
    /// What there is.
    pub total: AtomicU64,
    /// What is done of it.
    pub done: AtomicU64,
    /// Bytes of pre-images that a save has kept so far.
    pub kept: AtomicU64,
}

impl Persistence {
    /// Of an engine that holds nothing yet.
    pub(crate) fn new(started: Now) -> Persistence {
        let persistence = Persistence::default();
        persistence.set_last_save(started.unix_ms / 1000, 0);
        persistence
    }
    /// Anything that may stand in a command's way.
    #[inline(always)]
    pub fn hinders(&self) -> bool {
        self.hinders.load(Relaxed) != 0
    }
    /// Whether a dataset is being loaded.
    pub fn is_loading(&self) -> bool {
        self.hinders.load(Relaxed) & LOADING != 0
    }
    /// From now on the control plane answers DEBUG RELOAD, since it has a snapshot's file to reload from.
    pub fn reload_by_files(&self) {
        self.has_files.store(true, Relaxed);
    }
    pub(crate) fn reloads_by_files(&self) -> bool {
        self.has_files.load(Relaxed)
    }
    fn set(&self, bit: u8, on: bool) {
        if on {
            self.hinders.fetch_or(bit, Relaxed);
        } else {
            self.hinders.fetch_and(!bit, Relaxed);
        }
    }
    /// Whether writes are refused since the last snapshot has failed.
    pub fn refuse_writes(&self, refuse: bool) {
        self.set(SNAPSHOT_FAILED, refuse);
    }
    /// Figures of saving and loading.
    pub fn saves(&self) -> Saves {
        self.state.lock().saves
    }
    /// Whether a save to the snapshot file is under way.
    pub fn is_saving(&self) -> bool {
        self.state.lock().saving.is_some()
    }
    /// The dataset is as old as this (a start without a file, or a load).
    pub fn set_last_save(&self, unix_s: i64, changes: u64) {
        let mut state = self.state.lock();
        (state.saves.last_s, state.saves.changes) = (unix_s, changes);
    }
    /// Bytes of pre-images that the save under way has kept so far.
    pub fn kept_bytes(&self) -> u64 {
        self.state.lock().saving.as_ref().map_or(0, |save| save.progress.kept.load(Relaxed))
    }
    /// A save begins; in the background (BGSAVE), or while somebody waits for it (SAVE).
    pub fn begin_save(&self, began: Now, is_background: bool) -> Arc<Progress> {
        let progress = Arc::<Progress>::default();
        self.state.lock().saving = Some(Save { began, progress: Arc::clone(&progress), is_background });
        progress
    }
    /// A save ends; `changes`: what [`crate::Engine::changes`] was at its epoch, if it succeeded.
    pub fn end_save(&self, now: Now, changes: Option<u64>, preimage_bytes: u64) {
        let mut state = self.state.lock();
        let Some(Save { began, is_background, .. }) = state.saving.take() else { return };
        let saves = &mut state.saves;
        if is_background {
            saves.seconds = (now.unix_ms / 1000 - began.unix_ms / 1000).max(0);
        }
        saves.is_ok = changes.is_some() || saves.is_ok && !is_background;
        if let Some(changes) = changes {
            (saves.last_s, saves.changes) = (now.unix_ms / 1000, changes);
            saves.count += 1;
            saves.preimage_bytes = preimage_bytes;
        }
    }
    /// A save was called off: as if it had not begun.
    pub fn cancel_save(&self) {
        self.state.lock().saving = None;
    }
    /// A load of so many bytes begins: clients are told so from now on.
    pub fn begin_load(&self, now: Now, bytes: u64) -> Arc<Progress> {
        let progress = Arc::<Progress>::default();
        progress.total.store(bytes, Relaxed);
        self.state.lock().loading = Some((now, Arc::clone(&progress)));
        self.set(LOADING, true);
        progress
    }
    /// The load is over.
    pub fn end_load(&self, loaded: u64, expired: u64) {
        let mut state = self.state.lock();
        state.loading = None;
        (state.saves.loaded, state.saves.expired) = (loaded, expired);
        self.set(LOADING, false);
    }

    /// The lines of INFO about loading, which are there only meanwhile.
    pub(crate) fn loading_lines(&self, now: Now, used_memory: u64) -> Vec<(String, String)> {
        let state = self.state.lock();
        let Some((began, progress)) = &state.loading else { return Vec::new() };
        let (total, done) = (progress.total.load(Relaxed), progress.done.load(Relaxed));
        let seconds = (now.unix_ms - began.unix_ms).max(0) / 1000;
        let left = total.saturating_sub(done);
        let eta = if done == 0 { -1 } else { (seconds as f64 * left as f64 / done as f64) as i64 };
        let percent = if total == 0 { 0.0 } else { done as f64 * 100.0 / total as f64 };
        [
            ("loading_start_time", (began.unix_ms / 1000).to_string()),
            ("loading_total_bytes", total.to_string()),
            ("loading_rdb_used_mem", used_memory.to_string()),
            ("loading_loaded_bytes", done.to_string()),
            ("loading_loaded_perc", format!("{percent:.2}")),
            ("loading_eta_seconds", if eta < 0 { 1 } else { eta }.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
    /// Bytes loaded and bytes to load, while a dataset is being loaded.
    pub fn loading(&self) -> Option<(u64, u64)> {
        let state = self.state.lock();
        let (_, progress) = state.loading.as_ref()?;
        Some((progress.done.load(Relaxed), progress.total.load(Relaxed)))
    }
    /// Keys saved, keys to save and seconds since, of a save under way.
    pub(crate) fn saving(&self, now: Now) -> Option<(u64, u64, i64)> {
        let state = self.state.lock();
        let Save { began, progress, .. } = state.saving.as_ref()?;
        let seconds = (now.unix_ms / 1000 - began.unix_ms / 1000).max(0);
        Some((progress.done.load(Relaxed), progress.total.load(Relaxed), seconds))
    }
}

/// Whether a command is refused while it is known that the disk could not keep what it writes: it writes, or is PING, which
/// tells of it.
pub(crate) fn needs_disk(session: &Session, spec: &Spec) -> bool {
    let queue = session.transaction.as_ref().filter(|_| spec.name == "exec");
    spec.flags.has(Flags::WRITE) || queue.is_some_and(|queue| queue.may_write) || spec.name == "ping"
}

/// The gate of snapshots that failed.
#[cold]
pub(crate) fn refuse_by_snapshot(shared: &Shared, session: &Session, spec: &Spec) -> Option<Error> {
    let hinders = shared.persistence.hinders.load(Relaxed);
    (hinders & SNAPSHOT_FAILED != 0 && needs_disk(session, spec)).then_some(Error::fixed(MISCONF))
}

/// The gate of loading.
#[cold]
pub(crate) fn refuse_by_loading(shared: &Shared, spec: &Spec) -> Option<Error> {
    let is_refused = shared.persistence.is_loading() && !spec.flags.has(Flags::LOADING);
    is_refused.then_some(Error::fixed("LOADING Redis is loading the dataset in memory"))
}

const MISCONF: &str = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.";

#[cfg(test)]
mod tests {
    use crate::testing::Harness;

    #[test]
    fn writes_are_refused_after_a_failed_snapshot() {
        let mut harness = Harness::new(1);
        let client = harness.open(0);
        harness.engine.persistence().refuse_writes(true);
        for command in ["SET k v", "PING"] {
            let reply = harness.say(client, command);
            assert!(reply.starts_with("-MISCONF Redis is configured to save"), "{reply}");
        }
        assert_eq!(harness.say(client, "GET k"), "$-1\r\n");
        harness.engine.persistence().refuse_writes(false);
        assert_eq!(harness.say(client, "SET k v"), "+OK\r\n");
    }

    #[test]
    fn only_what_may_run_while_loading_does() {
        let mut harness = Harness::new(1);
        let client = harness.open(0);
        harness.engine.persistence().begin_load(harness.now, 1000).done.store(250, super::Relaxed);
        assert_eq!(harness.say(client, "GET k"), "-LOADING Redis is loading the dataset in memory\r\n");
        assert_eq!(harness.say(client, "PING"), "-LOADING Redis is loading the dataset in memory\r\n");
        let info = harness.say(client, "INFO persistence");
        for line in ["loading:1", "loading_total_bytes:1000", "loading_loaded_perc:25.00"] {
            assert!(info.contains(line), "{info}");
        }
        harness.engine.persistence().end_load(7, 2);
        assert_eq!(harness.say(client, "PING"), "+PONG\r\n");
        let info = harness.say(client, "INFO persistence");
        for line in ["loading:0", "rdb_last_load_keys_loaded:7", "rdb_last_load_keys_expired:2"] {
            assert!(info.contains(line), "{info}");
        }
    }

    #[test]
    fn a_save_resets_the_changes_that_it_holds() {
        let mut harness = Harness::new(1);
        let client = harness.open(0);
        harness.say(client, "SET a 1");
        let changes = harness.engine.changes();
        let progress = harness.engine.persistence().begin_save(harness.now, true);
        progress.total.store(10, super::Relaxed);
        harness.say(client, "SET b 1");
        assert!(harness.say(client, "INFO persistence").contains("rdb_bgsave_in_progress:1"));
        harness.engine.persistence().end_save(harness.now, Some(changes), 0);
        let info = harness.say(client, "INFO persistence");
        for line in ["rdb_changes_since_last_save:1", "rdb_saves:1", "rdb_last_bgsave_time_sec:0"] {
            assert!(info.contains(line), "{info}");
        }
        assert_eq!(harness.say(client, "LASTSAVE"), ":1700000000\r\n");
        harness.engine.persistence().begin_save(harness.now, true);
        harness.engine.persistence().end_save(harness.now, None, 0);
        assert!(harness.say(client, "INFO persistence").contains("rdb_last_bgsave_status:err"));
    }
}
