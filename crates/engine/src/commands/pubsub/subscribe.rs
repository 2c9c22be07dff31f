//! SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE: begin to listen.

use crate::commands::prelude::*;
use crate::pubsub::Subject;
use std::sync::atomic::Ordering::Relaxed;

/// SUBSCRIBE: see <https://valkey.io/commands/subscribe/>.
pub const SUBSCRIBE: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "2.0.0",
        summary: "Listens for messages published to channels.",
        complexity: "O(N) where N is the number of channels to subscribe to.",
        arity: -2,
        flags: Flags::PUBSUB.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)))),
        acl: Acl::NONE,
        args: &[Arg::new("channel", Kind::Text).multiple()],
        ..Spec::new("subscribe")
    },
    run: subscribe,
};

/// PSUBSCRIBE: see <https://valkey.io/commands/psubscribe/>.
pub const PSUBSCRIBE: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "2.0.0",
        summary: "Listens for messages published to channels that match one or more patterns.",
        complexity: "O(N) where N is the number of patterns to subscribe to.",
        arity: -2,
        flags: Flags::PUBSUB.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)))),
        acl: Acl::NONE,
        args: &[Arg::new("pattern", Kind::Pattern).multiple()],
        ..Spec::new("psubscribe")
    },
    run: psubscribe,
};

/// SSUBSCRIBE: see <https://valkey.io/commands/ssubscribe/>.
pub const SSUBSCRIBE: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "7.0.0",
        summary: "Listens for messages published to shard channels.",
        complexity: "O(N) where N is the number of shard channels to subscribe to.",
        arity: -2,
        flags: Flags::PUBSUB.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE))),
        acl: Acl::NONE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 1, limit: 0 },
            flags: KeyFlags::NOT_KEY,
            notes: "",
        }],
        args: &[Arg::new("shardchannel", Kind::Text).multiple()],
        ..Spec::new("ssubscribe")
    },
    run: ssubscribe,
};

fn subscribe(call: &mut Call) -> Result<(), Error> {
    listen(call, Subject::Channel)
}

fn psubscribe(call: &mut Call) -> Result<(), Error> {
    listen(call, Subject::Pattern)
}

fn ssubscribe(call: &mut Call) -> Result<(), Error> {
    // Within EXEC.
    if call.session.card.queued.load(Relaxed) >= 0 {
        return Err(Error::fixed("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"));
    }
    listen(call, Subject::Shard)
}

fn listen(call: &mut Call, kind: Subject) -> Result<(), Error> {
    let args = call.args;
    for name in &args[1..] {
        call.session.subscribe(&call.shared.pubsub, kind, name);
        super::confirm(call, Some(name), kind);
    }
    Ok(())
}
