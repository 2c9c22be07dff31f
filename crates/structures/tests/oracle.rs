//! Our bytes against those of a real redis-server, obtained by DUMP and GET after the same random commands.
//!
//! Each test starts a server of its own on a unix socket in a fresh directory; where no `redis-server` (7.x) is
//! installed, the tests say so and pass without having compared anything. `HEMATITE_ORACLE_ROUNDS` sets the number
//! of random programs a test (default 8).
#![cfg(unix)]

use hematite_structures::hyperloglog::{self as hll, Union};
use hematite_structures::intset::Intset;
use hematite_structures::listpack::Listpack;
use hematite_structures::quicklist::{Direction, Fill, NodeRef, Quicklist, Settings};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server and a connection to it; stops the server when dropped.
struct Oracle {
    server: Child,
    stream: BufReader<UnixStream>,
    directory: PathBuf,
}

impl Oracle {
    fn start(name: &str) -> Option<Self> {
        let directory = std::env::temp_dir().join(format!("hematite-oracle-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a temporary directory");
        let socket = directory.join("socket");
        let server = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--rdbcompression", "no"])
            .args(["--enable-debug-command", "yes", "--unixsocket"])
            .arg(&socket)
            .current_dir(&directory)
            .stdout(Stdio::null())
            .spawn();
        let Ok(server) = server else {
            eprintln!("no redis-server here: nothing compared");
            return None;
        };
        for _ in 0..100 {
            if let Ok(stream) = UnixStream::connect(&socket) {
                return Some(Self { server, stream: BufReader::new(stream), directory });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("redis-server did not come up");
    }

    /// Sends a command; the reply's bytes (a bulk string, or the line of any simple reply).
    fn call(&mut self, arguments: &[&[u8]]) -> Vec<u8> {
        let mut request = format!("*{}\r\n", arguments.len()).into_bytes();
        for argument in arguments {
            request.extend(format!("${}\r\n", argument.len()).bytes());
            request.extend(*argument);
            request.extend(b"\r\n");
        }
        self.stream.get_mut().write_all(&request).expect("the server reads");
        self.reply()
    }

    fn reply(&mut self) -> Vec<u8> {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("the server answers");
        assert!(!line.starts_with('-'), "{line}");
        let rest = line[1..].trim_end();
        if !line.starts_with('$') || rest == "-1" {
            return rest.as_bytes().to_vec();
        }
        let mut bytes = vec![0; rest.parse::<usize>().expect("a length") + 2];
        self.stream.read_exact(&mut bytes).expect("the whole bulk string");
        bytes.truncate(bytes.len() - 2);
        bytes
    }

    /// The DUMP payload of the key `k`, to be read after its type byte; `None` if there is no such key.
    fn dump(&mut self, kind: u8) -> Option<DumpReader> {
        let payload = self.call(&[b"DUMP", b"k"]);
        if payload == b"-1" {
            return None;
        }
        assert_eq!(payload[0], kind, "dump type");
        Some(DumpReader { payload, at: 1 })
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

struct DumpReader {
    payload: Vec<u8>,
    at: usize,
}

impl DumpReader {
    fn length(&mut self) -> usize {
        let bytes = &self.payload[self.at..];
        let (value, used) = match bytes[0] >> 6 {
            0 => (usize::from(bytes[0]), 1),
            1 => (usize::from(bytes[0] & 63) << 8 | usize::from(bytes[1]), 2),
            _ => (u32::from_be_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]) as usize, 5),
        };
        self.at += used;
        value
    }

    fn string(&mut self) -> Vec<u8> {
        let len = self.length();
        self.at += len;
        self.payload[self.at - len..self.at].to_vec()
    }
}

/// Marsaglia's xorshift: the same programs every time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    fn integer(&mut self) -> i64 {
        let shift = self.below(64) as u32;
        (self.below(u64::MAX) as i64).wrapping_mul(0x9E37_79B9) >> shift
    }

    /// Mostly short texts from a small range, so that they repeat; every encoding now and then.
    fn text(&mut self, longest: u64) -> Vec<u8> {
        match self.below(10) {
            0..=3 => self.below(30).to_string().into_bytes(),
            4 => self.integer().to_string().into_bytes(),
            5 => format!("-{}", self.below(9000)).into_bytes(),
            6 | 7 => format!("text{}", self.below(20)).into_bytes(),
            _ => {
                let len = self.below(longest) as usize;
                (0..len).map(|_| self.below(256) as u8).collect()
            }
        }
    }
}

fn rounds() -> u64 {
    std::env::var("HEMATITE_ORACLE_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(8)
}

#[test]
fn listpacks_are_byte_equal() {
    let Some(mut oracle) = Oracle::start("listpack") else { return };
    oracle.call(&[b"CONFIG", b"SET", b"hash-max-listpack-entries", b"100000"]);
    oracle.call(&[b"CONFIG", b"SET", b"hash-max-listpack-value", b"100000"]);
    for seed in 1..=rounds() {
        let (mut random, mut pack) = (Random(seed * 7919), Listpack::new());
        oracle.call(&[b"DEL", b"k"]);
        for _ in 0..200 {
            let (field, value) = (random.text(300), random.text(20_000));
            let found = pack.find(&field, 1);
            if random.below(4) == 0 {
                oracle.call(&[b"HDEL", b"k", &field]);
                if let Some(pos) = found {
                    pack.delete_from(pos, 2);
                }
                continue;
            }
            oracle.call(&[b"HSET", b"k", &field, &value]);
            match found.and_then(|pos| pack.next(pos)) {
                Some(pos) => pack.replace(pos, &value[..]).unwrap(),
                None => pack.push_pair(&field[..], &value[..]).unwrap(),
            }
        }
        let theirs = oracle.dump(16).expect("not empty").string();
        assert_eq!(pack.as_bytes(), theirs);
        assert_eq!(Listpack::from_bytes(&theirs).unwrap(), pack);
    }
}

#[test]
fn intsets_are_byte_equal() {
    let Some(mut oracle) = Oracle::start("intset") else { return };
    for seed in 1..=rounds() {
        let (mut random, mut set) = (Random(seed * 104_729), Intset::new());
        oracle.call(&[b"DEL", b"k"]);
        for _ in 0..300 {
            let value = if random.below(3) == 0 { random.integer() } else { random.below(100) as i64 - 50 };
            let text = value.to_string().into_bytes();
            if random.below(3) == 0 {
                oracle.call(&[b"SREM", b"k", &text]);
                set.remove(value);
                if set.is_empty() {
                    set = Intset::new();
                }
            } else {
                oracle.call(&[b"SADD", b"k", &text]);
                set.add(value);
            }
        }
        assert_eq!(set.as_bytes(), oracle.dump(11).expect("not empty").string());
    }
}

fn first_index(list: &Quicklist, value: &[u8]) -> Option<usize> {
    let (mut walk, mut index) = (list.iter(Direction::Forward), 0);
    while let Some(element) = walk.next() {
        if element.eq_bytes(value) {
            return Some(index);
        }
        index += 1;
    }
    None
}

/// One random command, on the server's list and on ours.
fn change_list(oracle: &mut Oracle, random: &mut Random, list: &mut Quicklist, longest: u64) {
    let value = random.text(longest);
    match random.below(12) {
        0..=2 => {
            oracle.call(&[b"RPUSH", b"k", &value]);
            list.push_back(&value);
        }
        3 | 4 => {
            oracle.call(&[b"LPUSH", b"k", &value]);
            list.push_front(&value);
        }
        5 => {
            oracle.call(&[b"LPOP", b"k"]);
            list.pop_front(|_| ());
        }
        6 => {
            oracle.call(&[b"RPOP", b"k"]);
            list.pop_back(|_| ());
        }
        7 | 8 => {
            let (pivot, after) = (random.text(5), random.below(2) == 0);
            let side: &[u8] = if after { b"AFTER" } else { b"BEFORE" };
            oracle.call(&[b"LINSERT", b"k", side, &pivot, &value]);
            if let Some(index) = first_index(list, &pivot) {
                if after {
                    list.insert_after(index, &value)
                } else {
                    list.insert_before(index, &value)
                };
            }
        }
        9 if !list.is_empty() => {
            let index = random.below(list.len() as u64) as i64;
            oracle.call(&[b"LSET", b"k", index.to_string().as_bytes(), &value]);
            list.set(index, &value);
        }
        10 if random.below(4) == 0 => {
            let most = random.below(3) as usize;
            let backward = most > 0 && random.below(2) == 0;
            let count = if backward { format!("-{most}") } else { most.to_string() };
            oracle.call(&[b"LREM", b"k", count.as_bytes(), &value]);
            let direction = if backward { Direction::Backward } else { Direction::Forward };
            list.remove_value(&value, most, direction);
        }
        11 if random.below(20) == 0 && list.len() > 10 => {
            let (first, last) = (random.below(5) as usize, list.len() - 1 - random.below(5) as usize);
            oracle.call(&[b"LTRIM", b"k", first.to_string().as_bytes(), last.to_string().as_bytes()]);
            let len = list.len();
            list.delete_range(0, first);
            list.delete_range(last + 1 - first, len - 1 - last);
        }
        _ => {}
    }
}

fn compare_list(oracle: &mut Oracle, list: &Quicklist) {
    let Some(mut dump) = oracle.dump(18) else {
        assert!(list.is_empty());
        return;
    };
    assert_eq!(dump.length(), list.node_count());
    for node in list.nodes() {
        let (container, theirs) = (dump.length(), dump.string());
        match node {
            NodeRef::Packed(pack) => assert_eq!((container, &*theirs), (2, pack.as_bytes())),
            NodeRef::Plain(value) => assert_eq!((container, &*theirs), (1, value)),
        }
    }
}

#[test]
fn quicklist_nodes_are_byte_equal() {
    let Some(mut oracle) = Oracle::start("quicklist") else { return };
    for seed in 1..=rounds() {
        for (fill, longest, threshold) in
            [(-2i64, 900, 1 << 30), (4, 60, 1 << 30), (-1, 300, 1 << 30), (20, 200, 100)]
        {
            let settings =
                Settings { fill: Fill::new(fill), compress_depth: 0, packed_threshold_bytes: threshold };
            oracle.call(&[b"CONFIG", b"SET", b"list-max-listpack-size", fill.to_string().as_bytes()]);
            let text = if threshold == 1 << 30 { "1073741824B".into() } else { format!("{threshold}B") };
            oracle.call(&[b"DEBUG", b"QUICKLIST-PACKED-THRESHOLD", text.as_bytes()]);
            oracle.call(&[b"DEL", b"k"]);
            let (mut random, mut list) = (Random(seed * 31_337), Quicklist::new(settings));
            for step in 0..600 {
                change_list(&mut oracle, &mut random, &mut list, longest);
                if step % 50 == 49 {
                    compare_list(&mut oracle, &list);
                }
            }
        }
    }
}

#[test]
fn hyperloglogs_are_byte_equal() {
    let Some(mut oracle) = Oracle::start("hyperloglog") else { return };
    for seed in 1..=rounds() {
        let mut random = Random(seed * 65_537);
        let mut ours: Vec<Vec<u8>> = Vec::new();
        for (index, elements) in [40, 700, 4_000].into_iter().enumerate() {
            let name = format!("h{index}").into_bytes();
            oracle.call(&[b"DEL", &name]);
            let mut bytes = hll::create();
            for step in 0..elements {
                let element = random.text(40);
                let raised = oracle.call(&[b"PFADD", &name, &element]) == b"1";
                let created = step == 0;
                assert_eq!(hll::add(&mut bytes, &element, 3000).unwrap() || created, raised);
                if step % 97 == 0 {
                    assert_eq!(oracle.call(&[b"GET", &name]), bytes);
                }
                if step % 311 == 0 {
                    let count = hll::count(&bytes).unwrap();
                    assert_eq!(oracle.call(&[b"PFCOUNT", &name]), count.to_string().into_bytes());
                    hll::set_cached_count(&mut bytes, count);
                }
            }
            if let Some(text) = hll::decode_sparse(&bytes) {
                assert_eq!(oracle.call(&[b"PFDEBUG", b"DECODE", &name]), text.unwrap().into_bytes());
            }
            assert_eq!(oracle.call(&[b"GET", &name]), bytes);
            ours.push(bytes);
        }
        compare_unions(&mut oracle, &mut ours);
    }
}

fn compare_unions(oracle: &mut Oracle, ours: &mut [Vec<u8>]) {
    for (target, sources) in [(0, vec![1]), (0, vec![1, 2]), (1, vec![0])] {
        let mut union = Union::new();
        let mut merge: Vec<Vec<u8>> = vec![b"PFMERGE".to_vec(), format!("h{target}").into_bytes()];
        for &at in [target].iter().chain(&sources) {
            union.absorb(&ours[at]).unwrap();
            merge.push(format!("h{at}").into_bytes());
        }
        let mut count = merge[2..].to_vec();
        count.insert(0, b"PFCOUNT".to_vec());
        let count: Vec<&[u8]> = count.iter().map(Vec::as_slice).collect();
        assert_eq!(oracle.call(&count), union.count().to_string().into_bytes());
        let merge: Vec<&[u8]> = merge.iter().map(Vec::as_slice).collect();
        oracle.call(&merge);
        union.store(&mut ours[target], 3000).unwrap();
        assert_eq!(oracle.call(&[b"GET", merge[1]]), ours[target]);
    }
}
