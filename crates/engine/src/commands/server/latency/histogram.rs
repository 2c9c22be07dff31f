//! LATENCY HISTOGRAM: how many calls of a command ended within how many microseconds.

use super::{SHOWS, SPECIAL};
use crate::commands::prelude::*;
use crate::latency::Sums;
use crate::table::Command;

/// LATENCY HISTOGRAM: see <https://valkey.io/commands/latency-histogram/>.
pub const LATENCY_HISTOGRAM: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "7.0.0",
        summary: "Returns the cumulative distribution of latencies of a subset or all commands.",
        complexity: "O(N) where N is the number of commands with latency information being retrieved.",
        arity: -2,
        flags: SHOWS,
        acl: Acl::NONE,
        tips: SPECIAL,
        args: &[Arg::new("COMMAND", Kind::Text).optional().multiple()],
        reply: "map<string, map<string, any>>",
        ..Spec::new("latency|histogram")
    },
    run: latency_histogram,
};

fn latency_histogram(call: &mut Call) -> Result<(), Error> {
    let table = &call.shared.table;
    let chosen: Vec<&Command> = match &call.args[2..] {
        [] => table.iter().collect(),
        names => names
            .iter()
            .filter_map(|name| table.find(name))
            .flat_map(|command| {
                std::iter::once(command).chain(command.subcommands.iter().map(|id| table.get(*id)))
            })
            .collect(),
    };
    let measured: Vec<(&str, Sums)> = {
        let workers = call.shared.statistics.lock();
        let sums = |command: &&Command| {
            let mut sums = Sums::default();
            let histograms = workers.iter().filter_map(|worker| worker.commands[command.id].latency.get());
            histograms.for_each(|histogram| histogram.add_to(&mut sums));
            (!sums.is_empty()).then_some((command.spec.name, sums))
        };
        chosen.iter().filter_map(sums).collect()
    };
    call.reply.map(measured.len());
    for (name, sums) in measured {
        call.reply.bulk(name.as_bytes());
        call.reply.map(2);
        call.reply.bulk(b"calls");
        call.reply.integer(sums.total() as i64);
        call.reply.bulk(b"histogram_usec");
        let steps = sums.doubling_steps();
        call.reply.map(steps.len());
        for (microseconds, calls) in steps {
            call.reply.integer(microseconds as i64);
            call.reply.integer(calls as i64);
        }
    }
    Ok(())
}
