//! ZRANDMEMBER: members by chance.

use super::Form;
use crate::element::ElementReply;
use crate::element::{count_within, repeats};
use crate::prelude::*;
use hematite_base::random::Random;
use hematite_keyspace::sorted_set::SortedSetRef;
use hematite_resp::Encoder;
use hematite_structures::listpack::Element;
use std::collections::HashSet;

/// ZRANDMEMBER: see <https://valkey.io/commands/zrandmember/>.
pub const ZRANDMEMBER: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "6.2.0",
        summary: "Returns one or more random members from a sorted set.",
        complexity: "O(N) where N is the number of members returned",
        arity: -2,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "options",
                Kind::Block(&[
                    Arg::new("count", Kind::Integer),
                    Arg::new("withscores", Kind::Token).token("WITHSCORES").optional(),
                ]),
            )
            .optional(),
        ],
        reply: "null | string | array<string> | array<tuple<string, double>>",
        ..Spec::new("zrandmember")
    },
    run: zrandmember,
};

fn zrandmember(ctx: &mut Context) -> Result<(), Error> {
    if ctx.args.len() == 2 {
        return reply_one(ctx);
    }
    let count = count_within(ctx, 2)?;
    let with_scores = match ctx.args.len() {
        3 => false,
        4 if ctx.is(3, "withscores") => true,
        _ => return Err(Error::Syntax),
    };
    if with_scores && count.unsigned_abs() > i64::MAX as u64 / 2 {
        return Err(Error::OutOfRange);
    }
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.array(0);
        return Ok(());
    };
    let set = SortedSetRef::of(&entry)?;
    let form = Form::new(with_scores, &ctx.reply);
    if count >= 0 {
        reply_distinct(set, count as u64, form, &mut ctx.reply, ctx.random);
        return Ok(());
    }
    let count = repeats(count, ctx.settings.bulk_bytes_max)?;
    form.head(&mut ctx.reply, count);
    let pick = Pick::new(set);
    for _ in 0..count {
        if let Some((member, score)) = pick.at(ctx.random.below(set.len())) {
            form.member(&mut ctx.reply, member, score);
        }
    }
    Ok(())
}

fn reply_one(ctx: &mut Context) -> Result<(), Error> {
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.null();
        return Ok(());
    };
    let set = SortedSetRef::of(&entry)?;
    let rank = ctx.random.below(set.len());
    match set.range(rank..rank + 1).next() {
        Some((member, _)) => ctx.reply.element(member),
        None => ctx.reply.null(),
    }
    Ok(())
}

/// Members by rank, found quickly in either encoding.
enum Pick<'a> {
    Packed(Vec<(Element<'a>, f64)>),
    Large(SortedSetRef<'a>),
}

impl<'a> Pick<'a> {
    fn new(set: SortedSetRef<'a>) -> Pick<'a> {
        match set {
            SortedSetRef::Packed(_) => Pick::Packed(set.iter().collect()),
            SortedSetRef::Large(_) => Pick::Large(set),
        }
    }
    fn at(&self, rank: u64) -> Option<(Element<'a>, f64)> {
        match self {
            Pick::Packed(members) => members.get(rank as usize).copied(),
            Pick::Large(set) => set.range(rank..rank + 1).next(),
        }
    }
}

/// `count` different members, or all.
fn reply_distinct(set: SortedSetRef<'_>, count: u64, form: Form, reply: &mut Encoder, random: &mut Random) {
    let len = set.len();
    let count = count.min(len);
    form.head(reply, count as usize);
    if count > len / 4 {
        // A walk takes each member with the chance that leaves the right number (Knuth's algorithm S).
        let mut wanted = count;
        for ((member, score), left) in set.iter().zip((1..=len).rev()) {
            if random.below(left) < wanted {
                form.member(reply, member, score);
                wanted -= 1;
            }
        }
        return;
    }
    // Floyd's sampling: each rank once, in `count` steps.
    let pick = Pick::new(set);
    let mut taken = HashSet::with_capacity(count as usize);
    for bound in len - count..len {
        let drawn = random.below(bound + 1);
        let rank = if taken.insert(drawn) { drawn } else { bound };
        taken.insert(rank);
        if let Some((member, score)) = pick.at(rank) {
            form.member(reply, member, score);
        }
    }
}
