//! A call of a data handler: what it is made of and how it may end.

use crate::dispatch::Chance;
use crate::registry::Card;
use hematite_commands::spec::Spec;
use hematite_commands::{Data, Error};
use hematite_keyspace::Scope;
use hematite_resp::Protocol;

/// A call of a data handler.
pub(crate) struct DataCall<'c> {
    pub spec: &'static Spec,
    pub run: Data,
    pub args: &'c [&'c [u8]],
    /// The selected database.
    pub db: usize,
    pub protocol: Protocol,
    /// Whether the keys' access clocks are renewed.
    pub touches: bool,
    /// The client, if it is one's command.
    pub card: Option<&'c Card>,
}

/// How a data command's call ended.
pub(crate) enum Attempt {
    Done(Result<(), Error>),
    /// Not begun: somebody waits for one of its keys, so everything must be locked.
    Awaited,
}

impl Chance<'_, '_> {
    /// Has a key's expiry take effect, if it is due.
    pub fn look_at(&mut self, db: usize, key: &[u8]) {
        let mut view =
            self.shared.keyspace.view(Scope::Keys(&[key]), db, self.now.unix_ms, &mut self.local.effects);
        view.effects.record = self.shared.record();
        view.exists(key);
        let counters = view.counters;
        drop(view);
        self.follow(counters);
    }
}
