//! Observation: what operators see of commands as they pass: the logs of remarkable ones, and spikes of latency.
//!
//! Nothing here costs a common command anything: a worker's [`crate::timer`] compares a time that it has measured anyway, a
//! batch the bytes that it has counted anyway, and only what is remarkable comes here.

pub(crate) mod command_log;
mod directives;
mod heavy_hitters;
mod host_calls;
pub(crate) mod hot_keys;
mod redact;
pub(crate) mod spikes;

use crate::dispatch::Chance;
use crate::engine::{Engine, Shared};
use crate::registry::Card;
use crate::session::{Parked, Session};
use crate::table::Command;
use crate::timer::HEAVY_BYTES;
use command_log::{CommandLogs, Kind, clip};
use hematite_commands::spec::Flags;
use host_calls::HostCalls;
use hot_keys::HotKeys;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// What is remarkable: directives in their own units; -1 for a log is never.
#[derive(Clone, Debug)]
pub struct Thresholds {
    /// `slowlog-log-slower-than`, microseconds.
    pub slower_than_us: i64,
    /// `slowlog-max-len`, entries.
    pub slow_max: usize,
    /// `commandlog-request-larger-than`, bytes.
    pub request_larger_than: i64,
    /// `commandlog-large-request-max-len`, entries.
    pub large_requests_max: usize,
    /// `commandlog-reply-larger-than`, bytes.
    pub reply_larger_than: i64,
    /// `commandlog-large-reply-max-len`, entries.
    pub large_replies_max: usize,
    /// `latency-monitor-threshold`, milliseconds; 0: never.
    pub latency_ms: u64,
    /// `latency-tracking`.
    pub tracks_latency: bool,
    /// `latency-tracking-info-percentiles`, percent.
    pub percentiles: Vec<f64>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds {
            slower_than_us: 10_000,
            slow_max: 128,
            request_larger_than: 1 << 20,
            large_requests_max: 128,
            reply_larger_than: 1 << 20,
            large_replies_max: 128,
            latency_ms: 0,
            tracks_latency: true,
            percentiles: vec![50.0, 99.0, 99.9],
        }
    }
}

/// What all workers share of it.
pub struct Observation {
    /// SLOWLOG and COMMANDLOG.
    pub(crate) logs: CommandLogs,
    /// HOTKEYS.
    hot_keys: HotKeys,
    /// Commands that the control plane has not answered yet.
    host_calls: HostCalls,
    /// What a worker compares measured times with, nanoseconds: the least of those that matter.
    slow_ns: AtomicU64,
    /// What a worker compares waiting output with, bytes.
    reply_bytes: AtomicU64,
    /// What a worker compares a batch's bytes with.
    request_bytes: AtomicU64,
    tracks_latency: AtomicBool,
    /// Time in active expiry, nanoseconds.
    expire_ns: AtomicU64,
    /// As they were set.
    pub(crate) thresholds: Mutex<Thresholds>,
}

impl Default for Observation {
    fn default() -> Self {
        let observation = Observation {
            logs: CommandLogs::default(),
            hot_keys: HotKeys::default(),
            host_calls: HostCalls::default(),
            slow_ns: AtomicU64::new(u64::MAX),
            reply_bytes: AtomicU64::new(u64::MAX),
            request_bytes: AtomicU64::new(u64::MAX),
            tracks_latency: AtomicBool::new(true),
            expire_ns: AtomicU64::new(0),
            thresholds: Mutex::default(),
        };
        observation.apply(&Thresholds::default());
        observation
    }
}

/// A worker's copy of what it compares with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attention {
    /// A measured time from which a command is reported, nanoseconds; at least 1.
    pub slow_ns: u64,
    /// Waiting output from which replies are looked at one by one, bytes.
    pub reply_bytes: usize,
    /// A batch's bytes from which requests are looked at one by one.
    pub request_bytes: usize,
    /// Whether times go to histograms.
    pub tracks_latency: bool,
}

impl Observation {
    fn apply(&self, thresholds: &Thresholds) {
        let Thresholds { slower_than_us, request_larger_than, reply_larger_than, latency_ms, .. } =
            *thresholds;
        self.logs.configure(Kind::Slow, slower_than_us, thresholds.slow_max);
        self.logs.configure(Kind::LargeRequest, request_larger_than, thresholds.large_requests_max);
        self.logs.configure(Kind::LargeReply, reply_larger_than, thresholds.large_replies_max);
        let of = |threshold: i64, entries: usize| match u64::try_from(threshold) {
            Ok(threshold) if entries > 0 => threshold.max(1),
            _ => u64::MAX,
        };
        let slow_us = of(slower_than_us, thresholds.slow_max);
        let spike_us = if latency_ms == 0 { u64::MAX } else { latency_ms.saturating_mul(1000) };
        self.slow_ns
            .store(slow_us.min(spike_us).saturating_mul(if slower_than_us == 0 { 1 } else { 1000 }), Relaxed);
        self.request_bytes.store(of(request_larger_than, thresholds.large_requests_max), Relaxed);
        self.reply_bytes.store(of(reply_larger_than, thresholds.large_replies_max), Relaxed);
        self.tracks_latency.store(thresholds.tracks_latency, Relaxed);
        self.thresholds.lock().clone_from(thresholds);
    }
    /// Whether times go to histograms.
    fn tracks_latency(&self) -> bool {
        self.tracks_latency.load(Relaxed)
    }
    /// What workers compare with.
    pub(crate) fn attention(&self) -> Attention {
        let bytes = |at: &AtomicU64| usize::try_from(at.load(Relaxed)).unwrap_or(usize::MAX);
        Attention {
            slow_ns: self.slow_ns.load(Relaxed),
            reply_bytes: bytes(&self.reply_bytes),
            request_bytes: bytes(&self.request_bytes),
            tracks_latency: self.tracks_latency.load(Relaxed),
        }
    }
}

impl Engine {
    /// Sets what is logged and monitored.
    pub fn set_thresholds(&self, thresholds: &Thresholds) {
        self.shared.observation.apply(thresholds);
        self.shared.latency.set_threshold_ms(thresholds.latency_ms);
        self.shared.journal.watch.set(thresholds.latency_ms > 0);
        self.shared.settings_version.fetch_add(1, Relaxed);
    }
    /// Records an event of the control plane that took this long, milliseconds, for LATENCY.
    pub fn add_latency(&self, event: &'static str, ms: u64) {
        self.shared.latency.add(event, ms);
    }
}

/// Bytes of a command as a request.
fn request_bytes(args: &[&[u8]]) -> usize {
    let digits = |n: usize| n.checked_ilog10().unwrap_or(0) as usize + 1;
    let frames: usize = args.iter().map(|arg| arg.len() + digits(arg.len()) + 5).sum();
    frames + digits(args.len()) + 3
}

impl Chance<'_, '_> {
    /// Counts the call and its time, which is returned if it was measured alone, else 0; see [`crate::timer`].
    #[inline]
    pub fn account(&mut self, command: &Command, since: u64) -> u64 {
        let local = &mut *self.local;
        local.statistics.commands[command.id].calls.add(1);
        local.statistics.executed.add(1);
        if command.is_brief {
            local.timer.brief(command.id, &local.statistics, self.shared.options.clock_ns)
        } else {
            local.timer.end_long(since, command.id, &local.statistics, self.shared.options.clock_ns)
        }
    }

    /// A command has taken at least as long as matters.
    #[cold]
    #[inline(never)]
    pub fn report_slow(&mut self, session: &Session, command: &Command, args: &[&[u8]], took_ns: u64) {
        // Who waits has not ended yet; its time would be that of the others.
        if matches!(session.parked, Some(Parked::Blocked { .. } | Parked::Durability { .. } | Parked::Pause))
        {
            return;
        }
        if !command.spec.flags.has(Flags::SKIP_SLOWLOG) {
            self.log(Kind::Slow, took_ns / 1000, &session.card, command, args);
        }
        let event = if command.spec.flags.has(Flags::FAST) { "fast-command" } else { "command" };
        self.shared.latency.add_at(event, took_ns / 1_000_000, self.now.unix_ms / 1000);
    }

    /// A command that waited has been run again and has answered. As in the reference, its time is that of being served.
    #[cold]
    pub fn report_served(
        &mut self,
        card: &Card,
        command: &Command,
        args: &[&[u8]],
        began_ns: u64,
        reply_bytes: usize,
    ) {
        let took_ns = (self.shared.options.clock_ns)().saturating_sub(began_ns);
        self.local.statistics.commands[command.id].nanoseconds.add(took_ns);
        if !command.spec.flags.has(Flags::SKIP_SLOWLOG) {
            self.log(Kind::Slow, took_ns / 1000, card, command, args);
            self.log(Kind::LargeReply, reply_bytes as u64, card, command, args);
        }
        self.shared.latency.add_at("command-unblocking", took_ns / 1_000_000, self.now.unix_ms / 1000);
    }

    fn log(&self, kind: Kind, value: u64, card: &Card, command: &Command, args: &[&[u8]]) {
        let logs = &self.shared.observation.logs;
        if logs.wants(kind, value) {
            let shown = redact::redact(command.spec.name, args);
            logs.push(kind, value, self.now.unix_ms / 1000, clip(&shown), card);
        }
    }

    /// Looks at a command whose request or reply, of this many bytes, may be remarkably large.
    #[cold]
    #[inline(never)]
    pub fn report_sizes(&mut self, session: &Session, args: &[&[u8]], id: Option<usize>, reply_bytes: usize) {
        if reply_bytes >= HEAVY_BYTES {
            self.local.timer.expect_slow();
        }
        let Some(command) = id.map(|id| self.shared.table.get(id)) else { return };
        if !command.spec.flags.has(Flags::SKIP_SLOWLOG) {
            self.log(Kind::LargeRequest, request_bytes(args) as u64, &session.card, command, args);
            self.log(Kind::LargeReply, reply_bytes as u64, &session.card, command, args);
        }
    }
}

impl Shared {
    /// A round of active expiry has taken this long.
    pub(crate) fn expired_for(&self, ns: u64) {
        self.observation.expire_ns.fetch_add(ns, Relaxed);
        self.latency.add("expire-cycle", ns / 1_000_000);
    }
    /// Milliseconds in active expiry.
    pub(crate) fn expire_ms(&self) -> u64 {
        self.observation.expire_ns.load(Relaxed) / 1_000_000
    }
    /// Arguments as others may see them.
    pub(crate) fn shown_args<'a>(&self, command: &Command, args: &[&'a [u8]]) -> Vec<&'a [u8]> {
        redact::redact(command.spec.name, args)
    }
}
