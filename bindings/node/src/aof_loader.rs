//! Loads append-only files: a base, which is an RDB file or commands or both, and the commands that follow, file by file.

use crate::clock;
use crate::core::Core;
use crate::engine::NativeEngine;
use crate::file::{DiskFile, Sequence};
use hematite_engine::rdb::{LoadOptions, Loader};
use hematite_engine::{Progress, Session, Worker};
use hematite_persist::aof::{Extended, Fault, Reader, left_behind, take_in};
use hematite_persist::storage::{File, read_full_at, words};
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Error, Result};
use napi_derive::napi;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

/// Commands that are executed at once.
const BATCH: usize = 256;

/// What is loaded.
#[napi(object)]
pub struct NativeAofLoad {
    /// Paths, in order.
    pub paths: Vec<String>,
    /// A last file that is truncated is cut where its last whole command ends (`aof-load-truncated`).
    pub cut_truncated: bool,
    /// Access frequency is counted.
    pub lfu: bool,
    /// Compare checksums of RDB files.
    pub checksum: bool,
}

/// What came of it.
#[napi(object)]
pub struct NativeAofLoaded {
    /// What is wrong, if anything is: `open`, `append`, `read`, `rdb`, `truncated`, `corrupt`, `command`.
    pub fault: Option<String>,
    /// Which path it concerns, by index.
    pub index: u32,
    /// Where, bytes from the start of the file.
    pub offset: f64,
    /// What lies before it is right.
    pub good: f64,
    pub reason: String,
    /// Where the last file was cut, and how long it was, if it was cut.
    pub cut_to: Option<f64>,
    pub cut_from: f64,
    /// Bytes that a process which was killed had left with the kernel, and that were appended; and those that were not, since
    /// they do not follow what the file holds.
    pub taken_in: f64,
    pub ignored: f64,
    /// The system's reason why the last file did not take such bytes; they were loaded, and are where they were.
    pub unappended: Option<String>,
    pub keys: f64,
    pub commands: f64,
    /// Commands that were refused, though they had been accepted when they were recorded; and of the first the index of its path,
    /// its offset and the error.
    pub refused: f64,
    pub refused_in: u32,
    pub refused_at: f64,
    pub refusal: String,
    pub seconds: f64,
}

/// What is wrong with a file.
struct Trouble {
    fault: &'static str,
    offset: u64,
    good: u64,
    reason: String,
}

impl Trouble {
    fn new(fault: &'static str, reason: impl ToString) -> Trouble {
        Trouble { fault, offset: 0, good: 0, reason: reason.to_string() }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        match fault {
            Fault::Io(error) => Trouble::new("read", words(&error)),
            Fault::Truncated { whole } => Trouble {
                fault: "truncated",
                offset: whole,
                good: whole,
                reason: "it ends within a command or a transaction".into(),
            },
            Fault::Corrupt { at, good, reason } => Trouble { fault: "corrupt", offset: at, good, reason },
        }
    }
}

struct Load<'c> {
    core: &'c Core,
    options: &'c NativeAofLoad,
    worker: Worker,
    session: Session,
    progress: Arc<Progress>,
    outcome: NativeAofLoaded,
}

impl Load<'_> {
    fn file(&mut self, index: usize) -> std::result::Result<(), Trouble> {
        let path = Path::new(&self.options.paths[index]);
        let is_last = index + 1 == self.options.paths.len();
        let file = DiskFile::read(path).map_err(|error| Trouble::new("open", words(&error)))?;
        // A file that this process writes to is its own already.
        if is_last && self.core.aof.lock().writer.is_none() {
            file.own().map_err(|error| Trouble::new("open", words(&error)))?;
        }
        let more =
            self.take_in(path, &file, is_last).map_err(|error| Trouble::new("append", words(&error)))?;
        let mut magic = [0; 5];
        let read = read_full_at(&file, 0, &mut magic).map_err(|error| Trouble::new("read", words(&error)))?;
        let from = if read == 5 && magic == *b"REDIS" { self.preamble(&file)? } else { 0 };
        let unappended = !more.is_empty();
        let whole = Extended::new(&file, more).map_err(|error| Trouble::new("read", words(&error)))?;
        match self.commands(&whole, from, index) {
            // All of it is going to be written anew.
            Err(Trouble { fault: "truncated", .. }) if unappended => Ok(()),
            Err(Trouble { fault: "truncated", good, .. }) if is_last && self.options.cut_truncated => {
                drop(file);
                self.cut(path, good)
            }
            other => other,
        }
    }

    /// Appends to a file what a process that was killed has left for it. The last file may refuse that, on a full disk: what it
    /// has not taken is given back, to be loaded all the same.
    fn take_in(&mut self, path: &Path, file: &DiskFile, is_last: bool) -> io::Result<Vec<u8>> {
        let mut left = left_behind(file)?;
        let mut refused = Vec::new();
        if !left.bytes.is_empty() {
            match DiskFile::open(path).and_then(|file| take_in(&file)) {
                Ok(taken) => left = taken,
                Err(error) if is_last => {
                    self.outcome.unappended = Some(words(&error));
                    // A part may be there.
                    refused = left_behind(file)?.bytes;
                    left.bytes.clear();
                }
                Err(error) => return Err(error),
            }
        }
        self.outcome.taken_in += left.bytes.len() as f64;
        self.outcome.ignored += left.ignored as f64;
        Ok(refused)
    }

    /// The RDB file that the file begins with; where it ends.
    fn preamble(&mut self, file: &DiskFile) -> std::result::Result<u64, Trouble> {
        let encodings = self.core.engine.encodings();
        let options = LoadOptions {
            now_ms: clock::now().unix_ms,
            skips_expired: false,
            checksum: self.options.checksum,
            lfu: self.options.lfu,
            source_bytes: self.progress.total.load(Relaxed),
            has_tail: true,
        };
        let mut source = Sequence::new(file, &self.progress);
        let mut sink = self.core.engine.loading();
        let mut loader = Loader::new(&mut source, &encodings, options);
        let read = loader.run(&mut sink);
        let offset = loader.offset();
        let trouble = |reason: String| Trouble { fault: "rdb", offset, good: 0, reason };
        let summary =
            read.map_err(|error| Trouble { offset: error.offset(), ..trouble(error.to_string()) })?;
        sink.finish().map_err(trouble)?;
        self.worker.load_functions(&sink.functions).map_err(trouble)?;
        self.outcome.keys += summary.keys as f64;
        Ok(offset)
    }

    /// The commands of the file of an index from an offset on.
    fn commands(&mut self, file: &dyn File, from: u64, index: usize) -> std::result::Result<(), Trouble> {
        let mut reader = Reader::new(file, from).map_err(|error| Trouble::new("read", words(&error)))?;
        // Each file selects its databases anew.
        let fresh = self.worker.open_replay(clock::now());
        self.worker.close(std::mem::replace(&mut self.session, fresh), clock::now());
        let mut counted = from;
        loop {
            let good = reader.checked_end();
            let Some(batch) = reader.next(BATCH)? else { return Ok(()) };
            let replayed = self.worker.replay(&mut self.session, &batch.args(), batch.ends, clock::now());
            let replayed = replayed.map_err(|error| {
                let offset = batch.offsets[error.command];
                Trouble { fault: "command", offset, good, reason: error.reason }
            })?;
            if let Some((command, refusal)) = replayed.first.filter(|_| self.outcome.refused == 0.0) {
                self.outcome.refused_in = index as u32;
                self.outcome.refused_at = batch.offsets[command] as f64;
                self.outcome.refusal = refusal;
            }
            self.outcome.refused += replayed.refused as f64;
            self.outcome.commands += batch.ends.len() as f64;
            let position = reader.position();
            self.progress.done.fetch_add(position - counted, Relaxed);
            counted = position;
        }
    }

    /// Cuts a file that ends within a command. What was queued within MULTI goes with its session.
    fn cut(&mut self, path: &Path, to: u64) -> std::result::Result<(), Trouble> {
        let cut = || {
            let file = DiskFile::open(path)?;
            let from = file.len()?;
            file.truncate(to)?;
            file.sync()?;
            Ok(from)
        };
        let from = cut().map_err(|error: io::Error| Trouble::new("open", words(&error)))?;
        self.outcome.cut_to = Some(to as f64);
        self.outcome.cut_from = from as f64;
        Ok(())
    }
}

/// Loads files while clients are told so.
pub(crate) fn run(core: &Core, options: &NativeAofLoad) -> NativeAofLoaded {
    let began = Instant::now();
    let length = |path: &String| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let progress = core.engine.persistence().begin_load(clock::now(), options.paths.iter().map(length).sum());
    let mut worker = core.engine.worker();
    let session = worker.open_replay(clock::now());
    let outcome = NativeAofLoaded {
        fault: None,
        index: 0,
        offset: 0.0,
        good: 0.0,
        reason: String::new(),
        cut_to: None,
        cut_from: 0.0,
        taken_in: 0.0,
        ignored: 0.0,
        unappended: None,
        keys: 0.0,
        commands: 0.0,
        refused: 0.0,
        refused_in: 0,
        refused_at: 0.0,
        refusal: String::new(),
        seconds: 0.0,
    };
    let mut load = Load { core, options, worker, session, progress, outcome };
    for index in 0..options.paths.len() {
        if let Err(trouble) = load.file(index) {
            load.outcome.fault = Some(trouble.fault.to_owned());
            load.outcome.index = index as u32;
            load.outcome.offset = trouble.offset as f64;
            load.outcome.good = trouble.good as f64;
            load.outcome.reason = trouble.reason;
            break;
        }
    }
    let Load { mut worker, session, mut outcome, .. } = load;
    worker.close(session, clock::now());
    outcome.seconds = began.elapsed().as_secs_f64();
    outcome
}

#[napi]
impl NativeEngine {
    /// Loads files on a thread of its own, and says what came of it. Clients are told that a dataset is loading until
    /// `aofLoadEnded` is called.
    #[napi(ts_args_type = "load: NativeAofLoad, done: (loaded: NativeAofLoaded) => void")]
    pub fn aof_load(
        &self,
        load: NativeAofLoad,
        done: Function<'_, FnArgs<(NativeAofLoaded,)>, ()>,
    ) -> Result<()> {
        let done = done
            .build_threadsafe_function::<NativeAofLoaded>()
            .build_callback(|ctx| Ok(FnArgs::from((ctx.value,))))?;
        let core = Arc::clone(self.core());
        let body = move || {
            done.call(run(&core, &load), ThreadsafeFunctionCallMode::NonBlocking);
        };
        let spawned = std::thread::Builder::new().name("hm-load".into()).spawn(body);
        spawned.map(|_| ()).map_err(|error| Error::from_reason(error.to_string()))
    }

    /// Loads files on this thread.
    #[napi]
    pub fn aof_load_now(&self, load: NativeAofLoad) -> NativeAofLoaded {
        run(self.core(), &load)
    }

    /// Clients are told that a dataset is loading, from now on.
    #[napi]
    pub fn aof_load_begins(&self) {
        self.core().engine.persistence().begin_load(clock::now(), 0);
    }

    /// The dataset is there, and what follows is recorded.
    #[napi]
    pub fn aof_load_ended(&self, keys: f64) {
        self.core().engine.persistence().end_load(keys as u64, 0);
    }
}
