//! SLOWLOG: the last commands that took long.

use crate::commands::help;
use crate::commands::prelude::*;
use crate::observe::command_log::{Entry, Kind as Log};
use hematite_base::number::parse_i64;

/// SLOWLOG: see <https://valkey.io/commands/slowlog/>.
pub const SLOWLOG: HostRow = HostRow {
    spec: Spec {
        group: Group::Server,
        since: "2.2.12",
        summary: "A container for slow log commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("slowlog")
    },
    run: (),
};

/// SLOWLOG GET: see <https://valkey.io/commands/slowlog-get/>.
pub const SLOWLOG_GET: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.2.12",
        summary: "Returns the slow log's entries.",
        complexity: "O(N) where N is the number of entries returned",
        arity: -2,
        flags: Flags::ADMIN.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        tips: &["request_policy:all_nodes", "nondeterministic_output"],
        history: &[("4.0.0", "Added client IP address, port and name to the reply.")],
        args: &[Arg::new("count", Kind::Integer).optional()],
        reply: "array<tuple<integer, integer, integer, array<string>, string, string>>",
        ..Spec::new("slowlog|get")
    },
    run: slowlog_get,
};

/// SLOWLOG HELP: see <https://valkey.io/commands/slowlog-help/>.
pub const SLOWLOG_HELP: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.2.0",
        summary: "Show helpful text about the different subcommands",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::NONE,
        reply: "array<string>",
        ..Spec::new("slowlog|help")
    },
    run: slowlog_help,
};

/// SLOWLOG LEN: see <https://valkey.io/commands/slowlog-len/>.
pub const SLOWLOG_LEN: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.2.12",
        summary: "Returns the number of entries in the slow log.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::ADMIN.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        tips: &["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"],
        reply: "integer",
        ..Spec::new("slowlog|len")
    },
    run: slowlog_len,
};

/// SLOWLOG RESET: see <https://valkey.io/commands/slowlog-reset/>.
pub const SLOWLOG_RESET: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.2.12",
        summary: "Clears all entries from the slow log.",
        complexity: "O(N) where N is the number of entries in the slowlog",
        arity: 2,
        flags: Flags::ADMIN.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
        reply: "ok",
        ..Spec::new("slowlog|reset")
    },
    run: slowlog_reset,
};

/// Entries that SLOWLOG GET shows unless told otherwise.
const SHOWN: usize = 10;

const TEXT: &[&str] = &[
    "GET [<count>]",
    "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
    "    Entries are made of:",
    "    id, timestamp, time in microseconds, arguments array, client IP and port,",
    "    client name",
    "LEN",
    "    Return the length of the slowlog.",
    "RESET",
    "    Reset the slowlog.",
];

fn slowlog_get(call: &mut Call) -> Result<(), Error> {
    let count = match call.args[2..] {
        [] => SHOWN,
        [count] => entry_count(count)?,
        _ => return Err(help::misuse(call)),
    };
    write(call, &call.shared.observation.logs.newest(Log::Slow, count));
    Ok(())
}

fn slowlog_help(call: &mut Call) -> Result<(), Error> {
    help::write(call, TEXT);
    Ok(())
}

fn slowlog_len(call: &mut Call) -> Result<(), Error> {
    call.reply.integer(call.shared.observation.logs.len(Log::Slow) as i64);
    Ok(())
}

fn slowlog_reset(call: &mut Call) -> Result<(), Error> {
    call.shared.observation.logs.reset(Log::Slow);
    call.reply.ok();
    Ok(())
}

/// How many entries are asked for; -1 is all of them.
pub(super) fn entry_count(word: &[u8]) -> Result<usize, Error> {
    match parse_i64(word) {
        Some(-1) => Ok(usize::MAX),
        Some(count @ 0..) => Ok(usize::try_from(count).unwrap_or(usize::MAX)),
        _ => Err(Error::fixed("ERR count should be greater than or equal to -1")),
    }
}

/// Writes entries of a log.
pub(super) fn write(call: &mut Call, entries: &[Entry]) {
    let reply = &mut call.reply;
    reply.array(entries.len());
    for entry in entries {
        reply.array(6);
        reply.integer(entry.id as i64);
        reply.integer(entry.unix_s);
        reply.integer(entry.value as i64);
        reply.array(entry.args.len());
        entry.args.iter().for_each(|arg| reply.bulk(arg));
        reply.bulk(entry.addr.as_bytes());
        reply.bulk(&entry.name);
    }
}
