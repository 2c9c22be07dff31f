//! Confirmation: a reply to a write leaves when the journal has it, or it is withdrawn.
//!
//! A worker notes where in its sessions' outputs the replies to writes are. A front that answers many sessions in one round
//! calls [`Worker::commit`] once, before the first of them is sent, so that one write to the disk confirms them all
//! ([`Worker::confirm_by_round`]); for any other front, each call confirms what it wrote before it returns. If the disk
//! refuses, the replies become the error that the reference gives when it refuses the next writes.
//!
//! **Gathering.** Where a sync confirms a round (`appendfsync always`), those who were answered by the last round are about to
//! write again while this one is being made safe, so that two halves would take turns, with a sync for each. The front asks
//! [`Worker::patience`] how long to wait for them, at most half a sync; if too few have come, it is not asked to for some
//! rounds, more of them each time.

use crate::dispatch::Call;
use crate::engine::Shared;
use crate::journal::{DiskError, Journal};
use crate::persistence::needs_disk;
use crate::session::{Parked, Session};
use crate::worker::{Local, Worker};
use hematite_commands::Error;
use hematite_commands::spec::Spec;
use hematite_resp::Encoder;
use std::time::Duration;

/// The most rounds that are not waited for, as a power of two.
const MISSES_MAX: u32 = 7;

/// A worker's writes since the journal last confirmed them.
#[derive(Debug, Default)]
pub(crate) struct Confirmation {
    /// There are such writes.
    is_due: bool,
    /// The front commits once a round.
    by_round: bool,
    /// Counts the rounds in which something was written.
    round: u64,
    /// Why the last commit failed, if it did.
    failure: Option<DiskError>,
    gathering: Gathering,
}

/// A session's replies to writes that the journal may not have confirmed.
#[derive(Debug, Default)]
pub(crate) struct Unconfirmed {
    /// The round that wrote them.
    round: u64,
    /// How far the journal must be confirmed for them, bytes of records; once it is, the places mean nothing.
    until: u64,
    /// Where they are in the output.
    places: Vec<(usize, usize)>,
}

impl Unconfirmed {
    /// So many bytes were put before the output.
    pub fn shift(&mut self, bytes: usize) {
        for place in &mut self.places {
            *place = (place.0 + bytes, place.1 + bytes);
        }
    }
}

/// Who has written, so that a round is committed when those who take turns are there.
#[derive(Debug, Default)]
struct Gathering {
    /// Sessions that wrote in the last round.
    before: usize,
    /// Those that have written in this one, and how many of them did in the last.
    writers: usize,
    returned: usize,
    /// Whether this round was waited for.
    has_waited: bool,
    /// How often in a row too few have come.
    misses: u32,
    /// Rounds left that are not waited for.
    skipped: u32,
}

impl Gathering {
    fn begin_round(&mut self) {
        self.before = std::mem::take(&mut self.writers);
        self.returned = 0;
    }
    fn are_expected(&self) -> bool {
        self.skipped == 0 && self.returned < self.before
    }
    /// Draws the lesson from how many have come.
    fn end_round(&mut self) {
        if !std::mem::take(&mut self.has_waited) {
            self.skipped = self.skipped.saturating_sub(1);
        } else if self.returned * 8 < self.before * 7 {
            self.misses = (self.misses + 1).min(MISSES_MAX);
            self.skipped = (1 << self.misses) - 1;
        } else {
            self.misses = 0;
        }
    }
}

impl Confirmation {
    /// Whether something was written that is not confirmed.
    pub fn is_due(&self) -> bool {
        self.is_due
    }
}

impl Local {
    /// Notes that the output from `position` on answers a write.
    #[cold]
    pub fn note_unconfirmed(&mut self, journal: &Journal, session: &mut Session, position: usize) {
        self.wrote = false;
        session.written = journal.appended();
        let confirmation = &mut self.confirmation;
        if !confirmation.is_due {
            confirmation.is_due = true;
            confirmation.round += 1;
            confirmation.gathering.begin_round();
        }
        let Unconfirmed { round, until, places } = &mut session.unconfirmed;
        if *round != confirmation.round {
            confirmation.gathering.writers += 1;
            confirmation.gathering.returned += usize::from(*round + 1 == confirmation.round);
            *round = confirmation.round;
        }
        if journal.is_confirmed(*until) {
            places.clear();
        }
        *until = session.written;
        let end = session.output.buffer().len();
        if position < end {
            places.push((position, end));
        }
    }
}

impl Worker {
    /// Leaves it to the front to call [`Worker::commit`] before any reply of a round is sent.
    pub fn confirm_by_round(&mut self) {
        self.local.confirmation.by_round = true;
    }

    /// How long the front may wait for more before it calls [`Worker::commit`]; it asks again when something has come.
    #[inline]
    pub fn patience(&mut self) -> Duration {
        if self.local.confirmation.is_due { self.patience_for_sync() } else { Duration::ZERO }
    }

    #[inline(never)]
    fn patience_for_sync(&mut self) -> Duration {
        let sync_us = self.shared.journal.sync_us();
        let gathering = &mut self.local.confirmation.gathering;
        if sync_us == 0 || !gathering.are_expected() {
            return Duration::ZERO;
        }
        gathering.has_waited = true;
        Duration::from_micros(sync_us / 2)
    }

    /// Has the journal confirm what this worker has written. If that fails, the replies to it must not be sent: the front calls
    /// [`Worker::withdraw`] for every session that has spoken since.
    #[inline]
    pub fn commit(&mut self) -> Result<(), DiskError> {
        if self.local.confirmation.is_due || self.local.wrote { self.commit_now() } else { Ok(()) }
    }

    #[inline(never)]
    fn commit_now(&mut self) -> Result<(), DiskError> {
        let confirmation = &mut self.local.confirmation;
        confirmation.is_due = false;
        confirmation.gathering.end_round();
        self.local.wrote = false;
        let result = self.shared.journal.commit();
        confirmation.failure = result.as_ref().err().cloned();
        self.shared.serve_durable();
        result
    }

    /// Has the next [`Worker::commit`] confirm what another worker of the thread has written: that one can't be asked for a
    /// while.
    pub fn take_over_round(&mut self) {
        self.local.confirmation.is_due = true;
    }

    /// Replaces a session's replies to what could not be confirmed by an error.
    pub fn withdraw(&mut self, session: &mut Session) {
        let Some(failure) = &self.local.confirmation.failure else { return };
        let Unconfirmed { until, places, .. } = &mut session.unconfirmed;
        if self.shared.journal.is_confirmed(*until) || places.is_empty() {
            return;
        }
        let text = misconf(failure);
        let mut error = Vec::new();
        Encoder::new(&mut error, session.protocol).error(&text.text());
        let buffer = session.output.buffer();
        for (from, to) in places.drain(..).rev() {
            buffer.splice(from..to, error.iter().copied());
            self.local.count_error(&self.shared, &text.text());
        }
    }

    /// Confirms what a call has written, unless the front does.
    #[inline]
    pub(crate) fn confirm(&mut self, session: &mut Session) {
        if self.local.confirmation.is_due && !self.local.confirmation.by_round && self.commit().is_err() {
            self.withdraw(session);
        }
    }

    /// Takes what was sent to the session. The reply to a command that waited tells of a write that somebody else made.
    pub(crate) fn receive(&mut self, session: &mut Session) {
        let has_waited = matches!(session.parked, Some(Parked::Blocked { .. }));
        let position = session.output.buffer().len();
        session.receive();
        if has_waited && self.shared.journal.is_on() {
            self.local.note_unconfirmed(&self.shared.journal, session, position);
        }
    }
}

impl Call<'_, '_> {
    /// Has the journal write the command as it came. Everything is locked.
    pub fn journal(&mut self) {
        if self.local.is_unrecorded {
            return;
        }
        self.shared.journal.tell_time(self.now.unix_ms);
        self.local.wrote |= self.shared.journal.record_command(self.session.db, self.args);
    }
}

fn misconf(failure: &DiskError) -> Error {
    Error::Bytes(format!("MISCONF Errors writing to the AOF file: {}", failure.0).into_bytes())
}

/// The gate of a journal that failed.
#[cold]
pub(crate) fn refuse_by_journal(shared: &Shared, session: &Session, spec: &Spec) -> Option<Error> {
    let failure = shared.journal.failure()?;
    needs_disk(session, spec).then(|| misconf(&failure))
}
