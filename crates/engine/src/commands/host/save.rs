//! SAVE and BGSAVE: the rows; the control plane, which knows the file and the schedule, answers.

use crate::table::HostRow as Row;
use hematite_commands::spec::*;

/// BGSAVE: see <https://valkey.io/commands/bgsave/>.
pub const BGSAVE: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "Asynchronously saves the database(s) to disk.",
        complexity: "O(1)",
        arity: -1,
        flags: Flags::NO_ASYNC_LOADING.or(Flags::ADMIN.or(Flags::NOSCRIPT)),
        acl: Acl::NONE,
        history: &[("3.2.2", "Added the `SCHEDULE` option."), ("8.1.0", "Added the `CANCEL` option.")],
        args: &[Arg::new(
            "operation",
            Kind::OneOf(&[
                Arg::new("schedule", Kind::Token).token("SCHEDULE").since("3.2.2"),
                Arg::new("cancel", Kind::Token).token("CANCEL").since("8.1.0"),
            ]),
        )
        .optional()],
        reply: "'Background saving started' | 'Background saving scheduled' | 'Background saving cancelled' | 'Scheduled background saving cancelled'",
        ..Spec::new("bgsave")
    },
    run: (),
};

/// SAVE: see <https://valkey.io/commands/save/>.
pub const SAVE: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "Synchronously saves the database(s) to disk.",
        complexity: "O(N) where N is the total number of keys in all databases",
        arity: 1,
        flags: Flags::NO_ASYNC_LOADING.or(Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::NO_MULTI))),
        acl: Acl::NONE,
        reply: "ok",
        ..Spec::new("save")
    },
    run: (),
};
