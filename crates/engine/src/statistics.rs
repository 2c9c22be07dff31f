//! Statistics: counters that each worker keeps for itself and INFO adds up.
//!
//! A worker writes its own with relaxed stores; nobody else does, so no line moves between cores but for readers.

use crate::engine::Shared;
use crate::latency::Histogram;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A counter with one writer.
#[derive(Default, Debug)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds; only the owner may.
    #[inline(always)]
    pub fn add(&self, n: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(n), Relaxed);
    }
    /// Replaces; only the owner may.
    pub fn set(&self, n: u64) {
        self.0.store(n, Relaxed);
    }
    /// Reads.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
    /// Back to zero.
    pub fn reset(&self) {
        self.0.store(0, Relaxed);
    }
}

/// Of one command.
#[derive(Default, Debug)]
pub struct CommandCounters {
    /// Executions.
    pub calls: Counter,
    /// Time in them, nanoseconds.
    pub nanoseconds: Counter,
    /// Executions whose time is in `nanoseconds`; the others are charged at the rate of the next one that is measured.
    pub charged: Counter,
    /// How long they took, once one was measured.
    pub latency: OnceLock<Box<Histogram>>,
    /// Refusals before execution.
    pub rejected: Counter,
    /// Executions that ended in an error.
    pub failed: Counter,
}

impl CommandCounters {
    /// Charges the calls since the last measurement with `nanoseconds` each; in the histogram too if `is_tracked`.
    pub fn charge(&self, nanoseconds: u64, is_tracked: bool) {
        let pending = self.calls.get().saturating_sub(self.charged.get()).min(PENDING_MAX);
        self.charged.set(self.calls.get());
        self.nanoseconds.add(nanoseconds * pending);
        if is_tracked {
            self.latency.get_or_init(Box::default).record(nanoseconds, pending);
        }
    }
}

/// Calls that one measurement stands for, at most; more can only be seen where a reset came in between.
const PENDING_MAX: u64 = 4096;

/// Of one worker.
#[derive(Debug)]
pub struct Statistics {
    /// By command id.
    pub commands: Vec<CommandCounters>,
    /// Commands executed.
    pub executed: Counter,
    /// Reads that found their key.
    pub hits: Counter,
    /// Reads that did not.
    pub misses: Counter,
    /// Keys that expired.
    pub expired: Counter,
    /// Keys that were evicted.
    pub evicted: Counter,
    /// Changes (`rdb_changes_since_last_save`).
    pub dirty: Counter,
    /// Error replies.
    pub errors: Counter,
    /// Bytes fed.
    pub input_bytes: Counter,
    /// Bytes of memory that the interpreter of scripts holds.
    pub script_bytes: Counter,
    /// Bytes of replies.
    pub output_bytes: Counter,
}

impl Statistics {
    /// For a table of `commands` rows.
    pub fn new(commands: usize) -> Self {
        Statistics {
            commands: (0..commands).map(|_| CommandCounters::default()).collect(),
            executed: Counter::default(),
            hits: Counter::default(),
            misses: Counter::default(),
            expired: Counter::default(),
            evicted: Counter::default(),
            dirty: Counter::default(),
            errors: Counter::default(),
            input_bytes: Counter::default(),
            script_bytes: Counter::default(),
            output_bytes: Counter::default(),
        }
    }
    /// Counts an error reply by its code, the word before the first blank.
    #[cold]
    pub(crate) fn count_error(&self, shared: &Shared, text: &[u8]) {
        self.errors.add(1);
        let start = &text[..text.len().min(ERROR_CODE_BYTES_MAX)];
        let code = match start.iter().position(|b| *b == b' ') {
            Some(end) if end > 0 => String::from_utf8_lossy(&start[..end]),
            _ => "ERR".into(),
        };
        let mut errors = shared.errors.lock();
        // Scripts and DEBUG ERROR invent codes; their number must not grow with what clients send.
        let code = if errors.len() >= ERROR_CODES_MAX && !errors.contains_key(&*code) {
            "ERRORSTATS_OVERFLOW".into()
        } else {
            code
        };
        *errors.entry(code.into_owned()).or_default() += 1;
    }
    /// CONFIG RESETSTAT.
    pub fn reset(&self) {
        for command in &self.commands {
            let CommandCounters { calls, nanoseconds, charged, latency, rejected, failed } = command;
            for counter in [calls, nanoseconds, charged, rejected, failed] {
                counter.reset();
            }
            if let Some(latency) = latency.get() {
                latency.reset();
            }
        }
        for counter in [
            &self.executed,
            &self.hits,
            &self.misses,
            &self.expired,
            &self.evicted,
            &self.errors,
            &self.input_bytes,
            &self.output_bytes,
        ] {
            counter.reset();
        }
    }
}

/// Distinct error codes that are counted; those after them share one.
const ERROR_CODES_MAX: usize = 128;
/// Longest error code, bytes.
const ERROR_CODE_BYTES_MAX: usize = 32;

/// What INFO calls instantaneous: the mean of the last samples, taken ten times a second.
#[derive(Debug, Default)]
pub struct Rates {
    taken_us: u64,
    totals: [u64; 3],
    samples: [[f64; 3]; SAMPLES],
    next: usize,
}

const SAMPLES: usize = 16;
const SAMPLE_PERIOD_US: u64 = 100_000;

impl Rates {
    /// Whether it is time for another sample.
    pub fn is_due(&self, mono_us: u64) -> bool {
        mono_us >= self.taken_us + SAMPLE_PERIOD_US
    }
    /// Takes the totals of operations, bytes in and bytes out.
    pub fn sample(&mut self, mono_us: u64, totals: [u64; 3]) {
        let seconds = (mono_us - self.taken_us) as f64 / 1e6;
        if self.taken_us != 0 {
            self.samples[self.next] =
                std::array::from_fn(|at| totals[at].saturating_sub(self.totals[at]) as f64 / seconds);
            self.next = (self.next + 1) % SAMPLES;
        }
        (self.taken_us, self.totals) = (mono_us, totals);
    }
    /// Operations, bytes in and bytes out, all per second.
    pub fn per_second(&self) -> [f64; 3] {
        std::array::from_fn(|at| self.samples.iter().map(|s| s[at]).sum::<f64>() / SAMPLES as f64)
    }
}
