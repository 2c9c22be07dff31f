//! MIGRATE: the row; the control plane, which has sockets, answers.

use crate::table::HostRow as Row;
use hematite_commands::spec::*;

/// What happens to the keys.
const FLAGS: KeyFlags = KeyFlags::RW.or(KeyFlags::ACCESS).or(KeyFlags::DELETE);

/// MIGRATE: see <https://valkey.io/commands/migrate/>.
pub const MIGRATE: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.6.0",
        summary: "Atomically transfers a key from one instance to another.",
        complexity: "This command actually executes a DUMP+DEL in the source instance, and a RESTORE in the target instance. See the pages of these commands for time complexity. Also an O(N) data transfer between the two instances is performed.",
        arity: -6,
        flags: Flags::WRITE,
        acl: Acl::KEYSPACE.or(Acl::DANGEROUS),
        history: &[
            ("3.0.0", "Added the `COPY` and `REPLACE` options."),
            ("3.0.6", "Added the `KEYS` option."),
            ("4.0.7", "Added the `AUTH` option."),
            ("6.0.0", "Added the `AUTH2` option."),
        ],
        tips: &["nondeterministic_output"],
        keys: &[
            KeySpec {
                begin: Begin::Index(3),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: FLAGS,
                notes: "",
            },
            KeySpec {
                begin: Begin::Keyword("KEYS", -2),
                find: Find::Range { last: -1, step: 1, limit: 0 },
                flags: FLAGS.or(KeyFlags::INCOMPLETE),
                notes: "",
            },
        ],
        args: &[
            Arg::new("host", Kind::Text),
            Arg::new("port", Kind::Integer),
            Arg::new(
                "key-selector",
                Kind::OneOf(&[
                    Arg::new("key", Kind::Key).key_spec(0),
                    Arg::new("empty-string", Kind::Token).token("\"\""),
                ]),
            ),
            Arg::new("destination-db", Kind::Integer),
            Arg::new("timeout", Kind::Integer),
            Arg::new("copy", Kind::Token).token("COPY").optional().since("3.0.0"),
            Arg::new("replace", Kind::Token).token("REPLACE").optional().since("3.0.0"),
            Arg::new(
                "authentication",
                Kind::OneOf(&[
                    Arg::new("auth", Kind::Text).token("AUTH").display("password").since("4.0.7"),
                    Arg::new(
                        "auth2",
                        Kind::Block(&[Arg::new("username", Kind::Text), Arg::new("password", Kind::Text)]),
                    )
                    .token("AUTH2")
                    .since("6.0.0"),
                ]),
            )
            .optional(),
            Arg::new("keys", Kind::Key)
                .token("KEYS")
                .display("key")
                .key_spec(1)
                .optional()
                .multiple()
                .since("3.0.6"),
        ],
        reply: "ok | 'NOKEY'",
        ..Spec::new("migrate")
    },
    run: (),
};
