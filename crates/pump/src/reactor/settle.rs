//! After a batch of events: brings every connection that something happened to into order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;

use super::{Reactor, Token};
use crate::config::Level;
use crate::connection::Phase;
use crate::driver::{Driver, Sent};
use crate::service::Service;

impl<S: Service> Reactor<S> {
    /// One round over the dirty connections. What is still to do afterwards is dirty again, and is taken up after
    /// the others had their turn.
    pub(super) fn settle<D: Driver>(&mut self, driver: &mut D) {
        let mut round = std::mem::replace(&mut self.dirty, std::mem::take(&mut self.dirty_spare));
        self.commit(&round);
        for token in round.drain(..) {
            self.settle_one(driver, token);
        }
        self.dirty_spare = round;
    }

    /// Before anything is sent: what the round has written is made safe, once for all, or its replies are withdrawn.
    fn commit(&mut self, round: &[Token]) {
        let Reactor { service, connections, .. } = self;
        let is_committed = catch_unwind(AssertUnwindSafe(|| {
            if service.commit() {
                return;
            }
            for token in round {
                if let Some(connection) = &mut connections[*token] {
                    service.withdraw(&mut connection.session);
                }
            }
        }));
        if let Err(panic) = is_committed {
            // Nobody can say what is safe: nothing of this round may be sent.
            for token in round {
                if let Some(connection) = &mut self.connections[*token] {
                    connection.phase = Phase::Killed;
                }
            }
            self.log_panic("commit", panic.as_ref());
        }
    }

    fn settle_one<D: Driver>(&mut self, driver: &mut D, token: Token) {
        let Some(connection) = &mut self.connections[token] else { return };
        connection.dirty = false;
        if connection.stalled && !connection.sending && !connection.has_output() {
            self.go_on(token);
        }
        let Some(connection) = &mut self.connections[token] else { return };
        let waits = connection.parked && S::answers_after_end(&connection.session);
        if connection.ended && !waits && !connection.stalled && connection.held.is_empty() {
            connection.close_after_output();
        }
        if connection.phase != Phase::Killed && !connection.sending && connection.has_output() {
            let awaited = connection.awaits_drain();
            match driver.send(token, connection, awaited) {
                Sent::Drained(bytes) => self.tally.output_bytes += bytes as u64,
                Sent::Pending(bytes) => {
                    self.tally.output_bytes += bytes as u64;
                    connection.sending = true;
                }
                Sent::Failed(error) => {
                    connection.phase = Phase::Killed;
                    self.shared.log(Level::Verbose, format!("Error writing to client: {error}"));
                }
            }
        }
        self.conclude(driver, token);
    }

    /// Resumes a stalled session whose output has drained, then feeds it what was held back.
    fn go_on(&mut self, token: Token) {
        self.call(token, "resume", |service, session, now| service.resume(session, now));
        let Some(connection) = &mut self.connections[token] else { return };
        if !connection.stalled && connection.phase == Phase::Open && !connection.held.is_empty() {
            let held = std::mem::take(&mut connection.held);
            self.deliver(token, &held);
        }
        self.commit(&[token]);
    }

    /// Closes what is done, and tells the driver whether to read.
    fn conclude<D: Driver>(&mut self, driver: &mut D, token: Token) {
        let Some(connection) = &mut self.connections[token] else { return };
        let drained = !connection.sending && !connection.has_output();
        match connection.phase {
            Phase::Killed => return self.close(driver, token),
            Phase::Closing if drained => {
                connection.finish_codec();
                return if connection.has_output() { self.mark(token) } else { self.close(driver, token) };
            }
            _ => {}
        }
        let stalled_but_drained = connection.stalled && drained;
        let reading = Self::may_read(&self.shared.config, connection);
        if connection.reading != reading {
            connection.reading = reading;
            driver.set_reading(token, reading);
        }
        if stalled_but_drained {
            self.mark(token);
        }
    }

    fn close<D: Driver>(&mut self, driver: &mut D, token: Token) {
        let Some(connection) = self.connections[token].take() else { return };
        self.live -= 1;
        self.sessions.remove(&S::id(&connection.session));
        driver.close(token);
        self.close_session(connection.session);
        self.shared.threads[self.index].counters.connections.fetch_sub(1, Relaxed);
    }

    pub(super) fn close_session(&mut self, session: S::Session) {
        let (service, now) = (&mut self.service, self.now);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| service.close(session, now))) {
            self.log_panic("close", panic.as_ref());
        }
    }
}
