//! Engine: one keyspace with everything around it, shared by its workers.

use crate::flow::{Now, SessionId};
use crate::gate::Gates;
use crate::host::Host;
use crate::registry::{Message, Registry};
use crate::statistics::Statistics;
use crate::table::Table;
use crate::waiting::Waiting;
use crate::watching::Watching;
use crate::worker::Worker;
use hematite_commands::Settings;
use hematite_keyspace::{Dropped, Keyspace, Record, Value};
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed};

/// What the front knows of the process's memory, bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryFigures {
    /// Allocated and not freed.
    pub used: u64,
    /// The most that ever was.
    pub peak: u64,
    /// Resident set size.
    pub resident: u64,
    /// Memory of the machine.
    pub system: u64,
}

/// Something to be dropped where it disturbs nobody.
#[derive(Debug)]
pub enum Trash {
    /// Values.
    Values(Vec<Value>),
    /// Whole databases.
    Databases(Dropped),
}

/// How an engine is made.
pub struct Options {
    /// The keyspace's shape.
    pub keyspace: hematite_keyspace::Options,
    /// The front's clock, nanoseconds, for durations only.
    pub clock_ns: fn() -> u64,
    /// The front's memory figures.
    pub memory: fn() -> MemoryFigures,
    /// Drops things in the background; `None`: at once.
    pub drop_later: Option<Box<dyn Fn(Trash) + Send + Sync>>,
    /// The control plane.
    pub host: Option<Arc<dyn Host>>,
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
            drop_later: None,
            host: None,
            started: Now { unix_ms: 0, mono_us: 0 },
            seed: 0,
        }
    }
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
}

/// What all workers share.
pub struct Shared {
    pub keyspace: Keyspace,
    pub table: Table,
    pub gates: Gates,
    pub registry: Registry,
    pub limits: Limits,
    /// Data settings with their version.
    pub settings: RwLock<Arc<Settings>>,
    pub settings_version: AtomicU64,
    /// `requirepass`; empty: none.
    pub password: RwLock<Vec<u8>>,
    /// Sessions in blocking commands.
    pub waiting: Waiting,
    /// Keys under WATCH.
    pub watching: Watching,
    /// Sessions parked by CLIENT PAUSE.
    pub paused: Mutex<Vec<SessionId>>,
    /// Statistics of all workers there ever were.
    pub statistics: Mutex<Vec<Arc<Statistics>>>,
    /// Error replies by code.
    pub errors: Mutex<std::collections::BTreeMap<String, u64>>,
    /// Connections there ever were, and those that were turned away.
    pub connections: [AtomicU64; 2],
    /// What the front adds to INFO, by section.
    pub information: RwLock<Vec<(String, Vec<(String, String)>)>>,
    pub options: Options,
    pub workers: AtomicUsize,
    /// Workers whose fronts call cron.
    pub periodic_workers: AtomicUsize,
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
        };
        Engine {
            shared: Arc::new(Shared {
                keyspace: Keyspace::new(&options.keyspace),
                table: Table::new(),
                gates: Gates::default(),
                registry: Registry::default(),
                limits,
                settings: RwLock::new(Arc::new(Settings::default())),
                settings_version: AtomicU64::new(0),
                password: RwLock::new(Vec::new()),
                waiting: Waiting::default(),
                watching: Watching::default(),
                paused: Mutex::new(Vec::new()),
                statistics: Mutex::new(Vec::new()),
                errors: Mutex::default(),
                connections: Default::default(),
                information: RwLock::new(Vec::new()),
                options,
                workers: AtomicUsize::new(0),
                periodic_workers: AtomicUsize::new(0),
                expire_at: AtomicUsize::new(0),
            }),
        }
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
    /// The engine's own limits.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }
    /// Sets `requirepass`; empty: no password.
    pub fn set_password(&self, password: &[u8]) {
        *self.shared.password.write() = password.to_vec();
    }
    /// Sets what the front adds to a section of INFO.
    pub fn set_information(&self, section: &str, fields: Vec<(String, String)>) {
        let mut all = self.shared.information.write();
        all.retain(|(name, _)| name != section);
        all.push((section.to_owned(), fields));
    }
    /// The reply to a [`crate::HostCall`], in the form of the call's protocol.
    pub fn answer(&self, session: SessionId, reply: Vec<u8>) {
        if let Some(card) = self.shared.registry.get(session) {
            card.send(Message::Reply(reply));
        }
    }
    /// Hangs up on a session. Whether it was there.
    pub fn kill(&self, session: SessionId) -> bool {
        self.shared.registry.get(session).map(|card| card.send(Message::Kill)).is_some()
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
        self.shared.connections.iter().for_each(|c| c.store(0, Relaxed));
    }
}

impl Shared {
    /// Who follows what commands do.
    #[inline(always)]
    pub fn record(&self) -> Record {
        if self.waiting.any() || self.watching.any() { Record::KEYS } else { Record::default() }
    }

    /// Drops something in the background if the front has one.
    pub fn drop_later(&self, trash: Trash) {
        match &self.options.drop_later {
            Some(drop_later) => drop_later(trash),
            None => drop(trash),
        }
    }
}
