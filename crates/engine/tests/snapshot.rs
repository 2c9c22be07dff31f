//! Snapshots under load: four threads move amounts between accounts under MULTI while a hundred snapshots are taken; each of
//! them loads to the right total.
//!
//! Accounts are string keys, fields of one hash and members of one sorted set, so that a transfer changes a small entry in
//! place, or a large value that the writer may or may not have reached; some transfers rename their key on the way.

use hematite_base::random::Random;
use hematite_engine::rdb::{LoadOptions, Loader};
use hematite_engine::{Engine, Now, Options, Peer, Session, SnapshotOptions, Transport, Wake, Worker};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

const THREADS: u64 = 4;
const ACCOUNTS: u64 = 300;
const AMOUNT: i64 = 1000;
const TOTAL: i64 = 3 * ACCOUNTS as i64 * AMOUNT;
const SNAPSHOTS: usize = 100;
const NOW: Now = Now { unix_ms: 1_700_000_000_000, mono_us: 0 };

/// What an engine takes to be the memory in use, bytes; 10 % of it may wait for the writer.
const USED_BYTES: u64 = 200 << 20;

struct NoWake;
impl Wake for NoWake {
    fn wake(&self, _: u64) {}
}

struct Client {
    worker: Worker,
    session: Session,
}

impl Client {
    fn new(engine: &Engine) -> Client {
        let mut worker = engine.worker();
        let nowhere = String::new;
        let peer =
            Peer { transport: Transport::InProcess, addr: nowhere(), laddr: nowhere(), fd: -1, local: true };
        let session = worker.open(peer, Arc::new(NoWake), NOW).expect("no limit in process");
        Client { worker, session }
    }
    fn call(&mut self, line: &str) -> String {
        let args: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
        self.worker.call(&mut self.session, &args, NOW);
        String::from_utf8(self.session.take_output(Vec::new())).expect("texts only")
    }
}

/// What adds an amount to an account.
fn add(account: u64, amount: i64) -> String {
    let number = account / 3;
    match account % 3 {
        0 => format!("INCRBY account:{number} {amount}"),
        1 => format!("HINCRBY bank field:{number} {amount}"),
        _ => format!("ZINCRBY exchange {amount} member:{number}"),
    }
}

fn transfer(client: &mut Client, random: &mut Random) {
    let (from, to) = (random.below(3 * ACCOUNTS), random.below(3 * ACCOUNTS));
    let amount = 1 + random.below(50) as i64;
    let key = format!("account:{}", random.below(ACCOUNTS));
    client.call("MULTI");
    client.call(&add(from, -amount));
    if random.below(4) == 0 {
        client.call(&format!("RENAME {key} moving:{key}"));
        client.call(&format!("RENAME moving:{key} {key}"));
    }
    client.call(&add(to, amount));
    let reply = client.call("EXEC");
    assert!(reply.starts_with("*") && !reply.contains("ERR"), "{reply}");
}

/// The sum over all accounts.
fn total(engine: &Engine) -> i64 {
    let mut client = Client::new(engine);
    let keys: Vec<String> = (0..ACCOUNTS).map(|n| format!("account:{n}")).collect();
    let lines =
        [format!("MGET {}", keys.join(" ")), "HVALS bank".into(), "ZRANGE exchange 0 -1 WITHSCORES".into()];
    let replies = lines.map(|line| client.call(&line)).concat();
    replies.split("\r\n").filter_map(|line| line.parse::<i64>().ok()).sum()
}

fn snapshot(engine: &Engine, random: &mut Random) -> Vec<u8> {
    let options = SnapshotOptions::default();
    let mut snapshot = engine.begin_snapshot(&options, NOW, || ()).expect("none runs");
    assert_eq!(snapshot.total(), ACCOUNTS + 2);
    let mut file = Vec::new();
    while let Some(bytes) = snapshot.step(1 + random.below(2000) as usize, Vec::new()) {
        file.extend_from_slice(&bytes);
        std::thread::yield_now();
    }
    assert_eq!(snapshot.saved(), snapshot.total());
    file
}

fn load(mut file: &[u8]) -> Engine {
    let engine = Engine::default();
    let encodings = engine.encodings();
    let mut sink = engine.loading();
    let summary =
        Loader::new(&mut file, &encodings, LoadOptions::default()).run(&mut sink).expect("it is whole");
    sink.finish().expect("each key comes once");
    drop(sink);
    assert_eq!(summary.keys, ACCOUNTS + 2);
    engine
}

#[test]
fn each_of_a_hundred_snapshots_has_the_right_total() {
    let engine = Engine::new(Options { seed: 11, ..Options::default() });
    let mut client = Client::new(&engine);
    (0..3 * ACCOUNTS).for_each(|account| drop(client.call(&add(account, AMOUNT))));
    assert_eq!(total(&engine), TOTAL);
    let has_ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let mut movers = Vec::new();
        for thread in 0..THREADS {
            let (engine, has_ended) = (engine.clone(), &has_ended);
            movers.push(scope.spawn(move || {
                let (mut client, mut random) = (Client::new(&engine), Random::new(thread));
                let mut transfers = 0u64;
                while !has_ended.load(Relaxed) {
                    transfer(&mut client, &mut random);
                    transfers += 1;
                }
                transfers
            }));
        }
        let mut random = Random::new(99);
        let mut differ = 0;
        let mut last = String::new();
        for number in 0..SNAPSHOTS {
            let loaded = load(&snapshot(&engine, &mut random));
            assert_eq!(total(&loaded), TOTAL, "snapshot {number}");
            let state = Client::new(&loaded).call("HVALS bank");
            differ += usize::from(state != last);
            last = state;
        }
        has_ended.store(true, Relaxed);
        let transfers: u64 = movers.into_iter().map(|mover| mover.join().expect("it did not panic")).sum();
        assert!(differ > SNAPSHOTS / 2, "only {differ} snapshots saw {transfers} transfers");
    });
    assert_eq!(total(&engine), TOTAL);
}

/// Overwrites 40,000 keys of 1000 bytes. Whenever the worker says that it should rest, the writer gets on by so much.
fn overwrite_all(bytes_meanwhile: usize) -> (u64, u64) {
    let engine = Engine::new(Options { used_bytes: || USED_BYTES, ..Options::default() });
    let mut client = Client::new(&engine);
    let value = "v".repeat(1000);
    let write =
        |client: &mut Client, n: u64, value: &str| drop(client.call(&format!("SET key:{n} {n}{value}")));
    (0..40_000).for_each(|n| write(&mut client, n, &value));
    let uncompressed = hematite_engine::rdb::Options { compression: false, ..Default::default() };
    let options = SnapshotOptions { rdb: uncompressed, ..SnapshotOptions::default() };
    let mut snapshot = engine.begin_snapshot(&options, NOW, || ()).expect("none runs");
    let (mut file, mut highest, mut rests) = (Vec::new(), 0, 0);
    for n in 0..40_000 {
        write(&mut client, n, "changed");
        highest = highest.max(engine.snapshot_backlog());
        if !client.worker.respite().is_zero() {
            rests += 1;
            file.extend(snapshot.step(bytes_meanwhile, Vec::new()).expect("there is more"));
        }
    }
    while let Some(bytes) = snapshot.step(1 << 20, Vec::new()) {
        file.extend_from_slice(&bytes);
    }
    assert_eq!(client.worker.respite().as_millis(), 0, "no snapshot runs any more");
    let loaded = Engine::default();
    let mut sink = loaded.loading();
    Loader::new(&mut &file[..], &loaded.encodings(), LoadOptions::default()).run(&mut sink).expect("whole");
    sink.finish().expect("each key comes once");
    let mut reader = Client::new(&loaded);
    for n in [0, 1, 20_000, 39_999] {
        assert_eq!(reader.call(&format!("GET key:{n}")).split("\r\n").nth(1), Some(&*format!("{n}{value}")));
    }
    (highest, rests)
}

#[test]
fn what_waits_for_the_writer_is_bounded() {
    let (highest, rests) = overwrite_all(4096);
    assert!((1..1000).contains(&rests), "{rests} rests");
    assert!(highest <= USED_BYTES / 10, "{highest} bytes waited");
}
