//! RESTORE payloads of any bytes: an error or a value that can be walked, dumped and restored to the same payload.
//!
//! The first byte chooses the version that the payload says; the target adds version and checksum.
#![no_main]

use hematite_base::hash::Hasher;
use hematite_keyspace::{Entry, EntryExt, Kind};
use hematite_persist::rdb::{Encodings, Options, Sink};
use hematite_persist::{Crc64, dump, report, restore};
use libfuzzer_sys::fuzz_target;

fn payload(value: &[u8], version: u16) -> Vec<u8> {
    let mut payload = value.to_vec();
    payload.extend_from_slice(&version.to_le_bytes());
    payload.extend_from_slice(&Crc64::of(&payload).to_le_bytes());
    payload
}

/// Everything that a value says, from one end to the other.
fn tell(entry: Entry) -> String {
    let mut told = String::new();
    let mut contents = report::Contents::new(|chunk: &str| {
        told.push_str(chunk);
        Ok(())
    });
    contents.entry(0, entry).expect("it writes to memory");
    contents.finish().expect("it writes to memory");
    told
}

fuzz_target!(|input: &[u8]| {
    let Some((&choice, value)) = input.split_first() else { return };
    let version = [11, 10, 12, 80, 6][usize::from(choice) % 5];
    let encodings = Encodings::new(Hasher::new(5));
    let Ok(entry) = restore(&payload(value, version), b"key", None, &encodings) else { return };
    assert!(entry.memory_bytes() > 0);
    let dumped = dump(&entry, &Options::default());
    let again = restore(&dumped, b"key", None, &encodings).expect("what was dumped can be restored");
    // A hash that could keep times, and has none, is written as one that keeps none. A set goes member by member, for
    // readers of any age: what had become a listpack of integers alone is an intset again, and their order another.
    let plain = |entry: &Entry| entry.encoding().trim_end_matches("ex").to_owned();
    let (kind, encoding) = (entry.kind(), entry.encoding());
    let is_narrowed = kind == Kind::Set && encoding == "listpack" && again.encoding() == "intset";
    assert!(is_narrowed || plain(&again) == plain(&entry), "{encoding} {}", again.encoding());
    if kind == Kind::Set {
        return assert_eq!(members(&tell(entry)), members(&tell(again)));
    }
    let ordered = matches!(encoding, "listpack" | "quicklist" | "skiplist" | "stream");
    let (first, second) = (tell(entry), tell(again));
    // Tables may be walked in another order.
    assert!(!ordered || strip(&first) == strip(&second), "{kind:?} {first} {second}");
});

/// The members of a set, in order of their text; a few pieces more where one holds a comma.
fn members(told: &str) -> Vec<&str> {
    let value = told.split_once(",\"value\":").map_or("", |(_, value)| value);
    let mut members: Vec<&str> = value.split([',', '[', ']']).collect();
    members.sort_unstable();
    members
}

/// Without the size in memory, which depends on the room that was left.
fn strip(told: &str) -> String {
    let Some((head, tail)) = told.split_once(",\"bytes\":") else { return told.to_owned() };
    let value = tail.split_once(',').map_or("", |(_, value)| value);
    format!("{head},{value}")
}
