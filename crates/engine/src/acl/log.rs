//! ACL LOG: who was refused what, the latest first. What is refused again within a minute is counted with what was.

use super::matcher::Denied;
use crate::table::Command;
use std::collections::VecDeque;

/// Entries that differ only in their time count as one within this time, milliseconds.
const SAME_WITHIN_MS: i64 = 60_000;
/// How many of the latest entries are compared.
const COMPARED_MAX: usize = 10;

/// Why somebody was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reason {
    Auth,
    Command,
    Key,
    Channel,
}

impl Reason {
    pub fn name(self) -> &'static str {
        match self {
            Reason::Auth => "auth",
            Reason::Command => "command",
            Reason::Key => "key",
            Reason::Channel => "channel",
        }
    }
}

/// Where a command came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    TopLevel,
    Multi,
    /// A script.
    Script,
}

impl Origin {
    pub fn name(self) -> &'static str {
        match self {
            Origin::TopLevel => "toplevel",
            Origin::Multi => "multi",
            Origin::Script => "lua",
        }
    }
}

/// What was refused.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub id: u64,
    pub count: u64,
    pub reason: Reason,
    pub origin: Origin,
    /// A command's name, a key, a channel.
    pub object: Vec<u8>,
    pub user: Vec<u8>,
    /// The client's line, as in CLIENT LIST.
    pub client: Vec<u8>,
    pub created_ms: i64,
    pub updated_ms: i64,
}

impl Entry {
    /// An entry for a refused command.
    pub fn of(denied: Denied, command: &Command, args: &[&[u8]], origin: Origin) -> Entry {
        let (reason, object) = match denied {
            Denied::Command => (Reason::Command, command.spec.name.as_bytes()),
            Denied::Key(at) => (Reason::Key, args[at]),
            Denied::Channel(at) => (Reason::Channel, args[at]),
        };
        Entry::new(reason, origin, object)
    }
    /// An entry without user, client and time.
    pub fn new(reason: Reason, origin: Origin, object: &[u8]) -> Entry {
        Entry {
            id: 0,
            count: 1,
            reason,
            origin,
            object: object.to_vec(),
            user: Vec::new(),
            client: Vec::new(),
            created_ms: 0,
            updated_ms: 0,
        }
    }
    fn is_like(&self, other: &Entry) -> bool {
        self.reason == other.reason
            && self.origin == other.origin
            && (self.updated_ms - other.updated_ms).abs() <= SAME_WITHIN_MS
            && self.object == other.object
            && self.user == other.user
    }
}

/// The entries, the latest first.
#[derive(Debug)]
pub(crate) struct Log {
    entries: VecDeque<Entry>,
    next_id: u64,
    /// `acllog-max-len`
    pub entries_max: usize,
    /// How often who was refused: by [`Reason`].
    pub refusals: [u64; 4],
}

impl Default for Log {
    fn default() -> Self {
        Log { entries: VecDeque::new(), next_id: 0, entries_max: 128, refusals: [0; 4] }
    }
}

impl Log {
    /// Adds an entry, or counts it with one like it, which then is the latest.
    pub fn add(&mut self, mut entry: Entry) {
        self.refusals[entry.reason as usize] += 1;
        let same = self.entries.iter().take(COMPARED_MAX).position(|known| known.is_like(&entry));
        if let Some(mut known) = same.and_then(|at| self.entries.remove(at)) {
            known.count += 1;
            known.client = entry.client;
            known.updated_ms = entry.updated_ms;
            self.entries.push_front(known);
            return;
        }
        entry.id = self.next_id;
        self.next_id += 1;
        self.entries.push_front(entry);
        self.trim();
    }
    /// Changes how many entries are kept; fewer takes effect with the next entry.
    pub fn set_max(&mut self, entries_max: usize) {
        self.entries_max = entries_max;
    }
    fn trim(&mut self) {
        self.entries.truncate(self.entries_max);
    }
    /// ACL LOG RESET.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
    /// The latest entries.
    pub fn latest(&self, count: usize) -> Vec<Entry> {
        self.entries.iter().take(count).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(object: &str, at_ms: i64) -> Entry {
        let mut entry = Entry::new(Reason::Key, Origin::TopLevel, object.as_bytes());
        (entry.created_ms, entry.updated_ms) = (at_ms, at_ms);
        entry
    }

    #[test]
    fn what_is_alike_within_a_minute_is_counted() {
        let mut log = Log::default();
        log.add(entry("a", 0));
        log.add(entry("b", 1));
        log.add(entry("a", 60_000));
        log.add(entry("a", 120_001));
        let shown: Vec<_> = log.latest(9).iter().map(|e| (e.object.clone(), e.count, e.id)).collect();
        assert_eq!(shown, [(b"a".to_vec(), 1, 2), (b"a".to_vec(), 2, 0), (b"b".to_vec(), 1, 1)]);
        assert_eq!(log.refusals[Reason::Key as usize], 4);
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        let mut log = Log::default();
        log.set_max(2);
        (0..5).for_each(|n| log.add(entry(&n.to_string(), n)));
        assert_eq!(log.latest(9).len(), 2);
        log.set_max(0);
        log.add(entry("x", 9));
        assert!(log.latest(9).is_empty());
    }
}
