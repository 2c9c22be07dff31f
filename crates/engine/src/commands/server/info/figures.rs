//! Sums over all workers and connections.

use crate::commands::memory_bytes;
use crate::engine::{MemoryFigures, Shared};
use std::sync::atomic::Ordering::Relaxed;

/// See the head of the file.
#[derive(Default)]
pub(crate) struct Figures {
    /// Commands executed.
    pub executed: u64,
    /// Reads that found their key.
    pub hits: u64,
    /// Reads that did not.
    pub misses: u64,
    /// Keys that expired.
    pub expired: u64,
    /// Keys that were evicted.
    pub evicted: u64,
    /// Changes since the start.
    pub dirty: u64,
    /// Error replies.
    pub errors: u64,
    /// Bytes fed.
    pub input_bytes: u64,
    /// Bytes of replies.
    pub output_bytes: u64,
    /// Connections.
    pub clients: usize,
    /// Those that wait in a blocking command.
    pub blocked: usize,
    /// Those that listen to a channel or pattern.
    pub subscribers: usize,
    /// Bytes that connections take.
    pub client_bytes: usize,
    /// Largest query and output buffers, bytes.
    pub buffers_max: (usize, usize),
    /// Of the process.
    pub memory: MemoryFigures,
}

impl Figures {
    /// Adds everything up.
    pub fn gather(shared: &Shared) -> Figures {
        let mut sum = Figures { memory: (shared.options.memory)(), ..Figures::default() };
        for statistics in shared.statistics.lock().iter() {
            sum.executed += statistics.executed.get();
            sum.hits += statistics.hits.get();
            sum.misses += statistics.misses.get();
            sum.expired += statistics.expired.get();
            sum.evicted += statistics.evicted.get();
            sum.dirty += statistics.dirty.get();
            sum.errors += statistics.errors.get();
            sum.input_bytes += statistics.input_bytes.get();
            sum.output_bytes += statistics.output_bytes.get();
        }
        for card in shared.registry.all() {
            if card.killed.load(Relaxed) {
                continue;
            }
            sum.clients += 1;
            sum.blocked += usize::from(card.blocked.load(Relaxed));
            sum.subscribers += usize::from(card.is_subscriber());
            sum.client_bytes += memory_bytes(&card);
            sum.buffers_max.0 = sum.buffers_max.0.max(card.query[1].load(Relaxed));
            sum.buffers_max.1 = sum.buffers_max.1.max(card.output[1].load(Relaxed));
        }
        sum
    }
    /// Bytes beyond those that were in use before there was a key.
    pub fn dataset_bytes(&self, overhead_bytes: u64) -> u64 {
        self.memory.used.saturating_sub(overhead_bytes)
    }
}

/// A number of bytes as people read it: `1.50M`.
pub(crate) fn human(bytes: u64) -> String {
    let n = bytes as f64;
    for (unit, power) in [("B", 0), ("K", 1), ("M", 2), ("G", 3), ("T", 4), ("P", 5)] {
        let scale = 1024f64.powi(power);
        if n < scale * 1024.0 {
            return if power == 0 { format!("{bytes}B") } else { format!("{:.2}{unit}", n / scale) };
        }
    }
    format!("{bytes}B")
}

/// `part / whole`, 0 where there is no whole.
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn bytes_in_words() {
        assert_eq!(human(0), "0B");
        assert_eq!(human(1023), "1023B");
        assert_eq!(human(940_840), "918.79K");
        assert_eq!(human(25_276_502_016), "23.54G");
    }
}
