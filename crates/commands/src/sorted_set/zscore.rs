//! ZSCORE and ZMSCORE: the scores of members.

use crate::prelude::*;
use hematite_keyspace::sorted_set::SortedSetRef;

/// ZSCORE: see <https://valkey.io/commands/zscore/>.
pub const ZSCORE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "1.2.0",
        summary: "Returns the score of a member in a sorted set.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("member", Kind::Text)],
        reply: "double | null",
        ..Spec::new("zscore")
    },
    run: zscore,
};

/// ZMSCORE: see <https://valkey.io/commands/zmscore/>.
pub const ZMSCORE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "6.2.0",
        summary: "Returns the score of one or more members in a sorted set.",
        complexity: "O(N) where N is the number of members being requested.",
        arity: -3,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("member", Kind::Text).multiple()],
        reply: "array<double | null>",
        ..Spec::new("zmscore")
    },
    run: zmscore,
};

fn zscore(ctx: &mut Context) -> Result<(), Error> {
    let score = match ctx.db.read(ctx.args[1]) {
        Some(entry) => SortedSetRef::of(&entry)?.score(ctx.args[2]),
        None => None,
    };
    match score {
        Some(score) => ctx.reply.double(score),
        None => ctx.reply.null(),
    }
    Ok(())
}

fn zmscore(ctx: &mut Context) -> Result<(), Error> {
    let entry = ctx.db.read(ctx.args[1]);
    let set = entry.as_ref().map(|entry| SortedSetRef::of(entry)).transpose()?;
    let members = &ctx.args[2..];
    ctx.reply.array(members.len());
    for member in members {
        match set.and_then(|set| set.score(member)) {
            Some(score) => ctx.reply.double(score),
            None => ctx.reply.null(),
        }
    }
    Ok(())
}
