//! How many requests to wait for, and how long.
//!
//! Falling asleep and being woken costs more than a small command. When requests come fast anyway, it pays to wait a
//! moment for a few of them at once (the kernel's minimum wait, Linux 6.12), as network cards do with interrupts; with
//! few clients, or a slow trickle, it would only add latency. So the last millisecond decides: who asked in it, and how
//! often, tells how long a client's round takes, from one request to its next. The moment is at most a quarter of that
//! round, so that clients that wait for each reply lose little, and never longer than `MOMENT_US_MAX`. What is asked for
//! is what the moment is expected to bring; a server that is behind finds it there already and does not wait at all.

/// The most that is ever added to a reply's latency, in microseconds.
const MOMENT_US_MAX: u64 = 150;
/// A moment is at most this part of a client's round.
const ROUND_PARTS: u64 = 4;
/// Requests are counted over at least this long.
const WINDOW_US: u64 = 1000;
/// For fewer than this it is not worth while.
const EXPECTED_MIN: u64 = 4;
/// Most completions waited for.
const WANT_MAX: u64 = 32;

/// What to wait for before the wait may end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Want {
    /// Completions, at least 1.
    pub(super) completions: u32,
    /// For how long more than one of them is waited for, in microseconds.
    pub(super) moment_us: u32,
}

impl Want {
    /// The first completion ends the wait.
    pub(super) const ONE: Want = Want { completions: 1, moment_us: 0 };
}

/// The window in which a connection was last heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard(u32);

/// See the head of the file.
pub(super) struct Pace {
    window: Heard,
    began_us: u64,
    /// Receives in this window, and the connections they were from.
    arrivals: u64,
    askers: u64,
    want: Want,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { window: Heard(1), began_us: 0, arrivals: 0, askers: 0, want: Want::ONE }
    }
}

impl Pace {
    /// Something came from a connection; `heard` is its own.
    pub(super) fn hear(&mut self, heard: &mut Heard) {
        self.arrivals += 1;
        if *heard != self.window {
            *heard = self.window;
            self.askers += 1;
        }
    }

    /// Another batch begins.
    pub(super) fn note(&mut self, now_us: u64) {
        let elapsed_us = now_us.saturating_sub(self.began_us);
        if elapsed_us < WINDOW_US {
            return;
        }
        let round_us = (self.askers * elapsed_us).checked_div(self.arrivals).unwrap_or(0);
        let moment_us = (round_us / ROUND_PARTS).min(MOMENT_US_MAX);
        let expected = self.arrivals * moment_us / elapsed_us;
        self.want = match expected {
            ..EXPECTED_MIN => Want::ONE,
            _ => Want { completions: expected.min(WANT_MAX) as u32, moment_us: moment_us as u32 },
        };
        self.window = Heard(self.window.0.wrapping_add(1));
        (self.began_us, self.arrivals, self.askers) = (now_us, 0, 0);
    }

    pub(super) fn want(&self) -> Want {
        self.want
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `clients` make of it that all ask once in `round_us`, each batch of one request.
    fn want(clients: u64, round_us: u64) -> Want {
        let mut pace = Pace::default();
        let mut heard = vec![Heard::default(); clients as usize];
        for request in 0..clients * (4 * WINDOW_US / round_us).max(4) {
            pace.note(request * round_us / clients);
            pace.hear(&mut heard[(request % clients) as usize]);
        }
        pace.want()
    }

    #[test]
    fn waits_for_more_only_when_many_come_fast() {
        assert_eq!(want(50, 500), Want { completions: 12, moment_us: 125 });
        assert_eq!(want(20, 200), Want { completions: 5, moment_us: 50 }, "a quarter of the round");
        assert_eq!(want(1000, 1000), Want { completions: 32, moment_us: 150 }, "no more than it can use");
        assert_eq!(want(8, 80), Want::ONE, "few are answered at once, however fast");
        assert_eq!(want(50, 10_000), Want::ONE, "too slow for a moment to bring several");
    }

    #[test]
    fn forgets_what_was_once_after_a_pause() {
        let mut pace = Pace::default();
        let mut heard = [Heard::default(); 50];
        for request in 0..500 {
            pace.note(request * 10);
            pace.hear(&mut heard[(request % 50) as usize]);
        }
        assert_ne!(pace.want(), Want::ONE);
        pace.note(1_000_000);
        assert_eq!(pace.want(), Want::ONE);
    }
}
