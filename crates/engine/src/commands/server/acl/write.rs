//! ACL SETUSER and DELUSER.

use super::ADMIN;
use crate::acl::rules::has_spaces;
use crate::acl::user::DEFAULT_NAME;
use crate::commands::prelude::*;
use crate::flow::Flow;

/// ACL SETUSER: see <https://valkey.io/commands/acl-setuser/>.
pub const ACL_SETUSER: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Creates and modifies an ACL user and its rules.",
        complexity: "O(N). Where N is the number of rules provided.",
        arity: -3,
        flags: ADMIN,
        tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
        history: &[
            ("6.2.0", "Added Pub/Sub channel patterns."),
            ("7.0.0", "Added selectors and key based permissions."),
        ],
        args: &[Arg::new("username", Kind::Text), Arg::new("rule", Kind::Text).optional().multiple()],
        reply: "ok",
        ..Spec::new("acl|setuser")
    },
    run: acl_setuser,
};

/// ACL DELUSER: see <https://valkey.io/commands/acl-deluser/>.
pub const ACL_DELUSER: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Deletes ACL users, and terminates their connections.",
        complexity: "O(1) amortized time considering the typical user.",
        arity: -3,
        flags: ADMIN,
        tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
        args: &[Arg::new("username", Kind::Text).multiple()],
        reply: "integer",
        ..Spec::new("acl|deluser")
    },
    run: acl_deluser,
};

fn acl_setuser(call: &mut Call) -> Result<(), Error> {
    let (name, rules) = (call.args[2], &call.args[3..]);
    if has_spaces(name) {
        return Err(Error::fixed("ERR Usernames can't contain spaces or null characters"));
    }
    if call.shared.set_user(name, rules, Some(call.session.id()))? {
        call.session.ending = Flow::CLOSE;
    }
    call.reply.ok();
    Ok(())
}

fn acl_deluser(call: &mut Call) -> Result<(), Error> {
    let names = &call.args[2..];
    if names.contains(&DEFAULT_NAME) {
        return Err(Error::fixed("ERR The 'default' user cannot be removed"));
    }
    let (count, ends_caller) = call.shared.delete_users(names, Some(call.session.id()));
    if ends_caller {
        call.session.ending = Flow::CLOSE;
    }
    call.reply.integer(count as i64);
    Ok(())
}
