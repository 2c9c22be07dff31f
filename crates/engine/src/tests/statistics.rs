//! INFO: sections, counters, times, errors.

use crate::testing::Harness;

/// The value of a field.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(|v| v.trim().to_owned()))
}

#[test]
fn sections_are_chosen() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    let titles = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.strip_prefix("# ").map(str::to_owned)).collect()
    };
    let default =
        "Server Clients Memory Persistence Stats Replication CPU Modules Errorstats Cluster Keyspace";
    assert_eq!(titles(&h.say(c, "INFO")).join(" "), default);
    assert_eq!(titles(&h.say(c, "INFO everything")).len(), 13);
    assert_eq!(titles(&h.say(c, "INFO cpu CPU server")), ["Server", "CPU"]);
    assert_eq!(titles(&h.say(c, "INFO default commandstats")).len(), 12);
    assert_eq!(h.say(c, "INFO nope"), "$0\r\n\r\n");
}

#[test]
fn the_front_s_fields_replace_and_follow() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    let fields = [("tcp_port", "7000"), ("io_driver", "uring")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    h.engine.set_information("server", fields.to_vec());
    h.engine.set_information("Extra", vec![("a".into(), "1".into())]);
    let text = h.say(c, "INFO server");
    assert_eq!(text.matches("tcp_port").count(), 1);
    assert_eq!(field(&text, "tcp_port").unwrap(), "7000");
    assert!(text.trim_end().ends_with("io_driver:uring"));
    assert_eq!(h.say(c, "INFO extra"), "$14\r\n# Extra\r\na:1\r\n\r\n");
    assert!(field(&text, "redis_version").unwrap().starts_with("7.2."));
    assert!(!text.contains("valkey_version") && !text.contains("dragonfly_version"));
}

#[test]
fn commands_are_counted_over_all_workers() {
    let mut h = Harness::new(2);
    let (a, b) = (h.open(0), h.open(1));
    for _ in 0..20 {
        h.say(a, "GET k");
        h.say(b, "GET k");
    }
    h.say(a, "GET");
    h.say(a, "CLIENT NO-TOUCH maybe");
    let text = h.say(a, "INFO commandstats");
    let get = field(&text, "cmdstat_get").unwrap();
    assert!(get.starts_with("calls=40,usec=") && get.ends_with("rejected_calls=1,failed_calls=0"), "{get}");
    let touch = field(&text, "cmdstat_client|no-touch").unwrap();
    assert!(touch.starts_with("calls=1,") && touch.ends_with("failed_calls=1"), "{touch}");
    // Each measured batch takes one tick of the test's clock, a microsecond; those not measured yet are charged later.
    let usec: u64 = get.split("usec=").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    assert!((34..=40).contains(&usec), "{usec}");
    assert!(field(&h.say(a, "INFO latencystats"), "latency_percentiles_usec_get").is_some());
    assert_eq!(field(&h.say(a, "INFO stats"), "keyspace_misses").unwrap(), "40");
    h.engine.reset_statistics();
    assert!(field(&h.say(a, "INFO commandstats"), "cmdstat_get").is_none());
    assert!(field(&h.say(a, "INFO latencystats"), "latency_percentiles_usec_get").is_none());
}

#[test]
fn errors_are_counted_by_code_and_their_number_is_bounded() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    h.say(c, "NOPE");
    h.say(c, "DEBUG ERROR nocode");
    h.say(c, "AUTH nobody x");
    let text = h.say(c, "INFO errorstats");
    assert_eq!(field(&text, "errorstat_ERR").unwrap(), "count=2");
    assert_eq!(field(&text, "errorstat_WRONGPASS").unwrap(), "count=1");
    for n in 0..200 {
        h.call(c, &[b"DEBUG", b"ERROR", format!("CODE{n} text").as_bytes()]);
    }
    let text = h.say(c, "INFO errorstats");
    assert_eq!(text.matches("errorstat_").count(), 129);
    assert_eq!(field(&text, "errorstat_ERRORSTATS_OVERFLOW").unwrap(), "count=74");
    assert_eq!(field(&h.say(c, "INFO stats"), "total_error_replies").unwrap(), "203");
}

#[test]
fn keyspace_shows_databases_that_hold_something() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    assert_eq!(h.say(c, "INFO keyspace"), "$12\r\n# Keyspace\r\n\r\n");
    h.say(c, "SET a 1");
    h.say(c, "SELECT 3");
    h.say(c, "SET b 1");
    let text = h.say(c, "INFO keyspace");
    assert_eq!(field(&text, "db0").unwrap(), "keys=1,expires=0,avg_ttl=0");
    assert_eq!(field(&text, "db3").unwrap(), "keys=1,expires=0,avg_ttl=0");
}

#[test]
fn rates_follow_the_load() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    for _ in 0..16 {
        h.pass(100);
        (0..10).for_each(|_| drop(h.say(c, "PING")));
    }
    h.pass(100);
    let text = h.say(c, "INFO stats");
    assert_eq!(field(&text, "instantaneous_ops_per_sec").unwrap(), "100");
}
