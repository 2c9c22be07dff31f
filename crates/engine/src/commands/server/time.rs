//! TIME: seconds and microseconds since the Unix epoch.

use crate::commands::prelude::*;

/// TIME: see <https://valkey.io/commands/time/>.
pub const TIME: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.6.0",
        summary: "Returns the server time.",
        complexity: "O(1)",
        arity: 1,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::FAST)),
        acl: Acl::NONE,
        tips: &["nondeterministic_output"],
        reply: "array<string>",
        ..Spec::new("time")
    },
    run: time,
};

fn time(call: &mut Call) -> Result<(), Error> {
    let now_us = call.shared.unix_us(call.now);
    call.reply.array(2);
    call.reply.bulk_integer(now_us.div_euclid(1_000_000));
    call.reply.bulk_integer(now_us.rem_euclid(1_000_000));
    Ok(())
}
