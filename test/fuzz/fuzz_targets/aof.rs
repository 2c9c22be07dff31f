//! The reader of append-only files on arbitrary bytes: what it reads does not depend on how much is asked for at once, what
//! it calls good is good, and a file of a writer is read whole.
//!
//! The first byte chooses what is done with the rest: read as it is, put behind a file of ours, or written as groups of which
//! one byte is changed then.
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

/// A file of our own: each piece of the input is the value of a command, some commands are a group.
fn written(data: &[u8]) -> Vec<u8> {
    let storage = MemoryStorage::default();
    let writer =
        Writer::new(storage.open("f").expect("there is room"), 0, Policy::Never).expect("there is room");
    for group in data.chunks(24) {
        let mut batch = Vec::new();
        for value in group.chunks(7) {
            batch.extend_from_slice(format!("*2\r\n$4\r\nINCR\r\n${}\r\n", value.len()).as_bytes());
            batch.extend_from_slice(value);
            batch.extend_from_slice(b"\r\n");
        }
        writer.write(&mut batch).expect("there is room");
    }
    storage.content("f").expect("it is there")
}

fuzz_target!(|data: &[u8]| {
    let Some((way, data)) = data.split_first() else { return };
    match way % 3 {
        0 => drop(check(data)),
        1 => {
            let ours = [&written(b"abc")[..], data].concat();
            check(&ours);
        }
        _ => {
            let Some((&[place, change], values)) = data.split_first_chunk::<2>() else { return };
            let mut bytes = written(values);
            assert_eq!(check(&bytes).2, None);
            let at = (bytes.len() * usize::from(place)) / 256;
            bytes[at] ^= change;
            let fault = check(&bytes).2;
            // A file of one line has nothing that a checksum would cover, but the line itself is looked at.
            assert_eq!(change != 0, fault.is_some(), "byte {at} was changed by {change}");
        }
    }
});
