//! An engine with the interpreter and one client, for tests that ask and compare replies.
#![allow(dead_code, reason = "each test file uses a part")]

use hematite_engine::{Engine, Now, Options, Peer, Session, SessionId, Transport, Wake, Worker};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

fn clock_ns() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// An engine with a clock, in which a script is busy after 30 ms.
pub fn engine() -> Engine {
    let options = Options { interpreter: Some(hematite_script::interpreter), clock_ns, ..Options::default() };
    let engine = Engine::new(options);
    engine.limits().busy_after_ms.store(30, Relaxed);
    engine
}

struct Nobody;
impl Wake for Nobody {
    fn wake(&self, _: SessionId) {}
}

/// See the head of the file.
pub struct Client {
    worker: Worker,
    session: Session,
    now: Now,
}

impl Client {
    /// A client of a new engine.
    pub fn new() -> Client {
        let options = Options { interpreter: Some(hematite_script::interpreter), ..Options::default() };
        Client::of(&Engine::new(options))
    }
    /// A client on a worker of its own.
    pub fn of(engine: &Engine) -> Client {
        let now = Now { unix_ms: 1_700_000_000_000, mono_us: 1 };
        let mut worker = engine.worker();
        let peer =
            Peer { transport: Transport::Tcp, addr: "a".into(), laddr: "l".into(), fd: 3, local: true };
        let session = worker.open(peer, Arc::new(Nobody), now).expect("there is room");
        Client { worker, session, now }
    }
    /// Sends a command; its reply as text.
    pub fn call(&mut self, args: &[&[u8]]) -> String {
        String::from_utf8_lossy(&self.raw(args)).into_owned()
    }
    /// Sends a command; the bytes of its reply.
    pub fn raw(&mut self, args: &[&[u8]]) -> Vec<u8> {
        self.worker.call(&mut self.session, args, self.now);
        self.session.take_output(Vec::new())
    }
    /// Feeds bytes as a socket does; what is answered, as text.
    pub fn fed(&mut self, bytes: &str) -> String {
        self.worker.feed(&mut self.session, bytes.as_bytes(), self.now);
        String::from_utf8_lossy(&self.session.take_output(Vec::new())).into_owned()
    }
    /// Runs a script without keys.
    pub fn eval(&mut self, script: &str) -> String {
        self.call(&[b"EVAL", script.as_bytes(), b"0"])
    }
}
