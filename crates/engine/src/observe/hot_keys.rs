//! Hot keys: which keys commands spend their time and their bytes on, while HOTKEYS is on.
//!
//! While it is, its tracking counts as a spectator ([`crate::monitoring`]), so every command comes by here; otherwise no command
//! knows of it. Time and bytes of a command are shared by its keys in equal parts. What a script runs counts for the keys that
//! the script was given.

use super::heavy_hitters::HeavyHitters;
use super::request_bytes;
use crate::dispatch::Chance;
use crate::engine::{CpuFigures, Shared};
use crate::table::{Command, KeyPlan};
use hematite_commands::keys::{KeyAt, find_keys};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Keys that are counted for each that is shown, and at least.
const ROOM_PER_KEY: usize = 64;
const ROOM_MIN: usize = 1024;

/// What HOTKEYS START asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    /// Time is measured, bytes are.
    pub cpu: bool,
    pub net: bool,
    /// Keys that are shown.
    pub count: usize,
    /// Until when, Unix milliseconds.
    pub until_ms: Option<i64>,
    /// One command in so many is looked at.
    pub sample: u64,
}

/// A tracking, running or stopped.
#[derive(Debug)]
struct Tracking {
    wish: Wish,
    started_ms: i64,
    cpu_before: CpuFigures,
    /// When it was stopped, and what the process had used by then.
    stopped: Option<(i64, CpuFigures)>,
    all_ns: u64,
    all_bytes: u64,
    nanoseconds: HeavyHitters,
    bytes: HeavyHitters,
}

/// The one tracking that there may be.
#[derive(Debug, Default)]
pub(crate) struct HotKeys(Mutex<Option<Tracking>>);

/// What HOTKEYS GET shows.
pub(crate) struct Report {
    pub is_active: bool,
    pub sample: u64,
    pub started_ms: i64,
    pub duration_ms: i64,
    pub all_us: u64,
    pub all_bytes: u64,
    /// User and system time of the process, milliseconds, and the keys with their microseconds.
    pub cpu: Option<(u64, u64, Ranking)>,
    /// Keys with their bytes.
    pub net: Option<Ranking>,
}

/// Keys with what they have cost, most first.
pub(crate) type Ranking = Vec<(Arc<[u8]>, u64)>;

impl Shared {
    /// HOTKEYS START; false if one runs.
    pub(crate) fn start_hot_keys(&self, wish: Wish, now_ms: i64) -> bool {
        let mut place = self.observation.hot_keys.0.lock();
        self.stop_when_due(&mut place, now_ms);
        if place.as_ref().is_some_and(|tracking| tracking.stopped.is_none()) {
            return false;
        }
        let room = ROOM_MIN.max(wish.count * ROOM_PER_KEY);
        *place = Some(Tracking {
            wish,
            started_ms: now_ms,
            cpu_before: (self.options.cpu)(),
            stopped: None,
            all_ns: 0,
            all_bytes: 0,
            nanoseconds: HeavyHitters::new(room),
            bytes: HeavyHitters::new(room),
        });
        self.spectators.fetch_add(1, Relaxed);
        true
    }

    /// HOTKEYS STOP; false if none runs.
    pub(crate) fn stop_hot_keys(&self, now_ms: i64) -> bool {
        let mut place = self.observation.hot_keys.0.lock();
        self.stop_when_due(&mut place, now_ms);
        match place.as_mut().filter(|tracking| tracking.stopped.is_none()) {
            Some(tracking) => {
                self.stop(tracking, now_ms);
                true
            }
            None => false,
        }
    }

    /// HOTKEYS RESET; false if one runs.
    pub(crate) fn reset_hot_keys(&self, now_ms: i64) -> bool {
        let mut place = self.observation.hot_keys.0.lock();
        self.stop_when_due(&mut place, now_ms);
        let runs = place.as_ref().is_some_and(|tracking| tracking.stopped.is_none());
        if !runs {
            *place = None;
        }
        !runs
    }

    /// HOTKEYS GET.
    pub(crate) fn hot_keys(&self, now_ms: i64) -> Option<Report> {
        let mut place = self.observation.hot_keys.0.lock();
        self.stop_when_due(&mut place, now_ms);
        let tracking = place.as_ref()?;
        let (ended_ms, cpu) = tracking.stopped.unwrap_or_else(|| (now_ms, (self.options.cpu)()));
        let Wish { count, sample, .. } = tracking.wish;
        let ms = |now: u64, before: u64| now.saturating_sub(before) / 1000;
        let cpu = tracking.wish.cpu.then(|| {
            let microseconds = |(key, ns): (Arc<[u8]>, u64)| (key, ns.div_ceil(1000));
            let ranking = tracking.nanoseconds.heaviest(count).into_iter().map(microseconds).collect();
            let before = tracking.cpu_before;
            (ms(cpu.user_us, before.user_us), ms(cpu.system_us, before.system_us), ranking)
        });
        Some(Report {
            is_active: tracking.stopped.is_none(),
            sample,
            started_ms: tracking.started_ms,
            duration_ms: ended_ms - tracking.started_ms,
            all_us: tracking.all_ns / 1000,
            all_bytes: tracking.all_bytes,
            cpu,
            net: tracking.wish.net.then(|| tracking.bytes.heaviest(count)),
        })
    }

    fn stop_when_due(&self, place: &mut Option<Tracking>, now_ms: i64) {
        if let Some(tracking) = place.as_mut().filter(|tracking| tracking.stopped.is_none())
            && let Some(until_ms) = tracking.wish.until_ms
            && until_ms <= now_ms
        {
            self.stop(tracking, until_ms);
        }
    }

    fn stop(&self, tracking: &mut Tracking, now_ms: i64) {
        tracking.stopped = Some((now_ms, (self.options.cpu)()));
        self.spectators.fetch_sub(1, Relaxed);
    }
}

impl Chance<'_, '_> {
    /// A command has been executed while there are spectators: since when, and how many bytes its reply has.
    pub fn note_hot_keys(&mut self, command: &Command, args: &[&[u8]], since_ns: u64, reply_bytes: usize) {
        if self.local.is_in_script {
            return;
        }
        let mut place = self.shared.observation.hot_keys.0.lock();
        self.shared.stop_when_due(&mut place, self.now.unix_ms);
        let Some(tracking) = place.as_mut().filter(|tracking| tracking.stopped.is_none()) else { return };
        let took_ns = (self.shared.options.clock_ns)().saturating_sub(since_ns);
        let bytes = (request_bytes(args) + reply_bytes) as u64;
        // What EXEC runs is in its time and in its reply.
        if self.local.nesting == 0 {
            tracking.all_ns += took_ns;
            tracking.all_bytes += bytes;
        }
        if command.keys == KeyPlan::Nothing || !self.local.random.bits().is_multiple_of(tracking.wish.sample)
        {
            return;
        }
        let mut keys: Vec<KeyAt> = Vec::new();
        if find_keys(command.spec, args, &mut keys).is_err() {
            return;
        }
        let share = keys.len().max(1) as u64;
        for key in keys.iter().map(|key| args[key.at]) {
            if tracking.wish.cpu {
                tracking.nanoseconds.add(key, took_ns / share);
            }
            if tracking.wish.net {
                tracking.bytes.add(key, bytes / share);
            }
        }
    }
}
