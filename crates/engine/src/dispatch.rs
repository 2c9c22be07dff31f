//! Dispatch: the gates that a command passes, in the reference's order, and the call of its handler.

use crate::batch::Planned;
use crate::engine::{Shared, Trash};
use crate::flow::{Flow, Now, Transport};
use crate::gate::Turn;
use crate::host::HostCall;
use crate::session::{Parked, ReplyMode, Session};
use crate::table::{Command, KeyPlan, Run};
use crate::worker::Local;
use hematite_commands::keys::{KeyAt, find_keys};
use hematite_commands::spec::{Flags, Spec};
use hematite_commands::{Blocking, Context, Error};
use hematite_keyspace::{KeyHash, Scope};
use hematite_resp::Encoder;
use std::sync::atomic::Ordering::Relaxed;

/// What became of a command.
pub(crate) enum Turnover {
    /// It was executed or refused.
    Done,
    /// It must be tried again later; it stays in the query.
    NotYet,
    /// It was taken, and nothing may follow for now: the session is parked or ends.
    Last,
}

/// One batch's way through dispatch: the worker at a point in time, holding its turn.
pub(crate) struct Chance<'w, 'g> {
    pub shared: &'w Shared,
    pub local: &'w mut Local,
    pub turn: &'w mut Turn<'g>,
    pub now: Now,
    /// The access clock's present value.
    stamp: u32,
    /// When the command at hand began, nanoseconds; read once a command at most.
    clock: u64,
}

/// What a session handler sees: everything a data handler does not.
pub(crate) struct Call<'c, 's> {
    pub shared: &'c Shared,
    pub local: &'c mut Local,
    pub session: &'s mut Session,
    pub spec: &'static Spec,
    pub args: &'c [&'c [u8]],
    pub now: Now,
    pub reply: Encoder<'c>,
}

impl<'w, 'g> Chance<'w, 'g> {
    pub fn new(shared: &'w Shared, local: &'w mut Local, now: Now, turn: &'w mut Turn<'g>) -> Self {
        Chance::with_clock(shared, local, now, turn, true)
    }

    /// Without a reading of the clock if none of the commands to come is timed.
    #[inline]
    pub fn with_clock(
        shared: &'w Shared,
        local: &'w mut Local,
        now: Now,
        turn: &'w mut Turn<'g>,
        is_timed: bool,
    ) -> Self {
        let clock = if is_timed { (shared.options.clock_ns)() } else { 0 };
        let stamp = (now.unix_ms / 1000) as u32 & 0x00ff_ffff;
        Chance { shared, local, turn, now, stamp, clock }
    }

    /// Executes planned commands in order; returns how many were.
    #[inline]
    pub fn run(&mut self, session: &mut Session, args: &[&[u8]], planned: &[Planned]) -> usize {
        for (done, p) in planned.iter().enumerate() {
            match self.execute(session, &args[p.args.0..p.args.1], p) {
                Turnover::Done => {}
                Turnover::NotYet => return done,
                Turnover::Last => return done + 1,
            }
        }
        planned.len()
    }

    /// Takes one command through.
    #[inline]
    pub fn execute(&mut self, session: &mut Session, args: &[&[u8]], planned: &Planned) -> Turnover {
        if args.is_empty() {
            return Turnover::Done;
        }
        let shared = self.shared;
        let Some(command) = planned.command.map(|id| shared.table.get(id)) else {
            return self.refuse(session, None, unknown_command(args));
        };
        if let Some(error) = admit(session, command, args) {
            return self.refuse(session, Some(command), error);
        }
        if shared.limits.paused_until_ms.load(Relaxed) != 0 && self.is_paused(session, command) {
            session.parked = Some(Parked::Pause);
            shared.paused.lock().push(session.id());
            return Turnover::NotYet;
        }
        self.call(session, command, args, planned.hash)
    }

    fn is_paused(&self, session: &Session, command: &Command) -> bool {
        let limits = &self.shared.limits;
        let over = limits.paused_until_ms.load(Relaxed) <= self.now.unix_ms;
        let writes_only = limits.paused_writes_only.load(Relaxed);
        let may_write = command.spec.flags.has(Flags::WRITE.or(Flags::MAY_REPLICATE));
        let exempt =
            session.card.peer.transport == Transport::InProcess || command.spec.name.starts_with("client");
        !over && !exempt && (!writes_only || may_write)
    }

    #[cold]
    fn refuse(&mut self, session: &mut Session, command: Option<&Command>, error: Error) -> Turnover {
        let text = error.text();
        self.local.count_error(self.shared, &text);
        if let Some(command) = command {
            self.local.statistics.commands[command.id].rejected.add(1);
        }
        let position = session.output.buffer().len();
        Encoder::new(session.output.buffer(), session.protocol).error(&text);
        after_reply(session, position);
        Turnover::Done
    }

    #[inline]
    fn call(&mut self, session: &mut Session, command: &Command, args: &[&[u8]], hash: KeyHash) -> Turnover {
        let mut buffer = std::mem::take(session.output.buffer());
        let position = buffer.len();
        let result = match command.run {
            Run::Data(run) => self.call_data(session, command, run, args, hash, &mut buffer),
            Run::Session(run) => {
                let reply = Encoder::new(&mut buffer, session.protocol);
                let (shared, spec, now) = (self.shared, command.spec, self.now);
                let mut call = Call { shared, local: &mut *self.local, session, spec, args, now, reply };
                if command.keys == KeyPlan::Everything {
                    self.turn.with_everything(&shared.gates, |_| run(&mut call))
                } else {
                    run(&mut call)
                }
            }
            Run::Host => self.call_host(session, command, args),
            Run::Container => Err(Error::unknown_subcommand(args[1], command.spec.name)),
        };
        if let Err(error) = &result {
            buffer.truncate(position);
            let text = error.text();
            self.local.count_error(self.shared, &text);
            self.local.statistics.commands[command.id].failed.add(1);
            Encoder::new(&mut buffer, session.protocol).error(&text);
        }
        *session.output.buffer() = buffer;
        self.account(session, command);
        after_reply(session, position);
        if session.parked.is_some() || session.ending != Flow::CONTINUE {
            Turnover::Last
        } else {
            Turnover::Done
        }
    }

    #[inline]
    fn call_data(
        &mut self,
        session: &Session,
        command: &Command,
        run: hematite_commands::Data,
        args: &[&[u8]],
        hash: KeyHash,
        buffer: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut keys: Vec<&[u8]> = Vec::new();
        let scope = match command.keys {
            KeyPlan::One(at) => Scope::Key(args[at], hash),
            KeyPlan::Nothing => Scope::Nothing,
            KeyPlan::Several => {
                let mut found: Vec<KeyAt> = Vec::new();
                // What cannot be found is the handler's to refuse: it sees the arguments and no key.
                if find_keys(command.spec, args, &mut found).is_err() {
                    found.clear();
                }
                keys.extend(found.iter().map(|k| args[k.at]));
                Scope::Keys(&keys)
            }
            KeyPlan::Everything => {
                let shared = self.shared;
                let (local, stamp, now) = (&mut *self.local, self.stamp, self.now);
                return self.turn.with_everything(&shared.gates, |_| {
                    call_in(
                        shared,
                        local,
                        session,
                        command.spec,
                        run,
                        args,
                        Scope::Everything,
                        stamp,
                        now,
                        buffer,
                    )
                });
            }
        };
        call_in(
            self.shared,
            self.local,
            session,
            command.spec,
            run,
            args,
            scope,
            self.stamp,
            self.now,
            buffer,
        )
    }

    fn call_host(&mut self, session: &mut Session, command: &Command, args: &[&[u8]]) -> Result<(), Error> {
        let Some(host) = &self.shared.options.host else {
            return Err(Error::fixed("ERR this command needs the control plane, which is not there"));
        };
        session.parked = Some(Parked::Host);
        host.call(HostCall {
            session: session.id(),
            command: command.spec.name,
            args: args.iter().map(|a| a.to_vec()).collect(),
            protocol: session.protocol,
            db: session.db,
            in_process: session.card.peer.transport == Transport::InProcess,
        });
        Ok(())
    }

    /// Counts the call. Commands that are always fast share the time of their batch; others are timed one by one.
    #[inline]
    fn account(&mut self, session: &Session, command: &Command) {
        let counters = &self.local.statistics.commands[command.id];
        counters.calls.add(1);
        self.local.statistics.executed.add(1);
        session.card.command.store(command.id, Relaxed);
        if !command.spec.flags.has(Flags::FAST) {
            let end = (self.shared.options.clock_ns)();
            counters.nanoseconds.add(end.saturating_sub(self.clock));
            self.clock = end;
        }
    }
}

/// Runs a data handler under its locks and hands on what it did.
#[inline]
#[allow(clippy::too_many_arguments, reason = "a struct of these would be built for every command")]
fn call_in(
    shared: &Shared,
    local: &mut Local,
    session: &Session,
    spec: &'static Spec,
    run: hematite_commands::Data,
    args: &[&[u8]],
    scope: Scope<'_>,
    stamp: u32,
    now: Now,
    buffer: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut view = shared.keyspace.view(scope, session.db, now.unix_ms, &mut local.effects);
    view.stamp = (!session.no_touch).then_some(stamp);
    let mut blocking = Blocking { denied: session.deny_blocking, ..Blocking::default() };
    let mut context = Context {
        spec,
        args,
        db: view,
        reply: Encoder::new(buffer, session.protocol),
        random: &mut local.random,
        settings: &local.settings,
        blocking: &mut blocking,
    };
    let result = run(&mut context);
    let counters = context.db.counters;
    drop(context);
    let statistics = &local.statistics;
    if counters.hits != 0 {
        statistics.hits.add(counters.hits);
    }
    if counters.misses != 0 {
        statistics.misses.add(counters.misses);
    }
    if counters.expired != 0 {
        statistics.expired.add(counters.expired);
    }
    if local.effects.dirty != 0 {
        statistics.dirty.add(local.effects.dirty);
    }
    if !local.effects.trash.is_empty() {
        shared.drop_later(Trash::Values(std::mem::take(&mut local.effects.trash)));
    }
    local.effects.clear();
    result
}

/// The gates before execution; `None` lets the command pass.
#[inline]
fn admit(session: &Session, command: &Command, args: &[&[u8]]) -> Option<Error> {
    let spec = command.spec;
    if matches!(command.run, Run::Container) && args.len() > 1 {
        return Some(Error::unknown_subcommand(args[1], spec.name));
    }
    if !spec.takes(args.len()) {
        return Some(Error::arity(spec.name));
    }
    if !session.authenticated && !spec.flags.has(Flags::NO_AUTH) {
        return Some(Error::fixed("NOAUTH Authentication required."));
    }
    None
}

/// CLIENT REPLY: takes the reply back where it is not wanted.
#[inline]
fn after_reply(session: &mut Session, position: usize) {
    match session.reply_mode {
        ReplyMode::On => {}
        ReplyMode::Off => session.output.buffer().truncate(position),
        ReplyMode::SkipNext => session.reply_mode = ReplyMode::Skip,
        ReplyMode::Skip => {
            session.output.buffer().truncate(position);
            session.reply_mode = ReplyMode::On;
        }
    }
}

/// `ERR unknown command 'x', with args beginning with: 'a' 'b' `, with at most 128 bytes of each.
fn unknown_command(args: &[&[u8]]) -> Error {
    let mut text = b"ERR unknown command '".to_vec();
    text.extend_from_slice(&args[0][..args[0].len().min(128)]);
    text.extend_from_slice(b"', with args beginning with: ");
    let mut shown = 0;
    for arg in &args[1..] {
        if shown >= 128 {
            break;
        }
        let part = &arg[..arg.len().min(128 - shown)];
        shown += part.len() + 3;
        text.push(b'\'');
        text.extend_from_slice(part);
        text.extend_from_slice(b"' ");
    }
    Error::Bytes(text)
}
