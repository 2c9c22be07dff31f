//! How many completions to wait for.
//!
//! Falling asleep and being woken costs more than a small command. When requests come fast anyway, it pays to wait a
//! moment for a few of them at once (the kernel's minimum wait, Linux 6.12); with few clients, or a slow trickle, it
//! would only add latency. So the arrivals of the last millisecond decide. What is asked for is at most what the
//! moment is expected to bring, and a server that is behind finds it there already and does not wait at all.

/// The moment, in microseconds: the most that is ever added to a reply's latency.
pub(super) const MOMENT_US: u32 = 30;
/// Arrivals are counted over at least this long.
const WINDOW_US: u64 = 1000;
/// With fewer clients than this, each is answered at once.
const CONNECTIONS_MIN: usize = 16;
/// Most completions waited for.
const WANT_MAX: u64 = 16;

#[derive(Default)]
pub(super) struct Pace {
    window_start_us: u64,
    arrivals: u64,
    expected: u64,
}

impl Pace {
    /// Takes note of a batch.
    pub(super) fn note(&mut self, now_us: u64, arrivals: usize) {
        self.arrivals += arrivals as u64;
        let elapsed_us = now_us.saturating_sub(self.window_start_us);
        if elapsed_us >= WINDOW_US {
            self.expected = self.arrivals * u64::from(MOMENT_US) / elapsed_us;
            self.arrivals = 0;
            self.window_start_us = now_us;
        }
    }

    /// How many completions to wait for; above 1, only for the moment.
    pub(super) fn want(&self, connections: usize) -> usize {
        if connections < CONNECTIONS_MIN { 1 } else { self.expected.clamp(1, WANT_MAX) as usize }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_for_more_only_when_many_come_fast() {
        let mut pace = Pace::default();
        for batch in 1..=2000 {
            pace.note(batch * 10, 1);
        }
        assert_eq!(pace.want(50), 3);
        assert_eq!(pace.want(2), 1);
        pace.note(1_000_000, 1);
        assert_eq!(pace.want(50), 1);
        for batch in 1..=200 {
            pace.note(1_000_000 + batch * 10, 100);
        }
        assert_eq!(pace.want(50), 16);
    }
}
