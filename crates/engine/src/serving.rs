//! Serving: runs the commands of waiters whose keys were touched.
//!
//! Invariant: everything is locked, so what a waiter takes was seen by nobody else, and those who wait for one key are served
//! in the order of their arrival; whoever was called in vain is last from then on. A waiter's command runs when its key holds the type that it waits for; a key that came
//! back as another type leaves it waiting. What a command that runs again answers is its reply, errors too.

use crate::dispatch::{Attempt, Chance, DataCall};
use crate::flow::Now;
use crate::gate::Turn;
use crate::registry::Message;
use crate::table::Run;
use crate::waiting::{Ended, Waiter};
use crate::worker::Ready;
use crate::worker::Worker;
use hematite_commands::Blocking;
use hematite_commands::spec::Group;
use hematite_keyspace::{Kind, Scope};
use hematite_resp::Encoder;
use std::sync::atomic::Ordering::Relaxed;

/// How long a look at a waiter is put off while a program keeps everybody out, milliseconds.
const POSTPONED_MS: i64 = 100;

impl Chance<'_, '_> {
    /// Runs the commands of those who wait for the keys that were touched, until nobody can go on. Everything is locked.
    pub fn serve(&mut self) {
        while let Some(Ready { db, key, is_touched }) = self.local.ready.pop_front() {
            for id in self.shared.waiting.queue(db, &key) {
                if let Some(waiter) = self.shared.waiting.get(id)
                    && (is_touched || waiter.wait.due_ms.is_some())
                    && self.concerns(&waiter, db, &key)
                {
                    self.run_again(&waiter);
                }
            }
        }
    }

    /// Whether what became of a key is anything to a waiter: it holds the type waited for, or its loss is waited for too.
    fn concerns(&mut self, waiter: &Waiter, db: usize, key: &[u8]) -> bool {
        if waiter.wait.unblock_on_delete {
            return true;
        }
        // If its time has come, others learn of it first.
        self.look_at(db, key);
        let (shared, local) = (self.shared, &mut *self.local);
        let kind =
            shared.keyspace.view(Scope::Everything, db, self.now.unix_ms, &mut local.effects).kind(key);
        let awaited = match shared.table.get(waiter.command).spec.group {
            Group::List => Kind::List,
            Group::SortedSet => Kind::SortedSet,
            _ => Kind::Stream,
        };
        kind == Some(awaited)
    }

    /// Runs a waiter's command; if it is done, sends the reply. Otherwise the waiter goes to the end of its queues.
    pub fn run_again(&mut self, waiter: &Waiter) {
        let command = self.shared.table.get(waiter.command);
        let Run::Data(run) = command.run else { return };
        let args: Vec<&[u8]> = waiter.args.iter().map(|a| &a[..]).collect();
        // Rights may have changed since the command began to wait.
        if let Err(error) = self.shared.permits_waiter(&waiter.card, command, &args, self.now) {
            if self.shared.waiting.remove(waiter.card.id).is_some() {
                waiter.fail(&error);
            }
            return;
        }
        let data = DataCall {
            spec: command.spec,
            run,
            args: &args,
            db: waiter.db,
            protocol: waiter.protocol,
            touches: !waiter.no_touch,
            card: Some(&waiter.card),
        };
        let began_ns = (self.shared.options.clock_ns)();
        let mut reply = Vec::new();
        let mut blocking = Blocking { again: true, ..Blocking::default() };
        let mut waits_on = None;
        let attempt = self.run_data(&data, Scope::Everything, &mut blocking, &mut reply, |_, wait| {
            waits_on = Some(wait);
        });
        let Attempt::Done(result) = attempt else { return };
        if let Some(wait) = waits_on {
            self.shared.waiting.requeue(waiter, wait.due_ms);
            return;
        }
        if let Err(error) = result {
            reply.clear();
            Encoder::new(&mut reply, waiter.protocol).error(&error.text());
        }
        if self.shared.waiting.remove(waiter.card.id).is_some() {
            self.report_served(&waiter.card, command, &args, began_ns, reply.len());
            waiter.card.send(Message::Reply(reply));
        }
    }
}

impl Worker {
    /// The part of [`Worker::cron`] that goes on while a program that has run for long keeps everybody out.
    pub fn keep_time(&mut self, now: Now) {
        self.local.refresh(&self.shared);
        self.end_pause(now);
        self.end_waits(now);
        self.shared.observe(now);
    }

    /// Wakes everybody whom CLIENT PAUSE held, once its time is over.
    fn end_pause(&self, now: Now) {
        let until = self.shared.limits.paused_until_ms.load(Relaxed);
        if until != 0 && until <= now.unix_ms {
            self.shared.end_pause(now.unix_ms);
        }
    }

    /// Answers blocked sessions whose time is over, whichever worker's they are, and has those look again who wait for time
    /// to pass.
    fn end_waits(&mut self, now: Now) {
        self.local.last = now;
        while let Some((deadline, id)) = self.shared.waiting.next_deadline() {
            if deadline > now.unix_ms {
                break;
            }
            match self.shared.waiting.end(id, now.unix_ms) {
                Ended::Over(waiter) => waiter.time_out(&self.shared),
                Ended::Due(waiter) => {
                    let Worker { shared, gate, local } = self;
                    let mut turn = Turn::begin_unless_busy(gate, &shared.running);
                    let looked = Chance::new(shared, local, now, &mut turn)
                        .with_everything(|chance| chance.run_again(&waiter));
                    if looked.is_err() {
                        // Nobody changes anything for now; the next look is after that.
                        shared.waiting.postpone(&waiter, now.unix_ms + POSTPONED_MS);
                        break;
                    }
                }
                Ended::Gone => {}
            }
        }
    }
}
