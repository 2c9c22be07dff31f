//! The harness of the engine's tests: bytes in, bytes out, without a socket.
//!
//! A [`Harness`] has an engine, some workers and some sessions, and a clock that moves only when told. Whoever was woken by a
//! command is resumed before the next one, so tests see what a front would.

use crate::engine::{Engine, MemoryFigures, Options};
use crate::flow::{Flow, Now, Peer, SessionId, Transport, Wake};
use crate::memory_limit::MemorySettings;
use crate::session::Session;
use crate::worker::Worker;
use parking_lot::Mutex;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Collects who was woken.
#[derive(Default)]
struct Woken(Mutex<Vec<SessionId>>);

impl Wake for Woken {
    fn wake(&self, session: SessionId) {
        self.0.lock().push(session);
    }
}

/// A clock that moves on by a microsecond whenever this thread reads it.
pub(crate) fn ticking_clock() -> u64 {
    TICKS.replace(TICKS.get() + 1000)
}

/// Something takes so long on this thread, milliseconds.
pub(crate) fn take_time(ms: u64) {
    TICKS.set(TICKS.get() + ms * 1_000_000);
}

thread_local! {
    static TICKS: Cell<u64> = const { Cell::new(0) };
    /// The engine whose keys count as this thread's memory.
    static COUNTED: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

/// Memory in use: 1000 bytes a key of the engine that counts.
fn counted_bytes() -> u64 {
    let keys = |engine: &Engine| -> usize {
        (0..engine.shared.keyspace.databases()).map(|db| engine.shared.keyspace.len(db)).sum()
    };
    COUNTED.with_borrow(|engine| engine.as_ref().map_or(0, keys) as u64 * 1000)
}

/// See the head of the file.
pub(crate) struct Harness {
    pub engine: Engine,
    pub now: Now,
    workers: Vec<Worker>,
    /// By client: its worker, its session while it lives, and how its last flow was.
    clients: Vec<(usize, Option<Session>, Flow)>,
    woken: Arc<Woken>,
}

impl Harness {
    /// An engine with as many workers.
    pub fn new(workers: usize) -> Harness {
        let options = Options {
            clock_ns: ticking_clock,
            memory: || MemoryFigures {
                used: 3 << 20,
                idle: 1 << 20,
                peak: 4 << 20,
                resident: 6 << 20,
                system: 1 << 30,
            },
            used_bytes: counted_bytes,
            entropy: |bytes| {
                bytes.fill(0xa5);
                true
            },
            seed: 1,
            ..Options::default()
        };
        Harness::over(Engine::new(options), workers)
    }
    /// The same over an engine that is there.
    pub fn over(engine: Engine, workers: usize) -> Harness {
        engine.limits().debug_command.store(2, Relaxed);
        let workers = (0..workers).map(|_| engine.worker()).collect();
        let now = Now { unix_ms: 1_700_000_000_000, mono_us: 5_000_000 };
        Harness { engine, now, workers, clients: Vec::new(), woken: Arc::default() }
    }
    /// Limits memory to so many keys, with a policy.
    pub fn limit_keys(&mut self, keys: u64, policy: &str) {
        COUNTED.set(Some(self.engine.clone()));
        let (policy, samples) = (policy.to_owned(), 64);
        let bytes_max = keys * 1000;
        self.engine.set_memory(MemorySettings { bytes_max, policy, samples, ..MemorySettings::default() });
    }
    /// Opens a session over TCP on a worker; its number.
    pub fn open(&mut self, worker: usize) -> usize {
        self.open_from(worker, Transport::Tcp)
    }
    /// Opens a session; its number.
    pub fn open_from(&mut self, worker: usize, transport: Transport) -> usize {
        let number = self.clients.len();
        let addr = format!("127.0.0.1:{}", 50_000 + number);
        let peer = Peer { transport, addr, laddr: "127.0.0.1:6379".into(), fd: 8, local: true };
        let session = self.workers[worker].open(peer, self.woken.clone(), self.now).expect("there is room");
        self.clients.push((worker, Some(session), Flow::CONTINUE));
        number
    }
    /// Whether a session over TCP from another host may be opened.
    pub fn is_let_in_from_elsewhere(&mut self) -> bool {
        let (addr, laddr) = ("192.0.2.1:50000".into(), "192.0.2.2:6379".into());
        let peer = Peer { transport: Transport::Tcp, addr, laddr, fd: 9, local: false };
        match self.workers[0].open(peer, self.woken.clone(), self.now) {
            Ok(session) => {
                self.workers[0].close(session, self.now);
                true
            }
            Err(words) => {
                assert!(words.starts_with(b"-DENIED "), "it is told why");
                false
            }
        }
    }
    /// Makes a session a user, as a front does to whom a certificate was shown.
    pub fn trust(&mut self, client: usize, user: &[u8]) -> bool {
        let (worker, session, _) = &mut self.clients[client];
        self.workers[*worker].trust(session.as_mut().expect("the client is there"), user)
    }
    /// Feeds raw bytes and returns what was said to that client since.
    pub fn feed(&mut self, client: usize, bytes: &[u8]) -> String {
        let (worker, session, flow) = &mut self.clients[client];
        let session = session.as_mut().expect("the client is there");
        *flow = self.workers[*worker].feed(session, bytes, self.now);
        self.settle();
        self.take(client)
    }
    /// Sends words as one command.
    pub fn say(&mut self, client: usize, line: &str) -> String {
        let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
        self.call(client, &words)
    }
    /// Sends arguments as one command.
    pub fn call(&mut self, client: usize, args: &[&[u8]]) -> String {
        let mut bytes = format!("*{}\r\n", args.len()).into_bytes();
        for arg in args {
            bytes.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
            bytes.extend_from_slice(arg);
            bytes.extend_from_slice(b"\r\n");
        }
        self.feed(client, &bytes)
    }
    /// What was said to a client since it was last asked.
    pub fn take(&mut self, client: usize) -> String {
        let output = self.clients[client].1.as_mut().map(|session| session.take_output(Vec::new()));
        String::from_utf8_lossy(&output.unwrap_or_default()).into_owned()
    }
    /// How the client's last flow was.
    pub fn flow(&self, client: usize) -> Flow {
        self.clients[client].2
    }
    /// Moves the clock on and lets every worker do its periodic work.
    pub fn pass(&mut self, ms: i64) {
        self.now.unix_ms += ms;
        self.now.mono_us += ms as u64 * 1000;
        self.workers.iter_mut().for_each(|worker| worker.cron(self.now));
        self.settle();
    }
    /// Hangs up on a client.
    pub fn close(&mut self, client: usize) {
        let (worker, session, _) = &mut self.clients[client];
        if let Some(session) = session.take() {
            self.workers[*worker].close(session, self.now);
        }
    }
    /// Resumes whoever was woken, and those whom that woke.
    fn settle(&mut self) {
        loop {
            let woken = std::mem::take(&mut *self.woken.0.lock());
            if woken.is_empty() {
                return;
            }
            for (worker, session, flow) in &mut self.clients {
                if let Some(session) = session.as_mut().filter(|session| woken.contains(&session.id())) {
                    *flow = self.workers[*worker].resume(session, self.now);
                }
            }
        }
    }
}
