//! Snapshots against a model: whatever changes between the writer's steps, what it writes is the state of the epoch.

use super::*;
use crate::entry::{EntryExt, Expiry};
use crate::value::Value;
use crate::view::Scope;
use crate::{Effects, Effort, HashLimits, Options};
use hematite_base::random::Random;
use hematite_structures::array::{Array, Shape, WordText};
use hematite_structures::listpack::{DecimalBuffer, Element};
use hematite_structures::loose::LooseBox;
use hematite_structures::packed::{Body, NewBody};
use hematite_structures::quicklist::{Direction, Quicklist};
use hematite_structures::sorted_set::SortedSet;
use hematite_structures::stream::{Group, NodeLimits, Stream, StreamId, Trim};
use hematite_structures::text_set::TextSet;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

mod changes;

/// What a keyspace holds: by database and key, a text that tells type, expiry and contents.
type Contents = BTreeMap<(usize, Vec<u8>), String>;

fn describe(entry: &Entry) -> String {
    let contents = match entry.string() {
        Ok(text) => format!("{:?}", text.bytes(&mut Default::default())),
        Err(_) => {
            let Body::Value(value) = entry.body() else { unreachable!("not a string") };
            let groups = groups(value).into_iter().map(|(name, group)| describe_group(&name, &group));
            elements(value).into_iter().chain(groups).collect::<Vec<_>>().join(" ")
        }
    };
    describe_head(entry) + &contents
}

/// The groups of a stream.
fn groups(value: &Value) -> Vec<(Box<[u8]>, Group)> {
    let Value::Stream(stream) = value else { return Vec::new() };
    stream.groups().map(|(name, group)| (name.into(), group.clone())).collect()
}

fn describe_group(name: &[u8], group: &Group) -> String {
    let pending: Vec<_> = group.pending_range(StreamId::MIN, StreamId::MAX).collect();
    let consumers: Vec<_> = group
        .consumers()
        .map(|(_, consumer)| (consumer.name(), consumer.pending_ids(StreamId::MIN).collect::<Vec<_>>()))
        .collect();
    format!("{name:?} {:?} {pending:?} {consumers:?}", group.last_id)
}

fn describe_head(entry: &Entry) -> String {
    format!("{:?} {:?} ", entry.kind(), entry.expires_at())
}

/// The elements of a collection as texts; in order, but for those of a list.
fn elements(value: &Value) -> Vec<String> {
    let mut texts: Vec<String> = match value {
        Value::List(list) => {
            let mut texts = Vec::new();
            let _: ControlFlow<()> = list.for_each(0, list.len(), Direction::Forward, |element| {
                texts.push(format!("{element:?}"));
                ControlFlow::Continue(())
            });
            return texts;
        }
        Value::Set(set) => set.iter().map(|member| describe_piece(Piece::Member(member))).collect(),
        Value::SortedSet(set) => {
            set.iter().map(|(member, score)| describe_piece(Piece::Scored(member, score))).collect()
        }
        Value::Stream(stream) => {
            stream.nodes().map(|(id, node)| describe_piece(Piece::Node(id, node))).collect()
        }
        Value::Array(array) => {
            let mut texts = Vec::new();
            array.for_each(|index, word| texts.push(describe_piece(Piece::Slot(index, word))));
            texts
        }
        _ => {
            let (hash, mut digits) = (value.as_hash().expect("nothing else"), DecimalBuffer::new());
            let mut text = |(name, value, at): (Element<'_>, _, Option<i64>)| {
                describe_piece(Piece::Field(name.text(&mut digits), value, at.map(|at| at as u64)))
            };
            hash.iter(i64::MIN).map(&mut text).collect()
        }
    };
    texts.sort();
    texts
}

fn describe_piece(piece: Piece<'_>) -> String {
    match piece {
        Piece::Member(member) => format!("{}", member.escape_ascii()),
        Piece::Scored(member, score) => format!("{}:{score}", member.escape_ascii()),
        Piece::Field(name, value, None) => format!("{}={value:?}", name.escape_ascii()),
        Piece::Field(name, value, Some(at)) => format!("{}={value:?}@{at}", name.escape_ascii()),
        Piece::Slot(index, word) => {
            format!("{index:020}:{}", word.text(&mut WordText::default()).escape_ascii())
        }
        Piece::ListNode(_) => unreachable!("lists are written at once here"),
        Piece::Node(id, node) => format!("{id:?} {:?}", node.as_bytes()),
    }
}

/// Writes frames: 0 and a database; 1, a key and a description; 2, a key, the head of a description, how many elements and
/// groups, and these. Texts stand behind their lengths.
struct Frames;

fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text);
}

impl EntryEncoder for Frames {
    fn select(&self, db: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0, db as u8]);
    }
    fn entry(&self, entry: &Entry, out: &mut Vec<u8>) {
        out.push(1);
        put_text(out, entry.name());
        put_text(out, describe(entry).as_bytes());
    }
    fn pieces(&self, entry: &mut Entry, out: &mut Vec<u8>) -> Option<Pieces> {
        let frozen = match entry.value_mut() {
            Some(Value::Stream(stream)) => stream.freeze_groups(),
            _ => Vec::new(),
        };
        let Body::Value(value) = entry.body() else { unreachable!("a table") };
        if matches!(value, Value::List(_)) {
            return None;
        }
        out.push(2);
        put_text(out, entry.name());
        put_text(out, describe_head(entry).as_bytes());
        let count = elements(value).len();
        Some(Pieces {
            before: Some(Box::new(FramedCounts(vec![count, frozen.len()]))),
            elements: Box::new(FramedPieces { groups: frozen, ..FramedPieces::default() }),
        })
    }
}

/// Writes how many elements and groups follow.
struct FramedCounts(Vec<usize>);

impl Steps for FramedCounts {
    fn step(&mut self, out: &mut Vec<u8>) -> bool {
        put_text(out, self.0.remove(0).to_string().as_bytes());
        !self.0.is_empty()
    }
}

/// Writes descriptions of groups.
struct FramedGroups(Vec<(Box<[u8]>, Group)>);

impl Steps for FramedGroups {
    fn step(&mut self, out: &mut Vec<u8>) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let (name, group) = self.0.remove(0);
        put_text(out, describe_group(&name, &group).as_bytes());
        true
    }
}

/// Writes descriptions of elements, and sees that nodes and values of arrays come in their order.
#[derive(Default)]
struct FramedPieces {
    last: Option<StreamId>,
    last_index: Option<u64>,
    groups: Vec<(Box<[u8]>, Group)>,
}

impl PieceEncoder for FramedPieces {
    fn piece(&mut self, piece: Piece<'_>, out: &mut Vec<u8>) {
        if let Piece::Node(id, _) = piece {
            assert!(self.last.replace(id).is_none_or(|last| last < id), "out of order");
        }
        if let Piece::Slot(index, _) = piece {
            assert!(self.last_index.replace(index).is_none_or(|last| last < index), "out of order");
        }
        put_text(out, describe_piece(piece).as_bytes());
    }
    fn end(self: Box<Self>, out: &mut Vec<u8>) -> Option<Box<dyn Steps>> {
        put_text(out, b"end");
        Some(Box::new(FramedGroups(self.groups)))
    }
}

fn read_frames(mut bytes: &[u8]) -> Contents {
    let mut contents = Contents::new();
    let mut db = None;
    let take = |bytes: &mut &[u8], len: usize| {
        let (part, rest) = bytes.split_at(len);
        *bytes = rest;
        part.to_vec()
    };
    while !bytes.is_empty() {
        let tag = take(&mut bytes, 1);
        if tag == [0] {
            db = Some(take(&mut bytes, 1)[0] as usize);
            continue;
        }
        let mut part = || {
            let len = u32::from_le_bytes(take(&mut bytes, 4).try_into().expect("four bytes"));
            take(&mut bytes, len as usize)
        };
        let key = (db.expect("a database was selected"), part());
        let mut text = || String::from_utf8(part()).expect("a text");
        let mut description = text();
        if tag == [2] {
            let count: usize = text().parse().expect("a number");
            let groups: usize = text().parse().expect("a number");
            let mut elements: Vec<String> = (0..count).map(|_| text()).collect();
            assert_eq!(text(), "end");
            elements.sort();
            elements.extend((0..groups).map(|_| text()));
            description += &elements.join(" ");
        }
        let text = description;
        assert!(contents.insert(key, text).is_none(), "a key was saved twice");
    }
    contents
}

fn contents(keyspace: &Keyspace) -> Contents {
    let mut contents = Contents::new();
    for db in 0..keyspace.databases() {
        keyspace.for_each(db, i64::MIN, |entry| {
            contents.insert((db, entry.name().to_vec()), describe(entry));
        });
    }
    contents
}

struct Program {
    keyspace: Keyspace,
    random: Random,
    now_ms: i64,
}

impl Program {
    fn key(&mut self) -> Vec<u8> {
        format!("key:{}", self.random.below(120)).into_bytes()
    }

    /// One random change.
    fn change(&mut self) {
        let (key, other, db) = (self.key(), self.key(), self.random.below(3) as usize);
        let (what, n) = (self.random.below(22), self.random.below(400));
        let mut effects = Effects::default();
        match what {
            0 => drop(self.keyspace.flush((n > 30).then_some(db))),
            1 if n < 100 => self.keyspace.swap(db, (db + 1) % 3),
            2 => {
                self.now_ms += n as i64;
                let effort = Effort { keys_max: 50, keys_per_lock_max: 10 };
                let stripes = self.keyspace.stripes();
                self.keyspace.expire_some(&mut (0..stripes), self.now_ms, effort, &mut effects);
            }
            _ => {
                let mut view = self.keyspace.view(Scope::Everything, db, self.now_ms, &mut effects);
                changes::change_keys(&mut view, what, n, &key, &other);
            }
        }
    }
}

/// Runs a snapshot among changes; whether what it wrote is the epoch's state.
fn run(seed: u64, steps_per_change: u64) {
    let keyspace = Keyspace::new(&Options { databases: 3, stripes: 1 << (seed % 4), seed });
    let mut program = Program { keyspace, random: Random::new(seed), now_ms: 1_000 };
    for _ in 0..300 {
        program.change();
    }
    for round in 0..4 {
        let expected = contents(&program.keyspace);
        let mut snapshot =
            program.keyspace.begin_snapshot(program.keyspace.sizes(), Box::new(Frames)).expect("none runs");
        assert_eq!(snapshot.total() as usize, expected.len());
        let mut out = Vec::new();
        let mut goes_on = true;
        while goes_on {
            if program.random.below(4) > 0 {
                program.change();
            }
            if round == 1 && program.random.below(60) == 0 {
                snapshot.cancel();
            }
            if program.random.below(steps_per_change) == 0 {
                // A budget of what is there and one byte: the smallest step.
                let budget = out.len() + 1;
                goes_on = snapshot.step(&program.keyspace, &mut out, budget);
            }
        }
        let was_cancelled = snapshot.epoch.is_cancelled.load(Relaxed);
        if !was_cancelled {
            assert_eq!(snapshot.saved(), snapshot.total());
            assert!(read_frames(&out) == expected, "seed {seed}, round {round}");
        }
        assert!(!program.keyspace.has_snapshot());
        let parity = program.keyspace.phase.parity();
        for db in 0..3 {
            program.keyspace.for_each(db, i64::MIN, |entry| {
                assert_eq!(entry.owner_flags() & PARITY, parity, "{:?}", entry.name());
            });
        }
    }
}

#[test]
fn a_snapshot_is_the_state_at_its_epoch() {
    for seed in 0..30 {
        run(seed, 1 + seed % 5);
    }
}

#[test]
fn there_is_one_snapshot_at_a_time() {
    let keyspace = Keyspace::new(&Options { databases: 1, stripes: 2, seed: 1 });
    let mut first = keyspace.begin_snapshot(keyspace.sizes(), Box::new(Frames)).expect("none runs");
    assert!(keyspace.begin_snapshot(keyspace.sizes(), Box::new(Frames)).is_none());
    let mut out = Vec::new();
    while first.step(&keyspace, &mut out, usize::MAX) {}
    assert!(out.is_empty());
    assert!(!first.step(&keyspace, &mut out, usize::MAX), "it stays at its end");
    assert!(keyspace.begin_snapshot(keyspace.sizes(), Box::new(Frames)).is_some());
}

#[test]
fn large_values_move_to_the_writer() {
    let keyspace = Keyspace::new(&Options { databases: 1, stripes: 1, seed: 1 });
    let mut effects = Effects::default();
    let mut view = keyspace.view(Scope::Everything, 0, 0, &mut effects);
    view.set_string(b"deleted", &[b'd'; 100_000], Expiry::Never);
    view.set_string(b"overwritten", &[b'o'; 100_000], Expiry::At(77));
    drop(view);
    let expected = contents(&keyspace);
    let mut snapshot = keyspace.begin_snapshot(keyspace.sizes(), Box::new(Frames)).expect("none runs");
    let mut view = keyspace.view(Scope::Everything, 0, 0, &mut effects);
    assert!(view.delete(b"deleted", false));
    view.set_string(b"overwritten", b"new", Expiry::Keep);
    assert_eq!(view.peek(b"overwritten").and_then(|e| e.expires_at()), Some(77));
    drop(view);
    assert_eq!(snapshot.epoch.moved.lock().len(), 2, "nothing was encoded on the spot");
    let mut out = Vec::new();
    while snapshot.step(&keyspace, &mut out, usize::MAX) {}
    assert!(read_frames(&out) == expected);
}

#[test]
fn tables_are_read_on_wherever_they_go() {
    let keyspace = Keyspace::new(&Options { databases: 3, stripes: 8, seed: 1 });
    let mut effects = Effects::default();
    let mut change = |db: usize, f: &dyn Fn(&mut crate::View<'_>)| {
        f(&mut keyspace.view(Scope::Everything, db, 0, &mut effects));
    };
    let add = |view: &mut crate::View<'_>, n, key: &[u8]| changes::change_keys(view, 16, n, key, b"");
    change(0, &|view| [&b"a"[..], b"b"].iter().for_each(|key| add(view, 37, key)));
    let expected = contents(&keyspace);
    let mut snapshot = keyspace.begin_snapshot(keyspace.sizes(), Box::new(Frames)).expect("none runs");
    let mut out = Vec::new();
    let mut step = |snapshot: &mut Snapshot| {
        let budget = out.len() + 1;
        snapshot.step(&keyspace, &mut out, budget)
    };
    change(0, &|view| assert!(view.rename(b"a", b"c", true)));
    for _ in 0..3 {
        assert!(step(&mut snapshot));
    }
    change(0, &|view| {
        add(view, 38, b"c");
        assert!(view.rename(b"c", b"b", true), "over another one");
        add(view, 40, b"a");
        let entry = view.take_to_move(b"b").expect("just renamed");
        view.in_db(1, |view| drop(view.add(entry)));
    });
    keyspace.swap(1, 2);
    assert!(step(&mut snapshot));
    change(2, &|view| {
        assert!(view.rename(b"b", b"a", true));
        add(view, 41, b"a");
    });
    assert!(step(&mut snapshot));
    assert_eq!(snapshot.preimage_bytes(), 0, "nothing was read to its end");
    keyspace.flush(Some(2));
    while step(&mut snapshot) {}
    assert!(snapshot.epoch.whereabouts.lock().is_empty());
    assert!(read_frames(&out) == expected);
}
