//! DELEX and DELIFEQ: delete a key if its value is as expected.

use crate::prelude::*;
use crate::string::condition::Condition;

/// DELEX: see <https://redis.io/commands/delex/>.
pub const DELEX: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "8.4.0",
        summary: "Conditionally removes the specified key based on value or digest comparison.",
        complexity: "O(1) for IFEQ/IFNE, O(N) for IFDEQ/IFDNE where N is the length of the string value.",
        arity: -2,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE.or(KeyFlags::VARIABLE_FLAGS)),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "condition",
                Kind::OneOf(&[
                    Arg::new("ifeq-value", Kind::Text).token("IFEQ"),
                    Arg::new("ifne-value", Kind::Text).token("IFNE"),
                    Arg::new("ifdeq-digest", Kind::Text).token("IFDEQ"),
                    Arg::new("ifdne-digest", Kind::Text).token("IFDNE"),
                ]),
            )
            .optional(),
        ],
        reply: "integer",
        ..Spec::new("delex")
    },
    run: delex,
};

/// DELIFEQ: see <https://valkey.io/commands/delifeq/>.
pub const DELIFEQ: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "9.0.0",
        summary: "Delete key if value matches string.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RM.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("value", Kind::Text)],
        reply: "integer",
        ..Spec::new("delifeq")
    },
    run: delifeq,
};

fn delex(ctx: &mut Context) -> Result<(), Error> {
    if !matches!(ctx.args.len(), 2 | 4) {
        return Err(Error::arity(ctx.spec.name));
    }
    let key = ctx.args[1];
    let holds = match ctx.db.peek(key) {
        None => false,
        Some(_) if ctx.args.len() == 2 => true,
        Some(entry) => {
            let text = entry
                .string()
                .map_err(|_| Error::fixed("ERR Key should be of string type if conditions are specified"))?;
            Condition::comparison(ctx.args[2], ctx.args[3])
                .ok_or(Error::fixed("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE"))?
                .holds_for(text)?
        }
    };
    delete_if(ctx, key, holds);
    Ok(())
}

fn delifeq(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let holds = match ctx.db.peek(key) {
        Some(entry) => entry.string()?.is(ctx.args[2]),
        None => false,
    };
    delete_if(ctx, key, holds);
    Ok(())
}

fn delete_if(ctx: &mut Context, key: &[u8], holds: bool) {
    if holds {
        ctx.db.delete(key, ctx.settings.lazy_user_del);
        ctx.instead(&[b"DEL", key]);
        ctx.db.changed(Class::GENERIC, "del", key);
    }
    ctx.reply.integer(i64::from(holds));
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn deletes_what_is_as_expected() {
        let mut server = Server::new();
        server.script(&[
            ("delex k", ":0\r\n"),
            ("delex k foo bar", ":0\r\n"),
            ("delex k ifeq", "-ERR wrong number of arguments for 'delex' command\r\n"),
            ("set k 12", "+OK\r\n"),
            ("delex k if 12", "-ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE\r\n"),
            ("delex k IFDEQ 12", "-ERR must be exactly 16 hexadecimal characters\r\n"),
            ("delex k ifne 12", ":0\r\n"),
            ("delex k ifeq 12", ":1\r\n"),
            ("set k hello", "+OK\r\n"),
            ("delex k ifdne 9555e8555c62dcfd", ":0\r\n"),
            ("delex k ifdeq 9555e8555c62dcfd", ":1\r\n"),
            ("set k v", "+OK\r\n"),
            ("delifeq k w", ":0\r\n"),
            ("delifeq k v", ":1\r\n"),
            ("delifeq k v", ":0\r\n"),
        ]);
        let expected = ["set k 12", "DEL k", "set k hello", "DEL k", "set k v", "DEL k"];
        assert_eq!(server.journal(), expected);
    }
}
