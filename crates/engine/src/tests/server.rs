//! COMMAND, FLUSHALL, SWAPDB, TIME, DEBUG, MEMORY.

use crate::testing::Harness;
use std::sync::atomic::Ordering::Relaxed;

#[test]
fn flush_and_swap() {
    let mut h = Harness::new(2);
    let (a, b) = (h.open(0), h.open(1));
    h.say(a, "SET k zero");
    h.say(a, "SELECT 1");
    h.say(a, "SET k one");
    assert_eq!(h.say(b, "SWAPDB 0 1"), "+OK\r\n");
    assert_eq!(h.say(a, "GET k"), "$4\r\nzero\r\n");
    assert_eq!(h.say(a, "FLUSHDB async"), "+OK\r\n");
    assert_eq!(h.say(a, "DBSIZE"), ":0\r\n");
    assert_eq!(h.say(b, "DBSIZE"), ":1\r\n");
    assert_eq!(h.say(b, "FLUSHALL nope"), "-ERR syntax error\r\n");
    assert_eq!(h.say(b, "FLUSHALL SYNC"), "+OK\r\n");
    assert_eq!(h.say(b, "DBSIZE"), ":0\r\n");
    assert_eq!(h.say(b, "SWAPDB 0 16"), "-ERR DB index is out of range\r\n");
}

#[test]
fn time_goes_on_in_microseconds() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    h.now.mono_us += 999;
    h.pass(0);
    h.now.unix_ms += 1;
    h.pass(0);
    h.now.mono_us += 1;
    assert_eq!(h.say(c, "TIME"), "*2\r\n$10\r\n1700000000\r\n$4\r\n1001\r\n");
    h.now.unix_ms -= 60_000;
    assert_eq!(
        h.say(c, "TIME"),
        "*2\r\n$10\r\n1699999940\r\n$4\r\n1000\r\n",
        "a clock that was set is followed"
    );
}

#[test]
fn keys_are_found_in_whole_commands() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    assert_eq!(h.say(c, "COMMAND GETKEYS DEL a b"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
    assert_eq!(
        h.say(c, "COMMAND GETKEYSANDFLAGS SET k v"),
        "*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+OW\r\n+update\r\n"
    );
    assert_eq!(h.say(c, "COMMAND GETKEYS NOPE k"), "-ERR Invalid command specified\r\n");
    assert_eq!(
        h.say(c, "COMMAND GETKEYS GET a b"),
        "-ERR Invalid number of arguments specified for command\r\n"
    );
    assert_eq!(h.say(c, "COMMAND GETKEYS PING"), "-ERR The command has no key arguments\r\n");
}

#[test]
fn the_table_describes_itself() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    let count = h.say(c, "COMMAND COUNT");
    let top = h.engine.table().iter().filter(|command| !command.spec.name.contains('|')).count();
    assert_eq!(count, format!(":{top}\r\n"));
    assert!(h.say(c, "COMMAND").starts_with(&format!("*{top}\r\n*10\r\n")));
    assert_eq!(h.say(c, "COMMAND INFO nope"), "*1\r\n$-1\r\n");
    assert!(h.say(c, "COMMAND DOCS client").contains("$11\r\nclient|list\r\n"));
    assert_eq!(h.say(c, "COMMAND LIST FILTERBY PATTERN client|k*"), "*1\r\n$11\r\nclient|kill\r\n");
    for command in h.engine.table().iter() {
        assert!(!command.spec.summary.is_empty(), "{} says nothing of itself", command.spec.name);
    }
}

#[test]
fn debug_is_guarded() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    h.engine.limits().debug_command.store(0, Relaxed);
    assert!(
        h.say(c, "DEBUG SLEEP 0")
            .starts_with("-ERR DEBUG command not allowed. If the enable-debug-command option")
    );
    h.engine.limits().debug_command.store(1, Relaxed);
    assert_eq!(h.say(c, "DEBUG SLEEP 0"), "+OK\r\n", "this one is local");
}

#[test]
fn digests_are_the_reference_s() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    assert_eq!(h.say(c, "DEBUG DIGEST"), format!("+{}\r\n", "0".repeat(40)));
    h.say(c, "SET k v");
    // Taken from redis-server 7.0.15.
    assert_eq!(h.say(c, "DEBUG DIGEST"), "+264ccf65edec66bccfa7cc659414ccca432057d2\r\n");
    let values = h.say(c, "DEBUG DIGEST-VALUE k nope");
    assert_eq!(values, format!("*2\r\n+d79ee9fe5d5ad902d7f6620efc3b07b75ddd742f\r\n+{}\r\n", "0".repeat(40)));
}

#[test]
fn memory_figures_come_from_the_front() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    h.say(c, "SET k v");
    let stats = h.say(c, "MEMORY STATS");
    assert!(stats.contains("$14\r\npeak.allocated\r\n:4194304\r\n"));
    assert!(stats.contains("$10\r\nkeys.count\r\n:1\r\n"));
    assert!(stats.contains("$4\r\ndb.0\r\n*4\r\n"));
    assert!(h.say(c, "MEMORY DOCTOR").contains("this instance is empty"));
}

#[test]
fn whole_databases_touch_watched_keys() {
    let mut h = Harness::new(2);
    let (a, b) = (h.open(0), h.open(1));
    let mut outcome = |prepare: &[&str], command: &str| {
        h.say(b, "FLUSHALL");
        prepare.iter().for_each(|line| drop(h.say(b, line)));
        for line in ["UNWATCH", "SELECT 0", "WATCH k"] {
            h.say(a, line);
        }
        h.say(b, command);
        h.say(b, "SELECT 0");
        h.say(a, "MULTI");
        h.say(a, "PING");
        h.say(a, "EXEC") == "*-1\r\n"
    };
    assert!(outcome(&["SET k v"], "FLUSHALL"));
    assert!(outcome(&["SET k v"], "FLUSHDB"));
    assert!(outcome(&["SET k v"], "SWAPDB 0 1"), "it was there");
    assert!(outcome(&["SELECT 1", "SET k v"], "SWAPDB 0 1"), "it is there now");
    assert!(!outcome(&[], "SWAPDB 0 1"), "it never was");
    assert!(!outcome(&["SET k v", "SELECT 1"], "FLUSHDB"), "another database");
    assert!(!outcome(&[], "FLUSHALL"), "nothing was there");
}
