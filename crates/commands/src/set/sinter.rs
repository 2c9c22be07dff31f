//! SINTER, SINTERSTORE and SINTERCARD: what several sets have in common.

use super::combine::{Building, Sets, check, filter, store};
use crate::element::ElementReply;
use crate::prelude::*;
use hematite_keyspace::{SetRef, Value};
use hematite_structures::intset::Intset;
use hematite_structures::listpack::Listpack;
use std::ops::ControlFlow;

/// SINTER: see <https://valkey.io/commands/sinter/>.
pub const SINTER: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Returns the intersect of multiple sets.",
        complexity: "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.",
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
        ..Spec::new("sinter")
    },
    run: sinter,
};

/// SINTERSTORE: see <https://valkey.io/commands/sinterstore/>.
pub const SINTERSTORE: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Stores the intersect of multiple sets in a key.",
        complexity: "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.",
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
        ..Spec::new("sinterstore")
    },
    run: sinterstore,
};

/// The sets with the smallest first, or None if one is empty.
pub(super) fn ordered<'s>(sets: &'s Sets<'_>) -> Option<Vec<SetRef<'s>>> {
    let mut sets: Vec<SetRef<'_>> = sets.all().into_iter().collect::<Option<_>>()?;
    sets.sort_by_key(|set| set.len());
    Some(sets)
}

fn sinter(ctx: &mut Context) -> Result<(), Error> {
    let keys = &ctx.args[1..];
    check(ctx, keys)?;
    let sets = Sets::of(&ctx.db, keys);
    let Some(sets) = ordered(&sets) else {
        ctx.reply.set(0);
        return Ok(());
    };
    let (reply, mut count) = (&mut ctx.reply, 0);
    let position = reply.position();
    filter(sets[0], &sets[1..], true, |member| {
        reply.element(member);
        count += 1;
        ControlFlow::Continue(())
    });
    reply.set_from(position, count);
    Ok(())
}

fn sinterstore(ctx: &mut Context) -> Result<(), Error> {
    let keys = &ctx.args[2..];
    check(ctx, keys)?;
    let sets = Sets::of(&ctx.db, keys);
    let set = match ordered(&sets) {
        None => Value::Intset(Intset::new()),
        Some(sets) => {
            let mut result = Building::new(match sets[0] {
                SetRef::Intset(_) => Value::Intset(Intset::new()),
                _ => Value::SetPacked(Listpack::new()),
            });
            filter(sets[0], &sets[1..], true, |member| {
                result.add(ctx, member);
                ControlFlow::Continue(())
            });
            result.finish(ctx, true)
        }
    };
    drop(sets);
    store(ctx, set, "sinterstore")
}
