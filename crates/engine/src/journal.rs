//! Journal: what was written, as commands in the order in which it took hold, on its way to the append-only file.
//!
//! ```text
//!   handler, under the locks of its keys ── record ──► pending ──┐          one mutex, memcpy alone
//!   end of a round, before replies leave ── commit ──► batch ────┴─► Sink   one writer; the others wait for it
//! ```
//!
//! Invariants:
//! - A record is appended while the locks of its keys are held, so records of one key stand in the order in which they took
//!   hold, and a deletion by expiry stands before whatever came after it.
//! - `safe` never passes a byte that the sink has not acknowledged. A reply that answers a write leaves only when `safe` has
//!   passed its record; otherwise it is replaced by an error ([`crate::Worker::withdraw`]).
//! - What a sink has refused stays in `batch` and is offered again, first, so memory and file agree once the disk does.
//! - Records that belong together (EXEC, a script, a command that stands for several) are wrapped in MULTI and EXEC and
//!   become visible to the writer at once: no batch ends within them.
//!
//! Nothing is done where no journal is kept: one relaxed load a command.

mod pending;
mod watch;

use crate::aof_figures::AofFigures;
use hematite_keyspace::{Deletions, Effects};
use hematite_persist::aof::{Policy, Writer};
use hematite_persist::storage;
use parking_lot::{Mutex, RwLock};
use pending::Pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use watch::Watch;

/// Buffers larger than this are given back once they were written, bytes.
const KEEP_MAX: usize = 1 << 20;

/// Why the disk did not take something, in the system's words: `No space left on device`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskError(pub Arc<str>);

impl DiskError {
    /// From the system's words.
    pub fn new(text: &str) -> DiskError {
        DiskError(text.into())
    }
}

impl From<&std::io::Error> for DiskError {
    fn from(error: &std::io::Error) -> DiskError {
        DiskError::new(&storage::words(error))
    }
}

/// Where the journal goes; a front implements it.
pub trait Sink: Send + Sync {
    /// Takes whole records, and returns once they are as safe as the policy (`appendfsync`) asks: at least with the kernel. The
    /// sink may append to `batch` meanwhile, and leaves it as it was. After an error it is called again with bytes that begin
    /// with these.
    fn write(&self, batch: &mut Vec<u8>) -> Result<(), DiskError>;
    /// Makes whole what a failure in the background has left in doubt; called before writing is tried again.
    fn recover(&self) -> Result<(), DiskError>;
    /// Bytes of the file that is written to.
    fn size(&self) -> u64 {
        0
    }
    /// How many of them would survive a loss of power.
    fn synced_size(&self) -> u64 {
        0
    }
    /// Whether a sync in the background is going on.
    fn is_syncing(&self) -> bool {
        false
    }
    /// How long [`Sink::write`] waits for a sync of late, microseconds; 0: not at all, or nobody knows.
    fn sync_us(&self) -> u64 {
        0
    }
    /// Whether [`Sink::write`] returns only once what it has written is synced.
    fn syncs_each_write(&self) -> bool {
        false
    }
}

impl Sink for Writer {
    fn write(&self, batch: &mut Vec<u8>) -> Result<(), DiskError> {
        Writer::write(self, batch).map_err(|error| DiskError::from(&error))
    }
    fn recover(&self) -> Result<(), DiskError> {
        Writer::recover(self).map_err(|error| DiskError::from(&error))
    }
    fn size(&self) -> u64 {
        Writer::size(self)
    }
    fn synced_size(&self) -> u64 {
        Writer::synced_size(self)
    }
    fn is_syncing(&self) -> bool {
        Writer::is_syncing(self)
    }
    fn sync_us(&self) -> u64 {
        Writer::sync_us(self)
    }
    fn syncs_each_write(&self) -> bool {
        self.policy() == Policy::Always
    }
}

/// See the head of the file.
#[derive(Default)]
pub struct Journal {
    is_on: AtomicBool,
    has_failed: AtomicBool,
    /// Writes are refused until [`Journal::release`], whatever the disk does.
    is_held: AtomicBool,
    pending: Mutex<Pending>,
    outlet: Mutex<Outlet>,
    /// Bytes of records appended since the engine was made, those of open groups left out.
    appended: AtomicU64,
    /// How many of them the sink has acknowledged.
    safe: AtomicU64,
    /// How many of them would survive a loss of power: see [`crate::durability`].
    pub(crate) durable: AtomicU64,
    /// The first base of the files is being written: nothing that they hold counts until it is there.
    pub(crate) is_base_missing: AtomicBool,
    failure: RwLock<Option<DiskError>>,
    /// What [`Sink::sync_us`] has said last.
    sync_us: AtomicU64,
    /// `aof-timestamp-enabled`.
    stamps: AtomicBool,
    /// The time as last told, Unix milliseconds, for timestamps.
    now_ms: AtomicI64,
    figures: Mutex<AofFigures>,
    /// How long the sink takes.
    pub(crate) watch: Watch,
}

#[derive(Default)]
struct Outlet {
    sink: Option<Arc<dyn Sink>>,
    /// The sink before that one, as long as its end is not synced.
    before: Option<Arc<dyn Sink>>,
    /// What the sink was offered and has not acknowledged.
    batch: Vec<u8>,
}

/// See [`Journal::mark`].
pub struct Mark {
    sink: Arc<dyn Sink>,
    size: u64,
    safe: u64,
}

/// Records that belong together are appended while this lives.
pub struct GroupGuard<'j>(&'j Journal);

impl Drop for GroupGuard<'_> {
    fn drop(&mut self) {
        self.0.end_group();
    }
}

impl Journal {
    /// Whether writes are recorded.
    #[inline(always)]
    pub fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }
    /// Whether the disk has refused something and has not recovered since.
    #[inline(always)]
    pub fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Relaxed)
    }
    /// Why the disk has refused something, until it has recovered.
    pub fn failure(&self) -> Option<DiskError> {
        self.failure.read().clone()
    }
    /// Notes that the disk has refused something: writes are refused until [`Journal::tend`] has succeeded.
    pub fn fail(&self, error: DiskError) {
        *self.failure.write() = Some(error);
        self.has_failed.store(true, Ordering::Release);
    }
    /// How long a commit waits for a sync of late, microseconds; 0: not at all, or nobody knows.
    pub(crate) fn sync_us(&self) -> u64 {
        self.sync_us.load(Ordering::Relaxed)
    }
    /// Bytes of records so far, those of open groups left out.
    pub(crate) fn appended(&self) -> u64 {
        self.appended.load(Ordering::Acquire)
    }
    /// Whether the sink has acknowledged so many bytes of records.
    pub(crate) fn is_confirmed(&self, until: u64) -> bool {
        self.safe.load(Ordering::Acquire) >= until
    }
    /// What the sink has acknowledged so far, to be compared with what it has synced later.
    pub fn mark(&self) -> Option<Mark> {
        let mut outlet = self.outlet.lock();
        if outlet.before.as_ref().is_some_and(|before| before.synced_size() < before.size()) {
            return None;
        }
        outlet.before = None;
        let sink = outlet.sink.clone()?;
        Some(Mark { size: sink.size(), safe: self.safe.load(Ordering::Acquire), sink })
    }
    /// What was acknowledged at a mark is durable, if its sink has synced it since.
    pub fn note_synced(&self, mark: &Mark) {
        if mark.sink.synced_size() >= mark.size {
            self.durable.fetch_max(mark.safe, Ordering::AcqRel);
        }
    }
    /// Bytes that wait to be written.
    pub fn waiting_bytes(&self) -> u64 {
        self.appended.load(Ordering::Acquire).saturating_sub(self.safe.load(Ordering::Acquire))
    }
    /// Changes what INFO tells of the files.
    pub fn update_figures(&self, update: impl FnOnce(&mut AofFigures)) {
        update(&mut self.figures.lock());
    }
    /// What INFO tells of the files.
    pub fn figures(&self) -> AofFigures {
        *self.figures.lock()
    }
    /// Bytes of the file that is written to, and whether it is being synced in the background.
    pub fn file_figures(&self) -> (u64, bool) {
        let sink = self.outlet.lock().sink.clone();
        sink.map_or((0, false), |sink| (sink.size(), sink.is_syncing()))
    }
    /// Sets `aof-timestamp-enabled`.
    pub fn set_timestamps(&self, wanted: bool) {
        self.stamps.store(wanted, Ordering::Relaxed);
    }
    /// Tells the time, Unix milliseconds.
    #[inline]
    pub fn tell_time(&self, now_ms: i64) {
        if self.stamps.load(Ordering::Relaxed) {
            self.now_ms.store(now_ms, Ordering::Relaxed);
        }
    }

    /// Exchanges the sink. Whoever calls this holds all gates, so that no record is half done. What waits goes to the old
    /// sink first; if that fails, nothing changes. `None` ends the journal.
    pub fn replace_sink(&self, sink: Option<Arc<dyn Sink>>) -> Result<(), DiskError> {
        let mut outlet = self.outlet.lock();
        if outlet.sink.is_some() {
            self.write(&mut outlet)?;
        }
        self.install(&mut outlet, sink);
        Ok(())
    }

    /// Exchanges the sink for one whose files hold, or will hold, what is in memory now: what waits is dropped. All gates are
    /// held. Writes are refused until [`Journal::release`] says that those files do hold it.
    pub fn begin_anew(&self, sink: Arc<dyn Sink>) {
        let mut outlet = self.outlet.lock();
        let failure = self.failure();
        self.install(&mut outlet, Some(sink));
        self.hold(failure.unwrap_or_else(|| DiskError::new("the file is being written anew")));
    }

    /// Has writes refused until [`Journal::release`], since there is no file that they could go to.
    pub fn hold(&self, error: DiskError) {
        self.is_held.store(true, Ordering::Release);
        self.fail(error);
    }

    /// Whether writes are refused until [`Journal::release`].
    pub fn is_held(&self) -> bool {
        self.is_held.load(Ordering::Acquire)
    }

    /// Ends the refusal that [`Journal::begin_anew`] or [`Journal::hold`] has begun.
    pub fn release(&self) {
        self.is_base_missing.store(false, Ordering::Release);
        if self.is_held.swap(false, Ordering::AcqRel) {
            self.clear_failure();
        }
    }

    /// Ends the journal; what waits is dropped. All gates are held.
    pub fn give_up(&self) {
        let mut outlet = self.outlet.lock();
        self.install(&mut outlet, None);
    }

    fn install(&self, outlet: &mut Outlet, sink: Option<Arc<dyn Sink>>) {
        let mut pending = self.pending.lock();
        debug_assert_eq!(pending.depth, 0, "the sink is exchanged within a group");
        pending.bytes.clear();
        pending.db = None;
        pending.stamped_s = 0;
        outlet.batch.clear();
        self.safe.store(self.appended.load(Ordering::Acquire), Ordering::Release);
        self.is_on.store(sink.is_some(), Ordering::Release);
        if sink.is_none() {
            self.is_held.store(false, Ordering::Release);
            self.is_base_missing.store(false, Ordering::Release);
        }
        let old = std::mem::replace(&mut outlet.sink, sink);
        outlet.before = old.filter(|old| old.synced_size() < old.size());
        self.clear_failure();
    }

    fn clear_failure(&self) {
        *self.failure.write() = None;
        self.has_failed.store(false, Ordering::Release);
    }

    /// Records a command of a session and what stands for it. The locks of its keys are held. Whether anything was recorded.
    pub fn record(&self, db: usize, args: &[&[u8]], effects: &Effects) -> bool {
        if !self.is_on() || (effects.dirty == 0 && effects.instead.is_none()) {
            return false;
        }
        match &effects.instead {
            None => self.append(db, 1, |pending| pending.command(args)),
            Some(commands) if commands.is_empty() => return false,
            Some(commands) => {
                self.append(db, commands.len(), |p| commands.iter().for_each(|c| p.command(c)));
            }
        }
        true
    }

    /// Records a command as it stands. Whoever calls this keeps everybody else from what it names.
    pub fn record_command(&self, db: usize, args: &[&[u8]]) -> bool {
        let is_on = self.is_on();
        if is_on {
            self.append(db, 1, |pending| pending.command(args));
        }
        is_on
    }

    /// Begins records that belong together; all gates are held until the guard is dropped. Groups may be nested.
    pub fn group(&self) -> GroupGuard<'_> {
        self.pending.lock().depth += 1;
        GroupGuard(self)
    }

    /// Gives up what the open group has recorded and will record: what it stands for is cut off in the middle.
    pub fn void_group(&self) {
        let mut pending = self.pending.lock();
        pending.is_void = pending.depth > 0;
    }

    fn end_group(&self) {
        let mut pending = self.pending.lock();
        pending.depth -= 1;
        if pending.depth == 0 && std::mem::take(&mut pending.is_void) {
            pending.group.clear();
            pending.group_records = 0;
            // The database that it has selected is not selected for whoever reads the journal.
            pending.db = None;
        }
        if pending.depth > 0 || pending.group_records == 0 {
            return;
        }
        let records = std::mem::take(&mut pending.group);
        let count = std::mem::take(&mut pending.group_records);
        let before = pending.bytes.len();
        pending.wrapped(count, |p| p.bytes.extend_from_slice(&records));
        self.count(&pending, before);
    }

    fn append(&self, db: usize, records: usize, write: impl FnOnce(&mut Pending)) {
        let mut pending = self.pending.lock();
        if pending.depth > 0 {
            // The group is built in place of the pending bytes, and moved behind them when it ends.
            let waiting = std::mem::take(&mut pending.bytes);
            pending.bytes = std::mem::take(&mut pending.group);
            pending.select(db);
            write(&mut pending);
            pending.group = std::mem::replace(&mut pending.bytes, waiting);
            pending.group_records += records;
            return;
        }
        let before = pending.bytes.len();
        if self.stamps.load(Ordering::Relaxed) {
            pending.stamp(self.now_ms.load(Ordering::Relaxed));
        }
        pending.select(db);
        pending.wrapped(records, write);
        self.count(&pending, before);
    }

    /// Counts what was appended. Only who holds the lock of `pending` does, so nothing comes between.
    #[inline(always)]
    fn count(&self, pending: &Pending, before: usize) {
        let added = (pending.bytes.len() - before) as u64;
        self.appended.store(self.appended.load(Ordering::Relaxed) + added, Ordering::Release);
    }

    /// Returns once everything recorded so far is as safe as the policy asks. One of those who wait writes for all.
    pub fn commit(&self) -> Result<(), DiskError> {
        let wanted = self.appended.load(Ordering::Acquire);
        if self.safe.load(Ordering::Acquire) >= wanted {
            return Ok(());
        }
        let mut outlet = self.outlet.lock();
        if self.safe.load(Ordering::Acquire) >= wanted {
            return Ok(());
        }
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        self.write(&mut outlet)
    }

    /// Periodic: writes what no reply waits for (keys that expired), and tries again what has failed.
    pub fn tend(&self) -> Result<(), DiskError> {
        if !self.has_failed() {
            return self.commit();
        }
        let mut outlet = self.outlet.lock();
        if self.is_held() {
            return self.failure().map_or(Ok(()), Err);
        }
        let Some(sink) = outlet.sink.clone() else {
            self.clear_failure();
            return Ok(());
        };
        sink.recover().inspect_err(|error| self.fail(error.clone()))?;
        self.write(&mut outlet)?;
        self.clear_failure();
        Ok(())
    }

    fn write(&self, outlet: &mut Outlet) -> Result<(), DiskError> {
        let Outlet { sink, batch, before } = outlet;
        let end = {
            let mut pending = self.pending.lock();
            if batch.is_empty() {
                std::mem::swap(batch, &mut pending.bytes);
            } else {
                batch.append(&mut pending.bytes);
            }
            self.appended.load(Ordering::Acquire)
        };
        if let Some(sink) = sink
            && !batch.is_empty()
        {
            let measured = self.watch.begin(&**sink);
            let written = sink.write(batch);
            if let Some(measured) = measured {
                measured.end();
            }
            written.inspect_err(|error| self.fail(error.clone()))?;
            self.sync_us.store(sink.sync_us(), Ordering::Relaxed);
            if before.is_none() && sink.synced_size() >= sink.size() {
                self.durable.fetch_max(end, Ordering::AcqRel);
            }
        }
        batch.clear();
        batch.shrink_to(KEEP_MAX);
        self.safe.store(end, Ordering::Release);
        Ok(())
    }
}

impl Deletions for Journal {
    fn key(&self, db: usize, key: &[u8]) {
        self.record_command(db, &[b"DEL", key]);
    }
    fn field(&self, db: usize, key: &[u8], field: &[u8]) {
        self.record_command(db, &[b"HDEL", key, field]);
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("is_on", &self.is_on).field("appended", &self.appended).finish()
    }
}
