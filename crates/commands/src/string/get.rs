//! GET: the string at a key.

use crate::prelude::*;

/// GET: see <https://valkey.io/commands/get/>.
pub const GET: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Returns the string value of a key.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "string | null",
        ..Spec::new("get")
    },
    run: get,
};

fn get(ctx: &mut Context) -> Result<(), Error> {
    match ctx.db.read(ctx.args[1]) {
        None => ctx.reply.null(),
        Some(entry) => match entry.body() {
            Body::Bytes(text) => ctx.reply.bulk(text),
            Body::Integer(n) => ctx.reply.bulk_integer(n),
            Body::Value(Value::Text(text)) => ctx.reply.bulk(text),
            #[allow(unreachable_patterns, reason = "other types join later")]
            Body::Value(_) => return Err(Error::WrongType),
        },
    }
    Ok(())
}
