//! Session: one client's state. It belongs to the thread whose front opened it.

use crate::acl::Rights;
use crate::confirmation::Unconfirmed;
use crate::fieldsets::Fieldsets;
use crate::flow::{Flow, SessionId};
use crate::output::Output;
use crate::pubsub::Subscriptions;
use crate::query::Query;
use crate::registry::Card;
use crate::transaction::Transaction;
use hematite_resp::{Parser, Protocol};
use std::io::IoSlice;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// What CLIENT REPLY set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum ReplyMode {
    #[default]
    On,
    Off,
    /// The next command's reply is left out; this is the command that says so.
    SkipNext,
    /// The reply of the command at hand is left out.
    Skip,
}

impl ReplyMode {
    /// Whether the reply of the command at hand is left out.
    pub fn is_silent(self) -> bool {
        matches!(self, ReplyMode::Off | ReplyMode::Skip)
    }
}

/// What a parked session waits for.
#[derive(Debug)]
pub(crate) enum Parked {
    /// The control plane's reply, which is left out if CLIENT REPLY says so.
    Host { is_silent: bool },
    /// The front, which is to run what comes next apart; the command stays in the query.
    Apart,
    /// The session that it stands in for, which runs apart.
    Away,
    /// The end of CLIENT PAUSE; the command stays in the query.
    Pause,
    /// A key, in a blocking command: [`crate::waiting`] has the rest. The reply may be left out as well.
    Blocked { is_silent: bool },
    /// A sync of the append-only file, in WAITAOF.
    Durability { is_silent: bool },
}

/// One client's state.
pub struct Session {
    pub(crate) card: Arc<Card>,
    pub(crate) protocol: Protocol,
    pub(crate) db: usize,
    pub(crate) authenticated: bool,
    /// Who it is, and what that user may do.
    pub(crate) rights: Rights,
    pub(crate) no_touch: bool,
    /// It can't wait: blocking commands behave as if they timed out at once.
    pub(crate) deny_blocking: bool,
    pub(crate) reply_mode: ReplyMode,
    pub(crate) parser: Parser,
    pub(crate) query: Query,
    pub(crate) output: Output,
    /// CLOSE or KILL, once decided.
    pub(crate) ending: Flow,
    pub(crate) parked: Option<Parked>,
    /// An open MULTI.
    pub(crate) transaction: Option<Transaction>,
    /// Keys under WATCH, with their database.
    pub(crate) watched: Vec<(usize, Box<[u8]>)>,
    /// It said MONITOR.
    pub(crate) is_monitor: bool,
    /// Names of fields for HIMPORT SET.
    pub(crate) fieldsets: Fieldsets,
    /// What it listens to, if to anything.
    pub(crate) subscriptions: Option<Box<Subscriptions>>,
    /// Replies to writes that the journal may not have confirmed.
    pub(crate) unconfirmed: Unconfirmed,
    /// How far the journal was after its last write, bytes of records.
    pub(crate) written: u64,
    /// It replays a journal, or acts for the control plane: nothing is refused.
    pub(crate) is_replaying: bool,
    /// The error of the command of a journal that was executed last.
    pub(crate) refusal: Option<Box<[u8]>>,
    /// Since when it has more output waiting than the soft limit, Unix milliseconds.
    pub(crate) slow_since_ms: Option<i64>,
}

impl Session {
    pub(crate) fn new(card: Arc<Card>, authenticated: bool, rights: Rights) -> Self {
        Session {
            card,
            protocol: Protocol::Resp2,
            db: 0,
            authenticated,
            rights,
            no_touch: false,
            deny_blocking: false,
            reply_mode: ReplyMode::On,
            parser: Parser::default(),
            query: Query::default(),
            output: Output::default(),
            ending: Flow::CONTINUE,
            parked: None,
            transaction: None,
            watched: Vec::new(),
            is_monitor: false,
            fieldsets: Fieldsets::default(),
            subscriptions: None,
            unconfirmed: Default::default(),
            written: 0,
            is_replaying: false,
            refusal: None,
            slow_since_ms: None,
        }
    }
    /// Whether the reply of the command at hand is left out.
    pub(crate) fn is_silent(&self) -> bool {
        self.reply_mode.is_silent()
    }
    /// Whether it just sends commands and wants their replies: neither in a transaction nor in any other mode.
    pub(crate) fn is_simple(&self) -> bool {
        self.transaction.is_none()
            && self.subscriptions.is_none()
            && self.reply_mode == ReplyMode::On
            && !self.is_monitor
            && !self.is_replaying
            && !self.is_held()
    }
    /// Whether nothing may be executed for now, or ever.
    pub(crate) fn is_held(&self) -> bool {
        self.parked.is_some() || self.ending != Flow::CONTINUE
    }
    /// The session's id.
    pub fn id(&self) -> SessionId {
        self.card.id
    }
    /// The protocol version that replies have at present.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }
    /// Sets the protocol version, as HELLO does.
    pub fn set_protocol(&mut self, protocol: Protocol) {
        self.protocol = protocol;
        self.card.set_protocol(protocol);
    }
    /// Whether blocking commands behave as if they timed out at once, for a front that can't wait.
    pub fn set_deny_blocking(&mut self, deny: bool) {
        self.deny_blocking = deny;
    }
    /// Makes it a session of the control plane: no gate refuses anything, whoever the users are.
    pub fn pass_all_gates(&mut self) {
        self.is_replaying = true;
    }
    /// Bytes waiting to be sent.
    pub fn output_len(&self) -> usize {
        self.output.len()
    }
    /// Up to `slices.len()` pieces of the output, in order, as many as there are; returns how many were filled.
    pub fn output_slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        self.output.slices(slices)
    }
    /// Drops the first `n` bytes of the output: they were sent.
    pub fn consume_output(&mut self, n: usize) {
        self.output.consume(n);
        self.card.output[0].store(self.output.len(), Relaxed);
    }
    /// Exchanges the pending output for an empty spare buffer.
    pub fn take_output(&mut self, spare: Vec<u8>) -> Vec<u8> {
        self.output.take(spare)
    }
}
