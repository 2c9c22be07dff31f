//! The dataset as commands (`aof-use-rdb-preamble no`): what is replayed from them is the dataset, and what streams note of
//! their consumers is dated by the real clock.

use crate::snapshot::{Purpose, SnapshotOptions};
use crate::testing::Harness;
use hematite_persist::aof::Reader;
use hematite_persist::storage::Storage;
use hematite_persist::storage::memory::MemoryStorage;

/// All types, small and large; streams with everything that commands can say of them and more.
fn fill(harness: &mut Harness, client: usize) {
    for line in [
        "set text hello",
        "set number 12345678901",
        "set brief v px 100000",
        "rpush list a 1 b",
        "sadd intset 1 2 3",
        "sadd set a b 3",
        "hset hash f v n 1",
        "hset times f v g w h x",
        "hpexpire times 50000 fields 1 g",
        "zadd zset 1 a 2.5 b inf c -0.1 d",
        "xadd stream 5-1 f v g 2",
        "xadd stream 6-1 f v",
        "xadd stream 7-1 other 1",
        "xdel stream 6-1",
        "xgroup create stream g 0 entriesread 0",
        "xgroup create stream h $",
        "xgroup createconsumer stream g idle",
        "xreadgroup group g alice count 1 streams stream >",
        "xgroup create empty g $ mkstream",
        "xadd gone 3-1 f v",
        "xgroup create gone g 0",
        "xreadgroup group g bob streams gone >",
        "xdel gone 3-1",
        "xadd told 9-1 f v",
        "xgroup create told g 0",
        "xreadgroup group g bob streams told >",
        "xnack told g fail ids 1 9-1",
        "select 3",
        "set elsewhere 1",
    ] {
        let reply = harness.say(client, line);
        assert!(!reply.starts_with('-'), "{line}: {reply}");
    }
    for n in 0..300 {
        for line in [
            format!("rpush long {n}"),
            format!("sadd many m{n}"),
            format!("hset wide f{n} {n}"),
            format!("zadd ranks {n}.5 m{n}"),
        ] {
            harness.say(client, &line);
        }
    }
    harness.say(client, "select 0");
}

/// The base, from pieces as small as they come.
fn base(harness: &Harness) -> Vec<u8> {
    let options = SnapshotOptions { purpose: Purpose::AofCommands, ..SnapshotOptions::default() };
    let mut snapshot = harness.engine.begin_snapshot(&options, harness.now, || ()).expect("none runs");
    let mut bytes = Vec::new();
    while let Some(piece) = snapshot.step(1, Vec::new()) {
        bytes.extend_from_slice(&piece);
    }
    bytes
}

/// A server that has replayed a file, some time later.
fn replayed(bytes: &[u8], later_ms: i64) -> (Harness, usize, usize) {
    let mut other = Harness::new(1);
    other.now.unix_ms += later_ms;
    let disk = MemoryStorage::default();
    disk.put("base", bytes);
    let file = disk.read("base").expect("it is there");
    let mut reader = Reader::new(&*file, 0).expect("it can be read");
    let mut worker = other.engine.worker();
    let mut session = worker.open_replay(other.now);
    let mut longest = 0;
    while let Some(batch) = reader.next(16).expect("it is whole") {
        let mut from = 0;
        for end in batch.ends {
            longest = longest.max(end - from);
            from = *end;
        }
        worker.replay(&mut session, &batch.args(), batch.ends, other.now).expect("it can be executed");
    }
    assert!(reader.has_checksums());
    worker.close(session, other.now);
    let client = other.open(0);
    (other, client, longest)
}

#[test]
fn gives_the_dataset() {
    let mut harness = Harness::new(1);
    let client = harness.open(0);
    fill(&mut harness, client);
    let (mut other, theirs, longest) = replayed(&base(&harness), 0);
    // ZADD and HSET with 64 elements of two words.
    assert_eq!(longest, 2 + 128);
    assert_eq!(other.say(theirs, "debug digest"), harness.say(client, "debug digest"));
    for line in [
        "pttl brief",
        "hpttl times fields 3 f g h",
        "xinfo stream stream",
        "xinfo groups stream",
        "xpending stream g",
        "xpending stream g - + 10",
        "xinfo stream empty",
        "xinfo groups empty",
        "xpending gone g - + 10",
        "xpending told g - + 10",
        "object encoding ranks",
    ] {
        assert_eq!(other.say(theirs, line), harness.say(client, line), "{line}");
    }
}

#[test]
fn a_changed_byte_or_a_cut_is_found() {
    let mut harness = Harness::new(1);
    let client = harness.open(0);
    for line in ["set a 1", "rpush l 1 2", "select 1", "set b 2"] {
        harness.say(client, line);
    }
    let bytes = base(&harness);
    let commands = |bytes: &[u8]| -> Option<usize> {
        let disk = MemoryStorage::default();
        disk.put("base", bytes);
        let file = disk.read("base").expect("it is there");
        let mut reader = Reader::new(&*file, 0).expect("it can be read");
        let mut count = 0;
        loop {
            match reader.next(1) {
                Ok(Some(_)) => count += 1,
                Ok(None) => return Some(count),
                Err(_) => return None,
            }
        }
    };
    assert_eq!(commands(&bytes), Some(5));
    for at in 15..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert_eq!(commands(&changed), None, "a change at {at}");
    }
}

#[test]
fn consumers_are_dated_by_the_real_clock() {
    let mut harness = Harness::new(1);
    let client = harness.open(0);
    harness.say(client, "xadd s 1-1 f v");
    harness.say(client, "xgroup create s g 0");
    harness.say(client, "xgroup createconsumer s g idle");
    harness.say(client, "xreadgroup group g alice streams s >");
    // Replayed a minute later, looked at after another second.
    let (mut other, theirs, _) = replayed(&base(&harness), 60_000);
    other.pass(1000);
    let pending = other.say(theirs, "xpending s g - + 10");
    assert!(pending.contains(":61000\r\n:1\r\n"), "idle since it was delivered: {pending}");
    let told = other.say(theirs, "xinfo consumers s g");
    assert_eq!(told.matches("idle\r\n:1000\r\n").count(), 2, "{told}");
    assert_eq!(told.matches("inactive\r\n:1000\r\n").count(), 1, "{told}");
    assert_eq!(told.matches("inactive\r\n:-1\r\n").count(), 1, "{told}");
}
