//! MEMORY DOCTOR: what looks wrong, in words. The answers without findings are the reference's, which tools look for.

use crate::commands::prelude::*;
use crate::commands::server::info::figures::{Figures, human, ratio};

/// MEMORY DOCTOR: see <https://valkey.io/commands/memory-doctor/>.
pub const MEMORY_DOCTOR: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "Outputs a memory problems report.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        tips: &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
        reply: "string",
        ..Spec::new("memory|doctor")
    },
    run: memory_doctor,
};

/// Below this much in use nothing can be said, bytes.
const USED_MIN_BYTES: u64 = 5 << 20;
/// Below this much it is not worth saying, bytes.
const FINDING_MIN_BYTES: u64 = 10 << 20;

const EMPTY: &str = "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in these conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back to our programming as soon as I finished rebooting.\n";
const HEALTHY: &str = "Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs on this base.\n";

fn memory_doctor(call: &mut Call) -> Result<(), Error> {
    let figures = Figures::gather(call.shared);
    let memory = figures.memory;
    if memory.used < USED_MIN_BYTES {
        call.reply.verbatim(b"txt", EMPTY.as_bytes());
        return Ok(());
    }
    let mut findings = Vec::new();
    if ratio(memory.peak, memory.used) > 1.5 {
        findings.push(format!(
            " * Peak memory: the most that was ever in use ({}) is over 150% of what is in use now. Memory that large deletions freed may stay with the process until new data fills it.\n",
            human(memory.peak)
        ));
    }
    let apart = memory.resident.saturating_sub(memory.used);
    if ratio(memory.resident, memory.used) > 1.4 && apart > FINDING_MIN_BYTES {
        findings.push(format!(
            " * High total RSS: the process holds {} beyond what is in use: fragmentation, or a peak that has passed.\n",
            human(apart)
        ));
    }
    let each = figures.client_bytes as u64 / figures.clients.max(1) as u64;
    if each > 200 << 10 {
        findings.push(format!(
            " * Big client buffers: connections take {} each on average. Look for slow readers and long pipelines with CLIENT LIST.\n",
            human(each)
        ));
    }
    if findings.is_empty() {
        call.reply.verbatim(b"txt", HEALTHY.as_bytes());
    } else {
        let text = format!("Sam, I detected a few issues in this instance:\n\n{}", findings.join("\n"));
        call.reply.verbatim(b"txt", text.as_bytes());
    }
    Ok(())
}
