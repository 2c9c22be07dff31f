//! PUBSUB: who listens to what.

use crate::commands::help;
use crate::commands::prelude::*;
use crate::pubsub::Subject;

/// PUBSUB: see <https://valkey.io/commands/pubsub/>.
pub const PUBSUB: HostRow = HostRow {
    spec: Spec {
        group: Group::Pubsub,
        since: "2.8.0",
        summary: "A container for Pub/Sub commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("pubsub")
    },
    run: (),
};

/// PUBSUB CHANNELS: see <https://valkey.io/commands/pubsub-channels/>.
pub const PUBSUB_CHANNELS: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "2.8.0",
        summary: "Returns the active channels.",
        complexity: "O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively short channels and patterns)",
        arity: -2,
        flags: Flags::PUBSUB.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        args: &[Arg::new("pattern", Kind::Pattern).optional()],
        reply: "array<string>",
        ..Spec::new("pubsub|channels")
    },
    run: pubsub_channels,
};

/// PUBSUB HELP: see <https://valkey.io/commands/pubsub-help/>.
pub const PUBSUB_HELP: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "6.2.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::NONE,
        reply: "array<string>",
        ..Spec::new("pubsub|help")
    },
    run: pubsub_help,
};

/// PUBSUB NUMPAT: see <https://valkey.io/commands/pubsub-numpat/>.
pub const PUBSUB_NUMPAT: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "2.8.0",
        summary: "Returns a count of unique pattern subscriptions.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::PUBSUB.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        reply: "integer",
        ..Spec::new("pubsub|numpat")
    },
    run: pubsub_numpat,
};

/// PUBSUB NUMSUB: see <https://valkey.io/commands/pubsub-numsub/>.
pub const PUBSUB_NUMSUB: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "2.8.0",
        summary: "Returns a count of subscribers to channels.",
        complexity: "O(N) for the NUMSUB subcommand, where N is the number of requested channels",
        arity: -2,
        flags: Flags::PUBSUB.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        args: &[Arg::new("channel", Kind::Text).optional().multiple()],
        reply: "array<any>",
        ..Spec::new("pubsub|numsub")
    },
    run: pubsub_numsub,
};

/// PUBSUB SHARDCHANNELS: see <https://valkey.io/commands/pubsub-shardchannels/>.
pub const PUBSUB_SHARDCHANNELS: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "7.0.0",
        summary: "Returns the active shard channels.",
        complexity: "O(N) where N is the number of active shard channels, and assuming constant time pattern matching (relatively short shard channels).",
        arity: -2,
        flags: Flags::PUBSUB.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        args: &[Arg::new("pattern", Kind::Pattern).optional()],
        reply: "array<string>",
        ..Spec::new("pubsub|shardchannels")
    },
    run: pubsub_shardchannels,
};

/// PUBSUB SHARDNUMSUB: see <https://valkey.io/commands/pubsub-shardnumsub/>.
pub const PUBSUB_SHARDNUMSUB: Row = Row {
    spec: Spec {
        group: Group::Pubsub,
        since: "7.0.0",
        summary: "Returns the count of subscribers of shard channels.",
        complexity: "O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels",
        arity: -2,
        flags: Flags::PUBSUB.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        args: &[Arg::new("shardchannel", Kind::Text).optional().multiple()],
        reply: "array<any>",
        ..Spec::new("pubsub|shardnumsub")
    },
    run: pubsub_shardnumsub,
};

fn pubsub_help(call: &mut Call) -> Result<(), Error> {
    help::write(
        call,
        &[
            "CHANNELS [<pattern>]",
            "    Return the currently active channels matching a <pattern> (default: '*').",
            "NUMPAT",
            "    Return number of subscriptions to patterns.",
            "NUMSUB [<channel> ...]",
            "    Return the number of subscribers for the specified channels, excluding",
            "    pattern subscriptions(default: no channels).",
            "SHARDCHANNELS [<pattern>]",
            "    Return the currently active shard level channels matching a <pattern> (default: '*').",
            "SHARDNUMSUB [<shardchannel> ...]",
            "    Return the number of subscribers for the specified shard level channel(s)",
        ],
    );
    Ok(())
}

fn pubsub_channels(call: &mut Call) -> Result<(), Error> {
    names(call, Subject::Channel)
}

fn pubsub_shardchannels(call: &mut Call) -> Result<(), Error> {
    names(call, Subject::Shard)
}

fn names(call: &mut Call, kind: Subject) -> Result<(), Error> {
    if call.args.len() > 3 {
        return Err(help::misuse(call));
    }
    let names = call.shared.pubsub.names(kind, call.args.get(2).copied());
    call.reply.array(names.len());
    names.iter().for_each(|name| call.reply.bulk(name));
    Ok(())
}

fn pubsub_numsub(call: &mut Call) -> Result<(), Error> {
    counts(call, Subject::Channel)
}

fn pubsub_shardnumsub(call: &mut Call) -> Result<(), Error> {
    counts(call, Subject::Shard)
}

fn counts(call: &mut Call, kind: Subject) -> Result<(), Error> {
    call.reply.array((call.args.len() - 2) * 2);
    for name in &call.args[2..] {
        call.reply.bulk(name);
        call.reply.integer(call.shared.pubsub.listeners(kind, name) as i64);
    }
    Ok(())
}

fn pubsub_numpat(call: &mut Call) -> Result<(), Error> {
    call.reply.integer(call.shared.pubsub.sizes()[Subject::Pattern as usize] as i64);
    Ok(())
}
