//! Host: commands that the control plane answers (CONFIG, SHUTDOWN, BGSAVE, and what users add).

use crate::engine::Shared;
use crate::flow::{SessionId, Transport};
use crate::session::{Parked, Session};
use hematite_commands::Error;
use hematite_resp::Protocol;

/// A command on its way to the control plane. Its session is parked until [`crate::Engine::answer`].
///
/// The command `exec` asks for a transaction to be run: see [`crate::Exclusive::advance`].
#[derive(Clone, Debug)]
pub struct HostCall {
    /// Who asked.
    pub session: SessionId,
    /// The row's name: `config|get`.
    pub command: &'static str,
    /// All arguments.
    pub args: Vec<Vec<u8>>,
    /// The form that the reply must have.
    pub protocol: Protocol,
    /// The session's database.
    pub db: usize,
    /// Whether the session came without a socket.
    pub in_process: bool,
    /// Whether the client is on this machine.
    pub is_local: bool,
    /// Whether the answer may come later: a call from JavaScript must return with it.
    pub may_wait: bool,
    /// Whether it is one of a transaction's commands.
    pub is_in_transaction: bool,
}

impl HostCall {
    /// A session's call.
    pub(crate) fn of(session: &Session, command: &'static str, args: &[&[u8]]) -> HostCall {
        HostCall {
            session: session.id(),
            command,
            args: args.iter().map(|a| a.to_vec()).collect(),
            protocol: session.protocol,
            db: session.db,
            in_process: session.card.peer.transport == Transport::InProcess,
            is_local: session.card.peer.local,
            may_wait: !session.deny_blocking,
            is_in_transaction: false,
        }
    }
}

/// Hands a session's command over; the session waits for the answer. `before` is called once it is known that there is somebody to
/// answer, and before anybody can.
pub(crate) fn hand_over(
    shared: &Shared,
    session: &mut Session,
    command: &'static str,
    args: &[&[u8]],
    before: impl FnOnce(&Session),
) -> Result<(), Error> {
    let Some(host) = &shared.options.host else {
        return Err(Error::fixed("ERR this command needs the control plane, which is not there"));
    };
    session.parked = Some(Parked::Host { is_silent: session.is_silent() });
    before(session);
    host.call(HostCall::of(session, command, args));
    Ok(())
}

/// The control plane. Called on the thread of the session; must not block.
pub trait Host: Send + Sync {
    /// Takes a command over.
    fn call(&self, call: HostCall);
}
