//! redis-rs: typed commands, pipelines, transactions with WATCH, scripts, streams, pub/sub, multiplexed connections.

use futures_util::StreamExt;
use hematite_redis_rs::Server;
use redis::streams::{StreamReadOptions, StreamReadReply};
use redis::{AsyncCommands, Client, Commands, Connection, Script};
use std::collections::HashMap;

fn connect(server: &Server, protocol: &str) -> Connection {
    let client = Client::open(format!("{}?protocol={protocol}", server.url)).expect("a URL");
    client.get_connection().expect("it accepts connections")
}

#[test]
fn values_in_both_protocols() {
    let server = Server::start();
    for protocol in ["resp2", "resp3"] {
        let mut c = connect(&server, protocol);
        let _: () = redis::cmd("FLUSHALL").query(&mut c).expect("OK");
        let _: () = c.set("n", 41).expect("OK");
        let n: i64 = c.incr("n", 1).expect("a number");
        assert_eq!(n, 42);
        let _: () = c.hset_multiple("h", &[("a", 1), ("b", 2)]).expect("OK");
        let h: HashMap<String, i32> = c.hgetall("h").expect("a map");
        assert_eq!(h, HashMap::from([("a".into(), 1), ("b".into(), 2)]));
        let _: () = c.zadd_multiple("z", &[(1.5, "x"), (0.5, "y")]).expect("OK");
        let z: Vec<(String, f64)> = c.zrange_withscores("z", 0, -1).expect("pairs");
        assert_eq!(z, [("y".to_owned(), 0.5), ("x".to_owned(), 1.5)]);
        let nothing: Option<String> = c.get("nothing").expect("null");
        assert_eq!(nothing, None);
        let wrong: redis::RedisResult<i64> = c.incr("h", 1);
        assert_eq!(wrong.expect_err("a hash").code(), Some("WRONGTYPE"));
        let keys: Vec<String> = c.scan_match::<_, String>("?").expect("a cursor").map(Result::unwrap).collect();
        assert_eq!(keys.len(), 3);
    }
}

#[test]
fn pipelines_and_transactions() {
    let server = Server::start();
    let mut c = connect(&server, "resp3");
    let mut other = connect(&server, "resp2");
    let replies: (String, i64, Vec<Option<i64>>) =
        redis::pipe().set("a", 1).incr("a", 5).mget(&["a", "b"]).query(&mut c).expect("three replies");
    assert_eq!(replies, ("OK".into(), 6, vec![Some(6), None]));
    let mut rounds = 0;
    let (sum,): (i64,) = redis::transaction(&mut c, &["a"], |c, pipe| {
        let a: i64 = c.get("a")?;
        rounds += 1;
        if rounds == 1 {
            let _: () = other.set("a", 100)?;
        }
        pipe.set("a", a + 1).ignore().get("a").query(c)
    })
    .expect("it is repeated until nobody interferes");
    assert_eq!((sum, rounds), (101, 2));
}

#[test]
fn scripts() {
    let server = Server::start();
    let mut c = connect(&server, "resp3");
    let script = Script::new("return redis.call('INCRBY', KEYS[1], ARGV[1])");
    for round in 1..4 {
        let n: i64 = script.key("n").arg(2).invoke(&mut c).expect("a number");
        assert_eq!(n, 2 * round);
    }
}

#[tokio::test]
async fn many_at_once_over_one_connection() {
    let server = Server::start();
    let client = Client::open(server.url.as_str()).expect("a URL");
    let c = client.get_multiplexed_async_connection().await.expect("it accepts connections");
    let tasks = (0..200).map(|n| {
        let mut c = c.clone();
        tokio::spawn(async move {
            let _: () = c.set(format!("k{n}"), n).await.expect("OK");
            c.get::<_, i64>(format!("k{n}")).await.expect("a number")
        })
    });
    let values = futures_util::future::join_all(tasks).await;
    assert!(values.into_iter().enumerate().all(|(n, value)| value.expect("it ran") == n as i64));
}

#[tokio::test]
async fn pub_sub_and_streams() {
    let server = Server::start();
    let client = Client::open(server.url.as_str()).expect("a URL");
    let mut c = client.get_multiplexed_async_connection().await.expect("it accepts connections");
    let mut pubsub = client.get_async_pubsub().await.expect("it accepts connections");
    pubsub.subscribe("news").await.expect("OK");
    pubsub.psubscribe("n*").await.expect("OK");
    let told: i64 = c.publish("news", "hello").await.expect("a number");
    assert_eq!(told, 2);
    let messages: Vec<String> =
        pubsub.on_message().take(2).map(|m| m.get_payload().expect("text")).collect().await;
    assert_eq!(messages, ["hello", "hello"]);
    let id: String = c.xadd("s", "*", &[("f", "v")]).await.expect("an id");
    let _: () = c.xgroup_create("s", "g", "0").await.expect("OK");
    let options = StreamReadOptions::default().group("g", "me").count(10).block(1000);
    let read: StreamReadReply = c.xread_options(&["s"], &[">"], &options).await.expect("entries");
    assert_eq!(read.keys[0].ids[0].id, id);
    let acknowledged: i64 = c.xack("s", "g", &[&id]).await.expect("a number");
    assert_eq!(acknowledged, 1);
}
