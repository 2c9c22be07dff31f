//! HGETDEL: the values of fields, which go.

use super::arguments::FIELDS;
use super::{delete_if_empty, fields, hash_mut, hash_of};
use crate::element::ElementReply;
use crate::prelude::*;
use hematite_keyspace::Found;

/// HGETDEL: see <https://valkey.io/commands/hgetdel/>.
pub const HGETDEL: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "8.0.0",
        summary: "Returns the values of hash fields and deletes the fields; the key goes with its last field.",
        complexity: "O(N) where N is the number of specified fields",
        arity: -5,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), FIELDS],
        reply: "array<string | null>",
        ..Spec::new("hgetdel")
    },
    run: hgetdel,
};

fn hgetdel(ctx: &mut Context) -> Result<(), Error> {
    let (key, now_ms) = (ctx.args[1], ctx.now_ms());
    ctx.db.write(key).map(|entry| hash_of(&entry).map(|_| ())).transpose()?;
    let fields = fields::parse(ctx, 2, fields::NOT_POSITIVE)?;
    ctx.reply.array(fields.len());
    let Some(mut entry) = ctx.db.write(key) else {
        fields.iter().for_each(|_| ctx.reply.null());
        return Ok(());
    };
    let hash = hash_mut(&mut entry)?;
    let (mut removed, mut expired) = (0, Vec::new());
    for &field in fields {
        match hash.as_hash()?.get(field, now_ms) {
            Found::Value(value, _) => {
                ctx.reply.element(value);
                hash.remove_field(field);
                removed += 1;
                continue;
            }
            Found::Expired => expired.push(field),
            Found::Nothing => {}
        }
        ctx.reply.null();
    }
    drop(entry);
    let is_gone = expired.into_iter().any(|field| ctx.db.expire_field(key, field));
    if removed > 0 {
        ctx.db.effects.instead(|| {
            let names = fields.iter().map(|field| field.to_vec());
            vec![[b"HDEL".to_vec(), key.to_vec()].into_iter().chain(names).collect()]
        });
        ctx.db.changed(Class::HASH, "hdel", key);
        ctx.db.effects.dirty += removed - 1;
        if !is_gone {
            delete_if_empty(ctx, key)?;
        }
    }
    Ok(())
}
