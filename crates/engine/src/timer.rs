//! Timer: how long commands take, at far less than two readings of the clock a command.
//!
//! Commands that always take about the same short time (GET) are measured together: one round in [`SAMPLE_EVERY`] is timed,
//! its time is shared by its brief commands in equal parts, and each of them also stands for the calls of its kind that were
//! not measured since the last one that was. Commands that may take long are measured one by one, whatever the round.
//!
//! Whoever is measured alone and took long is reported ([`crate::observe`]). What could hide among the unmeasured is looked
//! for where it is likely: commands of a batch of many bytes are measured one by one, and after a round of brief commands
//! that took long together or left a large reply, so are the next [`SUSPECTS`]. A brief command with a small request that is
//! slow once (it waited for a lock or a page) is seen in one round of eight. Where the threshold is below
//! [`EXACT_BELOW_NS`], all are measured.

use crate::observe::Attention;
use crate::statistics::Statistics;

/// One round (what one readable event brings) in so many is timed; a power of two.
const SAMPLE_EVERY: u32 = 8;
/// Brief commands that share one reading, at most.
const SHARE_MAX: usize = 32;
/// Thresholds below this have every command measured, nanoseconds.
const EXACT_BELOW_NS: u64 = 1_000_000;
/// Brief commands measured one by one after a slow round.
const SUSPECTS: u32 = 10_000;
/// Bytes of a batch from which its brief commands are measured one by one.
pub(crate) const HEAVY_BYTES: usize = 64 << 10;

/// The front's clock, nanoseconds.
type Clock = fn() -> u64;

/// One worker's stopwatch.
pub(crate) struct Timer {
    round: u32,
    /// The round is sampled if none of these bits is set.
    mask: u32,
    /// Brief commands of this round are measured.
    is_sampled: bool,
    /// Brief commands of this round that share a reading, at most.
    share: usize,
    /// `since` is when the last command ended.
    is_fresh: bool,
    since: u64,
    /// Ids of the brief commands since then.
    brief: [u16; SHARE_MAX],
    count: usize,
    /// Commands to be measured one by one, after a slow round.
    suspects: u32,
    /// What is compared.
    attention: Attention,
}

impl Timer {
    /// A stopwatch that reports as told.
    pub fn new(attention: Attention) -> Self {
        let mut timer = Timer {
            round: 0,
            mask: 0,
            is_sampled: false,
            share: 1,
            is_fresh: false,
            since: 0,
            brief: [0; SHARE_MAX],
            count: 0,
            suspects: 0,
            attention,
        };
        timer.attend(attention);
        timer
    }
    /// What is remarkable has changed.
    pub fn attend(&mut self, attention: Attention) {
        self.attention = attention;
        self.suspects = 0;
        self.mask = if attention.slow_ns < EXACT_BELOW_NS { 0 } else { SAMPLE_EVERY - 1 };
    }
    /// What is remarkable.
    #[inline(always)]
    pub fn attention(&self) -> &Attention {
        &self.attention
    }
    /// A round begins.
    #[inline]
    pub fn begin(&mut self, clock: Clock) {
        self.is_sampled = self.round & self.mask == 0;
        self.round = self.round.wrapping_add(1);
        self.is_fresh = self.is_sampled;
        if self.is_sampled {
            self.share = if self.mask == 0 { 1 } else { SHARE_MAX };
            self.since = clock();
        }
    }
    /// The round turns out to bring many bytes: its commands are measured one by one.
    #[cold]
    pub fn look_closely(&mut self, statistics: &Statistics, clock: Clock) {
        self.end(statistics, clock);
        (self.is_sampled, self.is_fresh, self.share) = (true, true, 1);
        self.since = clock();
    }
    /// Of a sampled round: as many commands follow, so that fewer may share a reading.
    #[inline]
    pub fn expect(&mut self, commands: usize) {
        if self.is_sampled {
            self.share = self.share.min(commands.max(1));
        }
    }
    /// A brief command has ended; its time if it was measured alone, else 0.
    #[inline(always)]
    pub fn brief(&mut self, id: usize, statistics: &Statistics, clock: Clock) -> u64 {
        if self.is_sampled {
            self.brief_sampled(id, statistics, clock)
        } else {
            self.is_fresh = false;
            0
        }
    }
    fn brief_sampled(&mut self, id: usize, statistics: &Statistics, clock: Clock) -> u64 {
        self.brief[self.count] = id as u16;
        self.count += 1;
        if self.count < self.share {
            return 0;
        }
        let is_alone = self.count == 1;
        let took = self.share(statistics, clock);
        if is_alone { took.max(1) } else { 0 }
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
    /// It has ended; its time, at least 1.
    pub fn end_long(&mut self, since: u64, id: usize, statistics: &Statistics, clock: Clock) -> u64 {
        if self.count > 0 {
            self.share(statistics, clock);
        }
        let now = clock();
        let took = now.saturating_sub(since);
        statistics.commands[id].charge(took, self.attention.tracks_latency);
        self.since = now;
        self.is_fresh = true;
        took.max(1)
    }
    /// The round ends.
    #[inline]
    pub fn end(&mut self, statistics: &Statistics, clock: Clock) {
        if self.count > 0 {
            self.share(statistics, clock);
        }
    }
    /// Shares the time since the last reading among the brief commands since then; returns that time.
    fn share(&mut self, statistics: &Statistics, clock: Clock) -> u64 {
        let now = clock();
        let took = now.saturating_sub(self.since);
        let each = took / self.count as u64;
        for id in &self.brief[..self.count] {
            statistics.commands[usize::from(*id)].charge(each, self.attention.tracks_latency);
        }
        self.count = 0;
        self.since = now;
        self.suspect(took);
        took
    }
    /// What has just ended may have been slow, unmeasured: the next commands are measured one by one.
    #[cold]
    pub fn expect_slow(&mut self) {
        if self.attention.slow_ns >= EXACT_BELOW_NS && self.attention.slow_ns != u64::MAX {
            self.suspects = SUSPECTS;
            self.mask = 0;
        }
    }
    /// After a slow round the next commands are measured one by one.
    fn suspect(&mut self, took: u64) {
        if self.attention.slow_ns < EXACT_BELOW_NS {
            return;
        }
        if took >= self.attention.slow_ns {
            self.suspects = SUSPECTS;
            self.mask = 0;
        } else if self.suspects > 0 {
            self.suspects -= 1;
            if self.suspects == 0 {
                self.mask = SAMPLE_EVERY - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Observation;
    use std::cell::Cell;

    thread_local! {
        static TICKS: Cell<u64> = const { Cell::new(0) };
    }

    /// A clock that moves on by 100 ns whenever it is read.
    fn clock() -> u64 {
        TICKS.replace(TICKS.get() + 100)
    }

    #[test]
    fn every_call_is_charged_and_few_are_measured() {
        let attention = Observation::default().attention();
        let (mut timer, statistics) = (Timer::new(attention), Statistics::new(2));
        let reads_before = TICKS.get() / 100;
        for _ in 0..64 {
            timer.begin(clock);
            statistics.commands[0].calls.add(1);
            timer.brief(0, &statistics, clock);
            timer.end(&statistics, clock);
        }
        assert_eq!(TICKS.get() / 100 - reads_before, 16, "two readings in eight rounds");
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

    #[test]
    fn what_may_be_slow_is_measured_alone() {
        let (mut timer, statistics) = (Timer::new(Observation::default().attention()), Statistics::new(2));
        timer.begin(clock);
        timer.end(&statistics, clock);
        timer.begin(clock);
        assert_eq!(timer.brief(0, &statistics, clock), 0, "this round is not sampled");
        timer.look_closely(&statistics, clock);
        assert_eq!(timer.brief(0, &statistics, clock), 100);
        timer.end(&statistics, clock);
        // A round that took long in all has the next commands measured.
        timer.attend(Attention { slow_ns: 2_000_000, ..timer.attention });
        (0..7).for_each(|_| timer.begin(clock));
        assert_eq!(timer.brief(0, &statistics, clock), 0);
        TICKS.set(TICKS.get() + 3_000_000);
        timer.end(&statistics, clock);
        timer.begin(clock);
        assert_eq!(timer.brief(0, &statistics, clock), 100);
        timer.end(&statistics, clock);
        // Where every command matters, every command is measured.
        timer.attend(Attention { slow_ns: 1, ..timer.attention });
        for _ in 0..3 {
            timer.begin(clock);
            assert_eq!(timer.brief(0, &statistics, clock), 100);
        }
    }
}
