//! NativeEngine and NativeSession: what TypeScript holds.

use crate::core::{Core, Shape};
use crate::desk::Desk;
use crate::host::{Handler, HandlerArgs, handler_args};
use crate::invoke;
use crate::lane::Lane;
use crate::memory;
use crate::reply::Makers;
use hematite_commands::Settings;
use hematite_engine::{Flow, HostCommand, KeyspaceOptions, Protocol};
use napi::bindgen_prelude::{Buffer, Env, FnArgs, Function, Object, Unknown};
use napi::{Error, JsValue, Result, sys};
use napi_derive::napi;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// How an engine is made.
#[napi(object)]
pub struct NativeOptions {
    /// Number of databases.
    pub databases: u32,
    /// Number of stripes; a power of two.
    pub stripes: u32,
    /// Seed of hash and chance, for a run that can be repeated; otherwise the system's.
    pub seed: Option<f64>,
    /// Name under which other threads of the process find the same keyspace.
    pub share: Option<String>,
    /// Whether a thread of its own does periodic work; a pump does otherwise.
    pub ticks: bool,
    /// Memory of the machine, bytes.
    pub system_memory: f64,
}

/// Functions that make what N-API has no function for.
#[napi(object, object_to_js = false)]
pub struct NativeMakers<'env> {
    /// An array of its arguments.
    pub list: Function<'env, FnArgs<(Unknown<'static>,)>, Unknown<'static>>,
    /// A Map from keys and values by turns.
    pub map: Function<'env, FnArgs<(Unknown<'static>,)>, Unknown<'static>>,
    /// An error from its text.
    pub error: Function<'env, FnArgs<(Unknown<'static>,)>, Unknown<'static>>,
    /// Told of pushes.
    pub push: Function<'env, FnArgs<(Unknown<'static>,)>, Unknown<'static>>,
}

/// Settings of data commands, as directives name them; sizes in bytes.
#[napi(object)]
pub struct NativeSettings {
    pub proto_max_bulk_len: f64,
    pub hash_max_listpack_entries: f64,
    pub hash_max_listpack_value: f64,
    pub list_max_listpack_size: f64,
    pub list_compress_depth: f64,
    pub set_max_intset_entries: f64,
    pub set_max_listpack_entries: f64,
    pub set_max_listpack_value: f64,
    pub zset_max_listpack_entries: f64,
    pub zset_max_listpack_value: f64,
    pub hll_sparse_max_bytes: f64,
    pub stream_node_max_bytes: f64,
    pub stream_node_max_entries: f64,
    pub stream_idmp_duration: f64,
    pub stream_idmp_maxsize: f64,
    pub array_slice_size: f64,
    pub array_sparse_kmax: f64,
    pub array_sparse_kmin: f64,
    pub lazyfree_lazy_user_del: bool,
    pub lazyfree_lazy_server_del: bool,
    pub lazyfree_lazy_expire: bool,
    pub rdb_compression: bool,
    pub rdb_checksum: bool,
    pub rdb_version: u32,
    pub lazyfree_lazy_eviction: bool,
    /// Whether the eviction policy counts access frequency.
    pub lfu: bool,
    pub lfu_log_factor: u32,
    /// Minutes; 0: no decay.
    pub lfu_decay_time: u32,
    /// Whether eviction looks at the access clock of each integer.
    pub owns_integers: bool,
}

/// Limits of the engine, as directives name them.
#[napi(object)]
pub struct NativeLimits {
    pub maxclients: f64,
    /// Bytes.
    pub client_query_buffer_limit: f64,
    /// Seconds; 0: never.
    pub timeout: f64,
    /// Milliseconds that a script may run before others hear BUSY; 0: for ever.
    pub busy_reply_threshold: f64,
    pub protected_mode: bool,
    /// 0 no, 1 local, 2 yes.
    pub enable_debug_command: u32,
    /// Bytes that may wait for a subscriber; 0: no limit.
    pub pubsub_hard_bytes: f64,
    /// Bytes that may wait for a subscriber for a time; 0: no limit.
    pub pubsub_soft_bytes: f64,
    /// That time, seconds.
    pub pubsub_soft_seconds: f64,
    /// Classes of events that are published.
    pub notify_keyspace_events: String,
}

/// A command that TypeScript adds.
#[napi(object)]
pub struct NativeCommand {
    pub name: String,
    /// Arguments with the name; negative: at least that many.
    pub arity: i32,
    pub flags: Vec<String>,
    /// Position of the first key; 0: none.
    pub first_key: i32,
    /// Position of the last one; negative: from the end.
    pub last_key: i32,
    /// Distance between two.
    pub key_step: i32,
    pub summary: String,
}

/// One keyspace with everything around it, as one JS thread sees it.
#[napi]
pub struct NativeEngine {
    desk: Rc<Desk>,
    is_owner: bool,
}

fn failed(reason: impl ToString) -> Error {
    Error::from_reason(reason.to_string())
}

const BUSY: &str = "the engine is in use by a host command that has not returned";

#[napi]
impl NativeEngine {
    /// Makes an engine, or finds the one of this name.
    #[napi(constructor)]
    pub fn new(options: NativeOptions) -> Result<Self> {
        memory::set_system(options.system_memory as u64);
        let random = || getrandom::u64().map_err(failed);
        let (seed, second) = match options.seed {
            Some(seed) => (seed.to_bits(), seed.to_bits().rotate_left(32)),
            None => (random()?, random()?),
        };
        let shape = || Shape {
            keyspace: KeyspaceOptions {
                databases: options.databases as usize,
                stripes: options.stripes as usize,
                seed,
            },
            seed: second,
            ticks: options.ticks,
        };
        let (core, is_owner) = match &options.share {
            Some(name) => Core::shared(name, shape),
            None => (Core::new(shape()), true),
        };
        Ok(NativeEngine { desk: Desk::new(core), is_owner })
    }

    /// Uses this thread's worker.
    pub(crate) fn with_worker<R>(&self, f: impl FnOnce(&mut hematite_engine::Worker) -> R) -> Result<R> {
        self.desk.with_worker(f).map_err(|_| failed(BUSY))
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.desk.core
    }

    pub(crate) fn is_exclusive(&self) -> bool {
        self.desk.is_exclusive()
    }

    /// Whether this thread has made the engine, rather than found it.
    #[napi(getter)]
    pub fn is_owner(&self) -> bool {
        self.is_owner
    }

    /// Replaces the settings of data commands; those that TypeScript does not know yet have their defaults.
    #[napi]
    #[allow(clippy::needless_update, reason = "the engine's settings may be ahead of the binding's")]
    pub fn set_settings(&self, settings: NativeSettings) {
        self.core().engine.set_settings(Settings {
            bulk_bytes_max: settings.proto_max_bulk_len as u64,
            hash_listpack_entries_max: settings.hash_max_listpack_entries as usize,
            hash_listpack_value_bytes_max: settings.hash_max_listpack_value as usize,
            list_listpack_size: settings.list_max_listpack_size as i64,
            list_compress_depth: settings.list_compress_depth as usize,
            set_intset_entries_max: settings.set_max_intset_entries as usize,
            set_listpack_entries_max: settings.set_max_listpack_entries as usize,
            set_listpack_value_bytes_max: settings.set_max_listpack_value as usize,
            zset_listpack_entries_max: settings.zset_max_listpack_entries as usize,
            zset_listpack_value_bytes_max: settings.zset_max_listpack_value as usize,
            hll_sparse_bytes_max: settings.hll_sparse_max_bytes as usize,
            stream_node_bytes_max: settings.stream_node_max_bytes as usize,
            stream_node_entries_max: settings.stream_node_max_entries as usize,
            stream_idmp_duration_s: settings.stream_idmp_duration as u32,
            stream_idmp_messages_max: settings.stream_idmp_maxsize as u32,
            array_slice_len: settings.array_slice_size as u32,
            array_sparse_max: settings.array_sparse_kmax as u16,
            array_sparse_min: settings.array_sparse_kmin as u16,
            lazy_user_del: settings.lazyfree_lazy_user_del,
            lazy_server_del: settings.lazyfree_lazy_server_del,
            lazy_expire: settings.lazyfree_lazy_expire,
            rdb_compression: settings.rdb_compression,
            rdb_checksum: settings.rdb_checksum,
            rdb_version: settings.rdb_version as u16,
            lazy_eviction: settings.lazyfree_lazy_eviction,
            lfu: settings.lfu,
            lfu_log_factor: settings.lfu_log_factor,
            lfu_decay_minutes: settings.lfu_decay_time,
            owns_integers: settings.owns_integers,
            ..Settings::default()
        });
    }

    /// Sets the engine's limits.
    #[napi]
    pub fn set_limits(&self, limits: NativeLimits) {
        let own = self.core().engine.limits();
        own.clients_max.store(limits.maxclients as usize, Relaxed);
        own.query_bytes_max.store(limits.client_query_buffer_limit as u64, Relaxed);
        own.idle_s_max.store(limits.timeout as u64, Relaxed);
        own.busy_after_ms.store(limits.busy_reply_threshold as u64, Relaxed);
        own.protected.store(limits.protected_mode, Relaxed);
        own.debug_command.store(limits.enable_debug_command as usize, Relaxed);
        own.pubsub_output.hard_bytes.store(limits.pubsub_hard_bytes as usize, Relaxed);
        own.pubsub_output.soft_bytes.store(limits.pubsub_soft_bytes as usize, Relaxed);
        own.pubsub_output.soft_seconds.store(limits.pubsub_soft_seconds as u64, Relaxed);
        // The configuration has checked the letters.
        self.core().engine.set_notifications(&limits.notify_keyspace_events);
    }

    /// Sets the password of the default user; empty: none.
    #[napi]
    pub fn set_password(&self, password: Buffer) {
        self.core().engine.set_password(&password);
    }

    /// Sets what TypeScript adds to a section of INFO: names and values by turns.
    #[napi]
    pub fn set_information(&self, section: String, fields: Vec<String>) {
        let pairs = fields.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
        self.core().engine.set_information(&section, pairs.collect());
    }

    /// CONFIG RESETSTAT.
    #[napi]
    pub fn reset_statistics(&self) {
        self.core().engine.reset_statistics();
    }

    /// Installs what answers host commands of this thread's sessions and, with `everywhere`, of sockets.
    #[napi(
        ts_args_type = "handler: (session: number, command: string, args: Buffer[], protocol: number, db: number, traits: number) => void, everywhere: boolean"
    )]
    pub fn set_handler(&self, handler: Handler<'_>, everywhere: bool) -> Result<()> {
        *self.desk.handler.borrow_mut() = Some(handler.create_ref()?);
        if everywhere { self.core().bridge.install(&handler) } else { Ok(()) }
    }

    /// Installs what is told that a session should be resumed.
    #[napi(ts_args_type = "wake: (session: number) => void")]
    pub fn set_wake(&self, wake: Function<'_, FnArgs<(f64,)>, ()>) -> Result<()> {
        self.desk.waker.install(&wake)
    }

    /// Answers a host command, in the form of the session's protocol.
    #[napi]
    pub fn answer(&self, session: f64, reply: Buffer) {
        self.core().engine.answer(session as u64, reply.to_vec());
    }

    /// Runs the transaction that a session was handed over with (the call `exec`), while no other thread executes anything.
    /// `answer` is called as the handler is, for each of its commands of the control plane, and returns the reply in the form of
    /// the session's protocol.
    #[napi(
        ts_args_type = "session: number, answer: (session: number, command: string, args: Buffer[], protocol: number, db: number, traits: number) => Buffer"
    )]
    pub fn transact(&self, session: f64, answer: Function<'_, HandlerArgs, Buffer>) {
        self.desk.transact(session as u64, |call| match answer.call(handler_args(call)) {
            Ok(reply) => reply.to_vec(),
            Err(error) => format!("-ERR {}\r\n", error.reason.replace(['\r', '\n'], " ")).into_bytes(),
        });
    }

    /// Whether this thread holds everything: a command written in TypeScript runs, or a transaction with such commands.
    #[napi(getter, js_name = "isExclusive")]
    pub fn is_exclusive_now(&self) -> bool {
        self.is_exclusive()
    }

    /// Hangs up on a session; whether it was there.
    #[napi]
    pub fn kill(&self, session: f64) -> bool {
        self.core().engine.kill(session as u64)
    }

    /// Adds a command that the handler answers.
    #[napi]
    pub fn define(&self, command: NativeCommand) -> Result<()> {
        let number = |n: i32| i16::try_from(n).map_err(|_| failed("arity and key positions have 16 bits"));
        let command = HostCommand {
            name: command.name,
            arity: number(command.arity)?,
            flags: command.flags,
            keys: (number(command.first_key)?, number(command.last_key)?, number(command.key_step)?),
            summary: command.summary,
        };
        self.core().engine.define(command).map_err(failed)
    }

    /// Removes a command that was added; whether it was there.
    #[napi]
    pub fn undefine(&self, name: String) -> bool {
        self.core().engine.undefine(&name)
    }

    /// Calls `body` while no other thread executes anything.
    #[napi(ts_args_type = "body: () => void")]
    pub fn exclusively(&self, body: Function<'_, (), ()>) -> Result<()> {
        self.desk.exclusively(|| body.call(())).map_err(|_| failed(BUSY))??;
        self.desk.commit().map_err(failed)
    }

    /// The id of a command, for `call`; subcommands as `container|name`.
    #[napi]
    pub fn command_id(&self, name: String) -> Option<u32> {
        self.core().engine.table().find(name.as_bytes()).map(|command| command.id as u32)
    }

    /// All rows of the command table as JSON.
    #[napi]
    pub fn command_table(&self) -> String {
        self.core().engine.table().to_json()
    }

    /// Opens a session; `name` stands where an address would (CLIENT LIST).
    #[napi]
    pub fn open_session(&self, makers: NativeMakers<'_>, name: String) -> Result<NativeSession> {
        let makers = Rc::new(Makers {
            list: makers.list.create_ref()?,
            map: makers.map.create_ref()?,
            error: makers.error.create_ref()?,
            push: makers.push.create_ref()?,
        });
        let lane = Lane::open(&self.desk, &makers, &name).map_err(failed)?;
        Ok(NativeSession { lane: Rc::new(lane) })
    }
}

/// A session without a socket.
#[napi]
pub struct NativeSession {
    lane: Rc<Lane>,
}

#[napi]
impl NativeSession {
    /// Its number: CLIENT ID.
    #[napi(getter)]
    pub fn id(&self) -> f64 {
        self.lane.id as f64
    }

    /// What the engine said last: 1 stalled (resume once the output has gone), 2 parked, 4 close, 8 kill; 16: bytes wait
    /// until a host command has returned (resume then).
    #[napi(getter)]
    pub fn flow(&self) -> u32 {
        let flags = [(Flow::STALLED, 1), (Flow::PARKED, 2), (Flow::CLOSE, 4), (Flow::KILL, 8)];
        let flow = self.lane.flow();
        let bits: u32 = flags.iter().filter(|(flag, _)| flow.has(*flag)).map(|(_, bit)| bit).sum();
        bits + if self.lane.holds() { 16 } else { 0 }
    }

    /// Sets the protocol version that replies have.
    #[napi]
    pub fn set_protocol(&self, version: u32) -> Result<()> {
        let protocol = if version == 3 { Protocol::Resp3 } else { Protocol::Resp2 };
        self.lane.with_session(|s| s.set_protocol(protocol)).map_err(|_| failed(BUSY))
    }

    /// Whether blocking commands behave as if they timed out at once.
    #[napi]
    pub fn set_deny_blocking(&self, deny: bool) -> Result<()> {
        self.lane.with_session(|s| s.set_deny_blocking(deny)).map_err(|_| failed(BUSY))
    }

    /// Makes it a session of the control plane: no gate refuses anything, whoever the users are.
    #[napi]
    pub fn pass_all_gates(&self) -> Result<()> {
        self.lane.with_session(|s| s.pass_all_gates()).map_err(|_| failed(BUSY))
    }

    /// The functions of the hot path; see `invoke`.
    #[napi(
        ts_return_type = "{ call(command: number | string, ...args: unknown[]): unknown; callBuffer(command: number | string, ...args: unknown[]): unknown; batch(ends: Uint32Array, asBuffers: boolean, ...args: unknown[]): unknown[]; feed(bytes: Uint8Array): Buffer | undefined; resume(): Buffer | undefined }"
    )]
    pub fn functions<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let object = Object::new(env)?;
        for (name, callback) in invoke::FUNCTIONS {
            // SAFETY: the environment is that of the running call, which has a handle scope.
            let function = unsafe { invoke::function(env.raw(), name, callback, &self.lane) };
            let function = function.ok_or_else(|| failed("a function can't be made"))?;
            // SAFETY: both handles are of this environment and open.
            unsafe { sys::napi_set_named_property(env.raw(), object.raw(), name.as_ptr(), function) };
        }
        Ok(object)
    }

    /// Ends the session.
    #[napi]
    pub fn close(&self) {
        self.lane.close();
    }
}
