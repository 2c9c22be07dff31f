//! RDB files of any bytes: an error or entries, never a panic, and memory in proportion to the bytes that are there. What
//! was read is written and read again, and says the same.
//!
//! The first byte chooses the version and how many bytes arrive at a time; the rest follows the magic. The checksum is not
//! compared, or nothing that was changed would come through.
#![no_main]

#[path = "../counting.rs"]
mod counting;

use counting::{HELD, PEAK};
use hematite_base::hash::Hasher;
use hematite_keyspace::Entry;
use hematite_persist::rdb::{Encodings, LoadOptions, Loader, Options, Sink, Source, Writer};
use libfuzzer_sys::fuzz_target;
use std::sync::atomic::Ordering::Relaxed;

/// What may be held beyond a multiple of what was read, bytes: the window alone is 128 KiB.
const SLACK_BYTES: usize = 4 << 20;
/// The multiple: LZF unpacks to at most 88 times its size, and an element of two bytes becomes an allocation.
const RATIO: usize = 2000;

/// Gives so many bytes at a time.
struct Drops<'a>(&'a [u8], usize);

impl Source for Drops<'_> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        let len = into.len().min(self.1);
        self.0.read(&mut into[..len])
    }
}

#[derive(Default)]
struct Kept(Vec<(usize, Entry)>);

impl Sink for Kept {
    fn entry(&mut self, db: usize, entry: Entry) -> Result<(), String> {
        self.0.push((db, entry));
        Ok(())
    }
}

fn load(bytes: &[u8], step: usize) -> Option<Kept> {
    let encodings = Encodings::new(Hasher::new(5));
    let options = LoadOptions { checksum: false, skips_expired: false, ..LoadOptions::default() };
    let (mut source, mut kept) = (Drops(bytes, step), Kept::default());
    Loader::new(&mut source, &encodings, options).run(&mut kept).ok().map(|_| kept)
}

fn save(kept: &Kept) -> Vec<u8> {
    let mut writer = Writer::new(Options::default());
    for (db, entry) in &kept.0 {
        writer.select(*db, 0, 0);
        writer.entry(entry);
    }
    writer.finish()
}

fuzz_target!(|input: &[u8]| {
    let Some((&choice, rest)) = input.split_first() else { return };
    let magic =
        [&b"REDIS0011"[..], b"REDIS0010", b"REDIS0012", b"VALKEY080", b"REDIS0005"][usize::from(choice) % 5];
    let step = [1, 3, 100, 1 << 20][usize::from(choice >> 4) % 4];
    let file = [magic, rest].concat();
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let loaded = load(&file, step);
    let peak = PEAK.load(Relaxed) - before;
    assert!(peak <= SLACK_BYTES + RATIO * file.len(), "{peak} bytes for a file of {}", file.len());
    if let Some(kept) = loaded {
        let written = save(&kept);
        let again = load(&written, 1 << 20).expect("what is written can be read");
        assert_eq!(again.0.len(), kept.0.len());
        let twice = load(&save(&again), 1 << 20).expect("and again");
        assert_eq!(twice.0.len(), kept.0.len());
    }
});
