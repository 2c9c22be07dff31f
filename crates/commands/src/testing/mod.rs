//! Testing: runs commands through their rows as dispatch does, without an engine.
//!
//! The clock stands still at [`START_MS`] until a test moves it. Everything is recorded, so that a test can ask for events,
//! for what the journal would hold, and for the number of changes.

mod oracle;
mod oracle_sorted_set;

use crate::context::GivenUp;
use crate::keys::find_keys;
use crate::spec::{Find, Flags, Spec};
use crate::{Blocking, Context, Error, Row, Settings};
use hematite_base::random::Random;
use hematite_keyspace::{
    Class, Effects, Expiry, Keyspace, Lfu, NewBody, Options, Record, Scope, Value, lru_clock,
};
use hematite_resp::{Encoder, Protocol, split_arguments};

/// Where the clock starts, Unix milliseconds.
pub(crate) const START_MS: i64 = 1_700_000_000_000;

/// A keyspace with one client.
pub(crate) struct Server {
    pub keyspace: Keyspace,
    /// The client's database.
    pub db: usize,
    pub now_ms: i64,
    pub settings: Settings,
    protocol: Protocol,
    random: Random,
    lfu: Lfu,
    pub blocking: Blocking,
    effects: Effects,
    journal: Vec<String>,
    dirty: u64,
}

impl Server {
    /// With one stripe.
    pub fn new() -> Server {
        Server::with_stripes(1)
    }
    pub fn with_stripes(stripes: usize) -> Server {
        Server {
            keyspace: Keyspace::new(&Options { stripes, seed: 7, ..Options::default() }),
            db: 0,
            now_ms: START_MS,
            settings: Settings::default(),
            protocol: Protocol::Resp2,
            random: Random::new(1),
            lfu: Lfu::default(),
            blocking: Blocking::default(),
            effects: Effects { record: Record(7), ..Effects::default() },
            journal: Vec::new(),
            dirty: 0,
        }
    }
    /// As after HELLO 3.
    pub fn resp3(&mut self) {
        self.protocol = Protocol::Resp3;
    }
    /// As with an LFU policy.
    pub fn lfu(&mut self) {
        self.settings.lfu = true;
    }

    /// Runs a line, split as the inline protocol does; the reply's bytes as text.
    pub fn run(&mut self, line: &str) -> String {
        let words = split_arguments(line.as_bytes()).expect("a line that splits");
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        String::from_utf8_lossy(&self.run_args(&words)).into_owned()
    }
    /// From now on commands may not wait, as in a transaction.
    pub fn deny_blocking(&mut self) {
        self.blocking.denied = true;
    }
    /// Runs a line that is to wait: the keys it waits for, and until when. None if it did not wait.
    pub fn waits(&mut self, line: &str) -> Option<(Vec<String>, Option<i64>)> {
        let reply = self.run(line);
        let wait = self.blocking.wait.take()?;
        assert_eq!(reply, "", "a command that waits says nothing");
        let text = |key: &Vec<u8>| String::from_utf8_lossy(key).into_owned();
        Some((wait.keys.iter().map(text).collect(), wait.until_ms))
    }
    /// Runs a command as [`Server::run_args`] does; what waits is answered as its time were over.
    pub fn run_to_the_end(&mut self, args: &[&[u8]]) -> Vec<u8> {
        let mut out = self.run_args(args);
        if let Some(wait) = self.blocking.wait.take() {
            let mut reply = Encoder::new(&mut out, self.protocol);
            match wait.given_up {
                GivenUp::Null => reply.null(),
                GivenUp::NullArray => reply.null_array(),
                GivenUp::Zero => reply.integer(0),
                GivenUp::Durability { .. } => unreachable!("no data command waits for the disk"),
            }
        }
        out
    }
    /// The same for a command that has waited before.
    pub fn waits_again(&mut self, line: &str) -> Option<(Vec<String>, Option<i64>)> {
        self.blocking.again = true;
        let wait = self.waits(line);
        self.blocking.again = false;
        wait
    }
    /// Runs lines and compares their replies.
    #[track_caller]
    pub fn script(&mut self, lines: &[(&str, &str)]) {
        for (line, expected) in lines {
            assert_eq!(self.run(line), *expected, "{line}");
        }
    }
    /// Puts a value under a key, beside all commands.
    pub fn put(&mut self, key: &[u8], value: Value) {
        let mut view = self.keyspace.view(Scope::Everything, self.db, self.now_ms, &mut self.effects);
        view.set(key, NewBody::Value(value), Expiry::Never);
    }
    /// Runs a command; the reply's bytes.
    pub fn run_args(&mut self, args: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        let result = match find_row(args) {
            Some(row) if row.spec.takes(args.len()) => self.dispatch(row, args, &mut out),
            Some(row) => Err(Error::arity(row.spec.name)),
            None => Err(Error::fixed("ERR unknown command")),
        };
        if let Err(error) = result {
            assert!(out.is_empty(), "a handler that fails has written nothing");
            Encoder::new(&mut out, self.protocol).error(&error.text());
        }
        out
    }

    fn dispatch(&mut self, row: &'static Row, args: &[&[u8]], out: &mut Vec<u8>) -> Result<(), Error> {
        let mut found = Vec::new();
        let is_valid = find_keys(&row.spec, args, &mut found).is_ok();
        let keys: Vec<&[u8]> = found.iter().map(|key| args[key.at]).collect();
        let scope = match keys[..] {
            _ if !is_valid => Scope::Nothing,
            _ if needs_everything(&row.spec) => Scope::Everything,
            [] => Scope::Nothing,
            [key] => Scope::Key(key, self.keyspace.hash(key)),
            _ => Scope::Keys(&keys),
        };
        let mut view = self.keyspace.view(scope, self.db, self.now_ms, &mut self.effects);
        let clock = if self.settings.lfu { Lfu::clock(self.now_ms) } else { lru_clock(self.now_ms) };
        view.stamp = Some(clock);
        let Lfu { log_factor, decay_minutes, ref random, .. } = self.lfu;
        view.lfu = self.settings.lfu.then(|| Lfu::new(log_factor, decay_minutes, random.clone()));
        let mut context = Context {
            spec: &row.spec,
            args,
            db: view,
            reply: Encoder::new(out, self.protocol),
            random: &mut self.random,
            settings: &self.settings,
            blocking: &mut self.blocking,
        };
        let result = (row.run)(&mut context);
        if let Some(lfu) = context.db.lfu.take() {
            self.lfu = lfu;
        }
        drop(context);
        self.record(args);
        result
    }

    fn record(&mut self, args: &[&[u8]]) {
        let line = |words: &[Vec<u8>]| {
            words.iter().map(|word| String::from_utf8_lossy(word)).collect::<Vec<_>>().join(" ")
        };
        let instead = self.effects.instead.take();
        if self.effects.dirty > 0 {
            let came = || vec![args.iter().map(|word| word.to_vec()).collect()];
            self.journal.extend(instead.unwrap_or_else(came).iter().map(|words| line(words)));
        }
        self.dirty += std::mem::take(&mut self.effects.dirty);
    }

    /// Events since the last call, but for new keys and misses: class, name, key, and the database if it is not 0.
    pub fn events(&mut self) -> Vec<String> {
        let quiet = [Class::NEW, Class::KEY_MISS];
        let events = std::mem::take(&mut self.effects.events);
        let name = |event: &hematite_keyspace::Event| {
            let db = if event.db == 0 { String::new() } else { format!("@{}", event.db) };
            let key = String::from_utf8_lossy(&event.key);
            format!("{} {} {key}{db}", class_letter(event.class), event.name)
        };
        events.iter().filter(|event| !quiet.contains(&event.class)).map(name).collect()
    }
    /// All events since the last call: name, key and database.
    pub fn all_events(&mut self) -> Vec<(String, Vec<u8>, usize)> {
        let events = std::mem::take(&mut self.effects.events);
        events.into_iter().map(|event| (event.name.to_owned(), event.key.into_vec(), event.db)).collect()
    }
    /// What the journal would hold since the last call.
    pub fn journal(&mut self) -> Vec<String> {
        std::mem::take(&mut self.journal)
    }
    /// Number of changes so far.
    pub fn dirty(&self) -> u64 {
        self.dirty
    }
}

/// The row of a command, a subcommand's before its container's.
fn find_row(args: &[&[u8]]) -> Option<&'static Row> {
    let lower = |word: &[u8]| String::from_utf8_lossy(word).to_ascii_lowercase();
    let name = lower(args.first()?);
    let full = args.get(1).map(|word| format!("{name}|{}", lower(word)));
    let named = |wanted: &str| crate::rows().find(|row| row.spec.name == wanted);
    full.and_then(|full| named(&full)).or_else(|| named(&name))
}

/// Whether the key specs do not name all keys.
fn needs_everything(spec: &Spec) -> bool {
    spec.flags.has(Flags::TOUCHES_ARBITRARY_KEYS) || spec.keys.iter().any(|key| key.find == Find::Unknown)
}

fn class_letter(class: Class) -> char {
    let letters = [
        (Class::GENERIC, 'g'),
        (Class::STRING, '$'),
        (Class::LIST, 'l'),
        (Class::SET, 's'),
        (Class::HASH, 'h'),
        (Class::ZSET, 'z'),
        (Class::EXPIRED, 'x'),
        (Class::EVICTED, 'e'),
        (Class::STREAM, 't'),
        (Class::ARRAY, 'a'),
        (Class::KEY_MISS, 'm'),
        (Class::MODULE, 'd'),
        (Class::NEW, 'n'),
    ];
    letters.into_iter().find(|(known, _)| *known == class).map_or('?', |(_, letter)| letter)
}

#[test]
fn every_row_is_complete() {
    let mut names = std::collections::BTreeSet::new();
    for row in crate::rows() {
        let spec = &row.spec;
        assert!(names.insert(spec.name), "{} comes twice", spec.name);
        assert!(!spec.summary.is_empty() && !spec.complexity.is_empty() && spec.arity != 0, "{}", spec.name);
        assert_eq!(spec.name, spec.name.to_ascii_lowercase());
        let keys = spec.args.iter().filter_map(|arg| arg.key_spec).max();
        assert!(keys.is_none_or(|last| usize::from(last) < spec.keys.len()), "{}", spec.name);
        let has_subcommands =
            crate::rows().any(|other| other.spec.name.starts_with(&format!("{}|", spec.name)));
        assert!(has_subcommands || spec.reply != "any", "{} does not say what it replies", spec.name);
    }
}

#[test]
fn new_keys_and_misses_are_events() {
    let mut server = Server::new();
    for line in ["get k", "set k v", "rename k j", "ttl k", "object encoding k"] {
        server.run(line);
    }
    let names: Vec<String> = server.all_events().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["keymiss", "new", "set", "new", "rename_from", "rename_to", "keymiss"]);
}

#[test]
fn strings_are_told_from_other_values() {
    let mut server = Server::new();
    server.put(b"list", Value::Intset(hematite_structures::intset::Intset::new()));
    let wrong = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
    for line in [
        "get list",
        "getdel list",
        "getset list v",
        "getex list",
        "getex list ex 0",
        "append list v",
        "strlen list",
        "setrange list 0 v",
        "setrange list 0 ''",
        "getrange list 0 1",
        "substr list 0 1",
        "incr list",
        "decrby list 1",
        "incrbyfloat list x",
        "set list v get",
        "set list v ifeq x",
        "digest list",
        "delifeq list x",
        "increx list",
        "increx list byfloat 1",
    ] {
        assert_eq!(server.run(line), wrong, "{line}");
    }
    assert_eq!(server.dirty(), 0);
    server.script(&[
        ("set other v", "+OK\r\n"),
        ("mget list other", "*2\r\n$-1\r\n$1\r\nv\r\n"),
        ("lcs other list", "-ERR The specified keys must contain string values\r\n"),
        ("delex list ifeq v", "-ERR Key should be of string type if conditions are specified\r\n"),
        ("type list", "+set\r\n"),
        ("object encoding list", "$6\r\nintset\r\n"),
        ("setnx list v", ":0\r\n"),
        ("scan 0 type set", "*2\r\n$1\r\n0\r\n*1\r\n$4\r\nlist\r\n"),
        ("copy list copied", ":1\r\n"),
        ("rename copied renamed", "+OK\r\n"),
        ("type renamed", "+set\r\n"),
        ("delex renamed", ":1\r\n"),
        ("set list v", "+OK\r\n"),
        ("get list", "$1\r\nv\r\n"),
    ]);
}
