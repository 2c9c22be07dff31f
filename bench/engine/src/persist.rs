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

/// `persist`.
pub fn persist(arguments: &Arguments) {
    let source = engine(arguments);
    fill(&source, arguments.keys.unwrap_or(400_000));
    let began = ThreadTime::now();
    let mut snapshot = source.begin_snapshot(&SnapshotOptions::default(), now(), || ()).expect("none runs");
    let (keys, mut file, mut spare) = (snapshot.total(), Vec::new(), Vec::new());
    while let Some(bytes) = snapshot.step(STEP, spare) {
        file.extend_from_slice(&bytes);
        spare = bytes;
    }
    let save_s = began.elapsed().as_secs_f64();
    let target = engine(arguments);
    let encodings = target.encodings();
    let began = ThreadTime::now();
    let mut sink = target.loading();
    let summary =
        Loader::new(&mut &file[..], &encodings, LoadOptions::default()).run(&mut sink).expect("whole");
    sink.finish().expect("each key comes once");
    let load_s = began.elapsed().as_secs_f64();
    assert_eq!(summary.keys, keys);
    let mb = file.len() as f64 / 1e6;
    println!(
        "{{\"bench\":\"engine-persist\",\"keys\":{keys},\"mb\":{mb:.1},\"save_mb_per_s\":{:.0},\"load_mb_per_s\":{:.0}}}",
        mb / save_s,
        mb / load_s
    );
}
