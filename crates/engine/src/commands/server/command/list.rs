//! COMMAND COUNT and COMMAND LIST.

use crate::commands::prelude::*;
use hematite_base::glob;

/// COMMAND COUNT: see <https://valkey.io/commands/command-count/>.
pub const COMMAND_COUNT: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.13",
        summary: "Returns a count of commands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)),
        acl: Acl::CONNECTION,
        reply: "integer",
        ..Spec::new("command|count")
    },
    run: command_count,
};

/// COMMAND LIST: see <https://valkey.io/commands/command-list/>.
pub const COMMAND_LIST: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "7.0.0",
        summary: "Returns a list of command names.",
        complexity: "O(N) where N is the total number of commands",
        arity: -2,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)),
        acl: Acl::CONNECTION,
        tips: &["nondeterministic_output_order"],
        args: &[Arg::new(
            "filterby",
            Kind::OneOf(&[
                Arg::new("module-name", Kind::Text).token("MODULE"),
                Arg::new("category", Kind::Text).token("ACLCAT"),
                Arg::new("pattern", Kind::Pattern).token("PATTERN"),
            ]),
        )
        .token("FILTERBY")
        .optional()],
        reply: "array<string>",
        ..Spec::new("command|list")
    },
    run: command_list,
};

fn command_count(call: &mut Call) -> Result<(), Error> {
    let count = call.shared.table.iter().filter(|command| !command.is_subcommand).count();
    call.reply.integer(count as i64);
    Ok(())
}

fn command_list(call: &mut Call) -> Result<(), Error> {
    let fits: Box<dyn Fn(&Spec) -> bool> = match call.args[2..] {
        [] => Box::new(|_| true),
        [by, kind, value] if by.eq_ignore_ascii_case(b"filterby") => {
            match kind.to_ascii_lowercase().as_slice() {
                // There are no modules, so none of them has a command.
                b"module" => Box::new(|_| false),
                b"aclcat" => {
                    let named = |(_, name): &&(Acl, &str)| name.as_bytes().eq_ignore_ascii_case(value);
                    let category = Acl::NAMES.iter().find(named).map_or(Acl::NONE, |(category, _)| *category);
                    Box::new(move |spec| spec.categories().has(category))
                }
                b"pattern" => {
                    let pattern = value.to_vec();
                    Box::new(move |spec| glob::matches_ignoring_case(&pattern, spec.name.as_bytes()))
                }
                _ => return Err(Error::Syntax),
            }
        }
        _ => return Err(Error::Syntax),
    };
    let names: Vec<&str> =
        call.shared.table.iter().filter(|command| fits(command.spec)).map(|c| c.spec.name).collect();
    call.reply.array(names.len());
    for name in names {
        call.reply.bulk(name.as_bytes());
    }
    Ok(())
}
