//! Files of every type: both ways, cut at every byte, with every byte flipped.

use super::*;
use crate::{dump, restore};
use hematite_base::number::Digits;
use hematite_keyspace::{Body, Entry, EntryExt, HashTable, NewBody, Value, string_body};
use hematite_structures::array::{Array, INDEX_MAX, WordText};
use hematite_structures::intset::Intset;
use hematite_structures::listpack::Listpack;
use hematite_structures::loose::LooseBox;
use hematite_structures::quicklist::{Direction, Quicklist};
use hematite_structures::sorted_set::SortedSetBuilder;
use hematite_structures::stream::{Group, IdempotencyLimits, NodeLimits, Stream, StreamId};
use hematite_structures::text_set::TextSet;

mod pieces;

const NOW_MS: i64 = 1_700_000_000_000;

pub(super) fn encodings() -> Encodings {
    Encodings::new(Hasher::new(7))
}

/// What an entry says, in one form whatever its encoding.
pub(super) fn tell(entry: &Entry) -> String {
    let mut parts: Vec<String> = Vec::new();
    let text = |e: hematite_structures::listpack::Element<'_>| e.to_vec().escape_ascii().to_string();
    match entry.body() {
        Body::Value(Value::Stream(stream)) => {
            parts.push(tell_stream(stream));
        }
        Body::Value(Value::Array(array)) => {
            parts.push(format!("{:?}", array.cursor));
            array.for_each(|index, word| {
                let mut space = WordText::default();
                parts.push(format!("{index}={}", word.text(&mut space).escape_ascii()));
            });
        }
        Body::Value(Value::ListPacked(pack)) => parts.extend(pack.iter().map(text)),
        Body::Value(Value::List(list)) => {
            let mut walk = list.iter(Direction::Forward);
            while let Some(element) = walk.next() {
                parts.push(text(element));
            }
        }
        Body::Value(value) => {
            if let Ok(set) = value.as_set() {
                parts.extend(set.iter().map(text));
                parts.sort();
            } else if let Ok(hash) = value.as_hash() {
                parts.extend(hash.iter(0).map(|(f, v, at)| format!("{}={} {at:?}", text(f), text(v))));
                parts.sort();
            } else if let Some(set) = sorted_set::SortedSetRef::of_value(value) {
                parts.extend(set.iter().map(|(m, s)| format!("{}:{s}", text(m))));
            } else if let Some(long) = value.as_text() {
                parts.push(long.escape_ascii().to_string());
            }
        }
        _ => parts.push(entry.string().unwrap().bytes(&mut Digits::default()).escape_ascii().to_string()),
    }
    format!("{} {:?} {:?} {}", entry.name().escape_ascii(), entry.kind(), entry.expires_at(), parts.join(","))
}

fn sparse_array() -> Array {
    let mut array = Array::default();
    let texts: [&[u8]; 8] =
        [b"", b"17", b"-1", b"3.25", b"3.141592653589793", b"a text of its own", b"\0\xff", b"1.0"];
    (0..30u64).for_each(|n| assert!(array.set(n * n * n, texts[n as usize % texts.len()])));
    assert!(array.set(1 << 40, &i64::MAX.to_string().into_bytes()));
    array
}

fn exhausted_array() -> Array {
    let mut array = Array::default();
    array.set(INDEX_MAX, b"the last one");
    array.cursor = Some(INDEX_MAX);
    array
}

fn tell_stream(stream: &Stream) -> String {
    let entries = stream.range(StreamId::MIN, StreamId::MAX);
    let entries: Vec<String> = entries
        .map(|e| {
            format!("{:?} {:?}", e.id, e.pairs().map(|(f, v)| (f.to_vec(), v.to_vec())).collect::<Vec<_>>())
        })
        .collect();
    let groups: Vec<String> = stream
        .groups()
        .map(|(name, group)| {
            let consumers: Vec<_> = group
                .consumers()
                .map(|(_, c)| (c.name().to_vec(), c.seen_time_ms, c.active_time_ms))
                .collect();
            let pending: Vec<_> = group
                .pending_range(StreamId::MIN, StreamId::MAX)
                .map(|(id, p)| {
                    let owner = group.consumer(p.consumer()).map(|c| c.name().to_vec());
                    (id, p.claim_order(), p.delivery_count, owner)
                })
                .collect();
            format!("{name:?} {:?} {:?} {consumers:?} {pending:?}", group.last_id, group.entries_read)
        })
        .collect();
    let figures = (stream.last_id, stream.max_deleted_id, stream.entries_added);
    let known = stream.idempotency().map(|known| {
        (known.limits(), known.added, known.duplicates, format!("{:?}", known.iter().collect::<Vec<_>>()))
    });
    format!("{entries:?} {figures:?} {groups:?} {known:?}")
}

pub(super) fn pack(elements: &[&str]) -> Listpack {
    let mut pack = Listpack::new();
    elements.iter().for_each(|e| pack.push_back(e.as_bytes()).unwrap());
    pack
}

fn stream() -> Stream {
    let mut stream = Stream::new();
    let limits = NodeLimits { bytes_max: 4096, entries_max: 3 };
    for n in 1..8u64 {
        stream
            .append(StreamId::new(n, n * n), &["f", &n.to_string(), "long", &"v".repeat(30)], limits)
            .unwrap();
    }
    stream.delete(StreamId::new(4, 16));
    let mut group = Group::new(StreamId::new(5, 25), Some(5));
    let (alice, _) = group.consumer_or_create(b"alice", NOW_MS);
    let (_bob, _) = group.consumer_or_create(b"bob", NOW_MS + 5);
    group.consumer_mut(alice).unwrap().active_time_ms = NOW_MS - 7;
    group.assign(StreamId::new(1, 1), alice, NOW_MS + 1, 3);
    group.assign(StreamId::new(5, 25), alice, NOW_MS + 2, 1);
    stream.add_group(b"g1", group);
    stream.add_group(b"g2", Group::new(StreamId::MIN, None));
    stream.add_group(b"g3", shared_group());
    stream
}

/// A group of which several consumers have entries, in turns.
fn shared_group() -> Group {
    let mut group = Group::new(StreamId::new(7, 49), None);
    for n in [6, 1, 5, 2, 7, 3] {
        let (consumer, _) = group.consumer_or_create([&b"x"[..], b"y"][n as usize % 2], NOW_MS);
        group.consumer_mut(consumer).unwrap().active_time_ms = NOW_MS;
        group.assign(StreamId::new(n, n * n), consumer, NOW_MS + n as i64, n);
    }
    group
}

fn with_producers(mut stream: Stream) -> Stream {
    let known = stream.idempotency_or_create(IdempotencyLimits { duration_s: 7, messages_max: 3 });
    for (producer, message) in [("p", "m1"), ("q", "17"), ("p", "m2"), ("p", "m1")] {
        known.record(producer.as_bytes(), message.as_bytes(), StreamId::new(6, 36), 0);
    }
    known.duplicates = 300;
    stream
}

fn with_released(mut stream: Stream) -> Stream {
    let group = stream.group_mut(b"g1").unwrap();
    group.release(StreamId::new(6, 36), 9);
    group.release(StreamId::new(1, 1), u64::MAX);
    stream
}

fn table(count: usize, expiring: bool) -> HashTable {
    let mut table = HashTable::new(&Hasher::new(7));
    for n in 0..count {
        table.fields.insert(
            format!("field{n}").as_bytes(),
            n.to_string().repeat(n % 7 + 1).as_bytes(),
            false,
        );
    }
    if expiring {
        table.fields.set_deadline(b"field1", Some(NOW_MS as u64 + 500));
        table.fields.set_deadline(b"field3", Some(NOW_MS as u64));
    }
    table
}

/// One entry of every type and encoding that this server keeps.
pub(super) fn zoo() -> Vec<Entry> {
    let hasher = Hasher::new(7);
    let mut set = TextSet::new(hasher.clone());
    (0..600).for_each(|n| {
        set.insert(format!("member-{n}").as_bytes());
    });
    let mut large = SortedSetBuilder::new(hasher.clone(), 300);
    for n in 0..300 {
        large.push(format!("m{n}").as_bytes(), f64::from(n) * 0.37 - 50.0);
    }
    large.push(b"top", f64::INFINITY);
    let mut quick = Quicklist::new(encodings().list);
    (0..2000).for_each(|n| quick.push_back(format!("element {n}").as_bytes()));
    quick.append_plain(&[b'p'; 400]);
    let mut integers = Intset::new();
    [-70_000, 1, 5, 9_000_000_000].into_iter().for_each(|n| {
        integers.add(n);
    });
    let value = |v: Value| NewBody::Value(v);
    let long = "long ".repeat(900);
    let noise: Vec<u8> = (0..1500u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let bodies: Vec<(&str, NewBody<'_>)> = vec![
        ("string", NewBody::Bytes(b"hello")),
        ("empty", NewBody::Bytes(b"")),
        ("repeats", NewBody::Bytes(&[b'x'; 100])),
        ("byte", NewBody::Integer(-100)),
        ("short", NewBody::Integer(30_000)),
        ("int", NewBody::Integer(-2_000_000_000)),
        ("wide", NewBody::Integer(i64::MIN)),
        ("long", string_body(long.as_bytes())),
        ("noise", string_body(&noise)),
        ("list packed", value(Value::ListPacked(pack(&["a", "-5", "", "1234567890123"])))),
        ("list", value(Value::List(LooseBox::new(quick)))),
        ("intset", value(Value::Intset(integers))),
        ("set packed", value(Value::SetPacked(pack(&["x", "17", "y"])))),
        ("set", value(Value::Set(LooseBox::new(set)))),
        ("hash packed", value(Value::HashPacked(pack(&["f", "v", "n", "17"])))),
        ("hash", value(Value::Hash(LooseBox::new(table(700, false))))),
        ("hash expiring", value(Value::Hash(LooseBox::new(table(20, true))))),
        (
            "zset packed",
            value(Value::SortedSetPacked(pack(&["a", "-inf", "b", "-1.5", "c", "3", "d", "3", "e", "inf"]))),
        ),
        ("zset", value(Value::SortedSet(LooseBox::new(large.finish())))),
        ("stream", value(Value::Stream(LooseBox::new(stream())))),
        ("stream without entries", value(Value::Stream(LooseBox::new(Default::default())))),
        ("stream with producers", value(Value::Stream(LooseBox::new(with_producers(stream()))))),
        ("stream with released entries", value(Value::Stream(LooseBox::new(with_released(stream()))))),
        ("array", value(Value::Array(LooseBox::new(sparse_array())))),
        ("array exhausted", value(Value::Array(LooseBox::new(exhausted_array())))),
    ];
    bodies
        .into_iter()
        .enumerate()
        .map(|(n, (name, body))| {
            Entry::new(name.as_bytes(), (n % 3 == 1).then_some(NOW_MS as u64 + 1000), body)
        })
        .collect()
}

#[derive(Default)]
struct Collected {
    entries: Vec<(usize, Entry)>,
    told: Vec<String>,
}

impl Sink for Collected {
    fn entry(&mut self, db: usize, entry: Entry) -> Result<(), String> {
        self.entries.push((db, entry));
        Ok(())
    }
    fn aux(&mut self, key: &[u8], value: &[u8]) -> Result<(), String> {
        self.told.push(format!("aux {} {}", key.escape_ascii(), value.escape_ascii()));
        Ok(())
    }
    fn function(&mut self, code: &[u8]) -> Result<(), String> {
        self.told.push(format!("function {}", code.escape_ascii()));
        Ok(())
    }
    fn select(&mut self, db: usize) -> Result<(), String> {
        self.told.push(format!("select {db}"));
        Ok(())
    }
    fn sizes(&mut self, db: usize, keys: u64, expires: u64) {
        self.told.push(format!("sizes {db} {keys} {expires}"));
    }
}

/// A source that gives a few bytes at a time.
struct Drops<'a>(&'a [u8], usize);

impl Source for Drops<'_> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        let len = into.len().min(self.1);
        self.0.read(&mut into[..len])
    }
}

fn load(mut source: impl Source, options: LoadOptions) -> Result<(Collected, Summary), crate::Error> {
    let (encodings, mut collected) = (encodings(), Collected::default());
    let summary = Loader::new(&mut source, &encodings, options).run(&mut collected)?;
    Ok((collected, summary))
}

fn options() -> LoadOptions {
    LoadOptions { now_ms: NOW_MS, ..LoadOptions::default() }
}

fn file(entries: &[Entry], options: Options) -> Vec<u8> {
    let mut writer = Writer::new(options);
    writer.aux(b"redis-ver", b"7.2.0");
    writer.aux(b"redis-bits", b"64");
    writer.function(b"#!lua name=lib\nredis.register_function('f', function() return 1 end)");
    writer.select(3, entries.len(), 2);
    let mut file = Vec::new();
    for entry in entries {
        writer.entry(entry);
        if writer.pending() > 1000 {
            file.extend(writer.take(Vec::new()));
        }
    }
    assert_eq!(writer.len(), (file.len() + writer.pending()) as u64);
    file.extend(writer.finish());
    file
}

#[test]
fn what_is_written_is_read() {
    for version in [10, 11, 12, 80] {
        // What Redis 8 brought stands in files of Redis alone.
        let is_old = |entry: &Entry| {
            !matches!(entry.name(), b"stream with producers" | b"stream with released entries")
        };
        let entries: Vec<Entry> =
            zoo().into_iter().filter(|entry| matches!(version, 11 | 12) || is_old(entry)).collect();
        for compression in [true, false] {
            let written = file(&entries, Options { version, compression, ..Options::default() });
            for step in [1, 7, 4096, usize::MAX] {
                let (collected, summary) = load(Drops(&written, step), options()).unwrap();
                assert_eq!(collected.told.len(), 5, "{:?}", collected.told);
                assert_eq!(collected.told[4], format!("sizes 3 {} 2", entries.len()));
                assert_eq!(collected.entries.len(), entries.len());
                for (own, (db, read)) in entries.iter().zip(&collected.entries) {
                    let mut own_told = tell(own);
                    if version == 10 {
                        // This version does not tell when a consumer was active.
                        own_told = own_told
                            .replace(&format!("{NOW_MS}, {}", NOW_MS - 7), &format!("{NOW_MS}, {NOW_MS}"))
                            .replace(&format!("{}, -1", NOW_MS + 5), &format!("{0}, {0}", NOW_MS + 5));
                    }
                    assert_eq!((tell(read), *db), (own_told, 3));
                    if own.name() != b"hash expiring" {
                        assert_eq!(read.encoding(), own.encoding(), "{:?}", own.name().escape_ascii());
                    }
                }
                assert_eq!((summary.version, summary.is_checked), (version, true));
                assert_eq!(summary.bytes, written.len() as u64);
            }
        }
    }
}

#[test]
fn every_cut_and_every_flipped_byte_is_an_error() {
    let entries: Vec<Entry> =
        zoo().into_iter().filter(|e| !matches!(e.name(), b"list" | b"set" | b"hash" | b"zset")).collect();
    let written = file(&entries, Options::default());
    for len in 0..written.len() {
        let error = load(&written[..len], options()).err().unwrap_or_else(|| panic!("cut at {len}"));
        assert!(error.offset() <= len as u64, "{error}");
    }
    for at in 0..written.len() {
        for flip in [1u8, 0x80, 0xFF] {
            let mut broken = written.clone();
            broken[at] ^= flip;
            let error = load(&broken[..], options()).err();
            assert!(error.is_some(), "byte {at} ^ {flip}");
        }
    }
    let mut longer = written.clone();
    longer.push(0);
    assert!(load(&longer[..], options()).is_err());
    let mut source = &longer[..];
    let encodings = encodings();
    let mut loader = Loader::new(&mut source, &encodings, LoadOptions { has_tail: true, ..options() });
    loader.run(&mut Collected::default()).unwrap();
    assert_eq!((loader.rest(), loader.offset()), (&[0][..], written.len() as u64));
}

#[test]
fn a_file_without_checksum_is_read() {
    let written = file(&zoo(), Options { checksum: false, ..Options::default() });
    assert_eq!(written[written.len() - 8..], [0; 8]);
    assert!(!load(&written[..], options()).unwrap().1.is_checked);
}

#[test]
fn payloads_restore_and_are_checked() {
    for entry in zoo() {
        let payload = dump(&entry, &Options::default());
        let restored = restore(&payload, b"other", entry.expires_at(), &encodings()).unwrap();
        let own = tell(&entry).replacen(&entry.name().escape_ascii().to_string(), "other", 1);
        assert_eq!(tell(&restored), own);
        for at in 0..payload.len() {
            let mut broken = payload.clone();
            broken[at] ^= 0x55;
            assert!(restore(&broken, b"k", None, &encodings()).is_err(), "byte {at}");
            assert!(restore(&payload[..at], b"k", None, &encodings()).is_err(), "cut at {at}");
        }
        let said = u16::from_le_bytes([payload[payload.len() - 10], payload[payload.len() - 9]]);
        let expected = match entry.name() {
            b"stream" => 11,
            b"hash expiring" => 12,
            b"stream with producers" => 13,
            b"stream with released entries" | b"array" | b"array exhausted" => 14,
            _ => 10,
        };
        assert_eq!(said, expected, "{}", entry.name().escape_ascii());
    }
}

#[test]
fn keys_whose_time_is_over_are_left_out() {
    let entries = [
        Entry::new(b"gone", Some(NOW_MS as u64 - 1), NewBody::Integer(1)),
        Entry::new(b"here", Some(NOW_MS as u64), NewBody::Integer(2)),
    ];
    let written = file(&entries, Options::default());
    let (collected, summary) = load(&written[..], options()).unwrap();
    assert_eq!((collected.entries.len(), summary.expired, summary.keys), (1, 1, 1));
    let (collected, _) = load(&written[..], LoadOptions { skips_expired: false, ..options() }).unwrap();
    assert_eq!(collected.entries.len(), 2);
}

#[test]
fn last_use_is_kept() {
    let entry = Entry::new(b"k", None, NewBody::Integer(1));
    entry.touch(hematite_keyspace::lru_clock(NOW_MS - 90_000));
    let written = file(&[entry], Options { access: Access::Idle { now_ms: NOW_MS }, ..Options::default() });
    let (collected, _) = load(&written[..], LoadOptions { now_ms: NOW_MS + 10_000, ..options() }).unwrap();
    assert_eq!(hematite_keyspace::idle_seconds(collected.entries[0].1.stamp(), NOW_MS + 10_000), 90);
    let entry = Entry::new(b"k", None, NewBody::Integer(1));
    entry.touch(hematite_keyspace::Lfu::clock(NOW_MS) << 8 | 77);
    let access = Access::Frequency { now_ms: NOW_MS, decay_minutes: 1 };
    let written = file(&[entry], Options { access, ..Options::default() });
    let (collected, _) = load(&written[..], LoadOptions { lfu: true, ..options() }).unwrap();
    assert_eq!(collected.entries[0].1.stamp() & 255, 77);
}

/// Lengths that are only claimed.
#[test]
fn a_claim_allocates_nothing() {
    let head = b"REDIS0011\xfe\x00";
    for claim in [
        &b"\x00\x01k\x81\x7f\xff\xff\xff\xff\xff\xff\xff"[..],
        b"\x05\x01k\x81\x00\x00\xff\xff\xff\xff\xff\xff",
        b"\x00\x01k\xc3\x05\x81\x00\x00\xff\xff\xff\xff\xff\xff\x00aaaa",
        b"\x12\x01k\x80\xff\xff\xff\xff",
    ] {
        let bytes = [&head[..], claim].concat();
        assert!(load(&bytes[..], options()).is_err());
    }
}

#[test]
fn reports_tell_every_entry() {
    let written = file(&zoo(), Options::default());
    let mut json = String::new();
    crate::report::contents(&mut &written[..], NOW_MS, |chunk| {
        json.push_str(chunk);
        Ok(())
    })
    .unwrap();
    assert_eq!(json.lines().count(), 3 + zoo().len());
    for part in [
        "[{\"aux\":\"redis-ver\",\"value\":\"7.2.0\"},\n",
        "{\"db\":3,\"key\":\"byte\",\"type\":\"string\",\"encoding\":\"int\",",
        "\"value\":[\"a\",\"-5\",\"\",\"1234567890123\"]}",
        "{\"member\":\"a\",\"score\":\"-inf\"},{\"member\":\"b\",\"score\":-1.5}",
        "{\"field\":\"f\",\"value\":\"v\"},{\"field\":\"n\",\"value\":\"17\"}",
        "{\"index\":\"0\",\"value\":\"\"},{\"index\":\"1\",\"value\":\"17\"},{\"index\":\"8\",\"value\":\"-1\"}",
        "\"pending\":[{\"id\":\"1-1\",\"deliveredAt\":1700000000001,\"deliveries\":3}",
    ] {
        assert!(json.contains(part), "{part}");
    }
    let report = crate::report::memory(&mut &written[..], NOW_MS, 1, b' ').unwrap();
    assert!(report.starts_with(&format!("{{\"total\":{{\"keys\":{},", zoo().len())), "{report}");
    assert!(report.contains("{\"prefix\":\"list \",\"keys\":1,"), "{report}");
    let check = crate::report::check(&mut &written[..], NOW_MS + 5000).unwrap();
    let head = format!("{{\"version\":11,\"bytes\":{},", written.len());
    assert!(check.starts_with(&head), "{check}");
    assert!(check.contains("\"isChecked\":true,\"keys\":25,\"expires\":8,\"expired\":8,"), "{check}");
    assert!(check.contains("\"databases\":[{\"db\":3,\"keys\":25}]"), "{check}");
    let error = crate::report::check(&mut &written[..500], NOW_MS).unwrap_err();
    assert_eq!(error.offset(), 500, "{error}");
}
