//! SUNION and SUNIONSTORE: what is in any of several sets.

use super::combine::{Building, Sets, check, store, unite};
use crate::element::ElementReply;
use crate::prelude::*;
use hematite_keyspace::{SetRef, Value};
use hematite_structures::intset::Intset;

/// SUNION: see <https://valkey.io/commands/sunion/>.
pub const SUNION: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Returns the union of multiple sets.",
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
        ..Spec::new("sunion")
    },
    run: sunion,
};

/// SUNIONSTORE: see <https://valkey.io/commands/sunionstore/>.
pub const SUNIONSTORE: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Stores the union of multiple sets in a key.",
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
        ..Spec::new("sunionstore")
    },
    run: sunionstore,
};

fn sunion(ctx: &mut Context) -> Result<(), Error> {
    let keys = &ctx.args[1..];
    check(ctx, keys)?;
    let sets = Sets::of(&ctx.db, keys);
    let sets: Vec<SetRef<'_>> = sets.all().into_iter().flatten().collect();
    let (reply, mut count) = (&mut ctx.reply, 0);
    let position = reply.position();
    unite(&sets, |member| {
        reply.element(member);
        count += 1;
    });
    reply.set_from(position, count);
    Ok(())
}

fn sunionstore(ctx: &mut Context) -> Result<(), Error> {
    let keys = &ctx.args[2..];
    check(ctx, keys)?;
    let sets = Sets::of(&ctx.db, keys);
    let mut result = Building::new(Value::Intset(Intset::new()));
    for set in sets.all().into_iter().flatten() {
        set.iter().for_each(|member| result.add(ctx, member));
    }
    let set = result.finish(ctx, false);
    drop(sets);
    store(ctx, set, "sunionstore")
}
