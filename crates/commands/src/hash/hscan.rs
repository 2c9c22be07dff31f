//! HSCAN: fields and values, some at a time.

use super::hash_of;
use crate::element::ElementReply;
use crate::prelude::*;
use crate::scan::{self, Scan};
use hematite_structures::listpack::DecimalBuffer;

/// HSCAN: see <https://valkey.io/commands/hscan/>.
pub const HSCAN: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "2.8.0",
        summary: "Iterates over fields and values of a hash.",
        complexity: "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
        arity: -3,
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
            Arg::new("cursor", Kind::Integer),
            Arg::new("pattern", Kind::Pattern).token("MATCH").optional(),
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
            Arg::new("novalues", Kind::Token).token("NOVALUES").optional(),
        ],
        reply: "tuple<string, array<string>>",
        ..Spec::new("hscan")
    },
    run: hscan,
};

fn hscan(ctx: &mut Context) -> Result<(), Error> {
    let cursor = scan::cursor(ctx)?;
    let is_there = ctx.db.read(ctx.args[1]).map(|entry| hash_of(&entry).map(|_| ())).transpose()?.is_some();
    if !is_there {
        scan::reply_empty(ctx);
        return Ok(());
    }
    let options = Scan::parse(ctx, true)?;
    let now_ms = ctx.now_ms();
    let Some(entry) = ctx.db.found(ctx.args[1]) else { return Ok(()) };
    let hash = hash_of(&entry)?;
    options.run(&mut ctx.reply, cursor, |cursor, batch| {
        hash.scan(cursor, now_ms, |field, value| {
            if batch.pick(field.text(&mut DecimalBuffer::new())) {
                batch.reply.element(field);
                batch.replies += 1;
                if !options.no_values {
                    batch.reply.element(value);
                    batch.replies += 1;
                }
            }
        })
    });
    Ok(())
}
