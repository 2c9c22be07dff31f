//! Timer: how long commands take, at far less than two readings of the clock a command.
//!
//! Commands that always take about the same short time (GET) are measured together: one round in [`SAMPLE_EVERY`] is timed,
//! its time is shared by its brief commands in equal parts, and each of them also stands for the calls of its kind that were
//! not measured since the last one that was. Commands that may take long are measured one by one, whatever the round.

use crate::statistics::Statistics;

/// One round (what one readable event brings) in so many is timed.
const SAMPLE_EVERY: u32 = 8;
/// Brief commands that share one reading, at most.
const SHARE_MAX: usize = 32;

/// The front's clock, nanoseconds.
type Clock = fn() -> u64;

/// One worker's stopwatch.
#[derive(Default)]
pub(crate) struct Timer {
    round: u32,
    /// Brief commands of this round are measured.
    is_sampled: bool,
    /// `since` is when the last command ended.
    is_fresh: bool,
    since: u64,
    /// Ids of the brief commands since then.
    brief: [u16; SHARE_MAX],
    count: usize,
}

impl Timer {
    /// A round begins.
    #[inline]
    pub fn begin(&mut self, clock: Clock) {
        self.is_sampled = self.round.is_multiple_of(SAMPLE_EVERY);
        self.round = self.round.wrapping_add(1);
        self.is_fresh = self.is_sampled;
        if self.is_sampled {
            self.since = clock();
        }
    }
    /// A brief command has ended.
    #[inline(always)]
    pub fn brief(&mut self, id: usize, statistics: &Statistics, clock: Clock) {
        if self.is_sampled {
            self.brief[self.count] = id as u16;
            self.count += 1;
            if self.count == SHARE_MAX {
                self.share(statistics, clock);
            }
        } else {
            self.is_fresh = false;
        }
    }
    /// A command that may take long begins; the time to hand to [`Timer::end_long`]. It may run others meanwhile.
    pub fn begin_long(&mut self, statistics: &Statistics, clock: Clock) -> u64 {
        if self.count > 0 {
            self.share(statistics, clock);
        } else if !self.is_fresh {
            self.since = clock();
        }
        self.since
    }
    /// It has ended.
    pub fn end_long(&mut self, since: u64, id: usize, statistics: &Statistics, clock: Clock) {
        if self.count > 0 {
            self.share(statistics, clock);
        }
        let now = clock();
        statistics.commands[id].charge(now.saturating_sub(since));
        self.since = now;
        self.is_fresh = true;
    }
    /// The round ends.
    #[inline]
    pub fn end(&mut self, statistics: &Statistics, clock: Clock) {
        if self.count > 0 {
            self.share(statistics, clock);
        }
    }
    /// Shares the time since the last reading among the brief commands since then.
    fn share(&mut self, statistics: &Statistics, clock: Clock) {
        let now = clock();
        let each = now.saturating_sub(self.since) / self.count as u64;
        for id in &self.brief[..self.count] {
            statistics.commands[usize::from(*id)].charge(each);
        }
        self.count = 0;
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    static TICKS: AtomicU64 = AtomicU64::new(0);

    /// A clock that moves on by 100 ns whenever it is read.
    fn clock() -> u64 {
        TICKS.fetch_add(100, Relaxed)
    }

    #[test]
    fn every_call_is_charged_and_few_are_measured() {
        let (mut timer, statistics) = (Timer::default(), Statistics::new(2));
        let reads_before = TICKS.load(Relaxed) / 100;
        for _ in 0..64 {
            timer.begin(clock);
            statistics.commands[0].calls.add(1);
            timer.brief(0, &statistics, clock);
            timer.end(&statistics, clock);
        }
        assert_eq!(TICKS.load(Relaxed) / 100 - reads_before, 16, "two readings in eight rounds");
        timer.begin(clock);
        statistics.commands[0].calls.add(1);
        timer.brief(0, &statistics, clock);
        let since = timer.begin_long(&statistics, clock);
        statistics.commands[1].calls.add(1);
        timer.end_long(since, 1, &statistics, clock);
        timer.end(&statistics, clock);
        assert_eq!(statistics.commands[0].nanoseconds.get(), 65 * 100);
        assert_eq!(statistics.commands[1].nanoseconds.get(), 100);
    }
}
