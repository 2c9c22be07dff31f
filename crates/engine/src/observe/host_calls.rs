//! Host calls: what is told of commands that the control plane answers, once it has: how long they took until then, whether they
//! have failed, how large the reply is.
//!
//! The answer comes from a thread that need not be a worker's, so these commands have statistics of their own, written under a
//! lock.

use super::command_log::{Kind, clip};
use crate::engine::Shared;
use crate::flow::SessionId;
use crate::registry::Card;
use crate::statistics::Statistics;
use crate::table::Command;
use hematite_commands::spec::Flags;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A command that the control plane has not answered yet.
struct Asked {
    command: usize,
    /// On the front's clock for durations.
    since_ns: u64,
    unix_ms: i64,
    /// Its arguments as logs show them.
    shown: Vec<Vec<u8>>,
}

#[derive(Default)]
struct Inner {
    asked: BTreeMap<SessionId, Asked>,
    /// Made for the first answer.
    statistics: Option<Arc<Statistics>>,
}

/// See the head of the file.
#[derive(Default)]
pub(crate) struct HostCalls(Mutex<Inner>);

impl Shared {
    /// The control plane is about to be asked.
    pub(crate) fn note_asked(&self, id: SessionId, command: &Command, args: &[&[u8]], unix_ms: i64) {
        let shown = clip(&self.shown_args(command, args));
        let since_ns = (self.options.clock_ns)();
        let asked = Asked { command: command.id, since_ns, unix_ms, shown };
        self.observation.host_calls.0.lock().asked.insert(id, asked);
    }

    /// It will not answer any more.
    pub(crate) fn forget_asked(&self, id: SessionId) {
        self.observation.host_calls.0.lock().asked.remove(&id);
    }

    /// It has answered with these bytes.
    pub(crate) fn note_answered(&self, card: &Card, reply: &[u8]) {
        let (asked, took_ns) = {
            let mut inner = self.observation.host_calls.0.lock();
            let asked = inner.asked.remove(&card.id);
            let statistics = inner.statistics.get_or_insert_with(|| {
                let statistics = Arc::new(Statistics::new(self.table.capacity()));
                self.statistics.lock().push(Arc::clone(&statistics));
                statistics
            });
            let is_error = reply.first() == Some(&b'-');
            if is_error {
                let text = reply[1..].split(|byte| *byte == b'\r').next().unwrap_or_default();
                statistics.count_error(self, text);
            }
            // Whatever else there is to be counted of a subcommand that was handed over, its command has counted.
            let Some(asked) = asked else { return };
            let took_ns = (self.options.clock_ns)().saturating_sub(asked.since_ns);
            let counters = &statistics.commands[asked.command];
            statistics.executed.add(1);
            counters.calls.add(1);
            counters.charge(took_ns, self.observation.tracks_latency());
            if is_error {
                counters.failed.add(1);
            }
            (asked, took_ns)
        };
        let command = self.table.get(asked.command);
        let unix_s = (asked.unix_ms + (took_ns / 1_000_000) as i64) / 1000;
        let logs = &self.observation.logs;
        for (kind, value) in [(Kind::Slow, took_ns / 1000), (Kind::LargeReply, reply.len() as u64)] {
            if !command.spec.flags.has(Flags::SKIP_SLOWLOG) && logs.wants(kind, value) {
                logs.push(kind, value, unix_s, asked.shown.clone(), card);
            }
        }
        self.latency.add_at("command", took_ns / 1_000_000, unix_s);
    }
}
