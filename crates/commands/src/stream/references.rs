//! References: what becomes of the groups' pending ids when entries are deleted, and of entries that groups still need.

use hematite_structures::stream::{Stream, StreamId, Trim};

/// KEEPREF, DELREF, ACKED.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum References {
    /// Pending ids stay, whether or not there is an entry.
    #[default]
    Keep,
    /// Pending ids go with the entry.
    Delete,
    /// Entries stay until every group has read and acknowledged them.
    Acknowledged,
}

impl References {
    /// The option that a word is.
    pub fn parse(word: &[u8]) -> Option<References> {
        match word {
            word if word.eq_ignore_ascii_case(b"keepref") => Some(References::Keep),
            word if word.eq_ignore_ascii_case(b"delref") => Some(References::Delete),
            word if word.eq_ignore_ascii_case(b"acked") => Some(References::Acknowledged),
            _ => None,
        }
    }
    /// Whether the entry may be deleted.
    pub fn allow(self, stream: &Stream, id: StreamId) -> bool {
        self != References::Acknowledged || !is_referenced(stream, id)
    }
    /// After the entry was to be deleted: deletes what refers to it, if that is wanted.
    pub fn settle(self, stream: &mut Stream, id: StreamId) {
        if self == References::Delete {
            for (_, group) in stream.groups_mut() {
                group.acknowledge(id);
            }
        }
    }
    /// Trims a stream; how many entries went.
    pub fn trim(self, stream: &mut Stream, to: Trim, approximate: bool, limit: u64) -> u64 {
        let has_groups = stream.groups().len() > 0;
        match self {
            References::Delete if has_groups => {
                let (from, last) = (stream.first_id(), stream.last_id);
                let trimmed = stream.trim(to, approximate, limit);
                let until = if stream.is_empty() { Some(last) } else { stream.first_id().prev() };
                if let Some(until) = until.filter(|_| trimmed > 0) {
                    forget(stream, from, until);
                }
                trimmed
            }
            References::Acknowledged if has_groups => trim_acknowledged(stream, to, limit),
            _ => stream.trim(to, approximate, limit),
        }
    }
}

/// Whether a group has yet to read the entry, or to acknowledge it.
fn is_referenced(stream: &Stream, id: StreamId) -> bool {
    stream.groups().any(|(_, group)| group.last_id < id || group.pending(id).is_some())
}

/// Deletes what is pending from `from` to `until`, where no entry is left.
fn forget(stream: &mut Stream, from: StreamId, until: StreamId) {
    for (_, group) in stream.groups_mut() {
        let pending: Vec<StreamId> = group.pending_range(from, until).map(|(id, _)| id).collect();
        for id in pending {
            group.acknowledge(id);
        }
    }
}

/// Deletes the oldest entries that no group needs, one by one; what is needed stays and counts.
fn trim_acknowledged(stream: &mut Stream, to: Trim, limit: u64) -> u64 {
    let (over, below) = match to {
        Trim::MaxLen(max) => (stream.len().saturating_sub(max), StreamId::MAX),
        Trim::MinId(min) => match min.prev() {
            Some(below) => (u64::MAX, below),
            None => return 0,
        },
    };
    let most = if limit == 0 { over } else { over.min(limit) };
    let free: Vec<StreamId> = stream
        .range(StreamId::MIN, below)
        .map(|entry| entry.id)
        .filter(|id| !is_referenced(stream, *id))
        .take(usize::try_from(most).unwrap_or(usize::MAX))
        .collect();
    // Trimming leaves no tombstone behind.
    let tombstone = stream.max_deleted_id;
    let trimmed = free.into_iter().filter(|id| stream.delete(*id)).count() as u64;
    stream.max_deleted_id = tombstone;
    trimmed
}
