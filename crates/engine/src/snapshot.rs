//! Snapshot: an RDB file of one instant, or the commands that make the dataset, in steps by a thread of the front while everybody else goes on.
//!
//! [`Engine::begin_snapshot`] takes all gates for an instant. From then on the keyspace keeps the state of that instant (see
//! `hematite_keyspace`'s snapshot), and [`Snapshot::step`] turns it into bytes of a file, a few entries under each hold of a
//! stripe's lock.
//!
//! What those who change entries leave to the writer is bounded: where it exceeds [`BACKLOG_BYTES_MIN`] and a sixteenth of the
//! memory in use, [`Worker::respite`] has the fronts' threads rest between rounds until the writer has caught up, shortly at
//! first, longer where the disk cannot follow.

use crate::engine::{Engine, Shared};
use crate::flow::Now;
use crate::worker::Worker;
use hematite_keyspace::{Entry, EntryEncoder, Pieces};
use hematite_persist::aof::{Base, entry_as_commands, pieces_as_commands, select_as_command};
use hematite_persist::rdb::{self, Writer, encode_entry, encode_pieces, encode_select};
use std::sync::Arc;
use std::time::Duration;

/// Bytes that may wait for the writer in any case, and the share of the memory in use that may.
const BACKLOG_BYTES_MIN: u64 = 8 << 20;
const BACKLOG_SHARE: u64 = 16;
/// How long a thread rests between two rounds while more is waiting, and while twice as much is.
const REST: Duration = Duration::from_millis(3);
const LONG_REST: Duration = Duration::from_millis(50);

/// How a snapshot is written.
#[derive(Clone, Debug, Default)]
pub struct SnapshotOptions {
    /// The format. Its version is raised where hashes with expiring fields need it.
    pub rdb: rdb::Options,
    /// What the file is for.
    pub purpose: Purpose,
}

/// What a snapshot is written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// A file of its own.
    #[default]
    File,
    /// The base of an append-only file, as an RDB file.
    AofBase,
    /// The base of an append-only file, as commands (`aof-use-rdb-preamble no`).
    AofCommands,
}

/// The format, as the keyspace calls it.
struct Encoder(rdb::Options);

impl EntryEncoder for Encoder {
    fn select(&self, db: usize, out: &mut Vec<u8>) {
        encode_select(out, db);
    }
    fn entry(&self, entry: &Entry, out: &mut Vec<u8>) {
        encode_entry(out, entry, &self.0);
    }
    fn pieces(&self, entry: &mut Entry, out: &mut Vec<u8>) -> Option<Pieces> {
        encode_pieces(out, entry, &self.0)
    }
}

/// The same as commands.
struct Commands(rdb::Options);

impl EntryEncoder for Commands {
    fn select(&self, db: usize, out: &mut Vec<u8>) {
        select_as_command(out, db);
    }
    fn entry(&self, entry: &Entry, out: &mut Vec<u8>) {
        entry_as_commands(out, entry, &self.0);
    }
    fn pieces(&self, entry: &mut Entry, _: &mut Vec<u8>) -> Option<Pieces> {
        pieces_as_commands(entry, &self.0)
    }
}

/// The file under way.
enum File {
    Rdb(Box<Writer>),
    Commands(Base),
}

impl File {
    fn pending_mut(&mut self) -> &mut Vec<u8> {
        match self {
            File::Rdb(writer) => writer.pending_mut(),
            File::Commands(base) => base.pending_mut(),
        }
    }
    fn take(&mut self, spare: Vec<u8>) -> Vec<u8> {
        match self {
            File::Rdb(writer) => writer.take(spare),
            File::Commands(base) => base.take(spare),
        }
    }
    fn finish(self) -> Vec<u8> {
        match self {
            File::Rdb(writer) => writer.finish(),
            File::Commands(mut base) => base.take(Vec::new()),
        }
    }
}

/// A snapshot under way. Dropped before its end, it is called off.
pub struct Snapshot {
    shared: Arc<Shared>,
    keyspace: hematite_keyspace::Snapshot,
    /// Gone with the end of the file.
    file: Option<File>,
    changes: u64,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.keyspace.fmt(f)
    }
}

impl Engine {
    /// Begins a snapshot of this instant; `None` while another one runs. `at_epoch` is called while nobody executes anything,
    /// at the very instant: what is written to a journal afterwards is not in the snapshot, what was written before is.
    ///
    /// The calling thread must not be in the middle of a worker's batch ([`crate::Worker::exclusively`] included).
    pub fn begin_snapshot(
        &self,
        options: &SnapshotOptions,
        now: Now,
        at_epoch: impl FnOnce(),
    ) -> Option<Snapshot> {
        let clock_ns = self.shared.options.clock_ns;
        let began_ns = clock_ns();
        let begun = self.shared.gates.exclusively(|| self.begin_snapshot_within(options, now, at_epoch))?;
        // Nobody has executed anything meanwhile: what a fork is where there is one.
        self.shared.latency.add("fork", clock_ns().saturating_sub(began_ns) / 1_000_000);
        Some(begun)
    }

    /// Bytes that those who change entries have left to the writer of a snapshot, and that it has not taken yet.
    pub fn snapshot_backlog(&self) -> u64 {
        self.shared.keyspace.snapshot_backlog()
    }

    /// The same for who holds all gates already.
    pub(crate) fn begin_snapshot_within(
        &self,
        options: &SnapshotOptions,
        now: Now,
        at_epoch: impl FnOnce(),
    ) -> Option<Snapshot> {
        let shared = &self.shared;
        let sizes = shared.keyspace.sizes();
        let mut format = options.rdb;
        if sizes.has_field_expiry {
            format.version = format.version.max(rdb::VERSION_REDIS_7_4);
        }
        let is_commands = options.purpose == Purpose::AofCommands;
        let encoder: Box<dyn EntryEncoder> =
            if is_commands { Box::new(Commands(format)) } else { Box::new(Encoder(format)) };
        let keyspace = shared.keyspace.begin_snapshot(sizes, encoder)?;
        let changes = self.changes();
        at_epoch();
        let file = match is_commands {
            true => File::Commands(shared.begin_commands()),
            false => {
                let mut writer = Writer::new(format);
                shared.write_rdb_head(&mut writer, now, options.purpose == Purpose::AofBase);
                for (db, (keys, expires)) in keyspace.sizes().databases.iter().enumerate() {
                    if *keys > 0 {
                        writer.select(db, *keys, *expires);
                    }
                }
                File::Rdb(Box::new(writer))
            }
        };
        Some(Snapshot { shared: Arc::clone(shared), keyspace, file: Some(file), changes })
    }
}

impl Snapshot {
    /// The next bytes of the file, about `bytes_max` of them; `None` after its last ones. `spare` is filled next; its content
    /// does not matter.
    pub fn step(&mut self, bytes_max: usize, spare: Vec<u8>) -> Option<Vec<u8>> {
        self.step_with(bytes_max, spare, || ())
    }
    /// The same; `pause` is called every few entries, while no lock is held, so that a thread that shares its processor with
    /// others can let them go first.
    pub fn step_with(&mut self, bytes_max: usize, spare: Vec<u8>, pause: impl FnMut()) -> Option<Vec<u8>> {
        let file = self.file.as_mut()?;
        if self.keyspace.step_with(&self.shared.keyspace, file.pending_mut(), bytes_max, pause) {
            return Some(file.take(spare));
        }
        self.file.take().map(File::finish)
    }
    /// Keys of the epoch.
    pub fn total(&self) -> u64 {
        self.keyspace.total()
    }
    /// Of those, how many were encoded.
    pub fn saved(&self) -> u64 {
        self.keyspace.saved()
    }
    /// [`Engine::changes`] at the epoch.
    pub fn changes(&self) -> u64 {
        self.changes
    }
    /// Bytes that were kept since their entries changed before the writer came to them.
    pub fn preimage_bytes(&self) -> u64 {
        self.keyspace.preimage_bytes()
    }
}

impl Worker {
    /// How long the thread should rest before its next round, so that the writer of a snapshot catches up with those who change
    /// entries. Zero while none runs.
    #[inline]
    pub fn respite(&self) -> Duration {
        if self.shared.keyspace.has_snapshot() { self.shared.respite() } else { Duration::ZERO }
    }
}

impl Shared {
    #[cold]
    fn respite(&self) -> Duration {
        let waiting = self.keyspace.snapshot_backlog();
        if waiting <= BACKLOG_BYTES_MIN {
            return Duration::ZERO;
        }
        let most = BACKLOG_BYTES_MIN.max((self.options.used_bytes)() / BACKLOG_SHARE);
        match waiting {
            _ if waiting <= most => Duration::ZERO,
            _ if waiting <= 2 * most => REST,
            _ => LONG_REST,
        }
    }
    /// What a base of commands begins with.
    fn begin_commands(&self) -> Base {
        let mut base = Base::default();
        for library in self.libraries.all() {
            base.function(&library.body);
        }
        base
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if self.file.is_some() {
            // The bits that tell what was saved are brought to one state; no bytes are made.
            self.keyspace.cancel();
            let mut nothing = Vec::new();
            while self.keyspace.step(&self.shared.keyspace, &mut nothing, usize::MAX) {
                nothing.clear();
            }
        }
    }
}
