//! CLIENT PAUSE and UNPAUSE: holds everybody's commands, or their writes, for a time. Dispatch parks the sessions.

use crate::commands::help;
use crate::commands::prelude::*;
use crate::engine::Shared;
use crate::registry::Message;
use std::sync::atomic::Ordering::Relaxed;

/// CLIENT PAUSE: see <https://valkey.io/commands/client-pause/>.
pub const CLIENT_PAUSE: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "3.0.0",
        summary: "Suspends commands processing.",
        complexity: "O(1)",
        arity: -3,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)))),
        acl: Acl::CONNECTION,
        history: &[("6.2.0", "`CLIENT PAUSE WRITE` mode added along with the `mode` option.")],
        args: &[
            Arg::new("timeout", Kind::Integer),
            Arg::new(
                "mode",
                Kind::OneOf(&[
                    Arg::new("write", Kind::Token).token("WRITE"),
                    Arg::new("all", Kind::Token).token("ALL"),
                ]),
            )
            .optional()
            .since("6.2.0"),
        ],
        reply: "ok",
        ..Spec::new("client|pause")
    },
    run: client_pause,
};

/// CLIENT UNPAUSE: see <https://valkey.io/commands/client-unpause/>.
pub const CLIENT_UNPAUSE: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "6.2.0",
        summary: "Resumes processing commands from paused clients.",
        complexity: "O(N) Where N is the number of paused clients",
        arity: 2,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)))),
        acl: Acl::CONNECTION,
        reply: "ok",
        ..Spec::new("client|unpause")
    },
    run: client_unpause,
};

fn client_pause(call: &mut Call) -> Result<(), Error> {
    let writes_only = match call.args[3..] {
        [] => false,
        [mode] if mode.eq_ignore_ascii_case(b"write") => true,
        [mode] if mode.eq_ignore_ascii_case(b"all") => false,
        [_] => return Err(Error::fixed("ERR CLIENT PAUSE mode must be WRITE or ALL")),
        _ => return Err(help::misuse(call)),
    };
    let timeout_ms = hematite_base::number::parse_i64(call.args[2])
        .ok_or(Error::fixed("ERR timeout is not an integer or out of range"))?;
    if timeout_ms < 0 {
        return Err(Error::fixed("ERR timeout is negative"));
    }
    let limits = &call.shared.limits;
    let until_ms = call.now.unix_ms.saturating_add(timeout_ms);
    // One who pauses never shortens or loosens what another has asked for.
    let before_ms = limits.paused_until_ms.load(Relaxed);
    let is_on = before_ms > call.now.unix_ms;
    let all = is_on && !limits.paused_writes_only.load(Relaxed);
    limits.paused_writes_only.store(writes_only && !all, Relaxed);
    limits.paused_until_ms.store(if is_on { until_ms.max(before_ms) } else { until_ms }, Relaxed);
    call.reply.ok();
    Ok(())
}

fn client_unpause(call: &mut Call) -> Result<(), Error> {
    call.shared.unpause();
    call.reply.ok();
    Ok(())
}

impl Shared {
    /// Ends CLIENT PAUSE.
    pub fn unpause(&self) {
        self.limits.paused_until_ms.store(0, Relaxed);
        for id in std::mem::take(&mut *self.paused.lock()) {
            if let Some(card) = self.registry.get(id) {
                card.send(Message::GoOn);
            }
        }
    }
}
