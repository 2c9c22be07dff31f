//! Writer: appends groups to a file, each followed by its checksum, and syncs it as the policy says.
//!
//! Invariants:
//! - `end` is where the next group goes: everything before it was acknowledged, or was there when the file was opened. A group
//!   that failed half-way is written again at the same place, over what is left of it.
//! - Under the other policies groups go to a [`Tail`], where there is one, and from there to the file.
//! - Under [`Policy::Always`] what lies before `end` has been synced. There alone, lines that readers skip follow `end`, up to
//!   `filled` (see [`super::filler`]).
//! - A sync that fails in the background leaves what it was to make safe in doubt: systems mark pages that they could not write
//!   as clean, so that another sync alone would tell a lie. [`Writer::recover`] reads the bytes back, looks at their checksums,
//!   writes them again and syncs them; if they are gone, only a new file can help ([`Writer::has_lost`]).

use super::filler;
use super::tail::{Drain, Tail};
use super::{BEGIN, Fault, Reader, checksum, line_of};
use crate::storage::blocks::Blocks;
use crate::storage::{File, read_full_at, write_all_at};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// When the file is synced: `appendfsync`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Before any write is acknowledged.
    Always,
    /// Once a second, in the background.
    EverySecond,
    /// Whenever the system likes.
    Never,
}

/// See the head of the file.
pub struct Writer {
    state: Mutex<State>,
    /// Whoever carries the tail to the file holds this, and takes it before the state.
    draining: Mutex<Blocks>,
    /// Has somebody call [`Writer::drain`].
    on_backlog: OnceLock<Box<dyn Fn() + Send + Sync>>,
    is_backlog_told: AtomicBool,
    policy: AtomicU8,
    /// Bytes of the file, and how many of them would survive a loss of power.
    size: AtomicU64,
    synced: AtomicU64,
    /// A sync in the background is going on.
    is_syncing: AtomicBool,
    has_lost: AtomicBool,
}

struct State {
    file: Arc<dyn File>,
    end: u64,
    /// Where groups wait to be written; none: they are written at once.
    tail: Option<Tail>,
    /// It is not asked for again: the front has none, or the policy wants none.
    has_no_tail: bool,
    /// What lies before it would survive a loss of power.
    synced: u64,
    /// Where the filler behind `end` ends; not more than `end`: there is none.
    filled: u64,
    /// Filler is not tried again before `end` is here: there was no room.
    fills_from: u64,
    /// There is something behind `end`: the start of a group that failed.
    is_torn: bool,
    /// What lies between `synced` and `end` may be lost though it can be read.
    is_in_doubt: bool,
    /// When the last sync began, Unix milliseconds.
    synced_ms: i64,
}

impl Writer {
    /// Appends to a file, of which it makes sure that nobody else writes to it; filler that it ends with is cut off.
    pub fn new(file: Arc<dyn File>, policy: Policy) -> io::Result<Writer> {
        file.own()?;
        let end = filler::end_of_data(&*file)?;
        if file.len()? > end {
            file.truncate(end)?;
        }
        write_all_at(&*file, end, BEGIN)?;
        let end = end + BEGIN.len() as u64;
        file.sync()?;
        let state = State {
            file,
            end,
            tail: None,
            has_no_tail: false,
            synced: end,
            filled: 0,
            fills_from: 0,
            is_torn: false,
            is_in_doubt: false,
            synced_ms: 0,
        };
        Ok(Writer {
            state: Mutex::new(state),
            draining: Mutex::default(),
            on_backlog: OnceLock::new(),
            is_backlog_told: AtomicBool::new(false),
            policy: AtomicU8::new(policy as u8),
            size: AtomicU64::new(end),
            synced: AtomicU64::new(end),
            is_syncing: AtomicBool::new(false),
            has_lost: AtomicBool::new(false),
        })
    }
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn draining(&self) -> MutexGuard<'_, Blocks> {
        self.draining.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Says whom to call, on the thread that writes, when so much waits that [`Writer::drain`] should be called soon by another.
    /// Called once more when the writer is dropped.
    pub fn on_backlog(&self, call: impl Fn() + Send + Sync + 'static) {
        let _ = self.on_backlog.set(Box::new(call));
    }
    fn tell_backlog(&self) {
        if let Some(call) = self.on_backlog.get() {
            call();
        }
    }
    /// What it writes to.
    pub fn file(&self) -> Arc<dyn File> {
        Arc::clone(&self.state().file)
    }
    /// Bytes of the file.
    pub fn size(&self) -> u64 {
        self.size.load(Relaxed)
    }
    /// How many of them would survive a loss of power.
    pub fn synced_size(&self) -> u64 {
        self.synced.load(Relaxed)
    }
    /// Has [`Writer::size`] and [`Writer::synced_size`] say what the state is.
    fn tell(&self, state: &State) {
        self.size.store(state.end, Relaxed);
        self.synced.store(if state.is_in_doubt { 0 } else { state.synced }, Relaxed);
    }
    /// Whether a sync in the background is going on.
    pub fn is_syncing(&self) -> bool {
        self.is_syncing.load(Relaxed)
    }
    /// How long an acknowledgement waits for a sync of late, microseconds; 0: for none, or nobody knows.
    pub fn sync_us(&self) -> u64 {
        match self.policy() {
            Policy::Always => self.state().file.sync_us(),
            Policy::EverySecond | Policy::Never => 0,
        }
    }
    /// Whether acknowledged writes are neither on the disk nor can be read back: a new file must be begun.
    pub fn has_lost(&self) -> bool {
        self.has_lost.load(Relaxed)
    }
    /// When the file is synced.
    pub fn policy(&self) -> Policy {
        match self.policy.load(Relaxed) {
            0 => Policy::Always,
            1 => Policy::EverySecond,
            _ => Policy::Never,
        }
    }
    /// Changes when the file is synced. What was written under a laxer policy is synced under the lock of the writer, so that
    /// [`Policy::Always`] holds for all of it.
    pub fn set_policy(&self, policy: Policy) -> io::Result<()> {
        let mut buffer = self.draining();
        let mut state = self.state();
        if policy == Policy::Always {
            state.drain(&mut buffer)?;
            if state.synced < state.end {
                let result = state.sync();
                self.tell(&state);
                result?;
            }
            state.end_tail();
        } else {
            state.cut_filler();
            state.has_no_tail = false;
        }
        self.policy.store(policy as u8, Relaxed);
        Ok(())
    }

    /// Syncs what has not been and cuts the filler off: nothing more will be written by this one, and others may.
    pub fn finish(&self) -> io::Result<()> {
        let result = self.sync();
        let mut state = self.state();
        state.cut_filler();
        if result.is_ok() {
            state.end_tail();
        }
        state.file.release();
        result
    }

    /// Appends a group; `batch` is left as it was. After an error nothing of it counts as written, and the next call begins
    /// with the same bytes.
    pub fn write(&self, batch: &mut Vec<u8>) -> io::Result<()> {
        let len = batch.len();
        batch.extend_from_slice(&line_of(checksum(batch)));
        let result = self.write_group(batch);
        batch.truncate(len);
        result
    }

    fn write_group(&self, group: &mut Vec<u8>) -> io::Result<()> {
        let is_synced = self.policy() == Policy::Always;
        let mut state = self.state();
        if !is_synced && state.open_tail() {
            if state.push(group) {
                self.tell(&state);
                let is_heavy = state.tail.as_ref().is_some_and(Tail::is_heavy);
                drop(state);
                if is_heavy && !self.is_backlog_told.swap(true, Relaxed) {
                    self.tell_backlog();
                }
                return Ok(());
            }
            // There is no room: nobody has come, or the group is larger than the tail.
            drop(state);
            let mut buffer = self.draining();
            state = self.state();
            state.drain(&mut buffer)?;
            if state.push(group) {
                self.tell(&state);
                return Ok(());
            }
            // It is larger than the tail, which begins anew behind it.
            state.end_tail();
            state.has_no_tail = false;
        }
        let is_followed = is_synced || state.filled > state.end;
        if is_followed && !filler::may_begin(state.end + group.len() as u64) {
            let end = group.len() - 2;
            group.insert(end, b' ');
        }
        let result = state.append(group, is_synced);
        if result.is_err() {
            state.is_torn = true;
            state.mend();
        }
        self.tell(&state);
        result
    }

    /// Carries what waits in the tail to the file. Called by a thread of the front that may wait; writing goes on meanwhile.
    pub fn drain(&self, wanted: Drain) -> io::Result<()> {
        let mut buffer = self.draining();
        self.is_backlog_told.store(false, Relaxed);
        loop {
            let (file, piece) = {
                let state = self.state();
                let Some(piece) = state.tail.as_ref().and_then(|tail| tail.next(wanted, &mut buffer)) else {
                    return Ok(());
                };
                (Arc::clone(&state.file), piece)
            };
            piece.write(&*file, &mut buffer)?;
            if let Some(tail) = &mut self.state().tail {
                tail.note_drained(piece.range.end);
            }
        }
    }

    /// Begins another tail if somebody has removed the file of the one there is, or there was no room for one.
    fn keep_tail(&self) -> io::Result<()> {
        let mut buffer = self.draining();
        let mut state = self.state();
        if state.tail.as_ref().is_some_and(|tail| !tail.is_there()) {
            state.drain(&mut buffer)?;
            state.end_tail();
        }
        state.has_no_tail = false;
        Ok(())
    }

    /// Carries what waits to the file, and syncs it under [`Policy::EverySecond`] if a second has passed since the last time.
    /// Called by a thread of the front that may wait; writing goes on meanwhile.
    pub fn sync_if_due(&self, now_ms: i64) -> io::Result<()> {
        self.drain(Drain::All)?;
        self.keep_tail()?;
        let (file, end) = {
            let mut state = self.state();
            let is_due = state.synced < state.written() && (now_ms - state.synced_ms).abs() >= 1000;
            if self.policy() != Policy::EverySecond || !is_due || state.is_in_doubt {
                return Ok(());
            }
            state.synced_ms = now_ms;
            (Arc::clone(&state.file), state.written())
        };
        self.is_syncing.store(true, Relaxed);
        let result = file.sync();
        self.is_syncing.store(false, Relaxed);
        let mut state = self.state();
        match result {
            Ok(()) => state.synced = state.synced.max(end),
            Err(_) => state.is_in_doubt = true,
        }
        self.tell(&state);
        result
    }

    /// Syncs what has not been, whatever the policy.
    pub fn sync(&self) -> io::Result<()> {
        let mut buffer = self.draining();
        let mut state = self.state();
        state.drain(&mut buffer)?;
        let result = if state.synced < state.end { state.sync() } else { Ok(()) };
        self.tell(&state);
        result
    }

    /// Makes whole what failures have left: see the head of the file.
    pub fn recover(&self) -> io::Result<()> {
        let mut buffer = self.draining();
        let mut state = self.state();
        state.mend();
        state.drain(&mut buffer)?;
        if !state.is_in_doubt {
            return Ok(());
        }
        let mut bytes = vec![0; (state.end - state.synced) as usize];
        let count = read_full_at(&*state.file, state.synced, &mut bytes)?;
        if count < bytes.len() || !is_intact(&bytes) {
            self.has_lost.store(true, Relaxed);
            return Err(io::Error::other("acknowledged writes can't be read back"));
        }
        write_all_at(&*state.file, state.synced, &bytes)?;
        state.sync()?;
        state.is_in_doubt = false;
        self.tell(&state);
        Ok(())
    }
}

/// Whether bytes are whole groups with the right checksums.
fn is_intact(bytes: &[u8]) -> bool {
    let mut reader = Reader::of_groups(bytes);
    loop {
        match reader.next(usize::MAX) {
            Ok(Some(_)) => {}
            Ok(None) => return reader.checked_end() == bytes.len() as u64,
            Err(Fault::Io(_) | Fault::Corrupt { .. } | Fault::Truncated { .. }) => return false,
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.tell_backlog();
    }
}

impl State {
    /// Whether there is a tail; it begins if it may.
    fn open_tail(&mut self) -> bool {
        // What lies behind the end would be taken for what the tail has already been written to.
        let is_end_clear = !self.is_torn && self.filled <= self.end;
        if self.tail.is_none() && !self.has_no_tail && is_end_clear {
            self.tail = Tail::begin(&*self.file, self.end);
            self.has_no_tail = self.tail.is_none();
        }
        self.tail.is_some()
    }
    /// Appends a group to the tail, if there is room.
    fn push(&mut self, group: &[u8]) -> bool {
        let has_room = self.tail.as_mut().is_some_and(|tail| tail.push(group));
        if has_room {
            self.end += group.len() as u64;
        }
        has_room
    }
    /// Where the file ends, without what waits in the tail.
    fn written(&self) -> u64 {
        self.end - self.tail.as_ref().map_or(0, Tail::waiting)
    }
    /// Carries everything that waits to the file. Nobody writes, and nobody else carries.
    fn drain(&mut self, buffer: &mut Blocks) -> io::Result<()> {
        let Some(tail) = &mut self.tail else { return Ok(()) };
        while let Some(piece) = tail.next(Drain::All, buffer) {
            piece.write(&*self.file, buffer)?;
            tail.note_drained(piece.range.end);
        }
        Ok(())
    }
    /// Does without a tail from now on, if nothing waits there.
    fn end_tail(&mut self) {
        if let Some(tail) = self.tail.take_if(|tail| tail.waiting() == 0) {
            tail.remove();
        }
        self.has_no_tail = true;
    }
    fn append(&mut self, group: &[u8], and_sync: bool) -> io::Result<()> {
        write_all_at(&*self.file, self.end, group)?;
        let end = self.end + group.len() as u64;
        // A group that failed may have been longer than this one.
        if self.is_torn {
            if self.file.len()? > end {
                self.file.truncate(end)?;
            }
            self.filled = end;
        }
        let is_rest_torn = and_sync && !self.fill(end);
        if and_sync {
            self.file.sync()?;
            self.synced = end;
        }
        self.end = end;
        self.is_torn = is_rest_torn;
        Ok(())
    }
    /// Lengthens the file by filler behind `end`, if a group has used up what there was and there is room. Whether all that lies
    /// behind `end` is filler.
    fn fill(&mut self, end: u64) -> bool {
        if end < self.filled || end < self.fills_from {
            return true;
        }
        let filled = filler::end_ahead(end);
        if write_all_at(&*self.file, end, &filler::lines(end..filled)).is_ok() {
            self.filled = filled;
            return true;
        }
        (self.filled, self.fills_from) = (end, filled);
        self.file.truncate(end).is_ok()
    }
    /// Cuts off the start of a group that failed. Should that fail too, the next group is written over it.
    fn mend(&mut self) {
        if self.is_torn && self.file.truncate(self.end).is_ok() {
            (self.is_torn, self.filled) = (false, self.end);
        }
    }
    /// Cuts off the filler, if it can: readers skip it anyway.
    fn cut_filler(&mut self) {
        if self.filled > self.end && self.file.truncate(self.end).is_ok() {
            self.filled = self.end;
        }
    }
    fn sync(&mut self) -> io::Result<()> {
        match self.file.sync() {
            Ok(()) => self.synced = self.end,
            Err(error) => {
                self.is_in_doubt = true;
                return Err(error);
            }
        }
        Ok(())
    }
}
