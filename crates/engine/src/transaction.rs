//! Transactions: MULTI queues, EXEC runs the queue while no other worker runs anything, WATCH makes it conditional.

use crate::acl::log::Origin;
use crate::admission::unknown_command;
use crate::batch;
use crate::dispatch::Chance;
use crate::engine::Shared;
use crate::hosted_transaction::may_be_hosted;
use crate::session::Session;
use crate::table::{Command, KeyPlan, Run};
use hematite_commands::Error;
use hematite_commands::spec::Flags;
use hematite_resp::Encoder;
use std::sync::atomic::Ordering::Relaxed;

/// Commands that are executed at once though a transaction is open.
const IMMEDIATE: &[&str] = &["exec", "discard", "multi", "watch", "quit", "reset"];

/// Flags of commands that CLIENT PAUSE WRITE holds.
pub(crate) const MAY_WRITE: Flags = Flags::WRITE.or(Flags::MAY_REPLICATE);

/// An open MULTI.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    /// Their arguments.
    pub queued: Vec<Vec<Vec<u8>>>,
    /// Bytes of the arguments queued.
    pub bytes: usize,
    /// A command queued may write.
    pub may_write: bool,
    /// A command queued runs others.
    pub runs_programs: bool,
    /// A command queued is answered by the control plane.
    pub needs_host: bool,
    /// A command queued is refused where memory is full.
    pub denies_oom: bool,
    /// A command was refused: EXEC will be too.
    pub has_failed: bool,
}

impl Transaction {
    /// Number of commands queued.
    pub fn len(&self) -> usize {
        self.queued.len()
    }
}

/// Whether a command is executed at once though a transaction is open.
pub(crate) fn is_immediate(command: &Command) -> bool {
    IMMEDIATE.contains(&command.spec.name)
}

/// Queues a command.
pub(crate) fn queue(session: &mut Session, command: &Command, args: &[&[u8]]) -> Result<(), Error> {
    if command.spec.flags.has(Flags::NO_MULTI) || !may_be_hosted(command) {
        return Err(Error::fixed("ERR Command not allowed inside a transaction"));
    }
    if let Some(transaction) = &mut session.transaction {
        transaction.bytes += args.iter().map(|a| a.len()).sum::<usize>();
        transaction.queued.push(args.iter().map(|a| a.to_vec()).collect());
        transaction.may_write |= command.spec.flags.has(MAY_WRITE);
        transaction.runs_programs |= matches!(command.run, Run::Compound(_));
        transaction.needs_host |= matches!(command.run, Run::Host);
        transaction.denies_oom |= command.spec.flags.has(Flags::DENYOOM);
        session.card.queued.store(transaction.len() as i64, Relaxed);
        session.card.queued_bytes.store(transaction.bytes, Relaxed);
    }
    Ok(())
}

impl Session {
    /// Forgets the watched keys and their mark.
    pub(crate) fn unwatch(&mut self, watching: &crate::watching::Watching) {
        for (db, key) in std::mem::take(&mut self.watched) {
            watching.remove(&self.card, db, &key);
        }
        self.card.is_dirty.store(false, Relaxed);
    }
}

/// EXEC.
pub(crate) fn exec(chance: &mut Chance<'_, '_>, session: &mut Session) -> Result<(), Error> {
    let Some(transaction) = session.transaction.take() else {
        return Err(Error::fixed("ERR EXEC without MULTI"));
    };
    if transaction.has_failed {
        session.card.queued.store(-1, Relaxed);
        session.unwatch(&chance.shared.watching);
        return Err(Error::fixed("EXECABORT Transaction discarded because of previous errors."));
    }
    if transaction.needs_host && chance.shared.options.host.is_some() {
        chance.shared.host_transaction(session, transaction);
        return Ok(());
    }
    let outcome = chance.with_everything(|chance| {
        if !begin(chance, session, transaction.len()) {
            return;
        }
        let denied = std::mem::replace(&mut session.deny_blocking, true);
        let _group = chance.shared.journal.is_on().then(|| chance.shared.journal.group());
        for args in &transaction.queued {
            let args: Vec<&[u8]> = args.iter().map(|a| &a[..]).collect();
            run_one(chance, session, &args);
        }
        session.deny_blocking = denied;
    });
    if let Err(busy) = outcome {
        return Err(Error::Bytes(abort(chance.shared, session, &busy.text())));
    }
    session.card.queued.store(-1, Relaxed);
    Ok(())
}

/// EXEC was refused before it began, for the reason given: the transaction is gone, and the refusal says so.
pub(crate) fn abort(shared: &Shared, session: &mut Session, reason: &[u8]) -> Vec<u8> {
    session.transaction = None;
    session.card.queued.store(-1, Relaxed);
    session.unwatch(&shared.watching);
    // Only the code that says no more than that it is an error is left out.
    let reason = reason.strip_prefix(b"ERR ").unwrap_or(reason);
    [b"EXECABORT Transaction discarded because of: ", reason].concat()
}

/// Looks whether the watched keys are as they were, and writes the head of the reply, or the reply that nothing was run; whether
/// the queue is to run. Everything is locked.
pub(crate) fn begin(chance: &mut Chance<'_, '_>, session: &mut Session, count: usize) -> bool {
    expire_watched(chance, session);
    let is_dirty = session.card.is_dirty.load(Relaxed);
    session.unwatch(&chance.shared.watching);
    let mut reply = Encoder::new(session.output.buffer(), session.protocol);
    if is_dirty {
        reply.null_array()
    } else {
        reply.array(count)
    }
    !is_dirty
}

/// Runs a command of the queue; its reply joins that of EXEC.
fn run_one(chance: &mut Chance<'_, '_>, session: &mut Session, args: &[&[u8]]) {
    if let Some(command) = permitted(chance, session, args) {
        let hash = match command.keys {
            KeyPlan::One(at) => chance.shared.keyspace.hash(args[at]),
            _ => 0,
        };
        chance.invoke(session, command, args, hash);
    }
}

/// As [`run_one`], unless the control plane is to answer: then the command.
pub(crate) fn run_unless_hosted(
    chance: &mut Chance<'_, '_>,
    session: &mut Session,
    args: &[&[u8]],
) -> Option<&'static str> {
    let command = batch::lookup(&chance.shared.table, args);
    if !command.is_some_and(|command| matches!(command.run, Run::Host)) {
        run_one(chance, session, args);
        return None;
    }
    let command = permitted(chance, session, args)?;
    session.card.command.store(command.id, Relaxed);
    chance.shared.note_asked(session.id(), command, args, chance.now.unix_ms);
    Some(command.spec.name)
}

/// A command of the queue, if it may run: rights may have changed since it was queued, and a command that was added may be gone.
/// Otherwise the refusal is its reply.
fn permitted<'w>(chance: &mut Chance<'w, '_>, session: &mut Session, args: &[&[u8]]) -> Option<&'w Command> {
    let shared = chance.shared;
    let refuse = |session: &mut Session, text: &[u8]| {
        chance.local.count_error(shared, text);
        Encoder::new(session.output.buffer(), session.protocol).error(text);
    };
    let Some(command) = batch::lookup(&shared.table, args) else {
        refuse(session, &unknown_command(args).text());
        return None;
    };
    if !session.rights.passes(shared.acl.version())
        && let Err(denied) = shared.permit(session, command, args, Origin::Multi, chance.now)
    {
        refuse(session, &denied.refusal_in_exec().text());
        return None;
    }
    Some(command)
}

/// A watched key whose time has come counts as changed, though nobody has looked at it.
fn expire_watched(chance: &mut Chance<'_, '_>, session: &Session) {
    for (db, key) in &session.watched {
        chance.look_at(*db, key);
    }
}
