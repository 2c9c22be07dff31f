//! UNSUBSCRIBE, PUNSUBSCRIBE, SUNSUBSCRIBE: stop listening.

use crate::commands::prelude::*;
use crate::pubsub::Subject;

/// UNSUBSCRIBE: see <https://valkey.io/commands/unsubscribe/>.
pub const UNSUBSCRIBE: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "2.0.0",
        summary: "Stops listening to messages posted to channels.",
        complexity: "O(N) where N is the number of channels to unsubscribe.",
        arity: -1,
        flags: Flags::PUBSUB.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)))),
        acl: Acl::NONE,
        args: &[Arg::new("channel", Kind::Text).optional().multiple()],
        ..Spec::new("unsubscribe")
    },
    run: unsubscribe,
};

/// PUNSUBSCRIBE: see <https://valkey.io/commands/punsubscribe/>.
pub const PUNSUBSCRIBE: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "2.0.0",
        summary: "Stops listening to messages published to channels that match one or more patterns.",
        complexity: "O(N) where N is the number of patterns to unsubscribe.",
        arity: -1,
        flags: Flags::PUBSUB.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)))),
        acl: Acl::NONE,
        args: &[Arg::new("pattern", Kind::Pattern).optional().multiple()],
        ..Spec::new("punsubscribe")
    },
    run: punsubscribe,
};

/// SUNSUBSCRIBE: see <https://valkey.io/commands/sunsubscribe/>.
pub const SUNSUBSCRIBE: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "7.0.0",
        summary: "Stops listening to messages posted to shard channels.",
        complexity: "O(N) where N is the number of shard channels to unsubscribe.",
        arity: -1,
        flags: Flags::PUBSUB.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE))),
        acl: Acl::NONE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 1, limit: 0 },
            flags: KeyFlags::NOT_KEY,
            notes: "",
        }],
        args: &[Arg::new("shardchannel", Kind::Text).optional().multiple()],
        ..Spec::new("sunsubscribe")
    },
    run: sunsubscribe,
};

fn unsubscribe(call: &mut Call) -> Result<(), Error> {
    leave(call, Subject::Channel)
}

fn punsubscribe(call: &mut Call) -> Result<(), Error> {
    leave(call, Subject::Pattern)
}

fn sunsubscribe(call: &mut Call) -> Result<(), Error> {
    leave(call, Subject::Shard)
}

fn leave(call: &mut Call, kind: Subject) -> Result<(), Error> {
    let args = call.args;
    let all = if args.len() == 1 { call.session.subscribed(kind) } else { Vec::new() };
    let names = args[1..].iter().copied().chain(all.iter().map(|name| &name[..]));
    let mut count = 0;
    for name in names {
        call.session.unsubscribe(&call.shared.pubsub, kind, name);
        // What was said there before comes before the farewell.
        if !call.session.is_silent() {
            let pushed = call.session.take_pushed();
            call.reply.buffer().extend_from_slice(&pushed);
        }
        super::confirm(call, Some(name), kind);
        count += 1;
    }
    if count == 0 {
        super::confirm(call, None, kind);
    }
    Ok(())
}
