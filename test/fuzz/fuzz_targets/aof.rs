//! The reader of append-only files on arbitrary bytes: what it reads does not depend on how much is asked for at once, what
//! it calls good is good, and a file of a writer is read whole.
//!
//! The first byte chooses what is done with the rest: read as it is, put behind a file of ours, written as groups of which one
//! byte is changed then, or written as a group of which the disk does not have all sectors; and whether files of ours end with
//! filler.
#![no_main]

use hematite_persist::aof::{Fault, Policy, Reader, Writer};
use hematite_persist::storage::Storage;
use hematite_persist::storage::memory::MemoryStorage;
use libfuzzer_sys::fuzz_target;

/// Arguments of all commands with the ends of commands, and how it ended: `None` if all is right.
type Read = (Vec<Vec<u8>>, Vec<usize>, Option<(&'static str, u64)>);

fn read(bytes: &[u8], at_once: usize) -> Read {
    let storage = MemoryStorage::default();
    storage.put("f", bytes);
    let file = storage.read("f").expect("it is there");
    let mut reader = Reader::new(&*file, 0).expect("it has a length");
    let (mut args, mut ends) = (Vec::new(), Vec::new());
    loop {
        match reader.next(at_once) {
            Ok(None) => return (args, ends, None),
            Ok(Some(batch)) => {
                let before = args.len();
                args.extend(batch.args().iter().map(|arg| arg.to_vec()));
                ends.extend(batch.ends.iter().map(|end| before + end));
            }
            Err(Fault::Truncated { whole }) => return (args, ends, Some(("truncated", whole))),
            Err(Fault::Corrupt { good, at, .. }) => {
                assert!(good <= at.max(good) && at <= bytes.len() as u64);
                return (args, ends, Some(("corrupt", good)));
            }
            Err(Fault::Io(error)) => panic!("{error}"),
        }
    }
}

/// Reads, checks that pieces do not matter, and that what is called good reads without a fault.
fn check(bytes: &[u8]) -> Read {
    let all = read(bytes, 1 << 20);
    assert_eq!(all, read(bytes, 1));
    if let Some((_, good)) = all.2 {
        let (args, _, fault) = read(&bytes[..good as usize], 7);
        assert_eq!(fault, None, "what was called good is not");
        assert_eq!(args[..], all.0[..args.len()]);
    }
    all
}

/// Bytes that reach a disk together, or don't.
const SECTOR: usize = 64;

/// A command for each piece of so many bytes.
fn commands(values: &[u8], size: usize) -> Vec<u8> {
    let mut batch = Vec::new();
    for value in values.chunks(size) {
        batch.extend_from_slice(format!("*2\r\n$4\r\nINCR\r\n${}\r\n", value.len()).as_bytes());
        batch.extend_from_slice(value);
        batch.extend_from_slice(b"\r\n");
    }
    batch
}

/// A file of our own: each piece of the input is the value of a command, some commands are a group. Some of the filler is left.
fn written(data: &[u8], policy: Policy) -> Vec<u8> {
    let storage = MemoryStorage::default();
    let writer = Writer::new(storage.open("f").expect("there is room"), policy).expect("there is room");
    for group in data.chunks(24) {
        writer.write(&mut commands(group, 7)).expect("there is room");
    }
    let mut bytes = storage.content("f").expect("it is there");
    bytes.truncate((writer.size() as usize + 2 * SECTOR).next_multiple_of(SECTOR).min(bytes.len()));
    bytes
}

/// Writes a group behind some others and takes sectors away from it: what was there before is read, and of the rest no more
/// than its start. Values look like filler where they can; to look like what another server appends, they would have to be made
/// for it.
fn check_torn(missing: u8, data: &[u8]) {
    let data: Vec<u8> = data.iter().map(|byte| b"#\n\rab"[usize::from(*byte) % 5]).collect();
    let storage = MemoryStorage::default();
    let file = storage.open("f").expect("there is room");
    let writer = Writer::new(file, Policy::Always).expect("there is room");
    let write = |values: &[u8]| {
        writer.write(&mut commands(values, 90)).expect("there is room");
        (writer.size() as usize, storage.content("f").expect("it is there"))
    };
    let first = data.len() / 2;
    let (start, before) = write(&data[..first]);
    let (end, mut after) = write(&data[first..]);
    after.truncate((end + 2 * SECTOR).next_multiple_of(SECTOR));
    let (whole, _, fault) = check(&after);
    assert_eq!(fault, None);
    for (index, sector) in (start / SECTOR..end.div_ceil(SECTOR)).enumerate() {
        let range = sector * SECTOR..(sector + 1) * SECTOR;
        if missing >> (index % 8) & 1 == 1
            && let Some(filler) = before.get(range.clone())
        {
            after[range].copy_from_slice(filler);
        }
    }
    let (found, _, fault) = check(&after);
    let kept = fault.map_or(found.len(), |(_, good)| read(&after[..good as usize], 100).0.len());
    assert!(kept >= 2 * first.div_ceil(90), "what was safe is lost");
    assert_eq!(found[..kept], whole[..kept]);
}

fuzz_target!(|data: &[u8]| {
    let Some((way, data)) = data.split_first() else { return };
    // Filler takes time to be written, so few of the values do it.
    let policy = if *way < 0xe0 { Policy::Never } else { Policy::Always };
    match way % 3 {
        _ if *way >= 0xf0 => {
            let Some((&[missing], values)) = data.split_first_chunk::<1>() else { return };
            check_torn(missing, values);
        }
        0 => drop(check(data)),
        1 => {
            let ours = [&written(b"abc", policy)[..], data].concat();
            check(&ours);
        }
        _ => {
            let Some((&[place, change], values)) = data.split_first_chunk::<2>() else { return };
            let mut bytes = written(values, policy);
            assert_eq!(check(&bytes).2, None);
            let at = (bytes.len() * usize::from(place)) / 256;
            bytes[at] ^= change;
            let fault = check(&bytes).2;
            // A file of one line has nothing that a checksum would cover, but the line itself is looked at.
            assert_eq!(change != 0, fault.is_some(), "byte {at} was changed by {change}");
        }
    }
});
