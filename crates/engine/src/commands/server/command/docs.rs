//! COMMAND DOCS: what a row says in words, with its arguments.

use super::describe::write_names;
use crate::commands::prelude::*;
use crate::table::{Command, Table};
use hematite_resp::Encoder;

/// COMMAND DOCS: see <https://valkey.io/commands/command-docs/>.
pub const COMMAND_DOCS: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "7.0.0",
        summary: "Returns documentary information about one, multiple or all commands.",
        complexity: "O(N) where N is the number of commands to look up",
        arity: -2,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)),
        acl: Acl::CONNECTION,
        tips: &["nondeterministic_output_order"],
        args: &[Arg::new("command-name", Kind::Text).optional().multiple()],
        reply: "map<string, map<string, any>>",
        ..Spec::new("command|docs")
    },
    run: command_docs,
};

fn command_docs(call: &mut Call) -> Result<(), Error> {
    let table = &call.shared.table;
    let commands: Vec<&Command> = if call.args.len() == 2 {
        table.iter().filter(|command| !command.is_subcommand).collect()
    } else {
        call.args[2..].iter().filter_map(|name| table.find(name)).collect()
    };
    call.reply.map(commands.len());
    for command in commands {
        write_command(&mut call.reply, table, command);
    }
    Ok(())
}

fn write_command(reply: &mut Encoder, table: &Table, command: &Command) {
    let spec = command.spec;
    let has_flags = spec.syscmd || spec.deprecated.is_some();
    let optional = [
        !spec.complexity.is_empty(),
        !spec.history.is_empty(),
        has_flags,
        spec.deprecated.is_some(),
        spec.deprecated.is_some(),
        !spec.args.is_empty(),
        !command.subcommands.is_empty(),
    ];
    reply.bulk(spec.name.as_bytes());
    reply.map(3 + optional.iter().filter(|present| **present).count());
    text(reply, "summary", spec.summary);
    text(reply, "since", spec.since);
    text(reply, "group", spec.group.name());
    if !spec.complexity.is_empty() {
        text(reply, "complexity", spec.complexity);
    }
    if !spec.history.is_empty() {
        reply.bulk(b"history");
        reply.set(spec.history.len());
        for (version, change) in spec.history {
            reply.array(2);
            reply.bulk(version.as_bytes());
            reply.bulk(change.as_bytes());
        }
    }
    if has_flags {
        reply.bulk(b"doc_flags");
        let flags = [(spec.deprecated.is_some(), "deprecated"), (spec.syscmd, "syscmd")];
        write_names(reply, &flags, |is| is, "");
    }
    if let Some((since, replacement)) = spec.deprecated {
        text(reply, "deprecated_since", since);
        text(reply, "replaced_by", replacement);
    }
    if !spec.args.is_empty() {
        reply.bulk(b"arguments");
        write_arguments(reply, spec.args);
    }
    if !command.subcommands.is_empty() {
        reply.bulk(b"subcommands");
        reply.map(command.subcommands.len());
        for id in &command.subcommands {
            write_command(reply, table, table.get(*id));
        }
    }
}

fn text(reply: &mut Encoder, name: &str, value: &str) {
    reply.bulk(name.as_bytes());
    reply.bulk(value.as_bytes());
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Integer => "integer",
        Kind::Double => "double",
        Kind::Key => "key",
        Kind::Pattern => "pattern",
        Kind::UnixTime => "unix-time",
        Kind::Token => "pure-token",
        Kind::OneOf(_) => "oneof",
        Kind::Block(_) => "block",
    }
}

fn write_arguments(reply: &mut Encoder, args: &[Arg]) {
    reply.array(args.len());
    for arg in args {
        let parts = match arg.kind {
            Kind::OneOf(parts) | Kind::Block(parts) => Some(parts),
            _ => None,
        };
        let flags = [
            (arg.is_optional, "optional"),
            (arg.is_multiple, "multiple"),
            (arg.is_multiple_token, "multiple_token"),
        ];
        let has_flags = flags.iter().any(|(is, _)| *is);
        let optional = [
            true,
            arg.key_spec.is_some(),
            arg.token.is_some(),
            arg.since.is_some(),
            arg.deprecated.is_some(),
            has_flags,
        ];
        reply.map(2 + optional.iter().filter(|present| **present).count());
        text(reply, "name", arg.name);
        text(reply, "type", kind_name(arg.kind));
        // Parts have no text of their own to display; everything else has at least its name.
        if parts.is_none() {
            text(reply, "display_text", arg.display.unwrap_or(arg.name));
        }
        if let Some(index) = arg.key_spec {
            reply.bulk(b"key_spec_index");
            reply.integer(i64::from(index));
        }
        let texts = [("token", arg.token), ("since", arg.since), ("deprecated_since", arg.deprecated)];
        for (name, value) in texts {
            if let Some(value) = value {
                text(reply, name, value);
            }
        }
        if has_flags {
            reply.bulk(b"flags");
            write_names(reply, &flags, |is| is, "");
        }
        if let Some(parts) = parts {
            reply.bulk(b"arguments");
            write_arguments(reply, parts);
        }
    }
}
