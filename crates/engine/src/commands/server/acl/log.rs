//! ACL LOG: who was refused what.

use super::ADMIN;
use crate::commands::{help, prelude::*};
use hematite_base::number::parse_i64;

/// ACL LOG: see <https://valkey.io/commands/acl-log/>.
pub const ACL_LOG: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Lists recent security events generated due to ACL rules.",
        complexity: "O(N) with N being the number of entries shown.",
        arity: -2,
        flags: ADMIN,
        history: &[("7.2.0", "Added entry ID, timestamp created, and timestamp last updated.")],
        args: &[Arg::new(
            "operation",
            Kind::OneOf(&[Arg::new("count", Kind::Integer), Arg::new("reset", Kind::Token).token("RESET")]),
        )
        .optional()],
        reply: "ok | array<map<string, any>>",
        ..Spec::new("acl|log")
    },
    run: acl_log,
};

/// Entries shown if nothing is said.
const COUNT: i64 = 10;

fn acl_log(call: &mut Call) -> Result<(), Error> {
    let count = match call.args[2..] {
        [] => COUNT,
        [word] if word.eq_ignore_ascii_case(b"reset") => {
            call.shared.acl.log.lock().clear();
            call.reply.ok();
            return Ok(());
        }
        [count] => parse_i64(count).ok_or(Error::NotInteger)?.max(0),
        _ => return Err(help::misuse(call)),
    };
    let entries = call.shared.acl.log.lock().latest(usize::try_from(count).unwrap_or(usize::MAX));
    let now_ms = call.now.unix_ms;
    let reply = &mut call.reply;
    reply.array(entries.len());
    for entry in entries {
        reply.map(10);
        reply.bulk(b"count");
        reply.integer(entry.count as i64);
        for (name, value) in [
            ("reason", entry.reason.name().as_bytes()),
            ("context", entry.origin.name().as_bytes()),
            ("object", &entry.object),
            ("username", &entry.user),
        ] {
            reply.bulk(name.as_bytes());
            reply.bulk(value);
        }
        reply.bulk(b"age-seconds");
        reply.double((now_ms - entry.updated_ms) as f64 / 1000.0);
        reply.bulk(b"client-info");
        reply.bulk(&entry.client);
        for (name, value) in [
            ("entry-id", entry.id as i64),
            ("timestamp-created", entry.created_ms),
            ("timestamp-last-updated", entry.updated_ms),
        ] {
            reply.bulk(name.as_bytes());
            reply.integer(value);
        }
    }
    Ok(())
}
