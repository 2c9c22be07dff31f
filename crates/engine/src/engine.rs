//! Engine: one keyspace with everything around it, shared by its workers.

use crate::client_memory::ClientMemory;
use crate::commands::Pauses;
use crate::durability::Durability;
use crate::flow::{Now, SessionId};
use crate::gate::Gates;
use crate::host::Host;
use crate::hosted_transaction::HostedTransactions;
use crate::identity::Identity;
use crate::journal::Journal;
use crate::memory_limit::{MemoryLimit, MemorySettings};
use crate::monitoring::Monitors;
use crate::observe::Observation;
use crate::observe::spikes::Spikes;
use crate::packing::{Packing, PackingAllocator, PackingSettings};
use crate::persistence::Persistence;
use crate::pubsub::{self, PubSub};
use crate::reclaim::Reclaim;
use crate::registry::{Card, Message, Registry};
use crate::scripting::interpreter::Interpreter;
use crate::scripting::{Libraries, Running, ScriptLog, Scripts};
use crate::statistics::{Rates, Statistics};
use crate::table::Table;
use crate::tracking::Tracking;
use crate::trash::Trash;
use crate::waiting::Waiting;
use crate::watching::Watching;
use crate::worker::Worker;
use hematite_commands::Settings;
use hematite_keyspace::{Keyspace, Record};
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// What the front knows of the process's memory, bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryFigures {
    /// Allocated and not freed.
    pub used: u64,
    /// Held by the allocator and in no block that is in use.
    pub idle: u64,
    /// The most that ever was.
    pub peak: u64,
    /// Resident set size.
    pub resident: u64,
    /// Memory of the machine.
    pub system: u64,
}

/// What the front knows of the process's time on the processors, microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct CpuFigures {
    /// In the kernel.
    pub system_us: u64,
    /// Outside of it.
    pub user_us: u64,
}

/// How an engine is made.
pub struct Options {
    /// The keyspace's shape.
    pub keyspace: hematite_keyspace::Options,
    /// The front's clock, nanoseconds, for durations only.
    pub clock_ns: fn() -> u64,
    /// The front's memory figures.
    pub memory: fn() -> MemoryFigures,
    /// Gives memory that the allocator keeps for the calling thread back to the system.
    pub purge: fn(),
    /// The same for what the calling thread has not used since it last called this.
    pub trim: fn(),
    /// Bytes in use as `memory` would say, but cheap enough to be asked before every command.
    pub used_bytes: fn() -> u64,
    /// How memory is packed while commands go on; `None`: it is not.
    pub packing: Option<PackingAllocator>,
    /// The front's processor figures.
    pub cpu: fn() -> CpuFigures,
    /// Fills a buffer with bytes that nobody can guess; false: there are none.
    pub entropy: fn(&mut [u8]) -> bool,
    /// Puts the calling thread to sleep (DEBUG SLEEP).
    pub sleep: fn(Duration),
    /// Drops things in the background; `None`: workers do it, some with each batch of commands.
    pub drop_later: Option<Box<dyn Fn(Trash) + Send + Sync>>,
    /// The control plane.
    pub host: Option<Arc<dyn Host>>,
    /// Makes what interprets scripts; `None`: this build has none.
    pub interpreter: Option<fn() -> Box<dyn Interpreter>>,
    /// The time of start.
    pub started: Now,
    /// A second seed, for chance that replies show.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            keyspace: hematite_keyspace::Options::default(),
            clock_ns: || 0,
            memory: MemoryFigures::default,
            purge: || {},
            trim: || {},
            used_bytes: || 0,
            packing: None,
            cpu: CpuFigures::default,
            entropy: |_| false,
            sleep: |_| {},
            drop_later: None,
            host: None,
            interpreter: None,
            started: Now { unix_ms: 0, mono_us: 0 },
            seed: 0,
        }
    }
}

/// How much may wait for a client that reads slowly: a class of `client-output-buffer-limit`. 0 is no limit.
#[derive(Debug, Default)]
pub struct OutputLimit {
    /// Who has more waiting is hung up on, bytes.
    pub hard_bytes: AtomicUsize,
    /// Who has more waiting for too long is hung up on, bytes.
    pub soft_bytes: AtomicUsize,
    /// What is too long, seconds.
    pub soft_seconds: AtomicU64,
}

/// Limits and switches of the engine itself, set by the control plane.
#[derive(Debug)]
pub struct Limits {
    /// `maxclients`.
    pub clients_max: AtomicUsize,
    /// `client-query-buffer-limit`, bytes.
    pub query_bytes_max: AtomicU64,
    /// `timeout`, seconds; 0: never.
    pub idle_s_max: AtomicU64,
    /// Protected mode is on, no password is set and no address was bound: strangers are turned away.
    pub protected: AtomicBool,
    /// DEBUG SET-ACTIVE-EXPIRE.
    pub active_expire: AtomicBool,
    /// Until when CLIENT PAUSE holds, Unix milliseconds; 0: it does not.
    pub paused_until_ms: AtomicI64,
    /// Whether the pause holds writes only.
    pub paused_writes_only: AtomicBool,
    /// `enable-debug-command`: 0 no, 1 local, 2 yes.
    pub debug_command: AtomicUsize,
    /// `busy-reply-threshold`: how long a script may run before others hear BUSY, milliseconds; 0: for ever.
    pub busy_after_ms: AtomicU64,
    /// `lazyfree-lazy-user-flush`: FLUSHALL and FLUSHDB are ASYNC unless told otherwise.
    pub lazy_user_flush: AtomicBool,
    /// `client-output-buffer-limit normal`.
    pub normal_output: OutputLimit,
    /// `client-output-buffer-limit pubsub`.
    pub pubsub_output: OutputLimit,
    /// `notify-keyspace-events`: see [`Engine::set_notifications`].
    pub(crate) notify: AtomicU32,
}

impl Limits {
    /// The limit of a client's class.
    pub(crate) fn output_limit(&self, card: &Card) -> &OutputLimit {
        if card.is_subscriber() { &self.pubsub_output } else { &self.normal_output }
    }
}

/// Sections of INFO with their fields and values.
pub type Information = Vec<(String, Vec<(String, String)>)>;

/// What all workers share.
pub struct Shared {
    pub keyspace: Keyspace,
    pub table: Table,
    pub gates: Gates,
    pub registry: Registry,
    pub limits: Limits,
    /// `maxmemory` and what belongs to it.
    pub memory: MemoryLimit,
    /// `maxmemory-clients`.
    pub clients: ClientMemory,
    /// Saving and loading.
    pub persistence: Persistence,
    /// Data settings with their version.
    pub settings: RwLock<Arc<Settings>>,
    pub settings_version: AtomicU64,
    /// Users and their rights.
    pub(crate) acl: crate::acl::Users,
    /// Sessions in blocking commands.
    pub waiting: Waiting,
    /// Who listens to which channel.
    pub pubsub: PubSub,
    /// Sources of scripts.
    pub(crate) scripts: Scripts,
    /// Where `redis.log` writes.
    pub(crate) script_log: RwLock<Option<ScriptLog>>,
    /// The script that runs at present.
    pub(crate) running: Running,
    /// Libraries of functions.
    pub(crate) libraries: Libraries,
    /// Writes on their way to the append-only file.
    pub journal: Arc<Journal>,
    /// Who waits for that file to be synced.
    pub(crate) durability: Durability,
    /// Keys under WATCH.
    pub watching: Watching,
    /// Transactions that the control plane runs.
    pub hosted: HostedTransactions,
    /// Why commands wait.
    pub pauses: Mutex<Pauses>,
    /// Sessions parked by CLIENT PAUSE.
    pub paused: Mutex<Vec<SessionId>>,
    /// Statistics of all workers there ever were.
    pub statistics: Mutex<Vec<Arc<Statistics>>>,
    /// Error replies by code.
    pub errors: Mutex<std::collections::BTreeMap<String, u64>>,
    /// Connections there ever were, and those that were turned away.
    pub connections: [AtomicU64; 2],
    /// What the front adds to INFO, by section.
    pub information: RwLock<Information>,
    pub identity: Identity,
    /// Memory to be given back.
    pub reclaim: Reclaim,
    /// Memory that is packed while commands go on.
    pub packing: Packing,
    /// Clients that track keys.
    pub tracking: Tracking,
    /// Clients that said MONITOR.
    pub monitors: Monitors,
    /// Number of both.
    pub spectators: AtomicUsize,
    /// SLOWLOG and COMMANDLOG.
    pub observation: Observation,
    /// LATENCY.
    pub latency: Spikes,
    /// Operations and traffic over the last seconds.
    pub rates: Mutex<Rates>,
    /// What the wall clock shows more than the monotonic one, microseconds; 0: not seen yet.
    pub clock_offset_us: AtomicI64,
    pub options: Options,
    pub workers: AtomicUsize,
    /// Workers whose fronts call cron.
    pub periodic_workers: AtomicUsize,
    /// There are so few keys that a processor's cache holds what commands touch: fetching it ahead is not worth it.
    pub is_small: AtomicBool,
    /// Where active expiry goes on, modulo the number of stripes.
    pub expire_at: AtomicUsize,
}

/// One keyspace with everything around it; clones share it.
#[derive(Clone)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
}

impl Default for Engine {
    fn default() -> Self {
        Engine::new(Options::default())
    }
}

impl Engine {
    /// An empty engine.
    pub fn new(options: Options) -> Engine {
        let limits = Limits {
            clients_max: AtomicUsize::new(10_000),
            query_bytes_max: AtomicU64::new(1 << 30),
            idle_s_max: AtomicU64::new(0),
            protected: AtomicBool::new(false),
            active_expire: AtomicBool::new(true),
            paused_until_ms: AtomicI64::new(0),
            paused_writes_only: AtomicBool::new(false),
            debug_command: AtomicUsize::new(0),
            busy_after_ms: AtomicU64::new(5000),
            lazy_user_flush: AtomicBool::new(false),
            normal_output: OutputLimit::default(),
            pubsub_output: OutputLimit {
                hard_bytes: AtomicUsize::new(32 << 20),
                soft_bytes: AtomicUsize::new(8 << 20),
                soft_seconds: AtomicU64::new(60),
            },
            notify: AtomicU32::new(0),
        };
        let shared = Arc::new(Shared {
            keyspace: Keyspace::new(&options.keyspace),
            table: Table::new(),
            gates: Gates::default(),
            registry: Registry::default(),
            limits,
            memory: MemoryLimit::default(),
            clients: ClientMemory::default(),
            persistence: Persistence::new(options.started),
            settings: RwLock::new(Arc::new(Settings::default())),
            settings_version: AtomicU64::new(0),
            acl: crate::acl::Users::default(),
            waiting: Waiting::default(),
            pubsub: PubSub::default(),
            scripts: Scripts::default(),
            script_log: RwLock::default(),
            running: Running::default(),
            libraries: Libraries::default(),
            journal: Arc::default(),
            durability: Durability::default(),
            watching: Watching::default(),
            hosted: HostedTransactions::default(),
            pauses: Mutex::default(),
            paused: Mutex::new(Vec::new()),
            statistics: Mutex::new(Vec::new()),
            errors: Mutex::default(),
            connections: Default::default(),
            information: RwLock::new(Vec::new()),
            identity: Identity::new(&options),
            reclaim: Reclaim::default(),
            packing: Packing::default(),
            tracking: Tracking::default(),
            monitors: Monitors::default(),
            spectators: AtomicUsize::new(0),
            observation: Observation::default(),
            latency: Spikes::default(),
            rates: Mutex::default(),
            clock_offset_us: AtomicI64::new(0),
            options,
            workers: AtomicUsize::new(0),
            periodic_workers: AtomicUsize::new(0),
            is_small: AtomicBool::new(false),
            expire_at: AtomicUsize::new(0),
        });
        shared.journal.watch.attach(&shared);
        Engine { shared }
    }
    /// A worker for the calling thread.
    pub fn worker(&self) -> Worker {
        Worker::new(Arc::clone(&self.shared))
    }
    /// Replaces the settings of data commands.
    pub fn set_settings(&self, settings: Settings) {
        *self.shared.settings.write() = Arc::new(settings);
        self.shared.settings_version.fetch_add(1, Relaxed);
    }
    /// The settings of data commands.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.shared.settings.read())
    }
    /// Sets what is packed without a memory limit.
    pub fn set_packing(&self, settings: PackingSettings) {
        self.shared.packing.set(settings);
    }
    /// Sets `maxmemory` and what belongs to it.
    pub fn set_memory(&self, settings: MemorySettings) {
        self.shared.clients.set_limit(settings.client_bytes_max);
        self.shared.memory.set(settings);
    }
    /// What is known of saving and loading.
    pub fn persistence(&self) -> &Persistence {
        &self.shared.persistence
    }
    /// Changes since the start, as `rdb_changes_since_last_save` counts them.
    pub fn changes(&self) -> u64 {
        self.shared.statistics.lock().iter().map(|statistics| statistics.dirty.get()).sum()
    }
    /// Has writes wait, as CLIENT PAUSE WRITE does, until whoever holds them has let them go: for the last snapshot before the
    /// end, a migration, a reload.
    pub fn hold_writes(&self, hold: bool) {
        self.shared.hold_writes(hold);
    }
    /// The engine's own limits.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }
    /// Sets `notify-keyspace-events`, classes out of `KEg$lshzxetdmnA`; false and no change if a letter is none of them.
    pub fn set_notifications(&self, classes: &str) -> bool {
        pubsub::notify_classes(classes).map(|set| self.shared.limits.notify.store(set, Relaxed)).is_some()
    }
    /// Sets `requirepass`, the default user's only password; empty: it needs none.
    pub fn set_password(&self, password: &[u8]) {
        self.shared.acl.set_default_password(password);
    }
    /// Sets what the front adds to a section of INFO.
    pub fn set_information(&self, section: &str, fields: Vec<(String, String)>) {
        let mut all = self.shared.information.write();
        all.retain(|(name, _)| name != section);
        all.push((section.to_owned(), fields));
    }
    /// The reply to a [`crate::HostCall`], in the form of the call's protocol.
    pub fn answer(&self, session: SessionId, reply: Vec<u8>) {
        if !self.refuse_transaction(session, &reply)
            && let Some(card) = self.shared.registry.get(session)
        {
            self.shared.note_answered(&card, &reply);
            card.send(Message::Reply(reply));
        }
    }
    /// Hangs up on a session. Whether it was there.
    pub fn kill(&self, session: SessionId) -> bool {
        self.shared.registry.get(session).map(|card| card.kill()).is_some()
    }
    /// Runs `f` while no worker is in a batch. The calling thread must not be in the middle of one.
    pub fn exclusively<R>(&self, f: impl FnOnce() -> R) -> R {
        self.shared.gates.exclusively(f)
    }
    /// The journal of writes.
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }
    /// The command table.
    pub fn table(&self) -> &Table {
        &self.shared.table
    }
    /// CONFIG RESETSTAT.
    pub fn reset_statistics(&self) {
        for statistics in self.shared.statistics.lock().iter() {
            statistics.reset();
        }
        self.shared.errors.lock().clear();
        self.shared.acl.log.lock().refusals = [0; 4];
        self.shared.connections.iter().for_each(|c| c.store(0, Relaxed));
        self.shared.memory.reset_statistics();
        self.shared.packing.reset_statistics();
        self.shared.clients.reset_statistics();
    }
}

/// Fewer keys than this fit a cache of the second level.
const SMALL_KEYS: usize = 10_000;

impl Shared {
    /// Who follows what commands do.
    #[inline(always)]
    pub fn record(&self) -> Record {
        let keys = if self.waiting.any() || self.watching.any() { Record::KEYS } else { Record::default() };
        let keys = if self.journal.is_on() { Record(keys.0 | Record::JOURNAL.0) } else { keys };
        if self.limits.notify.load(Relaxed) == 0 { keys } else { self.record_events(keys) }
    }

    /// Notifications are on: events matter if anybody listens.
    #[cold]
    fn record_events(&self, keys: Record) -> Record {
        if self.pubsub.any() { Record(keys.0 | Record::EVENTS.0) } else { keys }
    }
}

impl Shared {
    /// The time in Unix microseconds. The front reads the wall clock in milliseconds; what lies between comes from the
    /// monotonic clock, whose distance is known the better the more often it was looked at.
    pub fn unix_us(&self, now: Now) -> i64 {
        let floor = now.unix_ms * 1000;
        let seen = floor - now.mono_us as i64;
        let known = self.clock_offset_us.load(Relaxed);
        // The distance is at least what was seen and less than a millisecond more; else a clock was set.
        let offset = if known < seen || known > seen + 999 { seen } else { known };
        if offset != known {
            self.clock_offset_us.store(offset, Relaxed);
        }
        now.mono_us as i64 + offset
    }
    /// Periodic readings that no worker owns.
    pub fn observe(&self, now: Now) {
        self.unix_us(now);
        self.latency.tell_time(now.unix_ms / 1000);
        if let Some(mut rates) = self.rates.try_lock()
            && rates.is_due(now.mono_us)
        {
            let mut totals = [0; 3];
            for statistics in self.statistics.lock().iter() {
                totals[0] += statistics.executed.get();
                totals[1] += statistics.input_bytes.get();
                totals[2] += statistics.output_bytes.get();
            }
            rates.sample(now.mono_us, totals);
            self.is_small.store(self.keyspace.len_estimate() < SMALL_KEYS, Relaxed);
        }
    }
}
