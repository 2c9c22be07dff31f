//! ARSCAN: the values of a range with their indices, without its holes.

use super::{READS, array_of, index_of, limit, reply_with_pair};
use crate::prelude::*;
use crate::reply::array_around;
use std::ops::ControlFlow;

/// ARSCAN: see <https://redis.io/docs/latest/commands/arscan/>.
pub const ARSCAN: Row = Row {
    spec: Spec {
        group: Group::Array,
        since: "8.8.0",
        summary: "Iterates existing elements in a range, returning index-value pairs.",
        complexity: "O(P) where P is visited positions in touched slices (dense scanned slots + sparse entries), with worst-case O(|end-start|+1) and typical case close to O(N), where N is the number of existing elements in range.",
        arity: -4,
        flags: Flags::READONLY,
        acl: Acl::ARRAY,
        keys: READS,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Integer),
            Arg::new("end", Kind::Integer),
            Arg::new("limit", Kind::Integer).token("LIMIT").optional(),
        ],
        reply: "array<tuple<integer, string>>",
        ..Spec::new("arscan")
    },
    run: arscan,
};

fn arscan(ctx: &mut Context) -> Result<(), Error> {
    let (start, end) = (index_of(ctx.args[2])?, index_of(ctx.args[3])?);
    let most = match ctx.args.len() {
        4 => u64::MAX,
        6 if ctx.is(4, "limit") => limit(ctx, 5)?,
        6 => return Err(Error::Syntax),
        _ => return Err(Error::arity(ctx.spec.name)),
    };
    let entry = ctx.db.read(ctx.args[1]);
    let Some(array) = entry.as_ref().map(|entry| array_of(entry)).transpose()? else {
        ctx.reply.array(0);
        return Ok(());
    };
    array_around(&mut ctx.reply, |reply| {
        let mut count = 0;
        array.walk(start, end, |index, word| {
            reply_with_pair(reply, index, word);
            count += 1;
            if count as u64 == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        count
    });
    Ok(())
}
