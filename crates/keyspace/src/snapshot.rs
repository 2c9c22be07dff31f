//! Snapshots: the keyspace as it was at one instant, written while it goes on changing. No fork, no copy of memory.
//!
//! ```text
//! entry's flags   . . P .   . . . .      P: the parity of the last snapshot that has seen the entry
//!
//! begin    all gates held: the keyspace's parity flips, so that every entry is unsaved at once
//! walk     stripe by stripe, some entries under one hold of the lock: an entry with the old parity is encoded, its bit set
//! write    who is about to change an entry with the old parity has it encoded first (its pre-image), and sets its bit
//! birth    a new entry has the present parity: it is no part of the snapshot
//! end      every entry has the present parity again
//! ```
//!
//! Each entry of the epoch is thus encoded exactly once, by whoever comes first, in the state that it had at the epoch.
//! Access clocks do not count. While no snapshot runs, a change costs one load and one branch that is never taken.
//!
//! What leaves the keyspace whole (DEL, an overwritten value, FLUSHALL) is moved to the writer instead of being encoded on
//! the spot if that would take long. Large values are written piece by piece, and may change meanwhile: see [`pieces`].
//!
//! Locks, in this order: gates, the walk's lock, a stripe, then one of the epoch's own (which are leaves).

mod backlog;
mod changes;
mod pieces;

pub use pieces::{Piece, PieceEncoder, Pieces, Steps};

use crate::entry::Entry;
use crate::stripe::{Db, Keyspace};
use parking_lot::{Mutex, MutexGuard, RwLock};
use pieces::{Current, CurrentList, Opened, ReadingId, Rest};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};

/// Owner flag: the parity of the last snapshot that has seen the entry.
pub(crate) const PARITY: u8 = 0b0010_0000;
/// In [`Phase`]: a snapshot runs.
const RUNNING: u8 = 1;
/// Most entries saved under one hold of a stripe's lock.
const ENTRIES_PER_LOCK_MAX: usize = 64;
/// Bytes after which the lock is let go.
const BYTES_PER_LOCK_MAX: usize = 64 << 10;
/// Texts that are moved to the writer rather than copied, bytes at least.
const MOVED_TEXT_BYTES_MIN: usize = 4 << 10;
/// Values with more allocations than this are moved to the writer rather than encoded.
const MOVED_EFFORT_MIN: usize = 64;
/// Buffers for pre-images, so that threads do not wait for each other.
const SHARDS: usize = 16;
/// Buckets whose entries are brought in at once: about as many entries as a lock's hold saves.
const AHEAD_BUCKETS: usize = 6;

/// Makes bytes of entries: the file format, which the keyspace does not know.
pub trait EntryEncoder: Send + Sync {
    /// Says that entries of another database follow.
    fn select(&self, db: usize, out: &mut Vec<u8>);
    /// Writes an entry.
    fn entry(&self, entry: &Entry, out: &mut Vec<u8>);
    /// Writes what stands before the elements of an entry that is a large collection, and gives what writes the rest. The
    /// elements follow in any order, nodes of lists and streams and values of arrays in theirs. `None`, and nothing is written,
    /// if this entry has to be written at once. Of the entry, nothing changes but how it shares what it holds.
    fn pieces(&self, _entry: &mut Entry, _out: &mut Vec<u8>) -> Option<Pieces> {
        None
    }
}

/// The keyspace's side: parity and whether a snapshot runs, in one byte that every change looks at.
#[derive(Default)]
pub(crate) struct Phase {
    state: AtomicU8,
    epoch: RwLock<Option<Arc<Epoch>>>,
}

/// Encoded pre-images; they begin with their database, so that buffers can be put behind each other.
#[derive(Default)]
struct Shard {
    selected: Option<usize>,
    bytes: Vec<u8>,
}

/// What left the keyspace before it was saved.
enum Moved {
    Entry(usize, Entry),
    /// A database's part of a stripe, and how far it has been saved.
    Part(usize, Db, u64),
}

/// What changes by operations over everything.
struct Layout {
    /// From the present number of a database to the one that it had at the epoch.
    original: Vec<usize>,
    /// Counts SWAPDB and FLUSHALL: the walk begins its stripe again.
    changes: u64,
}

/// A database at the epoch and a key.
type Place = (usize, Box<[u8]>);

/// A snapshot under way, as those who change entries see it.
struct Epoch {
    encoder: Box<dyn EntryEncoder>,
    parity: u8,
    shards: [Mutex<Shard>; SHARDS],
    moved: Mutex<Vec<Moved>>,
    /// Large tables that are written next.
    opened: Mutex<Vec<Opened>>,
    /// What writes the elements of those that are being read.
    encoders: Mutex<HashMap<ReadingId, Box<dyn PieceEncoder>>>,
    /// What was left of tables that went for good while they were read.
    rests: Mutex<HashMap<ReadingId, Rest>>,
    /// Where tables are that were given to another key while they were read.
    whereabouts: Mutex<HashMap<ReadingId, Place>>,
    /// Written under all gates and the walk's lock; those who hold a gate or the walk's lock may read.
    layout: RwLock<Layout>,
    walk: Mutex<()>,
    /// Entries need their bit only.
    is_cancelled: AtomicBool,
    saved: AtomicU64,
    /// Bytes of pre-images that were encoded by those who changed entries.
    preimage_bytes: AtomicU64,
    /// Bytes that wait for the writer: pre-images, and about what was moved to it entry by entry.
    backlog_bytes: AtomicU64,
}

impl Phase {
    #[inline(always)]
    pub fn is_running(&self) -> bool {
        self.state.load(Relaxed) & RUNNING != 0
    }
    /// The parity of entries that have been saved, and of new ones.
    #[inline(always)]
    pub fn parity(&self) -> u8 {
        self.state.load(Relaxed) & PARITY
    }
    fn epoch(&self) -> Option<Arc<Epoch>> {
        self.epoch.read().clone()
    }
}

impl Epoch {
    fn is_saved(&self, entry: &Entry) -> bool {
        entry.owner_flags() & PARITY == self.parity
    }
    fn set_saved(&self, entry: &Entry) {
        entry.set_owner_flags(entry.owner_flags() & !PARITY | self.parity);
    }
    fn original(&self, db: usize) -> usize {
        self.layout.read().original.get(db).copied().unwrap_or(db)
    }
    /// Encodes the pre-image of an entry of the database that is `db` now.
    fn save(&self, db: usize, entry: &Entry) {
        if self.is_cancelled.load(Relaxed) {
            return;
        }
        let mut shard = self.shard();
        let db = self.original(db);
        let Shard { selected, bytes } = &mut *shard;
        if *selected != Some(db) {
            *selected = Some(db);
            self.encoder.select(db, bytes);
        }
        let before = bytes.len();
        self.encoder.entry(entry, bytes);
        let added = (bytes.len() - before) as u64;
        self.preimage_bytes.fetch_add(added, Relaxed);
        self.backlog_bytes.fetch_add(added, Relaxed);
        self.saved.fetch_add(1, Relaxed);
    }
    fn shard(&self) -> MutexGuard<'_, Shard> {
        self.shards.iter().find_map(Mutex::try_lock).unwrap_or_else(|| self.shards[0].lock())
    }
}

/// What a keyspace holds.
#[derive(Clone, Debug, Default)]
pub struct Sizes {
    /// By database: keys, and keys with an expiry.
    pub databases: Vec<(usize, usize)>,
    /// Whether there are hashes with expiring fields.
    pub has_field_expiry: bool,
}

/// A snapshot under way, as its writer sees it. It must be stepped to its end, after [`Snapshot::cancel`] too: the next one
/// cannot begin before.
pub struct Snapshot {
    epoch: Arc<Epoch>,
    /// Keys at the epoch.
    total: u64,
    sizes: Sizes,
    selected: Option<usize>,
    stripe: usize,
    db: usize,
    cursor: u64,
    /// [`Layout::changes`] when the stripe was begun.
    changes: u64,
    /// The table, or the list, that is being written.
    current: Option<Current>,
    current_list: Option<CurrentList>,
    /// What stands before the elements of the table, or behind those of the one that was written last.
    steps: Option<Box<dyn Steps>>,
    has_ended: bool,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "snapshot: {} of {} keys", self.saved(), self.total)
    }
}

impl Keyspace {
    /// Begins a snapshot of this instant; `None` while another one runs. `sizes` is what there is now. The caller holds all gates: no view is alive, and
    /// none is made until this returns.
    pub fn begin_snapshot(&self, sizes: Sizes, encoder: Box<dyn EntryEncoder>) -> Option<Snapshot> {
        let mut running = self.phase.epoch.write();
        if running.is_some() {
            return None;
        }
        let parity = self.phase.parity() ^ PARITY;
        let epoch = Arc::new(Epoch {
            encoder,
            parity,
            shards: Default::default(),
            moved: Mutex::default(),
            opened: Mutex::default(),
            encoders: Mutex::default(),
            rests: Mutex::default(),
            whereabouts: Mutex::default(),
            layout: RwLock::new(Layout { original: (0..self.databases()).collect(), changes: 0 }),
            walk: Mutex::new(()),
            is_cancelled: AtomicBool::new(false),
            saved: AtomicU64::new(0),
            preimage_bytes: AtomicU64::new(0),
            backlog_bytes: AtomicU64::new(0),
        });
        *running = Some(Arc::clone(&epoch));
        self.phase.state.store(parity | RUNNING, Relaxed);
        let total = sizes.databases.iter().map(|(keys, _)| *keys as u64).sum();
        Some(Snapshot {
            epoch,
            total,
            sizes,
            selected: None,
            stripe: 0,
            db: 0,
            cursor: 0,
            changes: 0,
            current: None,
            current_list: None,
            steps: None,
            has_ended: false,
        })
    }

    /// Whether a snapshot is under way.
    pub fn has_snapshot(&self) -> bool {
        self.phase.is_running()
    }

    /// How much there is.
    pub fn sizes(&self) -> Sizes {
        let mut sizes = Sizes { databases: vec![(0, 0); self.databases()], has_field_expiry: false };
        for stripe in 0..self.stripes() {
            let state = self.lock(stripe);
            for (db, size) in sizes.databases.iter_mut().enumerate().take(state.databases()) {
                if let Some(part) = state.db(db) {
                    *size = (size.0 + part.dict.items().len(), size.1 + part.dict.marked_len());
                    sizes.has_field_expiry |= part.noted.is_some();
                }
            }
        }
        sizes
    }
}

impl Snapshot {
    /// Keys of the epoch.
    pub fn total(&self) -> u64 {
        self.total
    }
    /// Of those, how many have been saved.
    pub fn saved(&self) -> u64 {
        self.epoch.saved.load(Relaxed)
    }
    /// By database: keys and keys with an expiry at the epoch.
    pub fn sizes(&self) -> &Sizes {
        &self.sizes
    }
    /// Bytes of pre-images so far: what was encoded at once since the entry was about to change.
    pub fn preimage_bytes(&self) -> u64 {
        self.epoch.preimage_bytes.load(Relaxed)
    }
    /// Whether hashes had expiring fields at the epoch.
    pub fn has_field_expiry(&self) -> bool {
        self.sizes.has_field_expiry
    }
    /// Encodes nothing any more; what is left are the entries' bits.
    pub fn cancel(&mut self) {
        self.epoch.is_cancelled.store(true, Relaxed);
    }

    /// Appends to `out` until it holds about `bytes_max`, and says whether there is more to come. Takes each lock for a short
    /// time only.
    pub fn step(&mut self, keyspace: &Keyspace, out: &mut Vec<u8>, bytes_max: usize) -> bool {
        self.step_with(keyspace, out, bytes_max, || ())
    }

    /// The same; `pause` is called between two holds of a lock, so that who shares the processor need not wait for long.
    pub fn step_with(
        &mut self,
        keyspace: &Keyspace,
        out: &mut Vec<u8>,
        bytes_max: usize,
        mut pause: impl FnMut(),
    ) -> bool {
        loop {
            if self.steps.is_some() || self.current.is_some() || self.current_list.is_some() {
                if self.steps.is_some() {
                    self.write_steps(out);
                } else {
                    self.read_current(keyspace, out);
                    self.write_list(out);
                }
                if out.len() >= bytes_max {
                    return true;
                }
                pause();
                continue;
            }
            self.drain(out);
            if self.has_ended {
                return false;
            }
            if out.len() >= bytes_max {
                return true;
            }
            if !self.take_opened(out) && !self.save_moved(out, bytes_max) {
                self.walk_some(keyspace, out);
            }
            pause();
        }
    }

    /// Takes the pre-images that others have left.
    fn drain(&mut self, out: &mut Vec<u8>) {
        for shard in &self.epoch.shards {
            let mut shard = shard.lock();
            if shard.bytes.is_empty() {
                continue;
            }
            let Shard { selected, bytes } = std::mem::take(&mut *shard);
            drop(shard);
            self.selected = selected;
            self.epoch.relieve(bytes.len() as u64);
            if out.is_empty() {
                *out = bytes;
            } else {
                out.extend_from_slice(&bytes);
            }
        }
    }

    /// Saves what was moved here; whether there was any.
    fn save_moved(&mut self, out: &mut Vec<u8>, bytes_max: usize) -> bool {
        let mut waiting = self.epoch.moved.lock();
        // What is opened may be among what was moved, where its reader has to find it: that comes first.
        if !self.epoch.opened.lock().is_empty() {
            return true;
        }
        let Some(moved) = waiting.pop() else { return false };
        drop(waiting);
        debug_assert!(!moved.is_being_read(), "read to its end before");
        match moved {
            Moved::Entry(db, mut entry) => {
                self.epoch.relieve(backlog::weight(&entry));
                // One that was being read has been saved.
                if !self.epoch.is_cancelled.load(Relaxed) && !self.epoch.is_saved(&entry) {
                    if !pieces::is_list(&entry) && self.epoch.open(db, &mut entry) {
                        self.epoch.set_saved(&entry);
                        self.epoch.take_over(db, entry);
                    } else if let Some(entry) = self.begin_list(db, entry, out) {
                        self.encode(db, &entry, out);
                    }
                }
            }
            Moved::Part(db, part, cursor) => {
                let mut at = cursor;
                while out.len() < bytes_max && !self.epoch.is_cancelled.load(Relaxed) {
                    at = part.dict.items().scan(at, |entry| {
                        if !self.epoch.is_saved(entry) {
                            self.encode(db, entry, out);
                            self.epoch.set_saved(entry);
                        }
                    });
                    if at == 0 {
                        return true;
                    }
                }
                if !self.epoch.is_cancelled.load(Relaxed) {
                    self.epoch.moved.lock().push(Moved::Part(db, part, at));
                }
            }
        }
        true
    }

    fn encode(&mut self, db: usize, entry: &Entry, out: &mut Vec<u8>) {
        self.select(db, out);
        self.epoch.encoder.entry(entry, out);
        self.epoch.saved.fetch_add(1, Relaxed);
    }
    fn select(&mut self, db: usize, out: &mut Vec<u8>) {
        if self.selected != Some(db) {
            self.selected = Some(db);
            self.epoch.encoder.select(db, out);
        }
    }

    /// Saves some entries of the present stripe under one hold of its lock.
    fn walk_some(&mut self, keyspace: &Keyspace, out: &mut Vec<u8>) {
        let epoch = Arc::clone(&self.epoch);
        let _walk = epoch.walk.lock();
        let changes = epoch.layout.read().changes;
        if changes != self.changes {
            (self.changes, self.db, self.cursor) = (changes, 0, 0);
        }
        if self.stripe == keyspace.stripes() {
            if epoch.moved.lock().is_empty() && epoch.opened.lock().is_empty() {
                keyspace.phase.state.store(epoch.parity, Relaxed);
                *keyspace.phase.epoch.write() = None;
                self.has_ended = true;
            }
            return;
        }
        let mut state = keyspace.lock(self.stripe);
        let mut large = Vec::new();
        let (mut entries, full) = (0, out.len() + BYTES_PER_LOCK_MAX);
        while entries < ENTRIES_PER_LOCK_MAX && out.len() < full {
            let Some(part) = state.db(self.db) else {
                (self.stripe, self.db, self.cursor) = (self.stripe + 1, 0, 0);
                break;
            };
            let db = epoch.original(self.db);
            let dict = part.dict.items();
            part.prefetch_from(self.cursor, AHEAD_BUCKETS);
            for _ in 0..AHEAD_BUCKETS {
                self.cursor = dict.scan(self.cursor, |entry| {
                    entries += 1;
                    if !self.visit(&epoch, db, entry, out) {
                        large.push((self.db, Box::from(entry.name())));
                    }
                });
                if self.cursor == 0 || out.len() >= full {
                    break;
                }
            }
            self.db += usize::from(self.cursor == 0);
        }
        for (db, key) in large {
            let key: Box<[u8]> = key;
            let dict = &mut state.db_mut(db).dict;
            let found = dict.find_mut(keyspace.hash(&key), |e| e.name() == &key[..], keyspace.rehash());
            if let Some(mut entry) = found {
                let original = epoch.original(db);
                if !epoch.open(original, &mut entry) {
                    self.encode(original, &entry, out);
                }
                epoch.set_saved(&entry);
            }
        }
    }

    /// Saves an entry, unless it is large; false if it is.
    #[inline]
    fn visit(&mut self, epoch: &Epoch, db: usize, entry: &Entry, out: &mut Vec<u8>) -> bool {
        if epoch.is_saved(entry) {
            return true;
        }
        if !epoch.is_cancelled.load(Relaxed) {
            if pieces::is_large(entry) {
                return false;
            }
            self.encode(db, entry, out);
        }
        epoch.set_saved(entry);
        true
    }
}

#[cfg(test)]
mod tests;
