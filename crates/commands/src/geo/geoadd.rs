//! GEOADD: points under names; ZADD with cells for scores.

use super::{cell, point};
use crate::prelude::*;
use crate::sorted_set::{Condition, add};

/// GEOADD: see <https://valkey.io/commands/geoadd/>.
pub const GEOADD: Row = Row {
    spec: Spec {
        group: Group::Geo,
        since: "3.2.0",
        summary: "Adds one or more members to a geospatial index. The key is created if it doesn't exist.",
        complexity: "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
        arity: -5,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::GEO,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        history: &[("6.2.0", "Added the `CH`, `NX` and `XX` options.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "condition",
                Kind::OneOf(&[
                    Arg::new("nx", Kind::Token).token("NX"),
                    Arg::new("xx", Kind::Token).token("XX"),
                ]),
            )
            .optional()
            .since("6.2.0"),
            Arg::new("change", Kind::Token).token("CH").optional().since("6.2.0"),
            Arg::new(
                "data",
                Kind::Block(&[
                    Arg::new("longitude", Kind::Double),
                    Arg::new("latitude", Kind::Double),
                    Arg::new("member", Kind::Text),
                ]),
            )
            .multiple(),
        ],
        reply: "integer",
        ..Spec::new("geoadd")
    },
    run: geoadd,
};

fn geoadd(ctx: &mut Context) -> Result<(), Error> {
    let args = ctx.args;
    let mut condition = Condition::default();
    let mut at = 2;
    while at < args.len() {
        match () {
            () if ctx.is(at, "nx") => condition.nx = true,
            () if ctx.is(at, "xx") => condition.xx = true,
            () if ctx.is(at, "ch") => condition.ch = true,
            () => break,
        }
        at += 1;
    }
    let points = args[at..].chunks_exact(3);
    if points.len() == 0 || !points.remainder().is_empty() || condition.nx && condition.xx {
        return Err(Error::Syntax);
    }
    let scores = points.clone().map(|words| point(words[0], words[1]).map(cell::score));
    let scores = scores.collect::<Result<Vec<_>, _>>()?;
    let members = points.map(|words| words[2]);
    let before = ctx.db.effects.dirty;
    add(ctx, condition, scores.iter().map(|score| *score as f64).zip(members.clone()))?;
    if ctx.db.effects.dirty == before {
        return Ok(());
    }
    ctx.db.effects.instead(|| {
        let mut command = vec![b"ZADD".to_vec()];
        command.extend(args[1..at].iter().map(|word| word.to_vec()));
        for (score, member) in scores.iter().zip(members) {
            command.extend([score.to_string().into_bytes(), member.to_vec()]);
        }
        vec![command]
    });
    Ok(())
}
