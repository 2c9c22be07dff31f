//! The tail against a plain model: whenever the process is killed, the file and what is taken in are what was acknowledged.

use super::head::{BEGIN_AT, DRAINED_AT, END_AT};
use super::{Drain, Left, Tail, left_behind, take_in};
use crate::aof::{Policy, Writer};
use crate::storage::memory::{Fault, MemoryStorage, Plan};
use crate::storage::{BLOCK_BYTES, File, Storage};
use hematite_base::random::Random;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

fn scene(policy: Policy) -> (MemoryStorage, Writer) {
    let storage = MemoryStorage::with_regions();
    let file = storage.open("f").expect("there is room");
    storage.sync_dir().expect("there is room");
    (storage, Writer::new(file, policy).expect("there is room"))
}

/// What the file holds once the process was killed and another one has begun.
fn after_kill(storage: &MemoryStorage) -> Vec<u8> {
    let survivor = storage.after_kill();
    let file = survivor.open("f").expect("it is there");
    let before = survivor.content("f").expect("it is there").len() as u64;
    let waiting = left_behind(&*file).expect("the disk is well");
    assert_eq!(take_in(&*file).expect("the disk is well"), waiting);
    assert_eq!(waiting.ignored, 0);
    let content = survivor.content("f").expect("it is there");
    assert_eq!(content[before as usize..], waiting.bytes);
    assert_eq!(take_in(&*file).expect("the disk is well"), Left::default(), "it is taken in once");
    content
}

/// A group of so many bytes, and the bytes that stand for it in the file.
fn group(size: u64, random: &mut Random) -> (Vec<u8>, Vec<u8>) {
    let bytes: Vec<u8> = (0..size).map(|_| b'a' + random.below(26) as u8).collect();
    let whole = [&bytes[..], &crate::aof::line_of(crate::aof::checksum(&bytes))].concat();
    (bytes, whole)
}

#[test]
fn whoever_is_killed_loses_nothing() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let (storage, writer) = scene(if seed % 2 == 0 { Policy::EverySecond } else { Policy::Never });
        let mut expected = storage.content("f").expect("it is there");
        let mut now_ms = 0;
        for _ in 0..60 {
            // Most are smaller than a block, some than the ring, and a few are larger.
            let size = [10, 400, 9_000, 40_000][[0, 0, 0, 1, 1, 1, 1, 2, 2, 3][random.below(10) as usize]];
            let (mut bytes, whole) = group(random.below(size) + 1, &mut random);
            writer.write(&mut bytes).expect("the disk is well");
            expected.extend_from_slice(&whole);
            assert_eq!(writer.size(), expected.len() as u64);
            match random.below(8) {
                0 => writer.drain(Drain::Chunks).expect("the disk is well"),
                1 => writer.drain(Drain::All).expect("the disk is well"),
                2 => {
                    now_ms += 600;
                    writer.sync_if_due(now_ms).expect("the disk is well");
                }
                3 if random.below(8) == 0 => {
                    writer.set_policy(Policy::Always).expect("the disk is well");
                    assert!(after_kill(&storage).starts_with(&expected), "seed {seed}");
                    writer.set_policy(Policy::Never).expect("the disk is well");
                }
                _ => {}
            }
            assert!(after_kill(&storage) == expected, "seed {seed}");
        }
        writer.finish().expect("the disk is well");
        assert!(storage.content("f").expect("it is there") == expected, "seed {seed}");
    }
}

#[test]
fn a_disk_that_fails_takes_nothing_of_what_was_acknowledged() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let (storage, writer) = scene(Policy::EverySecond);
        let mut expected = storage.content("f").expect("it is there");
        for _ in 0..40 {
            if random.below(4) == 0 {
                let fault = [Fault::Full, Fault::Broken, Fault::Short][random.below(3) as usize];
                let plan =
                    Plan { call: storage.calls() + random.below(3), fault, for_ever: random.below(2) == 0 };
                storage.plan(Some(plan));
            }
            let size = random.below(12_000) + 1;
            let (mut bytes, whole) = group(size, &mut random);
            if writer.write(&mut bytes).is_ok() {
                expected.extend_from_slice(&whole);
            }
            let _ = writer.drain(if random.below(2) == 0 { Drain::Chunks } else { Drain::All });
            // The start of a group that failed may follow, where there was no memory to be had.
            assert!(after_kill(&storage).starts_with(&expected), "seed {seed}");
            if random.below(4) == 0 {
                storage.plan(None);
                writer.recover().expect("the disk is well again");
                assert!(after_kill(&storage) == expected, "seed {seed}");
            }
        }
    }
}

#[test]
fn a_ring_that_does_not_follow_the_file_is_left_alone() {
    let (storage, writer) = scene(Policy::Never);
    let mut random = Random::new(1);
    let (mut bytes, _) = group(5000, &mut random);
    writer.write(&mut bytes).expect("the disk is well");
    writer.drain(Drain::All).expect("the disk is well");
    let (mut bytes, _) = group(300, &mut random);
    writer.write(&mut bytes).expect("the disk is well");
    let taken = |survivor: &MemoryStorage| {
        let left = take_in(&*survivor.open("f").expect("it is there")).expect("the disk is well");
        (left.bytes.len(), left.ignored)
    };
    assert_eq!(taken(&storage.after_kill()), (315, 0));
    // Another server has cut the file, written to it, or put another in its place.
    for change in [
        |file: &dyn File| file.truncate(100),
        |file: &dyn File| file.write_at(4000, b"\r\n").map(drop),
        |file: &dyn File| file.write_at(file.len()?, &[b'x'; 400]).map(drop),
        |file: &dyn File| file.write_at(file.len()?, b"*1\r\n").map(drop),
    ] {
        let survivor = storage.after_kill();
        change(&*survivor.open("f").expect("it is there")).expect("the disk is well");
        let content = survivor.content("f").expect("it is there");
        assert_eq!(taken(&survivor), (0, 315));
        assert_eq!(survivor.content("f").expect("it is there"), content);
    }
}

#[test]
fn a_damaged_ring_gives_a_prefix_and_says_what_is_missing() {
    let (mut whole, mut cut) = (0, 0);
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let (storage, writer) = scene(Policy::EverySecond);
        let mut expected = storage.content("f").expect("it is there");
        for round in 0..random.below(30) {
            let (mut bytes, group) = group(random.below(3000) + 1, &mut random);
            writer.write(&mut bytes).expect("the disk is well");
            expected.extend_from_slice(&group);
            if random.below(6) == 0 {
                writer.sync_if_due(round as i64 * 2000).expect("the disk is well");
            }
        }
        // Each sector of the region is of now or of the last sync.
        let survivor = storage.after_power_loss(&mut random);
        let file = survivor.open("f").expect("it is there");
        file.truncate(writer.synced_size()).expect("the disk is well");
        let left = take_in(&*file).expect("the disk is well");
        let content = survivor.content("f").expect("it is there");
        assert!(expected.starts_with(&content), "seed {seed}");
        whole += usize::from(content == expected && !left.bytes.is_empty());
        cut += usize::from(content != expected);
    }
    assert!(whole > 300 && cut > 300, "{whole} whole, {cut} cut");
}

#[test]
fn a_region_of_any_content_does_no_harm() {
    let (storage, writer) = scene(Policy::Never);
    writer.write(&mut b"*1\r\n$4\r\nPING\r\n".to_vec()).expect("the disk is well");
    for seed in 0..2000 {
        let mut random = Random::new(seed);
        let survivor = storage.after_kill();
        let file = survivor.open("f").expect("it is there");
        let mut region = file.region(crate::storage::Which::Left).expect("it is there");
        for at in [BEGIN_AT, END_AT, DRAINED_AT] {
            let value = [0, 15, 44, 4096, 1 << 40, u64::MAX, random.bits()][random.below(7) as usize];
            for slot in [0, BLOCK_BYTES / 2] {
                region.write_at(slot + at, &value.to_le_bytes());
                super::head::reseal(&mut *region, slot);
            }
        }
        let taken = take_in(&*file).expect("the disk is well");
        assert!(taken.bytes.len() <= 6 * BLOCK_BYTES);
    }
}

#[test]
fn a_tail_that_somebody_has_removed_is_made_anew() {
    let (storage, writer) = scene(Policy::Never);
    writer.write(&mut b"first".to_vec()).expect("the disk is well");
    let file = storage.open("f").expect("it is there");
    file.region(crate::storage::Which::Left).expect("it is there").remove();
    writer.sync_if_due(1).expect("the disk is well");
    writer.write(&mut b"second".to_vec()).expect("the disk is well");
    let content = after_kill(&storage);
    assert_eq!(content.windows(5).filter(|bytes| bytes == b"first").count(), 1);
    assert_eq!(content.windows(6).filter(|bytes| bytes == b"second").count(), 1);
}

#[test]
fn somebody_is_called_when_much_waits_and_at_the_end() {
    let (storage, writer) = scene(Policy::Never);
    let calls = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&calls);
    writer.on_backlog(move || {
        counted.fetch_add(1, Relaxed);
    });
    let before = storage.calls();
    writer.write(&mut vec![b'x'; 100]).expect("the disk is well");
    assert_eq!(calls.load(Relaxed), 0);
    writer.write(&mut vec![b'x'; 4000]).expect("the disk is well");
    writer.write(&mut vec![b'x'; 100]).expect("the disk is well");
    assert_eq!(calls.load(Relaxed), 1, "once, until somebody has come");
    assert_eq!(storage.calls(), before + 2, "it has asked for memory, and read the block before it");
    writer.drain(Drain::Chunks).expect("the disk is well");
    writer.write(&mut vec![b'x'; 4000]).expect("the disk is well");
    assert_eq!(calls.load(Relaxed), 2);
    drop(writer);
    assert_eq!(calls.load(Relaxed), 3);
}

#[test]
fn a_ring_that_is_too_small_is_none() {
    let storage = MemoryStorage::default();
    let file = storage.open("f").expect("there is room");
    assert!(Tail::begin(&*file, 0).is_none());
}
