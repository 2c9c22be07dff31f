//! Switching tracking on and off for a client.

use super::{Mode, Tracker, Tracking};
use crate::engine::Shared;
use crate::flow::SessionId;
use crate::session::Session;
use hematite_commands::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// What CLIENT TRACKING ON asks for.
#[derive(Debug, Default)]
pub(crate) struct Wish<'a> {
    pub mode: Mode,
    pub prefixes: Vec<&'a [u8]>,
}

const OTHER_BROADCAST: Error = Error::fixed(
    "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
);
const OTHER_OPTION: Error = Error::fixed(
    "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
);

/// Two prefixes of which one begins with the other.
fn overlap(a: &[u8], b: &[u8]) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

fn overlapping(prefix: &[u8], what: &str, other: &[u8]) -> Error {
    let middle = format!("' overlaps with {what} prefix '");
    let end = b"'. Prefixes for a single client must not overlap.";
    Error::Bytes([b"ERR Prefix '", prefix, middle.as_bytes(), other, end].concat())
}

impl Tracking {
    /// The prefixes of a client, in order.
    pub fn prefixes_of(&self, id: SessionId) -> Vec<Box<[u8]>> {
        self.prefixes.of(id)
    }

    fn check_prefixes(&self, prefixes: &[&[u8]], id: SessionId) -> Result<(), Error> {
        let existing = self.prefixes.of(id);
        for (at, prefix) in prefixes.iter().enumerate() {
            if let Some(other) = existing.iter().find(|other| overlap(prefix, other)) {
                return Err(overlapping(prefix, "an existing", other));
            }
            if let Some(other) = prefixes[at + 1..].iter().find(|other| overlap(prefix, other)) {
                return Err(overlapping(prefix, "another provided", other));
            }
        }
        Ok(())
    }
}

/// Whether a client may track so, given how it tracks already.
fn check(before: Option<&Mode>, mode: &Mode) -> Result<(), Error> {
    if before.is_some_and(|before| mode.broadcast != before.broadcast) {
        return Err(OTHER_BROADCAST);
    }
    if mode.broadcast && (mode.opt_in || mode.opt_out) {
        return Err(Error::fixed("ERR OPTIN and OPTOUT are not compatible with BCAST"));
    }
    if mode.opt_in && mode.opt_out {
        return Err(Error::fixed("ERR You can't specify both OPTIN mode and OPTOUT mode"));
    }
    match before {
        Some(before) if mode.opt_in && before.opt_out || mode.opt_out && before.opt_in => Err(OTHER_OPTION),
        _ => Ok(()),
    }
}

impl Shared {
    /// CLIENT TRACKING ON.
    pub(crate) fn track(&self, session: &Session, wish: &Wish<'_>) -> Result<(), Error> {
        let (tracking, id) = (&self.tracking, session.id());
        let before = tracking.get(id);
        check(before.as_deref().map(|tracker| &tracker.mode), &wish.mode)?;
        if wish.mode.broadcast {
            tracking.check_prefixes(&wish.prefixes, id)?;
        }
        let tracker = Arc::new(Tracker {
            card: Arc::clone(&session.card),
            mode: wish.mode.clone(),
            caching: AtomicBool::new(before.as_ref().is_some_and(|tracker| tracker.caching.load(Relaxed))),
            is_broken: AtomicBool::new(false),
        });
        session.card.traits.lock().tracker = Some(Arc::clone(&tracker));
        tracking.trackers.write().insert(id, tracker);
        if before.is_none() {
            tracking.count.fetch_add(1, Relaxed);
            self.watching.follow();
            self.spectators.fetch_add(1, Relaxed);
        }
        if wish.mode.broadcast {
            let everything: &[&[u8]] = &[b""];
            let wanted = if wish.prefixes.is_empty() { everything } else { &wish.prefixes };
            wanted.iter().for_each(|prefix| tracking.prefixes.add(prefix, id));
        }
        Ok(())
    }

    /// CLIENT TRACKING OFF, and the end of a client.
    pub(crate) fn untrack(&self, session: &Session) {
        let id = session.id();
        if self.tracking.any() && self.tracking.trackers.write().remove(&id).is_some() {
            session.card.traits.lock().tracker = None;
            self.tracking.prefixes.remove(id);
            if self.tracking.count.fetch_sub(1, Relaxed) == 1 {
                // Changes are not followed from now on, so what was read is not known to be unchanged.
                self.tracking.readers.clear();
            }
            self.watching.unfollow();
            self.spectators.fetch_sub(1, Relaxed);
        }
    }
}

impl Shared {
    /// CLIENT CACHING holds for one command, and that was it.
    pub(crate) fn end_caching(&self, id: SessionId) {
        if self.tracking.any()
            && let Some(tracker) = self.tracking.get(id)
        {
            tracker.caching.store(false, Relaxed);
        }
    }
}
