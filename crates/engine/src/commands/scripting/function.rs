//! FUNCTION: the libraries whose functions FCALL runs.

use crate::commands::help;
use crate::commands::prelude::*;
use crate::scripting::interpreter::{Library, ScriptFlags};
use crate::scripting::{Policy, load_library, restore_libraries};
use hematite_base::glob;
use hematite_persist::{dump_functions, restore_functions};

/// The subcommands' rows.
pub(super) const ROWS: &[Row] = &[
    FUNCTION_DELETE,
    FUNCTION_DUMP,
    FUNCTION_FLUSH,
    FUNCTION_HELP,
    FUNCTION_KILL,
    FUNCTION_LIST,
    FUNCTION_LOAD,
    FUNCTION_RESTORE,
    FUNCTION_STATS,
];

const TIPS_SHARDS: &[&str] = &["request_policy:all_shards", "response_policy:all_succeeded"];

/// FUNCTION: see <https://valkey.io/commands/function/>.
pub const FUNCTION: HostRow = HostRow {
    spec: Spec {
        summary: "A container for function commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..spec("function")
    },
    run: (),
};

const fn spec(name: &'static str) -> Spec {
    Spec {
        group: Group::Scripting,
        since: "7.0.0",
        flags: Flags::NOSCRIPT,
        acl: Acl::SCRIPTING,
        ..Spec::new(name)
    }
}

/// Everything is locked meanwhile, so that the journal has changes of libraries in their order.
const CHANGES: Flags = Flags::NOSCRIPT.or(Flags::WRITE).or(Flags::TOUCHES_ARBITRARY_KEYS);

/// FUNCTION DELETE: see <https://valkey.io/commands/function-delete/>.
pub const FUNCTION_DELETE: Row = Row {
    spec: Spec {
        summary: "Deletes a library and its functions.",
        complexity: "O(1)",
        arity: 3,
        flags: CHANGES,
        tips: TIPS_SHARDS,
        args: &[Arg::new("library-name", Kind::Text)],
        reply: "ok",
        ..spec("function|delete")
    },
    run: delete,
};

/// FUNCTION DUMP: see <https://valkey.io/commands/function-dump/>.
pub const FUNCTION_DUMP: Row = Row {
    spec: Spec {
        summary: "Dumps all libraries into a serialized binary payload.",
        complexity: "O(N) where N is the number of functions",
        arity: 2,
        reply: "string",
        ..spec("function|dump")
    },
    run: dump,
};

/// FUNCTION FLUSH: see <https://valkey.io/commands/function-flush/>.
pub const FUNCTION_FLUSH: Row = Row {
    spec: Spec {
        summary: "Deletes all libraries and functions.",
        complexity: "O(N) where N is the number of functions deleted",
        arity: -2,
        flags: CHANGES,
        tips: TIPS_SHARDS,
        args: &[Arg::new(
            "flush-type",
            Kind::OneOf(&[
                Arg::new("async", Kind::Token).token("ASYNC"),
                Arg::new("sync", Kind::Token).token("SYNC"),
            ]),
        )
        .optional()],
        reply: "ok",
        ..spec("function|flush")
    },
    run: flush,
};

/// FUNCTION HELP: see <https://valkey.io/commands/function-help/>.
pub const FUNCTION_HELP: Row = Row {
    spec: Spec {
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        reply: "array<string>",
        ..spec("function|help")
    },
    run: show_help,
};

/// FUNCTION KILL: see <https://valkey.io/commands/function-kill/>.
pub const FUNCTION_KILL: Row = Row {
    spec: Spec {
        summary: "Terminates a function during execution.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::NOSCRIPT.or(Flags::ALLOW_BUSY),
        tips: &["request_policy:all_shards", "response_policy:one_succeeded"],
        reply: "ok",
        ..spec("function|kill")
    },
    run: kill,
};

/// FUNCTION LIST: see <https://valkey.io/commands/function-list/>.
pub const FUNCTION_LIST: Row = Row {
    spec: Spec {
        summary: "Returns information about all libraries.",
        complexity: "O(N) where N is the number of functions",
        arity: -2,
        tips: &["nondeterministic_output_order"],
        args: &[
            Arg::new("library-name-pattern", Kind::Text).token("LIBRARYNAME").optional(),
            Arg::new("withcode", Kind::Token).token("WITHCODE").optional(),
        ],
        reply: "array<map<string, any>>",
        ..spec("function|list")
    },
    run: list,
};

/// FUNCTION LOAD: see <https://valkey.io/commands/function-load/>.
pub const FUNCTION_LOAD: Row = Row {
    spec: Spec {
        summary: "Creates a library.",
        complexity: "O(1) (considering compilation time is redundant)",
        arity: -3,
        flags: CHANGES.or(Flags::DENYOOM),
        tips: TIPS_SHARDS,
        args: &[
            Arg::new("replace", Kind::Token).token("REPLACE").optional(),
            Arg::new("function-code", Kind::Text),
        ],
        reply: "string",
        ..spec("function|load")
    },
    run: load,
};

/// FUNCTION RESTORE: see <https://valkey.io/commands/function-restore/>.
pub const FUNCTION_RESTORE: Row = Row {
    spec: Spec {
        summary: "Restores all libraries from a payload.",
        complexity: "O(N) where N is the number of functions on the payload",
        arity: -3,
        flags: CHANGES.or(Flags::DENYOOM),
        tips: TIPS_SHARDS,
        args: &[
            Arg::new("serialized-value", Kind::Text),
            Arg::new(
                "policy",
                Kind::OneOf(&[
                    Arg::new("flush", Kind::Token).token("FLUSH"),
                    Arg::new("append", Kind::Token).token("APPEND"),
                    Arg::new("replace", Kind::Token).token("REPLACE"),
                ]),
            )
            .optional(),
        ],
        reply: "ok",
        ..spec("function|restore")
    },
    run: restore,
};

/// FUNCTION STATS: see <https://valkey.io/commands/function-stats/>.
pub const FUNCTION_STATS: Row = Row {
    spec: Spec {
        summary: "Returns information about a function during execution.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::NOSCRIPT.or(Flags::ALLOW_BUSY),
        tips: &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
        reply: "map<string, any>",
        ..spec("function|stats")
    },
    run: stats,
};

/// A change of the libraries has taken hold: the journal learns of it.
fn changed(call: &mut Call) {
    call.local.statistics.dirty.add(1);
    call.journal();
}

fn delete(call: &mut Call) -> Result<(), Error> {
    if !call.shared.libraries.remove(call.args[2]) {
        return Err(Error::fixed("ERR Library not found"));
    }
    changed(call);
    call.reply.ok();
    Ok(())
}

fn dump(call: &mut Call) -> Result<(), Error> {
    let libraries = call.shared.libraries.all();
    call.reply.bulk(&dump_functions(libraries.iter().map(|library| &library.body[..])));
    Ok(())
}

fn flush(call: &mut Call) -> Result<(), Error> {
    if call.args.len() > 3 {
        return Err(help::misuse(call));
    }
    let mode = call.args.get(2).map(|mode| mode.to_ascii_lowercase());
    if !matches!(mode.as_deref(), None | Some(b"sync" | b"async")) {
        return Err(Error::fixed("ERR FUNCTION FLUSH only supports SYNC|ASYNC option"));
    }
    call.shared.libraries.clear();
    changed(call);
    call.reply.ok();
    Ok(())
}

fn kill(call: &mut Call) -> Result<(), Error> {
    call.shared.running.kill(true)?;
    call.reply.ok();
    Ok(())
}

fn list(call: &mut Call) -> Result<(), Error> {
    let (mut pattern, mut with_code) = (None, false);
    let mut at = 2;
    while at < call.args.len() {
        let given = call.args[at];
        if !with_code && given.eq_ignore_ascii_case(b"withcode") {
            with_code = true;
        } else if pattern.is_none() && given.eq_ignore_ascii_case(b"libraryname") {
            at += 1;
            let name = call.args.get(at).ok_or(Error::fixed("ERR library name argument was not given"))?;
            pattern = Some(*name);
        } else {
            return Err(Error::Bytes([b"ERR Unknown argument ", given].concat()));
        }
        at += 1;
    }
    let mut libraries = call.shared.libraries.all();
    libraries
        .retain(|library| pattern.is_none_or(|pattern| glob::matches_ignoring_case(pattern, &library.name)));
    call.reply.array(libraries.len());
    for library in libraries {
        describe(call, &library, with_code);
    }
    Ok(())
}

fn describe(call: &mut Call, library: &Library, with_code: bool) {
    let reply = &mut call.reply;
    reply.map(if with_code { 4 } else { 3 });
    reply.bulk(b"library_name");
    reply.bulk(&library.name);
    reply.bulk(b"engine");
    reply.bulk(b"LUA");
    reply.bulk(b"functions");
    reply.array(library.functions.len());
    for function in &library.functions {
        reply.map(3);
        reply.bulk(b"name");
        reply.bulk(&function.name);
        reply.bulk(b"description");
        match &function.description {
            Some(description) => reply.bulk(description),
            None => reply.null(),
        }
        reply.bulk(b"flags");
        let flags = ScriptFlags::NAMES.iter().filter(|(flag, _)| function.flags.has(*flag));
        reply.set(flags.clone().count());
        flags.for_each(|(_, name)| reply.simple(name));
    }
    if with_code {
        reply.bulk(b"library_code");
        reply.bulk(&library.body);
    }
}

fn load(call: &mut Call) -> Result<(), Error> {
    let last = call.args.len() - 1;
    let mut replaces = false;
    for option in &call.args[2..last] {
        if !option.eq_ignore_ascii_case(b"replace") {
            let shown = crate::admission::shown(option);
            return Err(Error::Bytes([b"ERR Unknown option given: ", shown].concat()));
        }
        replaces = true;
    }
    let name = load_library(call.shared, call.local, call.args[last], replaces)?;
    changed(call);
    call.reply.bulk(&name);
    Ok(())
}

fn restore(call: &mut Call) -> Result<(), Error> {
    if call.args.len() > 4 {
        return Err(help::misuse(call));
    }
    let policy = match call.args.get(3).map(|policy| policy.to_ascii_lowercase()).as_deref() {
        None | Some(b"append") => Policy::Append,
        Some(b"replace") => Policy::Replace,
        Some(b"flush") => Policy::Flush,
        Some(_) => {
            return Err(Error::fixed(
                "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.",
            ));
        }
    };
    let bodies = restore_functions(call.args[2]).map_err(|text| Error::Text(format!("ERR {text}").into()))?;
    restore_libraries(call.shared, call.local, &bodies, policy)?;
    changed(call);
    call.reply.ok();
    Ok(())
}

fn stats(call: &mut Call) -> Result<(), Error> {
    let running = &call.shared.running;
    if running.is_busy() && !running.is_function() {
        return Err(running.refusal());
    }
    let (libraries, functions) = call.shared.libraries.sizes();
    call.reply.map(2);
    call.reply.bulk(b"running_script");
    match call.shared.running.details() {
        None => call.reply.null(),
        Some(details) => {
            let taken_ns = (call.shared.options.clock_ns)().saturating_sub(details.since_ns);
            call.reply.map(3);
            call.reply.bulk(b"name");
            call.reply.bulk(&details.name);
            call.reply.bulk(b"command");
            call.reply.array(details.args.len());
            details.args.iter().for_each(|arg| call.reply.bulk(arg));
            call.reply.bulk(b"duration_ms");
            call.reply.integer((taken_ns / 1_000_000) as i64);
        }
    }
    call.reply.bulk(b"engines");
    call.reply.map(1);
    call.reply.bulk(b"LUA");
    call.reply.map(2);
    call.reply.bulk(b"libraries_count");
    call.reply.integer(libraries as i64);
    call.reply.bulk(b"functions_count");
    call.reply.integer(functions as i64);
    Ok(())
}

fn show_help(call: &mut Call) -> Result<(), Error> {
    help::write(call, HELP);
    Ok(())
}

const HELP: &[&str] = &[
    "LOAD [REPLACE] <FUNCTION CODE>",
    "    Create a new library with the given library name and code.",
    "DELETE <LIBRARY NAME>",
    "    Delete the given library.",
    "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
    "    Return general information on all the libraries:",
    "    * Library name",
    "    * The engine used to run the Library",
    "    * Library description",
    "    * Functions list",
    "    * Library code (if WITHCODE is given)",
    "    It also possible to get only function that matches a pattern using LIBRARYNAME argument.",
    "STATS",
    "    Return information about the current function running:",
    "    * Function name",
    "    * Command used to run the function",
    "    * Duration in MS that the function is running",
    "    If no function is running, return nil",
    "    In addition, returns a list of available engines.",
    "KILL",
    "    Kill the current running function.",
    "FLUSH [ASYNC|SYNC]",
    "    Delete all the libraries.",
    "    When called without the optional mode argument, the behavior is determined by the",
    "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
    "    * ASYNC: Asynchronously flush the libraries.",
    "    * SYNC: Synchronously flush the libraries.",
    "DUMP",
    "    Return a serialized payload representing the current libraries, can be restored using FUNCTION RESTORE command",
    "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
    "    Restore the libraries represented by the given payload, it is possible to give a restore policy to",
    "    control how to handle existing libraries (default APPEND):",
    "    * FLUSH: delete all existing libraries.",
    "    * APPEND: appends the restored libraries to the existing libraries. On collision, abort.",
    "    * REPLACE: appends the restored libraries to the existing libraries, On collision, replace the old",
    "      libraries with the new libraries (notice that even on this option there is a chance of failure",
    "      in case of functions name collision with another library).",
];
