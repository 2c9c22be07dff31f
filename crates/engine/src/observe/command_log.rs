//! Command logs: the last remarkable commands (SLOWLOG; COMMANDLOG, which also has large requests and large replies).
//!
//! An entry keeps little of a command: [`ARGS_MAX`] arguments of [`ARG_BYTES_MAX`] bytes, and says what it leaves out.

use crate::registry::Card;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// Arguments that an entry keeps, the last of which tells how many are missing.
const ARGS_MAX: usize = 32;
/// Bytes that an entry keeps of an argument.
const ARG_BYTES_MAX: usize = 128;

/// What made a command remarkable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its time, microseconds.
    Slow,
    /// Its request, bytes.
    LargeRequest,
    /// Its reply, bytes.
    LargeReply,
}

/// A command that was logged.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub id: u64,
    /// When, Unix seconds.
    pub unix_s: i64,
    /// Microseconds or bytes.
    pub value: u64,
    pub args: Vec<Vec<u8>>,
    /// The client's address.
    pub addr: String,
    /// The client's name.
    pub name: Vec<u8>,
}

#[derive(Debug)]
struct Log {
    /// From what value on; negative: never.
    threshold: AtomicI64,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Newest first.
    entries: VecDeque<Entry>,
    max: usize,
    next_id: u64,
}

/// One log a kind.
#[derive(Debug)]
pub(crate) struct CommandLogs([Log; 3]);

impl Default for CommandLogs {
    fn default() -> Self {
        CommandLogs(std::array::from_fn(|_| Log { threshold: AtomicI64::new(-1), inner: Mutex::default() }))
    }
}

impl CommandLogs {
    /// Sets from what value on commands are logged, and how many entries are kept.
    pub fn configure(&self, kind: Kind, threshold: i64, max: usize) {
        let log = &self.0[kind as usize];
        log.threshold.store(threshold, Relaxed);
        let mut inner = log.inner.lock();
        inner.max = max;
        inner.entries.truncate(max);
    }
    /// Whether a value is remarkable.
    pub fn wants(&self, kind: Kind, value: u64) -> bool {
        u64::try_from(self.0[kind as usize].threshold.load(Relaxed)).is_ok_and(|threshold| value >= threshold)
    }
    /// Logs a command; `args` as [`clip`] leaves them.
    pub fn push(&self, kind: Kind, value: u64, unix_s: i64, args: Vec<Vec<u8>>, card: &Card) {
        let mut inner = self.0[kind as usize].inner.lock();
        if inner.max == 0 {
            return;
        }
        let id = inner.next_id;
        inner.next_id += 1;
        let name = card.traits.lock().name.clone();
        let others_max = inner.max - 1;
        inner.entries.truncate(others_max);
        inner.entries.push_front(Entry { id, unix_s, value, args, addr: card.peer.addr.clone(), name });
    }
    /// Number of entries.
    pub fn len(&self, kind: Kind) -> usize {
        self.0[kind as usize].inner.lock().entries.len()
    }
    /// Forgets all entries; ids go on.
    pub fn reset(&self, kind: Kind) {
        self.0[kind as usize].inner.lock().entries.clear();
    }
    /// The newest entries.
    pub fn newest(&self, kind: Kind, count: usize) -> Vec<Entry> {
        self.0[kind as usize].inner.lock().entries.iter().take(count).cloned().collect()
    }
}

/// What an entry keeps of a command's arguments.
pub(crate) fn clip(args: &[&[u8]]) -> Vec<Vec<u8>> {
    let kept = if args.len() > ARGS_MAX { ARGS_MAX - 1 } else { args.len() };
    let mut clipped: Vec<Vec<u8>> = args[..kept]
        .iter()
        .map(|arg| match arg.len().checked_sub(ARG_BYTES_MAX) {
            Some(more @ 1..) => {
                [&arg[..ARG_BYTES_MAX], format!("... ({more} more bytes)").as_bytes()].concat()
            }
            _ => arg.to_vec(),
        })
        .collect();
    if kept < args.len() {
        clipped.push(format!("... ({} more arguments)", args.len() - kept).into_bytes());
    }
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_clipped() {
        let long = [b'x'; 130];
        let shown = clip(&[b"set", &[b'x'; 128], &long]);
        assert_eq!(shown[1].len(), 128);
        assert!(shown[2].ends_with(b"x... (2 more bytes)"));
        let many = [&b"k"[..]; 33];
        let shown = clip(&many);
        assert_eq!((shown.len(), &shown[31][..]), (32, &b"... (2 more arguments)"[..]));
        assert_eq!(clip(&many[..32]).len(), 32);
    }
}
