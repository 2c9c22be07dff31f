//! Admission: the gates that a command passes before it is executed, and what is said to those that do not pass.

use crate::confirmation::refuse_by_journal;
use crate::dispatch::{Call, Chance};
use crate::engine::Shared;
use crate::flow::Transport;
use crate::persistence::{refuse_by_loading, refuse_by_snapshot};
use crate::session::Session;
use crate::table::Command;
use hematite_commands::Error;
use hematite_commands::spec::{Flags, Spec};
use hematite_resp::Protocol;
use std::sync::atomic::Ordering::Relaxed;

/// The gates before execution, in the reference's order; `None` lets the command pass.
#[inline]
pub(crate) fn admit(
    chance: &mut Chance<'_, '_>,
    session: &mut Session,
    command: &Command,
    args: &[&[u8]],
) -> Option<Error> {
    let (shared, spec, now) = (chance.shared, command.spec, chance.now);
    // A known subcommand would have been found instead of its container.
    if !command.subcommands.is_empty() && args.len() > 1 {
        return Some(Error::unknown_subcommand(shown(args[1]), spec.name));
    }
    if !spec.takes(args.len()) {
        return Some(Error::arity(spec.name));
    }
    if session.is_replaying {
        return None;
    }
    if spec.flags.has(Flags::PROTECTED)
        && let Some(error) = protect(shared, session, spec)
    {
        return Some(error);
    }
    if !session.authenticated && !spec.flags.has(Flags::NO_AUTH) && !shared.acl.is_open() {
        return Some(Error::fixed("NOAUTH Authentication required."));
    }
    if let Err(error) = shared.check_rights(session, command, args, now) {
        return Some(error);
    }
    if chance.turn.is_refused()
        && let Some(error) = shared.running.refuse(spec, args)
    {
        return Some(error);
    }
    if shared.memory.is_limited()
        && let Some(error) = chance.admit_under_limit(session, command)
    {
        return Some(error);
    }
    let hinders = shared.persistence.hinders();
    if hinders && let Some(error) = refuse_by_snapshot(shared, session, spec) {
        return Some(error);
    }
    if shared.journal.has_failed()
        && let Some(error) = refuse_by_journal(shared, session, spec)
    {
        return Some(error);
    }
    if session.is_subscriber()
        && session.protocol == Protocol::Resp2
        && !SUBSCRIBER_COMMANDS.contains(&spec.name)
    {
        return Some(only_listens(spec));
    }
    if hinders && let Some(error) = refuse_by_loading(shared, spec) {
        return Some(error);
    }
    if session.is_monitor && spec.flags.has(TOUCHES_KEYS) {
        return Some(Error::fixed("ERR Replica can't interact with the keyspace"));
    }
    None
}

/// Whether all the gates of [`admit`] stand open to this session's plain commands ([`Command::plain`]), and nobody follows
/// them. It holds for the rest of a batch, or until the session executes a command that is not plain.
#[inline]
pub(crate) fn is_calm(chance: &Chance<'_, '_>, session: &Session) -> bool {
    let shared = chance.shared;
    let is_open = session.rights.passes(shared.acl.version())
        && (session.authenticated || shared.acl.is_open())
        && !chance.turn.is_refused();
    let is_healthy = !shared.memory.is_limited()
        && !shared.persistence.hinders()
        && !shared.journal.has_failed()
        && shared.limits.paused_until_ms.load(Relaxed) == 0
        && shared.spectators.load(Relaxed) == 0;
    is_open && is_healthy && session.is_simple()
}

/// What those who monitor may not do, in the words that the reference has for replicas.
const TOUCHES_KEYS: Flags = Flags::WRITE.or(Flags::READONLY.or(Flags::MAY_REPLICATE));

/// What a subscriber of RESP2 may say: it could not tell other replies from messages.
const SUBSCRIBER_COMMANDS: [&str; 9] = [
    "ping",
    "subscribe",
    "unsubscribe",
    "psubscribe",
    "punsubscribe",
    "ssubscribe",
    "sunsubscribe",
    "quit",
    "reset",
];

#[cold]
fn only_listens(spec: &Spec) -> Error {
    let name = spec.name;
    Error::Bytes(
        format!(
            "ERR Can't execute '{name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
        )
        .into_bytes(),
    )
}

/// `enable-debug-command` and its like.
#[cold]
fn protect(shared: &Shared, session: &Session, spec: &Spec) -> Option<Error> {
    let peer = &session.card.peer;
    let is_local = peer.local || peer.transport == Transport::InProcess;
    let (option, allowed) = match spec.name {
        "debug" => ("enable-debug-command", shared.limits.debug_command.load(Relaxed)),
        _ => ("enable-module-command", 0),
    };
    if allowed == 2 || allowed == 1 && is_local {
        return None;
    }
    let command = spec.name.split('|').next().unwrap_or_default().to_ascii_uppercase();
    Some(Error::Bytes(
        format!(
            "ERR {command} command not allowed. If the {option} option is set to \"local\", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server."
        )
        .into_bytes(),
    ))
}

impl Call<'_, '_> {
    /// Whether the session may do more than authenticate.
    pub fn is_authenticated(&mut self) -> bool {
        self.session.authenticated || self.shared.acl.is_open()
    }
}

/// What errors show of a name that a client gave: its start, up to a NUL, since the reference takes it for a C string.
pub(crate) fn shown(name: &[u8]) -> &[u8] {
    let start = &name[..name.len().min(128)];
    start.split(|b| *b == 0).next().unwrap_or_default()
}

/// Whether a request begins as HTTP does.
#[cold]
pub(crate) fn is_of_http(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"post") || name.eq_ignore_ascii_case(b"host:")
}

/// `ERR unknown command 'x', with args beginning with: 'a' 'b' `, with at most 128 bytes of each.
pub(crate) fn unknown_command(args: &[&[u8]]) -> Error {
    let mut text = b"ERR unknown command '".to_vec();
    text.extend_from_slice(shown(args[0]));
    text.extend_from_slice(b"', with args beginning with: ");
    let mut length = 0;
    for arg in &args[1..] {
        if length >= 128 {
            break;
        }
        let part = shown(arg);
        let part = &part[..part.len().min(128 - length)];
        length += part.len() + 3;
        text.push(b'\'');
        text.extend_from_slice(part);
        text.extend_from_slice(b"' ");
    }
    Error::Bytes(text)
}
