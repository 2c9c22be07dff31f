//! Core: what all threads of the process share of one engine.

use crate::aof::Aof;
use crate::clock;
use crate::host::Bridge;
use crate::memory;
use crate::saver::Saving;
use hematite_allocator::HugePages;
use hematite_engine::{Engine, KeyspaceOptions, Options, Trash};
use hematite_pump::tls::TlsFactory;
use hematite_pump::{ListenerId, Pump};
use parking_lot::{Condvar, Mutex};
use std::collections::BTreeMap;
use std::sync::{Arc, Once, Weak, mpsc};
use std::time::Duration;

/// Time between two rounds of periodic work where no pump does it.
const PERIOD: Duration = Duration::from_millis(100);

/// See the head of the file.
pub struct Core {
    /// The engine.
    pub engine: Engine,
    /// The way to TypeScript.
    pub bridge: Arc<Bridge>,
    /// Its sockets, once there are any.
    pub network: Mutex<Network>,
    /// The append-only file.
    pub aof: Mutex<Aof>,
    /// The save under way.
    pub saving: Mutex<Saving>,
    /// Stops the thread that does periodic work.
    ticking: Arc<(Mutex<bool>, Condvar)>,
}

/// The pump with its listeners by the numbers that TypeScript knows.
#[derive(Default)]
pub struct Network {
    /// The running pump.
    pub pump: Option<Pump>,
    /// Its listeners.
    pub listeners: BTreeMap<u32, ListenerId>,
    /// The number that the next listener gets.
    pub next: u32,
    /// What TLS listeners are made with.
    pub tls: Option<Arc<TlsFactory>>,
}

/// How a core is made.
pub struct Shape {
    /// The keyspace's.
    pub keyspace: KeyspaceOptions,
    /// Seed for chance that replies show.
    pub seed: u64,
    /// Whether a thread of its own does periodic work; a pump does it otherwise.
    pub ticks: bool,
}

/// Engines by name: how worker_threads find the keyspace that another thread has opened.
static SHARED: Mutex<BTreeMap<String, Weak<Core>>> = Mutex::new(BTreeMap::new());

impl Core {
    /// A new engine.
    pub fn new(shape: Shape) -> Arc<Core> {
        use_huge_pages();
        let bridge = Arc::new(Bridge::default());
        let options = Options {
            keyspace: shape.keyspace,
            clock_ns: clock::nanoseconds,
            purge: hematite_allocator::purge,
            trim: hematite_allocator::trim,
            memory: memory::figures,
            used_bytes: memory::used_bytes,
            packing: Some(memory::PACKING),
            drop_later: Some(background_drop()),
            host: Some(Arc::clone(&bridge) as Arc<dyn hematite_engine::Host>),
            interpreter: Some(hematite_script::interpreter),
            started: clock::now(),
            seed: shape.seed,
            cpu: clock::processors,
            sleep: std::thread::sleep,
            entropy: |bytes| getrandom::fill(bytes).is_ok(),
        };
        let engine = Engine::new(options);
        bridge.attach(engine.clone());
        let ticking = Arc::new((Mutex::new(true), Condvar::new()));
        if shape.ticks {
            tick(engine.clone(), Arc::clone(&ticking));
        }
        Arc::new(Core {
            engine,
            bridge,
            network: Mutex::default(),
            aof: Mutex::default(),
            saving: Mutex::default(),
            ticking,
        })
    }

    /// The engine of this name, made if nobody has it open. The flag says whether it was made.
    pub fn shared(name: &str, shape: impl FnOnce() -> Shape) -> (Arc<Core>, bool) {
        let mut all = SHARED.lock();
        all.retain(|_, core| core.strong_count() > 0);
        if let Some(core) = all.get(name).and_then(Weak::upgrade) {
            return (core, false);
        }
        let core = Core::new(shape());
        all.insert(name.to_owned(), Arc::downgrade(&core));
        (core, true)
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        *self.ticking.0.lock() = false;
        self.ticking.1.notify_all();
        self.network.get_mut().pump = None;
        self.bridge.detach();
    }
}

/// Periodic work of an engine without a pump, on a thread that ends with it.
fn tick(engine: Engine, ticking: Arc<(Mutex<bool>, Condvar)>) {
    let body = move || {
        let mut worker = engine.worker();
        let mut goes_on = ticking.0.lock();
        while *goes_on {
            let until_us = worker.next_deadline_us().map(|due| due.saturating_sub(clock::now().mono_us));
            let wait = until_us.map_or(PERIOD, |us| PERIOD.min(Duration::from_micros(us.max(1_000))));
            ticking.1.wait_for(&mut goes_on, wait);
            if *goes_on {
                worker.cron(clock::now());
            }
        }
    };
    // Without the thread keys still expire when they are looked at.
    let _ = std::thread::Builder::new().name("hm-cron".into()).spawn(body);
}

/// Has what fills up mapped by huge pages, on a thread that all engines of the process share.
fn use_huge_pages() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let body = || {
            let mut pages = HugePages::default();
            loop {
                std::thread::sleep(Duration::from_secs(1));
                pages.look(|| std::thread::sleep(Duration::from_millis(2)));
            }
        };
        // Without it lookups are somewhat slower.
        let _ = std::thread::Builder::new().name("hm-pages".into()).spawn(body);
    });
}

/// Allocations that the thread drops before it lets others run: about a hundred microseconds.
const DROP_STEP: usize = 1024;

/// Drops values on a thread that is started by the first of them.
fn background_drop() -> Box<dyn Fn(Trash) + Send + Sync> {
    let sender: Mutex<Option<mpsc::Sender<Trash>>> = Mutex::new(None);
    Box::new(move |trash| {
        let mut sender = sender.lock();
        let channel = sender.get_or_insert_with(|| {
            let (sender, receiver) = mpsc::channel();
            let body = move || {
                for mut trash in receiver {
                    while Trash::drop_some(&mut trash, DROP_STEP) {
                        std::thread::yield_now();
                    }
                    hematite_allocator::rest();
                }
            };
            // Should it not start, sending fails and what was sent is dropped at once.
            let _ = std::thread::Builder::new().name("hm-free".into()).spawn(body);
            sender
        });
        let _ = channel.send(trash);
    })
}
