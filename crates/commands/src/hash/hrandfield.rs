//! HRANDFIELD: random fields, with their values if wanted.

use super::hash_of;
use crate::element::{ElementReply, count_within, repeats};
use crate::prelude::*;
use hematite_keyspace::HashRef;
use hematite_resp::{Encoder, Protocol};
use hematite_structures::listpack::Element;

/// HRANDFIELD: see <https://valkey.io/commands/hrandfield/>.
pub const HRANDFIELD: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "6.2.0",
        summary: "Returns one or more random fields from a hash.",
        complexity: "O(N) where N is the number of fields returned",
        arity: -2,
        flags: Flags::READONLY,
        acl: Acl::HASH,
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
                    Arg::new("withvalues", Kind::Token).token("WITHVALUES").optional(),
                ]),
            )
            .optional(),
        ],
        reply: "null | string | array<string> | array<tuple<string, string>>",
        ..Spec::new("hrandfield")
    },
    run: hrandfield,
};

fn hrandfield(ctx: &mut Context) -> Result<(), Error> {
    if ctx.args.len() > 2 {
        return some(ctx);
    }
    let now_ms = ctx.now_ms();
    let entry = ctx.db.read(ctx.args[1]);
    let hash = entry.as_deref().map(hash_of).transpose()?;
    match hash.and_then(|hash| hash.random(now_ms, ctx.random)) {
        Some((field, _)) => ctx.reply.element(field),
        None => ctx.reply.null(),
    }
    Ok(())
}

fn some(ctx: &mut Context) -> Result<(), Error> {
    let count = count_within(ctx, 2)?;
    let with_values = ctx.args.len() == 4 && ctx.is(3, "withvalues");
    if ctx.args.len() > 4 || (ctx.args.len() == 4 && !with_values) {
        return Err(Error::Syntax);
    }
    if with_values && count.unsigned_abs() > i64::MAX as u64 / 2 {
        return Err(Error::OutOfRange);
    }
    let now_ms = ctx.now_ms();
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.array(0);
        return Ok(());
    };
    let hash = hash_of(&entry)?;
    let (reply, random) = (&mut ctx.reply, &mut *ctx.random);
    if count >= 0 {
        let count = hash.live_len(now_ms).min(usize::try_from(count).unwrap_or(usize::MAX));
        head(reply, count, with_values);
        hash.sample(count, now_ms, random, |field, value| pair(reply, field, value, with_values));
        return Ok(());
    }
    let count = repeats(count, ctx.settings.bulk_bytes_max)?;
    if hash.live_len(now_ms) == 0 {
        reply.array(0);
        return Ok(());
    }
    head(reply, count, with_values);
    if let HashRef::Packed(pack) = hash {
        let pairs: Vec<_> = pack.pairs().collect();
        for _ in 0..count {
            let (field, value) = pairs[random.below(pairs.len() as u64) as usize];
            pair(reply, field, value, with_values);
        }
    } else {
        for _ in 0..count {
            if let Some((field, value)) = hash.random(now_ms, random) {
                pair(reply, field, value, with_values);
            }
        }
    }
    Ok(())
}

/// The reply's length: with values, pairs are arrays of their own under RESP3 alone.
fn head(reply: &mut Encoder<'_>, count: usize, with_values: bool) {
    let is_flat = with_values && reply.protocol == Protocol::Resp2;
    reply.array(if is_flat { 2 * count } else { count });
}

fn pair(reply: &mut Encoder<'_>, field: Element<'_>, value: Element<'_>, with_values: bool) {
    if with_values && reply.protocol == Protocol::Resp3 {
        reply.array(2);
    }
    reply.element(field);
    if with_values {
        reply.element(value);
    }
}
