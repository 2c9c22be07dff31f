//! A service that does on command what the engine does on occasion: stall, park, close, kill, panic.
//!
//! | line | answer |
//! |---|---|
//! | `PING` | `+PONG` |
//! | `BIG n` | n bytes `x`, and a newline |
//! | `PARK` | nothing until woken, then `+WOKEN`; lines behind it wait |
//! | `HOST` | as `PARK`, and worth waiting for when the client sends no more |
//! | `QUIT` / `KILL` / `PANIC` | `+OK` and CLOSE / KILL / a panic |
//! | anything else | itself, and a newline |
//!
//! Output over `high_water` stalls the session. The ledger counts what a correct pump does exactly once.
#![allow(dead_code, reason = "each test binary uses its share")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, IoSlice, Read};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hematite_engine::{Flow, Now, Peer, SessionId, Wake};
use hematite_pump::{Config, DriverChoice, Listen, Pump, Service};

/// Longer than any test waits.
const GATHERING_MAX: Duration = Duration::from_secs(100);

/// What the service has seen.
pub struct Ledger {
    pub high_water: usize,
    pub clients_max: usize,
    pub opened: AtomicUsize,
    pub closed: AtomicUsize,
    pub resumed: AtomicUsize,
    pub ticked: AtomicUsize,
    pub cron: AtomicUsize,
    pub output_max: AtomicUsize,
    /// Rounds with input end only when so many more have been fed than at the last commit.
    pub gathers: AtomicUsize,
    pub fed: AtomicUsize,
    /// How many had been fed at each commit that found any.
    pub commits: Mutex<Vec<usize>>,
    /// Calls that the contract forbids.
    pub violations: Mutex<Vec<String>>,
    pub peers: Mutex<Vec<Peer>>,
    pub parked: Mutex<HashMap<SessionId, Arc<dyn Wake>>>,
    pub log: Mutex<Vec<String>>,
    next: AtomicU64,
}

impl Ledger {
    pub fn new(high_water: usize) -> Arc<Self> {
        Arc::new(Ledger {
            high_water,
            clients_max: 100_000,
            opened: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
            resumed: AtomicUsize::new(0),
            ticked: AtomicUsize::new(0),
            cron: AtomicUsize::new(0),
            output_max: AtomicUsize::new(0),
            gathers: AtomicUsize::new(0),
            fed: AtomicUsize::new(0),
            commits: Mutex::default(),
            violations: Mutex::default(),
            peers: Mutex::default(),
            parked: Mutex::default(),
            log: Mutex::default(),
            next: AtomicU64::new(1),
        })
    }

    pub fn open_now(&self) -> usize {
        self.opened.load(SeqCst) - self.closed.load(SeqCst)
    }

    pub fn assert_clean(&self) {
        assert_eq!(
            self.opened.load(SeqCst),
            self.closed.load(SeqCst),
            "every session is closed exactly once"
        );
        assert_eq!(*self.violations.lock().unwrap(), Vec::<String>::new());
    }
}

pub struct Scripted(pub Arc<Ledger>);

pub struct ScriptedSession {
    id: SessionId,
    waker: Arc<dyn Wake>,
    input: Vec<u8>,
    output: Vec<u8>,
    /// Bytes of a BIG that are still to come.
    big_left: usize,
    parked: bool,
    host: bool,
    stalled: bool,
}

impl Scripted {
    fn work(&mut self, session: &mut ScriptedSession) -> Flow {
        let mut used = 0;
        let mut flow = Flow::CONTINUE;
        loop {
            if session.output.len() >= self.0.high_water {
                flow = Flow::STALLED;
                break;
            }
            if session.big_left > 0 {
                let chunk = session.big_left.min(16 << 10);
                session.output.extend(std::iter::repeat_n(b'x', chunk));
                session.big_left -= chunk;
                if session.big_left == 0 {
                    session.output.push(b'\n');
                }
                continue;
            }
            let Some(end) = session.input[used..].iter().position(|byte| *byte == b'\n') else { break };
            let line = session.input[used..used + end].to_vec();
            used += end + 1;
            match line.strip_suffix(b"\r").unwrap_or(&line) {
                b"PING" => session.output.extend(b"+PONG\r\n"),
                b"QUIT" => {
                    session.output.extend(b"+OK\r\n");
                    flow = Flow::CLOSE;
                    break;
                }
                b"KILL" => {
                    flow = Flow::KILL;
                    break;
                }
                b"PANIC" => panic!("as it was told"),
                b"PARK" | b"HOST" => {
                    session.parked = true;
                    session.host = line.starts_with(b"HOST");
                    self.0.parked.lock().unwrap().insert(session.id, session.waker.clone());
                    flow = Flow::PARKED;
                    break;
                }
                line => match line.strip_prefix(b"BIG ") {
                    Some(number) => session.big_left = std::str::from_utf8(number).unwrap().parse().unwrap(),
                    None => {
                        session.output.extend(line);
                        session.output.push(b'\n');
                    }
                },
            }
        }
        session.input.drain(..used);
        session.stalled = flow == Flow::STALLED;
        self.0.output_max.fetch_max(session.output.len(), SeqCst);
        flow
    }
}

impl Service for Scripted {
    type Session = ScriptedSession;

    fn open(&mut self, peer: Peer, waker: Arc<dyn Wake>, _: Now) -> Result<ScriptedSession, Vec<u8>> {
        if self.0.open_now() >= self.0.clients_max {
            return Err(b"-ERR max number of clients reached\r\n".to_vec());
        }
        self.0.opened.fetch_add(1, SeqCst);
        self.0.peers.lock().unwrap().push(peer);
        let id = self.0.next.fetch_add(1, SeqCst);
        let (input, output) = (Vec::new(), Vec::new());
        Ok(ScriptedSession {
            id,
            waker,
            input,
            output,
            big_left: 0,
            parked: false,
            host: false,
            stalled: false,
        })
    }
    fn feed(&mut self, session: &mut ScriptedSession, bytes: &[u8], _: Now) -> Flow {
        if session.stalled {
            self.0.violations.lock().unwrap().push("fed while stalled".into());
        }
        session.input.extend_from_slice(bytes);
        self.0.fed.fetch_add(1, SeqCst);
        if session.parked { Flow::PARKED } else { self.work(session) }
    }
    fn resume(&mut self, session: &mut ScriptedSession, _: Now) -> Flow {
        self.0.resumed.fetch_add(1, SeqCst);
        if session.parked {
            if self.0.parked.lock().unwrap().contains_key(&session.id) {
                return Flow::PARKED;
            }
            session.parked = false;
            session.output.extend(b"+WOKEN\r\n");
        } else if session.stalled && !session.output.is_empty() {
            self.0.violations.lock().unwrap().push("resumed before its output had drained".into());
        }
        self.work(session)
    }
    fn tick(&mut self, _: &mut ScriptedSession, _: Now) -> Flow {
        self.0.ticked.fetch_add(1, SeqCst);
        Flow::CONTINUE
    }
    fn patience(&mut self) -> Duration {
        let commits = self.0.commits.lock().unwrap();
        let fed = self.0.fed.load(SeqCst) - commits.last().unwrap_or(&0);
        let is_gathering = (1..self.0.gathers.load(SeqCst)).contains(&fed);
        if is_gathering { GATHERING_MAX } else { Duration::ZERO }
    }
    fn commit(&mut self) -> bool {
        let (fed, mut commits) = (self.0.fed.load(SeqCst), self.0.commits.lock().unwrap());
        if *commits.last().unwrap_or(&0) < fed {
            commits.push(fed);
        }
        true
    }
    fn close(&mut self, session: ScriptedSession, _: Now) {
        self.0.parked.lock().unwrap().remove(&session.id);
        self.0.closed.fetch_add(1, SeqCst);
    }
    fn cron(&mut self, _: Now) {
        self.0.cron.fetch_add(1, SeqCst);
    }
    fn next_deadline_us(&self) -> Option<u64> {
        None
    }
    fn id(session: &ScriptedSession) -> SessionId {
        session.id
    }
    fn answers_after_end(session: &ScriptedSession) -> bool {
        session.host
    }
    fn output_len(session: &ScriptedSession) -> usize {
        session.output.len()
    }
    fn output_slices<'a>(session: &'a ScriptedSession, slices: &mut [IoSlice<'a>]) -> usize {
        // In two pieces, so that a driver that looks only at the first is found out.
        let (first, second) = session.output.split_at(session.output.len() / 2);
        let mut filled = 0;
        for piece in [first, second] {
            if !piece.is_empty() && filled < slices.len() {
                slices[filled] = IoSlice::new(piece);
                filled += 1;
            }
        }
        filled
    }
    fn consume_output(session: &mut ScriptedSession, n: usize) {
        session.output.drain(..n);
    }
    fn take_output(session: &mut ScriptedSession, spare: Vec<u8>) -> Vec<u8> {
        assert!(spare.is_empty());
        std::mem::replace(&mut session.output, spare)
    }
}

/// Runs a test over every driver of this machine.
pub fn each_driver(test: impl Fn(DriverChoice)) {
    test(DriverChoice::Mio);
    let config = Config { driver: DriverChoice::Uring, ..Config::default() };
    match Pump::start_with(|_| Scripted(Ledger::new(1)), config) {
        Ok(pump) => {
            drop(pump);
            test(DriverChoice::Uring);
        }
        Err(error) => eprintln!("over mio alone: {error}"),
    }
}

/// A configuration that writes its log into the ledger.
pub fn config(driver: DriverChoice, ledger: &Arc<Ledger>) -> Config {
    let ledger = ledger.clone();
    Config {
        driver,
        listen: vec![Listen::tcp(SocketAddr::from(([127, 0, 0, 1], 0)))],
        log: Arc::new(move |_, text| ledger.log.lock().unwrap().push(text)),
        ..Config::default()
    }
}

pub fn start(ledger: &Arc<Ledger>, config: Config) -> Pump {
    let ledger = ledger.clone();
    Pump::start_with(move |_| Scripted(ledger.clone()), config).unwrap()
}

/// A client of the pump's first TCP listener. Nothing waits longer than ten seconds.
pub fn connect(pump: &Pump) -> TcpStream {
    let address = pump.listeners().iter().find_map(|listener| listener.socket_addr()).unwrap();
    let client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    client.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
    client
}

pub fn line(client: &TcpStream) -> String {
    let mut reader = BufReader::with_capacity(1, client);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    line
}

/// Reads exactly so many bytes.
pub fn read(mut client: &TcpStream, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    client.read_exact(&mut bytes).unwrap();
    bytes
}

/// Waits for something to become true, ten seconds at most.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(10), "{what} within ten seconds");
        std::thread::sleep(Duration::from_millis(2));
    }
}
