//! GEOHASH: the cells of members as text, as other systems write geohashes.

use super::cell::{self, Cell, STEP_MAX};
use crate::prelude::*;
use hematite_keyspace::sorted_set::SortedSetRef;

const ALPHABET: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
/// The latitude of the poles: others divide all of the earth, not the part that the map shows.
const POLE: f64 = 90.0;

/// GEOHASH: see <https://valkey.io/commands/geohash/>.
pub const GEOHASH: Row = Row {
    spec: Spec {
        group: Group::Geo,
        since: "3.2.0",
        summary: "Returns members from a geospatial index as geohash strings.",
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
        reply: "array<string>",
        ..Spec::new("geohash")
    },
    run: geohash,
};

fn geohash(ctx: &mut Context) -> Result<(), Error> {
    let entry = ctx.db.read(ctx.args[1]);
    let set = entry.as_ref().map(|entry| SortedSetRef::of(entry)).transpose()?;
    let members = &ctx.args[2..];
    ctx.reply.array(members.len());
    for member in members {
        match set.and_then(|set| set.score(member)) {
            Some(score) => ctx.reply.bulk(&text(score)),
            None => ctx.reply.null(),
        }
    }
    Ok(())
}

/// Ten letters of five bits, and one that says nothing: eleven are expected, but there are only 52 bits.
fn text(score: f64) -> [u8; 11] {
    let bits = Cell::of(cell::locate(score), STEP_MAX, POLE).bits;
    let mut text = [ALPHABET[0]; 11];
    for (letter, place) in text[..10].iter_mut().zip(1..) {
        *letter = ALPHABET[(bits >> (2 * STEP_MAX - 5 * place) & 31) as usize];
    }
    text
}
