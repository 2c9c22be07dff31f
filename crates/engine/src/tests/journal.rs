//! The journal: what it records replays to the same dataset, and no write is acknowledged that it does not have.

use crate::engine::Engine;
use crate::flow::Now;
use crate::journal::{DiskError, Sink};
use crate::testing::Harness;
use hematite_resp::{Limits, Parser, Step};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// A disk that can be made to fail.
#[derive(Default)]
struct Disk {
    bytes: Mutex<Vec<u8>>,
    is_full: AtomicBool,
    writes: AtomicUsize,
}

impl Sink for Disk {
    fn write(&self, batch: &mut Vec<u8>) -> Result<(), DiskError> {
        if self.is_full.load(Relaxed) {
            return Err(DiskError::new("No space left on device"));
        }
        self.writes.fetch_add(1, Relaxed);
        self.bytes.lock().extend_from_slice(batch);
        Ok(())
    }
    fn recover(&self) -> Result<(), DiskError> {
        Ok(())
    }
}

fn with_journal() -> (Harness, Arc<Disk>) {
    let harness = Harness::new(2);
    let disk = Arc::new(Disk::default());
    harness.engine.journal().replace_sink(Some(disk.clone())).expect("there was none");
    (harness, disk)
}

/// The commands of a journal as lines.
fn lines(bytes: &[u8]) -> Vec<String> {
    let text = |args: &[&[u8]]| {
        args.iter().map(|arg| String::from_utf8_lossy(arg).into_owned()).collect::<Vec<_>>().join(" ")
    };
    let (mut at, mut lines) = (0, Vec::new());
    while at < bytes.len() {
        if bytes[at] == b'#' {
            let end = at + bytes[at..].iter().position(|b| *b == b'\n').expect("the line ends");
            lines.push(String::from_utf8_lossy(&bytes[at..end]).trim_end().to_owned());
            at = end + 1;
            continue;
        }
        let mut args = Vec::new();
        let limits = Limits { bulk_bytes_max: 1 << 20, unauthenticated: false };
        match Parser::default().step(&bytes[at..], &limits, &mut args) {
            Step::Command(size) => at += size,
            other => panic!("{other:?} at {at}"),
        }
        lines.push(text(&args));
    }
    lines
}

impl Disk {
    fn lines(&self) -> Vec<String> {
        lines(&self.bytes.lock())
    }
}

/// The digest of the dataset that the journal gives.
fn replayed(disk: &Disk, now: Now) -> String {
    let mut other = Harness::new(1);
    other.now = now;
    let engine: Engine = other.engine.clone();
    let mut worker = engine.worker();
    let mut session = worker.open_replay(now);
    let bytes = disk.bytes.lock().clone();
    for line in lines(&bytes) {
        let args: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
        let replayed = worker.replay(&mut session, &args, &[args.len()], now).expect(&line);
        assert_eq!(replayed.first, None, "{line}");
    }
    worker.close(session, now);
    let client = other.open(0);
    other.say(client, "debug digest")
}

#[test]
fn writes_are_recorded_in_order_with_their_database() {
    let (mut harness, disk) = with_journal();
    let client = harness.open(0);
    for line in ["set a 1", "get a", "select 3", "incr a", "del none", "select 0", "lpush l x y", "flushdb"] {
        harness.say(client, line);
    }
    assert_eq!(
        disk.lines(),
        ["SELECT 0", "set a 1", "SELECT 3", "incr a", "SELECT 0", "lpush l x y", "flushdb"]
    );
}

#[test]
fn transactions_and_commands_that_stand_for_several_are_groups() {
    let (mut harness, disk) = with_journal();
    let client = harness.open(0);
    for line in ["multi", "set a 1", "get a", "set b 2", "exec", "multi", "get a", "exec", "multi", "set c 3"]
    {
        harness.say(client, line);
    }
    harness.say(client, "exec");
    assert_eq!(disk.lines(), ["MULTI", "SELECT 0", "set a 1", "set b 2", "EXEC", "set c 3"]);
}

#[test]
fn what_expires_is_deleted_before_what_follows() {
    let (mut harness, disk) = with_journal();
    let client = harness.open(0);
    harness.say(client, "debug set-active-expire 0");
    for line in ["set a 1 px 100", "set b 1 px 100", "hset h f 1 g 2", "hpexpire h 100 fields 1 f", "incr a"]
    {
        harness.say(client, line);
    }
    harness.pass(200);
    for line in ["incr a", "get b", "hget h f"] {
        harness.say(client, line);
    }
    harness.pass(100);
    harness.engine.journal().tend().expect("the disk is well");
    let lines = disk.lines();
    let at = |wanted: &str| lines.iter().rposition(|line| line == wanted).expect(wanted);
    assert!(at("DEL a") < at("incr a"), "{lines:?}");
    assert!(lines.iter().any(|line| line == "DEL b"), "{lines:?}");
    assert_eq!(replayed(&disk, harness.now), harness.say(client, "debug digest"));
}

#[test]
fn active_expiry_is_recorded() {
    let (mut harness, disk) = with_journal();
    let client = harness.open(0);
    harness.say(client, "set a 1 px 50");
    for _ in 0..10 {
        harness.pass(100);
    }
    harness.engine.journal().tend().expect("the disk is well");
    assert_eq!(disk.lines().last().map(String::as_str), Some("DEL a"));
}

#[test]
fn every_kind_of_write_replays_to_the_same_dataset() {
    let (mut harness, disk) = with_journal();
    let (client, other) = (harness.open(0), harness.open(1));
    for line in WRITES {
        let reply = harness.say(client, line);
        assert!(!reply.starts_with('-'), "{line}: {reply}");
        harness.now.unix_ms += 7;
        harness.now.mono_us += 7000;
    }
    // Waiters are served by others.
    for (waits, serves) in BLOCKING {
        assert_eq!(harness.say(client, waits), "", "{waits}");
        harness.say(other, serves);
        assert_ne!(harness.take(client), "", "{waits} was served by {serves}");
    }
    // Time passes; nothing has been looked at since.
    let digest = harness.say(client, "debug digest");
    assert_eq!(replayed(&disk, harness.now), digest);
}

const WRITES: &[&str] = &[
    "set a 1",
    "set b 2 ex 1000",
    "set c 3 px 100000 nx",
    "set c 4 keepttl get",
    "setex d 100 v",
    "psetex e 100000 v",
    "getex a ex 100",
    "getex a persist",
    "getex a pxat 9999999999999",
    "getset f v",
    "getdel f",
    "incrbyfloat g 1.1",
    "incrbyfloat g 1e-3",
    "append a xyz",
    "setrange h 5 x",
    "mset m1 1 m2 2",
    "msetnx m3 1 m4 2",
    "decr n",
    "setbit bits 77 1",
    "bitfield bits set u8 0 200 incrby i5 100 1",
    "bitop not bits2 bits",
    "expire m1 100",
    "pexpire m2 100000 nx",
    "expireat m3 9999999999",
    "persist m3",
    "copy m1 copied",
    "rename copied renamed",
    "move renamed 2",
    "hset hash a 1 b 2 c 3",
    "hincrbyfloat hash a 1.5",
    "hincrby hash b 5",
    "hexpire hash 100 fields 1 b",
    "hsetex hash ex 100 fields 1 x y",
    "hgetex hash px 100000 fields 1 c",
    "hgetdel hash fields 1 a",
    "hpersist hash fields 1 c",
    "rpush list 1 2 3 4 5 6 7 8 9",
    "lpop list 2",
    "lmpop 1 list left count 2",
    "lmove list list2 left right",
    "rpoplpush list list2",
    "linsert list before 8 x",
    "lset list 0 z",
    "lrem list 0 8",
    "ltrim list 0 3",
    "sadd set 1 2 3 4 5 6 7 8 9 10",
    "spop set",
    "spop set 3",
    "smove set set2 1",
    "sadd set3 a b c",
    "spop set3 100",
    "sunionstore set4 set set2",
    "zadd z 1 a 2 b 3 c 4 d 5 e 6 f",
    "zincrby z 1.5 a",
    "zpopmin z",
    "zpopmax z 1",
    "zmpop 1 z min count 1",
    "zadd z incr 3 d",
    "zunionstore z2 2 z z weights 1 2",
    "zrangestore z3 z 0 1",
    "zremrangebyrank z2 0 0",
    "geoadd geo 13.361389 38.115556 Palermo 15.087269 37.502669 Catania",
    "geosearchstore geo2 geo fromlonlat 15 37 byradius 300 km",
    "pfadd hll a b c",
    "pfmerge hll2 hll",
    "xadd s * f v",
    "xadd s maxlen ~ 5 * f v2",
    "xadd s 99999999999999-* f v3",
    "xadd s * f v4",
    "xgroup create s g 0",
    "xreadgroup group g consumer count 2 streams s >",
    "xreadgroup group g consumer2 noack count 1 streams s >",
    "xautoclaim s g consumer3 0 0 count 1",
    "xclaim s g consumer4 0 1-1 justid",
    "xgroup createconsumer s g consumer5",
    "xgroup setid s g $",
    "xtrim s maxlen 3",
    "xsetid s 99999999999999-9",
    "sort list alpha store sorted",
    "sort set by nosort get # store sorted2",
    "object freq none",
    "swapdb 2 3",
    "unlink m4",
];

const BLOCKING: &[(&str, &str)] = &[
    ("blpop q 0", "rpush q 1 2"),
    ("brpop q2 q3 0", "rpush q3 1 2 3"),
    ("blmove q4 q5 left right 0", "rpush q4 1 2"),
    ("brpoplpush q6 q7 0", "rpush q6 1 2"),
    ("blmpop 0 1 q8 left count 2", "rpush q8 1 2 3"),
    ("bzpopmin z8 0", "zadd z8 1 a 2 b"),
    ("bzmpop 0 1 z9 max count 2", "zadd z9 1 a 2 b 3 c"),
    ("xreadgroup group g c9 block 0 streams s >", "xadd s * f v9"),
];

#[test]
fn a_write_that_the_disk_refuses_is_not_acknowledged() {
    let (mut harness, disk) = with_journal();
    let client = harness.open(0);
    harness.say(client, "set a 1");
    disk.is_full.store(true, Relaxed);
    let misconf = "-MISCONF Errors writing to the AOF file: No space left on device\r\n";
    // In a pipeline only the writes' replies are withdrawn.
    let replies = harness.feed(client, b"get a\r\nset a 2\r\nget a\r\nincr a\r\n");
    let same = replies.starts_with("$1\r\n1\r\n-MISCONF") && replies.ends_with(misconf);
    assert!(same, "{replies}");
    for line in ["set a 3", "ping"] {
        assert_eq!(harness.say(client, line), misconf, "{line}");
    }
    assert!(harness.say(client, "get a").starts_with("$1\r\n"));
    harness.say(client, "multi");
    assert_eq!(harness.say(client, "set a 4"), misconf);
    assert!(harness.say(client, "exec").starts_with("-EXECABORT"));
    assert!(harness.engine.journal().tend().is_err());
    disk.is_full.store(false, Relaxed);
    harness.engine.journal().tend().expect("there is space again");
    assert_eq!(harness.say(client, "set b 5"), "+OK\r\n");
    // What was refused after it had taken hold is in the file now, as it is in memory.
    assert_eq!(disk.lines(), ["SELECT 0", "set a 1", "set a 2", "incr a", "set b 5"]);
    assert_eq!(replayed(&disk, harness.now), harness.say(client, "debug digest"));
}

#[test]
fn a_served_waiter_is_told_only_what_the_journal_has() {
    let (mut harness, disk) = with_journal();
    let (waiter, pusher) = (harness.open(0), harness.open(1));
    harness.say(waiter, "blpop q 0");
    disk.is_full.store(true, Relaxed);
    assert!(harness.say(pusher, "rpush q 1").starts_with("-MISCONF"));
    assert!(harness.take(waiter).starts_with("-MISCONF"));
    disk.is_full.store(false, Relaxed);
    harness.engine.journal().tend().expect("there is space again");
    assert_eq!(disk.lines(), ["SELECT 0", "rpush q 1", "LPOP q"]);
}

#[test]
fn nothing_is_recorded_without_a_journal_and_a_new_file_selects_again() {
    let (mut harness, disk) = with_journal();
    let client = harness.open(0);
    harness.say(client, "set a 1");
    let second = Arc::new(Disk::default());
    harness.engine.journal().replace_sink(Some(second.clone())).expect("the disk is well");
    harness.say(client, "set a 2");
    harness.engine.journal().replace_sink(None).expect("the disk is well");
    harness.say(client, "set a 3");
    assert_eq!(disk.lines(), ["SELECT 0", "set a 1"]);
    assert_eq!(second.lines(), ["SELECT 0", "set a 2"]);
}

#[test]
fn timestamps_are_noted_once_a_second() {
    let (mut harness, disk) = with_journal();
    harness.engine.journal().set_timestamps(true);
    let client = harness.open(0);
    for line in ["set a 1", "set a 2"] {
        harness.say(client, line);
    }
    harness.pass(1000);
    harness.say(client, "set a 3");
    assert_eq!(
        disk.lines(),
        ["#TS:1700000000", "SELECT 0", "set a 1", "set a 2", "#TS:1700000001", "set a 3"]
    );
}

#[test]
fn what_an_approximate_trim_has_taken_stays_away() {
    let (mut harness, disk) = with_journal();
    let client = harness.open(0);
    for line in [
        "config set stream-node-max-entries 1",
        "xadd a 1-1 f v",
        "xadd a 2-1 f v",
        "xtrim a minid ~ 3",
        "xadd b minid ~ 100 5-1 f v",
        "xadd c 1-1 f v",
        "xadd c maxlen ~ 0 2-1 f v",
        "xadd d 1-1 f v",
        "xadd d 2-1 f v",
        "xtrim d minid ~ 2",
    ] {
        harness.say(client, line);
    }
    assert_eq!(replayed(&disk, harness.now), harness.say(client, "debug digest"), "{:?}", disk.lines());
}

#[test]
fn a_sort_that_leaves_ties_is_recorded_as_its_result() {
    let (mut harness, disk) = with_journal();
    let client = harness.open(0);
    let members: Vec<String> = (0..200).map(|n| format!("member:{n}")).collect();
    harness.say(client, &format!("sadd s {}", members.join(" ")));
    harness.say(client, "sort s by nosort:* alpha store d");
    harness.say(client, "sort s by nosort:* limit 0 3 store e");
    let lines = disk.lines();
    assert!(lines[2] == "MULTI" && lines[3] == "DEL d" && lines[4].starts_with("RPUSH d "), "{lines:?}");
    assert_eq!(replayed(&disk, harness.now), harness.say(client, "debug digest"));
}

#[test]
fn forms_that_the_reference_records_are_replayed() {
    let disk = Disk::default();
    for line in [
        "XADD a MAXLEN = 1 LIMIT 1 30-1 n c",
        "XADD b 20-1 f v",
        "XDEL b 20-1",
        "XSETID b 20-1 MAXDELETEDID 1-0",
        "XSETID b 0-1",
        "XADD b 3-0 f v",
        "XADD c 1-1 f v",
        "XADD c 2-1 f v",
        "XTRIM c MAXLEN = 1 LIMIT 0",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let mut bytes = disk.bytes.lock();
        bytes.extend_from_slice(format!("*{}\r\n", words.len()).as_bytes());
        words.iter().for_each(|word| {
            bytes.extend_from_slice(format!("${}\r\n{word}\r\n", word.len()).as_bytes());
        });
    }
    let mut other = Harness::new(1);
    let client = other.open(0);
    for line in ["xadd a 30-1 n c", "xadd b 3-0 f v", "xadd c 2-1 f v"] {
        other.say(client, line);
    }
    assert_eq!(replayed(&disk, other.now), other.say(client, "debug digest"));
}

#[test]
fn commands_that_are_refused_are_told() {
    let h = Harness::new(1);
    let mut worker = h.engine.worker();
    let mut session = worker.open_replay(h.now);
    let words: Vec<&[u8]> =
        [&b"SET"[..], b"k", b"v", b"LPUSH", b"k", b"a", b"INCR", b"k", b"SET", b"k", b"w"].to_vec();
    let replayed = worker.replay(&mut session, &words, &[3, 6, 8, 11], h.now).expect("all are known");
    let text = "WRONGTYPE Operation against a key holding the wrong kind of value";
    assert_eq!((replayed.refused, replayed.first), (2, Some((1, text.to_owned()))));
    worker.close(session, h.now);
}
