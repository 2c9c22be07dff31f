//! Golden replies, events and journal lines of the sorted set family where the oracle cannot say them: newer options,
//! what the journal gets, and the contract of blocking commands.

use crate::context::{GivenUp, Wait};
use crate::testing::{START_MS, Server};

#[test]
fn aggregate_count_adds_weights() {
    let mut server = Server::new();
    server.script(&[
        ("zadd a 5 x 7 y", ":2\r\n"),
        ("zadd b inf x 1 z", ":2\r\n"),
        (
            "zunion 2 a b aggregate count withscores",
            "*6\r\n$1\r\ny\r\n$1\r\n1\r\n$1\r\nz\r\n$1\r\n1\r\n$1\r\nx\r\n$1\r\n2\r\n",
        ),
        ("zinter 2 a b weights 2 0.5 aggregate COUNT withscores", "*2\r\n$1\r\nx\r\n$3\r\n2.5\r\n"),
        ("zunionstore c 2 a b aggregate count", ":3\r\n"),
        ("zscore c x", "$1\r\n2\r\n"),
        ("zdiff 2 a b aggregate count", "-ERR syntax error\r\n"),
    ]);
}

#[test]
fn plain_sets_take_part_with_scores_of_one() {
    let mut server = Server::new();
    server.script(&[
        ("zadd a 5 1 7 y", ":2\r\n"),
        ("sadd numbers 1 2", ":2\r\n"),
        ("sadd words y z", ":2\r\n"),
        ("zinter 2 a numbers withscores", "*2\r\n$1\r\n1\r\n$1\r\n6\r\n"),
        ("zdiff 3 a numbers words", "*0\r\n"),
        ("zunionstore c 3 a numbers words", ":4\r\n"),
        ("zrange c 0 -1", "*4\r\n$1\r\n2\r\n$1\r\nz\r\n$1\r\n1\r\n$1\r\ny\r\n"),
    ]);
}

#[test]
fn ranks_come_with_scores() {
    let mut server = Server::new();
    server.script(&[
        ("zadd a 1.5 x 2 y", ":2\r\n"),
        ("zrank a y withscore", "*2\r\n:1\r\n$1\r\n2\r\n"),
        ("zrevrank a y WITHSCORE", "*2\r\n:0\r\n$1\r\n2\r\n"),
        ("zrank a none withscore", "*-1\r\n"),
        ("zrank a x foo", "-ERR syntax error\r\n"),
        ("zrank a x withscore y", "-ERR wrong number of arguments for 'zrank' command\r\n"),
    ]);
    server.resp3();
    server.script(&[
        ("zrank a x withscore", "*2\r\n:0\r\n,1.5\r\n"),
        ("zrank none x withscore", "_\r\n"),
        ("zrange a 0 -1 withscores", "*2\r\n*2\r\n$1\r\nx\r\n,1.5\r\n*2\r\n$1\r\ny\r\n,2\r\n"),
        ("zpopmin a 1", "*1\r\n*2\r\n$1\r\nx\r\n,1.5\r\n"),
        ("zpopmin a", "*2\r\n$1\r\ny\r\n,2\r\n"),
    ]);
}

#[test]
fn scans_without_scores() {
    let mut server = Server::new();
    server.script(&[
        ("zadd a 1 x 2 y", ":2\r\n"),
        ("zscan a 0 noscores", "*2\r\n$1\r\n0\r\n*2\r\n$1\r\nx\r\n$1\r\ny\r\n"),
        ("zscan a 0 match y", "*2\r\n$1\r\n0\r\n*2\r\n$1\r\ny\r\n$1\r\n2\r\n"),
    ]);
}

#[test]
fn a_scan_of_a_large_set_sees_every_member() {
    let mut server = Server::new();
    for n in 0..1000 {
        server.run(&format!("zadd a {n} m{n}"));
    }
    let (mut cursor, mut seen, mut calls) = ("0".to_owned(), std::collections::BTreeSet::new(), 0);
    loop {
        let reply = server.run(&format!("zscan a {cursor} noscores"));
        let mut words = reply.split("\r\n").filter(|word| !word.starts_with(['*', '$']));
        cursor = words.next().unwrap_or("0").to_owned();
        seen.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
        calls += 1;
        if cursor == "0" {
            break;
        }
    }
    assert_eq!(seen.len(), 1000);
    assert!((20..=150).contains(&calls), "{calls} calls");
}

#[test]
fn random_members_are_members_each_once() {
    let mut server = Server::new();
    for n in 0..300 {
        server.run(&format!("zadd a {n} m{n}"));
    }
    for count in [1, 5, 70, 80, 299, 300, 1000] {
        let reply = server.run(&format!("zrandmember a {count}"));
        let words: Vec<_> = reply.split("\r\n").filter(|word| word.starts_with('m')).collect();
        let distinct: std::collections::BTreeSet<_> = words.iter().collect();
        assert_eq!((words.len(), distinct.len()), (count.min(300), count.min(300)));
    }
    assert_eq!(server.run("zrandmember a -1000").matches('m').count(), 1000);
    assert_eq!(server.run("zrandmember a -9223372036854775807"), "-ERR value is out of range\r\n");
}

#[test]
fn pops_of_several_keys_go_to_the_journal_as_pops_of_one() {
    let mut server = Server::new();
    server.script(&[
        ("zadd a 1 x 2 y 3 z", ":3\r\n"),
        (
            "zmpop 2 none a max count 2",
            "*2\r\n$1\r\na\r\n*2\r\n*2\r\n$1\r\nz\r\n$1\r\n3\r\n*2\r\n$1\r\ny\r\n$1\r\n2\r\n",
        ),
        ("bzpopmin none a 0", "*3\r\n$1\r\na\r\n$1\r\nx\r\n$1\r\n1\r\n"),
    ]);
    assert_eq!(server.journal(), ["zadd a 1 x 2 y 3 z", "ZPOPMAX a 2", "ZPOPMIN a"]);
    assert_eq!(server.events(), ["z zadd a", "z zpopmax a", "z zpopmin a", "g del a"]);
}

#[test]
fn blocking_pops_wait_for_sorted_sets() {
    let mut server = Server::new();
    let wait = |until_ms| {
        let keys = vec![b"a".to_vec(), b"b".to_vec()];
        Some(Wait {
            keys,
            until_ms,
            given_up: GivenUp::NullArray,
            unblock_on_delete: false,
            due_ms: None,
            replaced: Vec::new(),
        })
    };
    assert_eq!(server.run("bzpopmin a b 1.5"), "");
    assert_eq!(server.blocking.wait.take().map(|wait| *wait), wait(Some(START_MS + 1500)));
    assert_eq!(server.run("bzmpop 0 2 a b min"), "");
    assert_eq!(server.blocking.wait.take().map(|wait| *wait), wait(None));
    // While it waits, another type is nothing to answer to.
    server.run("set a v");
    server.blocking.again = true;
    assert_eq!(server.run("bzpopmax a b 0"), "");
    assert_eq!(server.blocking.wait.take().map(|wait| *wait), wait(None));
    server.blocking.again = false;
    assert!(server.run("bzpopmax a b 0").starts_with("-WRONGTYPE"));
    server.blocking.denied = true;
    assert_eq!(server.run("bzpopmax b 0"), "*-1\r\n");
    assert_eq!(server.blocking.wait, None);
}

#[test]
fn encodings_follow_the_limits() {
    let mut server = Server::new();
    server.settings.zset_listpack_entries_max = 3;
    server.settings.zset_listpack_value_bytes_max = 4;
    server.script(&[
        ("zadd a 1 a 2 b 3 c", ":3\r\n"),
        ("object encoding a", "$8\r\nlistpack\r\n"),
        ("zadd a 4 d", ":1\r\n"),
        ("object encoding a", "$8\r\nskiplist\r\n"),
        ("zadd b 1 toolong", ":1\r\n"),
        ("object encoding b", "$8\r\nskiplist\r\n"),
        ("zrangestore c a 0 1", ":2\r\n"),
        ("object encoding c", "$8\r\nlistpack\r\n"),
        ("zunionstore c 1 a", ":4\r\n"),
        ("object encoding c", "$8\r\nskiplist\r\n"),
        ("zunionstore c 1 a weights 0", ":4\r\n"),
        ("zrange c 0 -1", "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n"),
        ("zadd d 1 a", ":1\r\n"),
        ("zadd d xx 1 a 1 b 1 c 1 d", ":0\r\n"),
        ("object encoding d", "$8\r\nskiplist\r\n"),
    ]);
}
