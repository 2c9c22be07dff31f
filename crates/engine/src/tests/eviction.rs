//! The memory limit: what is evicted, who hears of it, who is refused. A key counts as 1000 bytes.

use crate::memory_limit::MemorySettings;
use crate::testing::Harness;

const OOM: &str = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

fn field(h: &mut Harness, client: usize, name: &str) -> String {
    let text = h.say(client, "INFO everything");
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.expect("the field is there").to_owned()
}

#[test]
fn writes_evict_what_was_not_used_for_longest() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    h.limit_keys(10, "allkeys-lru");
    for at in 0..10 {
        h.say(c, &format!("SET k{at} v"));
        h.pass(2_000);
    }
    h.say(c, "GET k0");
    h.say(c, "SET k10 v");
    assert_eq!(h.say(c, "DBSIZE"), ":10\r\n", "the next command evicts what the last one has added");
    assert_eq!(h.say(c, "EXISTS k0 k1 k2"), ":2\r\n");
    assert_eq!(h.say(c, "EXISTS k1"), ":0\r\n");
    assert_eq!(field(&mut h, c, "evicted_keys"), "1");
    assert_eq!(field(&mut h, c, "maxmemory"), "10000");
    assert_eq!(field(&mut h, c, "maxmemory_policy"), "allkeys-lru");
}

#[test]
fn without_a_victim_writes_are_refused_and_reads_are_not() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    for at in 0..5 {
        h.say(c, &format!("SET k{at} v"));
    }
    for (at, policy) in ["noeviction", "volatile-lru", "volatile-ttl"].into_iter().enumerate() {
        h.limit_keys(2, policy);
        assert_eq!(h.say(c, "SET k v"), OOM, "{policy}");
        assert_eq!(h.say(c, &format!("GET k{at}")), "$1\r\nv\r\n");
        assert_eq!(h.say(c, &format!("EXPIRE k{at} 100")), ":1\r\n");
        let persisted = h.say(c, &format!("PERSIST k{at}"));
        // A volatile policy has taken the key since it could expire.
        assert_eq!(persisted, if policy == "noeviction" { ":1\r\n" } else { ":0\r\n" });
    }
    assert_eq!(h.say(c, "DBSIZE"), ":3\r\n");
    h.say(c, "DEL k0");
    assert_eq!(h.say(c, "SET k v"), "+OK\r\n");
    assert_eq!(field(&mut h, c, "evicted_keys"), "2");
}

#[test]
fn a_transaction_takes_nothing_more_where_memory_is_full() {
    let mut h = Harness::new(1);
    let (c, d) = (h.open(0), h.open(0));
    h.say(d, "MULTI");
    h.say(d, "SET other v");
    for at in 0..5 {
        h.say(c, &format!("SET k{at} v"));
    }
    h.limit_keys(3, "noeviction");
    let aborted = OOM.replace('-', "-EXECABORT Transaction discarded because of: ");
    assert_eq!(h.say(d, "EXEC"), aborted);
    h.say(c, "MULTI");
    assert_eq!(h.say(c, "GET k1"), OOM);
    assert_eq!(h.say(c, "EXEC"), "-EXECABORT Transaction discarded because of previous errors.\r\n");
    h.say(c, "MULTI");
    assert_eq!(h.say(c, "DISCARD"), "+OK\r\n");
}

#[test]
fn watchers_and_listeners_hear_of_it() {
    let mut h = Harness::new(1);
    let (c, d) = (h.open(0), h.open(0));
    assert!(h.engine.set_notifications("Ee"));
    h.say(d, "PSUBSCRIBE __keyevent@*");
    h.say(c, "SET k v");
    h.say(c, "WATCH k");
    h.limit_keys(1, "allkeys-random");
    h.engine.set_memory(MemorySettings {
        bytes_max: 1,
        policy: "allkeys-random".into(),
        ..MemorySettings::default()
    });
    h.say(c, "PING");
    assert!(h.take(d).contains("__keyevent@0__:evicted\r\n$1\r\nk\r\n"));
    h.limit_keys(0, "noeviction");
    h.say(c, "MULTI");
    assert_eq!(h.say(c, "EXEC"), "*-1\r\n");
}

#[test]
fn who_waits_for_a_key_s_loss_is_served() {
    let mut h = Harness::new(1);
    let (c, d) = (h.open(0), h.open(0));
    h.say(c, "XGROUP CREATE s g $ MKSTREAM");
    h.say(d, "XREADGROUP GROUP g me BLOCK 0 STREAMS s >");
    h.limit_keys(1, "allkeys-lru");
    h.say(c, "SET a b");
    h.say(c, "PING");
    h.say(c, "PING");
    let said = h.take(d);
    let left = h.say(c, "DBSIZE");
    assert_eq!(left, ":1\r\n");
    if h.say(c, "EXISTS s") == ":0\r\n" {
        assert!(said.starts_with("-NOGROUP"), "{said}");
    }
}

#[test]
fn periodic_work_goes_on_with_what_was_left() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    for at in 0..500 {
        h.say(c, &format!("SET k{at} v"));
    }
    h.limit_keys(100, "allkeys-lfu");
    for _ in 0..50 {
        h.pass(100);
    }
    h.limit_keys(0, "noeviction");
    assert_eq!(h.say(c, "DBSIZE"), ":100\r\n");
    assert_eq!(field(&mut h, c, "current_eviction_exceeded_time"), "0");
}

#[test]
fn access_clocks_follow_the_policy() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    let settings = |lfu| crate::Settings { lfu, lfu_log_factor: 0, ..crate::Settings::default() };
    h.engine.set_settings(settings(true));
    h.say(c, "SET k v");
    h.say(c, "GET k");
    h.say(c, "SETRANGE k 0 w");
    assert_eq!(h.say(c, "OBJECT FREQ k"), ":7\r\n");
    h.say(c, "COPY k copy");
    assert_eq!(h.say(c, "OBJECT FREQ copy"), ":5\r\n");
    h.say(c, "RENAME k moved");
    assert_eq!(h.say(c, "OBJECT FREQ moved"), ":9\r\n");
    assert!(h.say(c, "OBJECT IDLETIME moved").starts_with("-ERR An LFU maxmemory policy is selected"));
    h.pass(3 * 60_000);
    assert_eq!(h.say(c, "OBJECT FREQ moved"), ":6\r\n");
    h.engine.set_settings(settings(false));
    h.say(c, "GET moved");
    h.pass(7_000);
    assert_eq!(h.say(c, "OBJECT IDLETIME moved"), ":7\r\n");
    assert!(h.say(c, "OBJECT FREQ moved").starts_with("-ERR An LFU maxmemory policy is not selected"));
}

#[test]
fn the_largest_clients_give_way() {
    let mut h = Harness::new(1);
    let (small, exempt, large) = (h.open(0), h.open(0), h.open(0));
    h.say(exempt, "CLIENT NO-EVICT ON");
    let part = [b"*2\r\n$4\r\nECHO\r\n$1000000\r\n".as_slice(), &[b'x'; 300_000]].concat();
    h.feed(exempt, &part);
    h.feed(large, &part);
    h.engine.set_memory(MemorySettings { client_bytes_max: 900_000, ..MemorySettings::default() });
    h.pass(100);
    assert_eq!(field(&mut h, small, "evicted_clients"), "1");
    h.close(large);
    assert_eq!(h.say(small, "PING"), "+PONG\r\n");
    let list = h.say(small, "CLIENT LIST");
    assert_eq!(list.matches("\nid=").count(), 2, "{list}");
}
