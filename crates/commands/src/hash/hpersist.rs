//! HPERSIST: fields stay.

use super::arguments::FIELDS;
use super::{fields, hash_mut, hash_of};
use crate::prelude::*;
use hematite_keyspace::Found;

/// HPERSIST: see <https://valkey.io/commands/hpersist/>.
pub const HPERSIST: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "7.4.0",
        summary: "Removes the expiration of hash fields.",
        complexity: "O(N) where N is the number of specified fields",
        arity: -5,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), FIELDS],
        reply: "array<integer>",
        ..Spec::new("hpersist")
    },
    run: hpersist,
};

fn hpersist(ctx: &mut Context) -> Result<(), Error> {
    let (key, now_ms, hasher) = (ctx.args[1], ctx.now_ms(), ctx.db.hasher());
    ctx.db.write(key).map(|entry| hash_of(&entry).map(|_| ())).transpose()?;
    let fields = fields::parse(ctx, 2, fields::NOT_POSITIVE)?;
    ctx.reply.array(fields.len());
    let Some(mut entry) = ctx.db.write(key) else {
        fields.iter().for_each(|_| ctx.reply.integer(-2));
        return Ok(());
    };
    let hash = hash_mut(&mut entry)?;
    let mut changed = 0;
    for field in fields {
        ctx.reply.integer(match hash.as_hash()?.get(field, now_ms) {
            Found::Value(_, Some(_)) => {
                hash.set_field_expiry(field, None, hasher);
                changed += 1;
                1
            }
            Found::Value(_, None) => -1,
            Found::Nothing | Found::Expired => -2,
        });
    }
    drop(entry);
    if changed > 0 {
        ctx.db.changed(Class::HASH, "hpersist", key);
        ctx.db.effects.dirty += changed - 1;
    }
    Ok(())
}
