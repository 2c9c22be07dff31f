//! Figures of the engine alone: operations per second over one keyspace or several, and bytes a key.
//!
//! `hematite-bench-engine speed [--threads N] [--keys N] [--batch N] [--reads PERCENT] [--separate] [--seconds S] [--stripes N]`
//! `hematite-bench-engine memory [--keys N] [--value SHAPE]`: bytes a key or an element, resident and in use; see `shapes.rs`
//! `hematite-bench-engine command [--batch N] [--count N] WORD...`: one command over and over; `__n__` in a word becomes a random
//! number of 12 digits below `--keys`. For profilers, and for processor time an operation.
//! `hematite-bench-engine stall [--keys N]`: the longest single insert while growing from nothing, by the wall clock and by
//! the thread's own processor time (which leaves out what other processes took), and how many took over a millisecond.
//!
//! `hematite-bench-engine persist [--keys N] [--rounds N] [FILE...]`: megabytes a second of processor time that a snapshot is
//! read and written with: of RDB files, or of mixed data.
//!
//! Each prints one line of JSON, for `npm run bench` to collect.

mod shapes;

use crate::shapes::Shape;
mod persist;

use cpu_time::ThreadTime;
use hematite_base::random::Random;
use hematite_engine::{Engine, Flow, Now, Options, Peer, Transport, Wake, Worker};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: hematite_allocator::Hematite = hematite_allocator::Hematite;

struct NoWake;
impl Wake for NoWake {
    fn wake(&self, _: u64) {}
}

#[derive(Clone)]
struct Arguments {
    threads: usize,
    keys: Option<u64>,
    batch: usize,
    reads: u64,
    separate: bool,
    seconds: f64,
    stripes: usize,
    value: String,
    count: usize,
    rounds: usize,
    words: Vec<String>,
}

impl Arguments {
    /// Number of keys of speed and stall.
    fn keys(&self) -> u64 {
        self.keys.unwrap_or(1_000_000)
    }
}

fn main() -> Result<(), lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments {
        threads: 1,
        keys: None,
        batch: 32,
        reads: 95,
        separate: false,
        seconds: 2.0,
        stripes: 1024,
        value: "64".into(),
        count: 1_000_000,
        rounds: 3,
        words: Vec::new(),
    };
    let mut what = String::new();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(value) if what.is_empty() => what = value.string()?,
            Value(word) => arguments.words.push(word.string()?),
            Long("count") => arguments.count = parser.value()?.parse()?,
            Long("rounds") => arguments.rounds = parser.value()?.parse()?,
            Long("threads") => arguments.threads = parser.value()?.parse()?,
            Long("keys") => arguments.keys = Some(parser.value()?.parse()?),
            Long("batch") => arguments.batch = parser.value()?.parse()?,
            Long("reads") => arguments.reads = parser.value()?.parse()?,
            Long("seconds") => arguments.seconds = parser.value()?.parse()?,
            Long("stripes") => arguments.stripes = parser.value()?.parse()?,
            Long("value") => arguments.value = parser.value()?.string()?,
            Long("separate") => arguments.separate = true,
            other => return Err(other.unexpected()),
        }
    }
    match what.as_str() {
        "speed" => speed(&arguments),
        "memory" => memory(&arguments),
        "stall" => stall(&arguments),
        "persist" => persist::persist(&arguments),
        "command" => one_command(&arguments),
        _ => return Err("say speed, memory, command, persist or stall".into()),
    }
    Ok(())
}

fn engine(arguments: &Arguments) -> Engine {
    let keyspace = hematite_keyspace::Options { stripes: arguments.stripes, seed: 7, ..Default::default() };
    Engine::new(Options { keyspace, ..Options::default() })
}

fn now() -> Now {
    Now { unix_ms: 1_700_000_000_000, mono_us: 0 }
}

fn peer() -> Peer {
    Peer { transport: Transport::InProcess, addr: String::new(), laddr: String::new(), fd: -1, local: true }
}

/// A key of 16 bytes.
pub(crate) fn key(n: u64) -> String {
    format!("key:{n:012}")
}

pub(crate) fn command(out: &mut Vec<u8>, words: &[&[u8]]) {
    out.extend_from_slice(format!("*{}\r\n", words.len()).as_bytes());
    for word in words {
        out.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        out.extend_from_slice(word);
        out.extend_from_slice(b"\r\n");
    }
}

fn run(worker: &mut Worker, session: &mut hematite_engine::Session, bytes: &[u8]) {
    let flow = worker.feed(session, bytes, now());
    assert!(flow == Flow::CONTINUE || flow.has(Flow::STALLED));
    let n = session.output_len();
    session.consume_output(n);
    while session.output_len() > 0 || worker.resume(session, now()).has(Flow::STALLED) {
        let n = session.output_len();
        session.consume_output(n);
    }
}

fn fill(engine: &Engine, keys: u64, value: &[u8]) {
    let mut worker = engine.worker();
    let mut session = worker.open(peer(), Arc::new(NoWake), now()).expect("no limit in process");
    let mut bytes = Vec::new();
    for n in 0..keys {
        command(&mut bytes, &[b"SET", key(n).as_bytes(), value]);
        if bytes.len() > 16_000 || n + 1 == keys {
            run(&mut worker, &mut session, &bytes);
            bytes.clear();
        }
    }
}

fn speed(arguments: &Arguments) {
    let engines: Vec<Engine> =
        (0..if arguments.separate { arguments.threads } else { 1 }).map(|_| engine(arguments)).collect();
    for engine in &engines {
        fill(engine, arguments.keys(), &[b'v'; 64]);
    }
    // As the servers do in the background.
    hematite_allocator::HugePages::default().look(|| ());
    let stop = AtomicBool::new(false);
    let total = AtomicU64::new(0);
    let ready = Barrier::new(arguments.threads + 1);
    let mut took = Duration::ZERO;
    std::thread::scope(|scope| {
        for thread in 0..arguments.threads {
            let (engine, stop, total, ready) = (&engines[thread % engines.len()], &stop, &total, &ready);
            scope.spawn(move || {
                let batches = batches(arguments, thread as u64);
                let mut worker = engine.worker();
                let mut session = worker.open(peer(), Arc::new(NoWake), now()).expect("no limit in process");
                let mut count = 0;
                ready.wait();
                for batch in batches.iter().cycle() {
                    run(&mut worker, &mut session, batch);
                    count += arguments.batch as u64;
                    if stop.load(Relaxed) {
                        break;
                    }
                }
                total.fetch_add(count, Relaxed);
            });
        }
        ready.wait();
        let begin = Instant::now();
        std::thread::sleep(Duration::from_secs_f64(arguments.seconds));
        stop.store(true, Relaxed);
        took = begin.elapsed();
    });
    let rate = total.load(Relaxed) as f64 / took.as_secs_f64();
    println!(
        r#"{{"bench":"engine-speed","threads":{},"separate":{},"reads":{},"batch":{},"ops_per_s":{rate:.0}}}"#,
        arguments.threads, arguments.separate, arguments.reads, arguments.batch
    );
}

fn one_command(arguments: &Arguments) {
    let engine = engine(arguments);
    let mut worker = engine.worker();
    let mut session = worker.open(peer(), Arc::new(NoWake), now()).expect("no limit in process");
    let mut random = Random::new(1);
    let batches: Vec<Vec<u8>> = (0..(20_000 / arguments.batch).max(1))
        .map(|_| {
            let mut bytes = Vec::new();
            for _ in 0..arguments.batch {
                let number = format!("{:012}", random.below(arguments.keys()));
                let words: Vec<String> =
                    arguments.words.iter().map(|word| word.replace("__n__", &number)).collect();
                let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
                command(&mut bytes, &words);
            }
            bytes
        })
        .collect();
    let began = ThreadTime::now();
    let rounds = arguments.count / arguments.batch;
    for batch in batches.iter().cycle().take(rounds) {
        run(&mut worker, &mut session, batch);
    }
    let each = began.elapsed().as_nanos() as f64 / (rounds * arguments.batch) as f64;
    println!(
        r#"{{"bench":"engine-command","command":"{}","batch":{},"cpu_ns_per_op":{each:.1}}}"#,
        arguments.words.join(" "),
        arguments.batch
    );
}

/// Enough different batches that the keys they touch do not stay in the caches.
fn batches(arguments: &Arguments, seed: u64) -> Vec<Vec<u8>> {
    let mut random = Random::new(seed);
    (0..(200_000 / arguments.batch).max(1))
        .map(|_| {
            let mut bytes = Vec::new();
            for _ in 0..arguments.batch {
                let key = key(random.below(arguments.keys()));
                if random.below(100) < arguments.reads {
                    command(&mut bytes, &[b"GET", key.as_bytes()]);
                } else {
                    command(&mut bytes, &[b"SET", key.as_bytes(), &[b'w'; 64]]);
                }
            }
            bytes
        })
        .collect()
}

/// Exact, unlike `statm`, which may lag behind by some pages for each processor.
fn resident() -> u64 {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn memory(arguments: &Arguments) {
    let engine = engine(arguments);
    let mut worker = engine.worker();
    let mut session = worker.open(peer(), Arc::new(NoWake), now()).expect("no limit in process");
    run(&mut worker, &mut session, b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n");
    let shape = Shape::of(&arguments.value);
    let count = arguments.keys.unwrap_or(shape.count);
    let before = [resident() as f64, hematite_allocator::used() as f64];
    shape.fill(count, |bytes| run(&mut worker, &mut session, bytes));
    let after = [resident() as f64, hematite_allocator::used() as f64];
    let [resident, used] = [0, 1].map(|at| (after[at] - before[at]) / count as f64);
    println!(
        r#"{{"bench":"engine-memory","count":{count},"shape":"{}","bytes_each":{resident:.1},"used_each":{used:.1}}}"#,
        shape.name
    );
}

/// Durations: the longest, their sum, and how many are over a millisecond.
#[derive(Default)]
struct Spread {
    longest: Duration,
    sum: Duration,
    over_1ms: u64,
}

impl Spread {
    fn add(&mut self, took: Duration) {
        self.longest = self.longest.max(took);
        self.sum += took;
        self.over_1ms += u64::from(took > Duration::from_millis(1));
    }
}

fn stall(arguments: &Arguments) {
    let engine = engine(arguments);
    let mut worker = engine.worker();
    let mut session = worker.open(peer(), Arc::new(NoWake), now()).expect("no limit in process");
    let mut bytes = Vec::new();
    let (mut wall, mut cpu) = (Spread::default(), Spread::default());
    for n in 0..arguments.keys() {
        bytes.clear();
        command(&mut bytes, &[b"SET", key(n).as_bytes(), b"v"]);
        let (began_cpu, began) = (ThreadTime::now(), Instant::now());
        run(&mut worker, &mut session, &bytes);
        wall.add(began.elapsed());
        cpu.add(began_cpu.elapsed());
    }
    println!(
        concat!(
            r#"{{"bench":"engine-stall","keys":{},"longest_us":{},"longest_cpu_us":{},"over_1ms":{},"over_1ms_cpu":{},"#,
            r#""mean_ns":{}}}"#
        ),
        arguments.keys(),
        wall.longest.as_micros(),
        cpu.longest.as_micros(),
        wall.over_1ms,
        cpu.over_1ms,
        wall.sum.as_nanos() / u128::from(arguments.keys().max(1))
    );
}
