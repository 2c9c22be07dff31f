//! Encodings, journal, draws and field expiry of the hash family. Replies and events of what Redis 7.0 has are compared
//! with the reference by `testing::oracle`.

use crate::testing::Server;
use hematite_keyspace::{Deletions, Effects, Effort, Record};
use std::sync::{Arc, Mutex};

fn fill(server: &mut Server, fields: usize) {
    for n in 0..fields {
        server.run(&format!("hset h f{n} {n}"));
    }
}

fn encoding(server: &mut Server) -> String {
    server.run("object encoding h").lines().nth(1).unwrap_or("-").to_owned()
}

/// Fields that expired, each with its key.
#[derive(Debug, Default)]
struct Gone(Mutex<Vec<String>>);

impl Deletions for Gone {
    fn key(&self, _: usize, _: &[u8]) {}
    fn field(&self, _: usize, key: &[u8], field: &[u8]) {
        let text = [key, field].map(|text| String::from_utf8_lossy(text)).join(" ");
        self.0.lock().expect("nobody panics under it").push(text);
    }
}

/// What active expiry does: the fields that went, as the journal gets them.
fn expire_actively(server: &mut Server) -> Vec<String> {
    let gone = Arc::new(Gone::default());
    let mut effects = Effects { record: Record(7), deletions: Some(gone.clone()), ..Effects::default() };
    let effort = Effort { keys_max: 10_000, keys_per_lock_max: 100 };
    server.keyspace.expire_some(&mut [0usize].into_iter(), server.now_ms, effort, &mut effects);
    std::mem::take(&mut *gone.0.lock().expect("nobody panics under it"))
}

#[test]
fn encodings_change_at_their_limits() {
    let mut server = Server::new();
    fill(&mut server, 512);
    assert_eq!(encoding(&mut server), "listpack");
    fill(&mut server, 513);
    assert_eq!(encoding(&mut server), "hashtable");
    server.run("del h");
    for (line, expected) in [
        (format!("hset h f {}", "x".repeat(64)), "listpack"),
        (format!("hset h {} v", "x".repeat(64)), "listpack"),
        (format!("hset h f {}", "x".repeat(65)), "hashtable"),
        ("hdel h f".to_owned(), "hashtable"),
    ] {
        server.run(&line);
        assert_eq!(encoding(&mut server), expected, "{line}");
    }
    server.run("del h");
    server.run("hset h f v g w");
    server.run("hexpire h 100 fields 1 f");
    assert_eq!(encoding(&mut server), "listpackex");
    server.run("hpersist h fields 1 f");
    assert_eq!(encoding(&mut server), "listpackex");
    server.run(&format!("hset h f {}", "x".repeat(65)));
    assert_eq!(encoding(&mut server), "hashtable");
}

#[test]
fn sums_go_to_the_journal() {
    let mut server = Server::new();
    server.script(&[
        ("hincrbyfloat h f 10.5", "$4\r\n10.5\r\n"),
        ("hincrbyfloat h f 0.1", "$4\r\n10.6\r\n"),
        ("hincrby h f 1", "-ERR hash value is not an integer\r\n"),
        ("hincrby h n 9223372036854775807", ":9223372036854775807\r\n"),
        ("hincrby h n 1", "-ERR increment or decrement would overflow\r\n"),
        ("hincrbyfloat h f inf", "-ERR value is NaN or Infinity\r\n"),
        ("hset h s x", ":1\r\n"),
        ("hincrbyfloat h s 1", "-ERR hash value is not a float\r\n"),
        ("hexpire h 100 fields 1 f", "*1\r\n:1\r\n"),
        ("hincrbyfloat h f 1", "$4\r\n11.6\r\n"),
        ("httl h fields 1 f", "*1\r\n:100\r\n"),
        ("hset h f 1", ":0\r\n"),
        ("httl h fields 1 f", "*1\r\n:-1\r\n"),
    ]);
    assert_eq!(
        server.journal(),
        [
            "HSET h f 10.5",
            "HSET h f 10.6",
            "hincrby h n 9223372036854775807",
            "hset h s x",
            "HPEXPIREAT h 1700000100000 FIELDS 1 f",
            "HSETEX h KEEPTTL FIELDS 1 f 11.6",
            "hset h f 1",
        ]
    );
}

#[test]
fn fields_expire_by_conditions() {
    let mut server = Server::new();
    server.script(&[
        ("hexpire h 10 fields 2 f g", "*2\r\n:-2\r\n:-2\r\n"),
        ("hset h f 1 g 2 h 3", ":3\r\n"),
        ("hexpire h 10 xx fields 1 f", "*1\r\n:0\r\n"),
        ("hexpire h 10 gt fields 1 f", "*1\r\n:0\r\n"),
        ("hexpire h 10 lt fields 1 f", "*1\r\n:1\r\n"),
        ("hexpire h 10 nx fields 3 f g none", "*3\r\n:0\r\n:1\r\n:-2\r\n"),
        ("hexpire h 20 GT fields 1 f", "*1\r\n:1\r\n"),
        ("hpexpireat h 1700000005001 LT fields 1 f", "*1\r\n:1\r\n"),
        ("httl h fields 4 f g h none", "*4\r\n:6\r\n:10\r\n:-1\r\n:-2\r\n"),
        ("hpttl h fields 1 f", "*1\r\n:5001\r\n"),
        ("hexpiretime h fields 1 f", "*1\r\n:1700000006\r\n"),
        ("hpexpiretime h fields 1 f", "*1\r\n:1700000005001\r\n"),
        ("hpersist h fields 3 f h none", "*3\r\n:1\r\n:-1\r\n:-2\r\n"),
        ("hexpire h 0 fields 2 f none", "*2\r\n:2\r\n:-2\r\n"),
        ("hexpireat h 1 fields 2 g h", "*2\r\n:2\r\n:2\r\n"),
        ("exists h", ":0\r\n"),
    ]);
    let events = server.events();
    let end = ["h hpersist h", "h hdel h", "h hdel h", "g del h"];
    assert_eq!(events[..3], ["h hset h", "h hexpire h", "h hexpire h"]);
    assert_eq!(events[events.len() - 4..], end);
    let journal = server.journal();
    assert_eq!(journal[2], "HPEXPIREAT h 1700000010000 FIELDS 1 g");
    assert_eq!(journal[journal.len() - 2..], ["HDEL h f", "HDEL h g h"]);
}

#[test]
fn expired_fields_are_gone_for_readers_and_go_when_looked_at() {
    let mut server = Server::new();
    server.run("hset h f 1 g 2 k 3");
    server.run("hpexpire h 10 fields 2 f g");
    server.now_ms += 11;
    server.events();
    server.script(&[
        ("hlen h", ":3\r\n"),
        ("hgetall h", "*2\r\n$1\r\nk\r\n$1\r\n3\r\n"),
        ("hscan h 0", "*2\r\n$1\r\n0\r\n*2\r\n$1\r\nk\r\n$1\r\n3\r\n"),
        ("hrandfield h 5", "*1\r\n$1\r\nk\r\n"),
        ("hrandfield h", "$1\r\nk\r\n"),
        ("httl h fields 1 f", "*1\r\n:-2\r\n"),
        ("hget h f", "$-1\r\n"),
        ("hlen h", ":2\r\n"),
        ("hincrby h g 5", ":5\r\n"),
        ("httl h fields 1 g", "*1\r\n:-1\r\n"),
        ("hpexpire h 10 fields 2 g k", "*2\r\n:1\r\n:1\r\n"),
    ]);
    assert_eq!(server.events(), ["h hexpired h", "h hexpired h", "h hincrby h", "h hexpire h"]);
    server.now_ms += 11;
    server.script(&[
        ("hmget h g k", "*2\r\n$-1\r\n$-1\r\n"),
        ("exists h", ":0\r\n"),
        ("hsetnx h f v", ":1\r\n"),
    ]);
    assert_eq!(server.events(), ["h hexpired h", "h hexpired h", "g del h", "h hset h"]);
}

#[test]
fn active_expiry_finds_what_is_due_and_nothing_else() {
    let mut server = Server::new();
    for (key, ms) in [("a", 10), ("b", 20), ("c", 30)] {
        server.run(&format!("hset {key} f 1 g 2"));
        server.run(&format!("hpexpire {key} {ms} fields 1 f"));
    }
    server.run("hset d f 1");
    server.run("hpexpire d 10 fields 1 f");
    assert_eq!(expire_actively(&mut server), [] as [&str; 0]);
    // Earlier, later, taken back, renamed, copied, deleted: the notes follow.
    server.run("hpexpire c 5 fields 1 f");
    server.run("hpexpire a 50 fields 1 f");
    server.run("copy b e");
    server.run("rename b x");
    server.now_ms += 21;
    assert_eq!(expire_actively(&mut server), ["c f", "d f", "e f", "x f"]);
    assert_eq!(server.run("exists d"), ":0\r\n");
    assert_eq!(server.run("hlen x"), ":1\r\n");
    server.run("hpexpire a 70 fields 1 g");
    server.run("hpersist a fields 1 f");
    server.now_ms += 40;
    assert_eq!(expire_actively(&mut server), [] as [&str; 0]);
    server.now_ms += 40;
    assert_eq!(expire_actively(&mut server), ["a g"]);
    server.run("hset y f 1");
    server.run("hpexpire y 1 fields 1 f");
    server.run("set y text");
    server.now_ms += 5;
    assert_eq!(expire_actively(&mut server), [] as [&str; 0]);
    assert_eq!(server.run("get y"), "$4\r\ntext\r\n");
}

#[test]
fn many_fields_expire_in_bounded_steps() {
    let mut server = Server::new();
    let fields: Vec<String> = (0..1000).map(|n| format!("f{n}")).collect();
    server.run(&format!("hset h stays 1 {}", fields.iter().map(|f| format!("{f} v ")).collect::<String>()));
    server.run(&format!("hpexpire h 10 fields 1000 {}", fields.join(" ")));
    server.now_ms += 11;
    let mut effects = Effects::default();
    let effort = Effort { keys_max: 300, keys_per_lock_max: 100 };
    let outcome = server.keyspace.expire_some(&mut [0usize].into_iter(), server.now_ms, effort, &mut effects);
    assert_eq!(outcome.fields, 300);
    assert_eq!(server.run("hlen h"), ":701\r\n");
    assert_eq!(expire_actively(&mut server).len(), 700);
    assert_eq!(server.run("hgetall h"), "*2\r\n$5\r\nstays\r\n$1\r\n1\r\n");
}

#[test]
fn getex_getdel_setex() {
    let mut server = Server::new();
    server.script(&[
        ("hsetex h fxx fields 1 f v", ":0\r\n"),
        ("exists h", ":0\r\n"),
        ("hsetex h fnx ex 10 fields 2 f v g w", ":1\r\n"),
        ("hsetex h fnx fields 2 x v g w", ":0\r\n"),
        ("hsetex h fxx keepttl fields 1 f V", ":1\r\n"),
        ("httl h fields 2 f g", "*2\r\n:10\r\n:10\r\n"),
        ("hsetex h fields 1 g W", ":1\r\n"),
        ("httl h fields 1 g", "*1\r\n:-1\r\n"),
        ("hgetex h px 5000 fields 3 f g none", "*3\r\n$1\r\nV\r\n$1\r\nW\r\n$-1\r\n"),
        ("hpttl h fields 2 f g", "*2\r\n:5000\r\n:5000\r\n"),
        ("hgetex h persist fields 1 f", "*1\r\n$1\r\nV\r\n"),
        ("hgetex h fields 1 f", "*1\r\n$1\r\nV\r\n"),
        ("hgetdel h fields 2 f f", "*2\r\n$1\r\nV\r\n$-1\r\n"),
        ("hgetex h exat 1 fields 1 g", "*1\r\n$1\r\nW\r\n"),
        ("exists h", ":0\r\n"),
        ("hsetex h pxat 1 fields 1 f v", ":1\r\n"),
        ("exists h", ":0\r\n"),
        ("hgetdel h fields 1 f", "*1\r\n$-1\r\n"),
    ]);
    assert_eq!(
        server.journal(),
        [
            "hsetex h fnx PXAT 1700000010000 fields 2 f v g w",
            "hsetex h fxx keepttl fields 1 f V",
            "hsetex h fields 1 g W",
            "HPEXPIREAT h 1700000005000 FIELDS 2 f g",
            "HPERSIST h FIELDS 1 f",
            "HDEL h f f",
            "HDEL h g",
            "HDEL h f",
        ]
    );
}

#[test]
fn refusals() {
    let fields = "-ERR Mandatory argument FIELDS is missing or not at the right position\r\n";
    let count = "-ERR The `numfields` parameter must match the number of arguments\r\n";
    let positive = "-ERR Number of fields must be a positive integer\r\n";
    let invalid = |command: &str| format!("-ERR invalid expire time in '{command}' command\r\n");
    Server::new().script(&[
        ("hset h f v", ":1\r\n"),
        ("hset h f", "-ERR wrong number of arguments for 'hset' command\r\n"),
        ("hset h f v g", "-ERR wrong number of arguments for 'hset' command\r\n"),
        ("hexpire h -1 fields 1 f", "-ERR invalid expire time, must be >= 0\r\n"),
        ("hexpire h x fields 1 f", "-ERR value is not an integer or out of range\r\n"),
        ("hexpire h 70368744177664 fields 1 f", &invalid("hexpire")),
        ("hpexpireat h 70368744177664 fields 1 f", &invalid("hpexpireat")),
        ("hpexpireat h 70368744177663 fields 1 f", "*1\r\n:1\r\n"),
        ("hexpire h 9223372036854775807 fields 1 f", &invalid("hexpire")),
        ("hexpire h 1 foo fields 1 f", fields),
        ("hexpire h 1 fields 0 f", "-ERR Parameter `numFields` should be greater than 0\r\n"),
        ("hexpire h 1 fields 2 f", count),
        ("httl h fields 0 f", positive),
        ("httl h fields 2 f", count),
        ("hgetdel h field 1 f", fields),
        ("hgetex h ex 0 fields x f", positive),
        ("hsetex h foo fields 1 f v", "-ERR unknown argument: foo\r\n"),
        ("hsetex h fxx fnx fields 1 f v", "-ERR Only one of FXX or FNX arguments can be specified\r\n"),
        ("hsetex h fields 2 f v", "-ERR wrong number of arguments for 'hsetex' command\r\n"),
        ("hsetex h fields 0 f v", "-ERR invalid number of fields\r\n"),
        (
            "hsetex h ex 1 keepttl fields 1 f v",
            "-ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified\r\n",
        ),
        ("hrandfield h -4611686018427387904 withvalues", "-ERR value is out of range\r\n"),
        ("set s v", "+OK\r\n"),
        ("httl s fields 0 f", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
    ]);
}

#[test]
fn resp3_and_scans() {
    let mut server = Server::new();
    server.resp3();
    server.script(&[
        ("hset h f v", ":1\r\n"),
        ("hgetall h", "%1\r\n$1\r\nf\r\n$1\r\nv\r\n"),
        ("hgetall none", "%0\r\n"),
        ("hrandfield h 1 withvalues", "*1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n"),
        ("hscan h 0 novalues", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nf\r\n"),
        ("hget h none", "_\r\n"),
    ]);
    fill(&mut server, 1000);
    let (mut cursor, mut seen) = ("0".to_owned(), std::collections::BTreeSet::new());
    loop {
        let reply = server.run(&format!("hscan h {cursor} count 20 novalues match f*"));
        let mut words = reply.lines().filter(|line| !line.starts_with(['*', '$']));
        cursor = words.next().unwrap().to_owned();
        seen.extend(words.map(str::to_owned));
        if cursor == "0" {
            break;
        }
    }
    assert_eq!(seen.len(), 1001);
}
