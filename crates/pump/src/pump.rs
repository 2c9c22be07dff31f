//! Starting, steering and stopping the threads.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hematite_engine::Engine;

use crate::attendant::Attendant;
use crate::config::{Config, DriverChoice, DriverKind, Level, Listen};
use crate::driver::mio::MioDriver;
#[cfg(target_os = "linux")]
use crate::driver::uring::{self, UringDriver};
use crate::error::Error;
use crate::listen::{self, Listener, ListenerId};
use crate::mailbox::Message;
use crate::reactor::{Reactor, Shared, ThreadShared};
use crate::service::Service;
use crate::stats::{Counters, Stats};

/// How long `unlisten` waits for the thread that accepts.
const UNLISTEN_PATIENCE: Duration = Duration::from_secs(5);

/// Which driver runs, and why not the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriverReport {
    /// The driver in use.
    pub kind: DriverKind,
    /// With `auto`: why io_uring is not used, where it is not.
    pub fallback: Option<String>,
}

/// Running pump threads. Dropping it stops them without grace.
pub struct Pump {
    shared: Arc<Shared>,
    driver: DriverReport,
    state: Mutex<State>,
    next_listener: AtomicU64,
}

struct State {
    listeners: Vec<Listener>,
    threads: Vec<JoinHandle<()>>,
    stopped: bool,
}

impl fmt::Debug for Pump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pump").field("driver", &self.driver).field("listeners", &self.listeners()).finish()
    }
}

impl Pump {
    /// Starts threads that serve an engine. Returns when all of them run and the listeners accept.
    ///
    /// # Errors
    ///
    /// An address that cannot be listened on, a driver that cannot run, a thread that cannot be started; nothing is
    /// left running then.
    pub fn start(engine: Engine, config: Config) -> Result<Pump, Error> {
        Pump::start_with(move |_| Attendant::new(engine.clone()), config)
    }

    /// Starts threads that serve whatever `make` makes, called once on each thread with the thread's number.
    ///
    /// # Errors
    ///
    /// As [`Pump::start`].
    pub fn start_with<S: Service>(
        make: impl Fn(usize) -> S + Send + Sync + 'static,
        config: Config,
    ) -> Result<Pump, Error> {
        let driver = choose_driver(&config)?;
        let threads = config.threads.max(1);
        let keepalive_s = keepalive_seconds(config.tcp_keepalive);
        let listen = config.listen.clone();
        let shared = Arc::new(Shared {
            threads: (0..threads).map(|_| ThreadShared::default()).collect(),
            keepalive_s: AtomicU32::new(keepalive_s),
            origin: Instant::now(),
            config,
        });
        let pump = Pump {
            shared,
            driver,
            state: Mutex::new(State { listeners: Vec::new(), threads: Vec::new(), stopped: false }),
            next_listener: AtomicU64::new(1),
        };
        // On an error `pump` is dropped, which stops what has been started.
        let opened = listen.iter().map(|listen| pump.open(listen)).collect::<Result<Vec<_>, _>>();
        let opened = opened?;
        pump.spawn(Arc::new(make))?;
        for (message, listener) in opened {
            pump.accept(message, listener);
        }
        Ok(pump)
    }

    fn spawn<S: Service>(&self, make: Arc<dyn Fn(usize) -> S + Send + Sync>) -> Result<(), Error> {
        let (ready, readiness) = mpsc::channel();
        for index in 0..self.shared.threads.len() {
            let (shared, make, ready) = (self.shared.clone(), make.clone(), ready.clone());
            let (kind, strict) = (self.driver.kind, self.shared.config.driver == DriverChoice::Uring);
            let body = move || {
                let run = || run_thread(index, shared.clone(), kind, strict, make.as_ref(), &ready);
                if catch_unwind(AssertUnwindSafe(run)).is_err() {
                    shared.log(Level::Warning, format!("pump thread {index} ended by a panic"));
                }
                shared.threads[index].mailbox.close();
            };
            let thread = std::thread::Builder::new().name(format!("hm-io-{index}")).spawn(body);
            self.state().threads.push(thread.map_err(Error::Thread)?);
        }
        drop(ready);
        for _ in 0..self.shared.threads.len() {
            // A thread that is gone without a word has panicked in `make`.
            let word = readiness.recv().unwrap_or_else(|_| Err("the thread panicked".into()));
            word.map_err(|reason| Error::Driver { driver: self.driver.kind, reason })?;
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, listen: &Listen) -> Result<(Message, Listener), Error> {
        let id = ListenerId(self.next_listener.fetch_add(1, Relaxed));
        let (socket, source, listener) = listen::open(id, listen)?;
        Ok((Message::Listen(socket, Arc::new(source)), listener))
    }

    fn accept(&self, message: Message, listener: Listener) {
        self.state().listeners.push(listener);
        self.shared.threads[0].mailbox.post(message);
    }

    /// Opens another listener. The kernel queues connections from the moment this returns.
    ///
    /// # Errors
    ///
    /// [`Error::Bind`], or [`Error::Stopped`] after [`Pump::shutdown`].
    pub fn listen(&self, listen: &Listen) -> Result<Listener, Error> {
        if self.state().stopped {
            return Err(Error::Stopped);
        }
        let (message, listener) = self.open(listen)?;
        self.accept(message, listener.clone());
        Ok(listener)
    }

    /// Closes a listener; its connections stay. Returns when its address is free again; `false` if there was no such
    /// listener.
    pub fn unlisten(&self, id: ListenerId) -> bool {
        let mut state = self.state();
        let Some(position) = state.listeners.iter().position(|listener| listener.id == id) else {
            return false;
        };
        state.listeners.remove(position);
        drop(state);
        let (done, closed) = mpsc::channel();
        self.shared.threads[0].mailbox.post(Message::Unlisten(id, done));
        // Nothing is ever sent: the other end is dropped when the socket is closed.
        let _ = closed.recv_timeout(UNLISTEN_PATIENCE);
        true
    }

    /// Closes all listeners; connections stay.
    pub fn close_listeners(&self) {
        for listener in self.listeners() {
            self.unlisten(listener.id);
        }
    }

    /// The open listeners.
    pub fn listeners(&self) -> Vec<Listener> {
        self.state().listeners.clone()
    }

    /// Keepalive of TCP connections accepted from now on, `None` for off.
    pub fn set_tcp_keepalive(&self, idle: Option<Duration>) {
        self.shared.keepalive_s.store(keepalive_seconds(idle), Relaxed);
    }

    /// Which driver runs.
    pub fn driver(&self) -> &DriverReport {
        &self.driver
    }

    /// A reading of the counters.
    pub fn stats(&self) -> Stats {
        Stats::gather(self.shared.threads.iter().map(|thread| Counters::read(&thread.counters)))
    }

    /// Stops: closes the listeners, reads no more, sends what is in the outputs for at most `grace`, ends all
    /// sessions and joins the threads. Calling it again does nothing.
    pub fn shutdown(&self, grace: Duration) {
        let mut state = self.state();
        state.stopped = true;
        state.listeners.clear();
        let threads = std::mem::take(&mut state.threads);
        drop(state);
        let deadline = Instant::now() + grace;
        for thread in &self.shared.threads {
            thread.mailbox.post(Message::Shutdown(deadline));
        }
        for thread in threads {
            // A panic has been logged by the thread itself.
            let _ = thread.join();
        }
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.shutdown(Duration::ZERO);
    }
}

fn keepalive_seconds(idle: Option<Duration>) -> u32 {
    idle.map_or(0, |idle| u32::try_from(idle.as_secs()).unwrap_or(u32::MAX))
}

/// Tries io_uring out if it may be used.
fn choose_driver(config: &Config) -> Result<DriverReport, Error> {
    let mio = |fallback| Ok(DriverReport { kind: DriverKind::Mio, fallback });
    if config.driver == DriverChoice::Mio {
        return mio(None);
    }
    #[cfg(target_os = "linux")]
    let probed = uring::probe();
    #[cfg(not(target_os = "linux"))]
    let probed: Result<(), String> = Err("io_uring is a feature of Linux".into());
    match probed {
        Ok(()) => Ok(DriverReport { kind: DriverKind::Uring, fallback: None }),
        Err(reason) if config.driver == DriverChoice::Auto => {
            (config.log)(Level::Notice, format!("io_uring is not used: {reason}"));
            mio(Some(reason))
        }
        Err(reason) => Err(Error::Driver { driver: DriverKind::Uring, reason }),
    }
}

/// One thread's life. Says once whether it got its driver.
fn run_thread<S: Service>(
    index: usize,
    shared: Arc<Shared>,
    kind: DriverKind,
    strict: bool,
    make: &(dyn Fn(usize) -> S + Send + Sync),
    ready: &mpsc::Sender<Result<(), String>>,
) {
    let mailbox = shared.threads[index].mailbox.clone();
    #[cfg(target_os = "linux")]
    if kind == DriverKind::Uring {
        match UringDriver::new(shared.config.receive_buffers_max) {
            Ok((driver, bell)) => {
                mailbox.set_bell(bell);
                let reactor = Reactor::new(index, make(index), shared);
                let _ = ready.send(Ok(()));
                return reactor.run(driver);
            }
            Err(error) if strict => {
                let _ = ready.send(Err(error.to_string()));
                return;
            }
            Err(error) => {
                shared.log(Level::Warning, format!("pump thread {index} uses mio: io_uring: {error}"))
            }
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (kind, strict);
    match MioDriver::new() {
        Ok((driver, bell)) => {
            mailbox.set_bell(bell);
            let reactor = Reactor::new(index, make(index), shared);
            let _ = ready.send(Ok(()));
            reactor.run(driver);
        }
        Err(error) => {
            let _ = ready.send(Err(error.to_string()));
        }
    }
}
