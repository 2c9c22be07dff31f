//! MEMORY USAGE: what a key costs.

use crate::prelude::*;

/// MEMORY: see <https://valkey.io/commands/memory/>.
pub const MEMORY: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "A container for memory diagnostics commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("memory")
    },
    run: memory,
};

/// MEMORY HELP: see <https://valkey.io/commands/memory-help/>.
pub const MEMORY_HELP: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "Returns helpful text about the different subcommands.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::NONE,
        reply: "array<string>",
        ..Spec::new("memory|help")
    },
    run: memory_help,
};

/// MEMORY USAGE: see <https://valkey.io/commands/memory-usage/>.
pub const MEMORY_USAGE: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "4.0.0",
        summary: "Estimates the memory usage of a key.",
        complexity: "O(N) where N is the number of samples.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::NONE,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("count", Kind::Integer).token("SAMPLES").optional(),
        ],
        reply: "integer | null",
        ..Spec::new("memory|usage")
    },
    run: memory_usage,
};

fn memory(ctx: &mut Context) -> Result<(), Error> {
    Err(Error::unknown_subcommand(ctx.args[1], ctx.spec.name))
}

fn memory_help(ctx: &mut Context) -> Result<(), Error> {
    ctx.help(&[
        "MEMORY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "DOCTOR",
        "    Return memory problems reports.",
        "MALLOC-STATS",
        "    Return internal statistics report from the memory allocator.",
        "PURGE",
        "    Attempt to purge dirty pages for reclamation by the allocator.",
        "STATS",
        "    Return information about the memory usage of the server.",
        "USAGE <key> [SAMPLES <count>]",
        "    Return memory in bytes used by <key> and its value. Nested values are",
        "    sampled up to <count> times (default: 5, 0 means sample all).",
    ]);
    Ok(())
}

/// SAMPLES is checked and then not needed: values know their size.
fn memory_usage(ctx: &mut Context) -> Result<(), Error> {
    let mut at = 3;
    while at < ctx.args.len() {
        if !ctx.is(at, "samples") || at + 1 >= ctx.args.len() || ctx.integer(at + 1)? < 0 {
            return Err(Error::Syntax);
        }
        at += 2;
    }
    match ctx.db.peek(ctx.args[2]).map(|entry| entry.memory_bytes()) {
        Some(bytes) => ctx.reply.integer(bytes as i64),
        None => ctx.reply.null(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn grows_with_the_value() {
        let mut server = Server::new();
        server.script(&[
            ("memory usage k", "$-1\r\n"),
            ("memory usage k samples", "-ERR syntax error\r\n"),
            ("memory usage k samples -1", "-ERR syntax error\r\n"),
            ("memory usage k samples a", "-ERR value is not an integer or out of range\r\n"),
            ("memory foo", "-ERR unknown subcommand 'foo'. Try MEMORY HELP.\r\n"),
            ("set k 1", "+OK\r\n"),
        ]);
        let mut usage = || server.run("memory usage k samples 0")[1..].trim().parse::<usize>().unwrap();
        let small = usage();
        assert!((8..64).contains(&small), "{small}");
        server.run(&format!("set k {}", "x".repeat(10_000)));
        let large = server.run("memory usage k")[1..].trim().parse::<usize>().unwrap();
        assert!((10_000..12_600).contains(&large), "{large}");
    }
}
