//! Host: commands that the control plane answers (CONFIG, SHUTDOWN, BGSAVE, and what users add).

use crate::flow::{SessionId, Transport};
use crate::session::Session;
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

/// The control plane. Called on the thread of the session; must not block.
pub trait Host: Send + Sync {
    /// Takes a command over.
    fn call(&self, call: HostCall);
}
