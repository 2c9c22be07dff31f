//! GEODIST: the distance between two members.

use super::{cell, reply_distance, shape, unit};
use crate::prelude::*;
use hematite_keyspace::sorted_set::SortedSetRef;

/// GEODIST: see <https://valkey.io/commands/geodist/>.
pub const GEODIST: Row = Row {
    spec: Spec {
        group: Group::Geo,
        since: "3.2.0",
        summary: "Returns the distance between two members of a geospatial index.",
        complexity: "O(1)",
        arity: -4,
        flags: Flags::READONLY,
        acl: Acl::GEO,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("member1", Kind::Text),
            Arg::new("member2", Kind::Text),
            Arg::new(
                "unit",
                Kind::OneOf(&[
                    Arg::new("m", Kind::Token).token("m"),
                    Arg::new("km", Kind::Token).token("km"),
                    Arg::new("ft", Kind::Token).token("ft"),
                    Arg::new("mi", Kind::Token).token("mi"),
                ]),
            )
            .optional(),
        ],
        reply: "null | string",
        ..Spec::new("geodist")
    },
    run: geodist,
};

fn geodist(ctx: &mut Context) -> Result<(), Error> {
    let metres = match ctx.args.len() {
        4 => 1.0,
        5 => unit(ctx.args[4])?,
        _ => return Err(Error::Syntax),
    };
    let scores = match ctx.db.read(ctx.args[1]) {
        Some(entry) => {
            let set = SortedSetRef::of(&entry)?;
            set.score(ctx.args[2]).zip(set.score(ctx.args[3]))
        }
        None => None,
    };
    match scores {
        Some((from, to)) => {
            let distance = shape::distance(cell::locate(from), cell::locate(to));
            reply_distance(&mut ctx.reply, distance / metres);
        }
        None => ctx.reply.null(),
    }
    Ok(())
}
