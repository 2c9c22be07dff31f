//! The whole keyspace as an RDB file, and DEBUG RELOAD.

use crate::rdb_file::Keep;
use crate::testing::Harness;
use crate::{Engine, KeyspaceOptions, Options};

const LINES: &[&str] = &[
    "SET s hello",
    "SET n -17",
    "SETRANGE long 5000 x",
    "SET e v PX 100000",
    "RPUSH l a b 1 2",
    "SADD si 1 2 3",
    "SADD sp a b 3",
    "HSET h f v n 1",
    "HSET he f v n 1",
    "HPEXPIRE he 50000 FIELDS 1 f",
    "ZADD z 1 a 2.5 b inf c",
    "XADD x 5-1 f v",
    "XADD x 6-1 f w",
    "XGROUP CREATE x g 0",
    "XREADGROUP GROUP g me COUNT 1 STREAMS x >",
    "PFADD p a b c",
    "SELECT 5",
    "SET other 1",
    "SELECT 0",
];

fn filled() -> (Harness, usize) {
    let mut h = Harness::new(1);
    let c = h.open(0);
    for line in LINES {
        let reply = h.say(c, line);
        assert!(!reply.starts_with('-'), "{line}: {reply}");
    }
    for n in 0..3000 {
        h.say(c, &format!("RPUSH list element:{n}"));
        h.say(c, &format!("SADD set member:{n}"));
        h.say(c, &format!("HSET hash field:{n} {n}"));
        h.say(c, &format!("ZADD zset {}.5 member:{n}", n * 7 % 1000));
        h.say(c, &format!("SET key:{n} {n} PX {}", 1_000_000 + n));
    }
    (h, c)
}

#[test]
fn reload_changes_nothing() {
    let (mut h, c) = filled();
    let (digest, size) = (h.say(c, "DEBUG DIGEST"), h.say(c, "DBSIZE"));
    let encodings: Vec<String> = ["s", "n", "l", "si", "sp", "h", "he", "z", "list", "set", "hash", "zset"]
        .map(|key| h.say(c, &format!("OBJECT ENCODING {key}")))
        .to_vec();
    for option in ["", " merge", " noflush merge"] {
        assert_eq!(h.say(c, &format!("DEBUG RELOAD{option}")), "+OK\r\n");
    }
    assert!(h.say(c, "DEBUG RELOAD NOFLUSH").ends_with(" comes twice\r\n"));
    assert!(h.say(c, "DEBUG RELOAD NOSAVE").starts_with("-ERR without saving there is nothing"));
    assert_eq!((h.say(c, "DEBUG DIGEST"), h.say(c, "DBSIZE")), (digest, size));
    for (key, before) in
        ["s", "n", "l", "si", "sp", "h", "he", "z", "list", "set", "hash", "zset"].iter().zip(encodings)
    {
        assert_eq!(h.say(c, &format!("OBJECT ENCODING {key}")), before, "{key}");
    }
    assert_eq!(h.say(c, "PTTL e"), ":100000\r\n");
    assert_eq!(h.say(c, "HPTTL he FIELDS 1 f"), "*1\r\n:50000\r\n");
    // Fields go on expiring by themselves.
    h.now.unix_ms += 60_000;
    assert_eq!(h.say(c, "HEXISTS he f"), ":0\r\n");
    assert!(h.say(c, "DEBUG RELOAD what").starts_with("-ERR DEBUG RELOAD only supports the MERGE"));
}

#[test]
fn reload_is_noticed_by_who_watches() {
    let mut h = Harness::new(1);
    let (c, other) = (h.open(0), h.open(0));
    for line in ["SET k v", "WATCH k", "MULTI", "GET k"] {
        h.say(c, line);
    }
    h.say(other, "DEBUG RELOAD");
    assert_eq!(h.say(c, "EXEC"), "*-1\r\n");
}

#[test]
fn a_file_becomes_another_engine() {
    let (mut h, c) = filled();
    let file = h.engine.worker().save_rdb(h.now);
    // Of another shape, and with another hash function.
    let keyspace = KeyspaceOptions { stripes: 8, seed: 99, ..KeyspaceOptions::default() };
    let other = Engine::new(Options { keyspace, ..Options::default() });
    let mut worker = other.worker();
    let loaded = worker.load_rdb(&mut &file[..], h.now, Keep::Nothing).unwrap();
    assert_eq!(loaded.summary.keys, 3000 + 4 + 13);
    assert_eq!(loaded.aux[0], ("redis-ver".to_owned(), "7.2.4".to_owned()));
    let again = worker.load_rdb(&mut &file[..], h.now, Keep::Everything).unwrap_err();
    assert!(again.reason().ends_with("' comes twice"), "{again}");
    let digest = h.say(c, "DEBUG DIGEST");
    drop(worker);
    let mut theirs = Harness::over(other, 1);
    let t = theirs.open(0);
    assert_eq!(theirs.say(t, "DEBUG DIGEST"), digest);
}

#[test]
fn a_broken_file_leaves_everything_as_it_was() {
    let (mut h, c) = filled();
    let digest = h.say(c, "DEBUG DIGEST");
    let mut worker = h.engine.worker();
    let mut file = worker.save_rdb(h.now);
    let last = file.len() - 20;
    file[last] ^= 1;
    let error = worker.load_rdb(&mut &file[..], h.now, Keep::Nothing).unwrap_err();
    assert!(error.offset() > 0, "{error}");
    let short = worker.load_rdb(&mut &file[..last], h.now, Keep::Nothing).unwrap_err();
    assert!(short.reason().contains("early"), "{short}");
    drop(worker);
    assert_eq!(h.say(c, "DEBUG DIGEST"), digest);
}
