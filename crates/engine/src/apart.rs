//! Apart: what may run for long is left to the front, which can then serve others on the same thread.
//!
//! A front that offers this ([`Worker::offer_apart`]) gets [`Flow::APART`] when a program is next in a session's query. It puts
//! the session and the worker aside, a stand-in and another worker in their places, and calls [`Worker::run_apart`] on a stack
//! of its own. Once the program counts as busy, it calls back now and then ([`Worker::serve_meanwhile`]), and the front serves
//! others before it lets the program go on. Everybody else is refused by then, so two workers on one thread never wait for each
//! other: whoever might ask for everything does so through [`Chance::with_everything`].

use crate::dispatch::Chance;
use crate::flow::{Flow, Now};
use crate::session::{Parked, Session};
use crate::table::{Command, Run};
use crate::worker::Worker;
use hematite_commands::Error;
use std::sync::Arc;

/// What a front has promised to a worker.
#[derive(Default)]
pub(crate) struct Apart {
    /// It calls [`Worker::run_apart`] when it is told to.
    is_offered: bool,
    /// It has done so.
    is_inside: bool,
    /// It has served others since.
    has_paused: bool,
    /// Serves others; returns when the program may go on.
    meanwhile: Option<Box<dyn FnMut() + Send>>,
}

impl Apart {
    /// Lets the front serve others, if it can.
    pub fn pause(&mut self) {
        if self.is_inside
            && let Some(meanwhile) = &mut self.meanwhile
        {
            self.has_paused = true;
            meanwhile();
        }
    }
}

impl Chance<'_, '_> {
    /// Whether a command is to be run apart: it is a program, or a transaction that holds one.
    #[inline(always)]
    pub fn belongs_apart(&self, session: &Session, command: &Command) -> bool {
        matches!(command.run, Run::Compound(_))
            && self.local.apart.is_offered
            // What a program before it has replied is to leave first, if that has taken long.
            && (!self.local.apart.is_inside || self.local.apart.has_paused)
            && session.transaction.as_ref().is_none_or(|transaction| transaction.runs_programs)
    }

    /// Runs `f` while no other worker runs anything; afterwards serves those who waited for what `f` touched. The refusal that
    /// others hear, if a program that has run for long is in the way.
    pub fn with_everything<R>(&mut self, f: impl FnOnce(&mut Chance<'_, '_>) -> R) -> Result<R, Error> {
        if self.turn.has_everything() {
            return Ok(f(self));
        }
        let Chance { shared, local, turn, now, stamp } = self;
        let outcome = turn.with_everything_unless_busy(&shared.gates, &shared.running, |turn| {
            let mut chance = Chance { shared, local, turn, now: *now, stamp: *stamp };
            let result = f(&mut chance);
            chance.serve();
            result
        });
        outcome.ok_or_else(|| shared.running.refusal())
    }
}

impl Worker {
    /// The front runs apart what asks for it.
    pub fn offer_apart(&mut self) {
        self.local.apart.is_offered = true;
    }

    /// What a program that runs for long calls while it runs apart, so that others are served.
    pub fn serve_meanwhile(&mut self, meanwhile: Box<dyn FnMut() + Send>) {
        self.local.apart.meanwhile = Some(meanwhile);
    }

    /// Goes on with a session whose flow was [`Flow::APART`].
    pub fn run_apart(&mut self, session: &mut Session, now: Now) -> Flow {
        session.parked = None;
        (self.local.apart.is_inside, self.local.apart.has_paused) = (true, false);
        let flow = self.work_query(session, now);
        self.local.apart.is_inside = false;
        self.settle(session, flow)
    }

    /// Whether replies may leave without [`Worker::commit`].
    pub fn is_confirmed(&self) -> bool {
        !self.local.confirmation.is_due()
    }

    /// Has the program that is running end soon, whatever it has done; for a front that stops.
    pub fn end_program(&self) {
        self.shared.running.end_soon();
    }
}

impl Session {
    /// What stands where the session stood while it is run apart: it takes what comes for it, and executes nothing. It takes
    /// over the output if `takes_output` says so.
    pub fn stand_in(&mut self, takes_output: bool) -> Session {
        let mut stand_in = Session::new(Arc::clone(&self.card), self.authenticated, self.rights.clone());
        stand_in.protocol = self.protocol;
        stand_in.parked = Some(Parked::Away);
        if takes_output && self.output.len() > 0 {
            std::mem::swap(&mut stand_in.output, &mut self.output);
        }
        stand_in
    }

    /// The session is back: what has come meanwhile is now its own.
    pub fn rejoin(&mut self, mut stand_in: Session) {
        self.query.push(stand_in.query.bytes(), self.parser.bytes_wanted());
        if stand_in.output.len() > 0 {
            // Replies to what came before are there, and what was pushed meanwhile.
            let before = stand_in.output.buffer().len();
            self.unconfirmed.shift(before);
            let replies = self.output.take(Vec::new());
            stand_in.output.buffer().extend_from_slice(&replies);
            std::mem::swap(&mut stand_in.output, &mut self.output);
        }
        if stand_in.ending != Flow::CONTINUE {
            self.ending = stand_in.ending;
        }
    }
}
