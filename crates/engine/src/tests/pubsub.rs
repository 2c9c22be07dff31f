//! Channels, patterns, shard channels, and keyspace notifications.

use crate::flow::Flow;
use crate::testing::Harness;
use std::sync::atomic::Ordering::Relaxed;

/// A push, or an array, of bulk strings.
fn pushed(kind: char, parts: &[&str]) -> String {
    let body: String = parts.iter().map(|part| format!("${}\r\n{part}\r\n", part.len())).collect();
    format!("{kind}{}\r\n{body}", parts.len())
}

/// A confirmation.
fn confirmed(kind: char, word: &str, name: &str, count: usize) -> String {
    format!("{kind}3\r\n${}\r\n{word}\r\n${}\r\n{name}\r\n:{count}\r\n", word.len(), name.len())
}

#[test]
fn a_message_reaches_listeners_of_every_worker_in_their_protocol() {
    let mut h = Harness::new(2);
    let (old, new, publisher) = (h.open(0), h.open(1), h.open(1));
    h.say(new, "HELLO 3");
    assert_eq!(h.say(old, "SUBSCRIBE a"), confirmed('*', "subscribe", "a", 1));
    assert_eq!(h.say(new, "PSUBSCRIBE a*"), confirmed('>', "psubscribe", "a*", 1));
    assert_eq!(
        h.say(new, "SSUBSCRIBE a"),
        confirmed('>', "ssubscribe", "a", 1),
        "shards count by themselves"
    );
    assert_eq!(h.say(publisher, "PUBLISH a one"), ":2\r\n");
    assert_eq!(h.say(publisher, "PUBLISH a two"), ":2\r\n");
    assert_eq!(h.say(publisher, "SPUBLISH a three"), ":1\r\n");
    assert_eq!(h.say(publisher, "PUBLISH b four"), ":0\r\n");
    let message = |text| pushed('*', &["message", "a", text]);
    assert_eq!(h.take(old), message("one") + &message("two"));
    let matched = |text| pushed('>', &["pmessage", "a*", "a", text]);
    assert_eq!(h.take(new), matched("one") + &matched("two") + &pushed('>', &["smessage", "a", "three"]));
}

#[test]
fn who_leaves_hears_nothing_more() {
    let mut h = Harness::new(2);
    let (a, b, c, publisher) = (h.open(0), h.open(1), h.open(0), h.open(1));
    for client in [a, b, c] {
        h.say(client, "SUBSCRIBE x y");
    }
    assert_eq!(h.say(publisher, "PUBSUB NUMSUB x none"), "*4\r\n$1\r\nx\r\n:3\r\n$4\r\nnone\r\n:0\r\n");
    assert_eq!(h.say(a, "UNSUBSCRIBE x"), confirmed('*', "unsubscribe", "x", 1));
    assert_eq!(h.say(b, "RESET"), "+RESET\r\n");
    h.close(c);
    assert_eq!(h.say(publisher, "PUBLISH x m"), ":0\r\n");
    assert_eq!(h.say(publisher, "PUBLISH y m"), ":1\r\n");
    assert_eq!(h.say(publisher, "PUBSUB CHANNELS"), "*1\r\n$1\r\ny\r\n");
    assert_eq!(h.take(a), pushed('*', &["message", "y", "m"]));
    assert_eq!(h.say(a, "UNSUBSCRIBE"), confirmed('*', "unsubscribe", "y", 0));
    assert_eq!(h.say(a, "UNSUBSCRIBE"), "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n");
    assert_eq!(h.say(publisher, "PUBSUB CHANNELS"), "*0\r\n");
    assert!(!h.engine.shared.pubsub.any());
}

#[test]
fn a_subscriber_of_the_old_protocol_may_say_little() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    h.say(c, "SSUBSCRIBE s");
    let only = "only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n";
    assert_eq!(h.say(c, "GET k"), format!("-ERR Can't execute 'get': {only}"));
    assert_eq!(h.say(c, "client getname"), format!("-ERR Can't execute 'client|getname': {only}"));
    assert_eq!(h.say(c, "PING"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
    assert_eq!(h.say(c, "PING you"), "*2\r\n$4\r\npong\r\n$3\r\nyou\r\n");
    assert_eq!(
        h.say(c, "EXEC"),
        format!("-EXECABORT Transaction discarded because of: Can't execute 'exec': {only}")
    );
    h.say(c, "SUNSUBSCRIBE");
    assert_eq!(h.say(c, "PING"), "+PONG\r\n");
    assert_eq!(h.say(c, "GET k"), "$-1\r\n");
}

#[test]
fn what_one_says_oneself_comes_before_the_reply() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    h.say(c, "HELLO 3");
    h.say(c, "SUBSCRIBE a");
    let message = pushed('>', &["message", "a", "m"]);
    assert_eq!(h.say(c, "PUBLISH a m"), format!("{message}:1\r\n"));
    h.say(c, "MULTI");
    h.say(c, "PUBLISH a m");
    h.say(c, "SSUBSCRIBE s");
    h.say(c, "SUBSCRIBE b");
    let refused = "-ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client\r\n";
    let subscribed = confirmed('>', "subscribe", "b", 2);
    assert_eq!(h.say(c, "EXEC"), format!("*3\r\n{message}:1\r\n{refused}{subscribed}"));
    assert_eq!(h.say(c, "CLIENT REPLY OFF"), "");
    assert_eq!(h.say(c, "PUBLISH a m"), message, "messages are no replies");
    assert_eq!(h.say(c, "SUBSCRIBE z"), confirmed('>', "subscribe", "z", 3));
}

#[test]
fn an_exec_that_is_refused_ends_its_transaction() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    h.say(c, "WATCH k");
    h.say(c, "MULTI");
    h.say(c, "SET k v");
    let arity = "wrong number of arguments for 'exec' command\r\n";
    assert_eq!(h.say(c, "EXEC now"), format!("-EXECABORT Transaction discarded because of: {arity}"));
    assert_eq!(h.say(c, "EXEC"), "-ERR EXEC without MULTI\r\n");
    assert_eq!(h.say(c, "GET k"), "$-1\r\n");
}

#[test]
fn an_empty_name_is_meant_by_the_empty_pattern_alone() {
    let mut h = Harness::new(1);
    let (star, empty, c) = (h.open(0), h.open(0), h.open(0));
    h.say(star, "PSUBSCRIBE *");
    h.call(empty, &[b"PSUBSCRIBE", b""]);
    assert_eq!(h.call(c, &[b"PUBLISH", b"", b"m"]), ":1\r\n");
    assert_eq!((h.take(star).as_str(), h.take(empty)), ("", pushed('*', &["pmessage", "", "", "m"])));
}

#[test]
fn subscribers_are_shown() {
    let mut h = Harness::new(1);
    let (c, other) = (h.open(0), h.open(0));
    h.say(c, "SUBSCRIBE a b");
    h.say(c, "PSUBSCRIBE p");
    h.say(c, "SSUBSCRIBE s t u");
    let list = h.say(other, "CLIENT LIST TYPE pubsub");
    assert!(list.contains(" flags=P ") && list.contains(" sub=2 psub=1 ssub=3 "), "{list}");
    assert!(!h.say(other, "CLIENT LIST TYPE normal").contains("flags=P"));
    let info = h.say(other, "INFO");
    for field in ["pubsub_channels:2", "pubsub_patterns:1", "pubsubshard_channels:3", "pubsub_clients:1"] {
        assert!(info.contains(field), "{field}");
    }
    assert_eq!(h.say(other, "CLIENT KILL TYPE pubsub"), ":1\r\n");
    assert!(h.flow(c).has(Flow::KILL));
}

#[test]
fn who_reads_too_slowly_is_hung_up_on() {
    let mut h = Harness::new(1);
    let limit = &h.engine.limits().pubsub_output;
    limit.hard_bytes.store(10_000, Relaxed);
    limit.soft_bytes.store(1_000, Relaxed);
    limit.soft_seconds.store(5, Relaxed);
    let (hard, soft, publisher) = (h.open(0), h.open(0), h.open(0));
    h.say(hard, "SUBSCRIBE h");
    h.say(soft, "SUBSCRIBE s");
    let text = "x".repeat(2_000);
    for _ in 0..4 {
        h.say(publisher, &format!("PUBLISH h {text}"));
    }
    assert!(!h.flow(hard).has(Flow::KILL));
    h.say(publisher, &format!("PUBLISH h {text}"));
    assert!(h.flow(hard).has(Flow::KILL), "more than the hard limit waits");
    h.say(publisher, &format!("PUBLISH s {text}"));
    h.pass(5_000);
    h.say(publisher, "PUBLISH s more");
    assert!(!h.flow(soft).has(Flow::KILL));
    h.pass(1);
    h.say(publisher, "PUBLISH s more");
    assert!(h.flow(soft).has(Flow::KILL), "it has been over the soft limit for too long");
}

#[test]
fn a_mailbox_that_nobody_empties_is_bounded() {
    use crate::flow::{Now, Peer, SessionId, Transport, Wake};
    struct Deaf;
    impl Wake for Deaf {
        fn wake(&self, _: SessionId) {}
    }
    let engine = crate::Engine::default();
    engine.limits().pubsub_output.hard_bytes.store(1_000, Relaxed);
    let mut worker = engine.worker();
    let now = Now { unix_ms: 1, mono_us: 1 };
    let mut open = || {
        let (addr, laddr) = (String::new(), String::new());
        let peer = Peer { transport: Transport::Tcp, addr, laddr, fd: -1, local: true };
        worker.open(peer, std::sync::Arc::new(Deaf), now).expect("there is room")
    };
    let (mut listener, mut publisher) = (open(), open());
    worker.call(&mut listener, &[b"SUBSCRIBE", b"a"], now);
    for _ in 0..100 {
        worker.call(&mut publisher, &[b"PUBLISH", b"a", &[b'x'; 100]], now);
    }
    assert!(listener.card.killed.load(Relaxed));
    assert!(listener.card.mail().len() < 12, "nothing is sent to the dead");
}

/// A client that listens to all events.
fn events(h: &mut Harness, classes: &str) -> usize {
    assert!(h.engine.set_notifications(classes));
    let c = h.open(0);
    h.say(c, "PSUBSCRIBE __key*__:*");
    c
}

fn event(channel: &str, text: &str) -> String {
    pushed('*', &["pmessage", "__key*__:*", channel, text])
}

#[test]
fn events_are_published_in_order_by_key_and_by_name() {
    let mut h = Harness::new(2);
    let (listener, c) = (events(&mut h, "KEA"), h.open(1));
    h.say(c, "SELECT 3");
    h.say(c, "SET k v EX 5");
    assert_eq!(
        h.take(listener),
        event("__keyspace@3__:k", "set")
            + &event("__keyevent@3__:set", "k")
            + &event("__keyspace@3__:k", "expire")
            + &event("__keyevent@3__:expire", "k")
    );
    h.say(c, "GET missing");
    assert_eq!(h.take(listener), "", "misses are not among all");
    assert!(h.engine.set_notifications("Emn"));
    h.say(c, "GET missing");
    h.say(c, "SET fresh v");
    assert_eq!(
        h.take(listener),
        event("__keyevent@3__:keymiss", "missing") + &event("__keyevent@3__:new", "fresh")
    );
    assert!(!h.engine.set_notifications("KEq"));
    for off in ["", "A", "g$"] {
        assert!(h.engine.set_notifications(off));
        h.say(c, "SET k v");
        assert_eq!(h.take(listener), "", "{off}");
    }
}

#[test]
fn keys_that_expire_are_published_whoever_finds_them() {
    let mut h = Harness::new(1);
    let (listener, c) = (events(&mut h, "Ex"), h.open(0));
    for key in ["read", "watched", "left"] {
        h.say(c, &format!("SET {key} v PX 10"));
    }
    h.now.unix_ms += 11;
    h.say(c, "GET read");
    assert_eq!(h.take(listener), event("__keyevent@0__:expired", "read"));
    h.say(c, "WATCH watched");
    assert_eq!(h.take(listener), event("__keyevent@0__:expired", "watched"));
    for _ in 0..100 {
        h.pass(100);
    }
    assert_eq!(h.take(listener), event("__keyevent@0__:expired", "left"), "active expiry");
}

#[test]
fn events_of_those_who_waited_come_after_those_who_served_them() {
    let mut h = Harness::new(2);
    let (listener, waiter, c) = (events(&mut h, "El"), h.open(0), h.open(1));
    assert_eq!(h.say(waiter, "BLPOP l 0"), "");
    h.say(c, "LPUSH l a");
    assert_eq!(h.take(listener), event("__keyevent@0__:lpush", "l") + &event("__keyevent@0__:lpop", "l"));
}
