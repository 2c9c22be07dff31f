//! SSCAN: members, some at a time.

use super::set_of;
use crate::element::ElementReply;
use crate::prelude::*;
use crate::scan::{self, Scan};
use hematite_structures::listpack::DecimalBuffer;

/// SSCAN: see <https://valkey.io/commands/sscan/>.
pub const SSCAN: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "2.8.0",
        summary: "Iterates over members of a set.",
        complexity: "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::SET,
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
        ],
        reply: "tuple<string, array<string>>",
        ..Spec::new("sscan")
    },
    run: sscan,
};

fn sscan(ctx: &mut Context) -> Result<(), Error> {
    let cursor = scan::cursor(ctx)?;
    let is_there = ctx.db.read(ctx.args[1]).map(|entry| set_of(&entry).map(|_| ())).transpose()?.is_some();
    if !is_there {
        scan::reply_empty(ctx);
        return Ok(());
    }
    let options = Scan::parse(ctx, false)?;
    let Some(entry) = ctx.db.found(ctx.args[1]) else { return Ok(()) };
    let set = set_of(&entry)?;
    options.run(&mut ctx.reply, cursor, |cursor, batch| {
        set.scan(cursor, |member| {
            if batch.pick(member.text(&mut DecimalBuffer::new())) {
                batch.reply.element(member);
                batch.replies += 1;
            }
        })
    });
    Ok(())
}
