//! ZRANK and ZREVRANK: where a member is in the order of scores.

use crate::prelude::*;
use hematite_keyspace::sorted_set::SortedSetRef;

/// ZRANK: see <https://valkey.io/commands/zrank/>.
pub const ZRANK: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.0.0",
        summary: "Returns the index of a member in a sorted set ordered by ascending scores.",
        complexity: "O(log(N))",
        arity: -3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[("7.2.0", "Added the optional `WITHSCORE` argument.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("member", Kind::Text),
            Arg::new("withscore", Kind::Token).token("WITHSCORE").optional(),
        ],
        reply: "null | integer | tuple<integer, double>",
        ..Spec::new("zrank")
    },
    run: zrank,
};

/// ZREVRANK: see <https://valkey.io/commands/zrevrank/>.
pub const ZREVRANK: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.0.0",
        summary: "Returns the index of a member in a sorted set ordered by descending scores.",
        complexity: "O(log(N))",
        arity: -3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[("7.2.0", "Added the optional `WITHSCORE` argument.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("member", Kind::Text),
            Arg::new("withscore", Kind::Token).token("WITHSCORE").optional(),
        ],
        reply: "null | integer | tuple<integer, double>",
        ..Spec::new("zrevrank")
    },
    run: zrevrank,
};

fn zrank(ctx: &mut Context) -> Result<(), Error> {
    rank(ctx, false)
}

fn zrevrank(ctx: &mut Context) -> Result<(), Error> {
    rank(ctx, true)
}

fn rank(ctx: &mut Context, from_highest: bool) -> Result<(), Error> {
    if ctx.args.len() > 4 {
        return Err(Error::arity(ctx.spec.name));
    }
    let with_score = ctx.args.len() == 4;
    if with_score && !ctx.is(3, "withscore") {
        return Err(Error::Syntax);
    }
    let found = match ctx.db.read(ctx.args[1]) {
        Some(entry) => {
            let set = SortedSetRef::of(&entry)?;
            let highest = set.len().saturating_sub(1);
            let found = set.rank(ctx.args[2]);
            found.map(|(rank, score)| (if from_highest { highest - rank } else { rank }, score))
        }
        None => None,
    };
    match found {
        Some((rank, score)) => {
            if with_score {
                ctx.reply.array(2);
            }
            ctx.reply.integer(rank as i64);
            if with_score {
                ctx.reply.double(score);
            }
        }
        None if with_score => ctx.reply.null_array(),
        None => ctx.reply.null(),
    }
    Ok(())
}
