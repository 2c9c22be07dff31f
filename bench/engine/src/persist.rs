//! Snapshots without a disk: megabytes a second of processor time, written and read, over keys of every type.

use crate::{Arguments, NoWake, command, engine, now, peer, run};
use cpu_time::ThreadTime;
use hematite_engine::rdb::{LoadOptions, Loader};
use hematite_engine::{Engine, SnapshotOptions};
use std::sync::Arc;

/// Bytes of a file made at a time.
const STEP: usize = 256 << 10;

/// A quarter of `keys` strings of up to 120 bytes, and small values of every other type.
fn fill(engine: &Engine, keys: u64) {
    let mut worker = engine.worker();
    let mut session = worker.open(peer(), Arc::new(NoWake), now()).expect("no limit in process");
    let mut bytes = Vec::new();
    for n in 0..keys / 4 {
        let value = format!("{n} {}", "value ".repeat(n as usize % 20));
        command(&mut bytes, &[b"SET", format!("key:{n:012}").as_bytes(), value.as_bytes()]);
        if n % 10 == 0 {
            for (verb, name, items) in [
                ("HSET", "hash", (0..16).map(|at| format!("field:{at}:{n}")).collect::<Vec<_>>()),
                ("SADD", "set", (0..10).map(|at| (at * n).to_string()).collect()),
                (
                    "ZADD",
                    "zset",
                    (0..10).flat_map(|at| [format!("{}", at as f64 * 1.5), format!("member:{at}")]).collect(),
                ),
                ("RPUSH", "list", (0..10).map(|at| format!("element:{at}:{n}")).collect()),
            ] {
                let key = format!("{name}:{n}");
                let words: Vec<&[u8]> = [verb, &key]
                    .into_iter()
                    .chain(items.iter().map(String::as_str))
                    .map(str::as_bytes)
                    .collect();
                command(&mut bytes, &words);
            }
        }
        if bytes.len() > 16_000 {
            run(&mut worker, &mut session, &bytes);
            bytes.clear();
        }
    }
    run(&mut worker, &mut session, &bytes);
}

/// A snapshot of everything, and the seconds of processor time that it took.
fn save(engine: &Engine) -> (Vec<u8>, f64) {
    let began = ThreadTime::now();
    let mut snapshot = engine.begin_snapshot(&SnapshotOptions::default(), now(), || ()).expect("none runs");
    let (mut file, mut spare) = (Vec::new(), Vec::new());
    while let Some(bytes) = snapshot.step(STEP, spare) {
        file.extend_from_slice(&bytes);
        spare = bytes;
    }
    (file, began.elapsed().as_secs_f64())
}

/// An engine with what a file holds, how many keys that is, and the seconds of processor time that it took.
fn load(arguments: &Arguments, file: &[u8]) -> (Engine, u64, f64) {
    let target = engine(arguments);
    let encodings = target.encodings();
    let options = LoadOptions { source_bytes: file.len() as u64, ..LoadOptions::default() };
    let began = ThreadTime::now();
    let mut sink = target.loading();
    let summary = Loader::new(&mut &file[..], &encodings, options).run(&mut sink).expect("whole");
    sink.finish().expect("each key comes once");
    drop(sink);
    (target, summary.keys, began.elapsed().as_secs_f64())
}

/// Megabytes are those of the file that was read, for both ways, so that who packs better does not seem slower.
///
/// `persist`: with the files named, or with data of its own. The best of the rounds counts: what else runs only adds.
pub fn persist(arguments: &Arguments) {
    if arguments.words.is_empty() {
        let source = engine(arguments);
        fill(&source, arguments.keys.unwrap_or(400_000));
        return measure(arguments, "mixed", &save(&source).0);
    }
    for path in &arguments.words {
        let file = std::fs::read(path).expect("the file can be read");
        measure(arguments, path, &file);
    }
}

fn measure(arguments: &Arguments, name: &str, file: &[u8]) {
    let (mut load_s, mut save_s, mut keys, mut saved) = (f64::MAX, f64::MAX, 0, 0);
    for _ in 0..arguments.rounds {
        let (target, loaded, seconds) = load(arguments, file);
        (keys, load_s) = (loaded, load_s.min(seconds));
        let (written, seconds) = save(&target);
        (saved, save_s) = (written.len(), save_s.min(seconds));
    }
    let (mb, saved_mb) = (file.len() as f64 / 1e6, saved as f64 / 1e6);
    println!(
        "{{\"bench\":\"engine-persist\",\"file\":\"{name}\",\"keys\":{keys},\"mb\":{mb:.1},\"saved_mb\":{saved_mb:.1},\"save_mb_per_s\":{:.0},\"load_mb_per_s\":{:.0}}}",
        mb / save_s,
        mb / load_s
    );
}
