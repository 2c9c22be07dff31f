//! ZSCAN: members and scores, some at a time.

use crate::element::ElementReply;
use crate::prelude::*;
use crate::scan::{self, Scan, Within};
use hematite_keyspace::sorted_set::SortedSetRef;
use hematite_structures::listpack::{DecimalBuffer, Element};

/// ZSCAN: see <https://valkey.io/commands/zscan/>.
pub const ZSCAN: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.8.0",
        summary: "Iterates over members and scores of a sorted set.",
        complexity: "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        history: &[("8.0.0", "Added noscores option.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("cursor", Kind::Integer),
            Arg::new("pattern", Kind::Pattern).token("MATCH").optional(),
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
            Arg::new("noscores", Kind::Token).token("NOSCORES").optional(),
        ],
        reply: "tuple<string, array<string>>",
        ..Spec::new("zscan")
    },
    run: zscan,
};

fn zscan(ctx: &mut Context) -> Result<(), Error> {
    let cursor = scan::cursor(ctx)?;
    let is_there = ctx.db.read(ctx.args[1]).map(|entry| SortedSetRef::of(&entry).map(|_| ())).transpose()?;
    if is_there.is_none() {
        scan::reply_empty(ctx);
        return Ok(());
    }
    let options = Scan::parse(ctx, Within::SortedSet)?;
    let Some(entry) = ctx.db.found(ctx.args[1]) else { return Ok(()) };
    let set = SortedSetRef::of(&entry)?;
    options.run(&mut ctx.reply, cursor, |cursor, batch| {
        let mut take = |member: Element<'_>, score: f64| {
            if batch.pick(member.text(&mut DecimalBuffer::new())) {
                batch.reply.element(member);
                batch.replies += 1;
                if !options.no_values {
                    batch.reply.bulk_double(score);
                    batch.replies += 1;
                }
            }
        };
        match set {
            SortedSetRef::Packed(_) => {
                set.iter().for_each(|(member, score)| take(member, score));
                0
            }
            SortedSetRef::Large(set) => set.scan(cursor, |member, score| take(Element::Bytes(member), score)),
        }
    });
    Ok(())
}
