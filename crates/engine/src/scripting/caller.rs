//! The caller: what a running program sees of the engine. Its commands pass the gates that the reference has for scripts, and
//! run as those of a client of its own: with the caller's database and user, without the right to wait.

use super::interpreter::Caller;
use super::run::Permission;
use super::running::Details;
use crate::acl::log::Origin;
use crate::batch;
use crate::confirmation::refuse_by_journal;
use crate::dispatch::Chance;
use crate::memory_limit::OOM;
use crate::persistence::refuse_by_snapshot;
use crate::session::Session;
use crate::table::{Command, KeyPlan, Run};
use crate::transaction::MAY_WRITE;
use hematite_commands::Error;
use hematite_commands::spec::Flags;
use hematite_resp::Protocol;
use std::sync::atomic::Ordering::Relaxed;

/// The bit of `redis.set_repl` that stands for the journal.
const JOURNAL: u8 = 1;

/// See the head of the file.
pub(super) struct ScriptCaller<'c, 'w, 'g> {
    pub chance: &'c mut Chance<'w, 'g>,
    /// The program's own session.
    pub session: Session,
    pub permission: Permission,
    /// The command that runs the program.
    pub args: &'c [&'c [u8]],
    /// What FUNCTION STATS calls it.
    pub name: &'c [u8],
    pub is_function: bool,
    /// When it began, on the front's clock.
    pub since_ns: u64,
    /// It has run a command that writes.
    pub has_written: bool,
}

impl ScriptCaller<'_, '_, '_> {
    /// Why the program may not run a command.
    fn refuse(&mut self, command: &Command, args: &[&[u8]]) -> Option<Error> {
        let (shared, spec) = (self.chance.shared, command.spec);
        if !spec.takes(args.len()) {
            return Some(Error::fixed("ERR Wrong number of args calling Redis command from script"));
        }
        // What the control plane answers would have to interrupt the program.
        if spec.flags.has(Flags::NOSCRIPT) || matches!(command.run, Run::Host) {
            return Some(Error::fixed("ERR This Redis command is not allowed from script"));
        }
        if self.permission.is_read_only && spec.flags.has(MAY_WRITE) {
            return Some(Error::fixed("ERR Write commands are not allowed from read-only scripts."));
        }
        if self.session.is_replaying {
            return None;
        }
        if !self.session.rights.passes(shared.acl.version())
            && let Err(denied) =
                shared.permit(&mut self.session, command, args, Origin::Script, self.chance.now)
        {
            return Some(Error::Bytes([b"ERR ", denied.in_script().as_bytes()].concat()));
        }
        if shared.persistence.hinders()
            && let Some(error) = refuse_by_snapshot(shared, &self.session, spec)
        {
            return Some(error);
        }
        // Once it has written it must be able to finish.
        let needs_memory = spec.flags.has(Flags::DENYOOM) && !self.permission.allows_oom && !self.has_written;
        if needs_memory && self.chance.is_out_of_memory() {
            return Some(Error::fixed(OOM));
        }
        shared.journal.has_failed().then(|| refuse_by_journal(shared, &self.session, spec)).flatten()
    }
}

impl Caller for ScriptCaller<'_, '_, '_> {
    fn call(&mut self, args: &[&[u8]]) -> Result<&[u8], Error> {
        let shared = self.chance.shared;
        let command = batch::lookup(&shared.table, args)
            .filter(|command| command.subcommands.is_empty() || args.len() == 1)
            .ok_or(Error::fixed("ERR Unknown Redis command called from script"))?;
        if let Some(error) = self.refuse(command, args) {
            self.chance.local.count_error(shared, &error.text());
            self.chance.local.statistics.commands[command.id].rejected.add(1);
            return Err(error);
        }
        let hash = match command.keys {
            KeyPlan::One(at) => shared.keyspace.hash(args[at]),
            _ => 0,
        };
        if command.spec.flags.has(Flags::WRITE) && !self.has_written {
            self.has_written = true;
            shared.running.note_write();
        }
        self.session.output.buffer().clear();
        self.chance.invoke(&mut self.session, command, args, hash);
        Ok(self.session.output.buffer())
    }

    fn set_protocol(&mut self, protocol: Protocol) {
        // Not by the session's own setter: CLIENT LIST shows the client's protocol, not the script's.
        self.session.protocol = protocol;
    }

    fn may_call(&mut self, args: &[&[u8]]) -> Option<bool> {
        let command = batch::lookup(&self.chance.shared.table, args)?;
        let is_command = command.subcommands.is_empty() || args.len() == 1;
        let rights = &self.session.rights;
        is_command.then(|| {
            rights.passes(self.chance.shared.acl.version()) || rights.user.permits(command, args).is_ok()
        })
    }

    fn set_replication(&mut self, to: u8) {
        // Replicas learn from the journal too.
        self.chance.local.is_unrecorded = to & JOURNAL == 0;
    }

    fn log(&mut self, level: u8, text: &[u8]) {
        self.chance.shared.log(level, text);
    }

    fn interrupt(&mut self) -> Result<(), Error> {
        let shared = self.chance.shared;
        if shared.running.must_end() {
            match shared.running.is_void() {
                true => shared.journal.void_group(),
                false => shared.log(2, b"Lua script killed by user with SCRIPT KILL."),
            }
            return Err(Error::fixed("ERR Script killed by user with SCRIPT KILL..."));
        }
        let limit_ms = shared.limits.busy_after_ms.load(Relaxed);
        let taken_ms = (shared.options.clock_ns)().saturating_sub(self.since_ns) / 1_000_000;
        if limit_ms > 0 && taken_ms >= limit_ms && !shared.running.is_busy() {
            let kill = if self.is_function { "FUNCTION KILL" } else { "SCRIPT KILL" };
            let line = format!(
                "Slow script detected: still in execution after {taken_ms} milliseconds. You can try killing the script using the {kill} command."
            );
            shared.log(3, line.as_bytes());
            let args = self.args.iter().map(|arg| arg.to_vec()).collect();
            shared.running.note_busy(Details { name: self.name.to_vec(), args, since_ns: self.since_ns });
        }
        if shared.running.is_busy() {
            self.chance.local.apart.pause();
        }
        Ok(())
    }

    fn clock_s(&mut self) -> f64 {
        (self.chance.shared.options.clock_ns)() as f64 / 1e9
    }
}
