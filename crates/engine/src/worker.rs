//! Worker: a thread's way into the engine. It parses what its sessions are fed, and runs it batch by batch.

use crate::apart::Apart;
use crate::batch::{self, Buffers, COMMANDS_MAX, End};
use crate::confirmation::Confirmation;
use crate::dispatch::Chance;
use crate::engine::Shared;
use crate::flow::{Flow, Now, Peer, SessionId, Transport, Wake};
use crate::gate::{Gate, Turn};
use crate::memory_limit::Eviction;
use crate::output::HIGH_WATER;
use crate::packing::PackingSlice;
use crate::registry::Message;
use crate::scripting::interpreter::Interpreter;
use crate::session::{Parked, Session};
use crate::statistics::Statistics;
use crate::timer::{HEAVY_BYTES, Timer};
use crate::tracking::Pending;
use crate::trash::Trash;
use hematite_base::random::Random;
use hematite_commands::Settings;
use hematite_keyspace::{Counters, Effects, Effort, Remains};
use hematite_resp::{Encoder, Limits};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Keys that one call of cron looks at, and under one hold of a lock.
const EXPIRE_EFFORT: Effort = Effort { keys_max: 20_000, keys_per_lock_max: 200 };

/// Output below this is only checked against its limits when the front ticks, bytes.
const CHECK_BYTES_MIN: usize = 16 << 10;

/// A thread's way into the engine.
pub struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) local: Local,
}

/// A key at which somebody who waits may go on.
pub(crate) struct Ready {
    pub db: usize,
    pub key: Box<[u8]>,
    /// The key was touched; else something is pending in it, which concerns those alone who wait for that.
    pub is_touched: bool,
}

/// What a worker has for itself.
pub(crate) struct Local {
    /// Whether the worker takes part in periodic work: its front calls cron.
    is_periodic: bool,
    pub statistics: Arc<Statistics>,
    pub settings: Arc<Settings>,
    settings_version: u64,
    pub random: Random,
    pub effects: Effects,
    pub timer: Timer,
    /// Keys that were touched while somebody waits, with their database.
    pub ready: VecDeque<Ready>,
    /// The session whose commands are being executed.
    pub session: SessionId,
    /// The command at hand has written to the journal.
    pub wrote: bool,
    /// How far what was written has been confirmed.
    pub confirmation: Confirmation,
    /// Something was sent to the session whose command is being executed, by that command.
    pub has_own_mail: bool,
    /// What is to be told to those who track keys.
    pub pending: Pending,
    /// How often memory was given back.
    pub purges: u64,
    /// Packing memory.
    pub packing: PackingSlice,
    /// How deep commands run others.
    pub nesting: u32,
    /// What interprets scripts, once one was run.
    pub interpreter: Option<Box<dyn Interpreter>>,
    /// How often scripts had been forgotten when the interpreter last heard of it.
    pub scripts_forgotten: u64,
    /// How often libraries had changed then.
    pub libraries_changed: u64,
    /// What may run for long is left to the front, if it wants it.
    pub apart: Apart,
    /// What runs is not to be recorded in the journal (`redis.set_repl`).
    pub is_unrecorded: bool,
    /// Where the replies of a script's commands are written, kept for its allocation.
    pub script_output: Vec<u8>,
    /// A transaction is being run that the control plane answers in the middle of.
    pub is_in_transaction: bool,
    /// A script is running.
    pub is_in_script: bool,
    /// Eviction: the candidates of this worker, and whether memory was full when the command at hand came.
    pub eviction: Eviction,
    /// What is to be dropped by this worker.
    pub trash: Vec<Trash>,
    /// The time, as last told.
    pub last: Now,
    buffers: Buffers,
}

impl Worker {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let index = shared.workers.fetch_add(1, Relaxed);
        let statistics = Arc::new(Statistics::new(shared.table.capacity()));
        shared.statistics.lock().push(Arc::clone(&statistics));
        let mut seed = Random::new(shared.options.seed.wrapping_add(index as u64));
        let local = Local {
            is_periodic: false,
            statistics,
            settings: Arc::clone(&shared.settings.read()),
            settings_version: shared.settings_version.load(Relaxed),
            random: Random::new(seed.bits()),
            effects: Effects { deletions: Some(shared.journal.clone()), ..Effects::default() },
            timer: Timer::new(shared.observation.attention()),
            ready: VecDeque::new(),
            session: 0,
            wrote: false,
            confirmation: Confirmation::default(),
            has_own_mail: false,
            pending: Pending::default(),
            purges: 0,
            packing: PackingSlice::default(),
            nesting: 0,
            interpreter: None,
            scripts_forgotten: 0,
            libraries_changed: 0,
            apart: Apart::default(),
            is_unrecorded: false,
            script_output: Vec::new(),
            is_in_transaction: false,
            is_in_script: false,
            eviction: Eviction::default(),
            trash: Vec::new(),
            last: Now { unix_ms: 0, mono_us: 0 },
            buffers: Buffers::default(),
        };
        let gate = shared.gates.add();
        Worker { shared, gate, local }
    }

    /// Opens a session. An error is what to say to the client before hanging up.
    pub fn open(&mut self, peer: Peer, waker: Arc<dyn Wake>, now: Now) -> Result<Session, Vec<u8>> {
        let limits = &self.shared.limits;
        let acl = &self.shared.acl;
        let in_process = peer.transport == Transport::InProcess;
        if limits.protected.load(Relaxed) && acl.is_passwordless() && !peer.local && !in_process {
            self.shared.connections[1].fetch_add(1, Relaxed);
            return Err(PROTECTED.to_vec());
        }
        let max = if in_process { usize::MAX } else { limits.clients_max.load(Relaxed) };
        match self.shared.registry.open(peer, waker, now, max) {
            Some(card) => {
                self.shared.connections[0].fetch_add(1, Relaxed);
                Ok(Session::new(card, acl.is_open() || in_process, self.shared.default_rights()))
            }
            None => {
                self.shared.connections[1].fetch_add(1, Relaxed);
                Err(b"-ERR max number of clients reached\r\n".to_vec())
            }
        }
    }

    /// Makes a session the user whom something beside AUTH has proved it to be: a client certificate. Whether that user is
    /// there and on; if not, nothing has changed.
    pub fn trust(&mut self, session: &mut Session, user: &[u8]) -> bool {
        self.shared.trust(session, user)
    }

    /// Takes what arrived, executes what is whole, leaves replies in the session's output.
    pub fn feed(&mut self, session: &mut Session, bytes: &[u8], now: Now) -> Flow {
        if session.ending != Flow::CONTINUE {
            return session.ending;
        }
        self.local.statistics.input_bytes.add(bytes.len() as u64);
        let card = &session.card;
        card.active_ms.store(now.unix_ms, Relaxed);
        card.totals[0].store(card.totals[0].load(Relaxed) + bytes.len() as u64, Relaxed);
        let mut flow = Flow::CONTINUE;
        if session.query.is_empty() && session.parked.is_none() && session.output.len() < HIGH_WATER {
            let (used, f) = self.work(session, bytes, now);
            flow = f;
            if used < bytes.len() {
                session.query.push(&bytes[used..], session.parser.bytes_wanted());
            }
        } else {
            session.query.push(bytes, session.parser.bytes_wanted());
            if session.parked.is_none() {
                flow = self.work_query(session, now);
            }
        }
        self.settle(session, flow)
    }

    /// Goes on after a wake or once stalled output has drained.
    pub fn resume(&mut self, session: &mut Session, now: Now) -> Flow {
        let before = session.output.len();
        self.receive(session);
        session.check_output(&self.shared.limits, now.unix_ms);
        let received = (session.output.len() - before) as u64;
        self.local.statistics.output_bytes.add(received);
        let total = &session.card.totals[1];
        total.store(total.load(Relaxed) + received, Relaxed);
        if session.ending != Flow::CONTINUE || session.parked.is_some() {
            return self.settle(session, Flow::CONTINUE);
        }
        let flow = self.work_query(session, now);
        self.settle(session, flow)
    }

    pub(crate) fn work_query(&mut self, session: &mut Session, now: Now) -> Flow {
        let query = std::mem::take(&mut session.query);
        let (used, flow) = self.work(session, query.bytes(), now);
        session.query = query;
        session.query.consume(used);
        flow
    }

    /// What the front is told, and what CLIENT LIST shows.
    pub(crate) fn settle(&mut self, session: &mut Session, flow: Flow) -> Flow {
        self.confirm(session);
        let (query, query_capacity) = session.query.sizes();
        if query as u64 > self.shared.limits.query_bytes_max.load(Relaxed) {
            session.ending = Flow::KILL;
        }
        if session.output.len() >= CHECK_BYTES_MIN {
            session.check_output(&self.shared.limits, self.local.last.unix_ms);
        }
        let card = &session.card;
        for (at, value) in card.query.iter().zip([query, query_capacity]) {
            at.store(value, Relaxed);
        }
        for (at, value) in card.output.iter().zip([session.output.len(), session.output.capacity()]) {
            at.store(value, Relaxed);
        }
        self.shared.note_client_memory(card);
        if session.ending != Flow::CONTINUE {
            return session.ending;
        }
        match session.parked {
            None => flow,
            Some(Parked::Apart) => flow.and(Flow::APART),
            Some(_) => flow.and(Flow::PARKED),
        }
    }

    /// Executes whole frames of `input`; returns the bytes used.
    fn work(&mut self, session: &mut Session, input: &[u8], now: Now) -> (usize, Flow) {
        let Worker { shared, gate, local } = self;
        local.refresh(shared);
        local.last = now;
        let mut turn = Turn::begin_unless_busy(gate, &shared.running);
        local.timer.begin(shared.options.clock_ns);
        let buffers = std::mem::take(&mut local.buffers);
        let (mut args, mut planned) = (batch::recycle(buffers.args), buffers.planned);
        let before = session.output.len();
        let (mut used, mut executed) = (0, 0);
        let mut flow = Flow::CONTINUE;
        loop {
            args.clear();
            planned.clear();
            let is_in = session.authenticated || shared.acl.is_open();
            let limits = Limits { bulk_bytes_max: local.settings.bulk_bytes_max, unauthenticated: !is_in };
            // What AUTH changes must hold for the next command, so nothing is read ahead of it.
            let max = if is_in { COMMANDS_MAX } else { 1 };
            let end =
                batch::parse(&mut session.parser, &input[used..], &limits, max, &mut args, &mut planned);
            batch::plan(shared, session.db, &args, &mut planned);
            if planned.last().is_some_and(|p| p.end >= HEAVY_BYTES) {
                local.timer.look_closely(&local.statistics, shared.options.clock_ns);
            }
            let mut chance = Chance::new(shared, local, now, &mut turn);
            let done = chance.run(session, &args, &planned);
            used += if done > 0 { planned[done - 1].end } else { 0 };
            executed += done;
            if done < planned.len() || session.is_held() || session.output.len() >= HIGH_WATER {
                // What was read ahead will be read again, from its first byte.
                session.parser = Default::default();
                if session.output.len() >= HIGH_WATER {
                    flow = Flow::STALLED;
                }
                break;
            }
            let consumed = planned.last().map_or(0, |p| p.end);
            match end {
                End::Full => {}
                End::Partial => break,
                End::Inline(size, words) => {
                    let words: Vec<&[u8]> = words.iter().map(|w| &w[..]).collect();
                    let mut one = [batch::Planned::new((0, words.len()), 0)];
                    batch::plan(shared, session.db, &words, &mut one);
                    if chance.run(session, &words, &one) == 0 {
                        break;
                    }
                    executed += 1;
                    used += size - consumed;
                    if session.is_held() {
                        break;
                    }
                }
                End::Broken(error) => {
                    let mut text = b"ERR ".to_vec();
                    error.write(&mut text);
                    if !session.is_silent() {
                        Encoder::new(session.output.buffer(), session.protocol).error(&text);
                    }
                    local.count_error(shared, &text);
                    session.ending = Flow::CLOSE;
                    used = input.len();
                    break;
                }
            }
        }
        local.timer.end(&local.statistics, shared.options.clock_ns);
        if !local.pending.changed.is_empty() {
            local.broadcast(shared, Some(session));
        }
        let written = session.output.len().saturating_sub(before) as u64;
        local.statistics.output_bytes.add(written);
        for (at, more) in [(1, written), (2, executed as u64)] {
            session.card.totals[at].store(session.card.totals[at].load(Relaxed) + more, Relaxed);
        }
        local.buffers = Buffers { args: batch::recycle(args), planned };
        (used, flow)
    }

    /// Periodic check of one session; the front calls it about once a second.
    pub fn tick(&mut self, session: &mut Session, now: Now) -> Flow {
        let idle_s_max = self.shared.limits.idle_s_max.load(Relaxed) as i64;
        let idle_ms = now.unix_ms - session.card.active_ms.load(Relaxed);
        session.check_output(&self.shared.limits, now.unix_ms);
        let exempt = session.parked.is_some()
            || session.is_subscriber()
            || session.card.peer.transport == Transport::InProcess;
        if idle_s_max > 0 && idle_ms > idle_s_max * 1000 && !exempt {
            session.ending = Flow::KILL;
        }
        session.ending
    }

    /// Ends a session.
    pub fn close(&mut self, session: Session, now: Now) {
        let _ = now;
        // Whose transaction is the control plane's is not here, or on its way back.
        let mut away: Vec<Session> = self.shared.orphan(session.id()).into_iter().collect();
        for message in session.card.mail() {
            if let Message::Return(back) = message {
                away.push(back.into_session());
            }
        }
        away.into_iter().chain([session]).for_each(|session| self.end(session));
    }

    fn end(&mut self, mut session: Session) {
        self.shared.forget_asked(session.id());
        self.shared.waiting.remove(session.id());
        session.unwatch(&self.shared.watching);
        session.unsubscribe_all(&self.shared.pubsub);
        self.shared.untrack(&session);
        self.shared.unmonitor(&mut session);
        self.shared.forget_client_memory(&session.card);
        self.shared.registry.close(session.id());
    }

    /// The worker's share of periodic work. It is due at least every 100 ms and whenever [`Worker::next_deadline_us`] has
    /// passed.
    pub fn cron(&mut self, now: Now) {
        self.keep_time(now);
        if self.pack_between(now) {
            return;
        }
        self.local.packing.cron_us = now.mono_us;
        self.local.drop_some(true);
        (self.shared.options.trim)();
        self.shared.trim_tracking(&mut self.local);
        self.shared.reclaim(&mut self.local.purges, now);
        self.shared.count_client_memory();
        self.make_room(now);
        self.pack(now);
        if !self.local.is_periodic {
            self.local.is_periodic = true;
            self.shared.periodic_workers.fetch_add(1, Relaxed);
        }
        // A paused keyspace stands still, so that a replica can be promoted in the meantime; one that is loaded is not
        // recorded yet.
        let is_paused =
            self.shared.limits.paused_until_ms.load(Relaxed) != 0 || self.shared.persistence.is_loading();
        if self.shared.limits.active_expire.load(Relaxed) && !is_paused {
            self.expire(now);
        }
    }

    fn expire(&mut self, now: Now) {
        let Worker { shared, gate, local } = self;
        let mut turn = Turn::begin_unless_busy(gate, &shared.running);
        if turn.is_refused() {
            return;
        }
        let stripes = shared.keyspace.stripes();
        let share = stripes.div_ceil(shared.periodic_workers.load(Relaxed).max(1));
        // Workers come and go, so the stripes are not dealt out for good: each call takes the next few where the last one
        // has ended, whoever made it.
        let mut visited = 0;
        let start = shared.expire_at.load(Relaxed);
        let mut order = (start..start + share).map(|at| at % stripes).inspect(|_| visited += 1);
        local.effects.record = shared.record();
        local.session = 0;
        let clock = shared.options.clock_ns;
        let begun_ns = clock();
        let outcome = shared.keyspace.expire_some(&mut order, now.unix_ms, EXPIRE_EFFORT, &mut local.effects);
        shared.expired_for(clock().saturating_sub(begun_ns));
        shared.expire_at.fetch_add(visited, Relaxed);
        let mut chance = Chance::new(shared, local, now, &mut turn);
        chance.follow(Counters { expired: outcome.expired as u64, ..Counters::default() });
        if !chance.local.ready.is_empty() {
            // Leaving it serves those who wait for what has gone.
            let _ = chance.with_everything(|_| ());
        }
        local.broadcast(shared, None);
    }

    /// When cron is due besides its period, on the clock of [`Now::mono_us`].
    pub fn next_deadline_us(&self) -> Option<u64> {
        match (self.next_wait_us(), self.local.packing.due_us) {
            (Some(wait), Some(slice)) => Some(wait.min(slice)),
            (wait, slice) => wait.or(slice),
        }
    }

    /// When somebody's wait ends.
    pub(crate) fn next_wait_us(&self) -> Option<u64> {
        let (until, _) = self.shared.waiting.next_deadline()?;
        let left_ms = (until - self.local.last.unix_ms).max(0) as u64;
        Some(self.local.last.mono_us + left_ms * 1000)
    }
}

impl Local {
    #[inline]
    pub(crate) fn refresh(&mut self, shared: &Shared) {
        let version = shared.settings_version.load(Relaxed);
        if version != self.settings_version {
            self.settings = Arc::clone(&shared.settings.read());
            self.settings_version = version;
            self.timer.attend(shared.observation.attention());
        }
        if !self.trash.is_empty() {
            self.drop_some(false);
        }
    }

    /// Hands on what a command did beyond its counters.
    #[cold]
    pub fn spread(&mut self, shared: &Shared) {
        let Local { effects, ready, session, has_own_mail, .. } = self;
        // Looked at first: what is touched besides has those look again in any case.
        for (db, key) in effects.woken.drain(..) {
            if shared.waiting.any() {
                ready.push_back(Ready { db, key, is_touched: false });
            }
        }
        if !effects.events.is_empty() {
            *has_own_mail |= shared.notify(&effects.events, *session);
        }
        if !effects.trash.is_empty() {
            let remains = Remains::of_values(std::mem::take(&mut effects.trash));
            self.drop_later(shared, remains);
        }
        let Local { effects, ready, session, pending, .. } = self;
        for (db, key) in effects.touched.drain(..) {
            shared.watching.touch(db, &key);
            if shared.tracking.any() {
                shared.invalidate(&key, *session, pending);
            }
            if shared.waiting.any() {
                ready.push_back(Ready { db, key, is_touched: true });
            }
        }
    }

    /// Counts an error reply by its code, the word before the first blank.
    pub fn count_error(&self, shared: &Shared, text: &[u8]) {
        self.statistics.count_error(shared, text);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.gates.remove(&self.gate);
        if self.local.is_periodic {
            self.shared.periodic_workers.fetch_sub(1, Relaxed);
        }
    }
}

const PROTECTED: &[u8] = b"-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.\r\n";
