//! Whole command streams against the engine, beside a model of strings: replies and contents agree, and what arrives in chunks
//! is answered as what arrives at once.
//!
//! The input is a program. A known command is one opcode, keys and small values from the bytes behind it; its reply is known
//! from the model. Another opcode takes raw bytes as arguments of any command of the table: the engine must answer with
//! exactly one reply and stay consistent; the model is then read back from the engine.
#![no_main]

use hematite_commands::spec::{Flags, Spec};
use hematite_engine::{Engine, Flow, Now, Options, Peer, Session, Transport, Wake, Worker};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

const KEYS: u8 = 6;
const COMMANDS_MAX: usize = 60;

/// What may be called besides the known commands.
static NAMES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();

struct NoWake;
impl Wake for NoWake {
    fn wake(&self, _: u64) {}
}

fn now() -> Now {
    Now { unix_ms: 1_700_000_000_000, mono_us: 0 }
}

struct Client {
    worker: Worker,
    session: Session,
}

impl Client {
    fn new() -> Client {
        let keyspace = hematite_keyspace::Options { stripes: 4, seed: 3, ..Default::default() };
        let mut worker = Engine::new(Options { keyspace, ..Options::default() }).worker();
        let peer = Peer {
            transport: Transport::InProcess,
            addr: String::new(),
            laddr: String::new(),
            fd: -1,
            local: true,
        };
        let session = worker.open(peer, Arc::new(NoWake), now()).expect("no limit in process");
        Client { worker, session }
    }

    /// Feeds bytes and takes all replies; the flow says whether the session goes on.
    fn feed(&mut self, bytes: &[u8]) -> (Vec<u8>, Flow) {
        let mut replies = Vec::new();
        let mut flow = self.worker.feed(&mut self.session, bytes, now());
        loop {
            let mut slices = [std::io::IoSlice::new(&[]); 16];
            let count = self.session.output_slices(&mut slices);
            slices[..count].iter().for_each(|slice| replies.extend_from_slice(slice));
            self.session.consume_output(self.session.output_len());
            if !flow.has(Flow::STALLED) && self.session.output_len() == 0 {
                return (replies, flow);
            }
            flow = self.worker.resume(&mut self.session, now());
        }
    }

    fn call(&mut self, words: &[&[u8]]) -> (Vec<u8>, Flow) {
        self.feed(&frame(words))
    }
}

fn frame(words: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

fn bulk(value: Option<&Vec<u8>>) -> Vec<u8> {
    match value {
        Some(value) => [format!("${}\r\n", value.len()).as_bytes(), value, b"\r\n"].concat(),
        None => b"$-1\r\n".to_vec(),
    }
}

fn integer(n: usize) -> Vec<u8> {
    format!(":{n}\r\n").into_bytes()
}

/// Takes what a program is made of from the input.
struct Source<'a>(&'a [u8]);

impl<'a> Source<'a> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, self.0), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }
    fn key(&mut self) -> Vec<u8> {
        vec![b'k', b'0' + self.byte() % KEYS]
    }
    fn bytes(&mut self) -> &'a [u8] {
        let length = (usize::from(self.byte()) % 80).min(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }
}

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

/// A command that the model knows: its words and the reply that is due.
fn known(source: &mut Source, opcode: u8, model: &mut Model) -> (Vec<Vec<u8>>, Vec<u8>) {
    let (key, other) = (source.key(), source.key());
    let word = |text: &str| text.as_bytes().to_vec();
    match opcode % 9 {
        0 => {
            let value = source.bytes().to_vec();
            model.insert(key.clone(), value.clone());
            (vec![word("SET"), key, value], b"+OK\r\n".to_vec())
        }
        1 => (vec![word("GET"), key.clone()], bulk(model.get(&key))),
        2 => {
            let removed = [&key, &other].iter().filter(|each| model.remove(**each).is_some()).count();
            (vec![word("DEL"), key, other], integer(removed))
        }
        3 => {
            let value = source.bytes().to_vec();
            let now = model.entry(key.clone()).or_default();
            now.extend_from_slice(&value);
            let length = now.len();
            // APPEND of nothing to nothing makes an empty string, as in the reference.
            (vec![word("APPEND"), key, value], integer(length))
        }
        4 => {
            let found = [&key, &other].iter().filter(|each| model.contains_key(**each)).count();
            (vec![word("EXISTS"), key, other], integer(found))
        }
        5 => match model.remove(&key) {
            Some(value) => {
                model.insert(other.clone(), value);
                (vec![word("RENAME"), key, other], b"+OK\r\n".to_vec())
            }
            None => (vec![word("RENAME"), key, other], b"-ERR no such key\r\n".to_vec()),
        },
        6 => {
            let reply = [b"*2\r\n".to_vec(), bulk(model.get(&key)), bulk(model.get(&other))].concat();
            (vec![word("MGET"), key, other], reply)
        }
        7 => {
            let (one, two) = (source.bytes().to_vec(), source.bytes().to_vec());
            model.insert(key.clone(), one.clone());
            model.insert(other.clone(), two.clone());
            (vec![word("MSET"), key, one, other, two], b"+OK\r\n".to_vec())
        }
        _ => (vec![word("STRLEN"), key.clone()], integer(model.get(&key).map_or(0, Vec::len))),
    }
}

/// Where one reply ends; `None` if the bytes are no whole reply.
fn reply_end(bytes: &[u8], at: usize) -> Option<usize> {
    let line = at + bytes.get(at..)?.windows(2).position(|pair| pair == b"\r\n")?;
    let count = || std::str::from_utf8(&bytes[at + 1..line]).ok()?.parse::<i64>().ok();
    let next = line + 2;
    match bytes[at] {
        b'+' | b'-' | b':' | b'_' | b',' | b'#' | b'(' => Some(next),
        b'$' | b'=' | b'!' => match count()? {
            -1 => Some(next),
            length => Some(next + usize::try_from(length).ok()? + 2).filter(|end| *end <= bytes.len()),
        },
        mark @ (b'*' | b'%' | b'~' | b'>') => {
            let items = count()?.max(0) * if mark == b'%' { 2 } else { 1 };
            (0..items).try_fold(next, |at, _| reply_end(bytes, at))
        }
        _ => None,
    }
}

/// A command of any name with any arguments. What changes the session or waits is left to other tests.
fn foreign(client: &mut Client, source: &mut Source, names: &[Vec<u8>]) {
    let name = &names[usize::from(source.byte()) % names.len()];
    let mut words = vec![name.clone()];
    for _ in 0..source.byte() % 6 {
        words.push(if source.byte() % 2 == 0 { source.key() } else { source.bytes().to_vec() });
    }
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    let (reply, flow) = client.call(&words);
    assert_eq!(flow, Flow::CONTINUE, "{words:?}");
    assert_eq!(
        reply_end(&reply, 0),
        Some(reply.len()),
        "{words:?} answered {}",
        String::from_utf8_lossy(&reply)
    );
}

/// Reads the model back: strings as they are; keys of other types are deleted.
fn reread(client: &mut Client) -> Model {
    let mut model = Model::new();
    for n in 0..KEYS {
        let key = vec![b'k', b'0' + n];
        let (reply, _) = client.call(&[b"GET", &key]);
        // A key with a time to live that has to do with the model's clock would leave it unseen.
        client.call(&[b"PERSIST", &key]);
        match reply.first() {
            Some(b'$') if reply != b"$-1\r\n" => {
                let begin = reply.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
                model.insert(key, reply[begin..reply.len() - 2].to_vec());
            }
            Some(b'-') => drop(client.call(&[b"DEL", &key])),
            _ => {}
        }
    }
    model
}

fuzz_target!(|input: &[u8]| {
    let mut source = Source(input);
    let (mut client, mut chunked) = (Client::new(), Client::new());
    let names = NAMES.get_or_init(data_commands);
    let mut model = Model::new();
    let mut stream = Vec::new();
    let mut expected = Vec::new();
    for _ in 0..COMMANDS_MAX {
        if source.0.is_empty() {
            break;
        }
        let opcode = source.byte();
        if opcode >= 200 {
            foreign(&mut client, &mut source, names);
            model = reread(&mut client);
            // From here on the two engines differ.
            (stream, expected) = (Vec::new(), Vec::new());
            chunked = Client::new();
            continue;
        }
        let is_new = stream.is_empty() && !model.is_empty();
        if is_new {
            for (key, value) in &model {
                chunked.call(&[b"SET", key, value]);
            }
        }
        let (words, reply) = known(&mut source, opcode, &mut model);
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let (answer, flow) = client.call(&words);
        assert_eq!(flow, Flow::CONTINUE);
        assert_eq!(String::from_utf8_lossy(&answer), String::from_utf8_lossy(&reply), "{words:?}");
        stream.extend(frame(&words));
        expected.extend(reply);
    }
    let stride = input.len() % 23 + 1;
    let answers: Vec<u8> = stream.chunks(stride).flat_map(|chunk| chunked.feed(chunk).0).collect();
    assert_eq!(
        String::from_utf8_lossy(&answers),
        String::from_utf8_lossy(&expected),
        "in chunks of {stride}"
    );
});

/// Names of the table's commands that work on keys and answer exactly once, at once.
fn data_commands() -> Vec<Vec<u8>> {
    let elsewhere = Flags::BLOCKING.or(Flags::PUBSUB).or(Flags::ADMIN);
    let is_data = |spec: &Spec| !spec.keys.is_empty() && !spec.flags.has(elsewhere);
    let engine = Engine::default();
    engine
        .table()
        .iter()
        .filter(|command| is_data(command.spec))
        .map(|command| command.spec.name.into())
        .collect()
}
