//! PUBLISH and SPUBLISH: say something to all who listen.

use crate::commands::prelude::*;
use crate::pubsub::Subject;

/// PUBLISH: see <https://valkey.io/commands/publish/>.
pub const PUBLISH: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "2.0.0",
        summary: "Posts a message to a channel.",
        complexity: "O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client).",
        arity: 3,
        flags: Flags::PUBSUB
            .or(Flags::LOADING.or(Flags::STALE.or(Flags::FAST.or(Flags::MAY_REPLICATE.or(Flags::SENTINEL))))),
        acl: Acl::NONE,
        args: &[Arg::new("channel", Kind::Text), Arg::new("message", Kind::Text)],
        reply: "integer",
        ..Spec::new("publish")
    },
    run: publish,
};

/// SPUBLISH: see <https://valkey.io/commands/spublish/>.
pub const SPUBLISH: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "7.0.0",
        summary: "Post a message to a shard channel",
        complexity: "O(N) where N is the number of clients subscribed to the receiving shard channel.",
        arity: 3,
        flags: Flags::PUBSUB.or(Flags::LOADING.or(Flags::STALE.or(Flags::FAST.or(Flags::MAY_REPLICATE)))),
        acl: Acl::NONE,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::NOT_KEY,
            notes: "",
        }],
        args: &[Arg::new("shardchannel", Kind::Text), Arg::new("message", Kind::Text)],
        reply: "integer",
        ..Spec::new("spublish")
    },
    run: spublish,
};

fn publish(call: &mut Call) -> Result<(), Error> {
    say(call, Subject::Channel)
}

fn spublish(call: &mut Call) -> Result<(), Error> {
    say(call, Subject::Shard)
}

fn say(call: &mut Call, kind: Subject) -> Result<(), Error> {
    let (pubsub, limits) = (&call.shared.pubsub, &call.shared.limits);
    let delivery = pubsub.publish(kind, call.args[1], call.args[2], limits, call.session.id());
    call.local.has_own_mail |= delivery.to_self;
    call.reply.integer(delivery.receivers as i64);
    Ok(())
}
