//! What operators see: slow log, command log, latency.

use crate::testing::Harness;

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
