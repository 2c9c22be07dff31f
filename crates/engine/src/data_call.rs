//! A call of a data handler: its keys are locked, it runs on a view of them, and what it did is handed on: to the journal and
//! to those who wait while the locks are held, to everybody else afterwards.

use crate::dispatch::Chance;
use crate::engine::Shared;
use crate::memory_limit;
use crate::registry::Card;
use crate::session::{Parked, Session};
use crate::table::{Command, KeyPlan};
use crate::waiting::{self, Waiter};
use hematite_commands::keys::{KeyAt, find_keys};
use hematite_commands::spec::Spec;
use hematite_commands::{Blocking, Context, Data, Error, Wait};
use hematite_keyspace::{Counters, KeyHash, Record, Scope};
use hematite_resp::{Encoder, Protocol};

/// A call of a data handler.
pub(crate) struct DataCall<'c> {
    pub spec: &'static Spec,
    pub run: Data,
    pub args: &'c [&'c [u8]],
    /// The selected database.
    pub db: usize,
    pub protocol: Protocol,
    /// Whether the keys' access clocks are renewed.
    pub touches: bool,
    /// The client, if it is one's command.
    pub card: Option<&'c Card>,
}

/// How a data command's call ended.
pub(crate) enum Attempt {
    Done(Result<(), Error>),
    /// Not begun: somebody waits for one of its keys, so everything must be locked.
    Awaited,
}

impl Chance<'_, '_> {
    /// Runs a data handler under the locks of the keys that the command has among `args`.
    #[inline]
    pub fn call_data(
        &mut self,
        session: &mut Session,
        command: &Command,
        run: Data,
        args: &[&[u8]],
        hash: KeyHash,
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
                return self
                    .with_everything(|chance| chance.call_on_everything(session, command, run, args))?;
            }
        };
        self.call_under(session, command, run, args, scope)
    }

    /// Runs a data handler under the locks of `scope`, or of everything if somebody waits for one of its keys.
    #[inline(always)]
    pub fn call_under(
        &mut self,
        session: &mut Session,
        command: &Command,
        run: Data,
        args: &[&[u8]],
        scope: Scope<'_>,
    ) -> Result<(), Error> {
        match self.call_in(session, command, run, args, scope) {
            Attempt::Done(result) => result,
            Attempt::Awaited => {
                self.with_everything(|chance| chance.call_on_everything(session, command, run, args))?
            }
        }
    }

    #[inline(never)]
    fn call_on_everything(
        &mut self,
        session: &mut Session,
        command: &Command,
        run: Data,
        args: &[&[u8]],
    ) -> Result<(), Error> {
        self.shared.check_sort(session, command, args)?;
        match self.call_in(session, command, run, args, Scope::Everything) {
            Attempt::Done(result) => result,
            Attempt::Awaited => unreachable!("nobody is asked to lock more than everything"),
        }
    }

    /// Runs a session's data command under the locks of its scope.
    #[inline(always)]
    fn call_in(
        &mut self,
        session: &mut Session,
        command: &Command,
        run: Data,
        args: &[&[u8]],
        scope: Scope<'_>,
    ) -> Attempt {
        let is_silent = session.is_silent();
        let Session { card, db, protocol, no_touch, deny_blocking, output, parked, .. } = session;
        let data = DataCall {
            spec: command.spec,
            run,
            args,
            db: *db,
            protocol: *protocol,
            // TOUCH is asked for, so it touches whatever CLIENT NO-TOUCH says.
            touches: !*no_touch || command.spec.name == "touch",
            card: Some(card),
        };
        let mut blocking = Blocking { denied: *deny_blocking, ..Blocking::default() };
        self.run_data(&data, scope, &mut blocking, output.buffer(), |shared, wait| {
            // Still under the locks of its keys: whoever touches one from here on sees the waiter.
            *parked = Some(Parked::Blocked { is_silent });
            let mut waiter = Waiter::new(card, command, args, *db, wait);
            for (at, argument) in std::mem::take(&mut waiter.wait.replaced) {
                waiter.args[at] = argument;
            }
            shared.waiting.add(waiter);
        })
    }

    /// Runs a data handler under its locks and hands on what it did. `wait` is called, still under the locks, if the
    /// handler succeeded and asks to wait.
    #[inline(always)]
    pub fn run_data(
        &mut self,
        call: &DataCall<'_>,
        scope: Scope<'_>,
        blocking: &mut Blocking,
        buffer: &mut Vec<u8>,
        wait: impl FnOnce(&Shared, Wait),
    ) -> Attempt {
        let (shared, local) = (self.shared, &mut *self.local);
        let mut context = Context {
            spec: call.spec,
            args: call.args,
            db: shared.keyspace.view(scope, call.db, self.now.unix_ms, &mut local.effects),
            reply: Encoder::new(buffer, call.protocol),
            random: &mut local.random,
            settings: &local.settings,
            blocking,
        };
        if shared.waiting.any()
            && !self.turn.has_everything()
            && waiting::is_awaited(shared, call.spec, scope)
        {
            return Attempt::Awaited;
        }
        let record = shared.record();
        context.db.effects.record = record;
        context.db.stamp = call.touches.then_some(self.stamp);
        if context.settings.lfu {
            memory_limit::count_accesses(&mut context);
        }
        let result = (call.run)(&mut context);
        let counters = context.db.counters;
        if context.db.effects.record.has(Record::JOURNAL) && !local.is_unrecorded {
            // Still under the locks of its keys, so that the journal has the order in which things took hold.
            shared.journal.tell_time(self.now.unix_ms);
            local.wrote |= shared.journal.record(call.db, call.args, context.db.effects);
        }
        if context.blocking.wait.is_some()
            && let (Ok(()), Some(wanted)) = (&result, context.blocking.wait.take())
        {
            wait(shared, *wanted);
        }
        if record.has(Record::KEYS)
            && let Some(card) = call.card
        {
            shared.remember_reads(card, call.spec, call.args);
        }
        drop(context);
        self.follow(counters);
        Attempt::Done(result)
    }

    /// Hands on what a handler did.
    #[inline]
    pub fn follow(&mut self, counters: Counters) {
        let statistics = &self.local.statistics;
        statistics.hits.add(counters.hits);
        statistics.misses.add(counters.misses);
        if counters.expired | counters.evicted != 0 {
            statistics.expired.add(counters.expired);
            statistics.evicted.add(counters.evicted);
        }
        let effects = &mut self.local.effects;
        if effects.dirty != 0 {
            statistics.dirty.add(effects.dirty);
            effects.dirty = 0;
        }
        if !effects.is_quiet() {
            self.local.spread(self.shared);
            self.local.effects.clear();
        }
    }

    /// Has a key's expiry take effect, if it is due.
    pub fn look_at(&mut self, db: usize, key: &[u8]) {
        let mut view =
            self.shared.keyspace.view(Scope::Keys(&[key]), db, self.now.unix_ms, &mut self.local.effects);
        view.effects.record = self.shared.record();
        view.exists(key);
        let counters = view.counters;
        drop(view);
        self.follow(counters);
    }
}
