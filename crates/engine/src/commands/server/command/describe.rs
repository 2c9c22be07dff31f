//! COMMAND and COMMAND INFO: arity, flags, keys, categories, tips and subcommands of a row.

use super::keys::{is_movable, legacy_range};
use crate::commands::prelude::*;
use crate::table::{Command, Table};
use hematite_resp::Encoder;

/// COMMAND: see <https://valkey.io/commands/command/>.
pub const COMMAND: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "Returns detailed information about all commands.",
        complexity: "O(N) where N is the total number of commands",
        arity: -1,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)),
        acl: Acl::CONNECTION,
        tips: &["nondeterministic_output_order"],
        ..Spec::new("command")
    },
    run: command,
};

/// COMMAND INFO: see <https://valkey.io/commands/command-info/>.
pub const COMMAND_INFO: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "Returns information about one, multiple or all commands.",
        complexity: "O(N) where N is the number of commands to look up",
        arity: -2,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)),
        acl: Acl::CONNECTION,
        tips: &["nondeterministic_output_order"],
        history: &[("7.0.0", "Allowed to be called with no argument to get info on all commands.")],
        args: &[Arg::new("command-name", Kind::Text).optional().multiple()],
        reply: "array<null | tuple<string, integer, array<string>, integer, integer, integer, array<string>, array<string>, array<map<string, any>>, array<any>>>",
        ..Spec::new("command|info")
    },
    run: command_info,
};

fn command(call: &mut Call) -> Result<(), Error> {
    all(call);
    Ok(())
}

fn command_info(call: &mut Call) -> Result<(), Error> {
    if call.args.len() == 2 {
        all(call);
        return Ok(());
    }
    call.reply.array(call.args.len() - 2);
    for name in &call.args[2..] {
        match call.shared.table.find(name) {
            Some(command) => describe(&mut call.reply, &call.shared.table, command),
            None => call.reply.null(),
        }
    }
    Ok(())
}

fn all(call: &mut Call) {
    let table = &call.shared.table;
    let commands: Vec<&Command> = table.iter().filter(|command| !command.is_subcommand).collect();
    call.reply.array(commands.len());
    for command in commands {
        describe(&mut call.reply, table, command);
    }
}

fn describe(reply: &mut Encoder, table: &Table, command: &Command) {
    let spec = command.spec;
    reply.array(10);
    reply.bulk(spec.name.as_bytes());
    reply.integer(i64::from(spec.arity));
    let movable = if is_movable(spec) { Flags::MOVABLE_KEYS } else { Flags::NONE };
    write_names(reply, Flags::NAMES, |flag| spec.flags.or(movable).has(flag), "");
    let (first, last, step) = legacy_range(spec).unwrap_or_default();
    reply.integer(first);
    reply.integer(last);
    reply.integer(step);
    write_names(reply, Acl::NAMES, |category| spec.categories().has(category), "@");
    reply.set(spec.tips.len());
    spec.tips.iter().for_each(|tip| reply.bulk(tip.as_bytes()));
    reply.set(spec.keys.len());
    spec.keys.iter().for_each(|key_spec| describe_keys(reply, key_spec));
    if command.subcommands.is_empty() {
        reply.set(0);
    } else {
        reply.array(command.subcommands.len());
        for id in &command.subcommands {
            describe(reply, table, table.get(*id));
        }
    }
}

/// The names of the bits that are set, as a set of simple strings.
pub(super) fn write_names<B: Copy>(
    reply: &mut Encoder,
    names: &[(B, &'static str)],
    is_set: impl Fn(B) -> bool,
    prefix: &str,
) {
    let set: Vec<&str> =
        names.iter().filter(|(bit, name)| !name.is_empty() && is_set(*bit)).map(|n| n.1).collect();
    reply.set(set.len());
    for name in set {
        reply.simple(&format!("{prefix}{name}"));
    }
}

fn describe_keys(reply: &mut Encoder, key_spec: &KeySpec) {
    reply.map(3 + usize::from(!key_spec.notes.is_empty()));
    if !key_spec.notes.is_empty() {
        reply.bulk(b"notes");
        reply.bulk(key_spec.notes.as_bytes());
    }
    reply.bulk(b"flags");
    write_names(reply, KeyFlags::NAMES, |flag| key_spec.flags.has(flag), "");
    reply.bulk(b"begin_search");
    match key_spec.begin {
        Begin::Index(at) => part(reply, "index", &[("index", at)]),
        Begin::Keyword(word, from) => {
            reply.map(2);
            reply.bulk(b"type");
            reply.bulk(b"keyword");
            reply.bulk(b"spec");
            reply.map(2);
            reply.bulk(b"keyword");
            reply.bulk(word.as_bytes());
            reply.bulk(b"startfrom");
            reply.integer(i64::from(from));
        }
        Begin::Unknown => part(reply, "unknown", &[]),
    }
    reply.bulk(b"find_keys");
    match key_spec.find {
        Find::Range { last, step, limit } => {
            part(reply, "range", &[("lastkey", last), ("keystep", step), ("limit", limit)]);
        }
        Find::KeyNum { count, first, step } => {
            part(reply, "keynum", &[("keynumidx", count), ("firstkey", first), ("keystep", step)]);
        }
        Find::Unknown => part(reply, "unknown", &[]),
    }
}

fn part(reply: &mut Encoder, kind: &str, numbers: &[(&str, i16)]) {
    reply.map(2);
    reply.bulk(b"type");
    reply.bulk(kind.as_bytes());
    reply.bulk(b"spec");
    reply.map(numbers.len());
    for (name, number) in numbers {
        reply.bulk(name.as_bytes());
        reply.integer(i64::from(*number));
    }
}
