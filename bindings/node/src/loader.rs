//! Loader: reads an RDB file into the keyspace. One thread reads and decodes; others, where there are processors, put in.

use crate::clock;
use crate::core::Core;
use crate::engine::NativeEngine;
use hematite_engine::rdb::{LoadOptions, Loader, Source};
use hematite_engine::{Arrival, Keep, LoadBatch, Loading, Progress};
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Error, Result};
use napi_derive::napi;
use std::fs::File;
use std::io::Read;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// Batches on their way between the threads: enough to keep them busy, few enough to stay in the caches.
const BATCHES_AHEAD: usize = 16;
/// Threads that put entries in, at most: more would wait for the one that decodes.
const THREADS_MAX: usize = 3;

/// How a file is loaded.
#[napi(object)]
pub struct NativeLoad {
    pub path: String,
    /// Compare the checksum.
    pub checksum: bool,
    /// Access frequency is counted.
    pub lfu: bool,
    /// Threads, the one that decodes included.
    pub threads: u32,
    /// Microseconds to wait a key, for tests.
    pub key_delay: f64,
}

/// What came of it.
#[napi(object)]
pub struct NativeLoaded {
    /// The system's reason why the file could not be opened, and its name: `ENOENT` ...
    pub unopened: Option<String>,
    pub code: Option<String>,
    /// What is wrong with it, with the offset.
    pub broken: Option<String>,
    /// The format's version.
    pub version: u32,
    pub keys: f64,
    pub expired: f64,
    pub empty: f64,
    pub bytes: f64,
    pub seconds: f64,
    /// Aux fields: names and values by turns.
    pub aux: Vec<String>,
}

struct Reader {
    file: File,
    progress: Arc<Progress>,
}

impl Source for Reader {
    fn read(&mut self, into: &mut [u8]) -> std::result::Result<usize, String> {
        loop {
            match self.file.read(into) {
                Ok(count) => {
                    self.progress.done.fetch_add(count as u64, Relaxed);
                    return Ok(count);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.to_string()),
            }
        }
    }
}

impl NativeLoaded {
    fn nothing() -> NativeLoaded {
        NativeLoaded {
            unopened: None,
            code: None,
            broken: None,
            version: 0,
            keys: 0.0,
            expired: 0.0,
            empty: 0.0,
            bytes: 0.0,
            seconds: 0.0,
            aux: Vec::new(),
        }
    }
}

/// Reads the file to its end, at the pace of `key-load-delay`.
fn read_all(
    loader: &mut Loader<'_, '_>,
    load: &NativeLoad,
    sink: &mut Loading<'_>,
) -> std::result::Result<(), hematite_persist::Error> {
    if load.key_delay <= 0.0 {
        return loader.run(sink).map(|_| ());
    }
    let mut keys = 0;
    while loader.step(sink)? {
        let delay_us = load.key_delay * (loader.summary().keys - keys) as f64;
        keys = loader.summary().keys;
        std::thread::sleep(Duration::from_micros(delay_us as u64));
    }
    Ok(())
}

/// Decodes into `sink` and says what came of it.
fn decode(core: &Core, load: &NativeLoad, source: &mut Reader, sink: &mut Loading<'_>) -> NativeLoaded {
    let encodings = core.engine.encodings();
    let options = LoadOptions {
        now_ms: clock::now().unix_ms,
        checksum: load.checksum,
        lfu: load.lfu,
        source_bytes: source.progress.total.load(Relaxed),
        ..LoadOptions::default()
    };
    let mut loader = Loader::new(source, &encodings, options);
    let read = read_all(&mut loader, load, sink).map_err(|error| error.to_string());
    let offset = loader.offset();
    let summary = loader.summary();
    let broken = read
        .and_then(|_| sink.finish().map_err(|reason| format!("at offset {offset}: {reason}")))
        .and_then(|()| core.engine.worker().load_functions(&sink.functions))
        .err();
    NativeLoaded {
        broken,
        version: u32::from(summary.version),
        keys: summary.keys as f64,
        expired: summary.expired as f64,
        empty: summary.empty as f64,
        bytes: offset as f64,
        aux: sink.aux.drain(..).flat_map(|(name, value)| [name, value]).collect(),
        ..NativeLoaded::nothing()
    }
}

/// The same with `threads` that put in what this one decodes.
fn decode_for(core: &Core, load: &NativeLoad, source: &mut Reader, threads: usize) -> NativeLoaded {
    let (sender, receiver) = mpsc::sync_channel::<LoadBatch>(BATCHES_AHEAD);
    let receiver = Mutex::new(receiver);
    let refused = Mutex::new(None);
    let mut loaded = std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = receiver.lock().unwrap_or_else(|e| e.into_inner()).recv();
                    let Ok(mut batch) = next else { return };
                    if let Err(reason) = core.engine.load_batch(&mut batch) {
                        *refused.lock().unwrap_or_else(|e| e.into_inner()) = Some(reason);
                    }
                }
            });
        }
        let mut sink = core.engine.loading().through(|batch| {
            let reason = refused.lock().unwrap_or_else(|e| e.into_inner()).take();
            reason.map_or_else(|| sender.send(batch).map_err(|_| "nobody puts keys in".to_owned()), Err)
        });
        let loaded = decode(core, load, source, &mut sink);
        drop(sink);
        drop(sender);
        loaded
    });
    let refused = refused.into_inner().unwrap_or_else(|e| e.into_inner());
    loaded.broken = loaded.broken.or(refused);
    loaded
}

fn unopened(error: &std::io::Error) -> NativeLoaded {
    let text = error.to_string();
    let reason = text.split(" (os error").next().unwrap_or_default().to_owned();
    let is_missing = error.kind() == std::io::ErrorKind::NotFound;
    NativeLoaded {
        unopened: Some(reason),
        code: is_missing.then(|| "ENOENT".to_owned()),
        ..NativeLoaded::nothing()
    }
}

/// A load that has begun: clients are told so until [`run`] has ended it.
struct Begun {
    opened: std::io::Result<File>,
    progress: Arc<Progress>,
}

/// Opens the file.
fn begin(core: &Core, load: &NativeLoad) -> Begun {
    let opened = File::open(&load.path).and_then(|file| Ok((file.metadata()?.len(), file)));
    let bytes = opened.as_ref().map_or(0, |(bytes, _)| *bytes);
    let progress = core.engine.persistence().begin_load(clock::now(), bytes);
    Begun { opened: opened.map(|(_, file)| file), progress }
}

/// Puts in what a file holds.
fn fill(core: &Core, load: &NativeLoad, Begun { opened, progress }: Begun) -> NativeLoaded {
    let file = match opened {
        Ok(file) => file,
        Err(error) => return unopened(&error),
    };
    let began = clock::nanoseconds();
    let mut source = Reader { file, progress };
    let others = (load.threads as usize).saturating_sub(1).min(THREADS_MAX);
    let mut loaded = match others {
        0 => decode(core, load, &mut source, &mut core.engine.loading()),
        others => decode_for(core, load, &mut source, others),
    };
    loaded.seconds = (clock::nanoseconds() - began) as f64 / 1e9;
    loaded
}

/// Notes that the dataset is that of the file.
fn note_saved(core: &Core) {
    core.engine.persistence().set_last_save(clock::now().unix_ms / 1000, core.engine.changes());
}

/// Loads a file.
fn run(core: &Core, load: &NativeLoad, begun: Begun) -> NativeLoaded {
    let loaded = fill(core, load, begun);
    core.engine.persistence().end_load(loaded.keys as u64, loaded.expired as u64);
    if loaded.unopened.is_none() {
        note_saved(core);
    }
    loaded
}

#[napi]
impl NativeEngine {
    /// Loads a file on threads of its own, and says what came of it.
    #[napi(ts_args_type = "load: NativeLoad, done: (loaded: NativeLoaded) => void")]
    pub fn load(&self, load: NativeLoad, done: Function<'_, FnArgs<(NativeLoaded,)>, ()>) -> Result<()> {
        let done = done
            .build_threadsafe_function::<NativeLoaded>()
            .build_callback(|ctx| Ok(FnArgs::from((ctx.value,))))?;
        let core = Arc::clone(self.core());
        // From this moment on, not from that when the thread runs.
        let begun = begin(&core, &load);
        let body = move || {
            done.call(run(&core, &load, begun), ThreadsafeFunctionCallMode::NonBlocking);
        };
        let spawned = std::thread::Builder::new().name("hm-load".into()).spawn(body);
        spawned.map(|_| ()).map_err(|error| {
            self.core().engine.persistence().end_load(0, 0);
            Error::from_reason(error.to_string())
        })
    }

    /// Loads a file on this thread.
    #[napi]
    pub fn load_now(&self, load: NativeLoad) -> NativeLoaded {
        run(self.core(), &load, begin(self.core(), &load))
    }

    /// From now on the handler of commands answers DEBUG RELOAD.
    #[napi]
    pub fn reload_by_files(&self) {
        self.core().engine.persistence().reload_by_files();
    }

    /// Loads a file on this thread in the place of what is in memory, as `keep` says: `nothing`, `everything` (a key that both
    /// have is an error) or `others` (the file's goes before). Whatever fails leaves what is in memory as it was.
    #[napi(ts_args_type = "load: NativeLoad, keep: 'nothing' | 'everything' | 'others'")]
    pub fn reload(&self, load: NativeLoad, keep: String) -> Result<NativeLoaded> {
        self.refuse_within_command()?;
        let core = self.core();
        let keep = match keep.as_str() {
            "nothing" => Keep::Nothing,
            "everything" => Keep::Everything,
            "others" => Keep::Others,
            _ => return Err(Error::from_reason("keep is one of nothing, everything, others")),
        };
        let aside = core.engine.set_aside(clock::now(), || Ok(())).map_err(Error::from_reason)?;
        let mut loaded = fill(core, &load, begin(core, &load));
        let arrival = Arrival { keep, keys: loaded.keys as u64, expired: loaded.expired as u64 };
        let is_whole = loaded.unopened.is_none() && loaded.broken.is_none();
        let ended = core.engine.end_reload(aside, is_whole.then_some(arrival), || ());
        loaded.broken = loaded.broken.or(ended.err());
        if is_whole && loaded.broken.is_none() && keep == Keep::Nothing {
            note_saved(core);
        }
        Ok(loaded)
    }

    /// Bytes loaded and bytes to load, while a file is being loaded.
    #[napi]
    pub fn load_progress(&self) -> Option<Vec<f64>> {
        let (done, total) = self.core().engine.persistence().loading()?;
        Some(vec![done as f64, total as f64])
    }
}
