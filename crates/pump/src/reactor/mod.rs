//! One pump thread: its service, its connections, its clock. What does not depend on how bytes travel is here;
//! the rest is the [`Driver`]'s.
//!
//! - `events`: what a driver reports while it polls. Feeds the service, sends nothing.
//! - `settle`: afterwards, for every connection that something happened to: send, resume, pause, close. So all
//!   replies of one batch of events leave together.
//!
//! A token is a connection's place in the driver's list of sockets and in `connections` alike. The driver gives a
//! place away again only when the kernel has finished with everything of its former owner.

mod events;
mod settle;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hematite_engine::{Now, Peer, SessionId, Transport, Wake};

use crate::config::{Config, Level};
use crate::connection::{Connection, Phase};
use crate::driver::Driver;
use crate::listen::{ListenSource, ListenerId};
use crate::mailbox::{Mailbox, Message};
use crate::service::Service;
use crate::socket::Stream;
use crate::stats::Counters;

/// A connection's place.
pub(crate) type Token = usize;

/// Looks at what has arrived while a round is gathered, and the time between two of them.
const GATHER_LOOKS: u32 = 8;
const GATHER_NAP_MIN: Duration = Duration::from_micros(25);
const GATHER_NAP_MAX: Duration = Duration::from_millis(1);

/// What all threads of a pump see.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) threads: Vec<ThreadShared>,
    /// Seconds, 0 for off.
    pub(crate) keepalive_s: AtomicU32,
    pub(crate) origin: Instant,
}

/// What other threads see of one.
#[derive(Default)]
pub(crate) struct ThreadShared {
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) counters: Counters,
}

impl Shared {
    pub(crate) fn log(&self, level: Level, text: String) {
        (self.config.log)(level, text);
    }

    fn now(&self) -> Now {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now { unix_ms: unix.as_millis() as i64, mono_us: self.origin.elapsed().as_micros() as u64 }
    }
}

/// Numbers of the current batch, published at its end.
#[derive(Default)]
struct Tally {
    input_bytes: u64,
    output_bytes: u64,
    batches: u64,
    accepted: u64,
    rejected: u64,
}

/// One thread's state.
pub(crate) struct Reactor<S: Service> {
    index: usize,
    service: S,
    shared: Arc<Shared>,
    waker: Arc<dyn Wake>,
    connections: Vec<Option<Connection<S>>>,
    live: usize,
    sessions: HashMap<SessionId, Token>,
    /// Connections to settle, each once.
    dirty: Vec<Token>,
    dirty_spare: Vec<Token>,
    sources: Vec<Arc<ListenSource>>,
    arrivals: Vec<(Stream, Arc<ListenSource>)>,
    accept_failed: bool,
    accept_logged_us: u64,
    /// Scratch of the codecs.
    plain: Vec<u8>,
    now: Now,
    period_us: u64,
    next_cron_us: u64,
    tick_cursor: usize,
    last_assigned: usize,
    /// Rounds since what runs for long has paused: without an event, and all.
    quiet_rounds: u32,
    rounds: u32,
    stopping: Option<Instant>,
    tally: Tally,
}

impl<S: Service> Reactor<S> {
    pub(crate) fn new(index: usize, service: S, shared: Arc<Shared>) -> Self {
        let now = shared.now();
        let waker: Arc<dyn Wake> = shared.threads[index].mailbox.clone();
        Reactor {
            index,
            service,
            waker,
            connections: Vec::new(),
            live: 0,
            sessions: HashMap::new(),
            dirty: Vec::new(),
            dirty_spare: Vec::new(),
            sources: Vec::new(),
            arrivals: Vec::new(),
            accept_failed: false,
            accept_logged_us: 0,
            plain: Vec::new(),
            now,
            period_us: 1_000_000 / u64::from(shared.config.hz.clamp(10, 500)),
            next_cron_us: now.mono_us,
            tick_cursor: 0,
            last_assigned: 0,
            quiet_rounds: 0,
            rounds: 0,
            stopping: None,
            tally: Tally::default(),
            shared,
        }
    }

    /// Runs until told to shut down.
    pub(crate) fn run<D: Driver>(mut self, mut driver: D) {
        let (mut wakes, mut messages) = (Vec::new(), Vec::new());
        loop {
            let timeout = self.timeout();
            if let Err(error) = driver.poll(&mut self, timeout) {
                self.shared.log(Level::Warning, format!("pump thread {}: wait failed: {error}", self.index));
                std::thread::sleep(Duration::from_millis(10));
                self.begin_batch();
            }
            if self.shared.threads[self.index].mailbox.collect(&mut wakes, &mut messages) {
                self.wake_sessions(&wakes);
                wakes.clear();
                for message in messages.drain(..) {
                    self.obey(&mut driver, message);
                }
            }
            self.welcome(&mut driver);
            self.attend();
            self.cron(&mut driver);
            self.gather(&mut driver);
            self.settle(&mut driver);
            self.publish();
            if self.stopping.is_some() && self.stop(&mut driver) {
                return;
            }
            let respite = self.service.respite();
            if !respite.is_zero() {
                std::thread::sleep(respite);
            }
        }
    }

    /// Lets what is about to arrive join this round, if the service wants to wait for it. Looks some times only: to wake up for
    /// each byte would cost more than is gained.
    fn gather<D: Driver>(&mut self, driver: &mut D) {
        let patience = self.service.patience();
        if patience.is_zero() {
            return;
        }
        // A nap takes longer than it should.
        let began = Instant::now();
        let nap = (patience / GATHER_LOOKS).clamp(GATHER_NAP_MIN, GATHER_NAP_MAX);
        while began.elapsed() < patience {
            std::thread::sleep(nap);
            // What fails here fails again where the next round begins.
            if driver.poll(self, Duration::ZERO).is_err() || self.service.patience().is_zero() {
                return;
            }
        }
    }

    /// How long the driver may wait; zero when there is something left to do.
    fn timeout(&mut self) -> Duration {
        if !self.dirty.is_empty() || !self.arrivals.is_empty() || self.service.is_engaged() {
            return Duration::ZERO;
        }
        let now_us = self.now.mono_us;
        let mut wait_us = self.next_cron_us.saturating_sub(now_us);
        if let Some(deadline_us) = self.service.next_deadline_us() {
            // A deadline that `cron` has just left in the past must not make the thread spin.
            wait_us = wait_us.min(deadline_us.saturating_sub(now_us).max(1000));
        }
        if self.stopping.is_some() {
            wait_us = wait_us.min(10_000);
        }
        if wait_us == 0 || !self.shared.threads[self.index].mailbox.may_sleep() {
            return Duration::ZERO;
        }
        Duration::from_micros(wait_us)
    }

    fn cron<D: Driver>(&mut self, driver: &mut D) {
        let regular = self.now.mono_us >= self.next_cron_us;
        let due = self.service.next_deadline_us().is_some_and(|deadline| deadline <= self.now.mono_us);
        if !regular && !due {
            return;
        }
        let (service, now) = (&mut self.service, self.now);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| service.cron(now))) {
            self.log_panic("cron", panic.as_ref());
        }
        if regular {
            self.next_cron_us = self.now.mono_us + self.period_us;
            self.tick_some();
            if std::mem::take(&mut self.accept_failed) {
                driver.retry_accepts();
            }
        }
    }

    fn obey<D: Driver>(&mut self, driver: &mut D, message: Message) {
        match message {
            Message::Connection(stream, source) => self.arrivals.push((stream, source)),
            Message::Listen(socket, source) => {
                if self.stopping.is_some() {
                    return;
                }
                match driver.add_listener(source.id, socket) {
                    Ok(()) => self.sources.push(source),
                    Err(error) => self.shared.log(Level::Warning, format!("cannot accept: {error}")),
                }
            }
            Message::Unlisten(id, done) => self.unlisten(driver, id, Some(done)),
            Message::Shutdown(deadline) => {
                self.stopping = Some(deadline);
                for id in self.sources.iter().map(|source| source.id).collect::<Vec<_>>() {
                    self.unlisten(driver, id, None);
                }
                for token in 0..self.connections.len() {
                    if let Some(connection) = &mut self.connections[token] {
                        connection.close_after_output();
                        self.mark(token);
                    }
                }
            }
        }
    }

    fn unlisten<D: Driver>(
        &mut self,
        driver: &mut D,
        id: ListenerId,
        done: Option<std::sync::mpsc::Sender<()>>,
    ) {
        if let Some(position) = self.sources.iter().position(|source| source.id == id) {
            let source = self.sources.swap_remove(position);
            #[cfg(unix)]
            if let Some(path) = &source.path {
                path.remove();
            }
            driver.remove_listener(source.id, done);
        }
    }

    /// Opens sessions for the connections that have come in.
    fn welcome<D: Driver>(&mut self, driver: &mut D) {
        if self.arrivals.is_empty() {
            return;
        }
        for (stream, source) in std::mem::take(&mut self.arrivals) {
            if self.stopping.is_some() || !self.open(driver, stream, &source) {
                self.shared.threads[self.index].counters.connections.fetch_sub(1, Relaxed);
            }
        }
    }

    fn open<D: Driver>(&mut self, driver: &mut D, stream: Stream, source: &ListenSource) -> bool {
        let Some(peer) = peer_of(&stream, source) else { return false };
        let keepalive = match self.shared.keepalive_s.load(Relaxed) {
            0 => None,
            seconds => Some(Duration::from_secs(seconds.into())),
        };
        if stream.prepare(keepalive).is_err() {
            return false;
        }
        let (service, waker, now) = (&mut self.service, self.waker.clone(), self.now);
        let session = match catch_unwind(AssertUnwindSafe(|| service.open(peer, waker, now))) {
            Ok(Ok(session)) => session,
            Ok(Err(words)) => {
                self.tally.rejected += 1;
                if source.codec.is_none() {
                    stream.farewell(&words);
                }
                return false;
            }
            Err(panic) => {
                self.log_panic("open", panic.as_ref());
                return false;
            }
        };
        self.tally.accepted += 1;
        let id = S::id(&session);
        let connection = Connection::new(session, source.codec.as_ref().map(|codec| codec.open()));
        match driver.add_connection(stream) {
            Ok(token) => {
                if token >= self.connections.len() {
                    self.connections.resize_with(token + 1, || None);
                }
                debug_assert!(self.connections[token].is_none());
                self.connections[token] = Some(connection);
                self.sessions.insert(id, token);
                self.live += 1;
                true
            }
            Err(error) => {
                self.shared.log(Level::Warning, format!("cannot serve a connection: {error}"));
                self.close_session(connection.session);
                false
            }
        }
    }

    /// Whether everything has been closed; past the deadline nothing is waited for.
    fn stop<D: Driver>(&mut self, driver: &mut D) -> bool {
        if self.live > 0 && self.stopping.is_some_and(|deadline| Instant::now() >= deadline) {
            for token in 0..self.connections.len() {
                if let Some(connection) = &mut self.connections[token] {
                    connection.phase = Phase::Killed;
                    self.mark(token);
                }
            }
            self.settle(driver);
            self.publish();
        }
        self.live == 0
    }

    fn log_panic(&self, during: &str, panic: &(dyn std::any::Any + Send)) {
        let words = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        self.shared.log(Level::Warning, format!("panic during {during}: {words}"));
    }

    fn publish(&mut self) {
        let counters = &self.shared.threads[self.index].counters;
        counters.input_bytes.store(self.tally.input_bytes, Relaxed);
        counters.output_bytes.store(self.tally.output_bytes, Relaxed);
        counters.batches.store(self.tally.batches, Relaxed);
        counters.accepted.store(self.tally.accepted, Relaxed);
        counters.rejected.store(self.tally.rejected, Relaxed);
    }
}

/// What the engine is told about a connection; `None` if it is gone already.
fn peer_of(stream: &Stream, source: &ListenSource) -> Option<Peer> {
    let fd = stream.descriptor();
    if let Some(name) = &source.unix_name {
        let transport = source.codec.as_ref().map_or(Transport::Unix, |codec| codec.transport());
        return Some(Peer { transport, addr: name.clone(), laddr: name.clone(), fd, local: true });
    }
    let (addr, laddr, local) = stream.addresses()?;
    let transport = source.codec.as_ref().map_or(Transport::Tcp, |codec| codec.transport());
    Some(Peer { transport, addr, laddr, fd, local })
}
