//! The engine for browsers, edge runtimes and Node without a native addon. Glue only.
//!
//! Bytes pass through the module's memory without a copy on the way in: JavaScript asks for room (`room`), writes RESP there,
//! calls `feed`, and reads the replies at `output_pointer` before it calls anything else. There is one thread, so sessions
//! that were woken and calls of the control plane wait in queues that JavaScript empties after each call.

mod memory;

use hematite_engine::{
    Engine, Flow, Host, HostCall, HostedTransaction, Keep, KeyspaceOptions, MemorySettings, Now, Options,
    Peer, Protocol, Session, Settings, Transport, Wake, Worker,
};
use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    /// What the module's one thread knows of time: the last that it was told.
    static CLOCK_NS: Cell<u64> = const { Cell::new(0) };
}

#[derive(Default)]
struct Queues {
    woken: Mutex<VecDeque<u64>>,
    calls: Mutex<VecDeque<HostCall>>,
}

impl Wake for Queues {
    fn wake(&self, session: u64) {
        self.woken.lock().expect("one thread").push_back(session);
    }
}

impl Host for Queues {
    fn call(&self, call: HostCall) {
        self.calls.lock().expect("one thread").push_back(call);
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn unix_ms() -> f64;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn random_bytes(bytes: &mut [u8]) -> Result<JsValue, JsValue>;
}

/// The browser's own random bytes, in the pieces that it gives at once.
fn entropy(bytes: &mut [u8]) -> bool {
    bytes.chunks_mut(1 << 16).all(|piece| random_bytes(piece).is_ok())
}

/// Sleeps as well as one thread can: by looking at the clock.
fn sleep(duration: std::time::Duration) {
    let end = unix_ms() + duration.as_secs_f64() * 1000.0;
    while unix_ms() < end {}
}

fn now(unix_ms: f64, mono_us: f64) -> Now {
    CLOCK_NS.set((mono_us * 1000.0) as u64);
    Now { unix_ms: unix_ms as i64, mono_us: mono_us as u64 }
}

fn bits(flow: Flow) -> u32 {
    let all = [Flow::STALLED, Flow::PARKED, Flow::CLOSE, Flow::KILL];
    all.into_iter().enumerate().map(|(bit, f)| u32::from(flow.has(f)) << bit).sum()
}

/// The module's memory; its buffer is another one after the memory has grown.
#[wasm_bindgen]
pub fn memory_object() -> JsValue {
    wasm_bindgen::memory()
}

/// A command on its way to the control plane.
#[wasm_bindgen]
pub struct WasmHostCall(HostCall);

#[wasm_bindgen]
impl WasmHostCall {
    /// The session that waits.
    #[wasm_bindgen(getter)]
    pub fn session(&self) -> f64 {
        self.0.session as f64
    }
    /// The row's name, `config|get` for example.
    #[wasm_bindgen(getter)]
    pub fn command(&self) -> String {
        self.0.command.to_owned()
    }
    /// RESP version of the reply: 2 or 3.
    #[wasm_bindgen(getter)]
    pub fn protocol(&self) -> u32 {
        if self.0.protocol == Protocol::Resp3 { 3 } else { 2 }
    }
    /// The session's database.
    #[wasm_bindgen(getter)]
    pub fn db(&self) -> u32 {
        self.0.db as u32
    }
    /// Number of arguments, the command's name included.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> u32 {
        self.0.args.len() as u32
    }
    /// One argument.
    pub fn argument(&self, index: u32) -> Vec<u8> {
        self.0.args.get(index as usize).cloned().unwrap_or_default()
    }
}

/// An engine with its one worker and its sessions.
#[wasm_bindgen]
pub struct WasmEngine {
    engine: Engine,
    worker: Worker,
    queues: Arc<Queues>,
    sessions: BTreeMap<u64, Session>,
    input: Vec<u8>,
    /// The transaction that is being run.
    hosted: Option<HostedTransaction>,
}

#[wasm_bindgen]
impl WasmEngine {
    /// An empty engine. `seed` must be unpredictable: it keys the hash function.
    #[wasm_bindgen(constructor)]
    pub fn new(databases: u32, seed: u64, unix_ms: f64, mono_us: f64) -> WasmEngine {
        let queues = Arc::new(Queues::default());
        let keyspace = KeyspaceOptions { databases: databases as usize, stripes: 1, seed };
        let engine = Engine::new(Options {
            keyspace,
            clock_ns: || CLOCK_NS.get(),
            memory: memory::figures,
            used_bytes: memory::used_bytes,
            sleep,
            entropy,
            host: Some(Arc::clone(&queues) as Arc<dyn Host>),
            started: now(unix_ms, mono_us),
            seed: seed.rotate_left(32),
            ..Options::default()
        });
        WasmEngine {
            worker: engine.worker(),
            engine,
            queues,
            sessions: BTreeMap::new(),
            input: Vec::new(),
            hosted: None,
        }
    }

    /// Opens a session; its id.
    pub fn open(&mut self, unix_ms: f64, mono_us: f64) -> f64 {
        let peer = Peer {
            transport: Transport::InProcess,
            addr: "wasm:0".into(),
            laddr: "wasm:0".into(),
            fd: -1,
            local: true,
        };
        let waker = Arc::clone(&self.queues) as Arc<dyn Wake>;
        match self.worker.open(peer, waker, now(unix_ms, mono_us)) {
            Ok(session) => {
                let id = session.id();
                self.sessions.insert(id, session);
                id as f64
            }
            Err(_) => 0.0,
        }
    }
    /// Ends a session.
    pub fn close(&mut self, session: f64, unix_ms: f64, mono_us: f64) {
        if let Some(session) = self.sessions.remove(&(session as u64)) {
            self.worker.close(session, now(unix_ms, mono_us));
        }
    }
    /// Room for `length` bytes of requests; the pointer holds until the next call.
    pub fn room(&mut self, length: usize) -> *mut u8 {
        self.input.resize(length, 0);
        self.input.as_mut_ptr()
    }
    /// Executes the first `length` bytes of the room. The flow's bits: 1 stalled, 2 parked, 4 close, 8 kill.
    pub fn feed(&mut self, session: f64, length: usize, unix_ms: f64, mono_us: f64) -> u32 {
        let Some(s) = self.sessions.get_mut(&(session as u64)) else { return 8 };
        let length = length.min(self.input.len());
        let flow = self.worker.feed(s, &self.input[..length], now(unix_ms, mono_us));
        if self.input.capacity() > 1 << 20 {
            self.input = Vec::new();
        }
        bits(flow)
    }
    /// Lets a session go on that was woken, or whose output was stalled.
    pub fn resume(&mut self, session: f64, unix_ms: f64, mono_us: f64) -> u32 {
        match self.sessions.get_mut(&(session as u64)) {
            Some(s) => bits(self.worker.resume(s, now(unix_ms, mono_us))),
            None => 8,
        }
    }
    /// Number of reply bytes that wait.
    pub fn output_length(&self, session: f64) -> usize {
        self.sessions.get(&(session as u64)).map_or(0, Session::output_len)
    }
    /// The replies, all together; they hold until the next call.
    pub fn output_pointer(&self, session: f64) -> *const u8 {
        let Some(session) = self.sessions.get(&(session as u64)) else { return std::ptr::null() };
        let mut slices = [std::io::IoSlice::new(&[])];
        session.output_slices(&mut slices);
        slices[0].as_ptr()
    }
    /// Number of reply bytes at the pointer: less than all if they lie in several pieces.
    pub fn output_piece(&self, session: f64) -> usize {
        let Some(session) = self.sessions.get(&(session as u64)) else { return 0 };
        let mut slices = [std::io::IoSlice::new(&[])];
        session.output_slices(&mut slices);
        slices[0].len()
    }
    /// Drops reply bytes that were read.
    pub fn consume(&mut self, session: f64, length: usize) {
        if let Some(session) = self.sessions.get_mut(&(session as u64)) {
            session.consume_output(length);
        }
    }
    /// Periodic work, due about ten times a second.
    pub fn cron(&mut self, unix_ms: f64, mono_us: f64) {
        self.worker.cron(now(unix_ms, mono_us));
    }
    /// A session that was woken and is to be resumed.
    pub fn woken(&mut self) -> Option<f64> {
        self.queues.woken.lock().expect("one thread").pop_front().map(|id| id as f64)
    }
    /// A command that the control plane is to answer.
    pub fn host_call(&mut self) -> Option<WasmHostCall> {
        self.queues.calls.lock().expect("one thread").pop_front().map(WasmHostCall)
    }
    /// Begins the transaction that a session was handed over with (the call `exec`).
    pub fn begin_transaction(&mut self, session: f64) {
        self.hosted = self.engine.take_transaction(session as u64);
    }
    /// Runs it up to its next command of the control plane; `reply` answers the one before. Nothing: it has ended.
    pub fn advance(&mut self, reply: Option<Vec<u8>>, unix_ms: f64, mono_us: f64) -> Option<WasmHostCall> {
        let mut hosted = self.hosted.take()?;
        let now = now(unix_ms, mono_us);
        if let Some(call) = self.worker.exclusively(|all| all.advance(&mut hosted, reply, now)) {
            self.hosted = Some(hosted);
            return Some(WasmHostCall(call));
        }
        if let Some(left) = self.engine.return_transaction(hosted) {
            self.worker.close(left, now);
        }
        None
    }
    /// Sets a setting or limit by its directive's name; false if there is none of that name. Booleans are 1 and 0.
    pub fn configure(&mut self, directive: &str, value: f64) -> bool {
        let limits = self.engine.limits();
        match directive {
            "client-query-buffer-limit" => limits.query_bytes_max.store(value as u64, Relaxed),
            "pubsub-hard-bytes" => limits.pubsub_output.hard_bytes.store(value as usize, Relaxed),
            "pubsub-soft-bytes" => limits.pubsub_output.soft_bytes.store(value as usize, Relaxed),
            "pubsub-soft-seconds" => limits.pubsub_output.soft_seconds.store(value as u64, Relaxed),
            "enable-debug-command" => limits.debug_command.store(value as usize, Relaxed),
            _ => {
                let mut settings = Settings::clone(&self.engine.settings());
                if !set(&mut settings, directive, value) {
                    return false;
                }
                self.engine.set_settings(settings);
            }
        }
        true
    }
    /// Sets a directive of observation from its text; whether it is one.
    pub fn set_directive(&mut self, name: &str, text: &str) -> bool {
        self.engine.set_directive(name, text)
    }
    /// Sets `notify-keyspace-events`; false if a letter is no class.
    pub fn set_notifications(&mut self, classes: &str) -> bool {
        self.engine.set_notifications(classes)
    }
    /// Sets `maxmemory` (bytes; 0: no limit) and what belongs to it.
    pub fn set_memory_limit(&mut self, maxmemory: f64, policy: &str, samples: u32, tenacity: u32) {
        self.engine.set_memory(MemorySettings {
            bytes_max: maxmemory as u64,
            policy: policy.to_owned(),
            samples: samples as usize,
            tenacity,
            ..MemorySettings::default()
        });
    }
    /// Sets `requirepass`; empty: no password.
    pub fn set_password(&mut self, password: &[u8]) {
        self.engine.set_password(password);
    }
    /// Sets `acl-pubsub-default` (whether new users hear all channels) and `acllog-max-len`.
    pub fn set_acl_options(&mut self, new_users_hear_all: bool, log_entries_max: f64) {
        self.engine.set_acl_options(new_users_hear_all, log_entries_max as usize);
    }
    /// Sets what INFO says in a section: names and values, one to a line each.
    pub fn set_information(&mut self, section: &str, lines: &str) {
        let lines: Vec<&str> = lines.lines().collect();
        let fields = lines.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect();
        self.engine.set_information(section, fields);
    }
    /// The whole keyspace as an RDB file.
    pub fn save_snapshot(&mut self, unix_ms: f64, mono_us: f64) -> Vec<u8> {
        self.worker.save_rdb(now(unix_ms, mono_us))
    }
    /// Replaces the whole keyspace by what an RDB file holds. What is wrong with it, if anything is: then nothing changes.
    pub fn load_snapshot(&mut self, mut file: &[u8], unix_ms: f64, mono_us: f64) -> Option<String> {
        let loaded = self.worker.load_rdb(&mut file, now(unix_ms, mono_us), Keep::Nothing);
        loaded.err().map(|error| error.to_string())
    }
    /// CONFIG RESETSTAT.
    pub fn reset_statistics(&mut self) {
        self.engine.reset_statistics();
    }
    /// The control plane's answer.
    pub fn answer(&mut self, session: f64, reply: &[u8]) {
        self.engine.answer(session as u64, reply.to_vec());
    }
}

/// Sets a setting of data commands; false if there is none of that name.
fn set(settings: &mut Settings, directive: &str, value: f64) -> bool {
    let (count, is_on) = (value as usize, value != 0.0);
    match directive {
        "proto-max-bulk-len" => settings.bulk_bytes_max = value as u64,
        "hash-max-listpack-entries" => settings.hash_listpack_entries_max = count,
        "hash-max-listpack-value" => settings.hash_listpack_value_bytes_max = count,
        "list-max-listpack-size" => settings.list_listpack_size = value as i64,
        "list-compress-depth" => settings.list_compress_depth = count,
        "set-max-intset-entries" => settings.set_intset_entries_max = count,
        "set-max-listpack-entries" => settings.set_listpack_entries_max = count,
        "set-max-listpack-value" => settings.set_listpack_value_bytes_max = count,
        "zset-max-listpack-entries" => settings.zset_listpack_entries_max = count,
        "zset-max-listpack-value" => settings.zset_listpack_value_bytes_max = count,
        "hll-sparse-max-bytes" => settings.hll_sparse_bytes_max = count,
        "stream-node-max-bytes" => settings.stream_node_bytes_max = count,
        "stream-node-max-entries" => settings.stream_node_entries_max = count,
        "stream-idmp-duration" => settings.stream_idmp_duration_s = count as u32,
        "array-slice-size" => settings.array_slice_len = count as u32,
        "array-sparse-kmax" => settings.array_sparse_max = count as u16,
        "array-sparse-kmin" => settings.array_sparse_min = count as u16,
        "stream-idmp-maxsize" => settings.stream_idmp_messages_max = count as u32,
        "lazyfree-lazy-user-del" => settings.lazy_user_del = is_on,
        "lazyfree-lazy-server-del" => settings.lazy_server_del = is_on,
        "lazyfree-lazy-expire" => settings.lazy_expire = is_on,
        "rdbcompression" => settings.rdb_compression = is_on,
        "rdbchecksum" => settings.rdb_checksum = is_on,
        "rdb-version" => settings.rdb_version = count as u16,
        "lazyfree-lazy-eviction" => settings.lazy_eviction = is_on,
        "lfu" => settings.lfu = is_on,
        "lfu-log-factor" => settings.lfu_log_factor = value as u32,
        "lfu-decay-time" => settings.lfu_decay_minutes = value as u32,
        "owns-integers" => settings.owns_integers = is_on,
        _ => return false,
    }
    true
}
