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
use hematite_structures::stream::{NodeLimits, Stream, StreamId, Trim};
use hematite_structures::text_set::TextSet;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// What a keyspace holds: by database and key, a text that tells type, expiry and contents.
type Contents = BTreeMap<(usize, Vec<u8>), String>;

fn describe(entry: &Entry) -> String {
    let contents = match entry.string() {
        Ok(text) => format!("{:?}", text.bytes(&mut Default::default())),
        Err(_) => {
            let Body::Value(value) = entry.body() else { unreachable!("not a string") };
            elements(value).join(" ")
        }
    };
    describe_head(entry) + &contents
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

/// Writes frames: 0 and a database; 1, a key and a description; 2, a key, the head of a description, how many elements, and
/// the elements. Texts stand behind their lengths.
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
    fn pieces(&self, entry: &Entry, out: &mut Vec<u8>) -> Option<Box<dyn PieceEncoder>> {
        let Body::Value(value) = entry.body() else { unreachable!("a table") };
        if matches!(value, Value::List(_)) {
            return None;
        }
        out.push(2);
        put_text(out, entry.name());
        put_text(out, describe_head(entry).as_bytes());
        put_text(out, elements(value).len().to_string().as_bytes());
        Some(Box::new(FramedPieces::default()))
    }
}

/// Writes descriptions of elements, and sees that nodes and values of arrays come in their order.
#[derive(Default)]
struct FramedPieces {
    last: Option<StreamId>,
    last_index: Option<u64>,
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
    fn end(&mut self, out: &mut Vec<u8>) {
        put_text(out, b"end");
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
            let mut elements: Vec<String> = (0..count).map(|_| text()).collect();
            assert_eq!(text(), "end");
            elements.sort();
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

const LIMITS: HashLimits = HashLimits { listpack_entries_max: 8, listpack_value_bytes_max: 64 };

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
                change_keys(&mut view, what, n, &key, &other);
            }
        }
    }
}

fn change_keys(view: &mut crate::View<'_>, what: u64, n: u64, key: &[u8], other: &[u8]) {
    let at = view.now_ms + n as i64;
    match what {
        3..=5 => {
            let expiry = [Expiry::Keep, Expiry::Never, Expiry::At(at)][n as usize % 3];
            let text = vec![b'x'; n as usize * if n.is_multiple_of(5) { 40 } else { 1 }];
            view.set_string(key, &text, expiry);
        }
        6 => {
            view.delete(key, n.is_multiple_of(2));
        }
        7 => {
            view.rename(key, other, true);
        }
        8 => {
            if let Some(mut entry) = view.write(key) {
                entry.set_expires_at((n.is_multiple_of(2)).then_some(at));
            }
        }
        9 => {
            let copy = view.peek(key).map(|entry| entry.duplicate(other));
            if let Some(copy) = copy
                && view.peek(other).is_none()
            {
                view.add(copy);
            }
        }
        10 => {
            if let Ok(Some(mut entry)) = view.write_string(key) {
                entry.append(b"more").expect("a string");
            }
        }
        11 => {
            view.read(key);
        }
        12 => {
            view.expire_field(key, format!("field:{}", n % 100).as_bytes());
        }
        16.. => change_table(view, what, n, key),
        _ => change_hash(view, n, key),
    }
}

/// Adds to, changes or takes from a large set, sorted set, list, hash, stream or array.
fn change_table(view: &mut crate::View<'_>, what: u64, n: u64, key: &[u8]) {
    let hasher = view.hasher().clone();
    let (kind, made) = match what {
        16 => (crate::Kind::Set, Value::Set(LooseBox::new(TextSet::new(hasher.clone())))),
        17 => (crate::Kind::SortedSet, Value::SortedSet(LooseBox::new(SortedSet::new(hasher.clone())))),
        18 => (crate::Kind::List, Value::List(LooseBox::new(Quicklist::new(Default::default())))),
        20 => (crate::Kind::Stream, Value::Stream(LooseBox::new(Default::default()))),
        21 => {
            (crate::Kind::Array, Value::Array(LooseBox::new(Array::new(Shape::new(256 << (n % 3), 10, 5)))))
        }
        _ => (crate::Kind::Hash, Value::Hash(LooseBox::new(crate::HashTable::new(&hasher)))),
    };
    if view.peek(key).is_none_or(|entry| entry.kind() != kind) {
        view.delete(key, true);
        view.add(Entry::new(key, None, NewBody::Value(made)));
    }
    let mut entry = view.write(key).expect("just made");
    let (takes, many) = (n.is_multiple_of(3), n * n % 1500 + 1);
    let is_empty = match entry.value_mut().expect("a collection") {
        Value::Set(set) => {
            for at in n..n + many {
                if takes {
                    set.remove(&at.to_le_bytes())
                } else {
                    set.insert(&at.to_le_bytes())
                };
            }
            set.is_empty()
        }
        Value::SortedSet(set) => {
            for at in n..n + many {
                set.insert(&at.to_le_bytes(), (at * n % 77) as f64);
            }
            if takes {
                set.remove_range(0..many + n, |_, _| ());
            }
            set.is_empty()
        }
        Value::List(list) => {
            (0..many).for_each(|at| list.push_front(&[n as u8; 30][..(at % 30) as usize]));
            for at in 0..many {
                list.set((at * n % many) as i64, &at.to_le_bytes());
            }
            if takes {
                list.delete_range(n as usize, (many + n) as usize);
            }
            list.is_empty()
        }
        Value::Hash(table) => {
            for at in n..n + many {
                let name = at.to_le_bytes();
                if takes {
                    table.fields.remove(&name)
                } else {
                    table.fields.insert(&name, &n.to_le_bytes(), false)
                };
            }
            table.fields.is_empty()
        }
        Value::Stream(stream) => {
            change_stream(stream, n, many / 10);
            false
        }
        Value::Array(array) => {
            change_array(array, n, many);
            array.is_empty()
        }
        _ => false,
    };
    drop(entry);
    if is_empty {
        let taken = view.take(key).and_then(Entry::into_value);
        view.discard(taken);
    }
}

/// Appends entries to a stream, and takes entries from it, now and then all of them.
fn change_stream(stream: &mut Stream, n: u64, many: u64) {
    let limits = NodeLimits { bytes_max: 4096, entries_max: 5 };
    if stream.is_empty() && n.is_multiple_of(2) {
        // As XSETID does: ids that were there may come again.
        stream.last_id = StreamId::MIN;
    }
    for at in 0..many {
        let id = StreamId::new(stream.last_id.ms + 1 + at % 3, n);
        stream.append(id, &[&b"field"[..], &at.to_le_bytes()], limits).expect("a higher id");
    }
    match n % 5 {
        0 => {
            stream.trim(Trim::MaxLen(n * n % 300), n.is_multiple_of(2), 0);
        }
        1 => {
            let ids: Vec<_> = stream.range(StreamId::MIN, StreamId::MAX).map(|entry| entry.id).collect();
            for id in ids.into_iter().step_by(1 + n as usize % 7) {
                stream.delete(id);
            }
        }
        _ => {}
    }
}

/// Sets values of an array, near and far, and takes some away, now and then all of them.
fn change_array(array: &mut Array, n: u64, many: u64) {
    let (start, step) = (n * n % 3000, [1, 1, 7, 300, 1 << 40][n as usize % 5]);
    for at in 0..many {
        array.set(
            start + at * step,
            &[&at.to_le_bytes()[..], &n.to_le_bytes()].concat()[..(at % 16) as usize],
        );
    }
    match n % 7 {
        0 => array.remove_range(n * 3, many * 2 + n),
        1 => array.remove_range(n, u64::MAX - 1),
        2 => array.remove_range(0, u64::MAX - 1),
        _ => u64::from(array.remove(start)),
    };
}

fn change_hash(view: &mut crate::View<'_>, n: u64, key: &[u8]) {
    let hasher = view.hasher();
    let at = view.now_ms + n as i64;
    if view.peek(key).is_none_or(|entry| entry.kind() != crate::Kind::Hash) {
        view.delete(key, true);
        view.add(Entry::new(key, None, NewBody::Value(Value::new_hash())));
    }
    let mut entry = view.write(key).expect("just made");
    let hash = entry.value_mut().expect("a hash");
    for field in 0..n {
        let name = format!("field:{field}");
        hash.set_field(name.as_bytes(), &n.to_le_bytes(), false, &LIMITS, hasher);
        if n.is_multiple_of(3) {
            hash.set_field_expiry(name.as_bytes(), Some(at + field as i64), hasher);
        }
    }
    drop(entry);
    view.note_field_expiry(key);
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
