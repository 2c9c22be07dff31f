//! BZMPOP: as ZMPOP, and waits for a member where there is none.

use super::arguments::WHERE;
use super::bzpop::{is_worth_a_run, wait};
use super::zmpop::Request;
use crate::prelude::*;
use crate::timeout;

/// BZMPOP: see <https://valkey.io/commands/bzmpop/>.
pub const BZMPOP: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "7.0.0",
        summary: "Removes and returns a member by score from one or more sorted sets. Blocks until a member is available otherwise. Deletes the sorted set if the last element was popped.",
        complexity: "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
        arity: -5,
        flags: Flags::WRITE.or(Flags::BLOCKING),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::KeyNum { count: 0, first: 1, step: 1 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        args: &[
            Arg::new("timeout", Kind::Double),
            Arg::new("numkeys", Kind::Integer),
            Arg::new("key", Kind::Key).multiple().key_spec(0),
            WHERE,
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
        ],
        reply: "null | tuple<string, array<tuple<string, double>>>",
        ..Spec::new("bzmpop")
    },
    run: bzmpop,
};

fn bzmpop(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, 2)?;
    let until_ms = timeout::seconds(ctx.args[1], ctx.now_ms())?;
    if is_worth_a_run(ctx, request.keys) && request.pop(ctx)? {
        return Ok(());
    }
    wait(ctx, request.keys, until_ms);
    Ok(())
}
