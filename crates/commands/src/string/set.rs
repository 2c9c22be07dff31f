//! SET: a string under a key.

use crate::prelude::*;

/// SET: see <https://valkey.io/commands/set/>.
pub const SET: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "1.0.0",
        summary: "Sets the string value of a key, ignoring its type. The key is created if it doesn't exist.",
        complexity: "O(1)",
        arity: -3,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE.or(KeyFlags::VARIABLE_FLAGS))),
            notes: "RW and ACCESS due to the optional `GET` argument",
        }],
        history: &[
            ("2.6.12", "Added the `EX`, `PX`, `NX` and `XX` options."),
            ("6.0.0", "Added the `KEEPTTL` option."),
            ("6.2.0", "Added the `GET`, `EXAT` and `PXAT` option."),
            ("7.0.0", "Allowed the `NX` and `GET` options to be used together."),
        ],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("value", Kind::Text),
            Arg::new(
                "condition",
                Kind::OneOf(&[
                    Arg::new("nx", Kind::Token).token("NX"),
                    Arg::new("xx", Kind::Token).token("XX"),
                ]),
            )
            .optional()
            .since("2.6.12"),
            Arg::new("get", Kind::Token).token("GET").optional().since("6.2.0"),
            Arg::new(
                "expiration",
                Kind::OneOf(&[
                    Arg::new("seconds", Kind::Integer).token("EX").since("2.6.12"),
                    Arg::new("milliseconds", Kind::Integer).token("PX").since("2.6.12"),
                    Arg::new("unix-time-seconds", Kind::UnixTime).token("EXAT").since("6.2.0"),
                    Arg::new("unix-time-milliseconds", Kind::UnixTime).token("PXAT").since("6.2.0"),
                    Arg::new("keepttl", Kind::Token).token("KEEPTTL").since("6.0.0"),
                ]),
            )
            .optional(),
        ],
        reply: "null | ok | string",
        ..Spec::new("set")
    },
    run: set,
};

fn set(ctx: &mut Context) -> Result<(), Error> {
    ctx.db.set_string(ctx.args[1], ctx.args[2], Expiry::Never);
    ctx.db.changed(Class::STRING, "set", ctx.args[1]);
    ctx.reply.ok();
    Ok(())
}
