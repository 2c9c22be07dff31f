//! ZMPOP: takes members from an end of the first of several sorted sets.

use super::arguments::WHERE;
use super::zpop::{End, Layout, first_key, pop};
use crate::prelude::*;

/// ZMPOP: see <https://valkey.io/commands/zmpop/>.
pub const ZMPOP: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "7.0.0",
        summary: "Returns the highest- or lowest-scoring members from one or more sorted sets after removing them. Deletes the sorted set if the last member was popped.",
        complexity: "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
        arity: -4,
        flags: Flags::WRITE,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::KeyNum { count: 0, first: 1, step: 1 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        args: &[
            Arg::new("numkeys", Kind::Integer),
            Arg::new("key", Kind::Key).multiple().key_spec(0),
            WHERE,
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
        ],
        reply: "null | tuple<string, array<tuple<string, double>>>",
        ..Spec::new("zmpop")
    },
    run: zmpop,
};

fn zmpop(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, 1)?;
    if !request.pop(ctx)? {
        ctx.reply.null_array();
    }
    Ok(())
}

/// `numkeys key [key ...] MIN|MAX [COUNT count]`.
pub(super) struct Request<'a> {
    pub keys: &'a [&'a [u8]],
    end: End,
    count: u64,
}

impl<'a> Request<'a> {
    /// Reads a request from argument `at` on.
    pub fn parse(ctx: &Context<'a, '_>, at: usize) -> Result<Request<'a>, Error> {
        let positive = |at: usize, text: &'static str| {
            let n = hematite_base::number::parse_i64(ctx.args[at]);
            n.and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0).ok_or(Error::fixed(text))
        };
        let count = positive(at, "ERR numkeys should be greater than 0")?;
        let keys = &ctx.args[at + 1..];
        let end_at = usize::try_from(count).ok().filter(|count| *count < keys.len()).ok_or(Error::Syntax)?;
        let (keys, end_at) = (&keys[..end_at], at + 1 + end_at);
        let end = match () {
            () if ctx.is(end_at, "min") => End::Lowest,
            () if ctx.is(end_at, "max") => End::Highest,
            () => return Err(Error::Syntax),
        };
        let count = match ctx.args.len() - end_at {
            1 => 1,
            2 => return Err(Error::Syntax),
            _ if !ctx.is(end_at + 1, "count") => return Err(Error::Syntax),
            rest => {
                let count = positive(end_at + 2, "ERR count should be greater than 0")?;
                if rest > 3 {
                    return Err(Error::Syntax);
                }
                count
            }
        };
        Ok(Request { keys, end, count })
    }

    /// Pops from the first key that is there; false, and no reply, if none is.
    pub fn pop(&self, ctx: &mut Context) -> Result<bool, Error> {
        let Some(key) = first_key(ctx, self.keys)? else { return Ok(false) };
        if !pop(ctx, key, self.end, self.count, Layout::KeyNested)? {
            return Ok(false);
        }
        ctx.db.effects.instead(|| {
            vec![vec![self.end.command().to_vec(), key.to_vec(), self.count.to_string().into_bytes()]]
        });
        Ok(true)
    }
}
