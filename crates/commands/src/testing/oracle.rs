//! Oracle: random commands run here and on a redis-server side by side; replies and keyspace events must be the same.
//!
//! Not part of a usual run, since it needs a server: `HEMATITE_ORACLE=127.0.0.1:6379 cargo test -p hematite-commands --
//! --ignored oracle`. The server's data is flushed.

mod collections;

use super::Server;
use hematite_base::random::Random;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

const ROUNDS: usize = 20_000;
/// Changes are counted each so many rounds.
const DIRTY_EVERY: usize = 16;
/// Tests run side by side, but share the oracle.
static ORACLE: std::sync::Mutex<()> = std::sync::Mutex::new(());

struct Oracle {
    commands: BufReader<TcpStream>,
    events: BufReader<TcpStream>,
}

impl Oracle {
    fn connect() -> Oracle {
        let address =
            std::env::var("HEMATITE_ORACLE").expect("HEMATITE_ORACLE is host:port of a redis-server");
        let open = || BufReader::new(TcpStream::connect(&address).expect("the oracle listens"));
        let mut oracle = Oracle { commands: open(), events: open() };
        // Needs enable-debug-command; without it, keys that nobody looks at expire on that side alone.
        oracle.ask(&[b"DEBUG", b"SET-ACTIVE-EXPIRE", b"0"]);
        oracle.ask(&[b"CONFIG", b"SET", b"notify-keyspace-events", b"AEnm"]);
        send(&mut oracle.events, &[b"PSUBSCRIBE", b"__keyevent@*", b"end"]);
        read_reply(&mut oracle.events);
        read_reply(&mut oracle.events);
        oracle
    }
    fn ask(&mut self, args: &[&[u8]]) -> Vec<u8> {
        send(&mut self.commands, args);
        read_reply(&mut self.commands)
    }
    /// Number of changes since the server started.
    fn dirty(&mut self) -> u64 {
        let info = self.ask(&[b"INFO", b"persistence"]);
        let info = String::from_utf8_lossy(&info);
        let changes = info.lines().find_map(|line| line.strip_prefix("rdb_changes_since_last_save:"));
        changes.and_then(|count| count.trim().parse().ok()).expect("INFO counts changes")
    }
    /// The events of everything asked so far: name, key and database.
    fn events(&mut self) -> Vec<(String, Vec<u8>, usize)> {
        self.ask(&[b"PUBLISH", b"end", b""]);
        let mut found = Vec::new();
        loop {
            let message = read_bulks(&read_reply(&mut self.events));
            let [_, _, channel, key] = &message[..] else { panic!("a pmessage") };
            if channel == b"end" {
                return found;
            }
            let channel = String::from_utf8_lossy(channel);
            let (head, name) = channel.split_once("__:").expect("a keyevent channel");
            let db = head.trim_start_matches("__keyevent@").parse().expect("a database");
            found.push((name.to_owned(), key.clone(), db));
        }
    }
}

fn send(to: &mut BufReader<TcpStream>, args: &[&[u8]]) {
    let mut frame = format!("*{}\r\n", args.len()).into_bytes();
    for arg in args {
        frame.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
        frame.extend_from_slice(arg);
        frame.extend_from_slice(b"\r\n");
    }
    to.get_mut().write_all(&frame).expect("the oracle reads");
}

/// One reply, as its bytes.
fn read_reply(from: &mut BufReader<TcpStream>) -> Vec<u8> {
    let mut reply = Vec::new();
    from.read_until(b'\n', &mut reply).expect("the oracle answers");
    let count = || std::str::from_utf8(&reply[1..]).unwrap_or("").trim().parse::<i64>().unwrap_or(0);
    match reply.first() {
        Some(b'$' | b'=') if count() >= 0 => {
            let mut rest = vec![0; count() as usize + 2];
            from.read_exact(&mut rest).expect("the oracle answers");
            reply.extend(rest);
        }
        Some(kind @ (b'*' | b'%' | b'~')) => {
            for _ in 0..count() * if *kind == b'%' { 2 } else { 1 } {
                let item = read_reply(from);
                reply.extend(item);
            }
        }
        _ => {}
    }
    reply
}

/// The bulk strings of a flat array.
fn read_bulks(reply: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = &reply[reply.iter().position(|b| *b == b'\n').map_or(0, |at| at + 1)..];
    let mut found = Vec::new();
    while let Some(end) = rest.iter().position(|b| *b == b'\n') {
        let len: usize = String::from_utf8_lossy(&rest[1..end]).trim().parse().unwrap_or(0);
        found.push(rest[end + 1..end + 1 + len].to_vec());
        rest = &rest[end + 3 + len..];
    }
    found
}

fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

/// Templates; SCAN and KEYS are left to refusals and to what lives, since the reference deletes expired keys on its way.
/// `K` a key, `V` a value, `I` an integer, `F` a float, `T` seconds, `M` milliseconds, `A` a Unix time, `D` a database, `O` an
/// option of SET, `E` one of EXPIRE, `L` one of LCS, `x|y` one of these.
const TEMPLATES: &[&str] = &[
    "get K",
    "set K V",
    "set K V O",
    "set K V O O",
    "set K V O O O",
    "setnx K V",
    "setex K T V",
    "psetex K M V",
    "getset K V",
    "getdel K",
    "getex K",
    "getex K O",
    "getex K O O",
    "getex K persist",
    "append K V",
    "strlen K",
    "setrange K I V",
    "setrange K 3 V",
    "getrange K I I",
    "substr K I I",
    "incr K",
    "decr K",
    "incrby K I",
    "decrby K I",
    "incrbyfloat K F",
    "set K F",
    "mget K K K",
    "mset K V K V",
    "mset K V K",
    "msetnx K V K V",
    "lcs K K L",
    "lcs K K L L",
    "lcs K K idx withmatchlen minmatchlen I",
    "del K K",
    "unlink K K",
    "exists K K K",
    "touch K K",
    "expire K T E",
    "expire K T E E",
    "expire K T",
    "pexpire K M",
    "pexpireat K A000 E",
    "expireat K A E",
    "pexpireat K A000",
    "persist K",
    "ttl K",
    "expiretime K",
    "pexpiretime K",
    "type K",
    "rename K K",
    "renamenx K K",
    "copy K K",
    "copy K K replace",
    "copy K K db D",
    "copy K K db D replace",
    "move K D",
    "object encoding K",
    "object refcount K",
    "object freq K",
    "object foo K",
    "object help",
    "memory help",
    "get",
    "set K",
    "keys *",
    "keys K",
    "scan 0 O",
];

/// The same for sets and hashes; further words: `S` a member or a field, `N` a count. Draws are left out, since they differ,
/// and so are names of encodings: the oracle has no listpacks for sets.
const COLLECTIONS: &[&str] = &[
    "sadd K S",
    "sadd K S S S",
    "sadd K I I V",
    "srem K S",
    "srem K S S S S",
    "scard K",
    "sismember K S",
    "smismember K S S",
    "smembers K",
    "smove K K S",
    "spop K 100000",
    "srandmember K 100000",
    "srandmember K 0",
    "srandmember K 1 S",
    "sinter K K",
    "sinter K K K",
    "sinterstore K K K",
    "sintercard I K K",
    "sintercard 2 K K limit I",
    "sintercard 2 K K S I",
    "sunion K K",
    "sunionstore K K K",
    "sdiff K K K",
    "sdiffstore K K K",
    "sscan K 0 count 100000",
    "sscan K x",
    "sscan K 0 count 100000 O",
    "hset K S V",
    "hset K S V S V",
    "hset K S V S",
    "hmset K S F S I",
    "hsetnx K S V",
    "hget K S",
    "hmget K S S S",
    "hgetall K",
    "hkeys K",
    "hvals K",
    "hlen K",
    "hstrlen K S",
    "hexists K S",
    "hdel K S",
    "hdel K S S S S",
    "hincrby K S I",
    "hincrbyfloat K S F",
    "hrandfield K 100000",
    "hrandfield K 100000 withvalues",
    "hrandfield K 0 O",
    "hrandfield K -9223372036854775808 withvalues",
    "hscan K 0 count 100000",
    "hscan K x",
    "hscan K 0 count 100000 O",
    "del K",
    "set K V",
    "type K",
    "copy K K replace",
    "rename K K",
    "expire K T",
];

fn fill(template: &str, random: &mut Random) -> Vec<Vec<u8>> {
    template.split(' ').flat_map(|word| fill_word(word, random)).collect()
}

fn fill_word(word: &str, random: &mut Random) -> Vec<Vec<u8>> {
    fn pick<'a>(random: &mut Random, from: &[&'a str]) -> &'a str {
        from[random.below(from.len() as u64) as usize]
    }
    let integer = |random: &mut Random| match random.below(12) {
        0 => "9223372036854775807".to_owned(),
        1 => "-9223372036854775808".to_owned(),
        2 => "9223372036854775".to_owned(),
        3 => pick(random, &["1.5", "abc", "", " 1", "01", "+1", "-0", "536870911", "99999999999999999999"])
            .to_owned(),
        4 | 5 => (random.below(2_000_000) as i64 - 1_000_000).to_string(),
        _ => (random.below(40) as i64 - 20).to_string(),
    };
    let float = |random: &mut Random| match random.below(8) {
        0 => pick(random, &["inf", "-inf", "nan", "1e5000", "1e-5000", "0x1p3", ".5", "5.", "1e", "-0"])
            .to_owned(),
        1 => format!("{}e{}", random.below(1_000_000), random.below(60) as i64 - 30),
        2 => format!("-{}.{}", random.below(1000), random.bits()),
        3 => format!("{}", random.unit()),
        4 => format!("{}.{}{}", random.bits(), random.bits(), random.bits()),
        5 => format!("0x{:x}.{:x}p{}", random.bits(), random.bits(), random.below(80) as i64 - 40),
        _ => random.below(100).to_string(),
    };
    let text = match word {
        "K" => pick(random, &["a", "b", "c", "d", "e"]).to_owned(),
        "V" => match random.below(6) {
            0 => integer(random),
            1 => "x".repeat(random.below(60) as usize),
            2 => float(random),
            3 => (0..random.below(12)).map(|_| pick(random, &["a", "b", "c"])).collect(),
            4 => "y".repeat(random.below(3000) as usize),
            _ => pick(random, &["", "0", "v", "10000", "-5"]).to_owned(),
        },
        "I" => integer(random),
        "S" => match random.below(3) {
            0 => random.below(12).to_string(),
            _ => pick(random, &["a", "b", "c", "d", "e", "f", "", "long-member", "-1", "100000"]).to_owned(),
        },
        "F" => float(random),
        // Far away, so that nothing expires on one side first; or long past.
        "T" => pick(random, &["100000", "200000", "300000", "0", "-5", "1.5", "9223372036854776"]).to_owned(),
        "M" => pick(random, &["100000000", "200000499", "0", "-5", "1.5", "9223372036854775807"]).to_owned(),
        "A" => pick(random, &["4000000000", "4000000001", "5000000000", "1", "1000000000"]).to_owned(),
        "A000" => {
            pick(random, &["9223372036854775807", "4000000000000", "4000000001499", "5000000000500", "1"])
                .to_owned()
        }
        "D" => pick(random, &["0", "1", "15", "16", "-1", "x", "3000000000"]).to_owned(),
        "O" => {
            let words = [
                "nx",
                "xx",
                "get",
                "GET",
                "keepttl",
                "ex 100000",
                "px 100000000",
                "exat 4000000000",
                "pxat 4000000000000",
                "exat 1",
                "ex 0",
                "px -1",
                "ex abc",
                "ex",
                "foo",
                "persist",
                "type",
                "match",
                "count",
            ];
            return pick(random, &words).split(' ').map(|word| word.as_bytes().to_vec()).collect();
        }
        "E" => pick(random, &["nx", "xx", "gt", "lt", "NX", "foo"]).to_owned(),
        "L" => pick(random, &["len", "idx", "withmatchlen", "minmatchlen", "foo"]).to_owned(),
        words if words.contains('|') => {
            let words: Vec<&str> = words.split('|').collect();
            pick(random, &words).to_owned()
        }
        fixed => fixed.to_owned(),
    };
    vec![text.into_bytes()]
}

/// Replies are equal; of a list of keys, their set; of what is left to live, about.
fn is_same(args: &[&[u8]], ours: &[u8], theirs: &[u8]) -> bool {
    let number = |reply: &[u8]| std::str::from_utf8(&reply[1..]).ok()?.trim().parse::<i64>().ok();
    match args[0] {
        b"keys" => {
            let sorted = |reply: &[u8]| {
                let mut keys = read_bulks(reply);
                keys.sort();
                keys
            };
            ours[0] == theirs[0] && sorted(ours) == sorted(theirs)
        }
        // COPY leaves the reference an integer that it does not share.
        b"object" if args[1] == b"refcount" => ours[0] == theirs[0],
        b"ttl" | b"expiretime" | b"pexpiretime" => {
            ours == theirs || number(ours).zip(number(theirs)).is_some_and(|(a, b)| a.abs_diff(b) <= 1000)
        }
        // Lists are listpacks since 7.2 only.
        b"object" if theirs == b"$9\r\nquicklist\r\n" => [&b"$8\r\nlistpack\r\n"[..], theirs].contains(&ours),
        // What sorts alike comes in any order.
        b"sort" if args.contains(&&b"by"[..]) && args.contains(&&b"alpha"[..]) => {
            let sorted = |reply: &[u8]| {
                let mut lines: Vec<Vec<u8>> = reply.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
                lines.sort();
                lines
            };
            sorted(ours) == sorted(theirs)
        }
        // Times since a delivery.
        b"xpending" | b"xclaim" => {
            let lines =
                |reply: &[u8]| String::from_utf8_lossy(reply).lines().map(str::to_owned).collect::<Vec<_>>();
            let (ours, theirs) = (lines(ours), lines(theirs));
            let is_near = |(a, b): (&String, &String)| {
                a == b
                    || a.starts_with(':')
                        && b.starts_with(':')
                        && number(a.as_bytes())
                            .zip(number(b.as_bytes()))
                            .is_some_and(|(a, b)| a.abs_diff(b) < 500)
            };
            ours.len() == theirs.len() && ours.iter().zip(&theirs).all(is_near)
        }
        // Tables have no order; neither have small sets at the oracle, which are tables there.
        b"smembers" | b"sinter" | b"sunion" | b"sdiff" | b"spop" | b"srandmember" | b"sscan" | b"hgetall"
        | b"hkeys" | b"hvals" | b"hrandfield" | b"hscan" => {
            let sorted = |reply: &[u8]| {
                let mut lines: Vec<Vec<u8>> = reply.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
                lines.sort();
                lines
            };
            ours[0] == theirs[0] && sorted(ours) == sorted(theirs)
        }
        _ => ours == theirs,
    }
}

#[test]
#[ignore = "needs a redis-server: see the head of the file"]
fn oracle_agrees() {
    compare(TEMPLATES);
}

#[test]
#[ignore = "needs a redis-server: see the head of the file"]
fn oracle_agrees_on_sets_and_hashes() {
    compare(COLLECTIONS);
}

/// Commands that make the consumers of a command beforehand: since 7.2 they come to be even if they get nothing.
fn consumers_of<'a>(args: &[&'a [u8]]) -> Vec<[&'a [u8]; 5]> {
    let (keys, at): (&[&[u8]], usize) = match args[0] {
        b"xclaim" | b"xautoclaim" => (&args[1..2], 2),
        b"xreadgroup" if args[1] == b"group" => (&args[4..], 2),
        _ => return Vec::new(),
    };
    let keys = keys.iter().filter(|key| matches!(key, [b'a'..=b'e']));
    keys.map(|key| [&b"xgroup"[..], b"createconsumer", key, args[at], args[at + 1]]).collect()
}

fn compare(templates: &[&str]) {
    let make = |random: &mut Random| fill(templates[random.below(templates.len() as u64) as usize], random);
    agree(ROUNDS, make, is_same);
}

/// Runs random commands on both sides, in either protocol, until something differs.
pub(super) fn agree(
    rounds: usize,
    make: impl Fn(&mut Random) -> Vec<Vec<u8>>,
    is_same: impl Fn(&[&[u8]], &[u8], &[u8]) -> bool,
) {
    let _one_at_a_time = ORACLE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut oracle = Oracle::connect();
    for stripes in [1, 16] {
        oracle.ask(&[b"FLUSHALL"]);
        let dirty = oracle.dirty();
        let mut server = Server::with_stripes(stripes);
        if stripes > 1 {
            oracle.ask(&[b"HELLO", b"3"]);
            server.resp3();
        }
        let mut random = Random::new(stripes as u64 + 40);
        for round in 0..rounds {
            let words = make(&mut random);
            let args: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
            server.now_ms = now_ms();
            for make in consumers_of(&args) {
                server.run_args(&make);
                oracle.ask(&make);
            }
            let (ours, theirs) = (server.run_to_the_end(&args), oracle.ask(&args));
            let line: Vec<_> = args.iter().map(|arg| String::from_utf8_lossy(arg)).collect();
            let (ours_text, theirs_text) = (String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs));
            assert!(
                is_same(&args, &ours, &theirs),
                "{round}: {line:?}\nours {ours_text}\ntheirs {theirs_text}"
            );
            assert_eq!(server.all_events(), oracle.events(), "{round}: events of {line:?}");
            if round % DIRTY_EVERY == 0 {
                assert_eq!(server.dirty(), oracle.dirty() - dirty, "{round}: changes by {line:?}");
            }
        }
        assert_eq!(server.dirty(), oracle.dirty() - dirty, "number of changes");
    }
}
