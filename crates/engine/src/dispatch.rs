//! Dispatch: the gates that a command passes, in the reference's order, and the call of its handler.

use crate::admission::{self, admit, is_of_http, unknown_command};
use crate::batch::Planned;
use crate::engine::Shared;
use crate::flow::{Flow, Now, Transport};
use crate::gate::Turn;
use crate::host::hand_over;
use crate::memory_limit;
use crate::output::HIGH_WATER;
use crate::registry::Message;
use crate::session::{Parked, ReplyMode, Session};
use crate::table::{Command, KeyPlan, Run, SessionRun};
use crate::transaction;
use crate::worker::Local;
use hematite_commands::Error;
use hematite_commands::spec::Spec;
use hematite_keyspace::{KeyHash, Scope};
use hematite_resp::Encoder;
use std::sync::atomic::Ordering::Relaxed;

pub(crate) use crate::data_call::{Attempt, DataCall};

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
    pub stamp: u32,
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
        let stamp = memory_limit::access_clock(&local.settings, now);
        Chance { shared, local, turn, now, stamp }
    }

    /// Executes planned commands in order; returns how many were.
    #[inline]
    pub fn run(&mut self, session: &mut Session, args: &[&[u8]], planned: &[Planned]) -> usize {
        self.local.session = session.id();
        self.local.timer.expect(planned.len());
        let attention = self.local.timer.attention();
        let (request_bytes, reply_bytes) = (attention.request_bytes, attention.reply_bytes.min(HIGH_WATER));
        // Where a request may be large, each is looked at, as each is where replies are large.
        let is_large = planned.last().is_some_and(|p| p.end >= request_bytes);
        let reply_bytes = if is_large { 0 } else { reply_bytes };
        let mut before = session.output.len();
        let mut is_calm = admission::is_calm(self, session);
        for (done, p) in planned.iter().enumerate() {
            let args = &args[p.args.0..p.args.1];
            let turnover = if is_calm && self.call_plain(session, args, p) {
                Turnover::Done
            } else {
                let turnover = self.execute(session, args, p);
                is_calm = admission::is_calm(self, session);
                turnover
            };
            match turnover {
                // A reply may be large, so the water mark is looked at after each.
                Turnover::Done if session.output.len() >= reply_bytes => {
                    let after = session.output.len();
                    self.report_sizes(session, args, p.command, after.saturating_sub(before));
                    if after >= HIGH_WATER {
                        return done + 1;
                    }
                    before = after;
                }
                Turnover::Done => before = session.output.len(),
                Turnover::NotYet => return done,
                Turnover::Last => {
                    // What waits has no reply yet, but its request may be large.
                    if session.output.len() >= reply_bytes {
                        let more = session.output.len().saturating_sub(before);
                        self.report_sizes(session, args, p.command, more);
                    }
                    return done + 1;
                }
            }
        }
        planned.len()
    }

    /// Executes a plain command past gates that are known to be open; false, and nothing has happened, if it is another.
    #[inline(always)]
    fn call_plain(&mut self, session: &mut Session, args: &[&[u8]], planned: &Planned) -> bool {
        let shared = self.shared;
        let Some(command) = planned.command.map(|id| shared.table.get(id)) else { return false };
        let Some((run, at)) = command.plain else { return false };
        // The turn may have been lost to a program within the batch.
        if !command.spec.takes(args.len()) || self.turn.is_refused() {
            return false;
        }
        let position = session.output.buffer().len();
        session.card.command.store(command.id, Relaxed);
        let result = self.call_under(session, command, run, args, Scope::Key(args[at], planned.hash));
        self.conclude(session, command, args, position, 0, result);
        self.note_written(session, position);
        true
    }

    /// Takes one command through.
    #[inline]
    pub fn execute(&mut self, session: &mut Session, args: &[&[u8]], planned: &Planned) -> Turnover {
        if args.is_empty() {
            return Turnover::Done;
        }
        let shared = self.shared;
        let Some(command) = planned.command.map(|id| shared.table.get(id)) else {
            if is_of_http(args[0]) {
                // A browser was made to speak to us: not a word to it, not even to what it asked before.
                session.output.buffer().clear();
                session.ending = Flow::KILL;
                return Turnover::Last;
            }
            return self.refuse(session, None, unknown_command(args));
        };
        if let Some(error) = admit(self, session, command, args) {
            return self.refuse(session, Some(command), error);
        }
        if shared.limits.paused_until_ms.load(Relaxed) != 0 && self.is_held_by_pause(session, command) {
            self.park(session);
            return Turnover::NotYet;
        }
        if session.transaction.is_some() && !transaction::is_immediate(command) {
            return match transaction::queue(session, command, args) {
                Ok(()) => self.queued(session),
                Err(error) => self.refuse(session, Some(command), error),
            };
        }
        if self.belongs_apart(session, command) {
            session.parked = Some(Parked::Apart);
            return Turnover::NotYet;
        }
        self.call(session, command, args, planned.hash)
    }

    fn queued(&mut self, session: &mut Session) -> Turnover {
        let position = session.output.buffer().len();
        session.output.buffer().extend_from_slice(b"+QUEUED\r\n");
        after_reply(session, position);
        Turnover::Done
    }

    fn is_held_by_pause(&self, session: &Session, command: &Command) -> bool {
        let queue = session.transaction.as_ref().filter(|_| command.spec.name == "exec");
        let may_write = command.spec.flags.has(transaction::MAY_WRITE) || queue.is_some_and(|q| q.may_write);
        self.is_paused(session, may_write)
    }

    /// Whether CLIENT PAUSE holds a session's command.
    pub fn is_paused(&self, session: &Session, may_write: bool) -> bool {
        let limits = &self.shared.limits;
        let over = limits.paused_until_ms.load(Relaxed) <= self.now.unix_ms;
        let writes_only = limits.paused_writes_only.load(Relaxed);
        // Who calls within the process waits for the answer on the thread that could end the pause.
        let exempt = session.card.peer.transport == Transport::InProcess;
        !over && !exempt && (!writes_only || may_write)
    }

    #[cold]
    fn park(&self, session: &mut Session) {
        session.parked = Some(Parked::Pause);
        self.shared.paused.lock().push(session.id());
        // If the pause ended before the entry, nobody will look at it again.
        if self.shared.limits.paused_until_ms.load(Relaxed) == 0 {
            session.card.send(Message::GoOn);
        }
    }

    #[cold]
    fn refuse(&mut self, session: &mut Session, command: Option<&Command>, error: Error) -> Turnover {
        let mut text = error.text();
        if let Some(command) = command {
            self.local.statistics.commands[command.id].rejected.add(1);
            if command.spec.name == "exec" {
                text = transaction::abort(self.shared, session, &text).into();
            }
        }
        self.local.count_error(self.shared, &text);
        match &mut session.transaction {
            Some(transaction) => transaction.has_failed = true,
            None => self.shared.end_caching(session.id()),
        }
        let position = session.output.buffer().len();
        Encoder::new(session.output.buffer(), session.protocol).error(&text);
        after_reply(session, position);
        Turnover::Done
    }

    #[inline]
    fn call(&mut self, session: &mut Session, command: &Command, args: &[&[u8]], hash: KeyHash) -> Turnover {
        let position = session.output.buffer().len();
        self.invoke(session, command, args, hash);
        after_reply(session, position);
        self.note_written(session, position);
        if session.is_held() { Turnover::Last } else { Turnover::Done }
    }

    /// After a command whose reply is at `position`: if the journal has it, how far the journal must be kept for the session.
    #[inline(always)]
    pub fn note_written(&mut self, session: &mut Session, position: usize) {
        if self.local.wrote {
            self.local.note_unconfirmed(&self.shared.journal, session, position);
        }
    }

    /// Runs a command that has passed the gates; its reply joins the session's output.
    #[inline]
    pub fn invoke(&mut self, session: &mut Session, command: &Command, args: &[&[u8]], hash: KeyHash) {
        let position = session.output.buffer().len();
        session.card.command.store(command.id, Relaxed);
        let is_watched = self.shared.spectators.load(Relaxed) != 0;
        let watched_since_ns = if is_watched { (self.shared.options.clock_ns)() } else { 0 };
        let since = match command.is_brief {
            true => 0,
            false => self.local.timer.begin_long(&self.local.statistics, self.shared.options.clock_ns),
        };
        let result = match command.run {
            Run::Data(run) => self.call_data(session, command, run, args, hash),
            Run::Session(run) => self.call_session(session, command, run, args),
            Run::Compound(run) => {
                self.before_command(session, command, args);
                self.local.nesting += 1;
                let result = run(self, session, args);
                self.local.nesting -= 1;
                result
            }
            Run::Host => match self.call_host(session, command, args) {
                Err(error) => Err(error),
                // It is counted once it is answered.
                Ok(()) => {
                    if self.shared.spectators.load(Relaxed) != 0 {
                        self.after_command(session, command, args);
                    }
                    return;
                }
            },
            // Its gate lets nothing pass: without a subcommand the arity is wrong.
            Run::Container => Err(Error::arity(command.spec.name)),
        };
        self.conclude(session, command, args, position, since, result);
        if is_watched {
            let reply_bytes = session.output.buffer().len().saturating_sub(position);
            self.note_hot_keys(command, args, watched_since_ns, reply_bytes);
        }
        if self.shared.spectators.load(Relaxed) != 0 && !is_handed_over(session, command) {
            self.after_command(session, command, args);
        }
    }

    /// After a command's handler: its error takes the place of its reply, and it is counted.
    #[inline(always)]
    fn conclude(
        &mut self,
        session: &mut Session,
        command: &Command,
        args: &[&[u8]],
        position: usize,
        since: u64,
        result: Result<(), Error>,
    ) {
        if let Err(error) = result {
            self.fail(session, command, position, &error);
        }
        // What a script sends to its own client is for whoever runs the script.
        if self.local.has_own_mail && !self.local.is_in_script {
            self.take_own_mail(session, position);
        }
        let took = self.account(command, since);
        if took >= self.local.timer.attention().slow_ns {
            self.report_slow(session, command, args, took);
        }
    }

    #[cold]
    fn fail(&mut self, session: &mut Session, command: &Command, position: usize, error: &Error) {
        let text = error.text();
        self.local.count_error(self.shared, &text);
        self.local.statistics.commands[command.id].failed.add(1);
        let buffer = session.output.buffer();
        buffer.truncate(position);
        Encoder::new(buffer, session.protocol).error(&text);
        if session.is_replaying {
            session.refusal = Some(text.into());
        }
    }

    /// What a command has sent to its own session comes before its reply. Where that is left out, it comes later.
    #[cold]
    fn take_own_mail(&mut self, session: &mut Session, position: usize) {
        self.local.has_own_mail = false;
        if !session.is_silent() {
            let pushed = session.take_pushed();
            session.output.buffer().splice(position..position, pushed);
        }
    }

    fn call_session(
        &mut self,
        session: &mut Session,
        command: &Command,
        run: SessionRun,
        args: &[&[u8]],
    ) -> Result<(), Error> {
        let mut buffer = std::mem::take(session.output.buffer());
        let (spec, now, protocol) = (command.spec, self.now, session.protocol);
        let call = |chance: &mut Chance<'_, '_>, session: &mut Session| {
            let reply = Encoder::new(&mut buffer, protocol);
            run(&mut Call {
                shared: chance.shared,
                local: &mut *chance.local,
                session,
                spec,
                args,
                now,
                reply,
            })
        };
        let result = if command.keys == KeyPlan::Everything {
            self.with_everything(|chance| {
                let mut call = call;
                call(chance, session)
            })
            .and_then(|result| result)
        } else {
            let mut call = call;
            call(self, session)
        };
        // What the handler left in the session's output comes before its reply (messages that it sent to itself).
        let mut before = std::mem::take(session.output.buffer());
        if before.is_empty() {
            *session.output.buffer() = buffer;
        } else {
            before.splice(0..0, buffer);
            *session.output.buffer() = before;
        }
        result
    }

    fn call_host(&mut self, session: &mut Session, command: &Command, args: &[&[u8]]) -> Result<(), Error> {
        hand_over(self.shared, session, command.spec.name, args, |session| {
            self.shared.note_asked(session.id(), command, args, self.now.unix_ms);
        })
    }
}

/// Whether a transaction was handed over: its EXEC has not ended yet.
fn is_handed_over(session: &Session, command: &Command) -> bool {
    command.spec.name == "exec" && matches!(session.parked, Some(Parked::Host { .. }))
}

/// CLIENT REPLY: takes the reply back where it is not wanted.
#[inline]
pub(crate) fn after_reply(session: &mut Session, position: usize) {
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
