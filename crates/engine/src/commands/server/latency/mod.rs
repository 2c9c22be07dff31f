//! LATENCY: spikes by event, and how long each command takes.

mod doctor;
mod graph;
mod histogram;

use crate::commands::help;
use crate::commands::prelude::*;

/// LATENCY: see <https://valkey.io/commands/latency/>.
pub const LATENCY: HostRow = HostRow {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "A container for latency diagnostics commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("latency")
    },
    run: (),
};

/// Flags of all that show something.
const SHOWS: Flags = Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE)));
/// Tips of those whose replies can't be merged.
const SPECIAL: &[&str] = &["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"];

/// LATENCY HELP: see <https://valkey.io/commands/latency-help/>.
pub const LATENCY_HELP: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::NONE,
        reply: "array<string>",
        ..Spec::new("latency|help")
    },
    run: latency_help,
};

/// LATENCY HISTORY: see <https://valkey.io/commands/latency-history/>.
pub const LATENCY_HISTORY: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "Returns timestamp-latency samples for an event.",
        complexity: "O(1)",
        arity: 3,
        flags: SHOWS,
        acl: Acl::NONE,
        tips: SPECIAL,
        args: &[Arg::new("event", Kind::Text)],
        reply: "array<tuple<integer, integer>>",
        ..Spec::new("latency|history")
    },
    run: latency_history,
};

/// LATENCY LATEST: see <https://valkey.io/commands/latency-latest/>.
pub const LATENCY_LATEST: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "Returns the latest latency samples for all events.",
        complexity: "O(1)",
        arity: 2,
        flags: SHOWS,
        acl: Acl::NONE,
        tips: SPECIAL,
        reply: "array<tuple<string, integer, integer, integer>>",
        ..Spec::new("latency|latest")
    },
    run: latency_latest,
};

/// LATENCY RESET: see <https://valkey.io/commands/latency-reset/>.
pub const LATENCY_RESET: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "Resets the latency data for one or more events.",
        complexity: "O(1)",
        arity: -2,
        flags: SHOWS,
        acl: Acl::NONE,
        tips: &["request_policy:all_nodes", "response_policy:agg_sum"],
        args: &[Arg::new("event", Kind::Text).optional().multiple()],
        reply: "integer",
        ..Spec::new("latency|reset")
    },
    run: latency_reset,
};

/// The subcommands' rows.
pub(crate) const ROWS: &[Row] = &[
    doctor::LATENCY_DOCTOR,
    graph::LATENCY_GRAPH,
    LATENCY_HELP,
    histogram::LATENCY_HISTOGRAM,
    LATENCY_HISTORY,
    LATENCY_LATEST,
    LATENCY_RESET,
];

const TEXT: &[&str] = &[
    "DOCTOR",
    "    Return a human readable latency analysis report.",
    "GRAPH <event>",
    "    Return an ASCII latency graph for the <event> class.",
    "HISTORY <event>",
    "    Return time-latency samples for the <event> class.",
    "LATEST",
    "    Return the latest latency samples for all events.",
    "RESET [<event> ...]",
    "    Reset latency data of one or more <event> classes.",
    "    (default: reset all data for all event classes)",
    "HISTOGRAM [COMMAND ...]",
    "    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
    "    If no commands are specified then all histograms are replied.",
];

fn latency_help(call: &mut Call) -> Result<(), Error> {
    help::write(call, TEXT);
    Ok(())
}

fn latency_history(call: &mut Call) -> Result<(), Error> {
    let samples = call.shared.latency.get(call.args[2]).unwrap_or_default().samples;
    call.reply.array(samples.len());
    for sample in samples {
        call.reply.array(2);
        call.reply.integer(sample.unix_s);
        call.reply.integer(sample.ms as i64);
    }
    Ok(())
}

fn latency_latest(call: &mut Call) -> Result<(), Error> {
    let events = call.shared.latency.all();
    call.reply.array(events.len());
    for (name, event) in events {
        call.reply.array(4);
        call.reply.bulk(name.as_bytes());
        let last = event.samples.back();
        call.reply.integer(last.map_or(0, |sample| sample.unix_s));
        call.reply.integer(last.map_or(0, |sample| sample.ms as i64));
        call.reply.integer(event.max_ms as i64);
    }
    Ok(())
}

fn latency_reset(call: &mut Call) -> Result<(), Error> {
    let latency = &call.shared.latency;
    let count = match &call.args[2..] {
        [] => latency.reset_all(),
        names => names.iter().filter(|name| latency.reset(name)).count(),
    };
    call.reply.integer(count as i64);
    Ok(())
}
