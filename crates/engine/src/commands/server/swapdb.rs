//! SWAPDB: exchanges two databases, for everybody at once.

use crate::commands::prelude::*;
use hematite_base::number::parse_i64;

/// SWAPDB: see <https://valkey.io/commands/swapdb/>.
pub const SWAPDB: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "Swaps two databases.",
        complexity: "O(N) where N is the count of clients watching or blocking on keys from both databases.",
        arity: 3,
        flags: Flags::WRITE.or(Flags::FAST).or(Flags::TOUCHES_ARBITRARY_KEYS),
        acl: Acl::KEYSPACE.or(Acl::DANGEROUS),
        args: &[Arg::new("index1", Kind::Integer), Arg::new("index2", Kind::Integer)],
        reply: "ok",
        ..Spec::new("swapdb")
    },
    run: swapdb,
};

fn swapdb(call: &mut Call) -> Result<(), Error> {
    let parse = |at: usize| parse_i64(call.args[at]).and_then(|n| i32::try_from(n).ok());
    let first = parse(1).ok_or(Error::fixed("ERR invalid first DB index"))?;
    let second = parse(2).ok_or(Error::fixed("ERR invalid second DB index"))?;
    let shared = call.shared;
    let keyspace = &shared.keyspace;
    let index = |n: i32| usize::try_from(n).ok().filter(|db| *db < keyspace.databases());
    let (Some(first), Some(second)) = (index(first), index(second)) else {
        return Err(Error::DbIndexOutOfRange);
    };
    if first != second {
        keyspace.swap(first, second);
        for db in [first, second] {
            call.touch_where(db, &|here, key| here(first, key) || here(second, key));
        }
    }
    call.local.statistics.dirty.add(1);
    call.journal();
    call.reply.ok();
    Ok(())
}
