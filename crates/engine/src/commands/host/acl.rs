//! ACL LOAD and ACL SAVE: the rows; the control plane, which has the file, answers.

use crate::table::HostRow as Row;
use hematite_commands::spec::*;

const FLAGS: Flags = Flags::ADMIN.or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL))));

/// ACL LOAD: see <https://valkey.io/commands/acl-load/>.
pub const ACL_LOAD: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Reloads the rules from the configured ACL file.",
        complexity: "O(N). Where N is the number of configured users.",
        arity: 2,
        flags: FLAGS,
        reply: "ok",
        ..Spec::new("acl|load")
    },
    run: (),
};

/// ACL SAVE: see <https://valkey.io/commands/acl-save/>.
pub const ACL_SAVE: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Saves the effective ACL rules in the configured ACL file.",
        complexity: "O(N). Where N is the number of configured users.",
        arity: 2,
        flags: FLAGS,
        tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
        reply: "ok",
        ..Spec::new("acl|save")
    },
    run: (),
};
