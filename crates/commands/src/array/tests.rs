//! Tests of the family: what the documentation shows, what the errors say and in which order, events and the journal.

use crate::testing::Server;

const WRONG_TYPE: &str = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

#[test]
fn values_at_indices() {
    Server::new().script(&[
        ("arset a 0 x y z", ":3\r\n"),
        ("arset a 2 Z w", ":1\r\n"),
        ("arget a 2", "$1\r\nZ\r\n"),
        ("arget a 4", "$-1\r\n"),
        ("arget none 4", "$-1\r\n"),
        ("armset a 3 again 1000000 far 18446744073709551614 last", ":2\r\n"),
        ("armget a 0 3 7 1000000", "*4\r\n$1\r\nx\r\n$5\r\nagain\r\n$-1\r\n$3\r\nfar\r\n"),
        ("armget none 0", "*1\r\n$-1\r\n"),
        ("arlen a", ":18446744073709551615\r\n"),
        ("arcount a", ":6\r\n"),
        ("arlen none", ":0\r\n"),
        ("argetrange a 1 4", "*4\r\n$1\r\ny\r\n$1\r\nZ\r\n$5\r\nagain\r\n$-1\r\n"),
        ("argetrange a 1 0", "*2\r\n$1\r\ny\r\n$1\r\nx\r\n"),
        ("argetrange none 7 8", "*2\r\n$-1\r\n$-1\r\n"),
        ("type a", "+array\r\n"),
        ("object encoding a", "$12\r\nsliced-array\r\n"),
        ("copy a b", ":1\r\n"),
        ("ardel a 0 0 9", ":1\r\n"),
        ("arget b 0", "$1\r\nx\r\n"),
        ("ardelrange a 18446744073709551614 2", ":4\r\n"),
        ("arcount a", ":1\r\n"),
        ("ardel a 1", ":1\r\n"),
        ("exists a", ":0\r\n"),
        ("ardelrange b 0 0 2 2 0 3", ":4\r\n"),
    ]);
}

#[test]
fn what_is_refused() {
    Server::new().script(&[
        ("set s text", "+OK\r\n"),
        ("arget s nothing", WRONG_TYPE),
        ("arget none nothing", "-ERR invalid array index\r\n"),
        ("arset s nothing v", "-ERR invalid array index\r\n"),
        ("arset s 0 v", WRONG_TYPE),
        ("arset a 18446744073709551615 v", "-ERR invalid array index\r\n"),
        ("arset a -1 v", "-ERR invalid array index\r\n"),
        ("arset a 18446744073709551614 v w", "-ERR array index overflow\r\n"),
        ("exists a", ":0\r\n"),
        ("armset a 0 v 1", "-ERR wrong number of arguments for 'armset' command\r\n"),
        ("armset a 0 v x w", "-ERR invalid array index\r\n"),
        ("armget s 0", WRONG_TYPE),
        ("armget none 0 x", "-ERR invalid array index\r\n"),
        ("ardel none x", "-ERR invalid array index\r\n"),
        ("ardel s 0", WRONG_TYPE),
        ("ardelrange none 0 1 2", "-ERR wrong number of arguments for 'ardelrange' command\r\n"),
        ("ardelrange none 0 1 2 x", "-ERR invalid array index\r\n"),
        ("ardelrange none 0 1", ":0\r\n"),
        ("argetrange s 0 1000000", WRONG_TYPE),
        ("argetrange none 0 1000000", "-ERR range exceeds maximum of 1000000 items\r\n"),
        ("argetrange none 18446744073709551614 0", "-ERR range exceeds maximum of 1000000 items\r\n"),
        ("arscan none 0 1 limit", "-ERR wrong number of arguments for 'arscan' command\r\n"),
        ("arscan none 0 1 most 1", "-ERR syntax error\r\n"),
        ("arscan none 0 1 limit x", "-ERR value is not an integer or out of range\r\n"),
        ("arscan none 0 1 limit 0", "-ERR LIMIT must be positive\r\n"),
        ("arscan none 0 1", "*0\r\n"),
        ("arring a x v", "-ERR invalid size\r\n"),
        ("arring a 0 v", "-ERR size must be positive\r\n"),
        ("arring s 1 v", WRONG_TYPE),
        ("arinsert s v", WRONG_TYPE),
        ("arseek none x", "-ERR invalid array index\r\n"),
        ("arseek none 18446744073709551615", ":0\r\n"),
        ("arlastitems none x", "-ERR invalid COUNT\r\n"),
        ("arlastitems s 0 nonsense", "*0\r\n"),
        ("arlastitems s 1 nonsense", "-ERR syntax error\r\n"),
        ("arlastitems s 1 rev rev", "-ERR wrong number of arguments for 'arlastitems' command\r\n"),
        ("arlastitems s 1", WRONG_TYPE),
        ("arinfo none", "-ERR no such key\r\n"),
        ("arinfo none most", "-ERR syntax error\r\n"),
        ("arinfo s", WRONG_TYPE),
        ("arop none 0 1 mean", "-ERR unknown operation\r\n"),
        ("arop none 0 1 match", "-ERR MATCH requires a value argument\r\n"),
        ("arop none 0 1 sum 1", "-ERR wrong number of arguments for 'arop' command\r\n"),
        ("arop s 0 1 sum", WRONG_TYPE),
    ]);
}

#[test]
fn appending() {
    Server::new().script(&[
        ("arnext a", ":0\r\n"),
        ("arinsert a x y", ":1\r\n"),
        ("arnext a", ":2\r\n"),
        ("arseek a 10", ":1\r\n"),
        ("arinsert a z", ":10\r\n"),
        ("arlastitems a 2", "*2\r\n$-1\r\n$1\r\nz\r\n"),
        ("arseek a 0", ":1\r\n"),
        ("arnext a", ":0\r\n"),
        ("arlastitems a 9 rev", "*3\r\n$1\r\nz\r\n$-1\r\n$-1\r\n"),
        ("arseek a 18446744073709551615", ":1\r\n"),
        ("arnext a", "$-1\r\n"),
        ("arinsert a w", "-ERR insert index overflow\r\n"),
        ("arseek a 18446744073709551614", ":1\r\n"),
        ("arinsert a v w", "-ERR insert index overflow\r\n"),
        ("arinsert a w", ":18446744073709551614\r\n"),
    ]);
}

#[test]
fn rings() {
    let mut server = Server::new();
    server.script(&[
        ("arring r 5 0 1 2 3 4 5 6 7", ":2\r\n"),
        ("arlastitems r 10", "*5\r\n$1\r\n3\r\n$1\r\n4\r\n$1\r\n5\r\n$1\r\n6\r\n$1\r\n7\r\n"),
        ("arnext r", ":3\r\n"),
        // Growth: what has wrapped is laid out anew, and the new room is used.
        ("arring r 8 8", ":5\r\n"),
        (
            "argetrange r 0 6",
            "*7\r\n$1\r\n3\r\n$1\r\n4\r\n$1\r\n5\r\n$1\r\n6\r\n$1\r\n7\r\n$1\r\n8\r\n$-1\r\n",
        ),
        // Less room: the newest stay.
        ("arring r 3 9", ":0\r\n"),
        ("arlastitems r 3", "*3\r\n$1\r\n7\r\n$1\r\n8\r\n$1\r\n9\r\n"),
        ("arcount r", ":3\r\n"),
        // A hole ends what stays.
        ("del r", ":1\r\n"),
        ("arring r 5 a b c d e", ":4\r\n"),
        ("ardel r 3", ":1\r\n"),
        ("arring r 3 new", ":1\r\n"),
        ("arscan r 0 9", "*2\r\n*2\r\n:0\r\n$1\r\ne\r\n*2\r\n:1\r\n$3\r\nnew\r\n"),
        // ARSEEK 0 is heeded when the ring grows.
        ("del r", ":1\r\n"),
        ("arring r 3 a b c d e", ":1\r\n"),
        ("arseek r 0", ":1\r\n"),
        ("arring r 8 grown", ":0\r\n"),
        ("argetrange r 0 2", "*3\r\n$5\r\ngrown\r\n$1\r\ne\r\n$1\r\nc\r\n"),
        // What lies outside goes at once.
        ("arset r 100 outside", ":1\r\n"),
        ("arring r 3 x", ":2\r\n"),
        ("arcount r", ":3\r\n"),
        ("arget r 100", "$-1\r\n"),
        ("arring one 1 a b c", ":0\r\n"),
        ("arlen one", ":1\r\n"),
    ]);
}

#[test]
fn scans_and_searches() {
    Server::new().script(&[
        ("armset a 0 RedisArray 1 redis-match 5 array-only 9000000 plain", ":4\r\n"),
        ("arscan a 0 5 limit 2", "*2\r\n*2\r\n:0\r\n$10\r\nRedisArray\r\n*2\r\n:1\r\n$11\r\nredis-match\r\n"),
        (
            "arscan a 18446744073709551614 4",
            "*2\r\n*2\r\n:9000000\r\n$5\r\nplain\r\n*2\r\n:5\r\n$10\r\narray-only\r\n",
        ),
        ("argrep a - + match redis", "*1\r\n:1\r\n"),
        ("argrep a - + match redis nocase", "*2\r\n:0\r\n:1\r\n"),
        ("argrep a + - match a limit 2", "*2\r\n:9000000\r\n:5\r\n"),
        ("argrep a 2 + exact plain withvalues", "*1\r\n*2\r\n:9000000\r\n$5\r\nplain\r\n"),
        ("argrep a - + and match redis glob *array* nocase", "*1\r\n:0\r\n"),
        ("argrep a - + or match redis limit 3 glob *array* and limit 1 nocase", "*1\r\n:0\r\n"),
        ("argrep a - + re ^[a-z]+-(only|match)$", "*2\r\n:1\r\n:5\r\n"),
        ("argrep a - + re ^PLAIN$ nocase", "*1\r\n:9000000\r\n"),
        ("argrep a - + match \"\"", "*4\r\n:0\r\n:1\r\n:5\r\n:9000000\r\n"),
        ("argrep none - + match x", "*0\r\n"),
        ("argrep a x + match x", "-ERR invalid array index\r\n"),
        ("argrep a - + limit 1", "-ERR syntax error\r\n"),
        ("argrep a - + match x limit 0", "-ERR LIMIT must be positive\r\n"),
        ("argrep a - + match x limit", "-ERR syntax error\r\n"),
        ("argrep a - + nocase exact", "-ERR syntax error\r\n"),
        ("argrep a - + match x what", "-ERR syntax error\r\n"),
        ("argrep a - + re (", "-ERR invalid regular expression: Missing ')'\r\n"),
        ("argrep a - + re (a)\\1", "-ERR regular expression backreferences are not supported\r\n"),
        ("argrep a - + re \"\"", "-ERR regular expression is empty\r\n"),
        ("set s text", "+OK\r\n"),
        ("argrep s - + match x", WRONG_TYPE),
        ("argrep s - + re (", "-ERR invalid regular expression: Missing ')'\r\n"),
    ]);
    let mut server = Server::new();
    server.run("arset a 0 foo");
    assert_eq!(server.run(&format!("argrep a - +{}", " match foo".repeat(250))), "*1\r\n:0\r\n");
    assert_eq!(
        server.run(&format!("argrep a - +{}", " match foo".repeat(251))),
        "-ERR too many predicates, maximum is 250\r\n"
    );
    assert_eq!(
        server.run(&format!("argrep a - + re {}", "a".repeat(2049))),
        "-ERR regular expression is too long, maximum is 2048 bytes\r\n"
    );
}

#[test]
fn aggregates() {
    Server::new().script(&[
        ("armset a 0 10 1 20.5 2 text 3 -7 4 1e2", ":5\r\n"),
        ("arop a 0 9 sum", "$5\r\n123.5\r\n"),
        ("arop a 9 0 min", "$2\r\n-7\r\n"),
        ("arop a 0 9 max", "$3\r\n100\r\n"),
        ("arop a 0 9 used", ":5\r\n"),
        ("arop a 0 9 match text", ":1\r\n"),
        ("arop a 2 2 sum", "$-1\r\n"),
        ("arop a 2 2 and", "$-1\r\n"),
        ("armset b 0 7.9 1 3.2 2 1.8", ":3\r\n"),
        ("arop b 0 2 and", ":1\r\n"),
        ("arop b 0 2 or", ":7\r\n"),
        ("arop b 0 2 xor", ":5\r\n"),
        ("arop none 0 2 used", ":0\r\n"),
        ("arop none 0 2 match x", ":0\r\n"),
        ("arop none 0 2 xor", "$-1\r\n"),
        ("arop none 0 2 max", "$-1\r\n"),
    ]);
}

#[test]
fn layouts() {
    let mut server = Server::new();
    server.script(&[
        ("armset a 0 a 1 b 100 c", ":3\r\n"),
        ("arinsert a d", ":0\r\n"),
        (
            "arinfo a",
            "*14\r\n$5\r\ncount\r\n:3\r\n$3\r\nlen\r\n:101\r\n$17\r\nnext-insert-index\r\n:1\r\n$6\r\nslices\r\n:1\r\n\
             $14\r\ndirectory-size\r\n:1\r\n$17\r\nsuper-dir-entries\r\n:0\r\n$10\r\nslice-size\r\n:4096\r\n",
        ),
    ]);
    server.resp3();
    let info = server.run("arinfo a full");
    assert!(info.starts_with("%12\r\n"), "{info}");
    let tail = "$12\r\ndense-slices\r\n:0\r\n$13\r\nsparse-slices\r\n:1\r\n$14\r\navg-dense-size\r\n,0\r\n\
                $14\r\navg-dense-fill\r\n,0\r\n$15\r\navg-sparse-size\r\n,4\r\n";
    assert!(info.ends_with(tail), "{info}");
    server.run("armset a 8388608 x 16777216 y 16777217 z");
    assert!(server.run("arinfo a").contains("directory-size\r\n:4\r\n$17\r\nsuper-dir-entries\r\n:3\r\n"));
    // A new array has the shape that is set now.
    server.settings.array_slice_len = 256;
    server.run("arset b 300 v");
    assert!(server.run("arinfo b").ends_with("slice-size\r\n:256\r\n"));
}

#[test]
fn what_others_are_told() {
    let mut server = Server::new();
    for (command, events, changes) in [
        ("arset a 0 x y", "arset", 2),
        ("armset a 0 x 7 y 9 z", "armset", 3),
        ("arinsert a x", "arinsert", 1),
        ("arring a 50 x y", "arring", 2),
        ("arseek a 7", "arseek", 1),
        ("ardel a 1 30", "ardel", 1),
        ("ardel a 30", "", 0),
        ("ardelrange a 2 30", "ardelrange", 2),
        ("ardelrange a 0 100", "ardelrange del", 1),
        ("arseek a 7", "", 0),
    ] {
        let before = server.dirty();
        server.run(command);
        let told: Vec<String> =
            server.events().iter().map(|event| event.split(' ').nth(1).unwrap_or("").to_owned()).collect();
        assert_eq!((told.join(" ").as_str(), server.dirty() - before), (events, changes), "{command}");
    }
}
