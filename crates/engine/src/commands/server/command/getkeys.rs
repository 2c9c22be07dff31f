//! COMMAND GETKEYS and COMMAND GETKEYSANDFLAGS: the keys of a whole command.

use super::describe::write_names;
use super::keys;
use crate::batch;
use crate::commands::prelude::*;
use hematite_commands::keys::KeyAt;

/// COMMAND GETKEYS: see <https://valkey.io/commands/command-getkeys/>.
pub const COMMAND_GETKEYS: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "Extracts the key names from an arbitrary command.",
        complexity: "O(N) where N is the number of arguments to the command",
        arity: -3,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)),
        acl: Acl::CONNECTION,
        args: &[Arg::new("command", Kind::Text), Arg::new("arg", Kind::Text).optional().multiple()],
        reply: "array<string>",
        ..Spec::new("command|getkeys")
    },
    run: command_getkeys,
};

/// COMMAND GETKEYSANDFLAGS: see <https://valkey.io/commands/command-getkeysandflags/>.
pub const COMMAND_GETKEYSANDFLAGS: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "7.0.0",
        summary: "Extracts the key names and access flags for an arbitrary command.",
        complexity: "O(N) where N is the number of arguments to the command",
        arity: -3,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)),
        acl: Acl::CONNECTION,
        args: &[Arg::new("command", Kind::Text), Arg::new("arg", Kind::Text).optional().multiple()],
        reply: "array<tuple<string, array<string>>>",
        ..Spec::new("command|getkeysandflags")
    },
    run: command_getkeysandflags,
};

fn find(call: &Call) -> Result<Vec<KeyAt>, Error> {
    let args = &call.args[2..];
    let invalid = Error::fixed("ERR Invalid command specified");
    let command = batch::lookup(&call.shared.table, args).ok_or(invalid.clone())?;
    if !command.subcommands.is_empty() && args.len() > 1 {
        return Err(invalid);
    }
    let spec = command.spec;
    if !keys::has_keys(spec) {
        return Err(Error::fixed("ERR The command has no key arguments"));
    }
    if !spec.takes(args.len()) {
        return Err(Error::fixed("ERR Invalid number of arguments specified for command"));
    }
    let found = keys::keys(spec, args);
    if found.is_empty() && !spec.flags.has(Flags::NO_MANDATORY_KEYS) {
        return Err(Error::fixed("ERR Invalid arguments specified for command"));
    }
    Ok(found)
}

fn command_getkeys(call: &mut Call) -> Result<(), Error> {
    let found = find(call)?;
    call.reply.array(found.len());
    for key in found {
        call.reply.bulk(call.args[2 + key.at]);
    }
    Ok(())
}

fn command_getkeysandflags(call: &mut Call) -> Result<(), Error> {
    let found = find(call)?;
    call.reply.array(found.len());
    for key in found {
        call.reply.array(2);
        call.reply.bulk(call.args[2 + key.at]);
        write_names(&mut call.reply, KeyFlags::NAMES, |flag| key.flags.has(flag), "");
    }
    Ok(())
}
