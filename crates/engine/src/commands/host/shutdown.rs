//! SHUTDOWN: the row; the control plane decides how the process ends.

use crate::table::HostRow as Row;
use hematite_commands::spec::*;

/// SHUTDOWN: see <https://valkey.io/commands/shutdown/>.
pub const SHUTDOWN: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "Synchronously saves the database(s) to disk and shuts down the server.",
        complexity: "O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)",
        arity: -1,
        flags: Flags::ADMIN.or(Flags::NOSCRIPT.or(
            Flags::LOADING.or(Flags::STALE.or(Flags::NO_MULTI.or(Flags::SENTINEL.or(Flags::ALLOW_BUSY))))
        )),
        acl: Acl::NONE,
        history: &[("7.0.0", "Added the `NOW`, `FORCE` and `ABORT` modifiers.")],
        args: &[Arg::new(
            "abort-selector",
            Kind::OneOf(&[
                Arg::new(
                    "save-selector-block",
                    Kind::Block(&[
                        Arg::new(
                            "save-selector",
                            Kind::OneOf(&[
                                Arg::new("nosave", Kind::Token).token("NOSAVE"),
                                Arg::new("save", Kind::Token).token("SAVE"),
                            ]),
                        )
                        .optional(),
                        Arg::new("now", Kind::Token).token("NOW").optional().since("7.0.0"),
                        Arg::new("force", Kind::Token).token("FORCE").optional().since("7.0.0"),
                    ]),
                ),
                Arg::new("abort", Kind::Token).token("ABORT").since("7.0.0"),
            ]),
        )
        .optional()],
        reply: "ok",
        ..Spec::new("shutdown")
    },
    run: (),
};
