//! Encodings, journal, draws and refusals of the set family. Replies and events are compared with the reference by
//! `testing::oracle`.

use crate::testing::Server;

fn fill(server: &mut Server, key: &str, members: impl Iterator<Item = String>) {
    let members: Vec<String> = members.collect();
    server.run(&format!("sadd {key} {}", members.join(" ")));
}

#[test]
fn encodings_change_at_their_limits() {
    let mut server = Server::new();
    let mut encodings = Vec::new();
    let mut after = |server: &mut Server, line: &str| {
        server.run(line);
        encodings.push(server.run("object encoding s").lines().nth(1).unwrap_or("-").to_owned());
    };
    fill(&mut server, "s", (0..512).map(|n| n.to_string()));
    after(&mut server, "sadd s 5");
    after(&mut server, "sadd s 512");
    server.run("del s");
    after(&mut server, "sadd s 1 2 3");
    after(&mut server, "sadd s a");
    after(&mut server, &format!("sadd s {}", "x".repeat(64)));
    after(&mut server, &format!("sadd s {}", "x".repeat(65)));
    after(&mut server, "srem s a");
    server.run("del s");
    fill(&mut server, "s", (0..127).map(|n| format!("m{n}")));
    after(&mut server, "sadd s m1");
    after(&mut server, "sadd s one-more");
    after(&mut server, "sadd s and-one-more");
    server.run("del s");
    fill(&mut server, "s", (0..128).map(|n| n.to_string()));
    after(&mut server, "sadd s a");
    server.run("del s");
    fill(&mut server, "s", (0..129).map(|n| format!("m{}", n % 3)));
    after(&mut server, "scard s");
    let (i, l, h) = ("intset", "listpack", "hashtable");
    assert_eq!(encodings, [i, h, i, l, l, h, h, l, l, h, h, h]);
}

#[test]
fn stored_sets_have_the_encodings_of_the_reference() {
    let mut server = Server::new();
    fill(&mut server, "ints", (0..100).map(|n| n.to_string()));
    fill(&mut server, "more", (50..600).map(|n| n.to_string()).chain(["x".to_owned()]));
    fill(&mut server, "words", (0..50).map(|n| format!("w{n}")));
    for (line, encoding) in [
        ("sinterstore d more ints", "intset"),
        ("sinterstore d more more", "hashtable"),
        ("sunionstore d ints words", "hashtable"),
        ("sunionstore d words", "listpack"),
        ("sdiffstore d ints words", "intset"),
        ("sdiffstore d more ints", "hashtable"),
        // The reference copies the first set and removes the others, and leaves the copy as it is.
        ("sdiffstore d more none more ints", "-"),
    ] {
        server.run(line);
        let found = server.run("object encoding d");
        assert_eq!(found.lines().nth(1).unwrap_or("-"), encoding, "{line}");
    }
    assert_eq!(server.run("sunion ints none").matches('$').count(), 100);
}

#[test]
fn pops_go_to_the_journal_as_removals() {
    let mut server = Server::new();
    server.script(&[("sadd s a", ":1\r\n"), ("spop s", "$1\r\na\r\n"), ("exists s", ":0\r\n")]);
    server.run("sadd s a b c");
    server.run("spop s 2");
    server.run("spop s 5");
    let journal = server.journal();
    assert_eq!(journal[..3], ["sadd s a", "SREM s a", "sadd s a b c"]);
    assert!(journal[3].starts_with("SREM s ") && journal[3].len() == "SREM s x y".len(), "{journal:?}");
    assert_eq!(journal[4..], ["DEL s"]);
    assert_eq!(server.dirty(), 1 + 1 + 3 + 2 + 1);
}

#[test]
fn draws() {
    for make in ["sadd s 1 2 3 4 5", "sadd s a b c d e", ""] {
        let mut server = Server::new();
        server.settings.set_listpack_entries_max = if make.is_empty() { 0 } else { 128 };
        server.run(if make.is_empty() { "sadd s a b c d e" } else { make });
        let count = |reply: String| reply.lines().next().map(str::to_owned);
        for (asked, given) in [("3", "*3"), ("9", "*5"), ("-9", "*9"), ("0", "*0"), ("-1", "*1")] {
            assert_eq!(count(server.run(&format!("srandmember s {asked}"))).as_deref(), Some(given));
        }
        let mut seen = std::collections::BTreeMap::<String, u32>::new();
        for _ in 0..1000 {
            *seen.entry(server.run("srandmember s")).or_default() += 1;
        }
        for line in server.run("srandmember s -4000").lines().skip(2).step_by(2) {
            *seen.entry(format!("$1\r\n{line}\r\n")).or_default() += 1;
        }
        assert_eq!(seen.len(), 5);
        assert!(seen.values().all(|n| (850..1150).contains(n)), "{seen:?}");
    }
}

#[test]
fn refusals() {
    let range =
        "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807\r\n";
    Server::new().script(&[
        ("sadd s a", ":1\r\n"),
        ("srandmember s -9223372036854775808", range),
        ("srandmember s -9223372036854775807", "-ERR value is out of range\r\n"),
        ("srandmember s 1 x", "-ERR syntax error\r\n"),
        ("spop s -1", "-ERR value is out of range, must be positive\r\n"),
        ("sscan s 0 novalues", "-ERR NOVALUES option can only be used in HSCAN\r\n"),
        ("sintercard 0 s", "-ERR numkeys should be greater than 0\r\n"),
        ("sintercard 2 s", "-ERR Number of keys can't be greater than number of args\r\n"),
        ("sintercard 1 s limit -1", "-ERR LIMIT can't be negative\r\n"),
    ]);
}

#[test]
fn resp3_has_sets() {
    let mut server = Server::new();
    server.resp3();
    server.script(&[
        ("smembers s", "~0\r\n"),
        ("sadd s a", ":1\r\n"),
        ("smembers s", "~1\r\n$1\r\na\r\n"),
        ("sinter s s", "~1\r\n$1\r\na\r\n"),
        ("srandmember s 1", "*1\r\n$1\r\na\r\n"),
        ("spop s 1", "~1\r\n$1\r\na\r\n"),
        ("spop s", "_\r\n"),
    ]);
}

#[test]
fn scans_see_every_member() {
    let mut server = Server::new();
    fill(&mut server, "s", (0..2000).map(|n| format!("m{n}")));
    let (mut cursor, mut seen) = ("0".to_owned(), std::collections::BTreeSet::new());
    loop {
        let reply = server.run(&format!("sscan s {cursor} count 50"));
        let mut words = reply.lines().filter(|line| !line.starts_with(['*', '$']));
        cursor = words.next().unwrap().to_owned();
        seen.extend(words.map(str::to_owned));
        if cursor == "0" {
            break;
        }
    }
    assert_eq!(seen.len(), 2000);
}
