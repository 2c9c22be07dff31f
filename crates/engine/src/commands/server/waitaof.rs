//! WAITAOF: until what this connection has written is synced to the append-only file. There are no replicas, so who asks for
//! their files waits until its time is over.

use crate::commands::prelude::*;
use crate::durability::OFF;
use crate::session::Parked;
use crate::waiting::Waiter;
use hematite_base::number;
use hematite_commands::{GivenUp, Wait};

/// WAITAOF: see <https://valkey.io/commands/waitaof/>.
pub const WAITAOF: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "7.2.0",
        summary: "Blocks until all of the preceding write commands sent by the connection are written to the append-only file of the primary and/or replicas.",
        complexity: "O(1)",
        arity: 4,
        flags: Flags::BLOCKING,
        acl: Acl::CONNECTION,
        tips: &["request_policy:all_shards", "response_policy:agg_min"],
        args: &[
            Arg::new("numlocal", Kind::Integer),
            Arg::new("numreplicas", Kind::Integer),
            Arg::new("timeout", Kind::Integer),
        ],
        reply: "array<integer>",
        ..Spec::new("waitaof")
    },
    run: waitaof,
};

fn integer(call: &Call, at: usize) -> Result<i64, Error> {
    number::parse_i64(call.args[at]).ok_or(Error::NotInteger)
}

/// When to give up, Unix milliseconds; `None`: never.
fn deadline(call: &Call) -> Result<Option<i64>, Error> {
    let ms = number::parse_i64(call.args[3])
        .ok_or(Error::fixed("ERR timeout is not an integer or out of range"))?;
    match ms {
        ..0 => Err(Error::fixed("ERR timeout is negative")),
        0 => Ok(None),
        _ => call.now.unix_ms.checked_add(ms).map(Some).ok_or(Error::fixed("ERR timeout is out of range")),
    }
}

fn waitaof(call: &mut Call) -> Result<(), Error> {
    let local = match integer(call, 1)? {
        0 => false,
        1 => true,
        _ => return Err(Error::fixed("ERR value is out of range, value must between 0 and 1")),
    };
    // What is no integer has the same text here.
    let replicas = number::parse_i64(call.args[2]).and_then(|count| u64::try_from(count).ok());
    let replicas = replicas.ok_or(Error::fixed("ERR value is out of range, must be positive"))?;
    let until_ms = deadline(call)?;
    let shared = call.shared;
    if local && !shared.journal.has_file() {
        return Err(OFF);
    }
    let written = call.session.written;
    let is_there = replicas == 0 && (!local || shared.journal.is_durable(written));
    if is_there || call.session.deny_blocking {
        shared.write_durability(&mut call.reply, written);
        return Ok(());
    }
    let given_up = GivenUp::Durability { written, local, replicas };
    let wait = Wait {
        keys: Vec::new(),
        until_ms,
        given_up,
        unblock_on_delete: false,
        due_ms: None,
        replaced: Vec::new(),
    };
    let command = shared.table.find(b"waitaof").expect("it is the row at hand");
    let session = &mut *call.session;
    session.parked = Some(Parked::Durability { is_silent: session.is_silent() });
    shared.waiting.add(Waiter::new(&session.card, command, call.args, session.db, wait));
    shared.await_durability(session.id());
    Ok(())
}
