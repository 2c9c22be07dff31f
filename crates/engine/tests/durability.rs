//! Durability: an engine with a journal on a disk that fails, tears and loses power.
//!
//! Clients write consecutive numbers, each to a key of its own, and note what was acknowledged. Whatever happens to the disk,
//! what is read back must be a prefix of what was written in the order in which it took hold, with every number that was
//! acknowledged: under `always` after a loss of power, under every policy after the process was killed. Under `everysec` a
//! loss of power may take what was written after the last sync.

use hematite_base::random::Random;
use hematite_engine::{Engine, Now, Peer, Session, SessionId, Transport, Wake, Worker};
use hematite_persist::aof::{Fault, Policy, Reader, Writer, take_in};
use hematite_persist::storage::memory::{Fault as DiskFault, MemoryStorage, Plan};
use hematite_persist::storage::{File, Storage};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

struct Nobody;
impl Wake for Nobody {
    fn wake(&self, _: SessionId) {}
}

const FILE: &str = "appendonly.aof.1.incr.aof";

/// An engine, its disk, and a client that counts.
struct Scene {
    engine: Engine,
    writer: Arc<Writer>,
    worker: Worker,
    session: Session,
    now: Now,
    /// The last number that was sent.
    sent: u64,
    /// The last that was acknowledged.
    acknowledged: u64,
}

impl Scene {
    fn new(storage: &MemoryStorage, policy: Policy) -> io::Result<Scene> {
        let engine = Engine::default();
        let file = storage.open(FILE)?;
        let writer = Arc::new(Writer::new(file, policy)?);
        storage.sync_dir()?;
        engine.journal().replace_sink(Some(writer.clone())).expect("nothing waits");
        let mut worker = engine.worker();
        let now = Now { unix_ms: 1_700_000_000_000, mono_us: 0 };
        let (addr, laddr) = (String::new(), String::new());
        let peer = Peer { transport: Transport::Tcp, addr, laddr, fd: 0, local: true };
        let mut session = worker.open(peer, Arc::new(Nobody), now).expect("there is room");
        session.set_deny_blocking(true);
        Ok(Scene { engine, writer, worker, session, now, sent: 0, acknowledged: 0 })
    }

    /// Sends so many numbers as one pipeline; an acknowledgement counts if all before it were given too.
    fn write(&mut self, count: u64, random: &mut Random) {
        let mut request = String::new();
        let first = self.sent + 1;
        let in_transaction = random.below(4) == 0;
        if in_transaction {
            request.push_str("MULTI\r\n");
        }
        for number in first..first + count {
            let padding = "x".repeat(random.below(150) as usize);
            request.push_str(&format!("SET n {number}\r\nRPUSH all {number}:{padding}\r\n"));
        }
        if in_transaction {
            request.push_str("EXEC\r\n");
        }
        self.sent += count;
        self.worker.feed(&mut self.session, request.as_bytes(), self.now);
        let reply = self.session.take_output(Vec::new());
        // A pipeline may be acknowledged in part only if the disk has recovered in between: none does here.
        if !String::from_utf8_lossy(&reply).contains("-MISCONF")
            && !String::from_utf8_lossy(&reply).contains("-EXEC")
        {
            self.acknowledged = self.sent;
        }
    }

    fn pass(&mut self, ms: i64) {
        self.now.unix_ms += ms;
        self.now.mono_us += ms as u64 * 1000;
    }

    /// What the thread of the front does.
    fn tend(&mut self) {
        let _ = self.engine.journal().tend();
        let mark = self.engine.journal().mark();
        if let Err(error) = self.writer.sync_if_due(self.now.unix_ms) {
            self.engine.journal().fail((&error).into());
        }
        if let Some(mark) = mark {
            self.engine.journal().note_synced(&mark);
        }
    }

    /// Whether WAITAOF says that all of it is on the disk.
    fn is_durable(&mut self) -> bool {
        self.worker.feed(&mut self.session, b"WAITAOF 1 0 0\r\n", self.now);
        self.session.take_output(Vec::new()) == b"*2\r\n:1\r\n:0\r\n"
    }
}

/// The numbers that a disk gives back, after what the kernel had was taken in and what is damaged or cut was left out.
fn read_back(storage: &MemoryStorage) -> Vec<u64> {
    let Ok(file) = storage.read(FILE) else { return Vec::new() };
    take_in(&*file).expect("the disk is well");
    let len = match fault_in(&*file) {
        None => file.len().expect("it has one"),
        Some(Fault::Truncated { whole }) => whole,
        Some(Fault::Corrupt { good, .. }) => good,
        Some(Fault::Io(error)) => panic!("{error}"),
    };
    file.truncate(len).expect("the disk is well");
    replay(&*file)
}

fn fault_in(file: &dyn File) -> Option<Fault> {
    let mut reader = Reader::new(file, 0).expect("it has a length");
    loop {
        match reader.next(1000) {
            Ok(None) => return None,
            Ok(Some(_)) => {}
            Err(fault) => return Some(fault),
        }
    }
}

/// Replays a file and reads the list.
fn replay(file: &dyn File) -> Vec<u64> {
    let engine = Engine::default();
    let mut worker = engine.worker();
    let now = Now { unix_ms: 1_700_000_000_000, mono_us: 0 };
    let mut session = worker.open_replay(now);
    let mut reader = Reader::new(file, 0).expect("it has a length");
    while let Some(batch) = reader.next(64).expect("it is whole") {
        worker.replay(&mut session, &batch.args(), batch.ends, now).expect("it is what an engine wrote");
    }
    let (addr, laddr) = (String::new(), String::new());
    let peer = Peer { transport: Transport::InProcess, addr, laddr, fd: 0, local: true };
    let mut reading = worker.open(peer, Arc::new(Nobody), now).expect("there is room");
    worker.call(&mut reading, &[b"LRANGE", b"all", b"0", b"-1"], now);
    let text = String::from_utf8(reading.take_output(Vec::new())).expect("numbers are text");
    text.lines().filter_map(|line| line.split_once(':')?.0.parse().ok()).collect()
}

#[track_caller]
fn assert_prefix(found: &[u64], acknowledged: u64, sent: u64, what: &str) {
    let expected: Vec<u64> = (1..=found.len() as u64).collect();
    assert_eq!(found, expected, "{what}: no prefix");
    assert!(found.len() as u64 >= acknowledged, "{what}: {acknowledged} acknowledged, {} there", found.len());
    assert!(found.len() as u64 <= sent, "{what}: more than was sent");
}

/// A disk, whose files may have memory that outlives the process.
fn storage_for(has_regions: bool) -> MemoryStorage {
    if has_regions { MemoryStorage::with_regions() } else { MemoryStorage::default() }
}

fn points() -> u64 {
    std::env::var("HEMATITE_POWER_LOSSES").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000)
}

#[test]
fn a_loss_of_power_takes_nothing_that_always_has_acknowledged() {
    let (mut acknowledged, mut lost) = (0, 0);
    for point in 0..points() / 2 {
        let mut random = Random::new(point);
        let storage = MemoryStorage::default();
        let mut scene = Scene::new(&storage, Policy::Always).expect("the disk is well");
        storage.die_at(storage.calls() + random.below(20));
        for _ in 0..random.below(8) + 1 {
            let count = random.below(4) + 1;
            scene.write(count, &mut random);
        }
        let found = read_back(&storage.after_power_loss(&mut random));
        assert_prefix(&found, scene.acknowledged, scene.sent, &format!("power loss {point}"));
        acknowledged += scene.acknowledged;
        lost += scene.sent - found.len() as u64;
    }
    assert!(acknowledged > points() && lost > points(), "the test loses power at the wrong moments");
}

#[test]
fn a_loss_of_power_takes_the_last_second_of_everysec_at_most() {
    let mut told_durable = 0;
    for point in 0..points() / 2 {
        let mut random = Random::new(point);
        let storage = storage_for(point % 4 > 0);
        let mut scene = Scene::new(&storage, Policy::EverySecond).expect("the disk is well");
        // What was acknowledged a second ago and longer, by time.
        let mut history: BTreeMap<i64, u64> = BTreeMap::new();
        let mut durable = 0;
        for _ in 0..random.below(40) + 1 {
            let count = random.below(4) + 1;
            scene.write(count, &mut random);
            history.insert(scene.now.unix_ms, scene.acknowledged);
            scene.pass(random.below(200) as i64);
            scene.tend();
            if scene.is_durable() {
                durable = scene.acknowledged;
            }
        }
        told_durable += u64::from(durable > 0);
        let safe_before = scene.now.unix_ms - 1200;
        let safe = history.range(..=safe_before).next_back().map_or(0, |(_, number)| *number);
        let found = read_back(&storage.after_power_loss(&mut random));
        assert_prefix(&found, safe.max(durable), scene.sent, &format!("power loss {point}"));
        // The same moment, but only the process is gone.
        let found = read_back(&storage.after_kill());
        assert_prefix(&found, scene.acknowledged, scene.sent, &format!("kill {point}"));
    }
    assert!(told_durable > points() / 4, "WAITAOF has hardly ever said that anything is safe");
}

/// A few writes with time between them, tended as a front does; then the disk is well again.
fn scenario(storage: &MemoryStorage, policy: Policy) -> Option<(u64, u64)> {
    let mut random = Random::new(7);
    let mut scene = Scene::new(storage, policy).ok()?;
    for round in 0..12 {
        scene.write(round % 3 + 1, &mut random);
        scene.pass(400);
        scene.tend();
    }
    Some((scene.acknowledged, scene.sent))
}

#[test]
fn the_nth_call_fails_for_each_n_once_and_for_ever() {
    use Policy::{Always, EverySecond, Never};
    let cases = [(Always, false), (EverySecond, false), (EverySecond, true), (Never, false), (Never, true)];
    for (policy, has_regions) in cases {
        let counting = storage_for(has_regions);
        scenario(&counting, policy).expect("the disk is well");
        for call in 0..counting.calls() {
            for fault in [DiskFault::Full, DiskFault::Broken, DiskFault::Short] {
                for for_ever in [false, true] {
                    let what = format!(
                        "{policy:?}, regions: {has_regions}, call {call}, {fault:?}, for ever: {for_ever}"
                    );
                    let storage = storage_for(has_regions);
                    storage.plan(Some(Plan { call, fault, for_ever }));
                    fails_and_recovers(&storage, policy, &what);
                }
            }
        }
    }
}

fn fails_and_recovers(storage: &MemoryStorage, policy: Policy, what: &str) {
    let mut random = Random::new(7);
    let Ok(mut scene) = Scene::new(storage, policy) else { return };
    for round in 0..12 {
        scene.write(round % 3 + 1, &mut random);
        scene.pass(400);
        scene.tend();
        // At no time is anything acknowledged that a killed process would not find again.
        let found = read_back(&storage.after_kill());
        assert!(
            found.iter().max().copied().unwrap_or(0) >= scene.acknowledged,
            "{what}: acknowledged too early"
        );
    }
    storage.plan(None);
    scene.tend();
    assert!(!scene.engine.journal().has_failed(), "{what}: has not recovered");
    let before = scene.sent;
    scene.write(2, &mut random);
    assert_eq!(scene.acknowledged, before + 2, "{what}: writes are taken again");
    // Memory and file agree: what was refused at the door is in neither.
    let mut reading = Vec::new();
    scene.worker.call(&mut scene.session, &[b"LRANGE", b"all", b"0", b"-1"], scene.now);
    for line in String::from_utf8(scene.session.take_output(Vec::new())).expect("numbers are text").lines() {
        reading.extend(line.split_once(':').and_then(|(number, _)| number.parse::<u64>().ok()));
    }
    assert_eq!(read_back(&storage.after_kill()), reading, "{what}");
    if policy == Policy::Always {
        assert_eq!(read_back(&storage.after_power_loss(&mut random)), reading, "{what}");
    }
}
