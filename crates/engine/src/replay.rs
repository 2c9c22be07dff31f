//! Replay: a journal's commands, executed again when a dataset is loaded.
//!
//! Nothing expires meanwhile, whatever the clock says: the journal itself says when a key was found to be gone, and a key
//! whose time has passed since may have been made to stay by a command that follows. So commands run at time zero, while
//! access clocks and what streams note of their consumers get the real time. Nothing is refused, nothing waits, and replies are dropped.

use crate::batch::{self, COMMANDS_MAX, Planned};
use crate::dispatch::Chance;
use crate::flow::{Now, Peer, SessionId, Transport, Wake};
use crate::gate::Turn;
use crate::session::{ReplyMode, Session};
use crate::worker::Worker;
use std::sync::Arc;

struct Nobody;

impl Wake for Nobody {
    fn wake(&self, _: SessionId) {}
}

/// A command of a journal that cannot be executed: which of those given it was, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayError {
    /// Index of the command.
    pub command: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// What became of commands of a journal that could be executed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How many were refused, though they had been accepted when they were recorded.
    pub refused: usize,
    /// Index of the first, and its error.
    pub first: Option<(usize, String)>,
}

impl Worker {
    /// Opens the session that a journal is replayed in.
    pub fn open_replay(&mut self, now: Now) -> Session {
        let peer = Peer {
            transport: Transport::InProcess,
            addr: "aof".into(),
            laddr: String::new(),
            fd: -1,
            local: true,
        };
        let mut session = match self.open(peer, Arc::new(Nobody), now) {
            Ok(session) => session,
            Err(_) => unreachable!("a session in process is never turned away"),
        };
        session.is_replaying = true;
        session.deny_blocking = true;
        session.reply_mode = ReplyMode::Off;
        session
    }

    /// Executes commands of a journal: the arguments of command n end at `ends[n]`. What data commands answer does not matter,
    /// unless they are refused: they should answer the same as when they were recorded.
    pub fn replay(
        &mut self,
        session: &mut Session,
        args: &[&[u8]],
        ends: &[usize],
        now: Now,
    ) -> Result<Replayed, ReplayError> {
        let Worker { shared, gate, local } = self;
        local.refresh(shared);
        local.effects.replayed_at_ms = now.unix_ms;
        let mut turn = Turn::begin(gate);
        let mut planned: Vec<Planned> = Vec::with_capacity(COMMANDS_MAX);
        let (mut from, mut first) = (0, 0);
        let mut replayed = Replayed::default();
        for part in ends.chunks(COMMANDS_MAX) {
            planned.clear();
            for end in part {
                planned.push(Planned::new((from, *end), 0));
                from = *end;
            }
            batch::plan(shared, session.db, args, &mut planned);
            for (index, p) in planned.iter().enumerate() {
                let words = &args[p.args.0..p.args.1];
                let error = |reason: String| ReplayError { command: first + index, reason };
                let known = p.command.map(|id| shared.table.get(id));
                if !known.is_some_and(|command| command.spec.takes(words.len())) {
                    let name = String::from_utf8_lossy(words.first().copied().unwrap_or_default());
                    return Err(error(format!("Unknown command '{name}'")));
                }
                let mut chance = Chance::new(shared, local, now, &mut turn);
                chance.now.unix_ms = 0;
                chance.execute(session, words, p);
                if let Some(text) = session.refusal.take() {
                    replayed.refused += 1;
                    replayed
                        .first
                        .get_or_insert_with(|| (first + index, String::from_utf8_lossy(&text).into_owned()));
                }
                if session.transaction.as_ref().is_some_and(|transaction| transaction.has_failed) {
                    return Err(error("a command within MULTI is refused".into()));
                }
            }
            first += part.len();
        }
        Ok(replayed)
    }

    /// Whether the session is within MULTI: what it has queued since is not in the dataset.
    pub fn is_within_transaction(&self, session: &Session) -> bool {
        session.transaction.is_some()
    }
}
