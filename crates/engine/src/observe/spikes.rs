//! Spikes: how long events took that took too long, by the name of the event (LATENCY).
//!
//! An event keeps its last [`SAMPLES_MAX`] samples, at most one a second: a second's sample is the longest of its spikes.

use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// Samples that are kept of an event.
const SAMPLES_MAX: usize = 160;

/// The longest spike of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Unix seconds.
    pub unix_s: i64,
    /// Milliseconds.
    pub ms: u64,
}

/// What is known of an event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Event {
    /// In the order of time; never empty once the event is there.
    pub samples: VecDeque<Sample>,
    /// The longest spike ever, milliseconds.
    pub max_ms: u64,
}

/// All events.
#[derive(Debug, Default)]
pub struct Spikes {
    /// From how long on it is a spike, milliseconds; 0: never.
    threshold_ms: AtomicU64,
    events: Mutex<BTreeMap<&'static str, Event>>,
    /// The time as cron has seen it last, Unix seconds: for those who have an event but no clock.
    unix_s: AtomicI64,
}

impl Spikes {
    /// Sets from how long on it is a spike, milliseconds; 0: never.
    pub fn set_threshold_ms(&self, ms: u64) {
        self.threshold_ms.store(ms, Relaxed);
    }
    /// From how long on it is a spike, milliseconds; 0: never.
    pub fn threshold_ms(&self) -> u64 {
        self.threshold_ms.load(Relaxed)
    }
    /// Cron has seen the time.
    pub fn tell_time(&self, unix_s: i64) {
        self.unix_s.store(unix_s, Relaxed);
    }
    /// Something took this long, milliseconds: `fork`, `aof-write`, `expire-cycle` and what else LATENCY has names for.
    /// Costs a load where the monitor is off or the time is short.
    #[inline]
    pub fn add(&self, name: &'static str, ms: u64) {
        self.add_at(name, ms, self.unix_s.load(Relaxed));
    }
    /// As [`Spikes::add`], where the time is known.
    pub fn add_at(&self, name: &'static str, ms: u64, unix_s: i64) {
        let threshold_ms = self.threshold_ms();
        if threshold_ms == 0 || ms < threshold_ms {
            return;
        }
        let mut events = self.events.lock();
        let event = events.entry(name).or_default();
        event.max_ms = event.max_ms.max(ms);
        match event.samples.back_mut() {
            Some(last) if last.unix_s == unix_s => last.ms = last.ms.max(ms),
            _ => {
                if event.samples.len() == SAMPLES_MAX {
                    event.samples.pop_front();
                }
                event.samples.push_back(Sample { unix_s, ms });
            }
        }
    }
    /// An event by its name.
    pub(crate) fn get(&self, name: &[u8]) -> Option<Event> {
        self.events.lock().iter().find(|(known, _)| known.as_bytes() == name).map(|(_, event)| event.clone())
    }
    /// All events by name.
    pub(crate) fn all(&self) -> BTreeMap<&'static str, Event> {
        self.events.lock().clone()
    }
    /// Forgets an event; whether there was one.
    pub fn reset(&self, name: &[u8]) -> bool {
        let mut events = self.events.lock();
        let known = events.keys().find(|known| known.as_bytes() == name).copied();
        known.is_some_and(|known| events.remove(known).is_some())
    }
    /// Forgets all events; how many there were.
    pub fn reset_all(&self) -> usize {
        std::mem::take(&mut *self.events.lock()).len()
    }
}

/// What can be said of an event's samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Analysis {
    /// The longest ever, milliseconds.
    pub all_time_ms: u64,
    /// Of the samples, milliseconds.
    pub average_ms: u64,
    pub shortest_ms: u64,
    pub longest_ms: u64,
    /// Mean absolute deviation, milliseconds.
    pub deviation_ms: u64,
    /// Seconds from the first sample until now.
    pub period_s: i64,
    pub samples: usize,
}

impl Event {
    /// See [`Analysis`].
    pub fn analyze(&self, unix_s: i64) -> Analysis {
        let Some(first) = self.samples.front() else { return Analysis::default() };
        let count = self.samples.len() as u64;
        let times = || self.samples.iter().map(|sample| sample.ms);
        let average_ms = times().sum::<u64>() / count;
        Analysis {
            all_time_ms: self.max_ms,
            average_ms,
            shortest_ms: times().min().unwrap_or(0),
            longest_ms: times().max().unwrap_or(0),
            deviation_ms: times().map(|ms| ms.abs_diff(average_ms)).sum::<u64>() / count,
            period_s: (unix_s - first.unix_s).max(1),
            samples: self.samples.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_one_sample_and_few_are_kept() {
        let spikes = Spikes::default();
        spikes.add_at("command", 1000, 1);
        assert!(spikes.all().is_empty(), "the monitor is off");
        spikes.set_threshold_ms(10);
        for (ms, unix_s) in [(9, 1), (10, 1), (30, 1), (20, 1), (15, 2)] {
            spikes.add_at("command", ms, unix_s);
        }
        let event = spikes.get(b"command").unwrap();
        let samples: Vec<_> = event.samples.iter().map(|s| (s.unix_s, s.ms)).collect();
        assert_eq!((&samples[..], event.max_ms), (&[(1, 30), (2, 15)][..], 30));
        let analysis = event.analyze(11);
        assert_eq!((analysis.average_ms, analysis.deviation_ms, analysis.period_s), (22, 7, 10));
        (0..1000).for_each(|second| spikes.add_at("fork", 10, second));
        assert_eq!(spikes.get(b"fork").unwrap().samples.len(), SAMPLES_MAX);
        assert!(spikes.reset(b"fork") && !spikes.reset(b"fork"));
        assert_eq!(spikes.reset_all(), 1);
    }
}
