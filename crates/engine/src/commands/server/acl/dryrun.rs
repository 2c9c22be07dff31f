//! ACL DRYRUN: whether a user may run a command, without running it.

use super::ADMIN;
use crate::batch;
use crate::commands::prelude::*;

/// ACL DRYRUN: see <https://valkey.io/commands/acl-dryrun/>.
pub const ACL_DRYRUN: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "7.0.0",
        summary: "Simulates the execution of a command by a user, without executing the command.",
        complexity: "O(1).",
        arity: -4,
        flags: ADMIN,
        args: &[
            Arg::new("username", Kind::Text),
            Arg::new("command", Kind::Text),
            Arg::new("arg", Kind::Text).optional().multiple(),
        ],
        reply: "ok | string",
        ..Spec::new("acl|dryrun")
    },
    run: acl_dryrun,
};

fn acl_dryrun(call: &mut Call) -> Result<(), Error> {
    let (name, args) = (call.args[2], &call.args[3..]);
    let missing = |what: &[u8], name: &[u8]| Error::Bytes([what, b" '", name, b"' not found"].concat());
    let user = call.shared.acl.get(name).ok_or_else(|| missing(b"ERR User", name))?;
    let command = batch::lookup(&call.shared.table, args)
        .filter(|command| command.subcommands.is_empty() || args.len() == 1)
        .ok_or_else(|| missing(b"ERR Command", args[0]))?;
    if !command.spec.takes(args.len()) {
        return Err(Error::arity(command.spec.name));
    }
    match user.permits(command, args) {
        Ok(()) => call.reply.ok(),
        Err(denied) => call.reply.bulk(&denied.explain(command.spec, args)),
    }
    Ok(())
}
