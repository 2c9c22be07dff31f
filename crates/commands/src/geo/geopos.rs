//! GEOPOS: where members are.

use super::{cell, reply_point};
use crate::prelude::*;
use hematite_keyspace::sorted_set::SortedSetRef;

/// GEOPOS: see <https://valkey.io/commands/geopos/>.
pub const GEOPOS: Row = Row {
    spec: Spec {
        group: Group::Geo,
        since: "3.2.0",
        summary: "Returns the longitude and latitude of members from a geospatial index.",
        complexity: "O(1) for each member requested.",
        arity: -2,
        flags: Flags::READONLY,
        acl: Acl::GEO,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("member", Kind::Text).optional().multiple()],
        reply: "array<null | tuple<double, double>>",
        ..Spec::new("geopos")
    },
    run: geopos,
};

fn geopos(ctx: &mut Context) -> Result<(), Error> {
    let entry = ctx.db.read(ctx.args[1]);
    let set = entry.as_ref().map(|entry| SortedSetRef::of(entry)).transpose()?;
    let members = &ctx.args[2..];
    ctx.reply.array(members.len());
    for member in members {
        match set.and_then(|set| set.score(member)) {
            Some(score) => reply_point(&mut ctx.reply, cell::locate(score)),
            None => ctx.reply.null_array(),
        }
    }
    Ok(())
}
