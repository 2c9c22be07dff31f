//! CLIENT PAUSE and UNPAUSE: holds everybody's commands, or their writes, for a time. Dispatch parks the sessions.

use crate::commands::help;
use crate::commands::prelude::*;
use crate::engine::{Limits, Shared};
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
    let until_ms = call.now.unix_ms.saturating_add(timeout_ms);
    let mut pauses = call.shared.pauses.lock();
    // One who pauses never shortens or loosens what another has asked for.
    let asked = match pauses.asked.filter(|(before_ms, _)| *before_ms > call.now.unix_ms) {
        Some((before_ms, before_writes_only)) => (until_ms.max(before_ms), writes_only && before_writes_only),
        None => (until_ms, writes_only),
    };
    pauses.asked = Some(asked);
    pauses.apply(&call.shared.limits);
    call.reply.ok();
    Ok(())
}

fn client_unpause(call: &mut Call) -> Result<(), Error> {
    call.shared.change_pauses(|pauses| pauses.asked = None);
    call.reply.ok();
    Ok(())
}

/// Who has commands wait, and until when. Dispatch looks at what follows from it in the [`Limits`].
#[derive(Debug, Default)]
pub struct Pauses {
    /// CLIENT PAUSE: until when, Unix milliseconds, and whether writes only.
    asked: Option<(i64, bool)>,
    /// How often the control plane holds writes, and has not yet let them go.
    holds: u32,
}

impl Pauses {
    fn apply(&self, limits: &Limits) {
        let (until_ms, writes_only) = match (self.asked, self.holds > 0) {
            (None, false) => (0, false),
            (Some(asked), false) | (Some(asked @ (_, false)), true) => asked,
            (_, true) => (i64::MAX, true),
        };
        limits.paused_writes_only.store(writes_only, Relaxed);
        limits.paused_until_ms.store(until_ms, Relaxed);
    }
}

impl Shared {
    /// The time of CLIENT PAUSE is over.
    pub fn end_pause(&self, now_ms: i64) {
        self.change_pauses(|pauses| pauses.asked = pauses.asked.filter(|(until_ms, _)| *until_ms > now_ms));
    }

    /// Has writes wait, or lets them go once nobody else holds them; CLIENT PAUSE is another matter.
    pub fn hold_writes(&self, hold: bool) {
        self.change_pauses(|pauses| {
            pauses.holds = if hold { pauses.holds + 1 } else { pauses.holds.saturating_sub(1) };
        });
    }

    /// Changes why commands wait, and has those that do look again.
    fn change_pauses(&self, change: impl FnOnce(&mut Pauses)) {
        let mut pauses = self.pauses.lock();
        change(&mut pauses);
        pauses.apply(&self.limits);
        drop(pauses);
        for id in std::mem::take(&mut *self.paused.lock()) {
            if let Some(card) = self.registry.get(id) {
                card.send(Message::GoOn);
            }
        }
    }
}
