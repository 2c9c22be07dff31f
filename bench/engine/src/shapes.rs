//! Shapes: what fills of `memory` are made of, the same as in bench/compare/rows: strings, large collections, small ones.

use crate::{command, key};

/// A fill by its name: how many things it makes unless told, how many a command makes, and the commands.
pub struct Shape {
    pub name: &'static str,
    pub count: u64,
    each: u64,
    make: fn(&mut Vec<u8>, u64),
}

/// Elements of one command of a large collection.
const CHUNK: u64 = 100;

pub const SHAPES: &[Shape] = &[
    Shape { name: "64", count: 1_000_000, each: 1, make: |out, n| string(out, n, &[b'v'; 64], &[]) },
    Shape { name: "8", count: 1_000_000, each: 1, make: |out, n| string(out, n, &[b'v'; 8], &[]) },
    Shape {
        name: "integer",
        count: 1_000_000,
        each: 1,
        make: |out, n| string(out, n, n.to_string().as_bytes(), &[]),
    },
    Shape {
        name: "ttl",
        count: 1_000_000,
        each: 1,
        make: |out, n| string(out, n, &[b'v'; 32], &[b"EX", b"100000"]),
    },
    Shape { name: "hash", count: 500_000, each: CHUNK, make: |out, n| large(out, "HSET", n, hash_field) },
    Shape {
        name: "set",
        count: 500_000,
        each: CHUNK,
        make: |out, n| large(out, "SADD", n, |n| vec![member(n)]),
    },
    Shape {
        name: "zset",
        count: 500_000,
        each: CHUNK,
        make: |out, n| large(out, "ZADD", n, |n| vec![n.to_string(), member(n)]),
    },
    Shape {
        name: "list",
        count: 500_000,
        each: CHUNK,
        make: |out, n| large(out, "RPUSH", n, |n| vec![format!("element:{n:07}")]),
    },
    Shape { name: "stream", count: 500_000, each: 1, make: stream },
    Shape { name: "smallHash", count: 100_000, each: 1, make: small_hash },
    Shape { name: "smallZset", count: 20_000, each: 1, make: small_sorted_set },
];

impl Shape {
    /// The shape of this name; any other name is the first's.
    pub fn of(name: &str) -> &'static Shape {
        SHAPES.iter().find(|shape| shape.name == name).unwrap_or(&SHAPES[0])
    }

    /// Calls `run` with the bytes of one command after the other.
    pub fn fill(&self, count: u64, mut run: impl FnMut(&[u8])) {
        let mut bytes = Vec::new();
        for n in (0..count).step_by(self.each as usize) {
            bytes.clear();
            (self.make)(&mut bytes, n);
            run(&bytes);
        }
    }
}

fn string(out: &mut Vec<u8>, n: u64, value: &[u8], behind: &[&[u8]]) {
    command(out, &[&[b"SET", key(n).as_bytes(), value], behind].concat());
}

fn member(n: u64) -> String {
    format!("member:{n:010}")
}

fn hash_field(n: u64) -> Vec<String> {
    vec![format!("field:{n:010}"), format!("value:{n:010}")]
}

fn large(out: &mut Vec<u8>, verb: &str, n: u64, item: fn(u64) -> Vec<String>) {
    let items: Vec<String> = (n..n + CHUNK).flat_map(item).collect();
    words(out, [verb, "collection"].into_iter().chain(items.iter().map(String::as_str)));
}

fn stream(out: &mut Vec<u8>, n: u64) {
    // The time goes on as it does over a connection: several entries a millisecond.
    let (id, n) = (format!("{}-{}", 1_700_000_000_000 + n / 20, n % 20), n.to_string());
    words(out, ["XADD", "collection", &id, "field", &n].into_iter());
}

fn small_hash(out: &mut Vec<u8>, n: u64) {
    let fields: Vec<String> =
        (0..10).flat_map(|at| [format!("field:{at}"), format!("value:{:06}", n % 1_000_000)]).collect();
    let key = format!("hash:{n:011}");
    words(out, ["HSET", &key].into_iter().chain(fields.iter().map(String::as_str)));
}

fn small_sorted_set(out: &mut Vec<u8>, n: u64) {
    let members: Vec<String> =
        (0..100).flat_map(|at| [(at * 1000 + n % 1000).to_string(), format!("member:{at:03}")]).collect();
    let key = format!("zset:{n:011}");
    words(out, ["ZADD", &key].into_iter().chain(members.iter().map(String::as_str)));
}

fn words<'a>(out: &mut Vec<u8>, words: impl Iterator<Item = &'a str>) {
    let words: Vec<&[u8]> = words.map(str::as_bytes).collect();
    command(out, &words);
}
