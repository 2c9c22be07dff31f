//! WAITAOF: waits for the sync of what the connection itself has written, and for nothing else.

use crate::journal::{DiskError, Sink};
use crate::testing::Harness;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// A disk that syncs when it is told to, or always.
#[derive(Default)]
struct Disk {
    size: AtomicU64,
    synced: AtomicU64,
    is_always: AtomicBool,
}

impl Sink for Disk {
    fn write(&self, batch: &mut Vec<u8>) -> Result<(), DiskError> {
        self.size.fetch_add(batch.len() as u64, Relaxed);
        if self.is_always.load(Relaxed) {
            self.synced.store(self.size.load(Relaxed), Relaxed);
        }
        Ok(())
    }
    fn recover(&self) -> Result<(), DiskError> {
        Ok(())
    }
    fn size(&self) -> u64 {
        self.size.load(Relaxed)
    }
    fn synced_size(&self) -> u64 {
        self.synced.load(Relaxed)
    }
}

fn with_journal() -> (Harness, Arc<Disk>) {
    let harness = Harness::new(2);
    let disk = Arc::new(Disk::default());
    harness.engine.journal().replace_sink(Some(disk.clone())).expect("there was none");
    (harness, disk)
}

/// What the thread that tends the file does.
fn sync(harness: &mut Harness, disk: &Disk) {
    let mark = harness.engine.journal().mark();
    disk.synced.store(disk.size(), Relaxed);
    if let Some(mark) = mark {
        harness.engine.journal().note_synced(&mark);
    }
    harness.engine.serve_durable();
    harness.pass(1);
}

const SYNCED: &str = "*2\r\n:1\r\n:0\r\n";
const UNSYNCED: &str = "*2\r\n:0\r\n:0\r\n";
const OFF: &str = "-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.\r\n";

#[test]
fn arguments_are_checked_in_order() {
    let mut harness = Harness::new(1);
    let client = harness.open(0);
    for (line, reply) in [
        ("waitaof x 0 0", "-ERR value is not an integer or out of range\r\n"),
        ("waitaof 2 x 0", "-ERR value is out of range, value must between 0 and 1\r\n"),
        ("waitaof -1 0 0", "-ERR value is out of range, value must between 0 and 1\r\n"),
        ("waitaof 1 -1 0", "-ERR value is out of range, must be positive\r\n"),
        ("waitaof 1 0 x", "-ERR timeout is not an integer or out of range\r\n"),
        ("waitaof 1 0 -1", "-ERR timeout is negative\r\n"),
        ("waitaof 1 0 9223372036854775807", "-ERR timeout is out of range\r\n"),
        ("waitaof 1 0 0", OFF),
        ("waitaof 0 0 0", UNSYNCED),
    ] {
        assert_eq!(harness.say(client, line), reply, "{line}");
    }
}

#[test]
fn waits_for_the_sync_of_its_own_writes() {
    let (mut harness, disk) = with_journal();
    let (client, other) = (harness.open(0), harness.open(1));
    assert_eq!(harness.say(client, "waitaof 1 0 0"), SYNCED, "it has written nothing");
    harness.say(client, "set a 1");
    assert_eq!(harness.say(client, "waitaof 0 0 0"), UNSYNCED, "it is not asked for");
    assert_eq!(harness.say(client, "waitaof 1 0 0"), "", "it waits");
    assert!(harness.say(other, "info clients").contains("blocked_clients:1"));
    sync(&mut harness, &disk);
    assert_eq!(harness.take(client), SYNCED);
    harness.say(other, "set b 1");
    assert_eq!(harness.say(client, "waitaof 1 0 0"), SYNCED, "others' writes do not matter");
    assert_eq!(harness.say(other, "waitaof 1 0 0"), "");
    sync(&mut harness, &disk);
    assert_eq!(harness.take(other), SYNCED);
}

#[test]
fn a_wait_ends_by_time_and_by_others() {
    let (mut harness, disk) = with_journal();
    let (client, other) = (harness.open(0), harness.open(1));
    harness.say(client, "set a 1");
    assert_eq!(harness.say(client, "waitaof 1 0 100"), "");
    harness.pass(101);
    assert_eq!(harness.take(client), UNSYNCED);
    let id = harness.say(client, "client id").trim_start_matches(':').trim_end().to_owned();
    for (how, reply) in
        [("timeout", UNSYNCED), ("error", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")]
    {
        assert_eq!(harness.say(client, "waitaof 1 0 0"), "");
        assert_eq!(harness.say(other, &format!("client unblock {id} {how}")), ":1\r\n");
        assert_eq!(harness.take(client), reply);
    }
    harness.say(client, "multi");
    harness.say(client, "set a 2");
    harness.say(client, "waitaof 1 0 0");
    assert_eq!(harness.say(client, "exec"), format!("*2\r\n+OK\r\n{UNSYNCED}"), "nothing waits in EXEC");
    assert_eq!(harness.say(client, "waitaof 1 1 50"), "");
    sync(&mut harness, &disk);
    assert_eq!(harness.take(client), "", "there is no replica");
    harness.pass(50);
    assert_eq!(harness.take(client), SYNCED);
}

#[test]
fn a_wait_ends_with_the_file() {
    let (mut harness, _disk) = with_journal();
    let client = harness.open(0);
    harness.say(client, "set a 1");
    assert_eq!(harness.say(client, "waitaof 1 0 0"), "");
    harness.engine.journal().replace_sink(None).expect("it was written");
    harness.engine.serve_durable();
    harness.pass(1);
    assert_eq!(harness.take(client), OFF);
}

#[test]
fn under_always_a_commit_is_enough() {
    let (mut harness, disk) = with_journal();
    disk.is_always.store(true, Relaxed);
    let client = harness.open(0);
    let both =
        b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*4\r\n$7\r\nWAITAOF\r\n$1\r\n1\r\n$1\r\n0\r\n$1\r\n0\r\n";
    assert_eq!(harness.feed(client, both), format!("+OK\r\n{SYNCED}"));
}

#[test]
fn files_count_once_their_first_base_is_there() {
    let (mut harness, disk) = with_journal();
    let client = harness.open(0);
    harness.engine.journal().await_base();
    harness.say(client, "set a 1");
    assert_eq!(harness.say(client, "waitaof 1 0 0"), "");
    sync(&mut harness, &disk);
    assert_eq!(harness.take(client), "", "the base is being written");
    harness.engine.journal().release();
    harness.engine.serve_durable();
    harness.pass(1);
    assert_eq!(harness.take(client), SYNCED);
}

#[test]
fn a_file_that_is_left_counts_until_its_end_is_synced() {
    let (mut harness, first) = with_journal();
    let client = harness.open(0);
    harness.say(client, "set a 1");
    let second = Arc::new(Disk::default());
    harness.engine.journal().replace_sink(Some(second.clone())).expect("it was written");
    assert_eq!(harness.say(client, "waitaof 1 0 0"), "");
    sync(&mut harness, &second);
    assert_eq!(harness.take(client), "", "the write is in the first file");
    first.synced.store(first.size(), Relaxed);
    sync(&mut harness, &second);
    assert_eq!(harness.take(client), SYNCED);
}
