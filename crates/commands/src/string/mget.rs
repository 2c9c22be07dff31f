//! MGET: the strings of several keys.

use crate::prelude::*;

/// MGET: see <https://valkey.io/commands/mget/>.
pub const MGET: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Atomically returns the string values of one or more keys.",
        complexity: "O(N) where N is the number of keys to retrieve.",
        arity: -2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["request_policy:multi_shard"],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0)],
        reply: "array<string | null>",
        ..Spec::new("mget")
    },
    run: mget,
};

fn mget(ctx: &mut Context) -> Result<(), Error> {
    ctx.reply.array(ctx.args.len() - 1);
    for key in &ctx.args[1..] {
        match ctx.db.read(key).as_deref().map(EntryExt::string) {
            Some(Ok(Text::Bytes(text))) => ctx.reply.bulk(text),
            Some(Ok(Text::Integer(n))) => ctx.reply.bulk_integer(n),
            None | Some(Err(_)) => ctx.reply.null(),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn null_where_there_is_no_string() {
        Server::new().script(&[
            ("mset a 1 b two", "+OK\r\n"),
            ("mget a none b a", "*4\r\n$1\r\n1\r\n$-1\r\n$3\r\ntwo\r\n$1\r\n1\r\n"),
        ]);
    }
}
