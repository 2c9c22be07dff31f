//! SCRIPT: the scripts that EVALSHA knows.

use crate::commands::help;
use crate::commands::prelude::*;
use crate::scripting;

/// The subcommands' rows.
pub(super) const ROWS: &[Row] =
    &[SCRIPT_DEBUG, SCRIPT_EXISTS, SCRIPT_FLUSH, SCRIPT_HELP, SCRIPT_KILL, SCRIPT_LOAD, SCRIPT_SHOW];

const TIPS_ALL: &[&str] = &["request_policy:all_nodes", "response_policy:all_succeeded"];

/// SCRIPT: see <https://valkey.io/commands/script/>.
pub const SCRIPT: HostRow = HostRow {
    spec: Spec {
        since: "2.6.0",
        summary: "A container for Lua scripts management commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..spec("script")
    },
    run: (),
};

const fn spec(name: &'static str) -> Spec {
    Spec {
        group: Group::Scripting,
        since: "2.6.0",
        flags: Flags::NOSCRIPT,
        acl: Acl::SCRIPTING,
        ..Spec::new(name)
    }
}

/// SCRIPT DEBUG: see <https://valkey.io/commands/script-debug/>.
pub const SCRIPT_DEBUG: Row = Row {
    spec: Spec {
        since: "3.2.0",
        summary: "Sets the debug mode of server-side Lua scripts.",
        complexity: "O(1)",
        arity: 3,
        args: &[Arg::new(
            "mode",
            Kind::OneOf(&[
                Arg::new("yes", Kind::Token).token("YES"),
                Arg::new("sync", Kind::Token).token("SYNC"),
                Arg::new("no", Kind::Token).token("NO"),
            ]),
        )],
        reply: "ok",
        ..spec("script|debug")
    },
    run: debug,
};

/// SCRIPT EXISTS: see <https://valkey.io/commands/script-exists/>.
pub const SCRIPT_EXISTS: Row = Row {
    spec: Spec {
        summary: "Determines whether server-side Lua scripts exist in the script cache.",
        complexity: "O(N) with N being the number of scripts to check (so checking a single script is an O(1) operation).",
        arity: -3,
        tips: &["request_policy:all_shards", "response_policy:agg_logical_and"],
        args: &[Arg::new("sha1", Kind::Text).multiple()],
        reply: "array<integer>",
        ..spec("script|exists")
    },
    run: exists,
};

/// SCRIPT FLUSH: see <https://valkey.io/commands/script-flush/>.
pub const SCRIPT_FLUSH: Row = Row {
    spec: Spec {
        summary: "Removes all server-side Lua scripts from the script cache.",
        complexity: "O(N) with N being the number of scripts in cache",
        arity: -2,
        tips: TIPS_ALL,
        history: &[("6.2.0", "Added the `ASYNC` and `SYNC` flushing mode modifiers.")],
        args: &[Arg::new(
            "flush-type",
            Kind::OneOf(&[
                Arg::new("async", Kind::Token).token("ASYNC"),
                Arg::new("sync", Kind::Token).token("SYNC"),
            ]),
        )
        .optional()
        .since("6.2.0")],
        reply: "ok",
        ..spec("script|flush")
    },
    run: flush,
};

/// SCRIPT HELP: see <https://valkey.io/commands/script-help/>.
pub const SCRIPT_HELP: Row = Row {
    spec: Spec {
        since: "5.0.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        reply: "array<string>",
        ..spec("script|help")
    },
    run: show_help,
};

/// SCRIPT KILL: see <https://valkey.io/commands/script-kill/>.
pub const SCRIPT_KILL: Row = Row {
    spec: Spec {
        summary: "Terminates a server-side Lua script during execution.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::NOSCRIPT.or(Flags::ALLOW_BUSY),
        tips: &["request_policy:all_shards", "response_policy:one_succeeded"],
        reply: "ok",
        ..spec("script|kill")
    },
    run: kill,
};

/// SCRIPT LOAD: see <https://valkey.io/commands/script-load/>.
pub const SCRIPT_LOAD: Row = Row {
    spec: Spec {
        summary: "Loads a server-side Lua script to the script cache.",
        complexity: "O(N) with N being the length in bytes of the script body.",
        arity: 3,
        flags: Flags::NOSCRIPT.or(Flags::STALE),
        tips: TIPS_ALL,
        args: &[Arg::new("script", Kind::Text)],
        reply: "string",
        ..spec("script|load")
    },
    run: load,
};

/// SCRIPT SHOW: see <https://valkey.io/commands/script-show/>.
pub const SCRIPT_SHOW: Row = Row {
    spec: Spec {
        since: "8.0.0",
        summary: "Show server-side Lua script in the script cache.",
        complexity: "O(1).",
        arity: 3,
        args: &[Arg::new("sha1", Kind::Text)],
        reply: "string",
        ..spec("script|show")
    },
    run: show,
};

fn debug(call: &mut Call) -> Result<(), Error> {
    match &call.args[2].to_ascii_lowercase()[..] {
        b"no" => call.reply.ok(),
        b"yes" | b"sync" => {
            return Err(Error::fixed("ERR The Lua debugger is not built in: SCRIPT DEBUG takes NO only"));
        }
        _ => return Err(Error::fixed("ERR Use SCRIPT DEBUG YES/SYNC/NO")),
    }
    Ok(())
}

fn exists(call: &mut Call) -> Result<(), Error> {
    call.reply.array(call.args.len() - 2);
    for sha in &call.args[2..] {
        call.reply.integer(i64::from(call.shared.scripts.find(sha).is_some()));
    }
    Ok(())
}

fn flush(call: &mut Call) -> Result<(), Error> {
    let mode = call.args.get(2).map(|mode| mode.to_ascii_lowercase());
    if call.args.len() > 3 || !matches!(mode.as_deref(), None | Some(b"sync" | b"async")) {
        return Err(Error::fixed("ERR SCRIPT FLUSH only support SYNC|ASYNC option"));
    }
    call.shared.scripts.clear();
    call.reply.ok();
    Ok(())
}

fn kill(call: &mut Call) -> Result<(), Error> {
    call.shared.running.kill(false)?;
    call.reply.ok();
    Ok(())
}

fn load(call: &mut Call) -> Result<(), Error> {
    let script = scripting::load(call.shared, call.local, call.args[2])?;
    call.reply.bulk(script.sha.as_bytes());
    Ok(())
}

fn show(call: &mut Call) -> Result<(), Error> {
    let script = call.shared.scripts.find(call.args[2]);
    let script = script.ok_or(Error::fixed("NOSCRIPT No matching script. Please use EVAL."))?;
    call.reply.bulk(&script.body);
    Ok(())
}

fn show_help(call: &mut Call) -> Result<(), Error> {
    help::write(
        call,
        &[
            "DEBUG (YES|SYNC|NO)",
            "    Set the debug mode for subsequent scripts executed.",
            "EXISTS <sha1> [<sha1> ...]",
            "    Return information about the existence of the scripts in the script cache.",
            "FLUSH [ASYNC|SYNC]",
            "    Flush the Lua scripts cache. Very dangerous on replicas.",
            "    When called without the optional mode argument, the behavior is determined by the",
            "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
            "    * ASYNC: Asynchronously flush the scripts cache.",
            "    * SYNC: Synchronously flush the scripts cache.",
            "KILL",
            "    Kill the currently executing Lua script.",
            "LOAD <script>",
            "    Load a script into the scripts cache without executing it.",
        ],
    );
    Ok(())
}
