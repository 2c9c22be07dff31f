//! Several workers on few keys: nothing is lost, nothing is seen half done, nobody waits for ever.
//!
//! Four groups of keys, each with a law that every interleaving of atomic commands keeps:
//!
//! - counters: INCR adds, RENAMENX moves, GETDEL collects. What was collected and what is left add up to
//!   the number of INCRs, and where nothing is collected the sum that MGET sees never shrinks.
//! - mirrors: always set together by MSET; MGET sees them equal.
//! - copies: COPY REPLACE and RENAME among values of a known shape; nothing else is ever seen.
//! - logs: APPEND of one byte; the length at the end is the number of APPENDs.
//!
//! `HEMATITE_STRESS_COMMANDS` is the number of commands a worker runs (default 40,000). Under ThreadSanitizer this test
//! looks for data races as well: `npm test -- tsan`.

use hematite_base::random::Random;
use hematite_engine::{Engine, Flow, Now, Options, Peer, Session, Transport, Wake, Worker};
use std::sync::Arc;
use std::time::Duration;

const WORKERS: u64 = 4;
const KEYS: u64 = 4;
const BATCH: usize = 8;
/// Far beyond what the test takes: only a deadlock reaches it.
const DEADLOCK: Duration = Duration::from_secs(300);

struct NoWake;
impl Wake for NoWake {
    fn wake(&self, _: u64) {}
}

/// A command and what its reply is good for.
enum Check {
    /// Nothing to check beyond the protocol.
    Any,
    /// INCR.
    Increment,
    /// The counter that GETDEL took.
    Collected,
    /// The sum over all counters.
    Sum,
    /// All mirrors alike.
    Alike,
    /// Values of the copies' shape.
    Shape,
    /// APPEND.
    Append,
}

/// What one worker knows at the end.
#[derive(Default)]
struct Tally {
    increments: i64,
    collected: i64,
    appends: i64,
}

struct Client {
    worker: Worker,
    session: Session,
}

impl Client {
    fn new(engine: &Engine) -> Client {
        let mut worker = engine.worker();
        let peer = Peer {
            transport: Transport::InProcess,
            addr: String::new(),
            laddr: String::new(),
            fd: -1,
            local: true,
        };
        let session = worker.open(peer, Arc::new(NoWake), now()).expect("no limit in process");
        Client { worker, session }
    }

    /// Runs commands as one pipeline and gives the bytes of all replies.
    fn run(&mut self, commands: &[u8]) -> Vec<u8> {
        let mut replies = Vec::new();
        let mut flow = self.worker.feed(&mut self.session, commands, now());
        loop {
            let mut slices = [std::io::IoSlice::new(&[]); 16];
            let count = self.session.output_slices(&mut slices);
            slices[..count].iter().for_each(|slice| replies.extend_from_slice(slice));
            self.session.consume_output(self.session.output_len());
            if !flow.has(Flow::STALLED) && self.session.output_len() == 0 {
                assert_eq!(flow, Flow::CONTINUE);
                return replies;
            }
            flow = self.worker.resume(&mut self.session, now());
        }
    }
}

fn now() -> Now {
    Now { unix_ms: 1_700_000_000_000, mono_us: 0 }
}

fn command(out: &mut Vec<u8>, words: &[&str]) {
    out.extend_from_slice(format!("*{}\r\n", words.len()).as_bytes());
    words.iter().for_each(|word| out.extend_from_slice(format!("${}\r\n{word}\r\n", word.len()).as_bytes()));
}

/// The bulks of one reply, which is a bulk, an array of bulks, or a line (itself as the only one); null is `None`.
fn reply(bytes: &mut &[u8]) -> Vec<Option<String>> {
    let line = take_line(bytes);
    match line.as_bytes()[0] {
        b'*' => (0..line[1..].parse::<usize>().expect("a count")).flat_map(|_| reply(bytes)).collect(),
        b'$' if &line[1..] == "-1" => vec![None],
        b'$' => vec![Some(take_line(bytes))],
        _ => vec![Some(line)],
    }
}

fn take_line(bytes: &mut &[u8]) -> String {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n").expect("a whole reply");
    let line = String::from_utf8(bytes[..end].to_vec()).expect("text");
    *bytes = &bytes[end + 2..];
    line
}

/// All keys of a group, in a random order: locks must be taken in an order that does not depend on it.
fn shuffled(random: &mut Random, group: &str) -> Vec<String> {
    let mut keys: Vec<String> = (0..KEYS).map(|n| format!("{group}:{n}")).collect();
    (1..keys.len()).rev().for_each(|at| keys.swap(at, random.below(at as u64 + 1) as usize));
    keys
}

/// Appends a random command.
fn random_command(out: &mut Vec<u8>, random: &mut Random, stamp: &str) -> Check {
    let (counters, mirrors) = (shuffled(random, "counter"), shuffled(random, "mirror"));
    let (copies, logs) = (shuffled(random, "copy"), shuffled(random, "log"));
    let (words, check) = match random.below(12) {
        0..=2 => (vec!["INCR".into(), counters[0].clone()], Check::Increment),
        3 => (vec!["RENAMENX".into(), counters[0].clone(), counters[1].clone()], Check::Any),
        4 => (vec!["GETDEL".into(), counters[0].clone()], Check::Collected),
        5 => ([vec!["MGET".into()], counters.clone()].concat(), Check::Sum),
        6 => {
            let pairs = mirrors.iter().flat_map(|key| [key.clone(), stamp.to_owned()]);
            (["MSET".to_owned()].into_iter().chain(pairs).collect(), Check::Alike)
        }
        7 => ([vec!["MGET".into()], mirrors.clone()].concat(), Check::Alike),
        8 => (vec!["COPY".into(), copies[0].clone(), copies[1].clone(), "REPLACE".into()], Check::Any),
        9 if random.below(2) == 0 => {
            (vec!["RENAME".into(), copies[0].clone(), copies[1].clone()], Check::Any)
        }
        9 => (vec!["SET".into(), copies[0].clone(), format!("copy-{stamp}")], Check::Any),
        10 => ([vec!["MGET".into()], copies.clone()].concat(), Check::Shape),
        _ => (vec!["APPEND".into(), logs[0].clone(), "x".into()], Check::Append),
    };
    command(out, &words.iter().map(String::as_str).collect::<Vec<&str>>());
    check
}

fn number(value: &Option<String>) -> i64 {
    value.as_ref().map_or(0, |text| text.trim_start_matches(':').parse().expect("a number"))
}

fn verify(check: &Check, values: &[Option<String>], tally: &mut Tally) {
    match check {
        Check::Any => {}
        Check::Increment => {
            assert!(number(&values[0]) > 0);
            tally.increments += 1;
        }
        Check::Collected => tally.collected += number(&values[0]),
        Check::Sum => values.iter().for_each(|value| assert!(number(value) >= 0)),
        Check::Alike => assert!(values.iter().all(|value| *value == values[0]), "torn: {values:?}"),
        Check::Shape => {
            let fits = |value: &Option<String>| value.as_ref().is_none_or(|text| text.starts_with("copy-"));
            assert!(values.iter().all(fits), "foreign: {values:?}");
        }
        Check::Append => tally.appends += 1,
    }
}

fn work(engine: &Engine, seed: u64, commands: usize) -> Tally {
    let mut client = Client::new(engine);
    let mut random = Random::new(seed);
    let mut tally = Tally::default();
    for batch in 0..commands / BATCH {
        let mut bytes = Vec::new();
        let stamp = format!("{seed}-{batch}");
        let checks: Vec<Check> =
            (0..BATCH).map(|_| random_command(&mut bytes, &mut random, &stamp)).collect();
        let replies = client.run(&bytes);
        let mut rest = &replies[..];
        for check in &checks {
            let values = reply(&mut rest);
            verify(check, &values, &mut tally);
        }
        assert!(rest.is_empty());
    }
    tally
}

/// Runs workers over an engine with `stripes` stripes and settles the accounts.
fn stress(stripes: usize) {
    let commands =
        std::env::var("HEMATITE_STRESS_COMMANDS").map_or(40_000, |text| text.parse().expect("a number"));
    let keyspace = hematite_keyspace::Options { stripes, seed: 11, ..Default::default() };
    let engine = Engine::new(Options { keyspace, ..Options::default() });
    let (done, all) = std::sync::mpsc::channel();
    for seed in 0..WORKERS {
        let (engine, done) = (engine.clone(), done.clone());
        std::thread::spawn(move || done.send(work(&engine, seed, commands)));
    }
    drop(done);
    let mut total = Tally::default();
    for _ in 0..WORKERS {
        let tally = all.recv_timeout(DEADLOCK).expect("a worker failed or waits for ever");
        total.increments += tally.increments;
        total.collected += tally.collected;
        total.appends += tally.appends;
    }
    let mut client = Client::new(&engine);
    let mut sum = |verb: &str, group: &str| -> i64 {
        let mut bytes = Vec::new();
        (0..KEYS).for_each(|n| command(&mut bytes, &[verb, &format!("{group}:{n}")]));
        let replies = client.run(&bytes);
        let mut rest = &replies[..];
        (0..KEYS).map(|_| number(&reply(&mut rest)[0])).sum()
    };
    assert_eq!(sum("GET", "counter") + total.collected, total.increments);
    assert_eq!(sum("STRLEN", "log"), total.appends);
    assert!(total.increments > 0 && total.appends > 0);
}

#[test]
fn no_update_is_lost_over_many_stripes() {
    stress(1024);
}

#[test]
fn no_update_is_lost_where_keys_share_stripes() {
    stress(2);
}

#[test]
fn sums_never_shrink_while_counters_only_move() {
    let commands: usize =
        std::env::var("HEMATITE_STRESS_COMMANDS").map_or(40_000, |text| text.parse().expect("a number"));
    let keyspace = hematite_keyspace::Options { stripes: 64, seed: 5, ..Default::default() };
    let engine = Engine::new(Options { keyspace, ..Options::default() });
    let counters: Vec<String> = (0..KEYS).map(|n| format!("counter:{n}")).collect();
    std::thread::scope(|scope| {
        for seed in 0..WORKERS {
            let (engine, counters) = (engine.clone(), &counters);
            scope.spawn(move || {
                let (mut client, mut random, mut last) = (Client::new(&engine), Random::new(seed), 0);
                for _ in 0..commands / 3 {
                    let order = shuffled(&mut random, "counter");
                    let mut bytes = Vec::new();
                    command(&mut bytes, &["INCR", &order[0]]);
                    command(&mut bytes, &["RENAMENX", &order[1], &order[2]]);
                    command(&mut bytes, &["MGET", &counters[0], &counters[1], &counters[2], &counters[3]]);
                    let replies = client.run(&bytes);
                    let mut rest = &replies[..];
                    reply(&mut rest);
                    reply(&mut rest);
                    let sum: i64 = reply(&mut rest).iter().map(number).sum();
                    // MGET is atomic: a counter that moves is seen once, in its old place or its new one.
                    assert!(sum > last, "{sum} after {last}");
                    last = sum;
                }
            });
        }
    });
}
