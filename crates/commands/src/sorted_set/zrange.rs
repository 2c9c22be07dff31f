//! ZRANGE, ZREVRANGE and ZRANGESTORE: members of a range, replied or stored.

use super::arguments::LIMIT;
use super::query::{By, Given, Query};
use super::{Form, limits, store};
use crate::prelude::*;
use hematite_keyspace::sorted_set::{SortedSetRef, assemble};

/// ZRANGE: see <https://valkey.io/commands/zrange/>.
pub const ZRANGE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "1.2.0",
        summary: "Returns members in a sorted set within a range of indexes.",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
        arity: -4,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[("6.2.0", "Added the `REV`, `BYSCORE`, `BYLEX` and `LIMIT` options.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Text),
            Arg::new("stop", Kind::Text),
            Arg::new(
                "sortby",
                Kind::OneOf(&[
                    Arg::new("byscore", Kind::Token).token("BYSCORE"),
                    Arg::new("bylex", Kind::Token).token("BYLEX"),
                ]),
            )
            .optional()
            .since("6.2.0"),
            Arg::new("rev", Kind::Token).token("REV").optional().since("6.2.0"),
            Arg::new(
                "limit",
                Kind::Block(&[Arg::new("offset", Kind::Integer), Arg::new("count", Kind::Integer)]),
            )
            .token("LIMIT")
            .optional()
            .since("6.2.0"),
            Arg::new("withscores", Kind::Token).token("WITHSCORES").optional(),
        ],
        reply: "array<string> | array<tuple<string, double>>",
        ..Spec::new("zrange")
    },
    run: zrange,
};

/// ZRANGESTORE: see <https://valkey.io/commands/zrangestore/>.
pub const ZRANGESTORE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "6.2.0",
        summary: "Stores a range of members from sorted set in a key.",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored into the destination key.",
        arity: -5,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::SORTEDSET,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
            KeySpec {
                begin: Begin::Index(2),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
        ],
        args: &[
            Arg::new("dst", Kind::Key).key_spec(0),
            Arg::new("src", Kind::Key).key_spec(1),
            Arg::new("min", Kind::Text),
            Arg::new("max", Kind::Text),
            Arg::new(
                "sortby",
                Kind::OneOf(&[
                    Arg::new("byscore", Kind::Token).token("BYSCORE"),
                    Arg::new("bylex", Kind::Token).token("BYLEX"),
                ]),
            )
            .optional(),
            Arg::new("rev", Kind::Token).token("REV").optional(),
            LIMIT,
        ],
        reply: "integer",
        ..Spec::new("zrangestore")
    },
    run: zrangestore,
};

/// ZREVRANGE: see <https://valkey.io/commands/zrevrange/>.
pub const ZREVRANGE: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "1.2.0",
        summary: "Returns members in a sorted set within a range of indexes in reverse order.",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
        arity: -4,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        deprecated: Some(("6.2.0", "`ZRANGE` with the `REV` argument")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("start", Kind::Integer),
            Arg::new("stop", Kind::Integer),
            Arg::new("withscores", Kind::Token).token("WITHSCORES").optional(),
        ],
        reply: "array<string> | array<tuple<string, double>>",
        ..Spec::new("zrevrange")
    },
    run: zrevrange,
};

fn zrange(ctx: &mut Context) -> Result<(), Error> {
    reply_range(ctx, Given::default())
}

fn zrevrange(ctx: &mut Context) -> Result<(), Error> {
    reply_range(ctx, Given { by: Some(By::Rank), reverse: Some(true), is_stored: false })
}

/// Replies with the members that the arguments from 2 on ask for.
pub(super) fn reply_range(ctx: &mut Context, given: Given) -> Result<(), Error> {
    let query = Query::parse(ctx, 2, given)?;
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.array(0);
        return Ok(());
    };
    let set = SortedSetRef::of(&entry)?;
    let members = set.range(query.ranks(set));
    let form = Form::new(query.with_scores, &ctx.reply);
    let reply = &mut ctx.reply;
    form.head(reply, members.len());
    match (members.packed(), query.reverse) {
        (Ok(packed), false) => packed.for_each(|(member, score)| form.packed(reply, member, score)),
        (Ok(packed), true) => packed.rev().for_each(|(member, score)| form.packed(reply, member, score)),
        (Err(large), false) => large.for_each(|(member, score)| form.member(reply, member, score)),
        (Err(large), true) => large.rev().for_each(|(member, score)| form.member(reply, member, score)),
    }
    Ok(())
}

fn zrangestore(ctx: &mut Context) -> Result<(), Error> {
    let query = Query::parse(ctx, 3, Given { is_stored: true, ..Given::default() })?;
    let (limits, hasher) = (limits(ctx.settings), ctx.db.hasher());
    let (mut result, mut count) = (None, 0);
    if let Some(entry) = ctx.db.read(ctx.args[2]) {
        let set = SortedSetRef::of(&entry)?;
        let ranks = query.ranks(set);
        count = set.range(ranks.clone()).len();
        if count > 0 {
            result = Some(assemble(|| set.range(ranks.clone()), limits, hasher));
        }
    }
    store(ctx, ctx.args[1], result, count, "zrangestore");
    Ok(())
}
