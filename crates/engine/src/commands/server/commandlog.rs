//! COMMANDLOG: the last commands that took long, came with large requests, or had large replies.

use super::slowlog::{entry_count, write};
use crate::commands::help;
use crate::commands::prelude::*;
use crate::observe::command_log::Kind as Log;

/// COMMANDLOG: see <https://valkey.io/commands/commandlog/>.
pub const COMMANDLOG: HostRow = HostRow {
    spec: Spec {
        group: Group::Server,
        since: "8.1.0",
        summary: "A container for command log commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("commandlog")
    },
    run: (),
};

const TYPE: Arg = Arg::new(
    "type",
    Kind::OneOf(&[
        Arg::new("slow", Kind::Token).token("slow"),
        Arg::new("large-request", Kind::Token).token("large-request"),
        Arg::new("large-reply", Kind::Token).token("large-reply"),
    ]),
);

/// COMMANDLOG GET: see <https://valkey.io/commands/commandlog-get/>.
pub const COMMANDLOG_GET: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "8.1.0",
        summary: "Returns the specified command log's entries.",
        complexity: "O(N) where N is the number of entries returned",
        arity: 4,
        flags: Flags::ADMIN.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        tips: &["request_policy:all_nodes", "nondeterministic_output"],
        args: &[Arg::new("count", Kind::Integer), TYPE],
        reply: "array<tuple<integer, integer, integer, array<string>, string, string>>",
        ..Spec::new("commandlog|get")
    },
    run: commandlog_get,
};

/// COMMANDLOG HELP: see <https://valkey.io/commands/commandlog-help/>.
pub const COMMANDLOG_HELP: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "8.1.0",
        summary: "Show helpful text about the different subcommands",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::NONE,
        reply: "array<string>",
        ..Spec::new("commandlog|help")
    },
    run: commandlog_help,
};

/// COMMANDLOG LEN: see <https://valkey.io/commands/commandlog-len/>.
pub const COMMANDLOG_LEN: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "8.1.0",
        summary: "Returns the number of entries in the specified type of command log.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::ADMIN.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        tips: &["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"],
        args: &[TYPE],
        reply: "integer",
        ..Spec::new("commandlog|len")
    },
    run: commandlog_len,
};

/// COMMANDLOG RESET: see <https://valkey.io/commands/commandlog-reset/>.
pub const COMMANDLOG_RESET: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "8.1.0",
        summary: "Clears all entries from the specified type of command log.",
        complexity: "O(N) where N is the number of entries in the commandlog",
        arity: 3,
        flags: Flags::ADMIN.or(Flags::LOADING.or(Flags::STALE)),
        acl: Acl::NONE,
        tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
        args: &[TYPE],
        reply: "ok",
        ..Spec::new("commandlog|reset")
    },
    run: commandlog_reset,
};

const TEXT: &[&str] = &[
    "GET <count> <type>",
    "    Return top <count> entries of the <type> from the commandlog (-1 mean all).",
    "    Entries are made of:",
    "    id, timestamp, time in microseconds (slow) or size in bytes (large-request,",
    "    large-reply), arguments array, client IP and port, client name",
    "LEN <type>",
    "    Return the length of the commandlog of this type.",
    "RESET <type>",
    "    Reset the commandlog of this type.",
];

fn log(word: &[u8]) -> Result<Log, Error> {
    match word.to_ascii_lowercase().as_slice() {
        b"slow" => Ok(Log::Slow),
        b"large-request" => Ok(Log::LargeRequest),
        b"large-reply" => Ok(Log::LargeReply),
        _ => Err(Error::fixed("ERR type should be one of the following: slow, large-request, large-reply")),
    }
}

fn commandlog_get(call: &mut Call) -> Result<(), Error> {
    let count = entry_count(call.args[2])?;
    let log = log(call.args[3])?;
    write(call, &call.shared.observation.logs.newest(log, count));
    Ok(())
}

fn commandlog_help(call: &mut Call) -> Result<(), Error> {
    help::write(call, TEXT);
    Ok(())
}

fn commandlog_len(call: &mut Call) -> Result<(), Error> {
    let log = log(call.args[2])?;
    call.reply.integer(call.shared.observation.logs.len(log) as i64);
    Ok(())
}

fn commandlog_reset(call: &mut Call) -> Result<(), Error> {
    let log = log(call.args[2])?;
    call.shared.observation.logs.reset(log);
    call.reply.ok();
    Ok(())
}
