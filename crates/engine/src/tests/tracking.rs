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
