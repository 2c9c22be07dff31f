//! The append-only file against a plain model: what was written comes back, cut anywhere it is a prefix, and no single
//! changed byte goes unseen.

use super::filler::end_of_data;
use super::{Fault, Policy, Reader, Writer};
use crate::storage::memory::{Fault as DiskFault, MemoryStorage, Plan};
use crate::storage::{File, Storage};
use hematite_structures::loose::LooseBox;
use std::sync::Arc;

/// Bytes that reach a disk together, or don't.
const SECTOR: usize = 64;

fn command(words: &[&str]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend_from_slice(format!("${}\r\n{word}\r\n", word.len()).as_bytes());
    }
    bytes
}

/// Everything that can be read, as lines, and how that ended.
fn read(bytes: &[u8], from: u64, at_once: usize) -> (Vec<String>, Result<(), Fault>) {
    let storage = MemoryStorage::default();
    storage.put("f", bytes);
    let file = storage.read("f").expect("it is there");
    let mut reader = Reader::new(&*file, from).expect("it has a length");
    let mut lines = Vec::new();
    loop {
        match reader.next(at_once) {
            Ok(None) => return (lines, Ok(())),
            Err(fault) => return (lines, Err(fault)),
            Ok(Some(batch)) => {
                let args = batch.args();
                let mut first = 0;
                for end in batch.ends {
                    let words: Vec<_> =
                        args[first..*end].iter().map(|w| String::from_utf8_lossy(w)).collect();
                    lines.push(words.join(" "));
                    first = *end;
                }
            }
        }
    }
}

/// A file with checksums that is still open, and what is in it: some groups, one of them a transaction, and a value that is
/// longer than a number's first digits.
fn open_sample() -> (MemoryStorage, Writer, Vec<String>) {
    let (storage, _, writer) = writer(Policy::Always);
    let long = "x".repeat(130);
    let groups: &[&[&[&str]]] = &[
        &[&["SELECT", "0"], &["SET", "k", "v"]],
        &[&["MULTI"], &["SET", "a", "1"], &["DEL", "k"], &["EXEC"]],
        &[&["SET", "long", &long]],
        &[&["INCR", "n"], &["INCR", "n"]],
    ];
    let mut lines = Vec::new();
    for group in groups {
        let mut batch: Vec<u8> = group.iter().flat_map(|words| command(words)).collect();
        let before = batch.clone();
        writer.write(&mut batch).expect("there is room");
        assert_eq!(batch, before);
        lines.extend(group.iter().map(|words| words.join(" ")));
    }
    (storage, writer, lines)
}

/// Its bytes, with some of the filler behind it, up to the end of a line.
fn sample() -> (Vec<u8>, Vec<String>) {
    let (storage, writer, lines) = open_sample();
    let mut bytes = storage.content("f").expect("it is there");
    assert_eq!(data_end(&bytes), writer.size());
    assert!(bytes.len() as u64 > writer.size() + (32 << 10), "there is filler");
    bytes.truncate((writer.size() as usize + 150).next_multiple_of(SECTOR));
    (bytes, lines)
}

/// Where the filler begins.
fn data_end(bytes: &[u8]) -> u64 {
    let storage = MemoryStorage::default();
    storage.put("f", bytes);
    end_of_data(&*storage.read("f").expect("it is there")).expect("the disk is well")
}

#[test]
fn what_was_written_is_read() {
    let (bytes, lines) = sample();
    for at_once in [1, 3, 100] {
        let (read, outcome) = read(&bytes, 0, at_once);
        assert_eq!(read, lines);
        outcome.expect("it is whole");
    }
}

#[test]
fn a_file_cut_anywhere_is_a_prefix() {
    let (bytes, lines) = sample();
    for cut in 0..bytes.len() {
        let (read, outcome) = read(&bytes[..cut], 0, 100);
        assert_eq!(read, lines[..read.len()], "cut at {cut}");
        match outcome {
            Ok(()) => {}
            Err(Fault::Truncated { whole }) => {
                // What is left once it is cut there is whole, and has no half of a transaction.
                let (rest, outcome) = self::read(&bytes[..whole as usize], 0, 100);
                outcome.unwrap_or_else(|fault| panic!("cut at {cut}, then at {whole}: {fault:?}"));
                assert_eq!(rest, lines[..rest.len()]);
                let opened = rest.iter().filter(|line| *line == "MULTI").count();
                assert_eq!(opened, rest.iter().filter(|line| *line == "EXEC").count(), "cut at {cut}");
            }
            Err(fault) => panic!("cut at {cut}: {fault:?}"),
        }
    }
}

#[test]
fn every_changed_byte_is_seen() {
    let (bytes, lines) = sample();
    let end = data_end(&bytes);
    for at in 0..bytes.len() {
        for change in 1..=255u8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= change;
            let (found, outcome) = read(&damaged, 0, 100);
            match outcome {
                Err(Fault::Corrupt { good, at: seen, .. }) => {
                    assert!(good <= at as u64 && good <= seen, "byte {at} by {change}: good up to {good}");
                }
                // Filler that is no filler any more: nothing is lost.
                Err(Fault::Truncated { whole }) if at as u64 >= end => {
                    assert_eq!((whole, &found), (end, &lines), "byte {at} by {change}");
                }
                // The end of the last line has become filler.
                Err(Fault::Truncated { whole }) => {
                    assert!(at as u64 == end - 1 && whole <= end, "byte {at} by {change}: {whole}");
                }
                other => panic!("byte {at} by {change}: {other:?}"),
            }
        }
    }
}

#[test]
fn files_of_the_reference_have_no_checksums() {
    let plain: Vec<u8> =
        [command(&["SELECT", "0"]), b"#TS:1700000000\r\n".to_vec(), command(&["SET", "k", "v"])].concat();
    let (lines, outcome) = read(&plain, 0, 100);
    assert_eq!(lines, ["SELECT 0", "SET k v"]);
    outcome.expect("it is whole");
    // The reference has gone on with a file of ours, and we with that.
    let (mut mixed, mut expected) = sample();
    mixed.extend_from_slice(&plain);
    expected.extend(["SELECT 0".into(), "SET k v".into()]);
    let storage = MemoryStorage::default();
    storage.put("f", &mixed);
    let file = storage.open("f").expect("it is there");
    let writer = Writer::new(file, Policy::Never).expect("there is room");
    writer.write(&mut command(&["INCR", "n"])).expect("there is room");
    expected.push("INCR n".into());
    let (lines, outcome) = read(&storage.content("f").expect("it is there"), 0, 100);
    assert_eq!(lines, expected);
    outcome.expect("it is whole");
}

#[test]
fn an_rdb_preamble_is_left_to_others() {
    let bytes = [b"REDIS0011".to_vec(), command(&["SET", "k", "v"])].concat();
    let (lines, outcome) = read(&bytes, 9, 100);
    assert_eq!(lines, ["SET k v"]);
    outcome.expect("it is whole");
    assert!(matches!(read(&bytes, 0, 100).1, Err(Fault::Corrupt { at: 0, .. })));
}

#[test]
fn a_length_allocates_nothing_that_is_not_there() {
    let bytes = b"*2\r\n$3\r\nSET\r\n$999999999999\r\nx";
    assert!(matches!(read(bytes, 0, 100).1, Err(Fault::Truncated { whole: 0 })));
    for bytes in [
        &b"*9999999999\r\n"[..],
        b"*0\r\n",
        b"*-1\r\n",
        b"*1\r\n$-1\r\n",
        b"+OK\r\n",
        b"*1\r\n*1\r\n",
        b"*1\n",
    ] {
        assert!(matches!(read(bytes, 0, 100).1, Err(Fault::Corrupt { .. })), "{}", bytes.escape_ascii());
    }
}

#[test]
fn large_values_cross_the_buffer() {
    let value = "y".repeat(3 << 20);
    let bytes = [command(&["SET", "a", &value]), command(&["SET", "b", "1"])].concat();
    let (lines, outcome) = read(&bytes, 0, 100);
    outcome.expect("it is whole");
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].len(), value.len() + 6);
}

#[test]
fn where_sectors_are_missing_power_was_lost() {
    // Commands that end at each place of a sector, and transactions.
    for length in 0..=SECTOR {
        let set = command(&["SET", "a", &"z".repeat(length)]);
        each_torn(&[set.clone(), command(&["SET", "b", &"y".repeat(90)])]);
        each_torn(&[command(&["MULTI"]), set, command(&["INCR", "n"]), command(&["EXEC"])]);
    }
}

#[test]
fn values_may_look_like_filler() {
    let filler = format!("{}\n", "#".repeat(SECTOR - 1)).repeat(4);
    for shift in 0..SECTOR {
        each_torn(&[command(&["SET", "h", &filler[shift..]]), command(&["SET", "i", "1"])]);
    }
}

#[test]
fn a_large_group_may_be_torn() {
    let (storage, writer, lines) = open_sample();
    let value = "y#".repeat(1 << 20);
    let before = storage.content("f").expect("it is there");
    writer
        .write(&mut [command(&["SET", "b", &value]), command(&["SET", "c", "1"])].concat())
        .expect("there is room");
    let after = storage.content("f").expect("it is there");
    for sector in [writer.size() as usize / SECTOR, before.len() / SECTOR - 1, before.len() / SECTOR - 900] {
        let mut torn = after.clone();
        let filler = &before[before.len() - SECTOR..];
        torn[sector * SECTOR..(sector + 1) * SECTOR].copy_from_slice(filler);
        let (found, outcome) = read(&torn, 0, 100);
        assert!(matches!(outcome, Err(Fault::Truncated { .. })), "{outcome:?}");
        assert!(found.len() >= lines.len() && (found == lines || found.len() == lines.len() + 1));
        // Any other damage is none that a loss of power does.
        let mut damaged = after.clone();
        damaged[sector * SECTOR] ^= 1;
        assert!(matches!(read(&damaged, 0, 100).1, Err(Fault::Corrupt { .. })));
    }
}

/// Reads a file whose last group is without any of its sectors.
fn each_torn(group: &[Vec<u8>]) {
    let (storage, writer, lines) = open_sample();
    let (before, from) = (storage.content("f").expect("it is there"), writer.size() as usize);
    writer.write(&mut group.concat()).expect("there is room");
    let sectors: Vec<_> = (from / SECTOR..(writer.size() as usize).div_ceil(SECTOR)).collect();
    let mut after = storage.content("f").expect("it is there");
    after.truncate((sectors[sectors.len() - 1] + 3) * SECTOR);
    let (all, outcome) = read(&after, 0, 100);
    outcome.expect("it is whole");
    assert_eq!(all[..lines.len()], lines);
    for missing in 1..1u32 << sectors.len() {
        let mut torn = after.clone();
        for (_, sector) in sectors.iter().enumerate().filter(|(n, _)| missing >> n & 1 == 1) {
            let range = sector * SECTOR..(sector + 1) * SECTOR;
            torn[range.clone()].copy_from_slice(&before[range]);
        }
        let (found, outcome) = read(&torn, 0, 100);
        let what = format!("of {} sectors {missing:b} are missing", sectors.len());
        let whole = match outcome {
            Ok(()) => torn.len() as u64,
            Err(Fault::Truncated { whole }) => whole,
            // The start is missing, and a command begins where a sector does: somebody else might have gone on there.
            Err(Fault::Corrupt { good, at, .. }) if missing & 1 == 1 && torn[at as usize] == b'*' => good,
            Err(fault) => panic!("{what}: {fault:?}"),
        };
        assert_eq!(found, all[..found.len()], "{what}");
        let (rest, outcome) = read(&torn[..whole as usize], 0, 100);
        outcome.expect("it is whole");
        assert!(rest.len() >= lines.len() && rest == all[..rest.len()], "{what}: {rest:?}");
    }
}

#[test]
fn a_file_is_lengthened_by_many_groups_at_once() {
    let (storage, _, writer) = writer(Policy::Always);
    let mut lengths = std::collections::BTreeSet::new();
    for n in 0..3000 {
        writer.write(&mut command(&["SET", "key", &n.to_string()])).expect("there is room");
        let content = storage.content("f").expect("it is there");
        lengths.insert(content.len());
        assert_eq!(data_end(&content), writer.size());
    }
    assert!((2..6).contains(&lengths.len()), "{lengths:?}");
    writer.finish().expect("the disk is well");
    let content = storage.content("f").expect("it is there");
    assert_eq!(content.len() as u64, writer.size());
    assert!(!content.windows(2).any(|two| two == b"##"));
    let (lines, outcome) = read(&content, 0, 100);
    outcome.expect("it is whole");
    assert_eq!(lines.len(), 3000);
}

#[test]
fn data_ends_where_filler_begins() {
    let filler = |at: usize| if at % SECTOR == SECTOR - 1 { b'\n' } else { b'#' };
    for length in (0..200).chain([(64 << 10) - 1, 64 << 10, (64 << 10) + 1, (128 << 10) - 1, 128 << 10]) {
        let mut data = vec![b'x'; length];
        data.iter_mut().rev().zip(b"\n\r").for_each(|(byte, end)| *byte = *end);
        assert_eq!(data_end(&data), length as u64, "there is none");
        if length % SECTOR == SECTOR - 1 {
            continue; // No group ends there.
        }
        for more in [1, 2, SECTOR, 64 << 10, 70 << 10, 200 << 10] {
            let file: Vec<u8> = data.iter().copied().chain((length..length + more).map(filler)).collect();
            assert_eq!(data_end(&file), length as u64, "{more} bytes of it");
        }
    }
}

#[test]
fn filler_needs_always_and_room() {
    let (storage, _, writer) = writer(Policy::EverySecond);
    let mut length = 0;
    let mut write = |is_filled: bool| {
        writer.write(&mut command(&["SET", "a", "1"])).expect("there is room");
        let content = storage.content("f").expect("it is there");
        assert_eq!(content.len() as u64 > writer.size(), is_filled);
        length += 1;
        let (lines, outcome) = read(&content, 0, 100);
        outcome.expect("it is whole");
        assert_eq!(lines.len(), length);
    };
    write(false);
    writer.set_policy(Policy::Always).expect("the disk is well");
    write(true);
    writer.set_policy(Policy::Never).expect("the disk is well");
    write(false);
    // The disk is full behind the group.
    writer.set_policy(Policy::Always).expect("the disk is well");
    storage.plan(Some(Plan { call: storage.calls() + 1, fault: DiskFault::Full, for_ever: false }));
    write(false);
    write(false);
    writer.set_policy(Policy::Never).expect("the disk is well");
    write(false);
}

#[test]
fn another_server_goes_on_behind_filler() {
    let (mut bytes, mut expected) = sample();
    bytes.extend(command(&["SELECT", "0"]));
    bytes.extend(command(&["SET", "k", "v"]));
    expected.extend(["SELECT 0".into(), "SET k v".into()]);
    let (lines, outcome) = read(&bytes, 0, 100);
    outcome.expect("it is whole");
    assert_eq!(lines, expected);
    let storage = MemoryStorage::default();
    storage.put("f", &bytes);
    let file = storage.open("f").expect("it is there");
    let end = end_of_data(&*file).expect("the disk is well");
    assert_eq!(end, bytes.len() as u64);
    let writer = Writer::new(file, Policy::Always).expect("there is room");
    writer.write(&mut command(&["INCR", "n"])).expect("there is room");
    expected.push("INCR n".into());
    let (lines, outcome) = read(&storage.content("f").expect("it is there"), 0, 100);
    outcome.expect("it is whole");
    assert_eq!(lines, expected);
    // What the other one wrote may be damaged: that is no loss of power.
    let at = bytes.len() - 9;
    bytes[at] = b'x';
    assert!(matches!(read(&bytes, 0, 100).1, Err(Fault::Corrupt { .. })));
}

fn writer(policy: Policy) -> (MemoryStorage, Arc<dyn File>, Writer) {
    let storage = MemoryStorage::default();
    let file = storage.open("f").expect("there is room");
    let writer = Writer::new(file.clone(), policy).expect("there is room");
    (storage, file, writer)
}

#[test]
fn a_group_that_failed_is_written_again_at_its_place() {
    for fault in [DiskFault::Full, DiskFault::Broken, DiskFault::Short] {
        let (storage, _, writer) = writer(Policy::Always);
        writer.write(&mut command(&["SET", "a", "1"])).expect("the disk is well");
        storage.plan(Some(Plan { call: storage.calls(), fault, for_ever: false }));
        let outcome = writer.write(&mut command(&["SET", "b", "2"]));
        assert_eq!(outcome.is_ok(), fault == DiskFault::Short, "{fault:?}");
        if outcome.is_err() {
            let (lines, outcome) = read(&storage.content("f").expect("it is there"), 0, 100);
            assert_eq!(lines, ["SET a 1"], "nothing of it is left");
            outcome.expect("it is whole");
            writer.recover().expect("the disk is well again");
            let mut more = [command(&["SET", "b", "2"]), command(&["SET", "c", "3"])].concat();
            writer.write(&mut more).expect("the disk is well again");
        }
        let (lines, outcome) = read(&storage.content("f").expect("it is there"), 0, 100);
        assert_eq!(lines[..2], ["SET a 1", "SET b 2"]);
        outcome.expect("it is whole");
    }
}

#[test]
fn a_sync_that_failed_in_the_background_is_made_good() {
    let (storage, _, writer) = writer(Policy::EverySecond);
    writer.write(&mut command(&["SET", "a", "1"])).expect("the disk is well");
    storage.plan(Some(Plan { call: storage.calls(), fault: DiskFault::Broken, for_ever: false }));
    assert!(writer.sync_if_due(5000).is_err());
    // The system has forgotten what it could not write, so that a sync by itself would make nothing safe.
    writer.recover().expect("the disk is well again");
    let mut random = hematite_base::random::Random::new(1);
    storage.sync_dir().expect("the disk is well");
    let survivor = storage.after_power_loss(&mut random);
    assert_eq!(read(&survivor.content("f").expect("it is there"), 0, 100).0, ["SET a 1"]);
    assert!(!writer.has_lost());
}

#[test]
fn what_can_not_be_read_back_is_said_to_be_lost() {
    let (storage, file, writer) = writer(Policy::EverySecond);
    writer.write(&mut command(&["SET", "a", "1"])).expect("the disk is well");
    storage.plan(Some(Plan { call: storage.calls(), fault: DiskFault::Broken, for_ever: false }));
    assert!(writer.sync_if_due(5000).is_err());
    file.write_at(30, b"\0\0\0").expect("the disk is well");
    assert!(writer.recover().is_err());
    assert!(writer.has_lost());
}

#[test]
fn everysec_syncs_once_a_second() {
    let (storage, _, writer) = writer(Policy::EverySecond);
    let calls = |storage: &MemoryStorage| storage.calls();
    writer.sync_if_due(10_000).expect("the disk is well");
    let before = calls(&storage);
    writer.write(&mut command(&["SET", "a", "1"])).expect("the disk is well");
    writer.sync_if_due(10_000).expect("the disk is well");
    assert_eq!(calls(&storage), before + 2, "a write and a sync");
    writer.write(&mut command(&["SET", "a", "1"])).expect("the disk is well");
    writer.sync_if_due(10_500).expect("the disk is well");
    assert_eq!(calls(&storage), before + 3, "not within the same second");
    writer.sync_if_due(11_000).expect("the disk is well");
    assert_eq!(calls(&storage), before + 4);
    writer.sync_if_due(15_000).expect("the disk is well");
    assert_eq!(calls(&storage), before + 4, "there is nothing to sync");
}

#[test]
fn arrays_go_as_commands() {
    use hematite_keyspace::{Entry, NewBody, Value};
    use hematite_structures::array::Array;
    let mut array = Array::default();
    (0..70u64).for_each(|n| assert!(array.set(n * 5000, n.to_string().as_bytes())));
    assert!(array.set(u64::MAX - 1, b"last"));
    array.cursor = Some(u64::MAX - 1);
    let entry = Entry::new(b"k", None, NewBody::Value(Value::Array(LooseBox::new(array))));
    let mut out = Vec::new();
    super::entry_as_commands(&mut out, &entry, &crate::rdb::Options::default());
    let pair = |n: u64| (n * 5000).to_string();
    let mut first = vec!["ARMSET".to_owned(), "k".to_owned()];
    (0..64).for_each(|n| first.extend([pair(n), n.to_string()]));
    let mut second = vec!["ARMSET".to_owned(), "k".to_owned()];
    (64..70).for_each(|n| second.extend([pair(n), n.to_string()]));
    second.extend(["18446744073709551614".to_owned(), "last".to_owned()]);
    let words = |line: &[String]| command(&line.iter().map(String::as_str).collect::<Vec<_>>());
    let seek = command(&["ARSEEK", "k", "18446744073709551615"]);
    assert_eq!(out, [words(&first), words(&second), seek].concat());
}

#[test]
fn a_file_is_read_up_to_a_time() {
    let storage = MemoryStorage::default();
    storage.put("f", b"");
    let file = storage.open("f").expect("it is there");
    let writer = Writer::new(file, Policy::Never).expect("there is room");
    let group = |time: &str, commands: &[&[&str]]| {
        let commands: Vec<u8> = commands.iter().flat_map(|words| command(words)).collect();
        [format!("#TS:{time}\r\n").into_bytes(), commands].concat()
    };
    writer.write(&mut group("100", &[&["SET", "a", "1"]])).expect("there is room");
    let first = storage.content("f").expect("it is there").len();
    writer.write(&mut group("200", &[&["MULTI"], &["SET", "b", "1"], &["EXEC"]])).expect("there is room");
    let second = storage.content("f").expect("it is there").len();
    writer.write(&mut group("300", &[&["SET", "c", "1"]])).expect("there is room");
    let bytes = storage.content("f").expect("it is there");
    let up_to = |bytes: &[u8], seconds: i64| {
        storage.put("g", bytes);
        let file = storage.open("g").expect("it is there");
        let mut reader = Reader::new(&*file, 0).expect("it is read");
        reader.read_until(seconds);
        let mut commands = 0;
        while let Some(batch) = reader.next(1).expect("it is whole up to there") {
            commands += batch.ends.len();
        }
        (commands, reader.before_later())
    };
    for (seconds, commands, end) in
        [(99, 0, Some(super::BEGIN.len())), (100, 1, Some(first)), (299, 4, Some(second)), (300, 5, None)]
    {
        assert_eq!(up_to(&bytes, seconds), (commands, end.map(|end| end as u64)), "up to {seconds}");
    }
    // What is cut there is a file that servers go on with, and what comes behind does not matter.
    assert_eq!(up_to(&bytes[..second], 300), (4, None));
    let damaged = [&bytes[..second + 12], b"nonsense"].concat();
    assert_eq!(up_to(&damaged, 200), (4, Some(second as u64)));
}
