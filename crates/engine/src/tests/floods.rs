//! Floods: more than anybody would send, and nobody else notices.

use crate::Flow;
use crate::testing::Harness;
use std::sync::atomic::Ordering::Relaxed;

const QUEUED: usize = 1_000_000;

/// Queues a million commands, some thousand a request.
fn queue_a_million(h: &mut Harness, client: usize) {
    assert_eq!(h.say(client, "MULTI"), "+OK\r\n");
    let request = b"*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n".repeat(QUEUED / 100);
    for _ in 0..100 {
        let reply = h.feed(client, &request);
        assert_eq!(reply.len(), "+QUEUED\r\n".len() * QUEUED / 100);
    }
}

#[test]
fn a_transaction_of_a_million_commands_runs_and_can_be_discarded() {
    let mut h = Harness::new(2);
    let (c, other) = (h.open(0), h.open(1));
    queue_a_million(&mut h, c);
    assert_eq!(h.say(other, "GET n"), "$-1\r\n", "others are served meanwhile");
    assert_eq!(h.say(c, "DISCARD"), "+OK\r\n");
    assert_eq!(h.say(other, "GET n"), "$-1\r\n");
    assert!(h.engine.shared.registry.all().iter().all(|card| card.queued.load(Relaxed) == -1));
    queue_a_million(&mut h, c);
    let reply = h.say(c, "EXEC");
    assert!(reply.starts_with(&format!("*{QUEUED}\r\n:1\r\n:2\r\n")));
    assert!(reply.ends_with(&format!(":{QUEUED}\r\n")));
    assert_eq!(h.say(other, "GET n"), format!("$7\r\n{QUEUED}\r\n"));
}

#[test]
fn who_listens_and_does_not_read_is_hung_up_on_and_nobody_else() {
    let mut h = Harness::new(2);
    let (deaf, hears, publisher) = (h.open(0), h.open(0), h.open(1));
    h.say(deaf, "SUBSCRIBE flood");
    h.say(hears, "SUBSCRIBE flood");
    let message = "x".repeat(64 << 10);
    // The limit of subscribers is 32 MiB.
    for round in 0..1000 {
        let receivers = h.say(publisher, &format!("PUBLISH flood {message}"));
        assert!(matches!(&receivers[..], ":2\r\n" | ":1\r\n"), "{receivers}");
        assert_eq!(h.take(hears).matches("message").count(), 1, "round {round}");
    }
    assert!(h.flow(deaf).has(Flow::KILL));
    assert_eq!(h.flow(hears), Flow::CONTINUE);
    assert_eq!(h.say(publisher, "PING"), "+PONG\r\n");
}
