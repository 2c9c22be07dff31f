//! RESET: the connection as it was when it was opened, but for its id and the library's name.

use crate::commands::prelude::*;
use crate::session::ReplyMode;
use hematite_resp::Protocol;
use std::sync::atomic::Ordering::Relaxed;

/// RESET: see <https://valkey.io/commands/reset/>.
pub const RESET: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "6.2.0",
        summary: "Resets the connection.",
        complexity: "O(1)",
        arity: 1,
        flags: Flags::NOSCRIPT
            .or(Flags::LOADING.or(Flags::STALE.or(Flags::FAST.or(Flags::NO_AUTH.or(Flags::ALLOW_BUSY))))),
        acl: Acl::CONNECTION,
        reply: "'RESET'",
        ..Spec::new("reset")
    },
    run: reset,
};

fn reset(call: &mut Call) -> Result<(), Error> {
    let session = &mut *call.session;
    session.transaction = None;
    session.unwatch(&call.shared.watching);
    session.card.queued.store(-1, Relaxed);
    session.fieldsets.clear();
    session.card.fieldset_bytes.store(0, Relaxed);
    session.unsubscribe_all(&call.shared.pubsub);
    call.shared.untrack(session);
    call.shared.unmonitor(session);
    session.set_protocol(Protocol::Resp2);
    session.db = 0;
    session.no_touch = false;
    session.reply_mode = ReplyMode::On;
    call.shared.forget_user(session);
    session.card.db.store(0, Relaxed);
    let mut traits = session.card.traits.lock();
    traits.name.clear();
    traits.no_evict = false;
    traits.no_touch = false;
    drop(traits);
    call.reply.protocol = Protocol::Resp2;
    call.reply.simple("RESET");
    Ok(())
}
