//! ACL GETUSER, LIST and USERS: the users as they are.

use super::ADMIN;
use crate::acl::user::Selector;
use crate::commands::prelude::*;
use hematite_resp::Encoder;

/// ACL GETUSER: see <https://valkey.io/commands/acl-getuser/>.
pub const ACL_GETUSER: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Lists the ACL rules of a user.",
        complexity: "O(N). Where N is the number of password, command and pattern rules that the user has.",
        arity: 3,
        flags: ADMIN,
        history: &[
            ("6.2.0", "Added Pub/Sub channel patterns."),
            (
                "7.0.0",
                "Added selectors and changed the format of key and channel patterns from a list to their rule representation.",
            ),
        ],
        args: &[Arg::new("username", Kind::Text)],
        reply: "map<string, any> | null",
        ..Spec::new("acl|getuser")
    },
    run: acl_getuser,
};

/// ACL LIST: see <https://valkey.io/commands/acl-list/>.
pub const ACL_LIST: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Dumps the effective rules in ACL file format.",
        complexity: "O(N). Where N is the number of configured users.",
        arity: 2,
        flags: ADMIN,
        reply: "array<string>",
        ..Spec::new("acl|list")
    },
    run: acl_list,
};

/// ACL USERS: see <https://valkey.io/commands/acl-users/>.
pub const ACL_USERS: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Lists all ACL users.",
        complexity: "O(N). Where N is the number of configured users.",
        arity: 2,
        flags: ADMIN,
        reply: "array<string>",
        ..Spec::new("acl|users")
    },
    run: acl_users,
};

fn acl_getuser(call: &mut Call) -> Result<(), Error> {
    let reply = &mut call.reply;
    let Some(user) = call.shared.acl.get(call.args[2]) else {
        reply.null();
        return Ok(());
    };
    reply.map(6);
    reply.bulk(b"flags");
    let flags = user.flags();
    reply.set(flags.len());
    flags.iter().for_each(|flag| reply.bulk(flag.as_bytes()));
    reply.bulk(b"passwords");
    reply.array(user.passwords.len());
    user.passwords.iter().for_each(|password| reply.bulk(password.to_hex().as_bytes()));
    write_selector(reply, user.root());
    reply.bulk(b"selectors");
    reply.array(user.selectors.len() - 1);
    for selector in &user.selectors[1..] {
        reply.map(3);
        write_selector(reply, selector);
    }
    Ok(())
}

fn write_selector(reply: &mut Encoder, selector: &Selector) {
    reply.bulk(b"commands");
    reply.bulk(&selector.describe_commands());
    reply.bulk(b"keys");
    reply.bulk(&selector.describe_keys());
    reply.bulk(b"channels");
    reply.bulk(&selector.describe_channels());
}

fn acl_list(call: &mut Call) -> Result<(), Error> {
    let users = call.shared.acl.all();
    call.reply.array(users.len());
    users.iter().for_each(|user| call.reply.bulk(&user.line()));
    Ok(())
}

fn acl_users(call: &mut Call) -> Result<(), Error> {
    let users = call.shared.acl.all();
    call.reply.array(users.len());
    users.iter().for_each(|user| call.reply.bulk(&user.name));
    Ok(())
}
