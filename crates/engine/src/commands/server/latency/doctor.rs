//! LATENCY DOCTOR: what the spikes may come from, in words. Who monitors nothing, or has had no spikes, is told so in the
//! reference's words, which tools look for.

use super::{SHOWS, SPECIAL};
use crate::commands::prelude::*;
use crate::observe::Thresholds;
use crate::observe::spikes::Event;
use std::collections::BTreeMap;
use std::fmt::Write;

/// LATENCY DOCTOR: see <https://valkey.io/commands/latency-doctor/>.
pub const LATENCY_DOCTOR: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "Returns a human-readable latency analysis report.",
        complexity: "O(1)",
        arity: 2,
        flags: SHOWS,
        acl: Acl::NONE,
        tips: SPECIAL,
        reply: "string",
        ..Spec::new("latency|doctor")
    },
    run: latency_doctor,
};

const DISABLED: &str = "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. You may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in order to enable it. If we weren't in a deep space mission I'd suggest to take a look at https://redis.io/topics/latency-monitor.\n";
const HEALTHY: &str = "Dave, no latency spike was observed during the lifetime of this Redis instance, not in the slightest bit. I honestly think you ought to sit down calmly, take a stress pill, and think things over.\n";
const OPENING: &str = "Dave, I have observed latency spikes in this Redis instance. You don't mind talking about it, do you Dave?\n\n";

const LOG_NOTHING: &str = "- Enable the slow log: CONFIG SET slowlog-log-slower-than <microseconds> has it name the commands that are slow.\n";
const LOG_LESS: &str = "- Lower slowlog-log-slower-than: it is above latency-monitor-threshold, so the slow log misses commands that make spikes.\n";
const LOG: &str = "- Check your Slow Log to understand what are the commands you are running which are too slow to execute. Please check https://redis.io/commands/slowlog for more information.\n";
const LARGE_OBJECTS: &str = "- Deleting, expiring or evicting (because of maxmemory policy) large objects is a blocking operation. If you have very large objects that are often deleted, expired, or evicted, try to fragment those objects into multiple smaller objects.\n";
const SCHEDULER: &str = "- Commands that always are fast have taken long, so the process may not have run: look for other processes that use the processors, for swapping, and for a virtual machine that is slowed down.\n";
const DISK: &str = "- Writing to the disk took long: use a local and fast one, have no other process write much to it, and consider appendfsync everysec and no-appendfsync-on-rewrite yes.\n";

fn latency_doctor(call: &mut Call) -> Result<(), Error> {
    let events = call.shared.latency.all();
    let thresholds = call.shared.observation.thresholds.lock().clone();
    let text = if !events.is_empty() {
        report(&events, &thresholds, call.now.unix_ms / 1000)
    } else if thresholds.latency_ms == 0 {
        DISABLED.to_owned()
    } else {
        HEALTHY.to_owned()
    };
    call.reply.verbatim(b"txt", text.as_bytes());
    Ok(())
}

fn report(events: &BTreeMap<&'static str, Event>, thresholds: &Thresholds, unix_s: i64) -> String {
    let mut text = OPENING.to_owned();
    let mut advice: Vec<&str> = Vec::new();
    for (at, (name, event)) in events.iter().enumerate() {
        let analysis = event.analyze(unix_s);
        writeln!(
            text,
            "{}. {name}: {} latency spikes (average {}ms, mean deviation {}ms, period {:.2} sec). Worst all time event {}ms.",
            at + 1,
            analysis.samples,
            analysis.average_ms,
            analysis.deviation_ms,
            analysis.period_s as f64 / analysis.samples as f64,
            analysis.all_time_ms,
        )
        .expect("a string takes everything");
        advice.extend(advise(name, thresholds));
    }
    if advice.is_empty() {
        text.push_str("\nWhile there are latency events logged, I'm not able to suggest any easy fix.\n");
        return text;
    }
    text.push_str("\nI have a few advices for you:\n\n");
    let mut said: Vec<&str> = Vec::new();
    for line in advice {
        if !said.contains(&line) {
            text.push_str(line);
            said.push(line);
        }
    }
    text
}

/// What helps against spikes of an event.
fn advise(event: &str, thresholds: &Thresholds) -> Vec<&'static str> {
    let log_misses = thresholds.slower_than_us / 1000 > thresholds.latency_ms as i64;
    match event {
        "command" if thresholds.slower_than_us < 0 => vec![LOG_NOTHING, LOG, LARGE_OBJECTS],
        "command" if log_misses => vec![LOG_LESS, LOG, LARGE_OBJECTS],
        "command" => vec![LOG, LARGE_OBJECTS],
        "fast-command" => vec![SCHEDULER],
        "expire-cycle" | "expire-del" | "eviction-cycle" | "eviction-del" => vec![LARGE_OBJECTS],
        _ if event.starts_with("aof-") || event.starts_with("rdb-") => vec![DISK],
        _ => Vec::new(),
    }
}
