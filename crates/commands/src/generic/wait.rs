//! WAIT: until replicas have what this connection has written. Without replicas it is over at once if none was asked for,
//! and else when its time is over.

use crate::context::{GivenUp, Wait};
use crate::prelude::*;
use hematite_base::number;

/// WAIT: see <https://valkey.io/commands/wait/>.
pub const WAIT: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "3.0.0",
        summary: "Blocks until the asynchronous replication of all preceding write commands sent by the connection is completed.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::BLOCKING,
        acl: Acl::CONNECTION,
        tips: &["request_policy:all_shards", "response_policy:agg_min"],
        args: &[Arg::new("numreplicas", Kind::Integer), Arg::new("timeout", Kind::Integer)],
        reply: "integer",
        ..Spec::new("wait")
    },
    run: wait,
};

fn wait(ctx: &mut Context) -> Result<(), Error> {
    let replicas = ctx.integer(1)?;
    let timeout_ms =
        number::parse_i64(ctx.arg(2)).ok_or(Error::fixed("ERR timeout is not an integer or out of range"))?;
    if timeout_ms < 0 {
        return Err(Error::fixed("ERR timeout is negative"));
    }
    let until_ms = match timeout_ms {
        0 => None,
        ms => Some(ctx.now_ms().checked_add(ms).ok_or(Error::fixed("ERR timeout is out of range"))?),
    };
    if replicas <= 0 || ctx.blocking.denied {
        ctx.reply.integer(0);
        return Ok(());
    }
    ctx.blocking.wait = Some(Box::new(Wait {
        keys: Vec::new(),
        until_ms,
        given_up: GivenUp::Zero,
        unblock_on_delete: false,
        due_ms: None,
        replaced: Vec::new(),
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn without_replicas() {
        Server::with_stripes(1).script(&[
            ("wait 0 0", ":0\r\n"),
            ("wait -1 10", ":0\r\n"),
            ("wait x 0", "-ERR value is not an integer or out of range\r\n"),
            ("wait 0 x", "-ERR timeout is not an integer or out of range\r\n"),
            ("wait 0 -1", "-ERR timeout is negative\r\n"),
        ]);
    }
}
