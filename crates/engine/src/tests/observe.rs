//! What operators see: slow log, command log, latency.

use crate::journal::{DiskError, Sink};
use crate::snapshot::SnapshotOptions;
use crate::testing::{Harness, take_time};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

#[test]
fn every_command_is_logged_where_the_threshold_is_zero() {
    let mut h = Harness::new(1);
    let client = h.open(0);
    assert!(h.engine.set_directive("slowlog-log-slower-than", "0"));
    h.say(client, "client setname me");
    h.say(client, "slowlog reset");
    h.say(client, "set k v");
    h.feed(client, b"*2\r\n$3\r\nget\r\n$1\r\nk\r\n*2\r\n$4\r\nincr\r\n$1\r\nk\r\n");
    h.say(client, "auth default secret");
    h.say(client, "multi");
    h.say(client, "get q");
    h.say(client, "exec");
    // EXEC is not shown, what it runs is.
    let log = h.say(client, "slowlog get -1");
    let shown: Vec<&str> = log
        .split("\r\n")
        .filter(|line| !line.is_empty() && line.bytes().all(|b| b.is_ascii_lowercase()))
        .collect();
    assert_eq!(
        shown.join(" "),
        "get q me multi me auth me incr k me get k me set k v me slowlog reset me",
        "{log}"
    );
    assert!(log.contains("(redacted)") && !log.contains("secret"));
    assert_eq!(h.say(client, "slowlog len"), ":8\r\n");
    assert!(h.engine.set_directive("slowlog-max-len", "2"));
    assert_eq!(h.say(client, "slowlog len"), ":2\r\n");
    assert!(h.engine.set_directive("slowlog-log-slower-than", "-1"));
    h.say(client, "slowlog reset");
    assert_eq!(h.say(client, "slowlog len"), ":0\r\n");
}

#[test]
fn large_requests_and_replies_are_logged() {
    let mut h = Harness::new(1);
    let client = h.open(0);
    h.engine.set_directive("commandlog-request-larger-than", "1000");
    h.engine.set_directive("commandlog-reply-larger-than", "1000");
    let value = "x".repeat(1000);
    h.say(client, &format!("set k {value}"));
    h.say(client, "get k");
    h.say(client, "get nil");
    h.say(client, &format!("echo {}", "y".repeat(900)));
    assert_eq!(h.say(client, "commandlog len large-request"), ":1\r\n");
    assert_eq!(h.say(client, "commandlog len LARGE-reply"), ":1\r\n");
    let log = h.say(client, "commandlog get -1 large-request");
    // *3 $3 set $1 k $1000 ...
    assert!(log.contains(":1029\r\n*3\r\n$3\r\nset\r\n"), "{log}");
    let log = h.say(client, "commandlog get 1 large-reply");
    assert!(log.contains(":1009\r\n*2\r\n$3\r\nget\r\n"), "{log}");
    assert_eq!(
        h.say(client, "commandlog len medium"),
        "-ERR type should be one of the following: slow, large-request, large-reply\r\n"
    );
    h.say(client, "commandlog reset large-request");
    assert_eq!(h.say(client, "commandlog len large-request"), ":0\r\n");
}

#[test]
fn spikes_are_kept_by_event() {
    let mut h = Harness::new(1);
    let client = h.open(0);
    assert_eq!(h.say(client, "latency latest"), "*0\r\n");
    assert!(h.say(client, "latency doctor").contains("Latency monitoring is disabled"));
    h.engine.set_directive("latency-monitor-threshold", "5");
    assert!(h.say(client, "latency doctor").contains("no latency spike was observed"));
    h.pass(100);
    h.engine.add_latency("fork", 4);
    h.engine.add_latency("fork", 7);
    assert_eq!(h.say(client, "latency latest"), "*1\r\n*4\r\n$4\r\nfork\r\n:1700000000\r\n:7\r\n:7\r\n");
    assert_eq!(h.say(client, "latency history fork"), "*1\r\n*2\r\n:1700000000\r\n:7\r\n");
    assert!(h.say(client, "latency doctor").contains("1. fork: 1 latency spikes (average 7ms"));
    assert!(h.say(client, "latency graph fork").contains("fork - high 7 ms, low 7 ms (all time high 7 ms)"));
    assert_eq!(h.say(client, "latency reset fork fork"), ":1\r\n");
}

/// A disk that takes its time.
#[derive(Default)]
struct SlowDisk {
    write_ms: AtomicU64,
    is_syncing: AtomicBool,
    syncs_each_write: AtomicBool,
}

impl Sink for SlowDisk {
    fn write(&self, _: &mut Vec<u8>) -> Result<(), DiskError> {
        take_time(self.write_ms.load(Relaxed));
        Ok(())
    }
    fn recover(&self) -> Result<(), DiskError> {
        Ok(())
    }
    fn is_syncing(&self) -> bool {
        self.is_syncing.load(Relaxed)
    }
    fn syncs_each_write(&self) -> bool {
        self.syncs_each_write.load(Relaxed)
    }
}

#[test]
fn slow_writes_of_the_journal_are_spikes() {
    let mut h = Harness::new(1);
    let client = h.open(0);
    let disk = Arc::new(SlowDisk::default());
    h.engine.journal().replace_sink(Some(disk.clone())).expect("there was none");
    // Writes under the circumstances that hold, and gives the events of it.
    let events_of = |h: &mut Harness, ms: u64| {
        disk.write_ms.store(ms, Relaxed);
        h.say(client, "set k v");
        h.engine.journal().commit().expect("the disk takes everything");
        disk.write_ms.store(0, Relaxed);
        let events: Vec<_> = h.engine.shared.latency.all().into_iter().map(|(n, e)| (n, e.max_ms)).collect();
        h.engine.shared.latency.reset_all();
        events
    };
    assert_eq!(events_of(&mut h, 50), [], "the monitor is off");
    h.engine.set_directive("latency-monitor-threshold", "5");
    assert_eq!(events_of(&mut h, 4), []);
    assert_eq!(events_of(&mut h, 5), [("aof-write", 5), ("aof-write-alone", 5)]);
    let options = SnapshotOptions::default();
    let snapshot = h.engine.begin_snapshot(&options, h.now, || take_time(7)).expect("none runs");
    assert_eq!(
        events_of(&mut h, 6),
        [("aof-write", 6), ("aof-write-active-child", 6), ("fork", 7)],
        "the instant of the snapshot holds everybody up"
    );
    disk.is_syncing.store(true, Relaxed);
    assert_eq!(events_of(&mut h, 8), [("aof-write", 8), ("aof-write-pending-fsync", 8)]);
    drop(snapshot);
    disk.syncs_each_write.store(true, Relaxed);
    assert_eq!(events_of(&mut h, 9), [("aof-fsync-always", 9)]);
}

#[test]
fn histograms_of_chosen_commands() {
    let mut h = Harness::new(1);
    let client = h.open(0);
    h.engine.set_directive("slowlog-log-slower-than", "0");
    h.say(client, "get k");
    h.say(client, "client getname");
    assert_eq!(
        h.say(client, "latency histogram client get nosuch set"),
        "*4\r\n$14\r\nclient|getname\r\n*4\r\n$5\r\ncalls\r\n:1\r\n$14\r\nhistogram_usec\r\n*2\r\n:1\r\n:1\r\n\
         $3\r\nget\r\n*4\r\n$5\r\ncalls\r\n:1\r\n$14\r\nhistogram_usec\r\n*2\r\n:1\r\n:1\r\n"
    );
    h.engine.reset_statistics();
    h.engine.set_directive("latency-tracking", "false");
    h.say(client, "get k");
    assert_eq!(h.say(client, "latency histogram get"), "*0\r\n");
}

#[test]
fn commands_that_waited_are_logged_when_they_are_served() {
    let mut h = Harness::new(2);
    let (waiter, other) = (h.open(0), h.open(1));
    h.engine.set_directive("commandlog-reply-larger-than", "1000");
    h.engine.set_directive("commandlog-request-larger-than", "1000");
    h.say(waiter, &format!("blpop l {} 0", "k".repeat(1000)));
    assert_eq!(h.say(other, "commandlog len large-request"), ":1\r\n", "its request is there when it comes");
    assert_eq!(h.say(other, "commandlog len large-reply"), ":0\r\n");
    h.engine.set_directive("slowlog-log-slower-than", "1");
    h.say(other, &format!("rpush l {}", "x".repeat(2000)));
    let log = h.say(other, "commandlog get -1 large-reply");
    assert!(log.contains(":2020\r\n*4\r\n$5\r\nblpop\r\n"), "{log}");
    let slow = h.say(other, "slowlog get -1");
    assert!(slow.contains("*4\r\n$5\r\nblpop\r\n") && slow.contains("127.0.0.1:50000"), "{slow}");
}

#[test]
fn hot_keys_are_those_that_commands_spend_most_on() {
    let mut h = Harness::new(2);
    let (c, other) = (h.open(0), h.open(1));
    assert_eq!(h.say(c, "hotkeys get"), "$-1\r\n");
    assert_eq!(h.say(c, "hotkeys stop"), "$-1\r\n");
    assert_eq!(h.say(c, "hotkeys start metrics 2 cpu net count 2"), "+OK\r\n");
    assert_eq!(
        h.say(other, "hotkeys start metrics 1 cpu"),
        "-ERR hotkey tracking session already in progress\r\n"
    );
    let started = h.now.unix_ms;
    h.say(c, "get cold");
    for _ in 0..5 {
        h.say(other, &format!("set hot {}", "x".repeat(100)));
        h.feed(c, b"multi\r\nget warm\r\nexec\r\n");
    }
    h.say(c, "ping");
    h.pass(1000);
    let resets = "-ERR hotkey tracking session in progress, stop tracking first\r\n";
    assert_eq!(h.say(c, "hotkeys reset"), resets);
    assert_eq!(h.say(c, "hotkeys stop"), "+OK\r\n");
    assert_eq!(h.engine.shared.spectators.load(std::sync::atomic::Ordering::Relaxed), 0);
    h.say(c, "get later");
    let got = h.say(c, "hotkeys get");
    assert!(got.starts_with("*1\r\n*24\r\n$15\r\ntracking-active\r\n:0\r\n"), "{got}");
    assert!(got.contains(&format!("collection-start-time-unix-ms\r\n:{started}\r\n")), "{got}");
    assert!(got.contains("collection-duration-ms\r\n:1000\r\n"), "{got}");
    let by_bytes = got.split("by-net-bytes\r\n").nth(1).expect("it is asked for");
    // Five times the request of SET, of 130 bytes, with a reply of five.
    assert!(by_bytes.starts_with("*4\r\n$3\r\nhot\r\n:675\r\n$4\r\nwarm\r\n"), "{by_bytes}");
    let by_time = got.split("by-cpu-time-us\r\n").nth(1).expect("it is asked for");
    assert!(by_time.starts_with("*4\r\n") && !by_time.contains("cold"), "{by_time}");
    assert_eq!(h.say(c, "hotkeys reset"), "+OK\r\n");
    assert_eq!(h.say(c, "hotkeys get"), "$-1\r\n");
}

#[test]
fn hot_keys_end_with_their_time_and_count_for_scripts_what_those_were_given() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    h.say(c, "hello 3");
    assert_eq!(h.say(c, "hotkeys start metrics 2 GPU net duration 2 sample 1"), "+OK\r\n");
    h.say(c, "mset a 1 b 2");
    h.pass(2000);
    h.say(c, "set c 1");
    let got = h.say(c, "hotkeys get");
    assert!(got.starts_with("*1\r\n%9\r\n$15\r\ntracking-active\r\n:0\r\n"), "{got}");
    assert!(got.ends_with("by-net-bytes\r\n*4\r\n$1\r\nb\r\n:23\r\n$1\r\na\r\n:23\r\n"), "{got}");
    assert!(!got.contains("by-cpu-time-us") && got.contains("collection-duration-ms\r\n:2000\r\n"), "{got}");
    for (line, said) in [
        ("start", "ERR METRICS parameter is required"),
        ("start metrics 0", "ERR METRICS count must be positive"),
        ("start metrics 2 cpu", "ERR METRICS count does not match number of metric types provided"),
        ("start metrics 1 cpu net", "ERR syntax error"),
        ("start metrics 1 gpu", "ERR METRICS no valid metrics passed. Supported: CPU, NET"),
        ("start metrics 2 cpu cpu", "ERR METRICS CPU defined more than once"),
        ("start metrics 1 net count 65", "ERR COUNT must be between 1 and 64"),
        ("start metrics 1 net count", "ERR syntax error"),
        ("start metrics 1 net duration 0", "ERR DURATION must be between 1 and 1000000"),
        ("start metrics 1 net sample 0", "ERR SAMPLE ratio must be positive"),
        ("start metrics 1 net slots 1 0", "ERR SLOTS parameter cannot be used in non-cluster mode"),
    ] {
        assert_eq!(h.say(c, &format!("hotkeys {line}")), format!("-{said}\r\n"), "{line}");
    }
}
