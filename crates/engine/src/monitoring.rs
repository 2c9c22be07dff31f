//! Monitoring: clients that see every command as it is executed (MONITOR), and what every command costs while there are any
//! such spectators, trackers of keys among them.
//!
//! A line is made once and shared by all who see it; it travels through their mailboxes, but for the client whose command it
//! shows: that one gets it after the command's reply. Where there are no spectators, a command pays for one relaxed load.

use crate::dispatch::Chance;
use crate::engine::Shared;
use crate::flow::{SessionId, Transport};
use crate::registry::Card;
use crate::session::Session;
use crate::table::Command;
use crate::worker::Local;
use hematite_commands::spec::{Flags, Group};
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Clients that said MONITOR.
#[derive(Default)]
pub struct Monitors(RwLock<BTreeMap<SessionId, Arc<Card>>>);

impl Shared {
    /// MONITOR; false if it does already.
    pub(crate) fn monitor(&self, session: &mut Session) -> bool {
        if std::mem::replace(&mut session.is_monitor, true) {
            return false;
        }
        session.card.is_monitor.store(true, Relaxed);
        self.monitors.0.write().insert(session.id(), Arc::clone(&session.card));
        self.spectators.fetch_add(1, Relaxed);
        true
    }

    /// RESET, and the end of a client.
    pub(crate) fn unmonitor(&self, session: &mut Session) {
        if std::mem::replace(&mut session.is_monitor, false) {
            session.card.is_monitor.store(false, Relaxed);
            self.monitors.0.write().remove(&session.id());
            self.spectators.fetch_sub(1, Relaxed);
        }
    }
}

impl Chance<'_, '_> {
    /// A command that runs others begins: those that hide from monitors until then are shown before what they run.
    #[cold]
    pub fn before_command(&mut self, session: &Session, command: &Command, args: &[&[u8]]) {
        if command.spec.group == Group::Scripting && command.spec.flags.has(Flags::SKIP_MONITOR) {
            self.show(session, command, args);
        }
    }

    /// A command has been executed, and there are spectators.
    #[cold]
    pub fn after_command(&mut self, session: &mut Session, command: &Command, args: &[&[u8]]) {
        if !command.spec.flags.has(Flags::SKIP_MONITOR.or(Flags::ADMIN)) {
            self.show(session, command, args);
        }
        if self.local.nesting > 0 {
            return;
        }
        if session.transaction.is_none() && !command.spec.name.starts_with("client|") {
            self.shared.end_caching(session.id());
        }
        self.shared.trim_tracking(self.local);
        for bytes in self.local.pending.own.drain(..) {
            session.output.buffer().extend_from_slice(&bytes);
        }
    }

    fn show(&mut self, session: &Session, command: &Command, args: &[&[u8]]) {
        let monitors = self.shared.monitors.0.read();
        if monitors.is_empty() {
            return;
        }
        let shown = self.shared.shown_args(command, args);
        let line: Arc<[u8]> = self.line(session, &shown).into();
        for (id, card) in monitors.iter() {
            if *id == self.local.session {
                self.local.pending.own.push(Arc::clone(&line));
            } else {
                card.push(Arc::clone(&line), self.shared.limits.output_limit(card).hard_bytes.load(Relaxed));
            }
        }
    }

    /// `+1339518083.107412 [0 127.0.0.1:60866] "keys" "*"`.
    fn line(&self, session: &Session, args: &[&[u8]]) -> Vec<u8> {
        let us = self.shared.unix_us(self.now);
        let peer = &session.card.peer;
        let (kind, from) = match peer.transport {
            _ if self.local.is_in_script => ("", "lua"),
            Transport::Unix => ("unix:", &peer.addr[..]),
            _ => ("", &peer.addr[..]),
        };
        let mut line = Vec::new();
        write!(line, "+{}.{:06} [{} {kind}{from}]", us / 1_000_000, us % 1_000_000, session.db)
            .expect("a vector takes everything");
        for arg in args {
            line.push(b' ');
            quote(&mut line, arg);
        }
        line.extend_from_slice(b"\r\n");
        line
    }
}

/// Appends bytes in quotes, with escapes for what can't be seen.
fn quote(line: &mut Vec<u8>, bytes: &[u8]) {
    line.push(b'"');
    for byte in bytes {
        match byte {
            b'\\' | b'"' => line.extend_from_slice(&[b'\\', *byte]),
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\r' => line.extend_from_slice(b"\\r"),
            b'\t' => line.extend_from_slice(b"\\t"),
            0x07 => line.extend_from_slice(b"\\a"),
            0x08 => line.extend_from_slice(b"\\b"),
            b' '..=b'~' => line.push(*byte),
            _ => write!(line, "\\x{byte:02x}").expect("a vector takes everything"),
        }
    }
    line.push(b'"');
}

impl Local {
    /// Tells those who track prefixes what has changed since they were last told; what is for the session at work joins its
    /// output.
    #[cold]
    pub fn broadcast(&mut self, shared: &Shared, session: Option<&mut Session>) {
        let at_work = session.as_ref().map_or(0, |session| session.id());
        let own = shared.broadcast(&mut self.pending, at_work);
        if let Some(session) = session {
            own.iter().for_each(|bytes| session.output.buffer().extend_from_slice(bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_can_not_be_seen_is_escaped() {
        let mut line = Vec::new();
        super::quote(&mut line, b"a \"\\\n\r\t\x07\x08\x00\xff~");
        assert_eq!(line, br#""a \"\\\n\r\t\a\b\x00\xff~""#);
    }
}
