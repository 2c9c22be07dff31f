//! Large values in a snapshot, as a file and as commands: written in pieces while they change, they are what they were.

use crate::rdb::{LoadOptions, Loader};
use crate::snapshot::{Purpose, SnapshotOptions};
use crate::testing::Harness;
use hematite_base::random::Random;
use hematite_persist::aof::Reader;
use hematite_persist::storage::Storage;
use hematite_persist::storage::memory::MemoryStorage;

const ELEMENTS: u64 = 6000;

/// A value of each type that is large enough to be written in pieces.
fn fill(harness: &mut Harness, client: usize) {
    for n in 0..ELEMENTS {
        for line in [
            format!("sadd set member:{n}"),
            format!("zadd zset {n}.25 member:{n}"),
            format!("hset hash field:{n} value:{n}"),
            format!("hset times field:{n} value:{n}"),
            format!("rpush list element:{n}:{}", "x".repeat(50)),
            format!("xadd stream {n}-1 field value:{n}"),
            format!("xadd log {n}-1 field value:{n}"),
            format!("xadd lost {n}-1 field value:{n}"),
            format!("xadd told {n}-1 field value:{n}"),
            format!("arset array {} value:{n} {n} {n}.25", n * 5),
        ] {
            harness.say(client, &line);
        }
        if n % 3 == 0 {
            harness.say(client, &format!("hpexpire times {} fields 1 field:{n}", 1_000_000 + n));
        }
    }
    for line in [
        "pexpire times 9000000",
        "pexpire stream 8000000",
        "xdel stream 17-1 18-1 4000-1",
        "xgroup create stream g 5-1",
        "xreadgroup group g alice count 100 streams stream >",
        "xack stream g 7-1",
        // More pending than is looked through, most of it without its entry; in few nodes.
        "xgroup create lost g 0 entriesread 3",
        "xgroup create lost h 7-1",
        "xgroup create lost other $",
        "xreadgroup group g alice count 3000 streams lost >",
        "xreadgroup group g carol count 2500 streams lost >",
        "xreadgroup group h alice count 1000 streams lost >",
        "xclaim lost g bob 0 9-1 10-1 4000-1",
        "xgroup createconsumer lost g idle",
        "xtrim lost maxlen 500",
        "xdel lost 5600-1 5999-1",
        // What commands cannot say.
        "xgroup create told g 0",
        "xreadgroup group g alice count 300 streams told >",
        "xnack told g fail ids 3 9-1 4-1 100-1",
        "xadd told idmp producer message * field value",
        "arset array 18446744073709551614 last",
        "arseek array 29000",
        "arinsert array appended",
    ] {
        let reply = harness.say(client, line);
        assert!(!reply.starts_with('-'), "{line}: {reply}");
    }
}

/// One random change of one of them.
fn change(harness: &mut Harness, client: usize, random: &mut Random) {
    let n = random.below(2 * ELEMENTS);
    let line = match random.below(600) {
        0 => "rename hash moved".to_owned(),
        1 => "del times".to_owned(),
        2 => "set zset text".to_owned(),
        3 => "rename log elsewhere".to_owned(),
        4 if n < ELEMENTS / 8 => "rename array shifted".to_owned(),
        kind => match kind % 26 {
            0 => format!("sadd set member:{n}"),
            1 => format!("srem set member:{n}"),
            2 => format!("zadd zset {n} member:{n}"),
            3 => format!("hset hash field:{n} changed"),
            4 => format!("hdel hash field:{n}"),
            5 => format!("hset times field:{n} changed"),
            6 => format!("hpersist times fields 1 field:{n}"),
            7 => format!("hpexpire times 5 fields 1 field:{n}"),
            8 => "rpop list".to_owned(),
            9 => "xadd stream * changed yes".to_owned(),
            10 => format!("xdel stream {n}-1"),
            11 => format!("xtrim stream maxlen {}", 2 * ELEMENTS - random.below(ELEMENTS)),
            12 => format!("xtrim log minid {n}-0"),
            13 => format!("arset array {} changed {n} changed", 3 * n),
            14 => format!("ardelrange array {} {}", 3 * n, 3 * n + random.below(300)),
            15 => "arinsert array appended".to_owned(),
            16 => format!("lset list {} changed", n / 4),
            17 => "lpush list first".to_owned(),
            18 => "xreadgroup group g dave count 50 streams lost >".to_owned(),
            19 => format!("xack lost g {n}-1 {}-1 {}-1", n / 2, n / 3),
            20 => format!("xclaim lost g eve 0 {n}-1 {}-1", 5500 + n % 500),
            21 => format!("xautoclaim lost g eve 0 {n}-1 count 20"),
            22 => format!("xnack told g fail ids 2 {}-1 {}-1", n % 300, n % 200),
            23 => format!("xack told g {}-1", n % 300),
            24 if n < 900 => "xgroup delconsumer lost g alice".to_owned(),
            24 if n < 1200 => "xgroup destroy lost h".to_owned(),
            24 => format!("xadd lost * changed {n}"),
            _ => "xreadgroup group g bob count 10 streams stream >".to_owned(),
        },
    };
    harness.say(client, &line);
}

/// What a server tells of its dataset.
fn told(harness: &mut Harness, client: usize) -> Vec<String> {
    let mut told: Vec<String> = [
        "debug digest",
        "xinfo stream stream",
        "xpending stream g",
        "xinfo groups stream",
        "pexpiretime times",
        "pexpiretime stream",
        "xinfo stream lost",
        "xinfo groups lost",
        "xpending lost g - + 6000",
        "xpending lost h - + 6000",
        "xinfo stream told",
        "xinfo groups told",
        "xpending told g - + 6000",
        "arinfo array",
        "arnext array",
        "dbsize",
    ]
    .map(|line| harness.say(client, line))
    .into();
    told.extend(
        (0..ELEMENTS)
            .step_by(97)
            .map(|n| harness.say(client, &format!("hpexpiretime times fields 1 field:{n}"))),
    );
    told
}

/// The file, from steps between which everything changes.
fn written(harness: &mut Harness, client: usize, purpose: Purpose, random: &mut Random) -> Vec<u8> {
    let options = SnapshotOptions { purpose, ..SnapshotOptions::default() };
    let mut snapshot = harness.engine.begin_snapshot(&options, harness.now, || ()).expect("none runs");
    let mut bytes = Vec::new();
    loop {
        (0..random.below(6)).for_each(|_| change(harness, client, random));
        match snapshot.step(1, Vec::new()) {
            Some(piece) => bytes.extend_from_slice(&piece),
            None => return bytes,
        }
    }
}

fn loaded(file: &[u8], purpose: Purpose) -> (Harness, usize) {
    let mut other = Harness::new(1);
    if purpose == Purpose::AofCommands {
        let disk = MemoryStorage::default();
        disk.put("base", file);
        let base = disk.read("base").expect("it is there");
        let mut reader = Reader::new(&*base, 0).expect("it can be read");
        let mut worker = other.engine.worker();
        let mut session = worker.open_replay(other.now);
        while let Some(batch) = reader.next(16).expect("it is whole") {
            worker.replay(&mut session, &batch.args(), batch.ends, other.now).expect("it can be executed");
        }
        worker.close(session, other.now);
    } else {
        let encodings = other.engine.encodings();
        let mut sink = other.engine.loading();
        let mut bytes = file;
        Loader::new(&mut bytes, &encodings, LoadOptions::default()).run(&mut sink).expect("it is whole");
        sink.finish().expect("each key comes once");
    }
    let client = other.open(0);
    (other, client)
}

#[test]
fn are_what_they_were_when_it_began() {
    for (seed, purpose) in [Purpose::File, Purpose::AofCommands, Purpose::AofCommands].into_iter().enumerate()
    {
        let (mut harness, mut random) = (Harness::new(1), Random::new(seed as u64));
        let client = harness.open(0);
        fill(&mut harness, client);
        let before = told(&mut harness, client);
        let file = written(&mut harness, client, purpose, &mut random);
        assert_ne!(told(&mut harness, client), before, "everything has changed meanwhile");
        let (mut other, theirs) = loaded(&file, purpose);
        assert_eq!(told(&mut other, theirs), before, "{purpose:?}");
    }
}

/// Much longer values than any step may be, made by commands of many elements.
fn fill_long(harness: &mut Harness, client: usize) {
    for n in (0..150_000u64).step_by(500) {
        let words = |word: &dyn Fn(u64) -> String| (n..n + 500).map(word).collect::<String>();
        for line in [
            format!("rpush list{}", words(&|n| format!(" element:{n}"))),
            format!("arset array {n}{}", words(&|n| format!(" value:{n}"))),
        ] {
            let reply = harness.say(client, &line);
            assert!(reply.starts_with(':'), "{reply}");
        }
    }
    for n in 0..40_000 {
        harness.say(client, &format!("xadd stream {n}-1 field value:{n}"));
    }
    for line in [
        "xgroup create stream g 0",
        "xreadgroup group g alice count 40000 streams stream >",
        "xtrim stream maxlen 9",
    ] {
        let reply = harness.say(client, line);
        assert!(!reply.starts_with('-'), "{line}: {reply}");
    }
}

#[test]
fn no_step_is_long() {
    for purpose in [Purpose::File, Purpose::AofCommands] {
        let mut harness = Harness::new(1);
        let client = harness.open(0);
        fill_long(&mut harness, client);
        let options = SnapshotOptions { purpose, ..SnapshotOptions::default() };
        let mut snapshot = harness.engine.begin_snapshot(&options, harness.now, || ()).expect("none runs");
        let (mut longest, mut file) = (0, Vec::new());
        while let Some(piece) = snapshot.step(1, Vec::new()) {
            // What is pending is one command, which nobody waits for.
            if !piece.windows(7).any(|word| word == b"RESTORE") {
                longest = longest.max(piece.len());
            }
            file.extend_from_slice(&piece);
        }
        assert!(file.len() > 2 << 20 && longest <= 300 << 10, "{purpose:?}: {longest} of {}", file.len());
        let (mut other, theirs) = loaded(&file, purpose);
        for line in ["debug digest", "xpending stream g - + 40000"] {
            assert_eq!(other.say(theirs, line), harness.say(client, line), "{purpose:?}: {line}");
        }
    }
}
