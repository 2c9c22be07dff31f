//! The memory limit: `maxmemory`, and the eviction that keeps below it.
//!
//! Whoever comes with a command while memory is full evicts first, as in the reference: for as long as
//! `maxmemory-eviction-tenacity` allows. What remains is the next command's, or that of periodic work; only where nothing
//! may be evicted are commands refused that would need more memory. A victim is deleted as any data command deletes a key,
//! so journal, watchers, waiters, tracking and notifications hear of it in the order in which it took hold.
//!
//! What counts is what the allocator has handed out, less what was given up and waits to be dropped in the background, and
//! what waits to be written to the append-only file.

use crate::dispatch::{Attempt, Chance, DataCall};
use crate::engine::Shared;
use crate::flow::Now;
use crate::gate::Turn;
use crate::session::Session;
use crate::table::Command;
use crate::trash::Trash;
use crate::worker::Worker;
use hematite_base::random::Random;
use hematite_commands::spec::{Flags, Spec};
use hematite_commands::{Blocking, Context, Error, Settings};
use hematite_keyspace::{Lfu, Policy, Pool, Remains, Scope, Search, Victim, lru_clock};
use hematite_resp::Protocol;
use parking_lot::RwLock;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What the reference says where memory is full.
pub(crate) const OOM: &str = "OOM command not allowed when used memory > 'maxmemory'.";
/// Commands that clients in MULTI may still say where memory is full; the others would be queued, which takes memory.
const NOT_QUEUED: [&str; 4] = ["exec", "discard", "quit", "reset"];
/// Evictions between two looks at the clock.
const CLOCK_PERIOD: usize = 16;

/// The directives of the limit.
#[derive(Clone, Debug)]
pub struct MemorySettings {
    /// `maxmemory`; 0: no limit.
    pub bytes_max: u64,
    /// `maxmemory-policy`.
    pub policy: String,
    /// `maxmemory-samples`.
    pub samples: usize,
    /// `maxmemory-eviction-tenacity`, 0 to 100.
    pub tenacity: u32,
    /// `maxmemory-clients`, bytes; 0: no limit.
    pub client_bytes_max: u64,
}

impl Default for MemorySettings {
    fn default() -> Self {
        MemorySettings {
            bytes_max: 0,
            policy: "noeviction".into(),
            samples: 5,
            tenacity: 10,
            client_bytes_max: 0,
        }
    }
}

/// The limit and its figures, shared by all workers.
#[derive(Debug, Default)]
pub(crate) struct MemoryLimit {
    bytes_max: AtomicU64,
    settings: RwLock<Arc<MemorySettings>>,
    in_flight: Arc<Pending>,
    /// Since when memory has been over the limit, microseconds of the monotonic clock; 0: it is not.
    over_since_us: AtomicU64,
    /// How long it was before, microseconds.
    over_us: AtomicU64,
}

/// What was given up and is to be dropped in the background.
#[derive(Debug, Default)]
struct Pending {
    bytes: AtomicU64,
    objects: AtomicU64,
    /// Objects that were dropped.
    done: AtomicU64,
}

/// Something's share of what is pending; settled when it is dropped.
#[derive(Debug)]
pub struct InFlight {
    pending: Arc<Pending>,
    bytes: u64,
    objects: u64,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.pending.bytes.fetch_sub(self.bytes, Relaxed);
        self.pending.objects.fetch_sub(self.objects, Relaxed);
        self.pending.done.fetch_add(self.objects, Relaxed);
    }
}

/// What a worker has for eviction.
#[derive(Debug, Default)]
pub(crate) struct Eviction {
    pool: Pool,
    /// Memory was full, and nothing could be evicted, when the command at hand came: what it calls (a script's commands) is
    /// refused if it needs more memory.
    pub is_out_of_memory: bool,
}

/// How a round of eviction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// Memory is below the limit.
    Enough,
    /// Time was up.
    Unfinished,
    /// There is nothing to evict.
    Nothing,
}

impl MemoryLimit {
    /// Whether there is a limit.
    #[inline(always)]
    pub fn is_limited(&self) -> bool {
        self.bytes_max.load(Relaxed) != 0
    }
    /// The limit, bytes; 0: there is none.
    pub fn bytes_max(&self) -> u64 {
        self.bytes_max.load(Relaxed)
    }
    /// The directives.
    pub fn settings(&self) -> Arc<MemorySettings> {
        Arc::clone(&self.settings.read())
    }
    /// Replaces the directives.
    pub fn set(&self, settings: MemorySettings) {
        self.bytes_max.store(settings.bytes_max, Relaxed);
        *self.settings.write() = Arc::new(settings);
    }
    /// Puts something on its way to the background.
    pub fn in_flight(&self, remains: Remains) -> Trash {
        let (bytes, objects) = remains.weight();
        self.in_flight.bytes.fetch_add(bytes, Relaxed);
        self.in_flight.objects.fetch_add(objects, Relaxed);
        let share = InFlight { pending: Arc::clone(&self.in_flight), bytes, objects };
        Trash::new(remains, share)
    }
    /// Objects waiting to be dropped in the background, and those that were.
    pub fn objects_in_flight(&self) -> (u64, u64) {
        (self.in_flight.objects.load(Relaxed), self.in_flight.done.load(Relaxed))
    }
    /// How long memory was over the limit in all, and is this time, milliseconds.
    pub fn over_ms(&self, now: Now) -> (u64, u64) {
        let current_us = match self.over_since_us.load(Relaxed) {
            0 => 0,
            since => now.mono_us.saturating_sub(since),
        };
        ((self.over_us.load(Relaxed) + current_us) / 1000, current_us / 1000)
    }
    /// CONFIG RESETSTAT.
    pub fn reset_statistics(&self) {
        self.over_us.store(0, Relaxed);
        self.over_since_us.store(0, Relaxed);
        self.in_flight.done.store(0, Relaxed);
    }
    fn note(&self, is_over: bool, now: Now) {
        let since = self.over_since_us.load(Relaxed);
        if is_over && since == 0 {
            self.over_since_us.store(now.mono_us.max(1), Relaxed);
        } else if !is_over && since != 0 && self.over_since_us.swap(0, Relaxed) == since {
            self.over_us.fetch_add(now.mono_us.saturating_sub(since), Relaxed);
        }
    }
}

impl Shared {
    /// Bytes that are in use but do not count, since to evict keys would not free them: the journal's buffer, and what waits to
    /// be written to a snapshot.
    pub fn uncounted_bytes(&self) -> u64 {
        let journal = if self.journal.is_on() { self.journal.waiting_bytes() } else { 0 };
        journal + self.keyspace.snapshot_backlog()
    }
    /// Bytes above the limit.
    #[inline]
    fn bytes_over(&self) -> u64 {
        let used = (self.options.used_bytes)();
        if used <= self.memory.bytes_max.load(Relaxed) {
            return 0;
        }
        let counted = used.saturating_sub(self.memory.in_flight.bytes.load(Relaxed) + self.uncounted_bytes());
        counted.saturating_sub(self.memory.bytes_max.load(Relaxed))
    }
}

impl Chance<'_, '_> {
    /// Whether memory was full, and nothing could be evicted, when the command at hand came. Scripts ask.
    pub fn is_out_of_memory(&self) -> bool {
        self.shared.memory.is_limited() && self.local.eviction.is_out_of_memory
    }

    /// Evicts if memory is full; the refusal of a command for which there is no room.
    #[inline]
    pub fn admit_under_limit(&mut self, session: &Session, command: &Command) -> Option<Error> {
        let is_full = self.shared.bytes_over() != 0;
        if !is_full && self.shared.memory.over_since_us.load(Relaxed) == 0 {
            self.local.eviction.is_out_of_memory = false;
            return None;
        }
        self.make_room();
        let is_refused = self.is_out_of_memory() && needs_memory(session, command);
        is_refused.then_some(Error::fixed(OOM))
    }

    /// Evicts until memory is below the limit, time is up or there is nothing left.
    #[cold]
    fn make_room(&mut self) {
        // A paused keyspace stands still, so that a replica can be promoted in the meantime; one that is loaded is not recorded
        // yet, and what it takes the place of may be in memory still.
        if self.shared.limits.paused_until_ms.load(Relaxed) != 0 || self.shared.persistence.is_loading() {
            self.local.eviction.is_out_of_memory = false;
            return;
        }
        let round = if self.shared.bytes_over() == 0 { Round::Enough } else { self.evict() };
        // What waits for the background will be free soon.
        let is_coming = self.shared.memory.in_flight.objects.load(Relaxed) != 0;
        self.local.eviction.is_out_of_memory = round == Round::Nothing && !is_coming;
        self.shared.memory.note(round != Round::Enough, self.now);
    }

    fn evict(&mut self) -> Round {
        let settings = self.shared.memory.settings();
        let Some(policy) = Policy::named(&settings.policy) else { return Round::Nothing };
        let clock_ns = self.shared.options.clock_ns;
        let (begin_ns, limit_ns) = (clock_ns(), time_limit_ns(settings.tenacity));
        let search = Search {
            policy,
            samples: settings.samples,
            now_ms: self.now.unix_ms,
            lfu: lfu(&self.local.settings, &mut self.local.random),
        };
        // The handlers of what is evicted leave no effects of their own in those of the command to come.
        for done in 1.. {
            let local = &mut *self.local;
            let victim =
                self.shared.keyspace.next_victim(&mut local.eviction.pool, &search, &mut local.random);
            let Some(victim) = victim else { return Round::Nothing };
            self.delete(&victim);
            self.local.packing.evicted += 1;
            if self.turn.is_refused() {
                return Round::Unfinished;
            }
            if self.shared.bytes_over() == 0 {
                self.pack_along();
                return Round::Enough;
            }
            if done % CLOCK_PERIOD == 0 && clock_ns().saturating_sub(begin_ns) > limit_ns {
                break;
            }
        }
        self.pack_along();
        Round::Unfinished
    }

    /// Deletes a victim as a command would, for all who follow.
    fn delete(&mut self, victim: &Victim) {
        let args: [&[u8]; 2] = [b"del", &victim.key];
        let call = DataCall {
            spec: &EVICT,
            run: evict,
            args: &args,
            db: victim.db,
            protocol: Protocol::Resp2,
            touches: false,
            card: None,
        };
        let scope = Scope::Key(&victim.key, self.shared.keyspace.hash(&victim.key));
        let (mut blocking, mut reply) = (Blocking { denied: true, ..Blocking::default() }, Vec::new());
        let attempt = self.run_data(&call, scope, &mut blocking, &mut reply, |_, _| ());
        if matches!(attempt, Attempt::Awaited) {
            // If a program is in the way, the victim stays for now.
            let _ = self.with_everything(|chance| {
                chance.run_data(&call, Scope::Everything, &mut blocking, &mut reply, |_, _| ())
            });
        }
    }
}

/// What an eviction is to those who follow: the journal and waiters see a DEL.
const EVICT: Spec = Spec { arity: -2, flags: Flags::WRITE, ..Spec::new("del") };

fn evict(ctx: &mut Context) -> Result<(), Error> {
    let lazily = ctx.settings.lazy_eviction;
    ctx.db.evict(ctx.args[1], lazily);
    Ok(())
}

/// Whether a command is refused where memory is full.
fn needs_memory(session: &Session, command: &Command) -> bool {
    if command.spec.flags.has(Flags::DENYOOM) {
        return true;
    }
    match &session.transaction {
        Some(queue) if command.spec.name == "exec" => queue.denies_oom,
        Some(_) => !NOT_QUEUED.contains(&command.spec.name),
        None => false,
    }
}

/// How long one command may evict: 50 µs a step up to 10, then 15 % more a step, at 100 without a limit.
fn time_limit_ns(tenacity: u32) -> u64 {
    match tenacity {
        0..=10 => 50_000 * u64::from(tenacity),
        11..=99 => (500_000.0 * 1.15f64.powi(tenacity as i32 - 10)) as u64,
        _ => u64::MAX,
    }
}

/// The parameters of LFU with chance of their own.
fn lfu(settings: &Settings, random: &mut Random) -> Lfu {
    Lfu::new(settings.lfu_log_factor, settings.lfu_decay_minutes, Random::new(random.bits()))
}

/// The access clock's present value, in the form that the policy wants.
#[inline]
pub(crate) fn access_clock(settings: &Settings, now: Now) -> u32 {
    if settings.lfu { Lfu::clock(now.unix_ms) } else { lru_clock(now.unix_ms) }
}

/// Has a handler's accesses be counted, as LFU wants it.
#[cold]
pub(crate) fn count_accesses(context: &mut Context<'_, '_>) {
    context.db.lfu = Some(lfu(context.settings, context.random));
}

impl Worker {
    /// A round of eviction of its own, for what commands have left undone.
    pub(crate) fn make_room(&mut self, now: Now) {
        let Worker { shared, gate, local } = self;
        if !shared.memory.is_limited() || shared.bytes_over() == 0 {
            shared.memory.note(false, now);
            return;
        }
        local.session = 0;
        let mut turn = Turn::begin_unless_busy(gate, &shared.running);
        if turn.is_refused() {
            return;
        }
        let mut chance = Chance::new(shared, local, now, &mut turn);
        chance.make_room();
        if !chance.local.ready.is_empty() {
            // Leaving it serves those who wait for what has gone.
            let _ = chance.with_everything(|_| ());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::time_limit_ns;

    #[test]
    fn tenacity_is_time() {
        assert_eq!(time_limit_ns(0), 0);
        assert_eq!(time_limit_ns(10), 500_000);
        assert_eq!(time_limit_ns(11), 575_000);
        assert!((100_000_000_000..200_000_000_000).contains(&time_limit_ns(99)));
        assert_eq!(time_limit_ns(100), u64::MAX);
    }
}
