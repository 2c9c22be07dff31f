//! SDIFF and SDIFFSTORE: what is in the first set alone.

use super::combine::{Building, Sets, check, filter, store};
use crate::element::ElementReply;
use crate::prelude::*;
use hematite_keyspace::{SetRef, Value};
use hematite_structures::intset::Intset;
use std::ops::ControlFlow;

/// SDIFF: see <https://valkey.io/commands/sdiff/>.
pub const SDIFF: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Returns the difference of multiple sets.",
        complexity: "O(N) where N is the total number of elements in all given sets.",
        arity: -2,
        flags: Flags::READONLY,
        acl: Acl::SET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output_order"],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0)],
        reply: "array<string>",
        ..Spec::new("sdiff")
    },
    run: sdiff,
};

/// SDIFFSTORE: see <https://valkey.io/commands/sdiffstore/>.
pub const SDIFFSTORE: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Stores the difference of multiple sets in a key.",
        complexity: "O(N) where N is the total number of elements in all given sets.",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::SET,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
            KeySpec {
                begin: Begin::Index(2),
                find: Find::Range { last: -1, step: 1, limit: 0 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
        ],
        args: &[
            Arg::new("destination", Kind::Key).key_spec(0),
            Arg::new("key", Kind::Key).multiple().key_spec(1),
        ],
        reply: "integer",
        ..Spec::new("sdiffstore")
    },
    run: sdiffstore,
};

/// The first set, and those of the others that are there, the largest first.
pub(super) fn ordered<'s>(sets: &'s Sets<'_>) -> Option<(SetRef<'s>, Vec<SetRef<'s>>)> {
    let sets = sets.all();
    let mut others: Vec<SetRef<'_>> = sets[1..].iter().flatten().copied().collect();
    others.sort_by_key(|set| std::cmp::Reverse(set.len()));
    sets[0].map(|first| (first, others))
}

fn sdiff(ctx: &mut Context) -> Result<(), Error> {
    let keys = &ctx.args[1..];
    check(ctx, keys)?;
    let sets = Sets::of(&ctx.db, keys);
    let (reply, mut count) = (&mut ctx.reply, 0);
    let position = reply.position();
    if let Some((first, others)) = ordered(&sets) {
        filter(first, &others, false, |member| {
            reply.element(member);
            count += 1;
            ControlFlow::Continue(())
        });
    }
    reply.set_from(position, count);
    Ok(())
}

fn sdiffstore(ctx: &mut Context) -> Result<(), Error> {
    let keys = &ctx.args[2..];
    check(ctx, keys)?;
    let sets = Sets::of(&ctx.db, keys);
    let mut result = Building::new(Value::Intset(Intset::new()));
    if let Some((first, others)) = ordered(&sets)
        && !keys[1..].contains(&keys[0])
    {
        if is_by_removal(first, &others) {
            first.iter().for_each(|member| result.add(ctx, member));
            others.iter().flat_map(|set| set.iter()).for_each(|member| result.remove(member));
        } else {
            filter(first, &others, false, |member| {
                result.add(ctx, member);
                ControlFlow::Continue(())
            });
        }
    }
    let set = result.finish(ctx, false);
    drop(sets);
    store(ctx, set, "sdiffstore")
}

/// Whether the reference would copy the first set and remove the others from it. The copy's encoding is what is left then,
/// so the same must be done here.
fn is_by_removal(first: SetRef<'_>, others: &[SetRef<'_>]) -> bool {
    let total = first.len() + others.iter().map(|set| set.len()).sum::<usize>();
    first.len() * (others.len() + 1) / 2 > total
}
