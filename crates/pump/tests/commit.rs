//! Commits on a disk that takes its time or refuses: nobody is answered too early, and what was promised is taken back.

mod scripted;

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hematite_engine::{DiskError, Engine, Options, Sink};
use hematite_pump::{Config, DriverChoice, Listen, Pump};
use scripted::{connect, each_driver, eventually, line, read};

/// A disk that takes a write when it is told to.
#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    /// What was offered, write by write.
    offered: Vec<String>,
    /// How many writes have been let through or refused, and whether the last of them were refused.
    answered: usize,
    refuses: bool,
    /// Nothing waits any more.
    is_open: bool,
}

impl Gate {
    /// Answers the write that waits, and no other.
    fn answer(&self, refuses: bool) {
        let mut state = self.state.lock().unwrap();
        state.answered += 1;
        state.refuses = refuses;
        self.changed.notify_all();
    }
    fn open(&self) {
        self.state.lock().unwrap().is_open = true;
        self.changed.notify_all();
    }
    fn offered(&self) -> Vec<String> {
        self.state.lock().unwrap().offered.clone()
    }
}

impl Sink for Gate {
    fn write(&self, batch: &mut Vec<u8>) -> Result<(), DiskError> {
        let mut state = self.state.lock().unwrap();
        state.offered.push(String::from_utf8_lossy(batch).into_owned());
        let turn = state.offered.len();
        let state = self.changed.wait_while(state, |s| s.answered < turn && !s.is_open).unwrap();
        if state.refuses && !state.is_open { Err(DiskError::new("No space left on device")) } else { Ok(()) }
    }
    fn recover(&self) -> Result<(), DiskError> {
        Ok(())
    }
}

/// An engine over such a disk, with as many clients, all of them known to the pump.
struct Scene {
    engine: Engine,
    gate: Arc<Gate>,
    clients: Vec<TcpStream>,
    /// Closed last.
    _pump: Pump,
}

/// For the engine to see that a program takes long.
fn nanoseconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64
}

fn scene(driver: DriverChoice, clients: usize) -> Scene {
    let interpreter = Some(hematite_script::interpreter as fn() -> _);
    let options = Options { interpreter, clock_ns: nanoseconds, ..Options::default() };
    let (engine, gate) = (Engine::new(options), Arc::new(Gate::default()));
    let sink: Arc<dyn Sink> = gate.clone();
    engine.journal().replace_sink(Some(sink)).unwrap();
    let listen = vec![Listen::tcp(SocketAddr::from(([127, 0, 0, 1], 0)))];
    let pump = Pump::start(engine.clone(), Config { driver, listen, ..Config::default() }).unwrap();
    let clients: Vec<_> = (0..clients).map(|_| connect(&pump)).collect();
    for client in &clients {
        say(client, "PING");
        assert_eq!(line(client), "+PONG\r\n");
    }
    Scene { engine, gate, clients, _pump: pump }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.gate.open();
    }
}

fn say(mut client: &TcpStream, words: &str) {
    client.write_all(format!("{words}\r\n").as_bytes()).unwrap();
}

/// Whether nothing comes for a while.
fn is_silent(client: &TcpStream) -> bool {
    client.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let outcome = client.peek(&mut [0]);
    client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    outcome.is_err()
}

#[test]
fn what_the_disk_refuses_is_taken_back() {
    each_driver(|driver| {
        let Scene { gate, clients, .. } = &scene(driver, 2);
        let [first, second] = &clients[..] else { unreachable!() };
        say(first, "ECHO x\r\nSET a 1\r\nECHO y");
        eventually("the disk is asked", || gate.offered().len() == 1);
        say(second, "ECHO x\r\nSET b 2");
        gate.answer(true);
        assert_eq!(read(first, 7), b"$1\r\nx\r\n");
        assert_eq!(line(first), "-MISCONF Errors writing to the AOF file: No space left on device\r\n");
        assert_eq!(read(first, 7), b"$1\r\ny\r\n");
        // The second comes when the disk is known to refuse.
        assert_eq!(read(second, 7), b"$1\r\nx\r\n");
        assert_eq!(line(second), "-MISCONF Errors writing to the AOF file: No space left on device\r\n");
    });
}

#[test]
fn what_others_wrote_before_a_long_program_is_committed() {
    each_driver(|driver| {
        let Scene { engine, gate, clients, .. } = &scene(driver, 3);
        let [first, second, third] = &clients[..] else { unreachable!() };
        engine.limits().busy_after_ms.store(1, Relaxed);
        say(first, "SET a 1");
        eventually("the disk is asked", || gate.offered().len() == 1);
        // Both are read in one round, in this order.
        say(second, "SET b 2");
        assert!(is_silent(second));
        say(third, "EVAL 'while true do end' 0");
        assert!(is_silent(third));
        gate.answer(false);
        assert_eq!(line(first), "+OK\r\n");
        eventually("the disk is asked again", || gate.offered().len() == 2);
        assert!(gate.offered()[1].contains("\r\nb\r\n"));
        assert!(is_silent(second), "it is not safe yet");
        gate.open();
        assert_eq!(line(second), "+OK\r\n");
        say(first, "SCRIPT KILL");
        assert_eq!(line(first), "+OK\r\n");
        assert!(line(third).contains("Script killed by user"));
    });
}
