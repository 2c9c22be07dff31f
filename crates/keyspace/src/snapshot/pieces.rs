//! Large values in a snapshot: written piece by piece, so that nobody waits for the whole of one.
//!
//! ```text
//! a table     opened: its head is encoded, from now on it keeps copies of what changes in it (`structures::dict::Reading`);
//!             counts as saved. The writer reads it to its end, some elements under each hold of the stripe's lock.
//! an array    likewise, block by block of its slots.
//! a stream    likewise, node by node; of its groups, a copy is made that shares what is pending, and moves to the writer.
//! a list      frozen: a copy that shares its nodes moves to the writer, who takes some nodes a time. Counts as saved.
//! others      are encoded in one piece.
//! ```
//!
//! A table that is being read goes to the writer as it is when its key is deleted or overwritten, or with its database. One
//! that is given to another key (RENAME, MOVE) is read on there. Only one whose last element goes is read to its end there and
//! then, which is what it has kept of what changed.

use super::{Epoch, Moved, PARITY, Place, Snapshot};
use crate::entry::{Entry, NewBody};
use crate::stripe::{Db, Keyspace};
use crate::value::Value;
use hematite_structures::array::Word;
use hematite_structures::listpack::{Element, Listpack};
use hematite_structures::loose::LooseBox;
use hematite_structures::packed::Body;
use hematite_structures::quicklist::{NodeRef, Quicklist};
use hematite_structures::stream::{Stream, StreamId};
use std::ptr::from_ref;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Tables and arrays with at least this many elements are opened, streams with as many nodes or pending entries; lists with as
/// many nodes are frozen.
const ELEMENTS_MIN: usize = if cfg!(test) { 100 } else { 4096 };
const NODES_MIN: usize = if cfg!(test) { 2 } else { 32 };
const PENDING_MIN: usize = if cfg!(test) { 50 } else { 1024 };
/// Elements that are read under one hold of a stripe's lock, and nodes of a stream: each has up to a hundred entries.
const ELEMENTS_PER_LOCK: usize = if cfg!(test) { 20 } else { 512 };
const NODES_PER_LOCK: usize = if cfg!(test) { 2 } else { 16 };

/// An element of a table.
#[derive(Clone, Copy, Debug)]
pub enum Piece<'a> {
    /// Of a hash: field, value, and when it expires, Unix milliseconds.
    Field(&'a [u8], Element<'a>, Option<u64>),
    /// Of a set.
    Member(&'a [u8]),
    /// Of a sorted set.
    Scored(&'a [u8], f64),
    /// Of an array: an index and the value there.
    Slot(u64, &'a Word),
    /// Of a list: a node, which is a listpack or one large element.
    ListNode(&'a NodeRef<'a>),
    /// Of a stream: a node and the id of its master entry.
    Node(StreamId, &'a Listpack),
}

/// Makes bytes of the elements of one entry, as many as it had when this was made.
pub trait PieceEncoder: Send {
    /// Writes an element. A lock is held.
    fn piece(&mut self, piece: Piece<'_>, out: &mut Vec<u8>);
    /// Writes what stands behind the last one, or gives what does so later.
    fn end(self: Box<Self>, _out: &mut Vec<u8>) -> Option<Box<dyn Steps>> {
        None
    }
}

/// Makes bytes of what it has got for itself: it is asked while no lock is held.
pub trait Steps: Send {
    /// Writes some more; whether there are others.
    fn step(&mut self, out: &mut Vec<u8>) -> bool;
}

/// What writes a large collection.
pub struct Pieces {
    /// What comes before the elements, if that takes long.
    pub before: Option<Box<dyn Steps>>,
    /// The elements, and what stands behind them.
    pub elements: Box<dyn PieceEncoder>,
}

/// Which table is being read: where it lies in memory. It does not move while a snapshot runs, whatever becomes of its key.
pub(super) type ReadingId = usize;

/// A table that was opened: what stands before its elements, and where it was at the epoch.
pub(super) struct Opened {
    id: ReadingId,
    db: usize,
    key: Box<[u8]>,
    head: Vec<u8>,
    before: Option<Box<dyn Steps>>,
}

/// What was left of a table, and what writes what stands behind it.
pub(super) struct Rest {
    bytes: Vec<u8>,
    behind: Option<Box<dyn Steps>>,
}

/// What is being read at the moment.
#[derive(Debug)]
pub(super) struct Current {
    id: ReadingId,
    db: usize,
    key: Box<[u8]>,
}

/// A list that moved to the writer and is being written.
pub(super) struct CurrentList {
    list: LooseBox<Quicklist>,
    /// Nodes that were written.
    written: usize,
    encoder: Box<dyn PieceEncoder>,
}

/// What became of a table when it was read on.
enum Read {
    /// There is more.
    Some,
    /// That was all but what stands behind.
    All(Option<Box<dyn Steps>>),
    /// It is not here.
    Elsewhere,
}

impl Value {
    /// The reading of the value that is under way.
    pub(super) fn reading(&self) -> Option<ReadingId> {
        let (is_being_read, id) = match self {
            Value::Set(set) => (set.is_being_read(), from_ref(&**set).addr()),
            Value::Hash(table) => (table.fields.is_being_read(), from_ref(&**table).addr()),
            Value::SortedSet(set) => (set.is_being_read(), from_ref(&**set).addr()),
            Value::Array(array) => (array.is_being_read(), from_ref(&**array).addr()),
            Value::Stream(stream) => (stream.is_being_read(), from_ref(&**stream).addr()),
            _ => (false, 0),
        };
        is_being_read.then_some(id)
    }
    /// Begins to read the value piece by piece if it is large and can be.
    fn begin_reading(&mut self) -> Option<ReadingId> {
        match self {
            Value::Set(set) if set.len() >= ELEMENTS_MIN => set.begin_reading(),
            Value::SortedSet(set) if set.len() >= ELEMENTS_MIN => set.begin_reading(),
            Value::Hash(table) if table.fields.len() >= ELEMENTS_MIN => table.fields.begin_reading(),
            Value::Array(array) if array.count() >= ELEMENTS_MIN as u64 => array.begin_reading(),
            Value::Stream(stream) if is_long(stream) => stream.begin_reading(),
            _ => return None,
        }
        self.reading()
    }
    /// Calls `f` with about as many elements more, or nodes of a stream; whether there are others.
    fn read_on(&mut self, count: usize, nodes: usize, mut f: impl FnMut(Piece<'_>)) -> bool {
        match self {
            Value::Set(set) => set.read_on(count, |member| f(Piece::Member(member))),
            Value::Hash(table) => {
                table.fields.read_on(count, |name, value, at| f(Piece::Field(name, value, at)))
            }
            Value::SortedSet(set) => set.read_on(count, |member, score| f(Piece::Scored(member, score))),
            Value::Array(array) => array.read_on(count, |index, word| f(Piece::Slot(index, word))),
            Value::Stream(stream) => stream.read_on(nodes, |id, node| f(Piece::Node(id, node))),
            _ => false,
        }
    }
    fn stop_reading(&mut self) {
        match self {
            Value::Set(set) => set.stop_reading(),
            Value::Hash(table) => table.fields.stop_reading(),
            Value::SortedSet(set) => set.stop_reading(),
            Value::Array(array) => array.stop_reading(),
            Value::Stream(stream) => stream.stop_reading(),
            _ => {}
        }
    }
}

fn is_long(stream: &Stream) -> bool {
    stream.node_count() >= NODES_MIN || stream.pending_len() >= PENDING_MIN
}

/// Whether an entry's value is large enough to be opened or frozen.
#[inline]
pub(super) fn is_large(entry: &Entry) -> bool {
    match entry.body() {
        Body::Value(Value::Set(set)) => set.len() >= ELEMENTS_MIN,
        Body::Value(Value::SortedSet(set)) => set.len() >= ELEMENTS_MIN,
        Body::Value(Value::Hash(table)) => table.fields.len() >= ELEMENTS_MIN,
        Body::Value(Value::Array(array)) => array.count() >= ELEMENTS_MIN as u64,
        Body::Value(Value::Stream(stream)) => is_long(stream),
        Body::Value(Value::List(list)) => list.node_count() >= NODES_MIN,
        _ => false,
    }
}

/// Whether an entry is a list, which is frozen rather than opened.
pub(super) fn is_list(entry: &Entry) -> bool {
    matches!(entry.body(), Body::Value(Value::List(_)))
}

/// Whether the value of an entry is being read.
pub(super) fn is_being_read(entry: &Entry) -> bool {
    matches!(entry.body(), Body::Value(value) if value.reading().is_some())
}

impl Epoch {
    /// Opens or freezes the value of an entry of database `db` at the epoch, if it is large; whether it did. The caller sets
    /// the entry's bit.
    pub(super) fn open(&self, db: usize, entry: &mut Entry) -> bool {
        if !is_large(entry) || self.is_cancelled.load(Relaxed) {
            return false;
        }
        if let Some(Value::List(list)) = entry.value_mut() {
            let frozen = Value::List(LooseBox::new(list.freeze()));
            let copy = Entry::new(entry.name(), entry.extra(), NewBody::Value(frozen));
            copy.touch(entry.stamp());
            copy.set_owner_flags(self.parity ^ PARITY);
            self.take_over(db, copy);
            return true;
        }
        let mut head = Vec::new();
        let Some(Pieces { before, elements }) = self.encoder.pieces(entry, &mut head) else { return false };
        let Some(id) = entry.value_mut().and_then(Value::begin_reading) else { return false };
        self.encoders.lock().insert(id, elements);
        self.opened.lock().push(Opened { id, db, key: entry.name().into(), head, before });
        self.saved.fetch_add(1, Relaxed);
        true
    }

    /// Before a value that is being read goes for good: reads it to its end.
    #[cold]
    pub(super) fn finish(&self, entry: &mut Entry) {
        let Some(value) = entry.value_mut() else { return };
        let Some(id) = value.reading() else { return };
        let encoder = self.encoders.lock().remove(&id);
        let (mut bytes, mut behind) = (Vec::new(), None);
        match encoder.filter(|_| !self.is_cancelled.load(Relaxed)) {
            Some(mut encoder) => {
                while value.read_on(usize::MAX, usize::MAX, |piece| encoder.piece(piece, &mut bytes)) {}
                behind = encoder.end(&mut bytes);
            }
            None => value.stop_reading(),
        }
        self.preimage_bytes.fetch_add(bytes.len() as u64, Relaxed);
        self.whereabouts.lock().remove(&id);
        self.rests.lock().insert(id, Rest { bytes, behind });
    }

    /// Where a table is that was opened: a database at the epoch, and a key.
    fn place_of(&self, current: &Current) -> Place {
        let moved_on = self.whereabouts.lock().get(&current.id).cloned();
        moved_on.unwrap_or_else(|| (current.db, current.key.clone()))
    }

    /// Reads on in an entry if it is the one that has the table.
    fn read_entry(&self, id: ReadingId, entry: &mut Entry, out: &mut Vec<u8>) -> Read {
        let Some(value) = entry.value_mut().filter(|value| value.reading() == Some(id)) else {
            return Read::Elsewhere;
        };
        // Taken out meanwhile, so that nobody who opens another one waits. Who needs this one waits for the stripe.
        let encoder = self.encoders.lock().remove(&id);
        let behind = match encoder.filter(|_| !self.is_cancelled.load(Relaxed)) {
            Some(mut encoder) => {
                if value.read_on(ELEMENTS_PER_LOCK, NODES_PER_LOCK, |piece| encoder.piece(piece, out)) {
                    self.encoders.lock().insert(id, encoder);
                    return Read::Some;
                }
                encoder.end(out)
            }
            None => {
                value.stop_reading();
                None
            }
        };
        self.whereabouts.lock().remove(&id);
        Read::All(behind)
    }
    fn read_part(
        &self,
        keyspace: &Keyspace,
        part: &mut Db,
        id: ReadingId,
        key: &[u8],
        out: &mut Vec<u8>,
    ) -> Read {
        let found = part.dict.find_mut(keyspace.hash(key), |e| e.name() == key, keyspace.rehash());
        found.map_or(Read::Elsewhere, |mut entry| self.read_entry(id, &mut entry, out))
    }
}

impl Keyspace {
    /// Before an entry goes for good; called only while a snapshot runs.
    #[cold]
    pub(crate) fn save_before_going(&self, db: usize, entry: &mut Entry) {
        self.save_first(db, entry);
        self.finish_reading(entry);
    }

    /// The same for an entry that was saved first.
    #[cold]
    pub(crate) fn finish_reading(&self, entry: &mut Entry) {
        if is_being_read(entry)
            && let Some(epoch) = self.phase.epoch()
        {
            epoch.finish(entry);
        }
    }

    /// An entry that was saved first has come to database `db`, maybe from elsewhere; its stripe is locked, and that where it
    /// was, too.
    #[cold]
    pub(crate) fn follow_reading(&self, db: usize, entry: &Entry) {
        if let Body::Value(value) = entry.body()
            && let Some(id) = value.reading()
            && let Some(epoch) = self.phase.epoch()
        {
            epoch.whereabouts.lock().insert(id, (epoch.original(db), entry.name().into()));
        }
    }
}

impl Snapshot {
    /// Begins with the next table that was opened, if there is one.
    pub(super) fn take_opened(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(Opened { id, db, key, head, before }) = self.epoch.opened.lock().pop() else { return false };
        if !self.epoch.is_cancelled.load(Relaxed) {
            self.select(db, out);
            out.extend_from_slice(&head);
            self.steps = before;
        }
        self.current = Some(Current { id, db, key });
        true
    }

    /// Begins with a list that moved here, if it is large; whether it did.
    pub(super) fn begin_list(&mut self, db: usize, mut entry: Entry, out: &mut Vec<u8>) -> Option<Entry> {
        if !is_large(&entry) || !is_list(&entry) {
            return Some(entry);
        }
        let mut head = Vec::new();
        let Some(Pieces { before, elements: encoder }) = self.epoch.encoder.pieces(&mut entry, &mut head)
        else {
            return Some(entry);
        };
        self.steps = before;
        self.select(db, out);
        out.append(&mut head);
        if let Some(Value::List(list)) = entry.into_value() {
            self.current_list = Some(CurrentList { list, written: 0, encoder });
        }
        self.epoch.saved.fetch_add(1, Relaxed);
        None
    }

    /// Writes some nodes more of the list that was begun with; nothing else may be written before its end. Nobody else has it.
    pub(super) fn write_list(&mut self, out: &mut Vec<u8>) {
        let Some(CurrentList { list, written, encoder }) = &mut self.current_list else { return };
        let nodes = list.nodes_from(*written).take(NODES_PER_LOCK);
        nodes.for_each(|node| encoder.piece(Piece::ListNode(&node), out));
        *written += NODES_PER_LOCK;
        if (*written >= list.node_count() || self.epoch.is_cancelled.load(Relaxed))
            && let Some(list) = self.current_list.take()
        {
            self.steps = list.encoder.end(out);
        }
    }

    /// Writes some more of what stands before or behind elements; nothing else may be written before its end.
    pub(super) fn write_steps(&mut self, out: &mut Vec<u8>) {
        let is_cancelled = self.epoch.is_cancelled.load(Relaxed);
        if let Some(steps) = &mut self.steps
            && (is_cancelled || !steps.step(out))
        {
            self.steps = None;
        }
    }

    /// Reads on in the table that was begun with; nothing else may be written before its end.
    pub(super) fn read_current(&mut self, keyspace: &Keyspace, out: &mut Vec<u8>) {
        let Some(current) = &self.current else { return };
        let epoch = Arc::clone(&self.epoch);
        // Nobody moves whole databases meanwhile.
        let _walk = epoch.walk.lock();
        match find_and_read(&epoch, keyspace, current, out) {
            Read::Some => {}
            Read::All(behind) => (self.current, self.steps) = (None, behind),
            Read::Elsewhere => self.current = None,
        }
    }
}

/// Looks for a table where it can be: at its key, among what was moved, or finished by who has taken it away.
fn find_and_read(epoch: &Epoch, keyspace: &Keyspace, current: &Current, out: &mut Vec<u8>) -> Read {
    let (mut state, (db, key)) = loop {
        let place = epoch.place_of(current);
        let state = keyspace.lock(keyspace.stripe_of(keyspace.hash(&place.1)));
        // Who gives it to another key holds the lock of the one that had it.
        if epoch.place_of(current) == place {
            break (state, place);
        }
    };
    let present = epoch.layout.read().original.iter().position(|original| *original == db);
    let in_place = present.filter(|db| *db < state.databases());
    let read = in_place.map(|db| epoch.read_part(keyspace, state.db_mut(db), current.id, &key, out));
    if let Some(read @ (Read::Some | Read::All(_))) = read {
        return read;
    }
    for moved in epoch.moved.lock().iter_mut() {
        let read = match moved {
            Moved::Entry(_, entry) => epoch.read_entry(current.id, entry, out),
            Moved::Part(from, part, _) if *from == db => {
                epoch.read_part(keyspace, part, current.id, &key, out)
            }
            Moved::Part(..) => continue,
        };
        if !matches!(read, Read::Elsewhere) {
            return read;
        }
    }
    drop(state);
    let rest = epoch.rests.lock().remove(&current.id);
    debug_assert!(rest.is_some() || epoch.is_cancelled.load(Relaxed), "a table left without a word");
    match rest {
        Some(Rest { bytes, behind }) => {
            out.extend_from_slice(&bytes);
            Read::All(behind)
        }
        // A file without these elements must not be taken for whole.
        None => {
            epoch.is_cancelled.store(true, Relaxed);
            Read::All(None)
        }
    }
}

impl Moved {
    /// Whether it is a value that is being read, which its reader finds where it is.
    pub(super) fn is_being_read(&self) -> bool {
        matches!(self, Moved::Entry(_, entry) if is_being_read(entry))
    }
}
