//! Client-side caching and MONITOR, over several workers.

use crate::testing::Harness;

const INVALID: &str = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\n";

fn resp3(h: &mut Harness, worker: usize) -> usize {
    let client = h.open(worker);
    h.say(client, "hello 3");
    client
}

#[test]
fn readers_are_told_once_whatever_thread_they_are_on() {
    let mut h = Harness::new(2);
    let (reader, writer) = (resp3(&mut h, 0), h.open(1));
    h.say(reader, "client tracking on");
    h.say(reader, "mget a b");
    h.say(writer, "mset a 1 b 2 c 3");
    assert_eq!(h.take(reader), format!("{INVALID}a\r\n{INVALID}b\r\n"));
    h.say(writer, "set a 2");
    assert_eq!(h.take(reader), "");
    // One's own changes come after the reply.
    h.say(reader, "get a");
    assert_eq!(h.say(reader, "set a 3"), format!("+OK\r\n{INVALID}a\r\n"));
    h.say(reader, "get a");
    h.say(reader, "client tracking off");
    assert_eq!(h.say(reader, "set a 3"), "+OK\r\n");
    assert!(!h.engine.shared.tracking.any());
}

#[test]
fn what_expires_or_is_flushed_is_told_too() {
    let mut h = Harness::new(1);
    let (reader, writer) = (resp3(&mut h, 0), h.open(0));
    h.say(reader, "client tracking on");
    h.say(writer, "set k v px 10");
    h.say(reader, "get k");
    h.pass(100);
    assert_eq!(h.take(reader), format!("{INVALID}k\r\n"));
    h.say(reader, "get k");
    h.say(writer, "flushall");
    assert_eq!(h.take(reader), ">2\r\n$10\r\ninvalidate\r\n_\r\n");
    assert_eq!(h.engine.shared.tracking.sizes(), [1, 0, 0, 0]);
}

#[test]
fn prefixes_are_told_at_the_end_of_a_batch() {
    let mut h = Harness::new(2);
    let (reader, writer) = (resp3(&mut h, 0), h.open(1));
    h.say(reader, "client tracking on bcast prefix a prefix b");
    h.feed(writer, b"set b 1\r\nset a2 1\r\nset a1 1\r\nset a2 2\r\n");
    let of_a = ">2\r\n$10\r\ninvalidate\r\n*2\r\n$2\r\na1\r\n$2\r\na2\r\n";
    assert_eq!(h.take(reader), format!("{of_a}{INVALID}b\r\n"));
    h.close(reader);
    assert_eq!(h.engine.shared.tracking.sizes(), [0; 4]);
    assert_eq!(h.say(writer, "set a 1"), "+OK\r\n");
}

#[test]
fn a_redirection_may_break() {
    let mut h = Harness::new(2);
    let (reader, listener, writer) = (resp3(&mut h, 0), h.open(1), h.open(1));
    h.say(listener, "subscribe __redis__:invalidate");
    h.say(reader, "client tracking on redirect 2");
    h.say(reader, "get k");
    h.say(writer, "set k 1");
    let message = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$1\r\nk\r\n";
    assert_eq!(h.take(listener), message);
    h.say(reader, "get k");
    h.close(listener);
    h.say(writer, "set k 2");
    assert_eq!(h.take(reader), ">2\r\n$21\r\ntracking-redir-broken\r\n:2\r\n");
    assert!(h.say(reader, "client trackinginfo").contains("broken_redirect"));
    assert!(
        h.say(reader, "client info").contains(" flags=tR ")
            && h.say(reader, "client info").contains(" redir=2 ")
    );
}

#[test]
fn a_full_table_forgets_keys_and_says_so() {
    let mut h = Harness::new(1);
    let reader = resp3(&mut h, 0);
    h.engine.set_directive("tracking-table-max-keys", "2");
    h.say(reader, "client tracking on");
    h.say(reader, "get a");
    h.say(reader, "get b");
    let said = h.say(reader, "get c");
    assert!(said.starts_with("_\r\n>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\n"), "{said}");
    assert_eq!(h.engine.shared.tracking.sizes(), [1, 2, 2, 0]);
}

#[test]
fn monitors_see_what_every_thread_does() {
    let mut h = Harness::new(2);
    let (monitor, client) = (h.open(0), h.open(1));
    assert_eq!(h.say(monitor, "monitor"), "+OK\r\n");
    h.say(client, "select 3");
    h.say(client, "auth default \"x");
    h.say(client, "config get port");
    h.say(client, "multi");
    h.say(client, "set k v");
    h.say(client, "exec");
    let lines = h.take(monitor);
    let shown: Vec<&str> =
        lines.split("\r\n").filter_map(|line| line.split_once("] ")).map(|(_, rest)| rest).collect();
    assert_eq!(
        shown,
        [
            r#""select" "3""#,
            r#""auth" "(redacted)" "(redacted)""#,
            r#""multi""#,
            r#""set" "k" "v""#,
            r#""exec""#
        ]
    );
    assert!(lines.starts_with("+1700000000.000000 [3 127.0.0.1:50001] "), "{lines}");
    assert_eq!(h.say(monitor, "ping"), "+PONG\r\n+1700000000.000000 [0 127.0.0.1:50000] \"ping\"\r\n");
    assert_eq!(h.say(monitor, "get k"), "-ERR Replica can't interact with the keyspace\r\n");
    assert!(h.say(client, "client list").contains("flags=O "));
    h.say(monitor, "reset");
    h.say(client, "ping");
    assert_eq!(h.take(monitor), "");
    assert_eq!(h.engine.shared.spectators.load(std::sync::atomic::Ordering::Relaxed), 0);
}

#[test]
fn a_slow_monitor_is_hung_up_on() {
    let mut h = Harness::new(2);
    let (monitor, client) = (h.open(0), h.open(1));
    h.engine.set_directive("client-output-buffer-limit normal", "1000 0 0");
    h.say(monitor, "monitor");
    let long = "x".repeat(600);
    h.say(client, &format!("echo {long}"));
    assert!(h.flow(monitor) == crate::Flow::CONTINUE);
    h.say(client, &format!("echo {long}"));
    assert!(h.flow(monitor).has(crate::Flow::KILL));
}

/// A push of RESP3 that names one key.
fn of(key: &str) -> String {
    format!(">2\r\n$10\r\ninvalidate\r\n*1\r\n${}\r\n{key}\r\n", key.len())
}

/// The same as a message of RESP2.
fn message(key: &str) -> String {
    let channel = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n";
    format!("{channel}*1\r\n${}\r\n{key}\r\n", key.len())
}

/// How a key is told of.
type Form = fn(&str) -> String;

/// Clients that track all keys: by what they read and by prefix, each itself with RESP3 and over a listener with RESP2. Gives
/// those who hear of it.
fn trackers(h: &mut Harness) -> [(usize, Form); 4] {
    let (direct, by_prefix) = (resp3(h, 0), resp3(h, 0));
    h.say(direct, "client tracking on");
    h.say(by_prefix, "client tracking on bcast prefix k");
    let mut redirected = |options: &str| {
        let (listener, reader) = (h.open(1), h.open(0));
        let id = h.say(listener, "client id").trim_start_matches(':').trim().to_owned();
        h.say(listener, "subscribe __redis__:invalidate");
        assert_eq!(h.say(reader, &format!("client tracking on redirect {id}{options}")), "+OK\r\n");
        (reader, listener)
    };
    let (reader, hears) = redirected("");
    let (_, hears_prefixes) = redirected(" bcast prefix k");
    for client in [direct, reader] {
        h.say(client, "get k1");
    }
    [(direct, of), (by_prefix, of), (hears, message), (hears_prefixes, message)]
}

#[test]
fn whoever_tracks_hears_of_a_key_that_expires_by_itself() {
    let mut h = Harness::new(2);
    let writer = h.open(1);
    h.say(writer, "set k1 v px 10");
    let trackers = trackers(&mut h);
    h.pass(100);
    for (at, (client, form)) in trackers.into_iter().enumerate() {
        assert_eq!(h.take(client), form("k1"), "tracker {at}");
    }
}

#[test]
fn whoever_tracks_hears_of_a_key_that_is_found_to_have_expired() {
    let mut h = Harness::new(2);
    let writer = h.open(1);
    h.say(writer, "debug set-active-expire 0");
    h.say(writer, "set k1 v px 10");
    let trackers = trackers(&mut h);
    h.pass(100);
    assert_eq!(h.take(trackers[0].0), "", "nobody has looked at it");
    assert_eq!(h.say(writer, "get k1"), "$-1\r\n");
    for (at, (client, form)) in trackers.into_iter().enumerate() {
        assert_eq!(h.take(client), form("k1"), "tracker {at}");
    }
}

#[test]
fn whoever_tracks_hears_of_a_key_that_is_evicted() {
    let mut h = Harness::new(2);
    let writer = h.open(1);
    h.say(writer, "set k1 v");
    let trackers = trackers(&mut h);
    // Another key is used after it, and there is room for one.
    h.pass(5000);
    h.say(writer, "set other v");
    h.limit_keys(2, "allkeys-lru");
    h.pass(5000);
    h.say(writer, "get other");
    h.say(writer, "set new v");
    assert_eq!(h.say(writer, "exists k1"), ":0\r\n");
    for (at, (client, form)) in trackers.into_iter().enumerate() {
        assert_eq!(h.take(client), form("k1"), "tracker {at}");
    }
}

#[test]
fn a_limit_that_is_lowered_has_keys_forgotten_and_told_of() {
    let mut h = Harness::new(2);
    let (listener, reader, other) = (h.open(1), h.open(0), resp3(&mut h, 0));
    h.say(listener, "subscribe __redis__:invalidate");
    h.say(reader, "client tracking on redirect 1");
    h.say(other, "client tracking on");
    for key in 0..20 {
        h.say(reader, &format!("get k{key}"));
        h.say(other, &format!("get k{key}"));
    }
    assert_eq!(h.engine.shared.tracking.sizes(), [2, 20, 40, 0]);
    h.engine.set_directive("tracking-table-max-keys", "5");
    for _ in 0..20 {
        h.pass(100);
    }
    assert_eq!(h.engine.shared.tracking.sizes()[1], 5);
    let (told, told_too) = (h.take(listener), h.take(other));
    assert_eq!((told.matches("message").count(), told_too.matches("invalidate").count()), (15, 15));
    let forgotten = |key: &str| told.contains(&format!("\r\n{key}\r\n"));
    let kept: Vec<String> = (0..20).map(|key| format!("k{key}")).filter(|key| !forgotten(key)).collect();
    assert_eq!(kept.len(), 5, "{told}");
    // Who was told of a key hears nothing more of it; of the others as ever.
    h.say(other, &format!("set {} v", kept[0]));
    assert_eq!(h.take(listener), message(&kept[0]));
}
