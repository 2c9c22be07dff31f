//! The pump's side of NativeEngine: threads and listeners.

use crate::core::Network;
use crate::engine::NativeEngine;
use hematite_pump::codec::CodecFactory;
use hematite_pump::{BindReason, Config, Error as PumpError, Level, Listen, ListenAddress, Listener, Pump};
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Error, Result};
use napi_derive::napi;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

/// How a pump is started.
#[napi(object)]
pub struct NativePump {
    /// Number of threads.
    pub threads: u32,
    /// `auto`, `uring` or `mio`.
    pub driver: String,
    /// Seconds until the first keepalive probe; 0: none.
    pub tcp_keepalive: u32,
    /// Rounds of periodic work a second.
    pub hz: u32,
}

/// Where to listen: `host` and `port`, or `path`.
#[napi(object)]
pub struct NativeAddress {
    /// An address, or a name that has one.
    pub host: Option<String>,
    /// 0: the system chooses.
    pub port: Option<u32>,
    /// Path of a unix socket.
    pub path: Option<String>,
    /// Its mode; nothing: what the umask leaves.
    pub mode: Option<u32>,
    /// Length of the queue of connections not yet accepted.
    pub backlog: u32,
    /// Whether connections speak TLS; `setTls` comes before.
    pub tls: Option<bool>,
}

/// An open listener.
#[napi(object)]
pub struct NativeListener {
    /// Its number, for `unlisten`.
    pub id: u32,
    /// The port that it has.
    pub port: u32,
}

/// Why a listener could not be opened.
#[napi(object)]
pub struct NativeBindFailure {
    /// As Node would name it: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, `EAFNOSUPPORT`, `ENOTFOUND`, or `EUNKNOWN`.
    pub code: String,
    /// The system's words.
    pub message: String,
}

/// What came of `listen`: one of both.
#[napi(object)]
pub struct NativeListenOutcome {
    pub listener: Option<NativeListener>,
    pub failure: Option<NativeBindFailure>,
}

/// A reading of the pump's counters.
#[napi(object)]
pub struct NativePumpStats {
    /// Connections open now.
    pub connections: f64,
    /// Connections that got a session.
    pub accepted: f64,
    /// Connections that were refused.
    pub rejected: f64,
    pub input_bytes: f64,
    pub output_bytes: f64,
    /// `uring` or `mio`.
    pub driver: String,
}

#[napi]
impl NativeEngine {
    /// Starts the threads, which listen nowhere yet. `log` is told of what operators should know.
    #[napi(
        ts_args_type = "config: NativePump, log: (level: 'debug' | 'verbose' | 'notice' | 'warning', message: string) => void"
    )]
    pub fn start_pump(
        &self,
        config: NativePump,
        log: Function<'_, FnArgs<(String, String)>, ()>,
    ) -> Result<()> {
        let mut network = self.core().network.lock();
        if network.pump.is_some() {
            return Err(Error::from_reason("the pump runs already"));
        }
        let builder = log.build_threadsafe_function::<(Level, String)>().weak::<true>();
        let log = builder.build_callback(|ctx| {
            let (level, message) = ctx.value;
            Ok(FnArgs::from((level_name(level).to_owned(), message)))
        })?;
        let log: Arc<dyn Fn(Level, String) + Send + Sync> = Arc::new(move |level, message| {
            log.call((level, message), ThreadsafeFunctionCallMode::NonBlocking);
        });
        let script_log = Arc::clone(&log);
        self.core().engine.set_script_log(Arc::new(move |level, line| {
            let level =
                [Level::Debug, Level::Verbose, Level::Notice, Level::Warning][usize::from(level.min(3))];
            script_log(level, String::from_utf8_lossy(line).into_owned());
        }));
        let config = Config {
            threads: config.threads as usize,
            driver: config.driver.parse().map_err(Error::from_reason::<String>)?,
            tcp_keepalive: keepalive(config.tcp_keepalive),
            hz: config.hz,
            log,
            ..Config::default()
        };
        let pump = Pump::start(self.core().engine.clone(), config);
        network.pump = Some(pump.map_err(|error| Error::from_reason(error.to_string()))?);
        Ok(())
    }

    /// Opens a listener.
    #[napi]
    pub fn listen(&self, address: NativeAddress) -> Result<NativeListenOutcome> {
        let mut network = self.core().network.lock();
        let Network { pump, listeners, next, tls } = &mut *network;
        let pump = pump.as_ref().ok_or_else(|| Error::from_reason("the pump does not run"))?;
        let codec = match tls {
            _ if address.tls != Some(true) => None,
            Some(factory) => Some(Arc::clone(factory) as Arc<dyn CodecFactory>),
            None => return Err(Error::from_reason("TLS has not been set up")),
        };
        let opened =
            addresses(&address).and_then(|addresses| open_first(pump, addresses, address.backlog, codec));
        Ok(match opened {
            Ok(listener) => {
                *next += 1;
                listeners.insert(*next, listener.id);
                let port = listener.socket_addr().map_or(0, |address| u32::from(address.port()));
                NativeListenOutcome { listener: Some(NativeListener { id: *next, port }), failure: None }
            }
            Err(failure) => NativeListenOutcome { listener: None, failure: Some(failure) },
        })
    }

    /// Closes a listener; its connections stay.
    #[napi]
    pub fn unlisten(&self, id: u32) -> bool {
        let mut network = self.core().network.lock();
        let listener = network.listeners.remove(&id);
        match (&network.pump, listener) {
            (Some(pump), Some(listener)) => pump.unlisten(listener),
            _ => false,
        }
    }

    /// Keepalive of connections accepted from now on, seconds; 0: off.
    #[napi]
    pub fn set_tcp_keepalive(&self, seconds: u32) {
        if let Some(pump) = &self.core().network.lock().pump {
            pump.set_tcp_keepalive(keepalive(seconds));
        }
    }

    /// A reading of the counters, if the pump runs.
    #[napi]
    pub fn pump_stats(&self) -> Option<NativePumpStats> {
        let network = self.core().network.lock();
        let pump = network.pump.as_ref()?;
        let total = pump.stats().total;
        Some(NativePumpStats {
            connections: total.connections as f64,
            accepted: total.accepted as f64,
            rejected: total.rejected as f64,
            input_bytes: total.input_bytes as f64,
            output_bytes: total.output_bytes as f64,
            driver: pump.driver().kind.to_string(),
        })
    }

    /// Closes all listeners and connections once their output has been sent, or `grace_ms` have passed. The engine can start
    /// another pump.
    #[napi]
    pub fn stop_pump(&self, grace_ms: u32) {
        let pump = {
            let mut network = self.core().network.lock();
            network.listeners.clear();
            network.pump.take()
        };
        if let Some(pump) = pump {
            pump.shutdown(Duration::from_millis(u64::from(grace_ms)));
        }
    }
}

fn keepalive(seconds: u32) -> Option<Duration> {
    (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)))
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Verbose => "verbose",
        Level::Notice => "notice",
        Level::Warning => "warning",
    }
}

/// All that an address may mean.
fn addresses(address: &NativeAddress) -> std::result::Result<Vec<ListenAddress>, NativeBindFailure> {
    #[cfg(unix)]
    if let Some(path) = &address.path {
        return Ok(vec![ListenAddress::Unix { path: path.into(), mode: address.mode }]);
    }
    let host = address.host.as_deref().unwrap_or("127.0.0.1");
    let port = address.port.and_then(|port| u16::try_from(port).ok()).unwrap_or(0);
    let unknown = |message: String| NativeBindFailure { code: "ENOTFOUND".into(), message };
    let found: Vec<SocketAddr> = match (host, port).to_socket_addrs() {
        Ok(found) => found.collect(),
        Err(error) => return Err(unknown(error.to_string())),
    };
    if found.is_empty() {
        return Err(unknown(format!("{host} has no address")));
    }
    Ok(found.into_iter().map(ListenAddress::Tcp).collect())
}

/// Opens the first address that can be.
fn open_first(
    pump: &Pump,
    addresses: Vec<ListenAddress>,
    backlog: u32,
    codec: Option<Arc<dyn CodecFactory>>,
) -> std::result::Result<Listener, NativeBindFailure> {
    let backlog = i32::try_from(backlog).unwrap_or(i32::MAX);
    let mut last = NativeBindFailure { code: "EUNKNOWN".into(), message: String::new() };
    for address in addresses {
        match pump.listen(&Listen { address, backlog, codec: codec.clone() }) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = failure(&error),
        }
    }
    Err(last)
}

fn failure(error: &PumpError) -> NativeBindFailure {
    let code = match error {
        PumpError::Bind { reason, .. } => match reason {
            BindReason::AddressInUse => "EADDRINUSE",
            BindReason::AddressNotAvailable => "EADDRNOTAVAIL",
            BindReason::PermissionDenied => "EACCES",
            BindReason::Unsupported => "EAFNOSUPPORT",
            BindReason::BadPath | BindReason::Other => "EUNKNOWN",
        },
        _ => "EUNKNOWN",
    };
    let message = match error {
        PumpError::Bind { source, .. } => source.to_string(),
        other => other.to_string(),
    };
    // What the system adds to its words, `(os error 98)`, is not for the log.
    let message = message.split(" (os error").next().unwrap_or_default().to_owned();
    NativeBindFailure { code: code.into(), message }
}
