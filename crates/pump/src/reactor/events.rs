//! What a driver reports while it polls. Nothing here talks back to the driver, so a driver may report straight
//! out of its own buffers.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;

use hematite_engine::{Flow, Now, SessionId};

use super::{Reactor, Token};
use crate::config::{Config, Level};
use crate::connection::{Connection, Phase};
use crate::listen::ListenerId;
use crate::mailbox::Message;
use crate::service::Service;
use crate::socket::Stream;

/// Rounds without an event after which what runs for long goes on.
const QUIET_ROUNDS: u32 = 3;

/// Rounds after which it goes on in any case.
const ROUNDS_MAX: u32 = 64;

/// Refused accepts are logged at most this often.
const ACCEPT_LOG_US: u64 = 1_000_000;

impl<S: Service> Reactor<S> {
    /// The wait is over: reads the clock for this batch.
    pub(crate) fn begin_batch(&mut self) {
        self.now = self.shared.now();
        self.tally.batches += 1;
    }

    /// When this batch began, in microseconds.
    pub(crate) fn now_us(&self) -> u64 {
        self.now.mono_us
    }

    /// A new connection. Goes to the thread with the fewest.
    pub(crate) fn accepted(&mut self, listener: ListenerId, stream: Stream) {
        let Some(source) = self.sources.iter().find(|source| source.id == listener).cloned() else { return };
        let threads = &self.shared.threads;
        let load = |index: usize| threads[index].counters.connections.load(Relaxed);
        let rotation = (1..=threads.len()).map(|step| (self.last_assigned + step) % threads.len());
        let chosen = rotation.min_by_key(|index| load(*index)).unwrap_or(self.index);
        self.last_assigned = chosen;
        threads[chosen].counters.connections.fetch_add(1, Relaxed);
        if chosen == self.index {
            self.arrivals.push((stream, source));
        } else {
            threads[chosen].mailbox.post(Message::Connection(stream, source));
        }
    }

    /// Accepting does not work at the moment (no descriptors left); the driver stops until `retry_accepts`.
    pub(crate) fn accept_failed(&mut self, error: &io::Error) {
        self.accept_failed = true;
        if self.now.mono_us >= self.accept_logged_us {
            self.accept_logged_us = self.now.mono_us + ACCEPT_LOG_US;
            self.shared.log(Level::Warning, format!("Error accepting a client connection: {error}"));
        }
    }

    /// Bytes off a socket. Whether the driver may go on reading from it in this batch.
    pub(crate) fn received(&mut self, token: Token, bytes: &[u8]) -> bool {
        self.tally.input_bytes += bytes.len() as u64;
        let Some(connection) = self.connections.get_mut(token).and_then(Option::as_mut) else { return false };
        if connection.phase != Phase::Open || connection.ended {
            return false;
        }
        connection.active = true;
        if connection.codec.is_some() {
            self.decode(token, bytes);
        } else {
            self.deliver(token, bytes);
        }
        self.mark(token);
        self.connections[token].as_ref().is_some_and(|c| Self::may_read(&self.shared.config, c))
    }

    /// The peer sends no more. The session still answers what it was sent, but does not block for it.
    pub(crate) fn ended(&mut self, token: Token) {
        if let Some(connection) = self.connections.get_mut(token).and_then(Option::as_mut) {
            connection.ended = true;
            self.mark(token);
        }
    }

    /// The socket is broken.
    pub(crate) fn failed(&mut self, token: Token) {
        if let Some(connection) = self.connections.get_mut(token).and_then(Option::as_mut) {
            connection.phase = Phase::Killed;
            self.mark(token);
        }
    }

    /// Bytes have been handed to the kernel.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.tally.output_bytes += bytes as u64;
    }

    /// The driver can take more of this connection's output.
    pub(crate) fn send_finished(&mut self, token: Token) {
        if let Some(connection) = self.connections.get_mut(token).and_then(Option::as_mut) {
            connection.sending = false;
            if connection.has_output() || connection.awaits_drain() {
                self.mark(token);
            }
        }
    }

    pub(super) fn mark(&mut self, token: Token) {
        if let Some(connection) = &mut self.connections[token]
            && !connection.dirty
        {
            connection.dirty = true;
            self.dirty.push(token);
        }
    }

    /// Whether more input is welcome.
    pub(super) fn may_read(config: &Config, connection: &Connection<S>) -> bool {
        connection.phase == Phase::Open
            && !connection.ended
            && !connection.stalled
            && connection.parked_bytes < config.parked_input_bytes
            && S::output_len(&connection.session) < config.output_pause_bytes
    }

    fn decode(&mut self, token: Token, bytes: &[u8]) {
        let mut plain = std::mem::take(&mut self.plain);
        let Some((codec, wire)) = self.connections[token].as_mut().and_then(Connection::codec_and_wire)
        else {
            return;
        };
        let decoded = codec.inbound(bytes, &mut plain, wire);
        let (users, has_ended) = (codec.take_users(), codec.has_ended());
        if !users.is_empty() {
            self.introduce(token, &users);
        }
        if !plain.is_empty() {
            self.deliver(token, &plain);
        }
        if let Err(error) = decoded
            && let Some(connection) = &mut self.connections[token]
        {
            connection.close_after_output();
            self.shared.log(Level::Verbose, format!("Error in the encrypted stream: {error}"));
        }
        if has_ended {
            self.ended(token);
        }
        plain.clear();
        self.plain = plain;
    }

    /// The peer has proved who it is, before it has said anything else.
    fn introduce(&mut self, token: Token, users: &[Vec<u8>]) {
        let Some(connection) = &mut self.connections[token] else { return };
        let (service, session) = (&mut self.service, &mut connection.session);
        if !users.iter().any(|user| service.trust(session, user)) {
            let shown = String::from_utf8_lossy(&users[0]).into_owned();
            self.shared.log(Level::Verbose, format!("TLS: no user is named '{shown}', or it is off"));
        }
    }

    /// Hands input to the service, or keeps it for later while the session is stalled.
    pub(super) fn deliver(&mut self, token: Token, bytes: &[u8]) {
        let Some(connection) = &mut self.connections[token] else { return };
        if connection.stalled {
            // Bounded: reading stops with the batch in which the stall began.
            connection.held.extend_from_slice(bytes);
            return;
        }
        self.call(token, "feed", |service, session, now| service.feed(session, bytes, now));
        if let Some(connection) = &mut self.connections[token]
            && connection.parked
        {
            connection.parked_bytes += bytes.len();
        }
    }

    /// Runs a call on a session; a panic ends that session and nothing else.
    pub(super) fn call(
        &mut self,
        token: Token,
        during: &str,
        work: impl FnOnce(&mut S, &mut S::Session, Now) -> Flow,
    ) {
        let Some(connection) = &mut self.connections[token] else { return };
        let (service, session, now) = (&mut self.service, &mut connection.session, self.now);
        match catch_unwind(AssertUnwindSafe(|| work(service, session, now))) {
            Ok(flow) => connection.apply(flow),
            Err(panic) => {
                connection.phase = Phase::Killed;
                self.log_panic(during, panic.as_ref());
            }
        }
    }

    /// Resumes sessions that were woken; those that are gone already are passed over.
    pub(super) fn wake_sessions(&mut self, wakes: &[SessionId]) {
        for id in wakes {
            let Some(token) = self.sessions.get(id).copied() else { continue };
            let open = self.connections[token].as_ref().is_some_and(|c| c.phase == Phase::Open);
            if open {
                self.call(token, "resume", |service, session, now| service.resume(session, now));
                self.mark(token);
            }
        }
    }

    /// Lets what runs for long go on; its session comes back to its place when it has ended.
    pub(super) fn attend(&mut self) {
        if !self.service.is_engaged() {
            return;
        }
        // An answer takes some rounds, so others come first for as long as something happens, but not for ever.
        self.quiet_rounds = if self.dirty.is_empty() { self.quiet_rounds + 1 } else { 0 };
        self.rounds += 1;
        if self.quiet_rounds < QUIET_ROUNDS && self.rounds < ROUNDS_MAX {
            return;
        }
        (self.quiet_rounds, self.rounds) = (0, 0);
        let back = match catch_unwind(AssertUnwindSafe(|| self.service.go_on())) {
            Ok(back) => back,
            Err(panic) => return self.log_panic("go_on", panic.as_ref()),
        };
        let Some((session, flow)) = back else { return };
        let Some(token) = self.sessions.get(&S::id(&session)).copied() else {
            return self.close_session(session);
        };
        let Some(connection) = &mut self.connections[token] else { return };
        let stand_in = std::mem::replace(&mut connection.session, session);
        self.call(token, "rejoin", |service, session, now| service.rejoin(session, stand_in, flow, now));
        self.mark(token);
    }

    /// Ticks this cron's share of the sessions, so that each has its turn about once a second.
    pub(super) fn tick_some(&mut self) {
        let places = self.connections.len();
        let share = places.div_ceil((1_000_000 / self.period_us).max(1) as usize);
        for _ in 0..share {
            self.tick_cursor = if self.tick_cursor + 1 >= places { 0 } else { self.tick_cursor + 1 };
            self.tick(self.tick_cursor);
        }
    }

    fn tick(&mut self, token: Token) {
        let Some(connection) = &mut self.connections[token] else { return };
        let (service, session, now) = (&mut self.service, &mut connection.session, self.now);
        match catch_unwind(AssertUnwindSafe(|| service.tick(session, now))) {
            // Whether the session stalls or waits is the business of feed and resume; a tick can only end it.
            Ok(flow) if flow.has(Flow::KILL) => connection.phase = Phase::Killed,
            Ok(flow) if flow.has(Flow::CLOSE) => connection.close_after_output(),
            Ok(_) => {}
            Err(panic) => {
                connection.phase = Phase::Killed;
                self.log_panic("tick", panic.as_ref());
            }
        }
        let Some(connection) = &mut self.connections[token] else { return };
        if !connection.active && connection.has_spare && S::output_len(&connection.session) == 0 {
            connection.has_spare = false;
            drop(S::take_output(&mut connection.session, Vec::new()));
        }
        connection.active = false;
        self.mark(token);
    }
}
