//! HOTKEYS: which keys take most of the time and of the traffic.

use crate::commands::help;
use crate::commands::prelude::*;
use crate::observe::hot_keys::{Ranking, Wish};
use hematite_base::number::parse_i64;

/// HOTKEYS: see <https://redis.io/commands/hotkeys/>.
pub const HOTKEYS: HostRow = HostRow {
    spec: Spec {
        group: Group::Server,
        since: "8.6.0",
        summary: "A container for hotkeys tracking commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::NONE,
        acl: Acl::NONE,
        ..Spec::new("hotkeys")
    },
    run: (),
};

const FLAGS: Flags = Flags::ADMIN.or(Flags::NOSCRIPT);

/// HOTKEYS GET: see <https://redis.io/commands/hotkeys-get/>.
pub const HOTKEYS_GET: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "8.6.0",
        summary: "Returns lists of top K hotkeys depending on metrics chosen in HOTKEYS START command.",
        complexity: "O(K) where K is the number of hotkeys returned.",
        arity: 2,
        flags: FLAGS,
        acl: Acl::NONE,
        reply: "any",
        ..Spec::new("hotkeys|get")
    },
    run: hotkeys_get,
};

/// HOTKEYS HELP: see <https://redis.io/commands/hotkeys-help/>.
pub const HOTKEYS_HELP: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "8.6.1",
        summary: "Returns helpful text about HOTKEYS commands and parameters.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE),
        acl: Acl::NONE,
        reply: "array<string>",
        ..Spec::new("hotkeys|help")
    },
    run: hotkeys_help,
};

/// HOTKEYS RESET: see <https://redis.io/commands/hotkeys-reset/>.
pub const HOTKEYS_RESET: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "8.6.0",
        summary: "Release the resources used for hotkey tracking.",
        complexity: "O(1)",
        arity: 2,
        flags: FLAGS,
        acl: Acl::NONE,
        reply: "ok",
        ..Spec::new("hotkeys|reset")
    },
    run: hotkeys_reset,
};

/// HOTKEYS START: see <https://redis.io/commands/hotkeys-start/>.
pub const HOTKEYS_START: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "8.6.0",
        summary: "Starts hotkeys tracking.",
        complexity: "O(1)",
        arity: -2,
        flags: FLAGS,
        acl: Acl::NONE,
        args: &[
            Arg::new(
                "metrics",
                Kind::Block(&[
                    Arg::new("count", Kind::Integer),
                    Arg::new("cpu", Kind::Token).token("CPU").optional(),
                    Arg::new("net", Kind::Token).token("NET").optional(),
                ]),
            )
            .token("METRICS"),
            Arg::new("k", Kind::Integer).token("COUNT").optional(),
            Arg::new("seconds", Kind::Integer).token("DURATION").optional(),
            Arg::new("ratio", Kind::Integer).token("SAMPLE").optional(),
            Arg::new(
                "slots",
                Kind::Block(&[Arg::new("count", Kind::Integer), Arg::new("slot", Kind::Integer).multiple()]),
            )
            .token("SLOTS")
            .optional(),
        ],
        reply: "ok",
        ..Spec::new("hotkeys|start")
    },
    run: hotkeys_start,
};

/// HOTKEYS STOP: see <https://redis.io/commands/hotkeys-stop/>.
pub const HOTKEYS_STOP: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "8.6.0",
        summary: "Stops hotkeys tracking.",
        complexity: "O(1)",
        arity: 2,
        flags: FLAGS,
        acl: Acl::NONE,
        reply: "ok | null",
        ..Spec::new("hotkeys|stop")
    },
    run: hotkeys_stop,
};

/// The subcommands' rows.
pub(crate) const ROWS: &[Row] = &[HOTKEYS_GET, HOTKEYS_HELP, HOTKEYS_RESET, HOTKEYS_START, HOTKEYS_STOP];

const TEXT: &[&str] = &[
    "START METRICS <count> [CPU] [NET] [COUNT <k>] [DURATION <seconds>] [SAMPLE <ratio>]",
    "    Begin to count which keys commands spend processor time (CPU) or bytes (NET) on.",
    "STOP",
    "    End it; what was counted stays.",
    "GET",
    "    Return what was counted, with the <k> keys that cost most.",
    "RESET",
    "    Forget what was counted.",
];

/// Keys that are shown where COUNT does not say.
const COUNT: i64 = 10;
const COUNT_MAX: i64 = 64;
const SECONDS_MAX: i64 = 1_000_000;

fn hotkeys_help(call: &mut Call) -> Result<(), Error> {
    help::write(call, TEXT);
    Ok(())
}

/// A number that has to lie between two, or the error.
fn number(argument: Option<&&[u8]>, least: i64, most: i64, refusal: &'static str) -> Result<i64, Error> {
    let given = argument.ok_or(Error::Syntax)?;
    parse_i64(given).filter(|n| (least..=most).contains(n)).ok_or(Error::fixed(refusal))
}

/// The metrics behind METRICS: time, bytes, and how many words they are with their count.
fn metrics(words: &[&[u8]]) -> Result<(bool, bool, usize), Error> {
    let count = number(words.first(), 1, i64::MAX, "ERR METRICS count must be positive")?;
    let given = &words[1..];
    if count > given.len() as i64 {
        return Err(Error::fixed("ERR METRICS count does not match number of metric types provided"));
    }
    let (mut cpu, mut net) = (false, false);
    // Others may come to be; they are passed by.
    for word in &given[..count as usize] {
        if word.eq_ignore_ascii_case(b"cpu") && std::mem::replace(&mut cpu, true) {
            return Err(Error::fixed("ERR METRICS CPU defined more than once"));
        }
        if word.eq_ignore_ascii_case(b"net") && std::mem::replace(&mut net, true) {
            return Err(Error::fixed("ERR METRICS NET defined more than once"));
        }
    }
    if !cpu && !net {
        return Err(Error::fixed("ERR METRICS no valid metrics passed. Supported: CPU, NET"));
    }
    Ok((cpu, net, 1 + count as usize))
}

fn hotkeys_start(call: &mut Call) -> Result<(), Error> {
    let words = &call.args[2..];
    let (mut at, mut chosen) = (0, None);
    let mut wish = Wish { cpu: false, net: false, count: COUNT as usize, until_ms: None, sample: 1 };
    while at < words.len() {
        let (word, next) = (words[at].to_ascii_lowercase(), words.get(at + 1));
        at += 2;
        match &word[..] {
            b"metrics" if chosen.is_none() => {
                let (cpu, net, taken) = metrics(&words[at - 1..])?;
                chosen = Some((cpu, net));
                at += taken - 1;
            }
            b"count" => {
                wish.count = number(next, 1, COUNT_MAX, "ERR COUNT must be between 1 and 64")? as usize;
            }
            b"duration" => {
                let refusal = "ERR DURATION must be between 1 and 1000000";
                let seconds = number(next, 1, SECONDS_MAX, refusal)?;
                wish.until_ms = Some(call.now.unix_ms + seconds * 1000);
            }
            b"sample" => {
                wish.sample = number(next, 1, i64::MAX, "ERR SAMPLE ratio must be positive")? as u64;
            }
            b"slots" => {
                return Err(Error::fixed("ERR SLOTS parameter cannot be used in non-cluster mode"));
            }
            _ => return Err(Error::Syntax),
        }
    }
    let (cpu, net) = chosen.ok_or(Error::fixed("ERR METRICS parameter is required"))?;
    if !call.shared.start_hot_keys(Wish { cpu, net, ..wish }, call.now.unix_ms) {
        return Err(Error::fixed("ERR hotkey tracking session already in progress"));
    }
    call.reply.ok();
    Ok(())
}

fn hotkeys_stop(call: &mut Call) -> Result<(), Error> {
    match call.shared.stop_hot_keys(call.now.unix_ms) {
        true => call.reply.ok(),
        false => call.reply.null(),
    }
    Ok(())
}

fn hotkeys_reset(call: &mut Call) -> Result<(), Error> {
    if !call.shared.reset_hot_keys(call.now.unix_ms) {
        return Err(Error::fixed("ERR hotkey tracking session in progress, stop tracking first"));
    }
    call.reply.ok();
    Ok(())
}

fn hotkeys_get(call: &mut Call) -> Result<(), Error> {
    let Some(report) = call.shared.hot_keys(call.now.unix_ms) else {
        call.reply.null();
        return Ok(());
    };
    let reply = &mut call.reply;
    reply.array(1);
    reply.map(7 + 3 * usize::from(report.cpu.is_some()) + 2 * usize::from(report.net.is_some()));
    let field = |reply: &mut hematite_resp::Encoder<'_>, name: &str, value: i64| {
        reply.bulk(name.as_bytes());
        reply.integer(value);
    };
    field(reply, "tracking-active", i64::from(report.is_active));
    field(reply, "sample-ratio", report.sample as i64);
    reply.bulk(b"selected-slots");
    reply.array(1);
    reply.array(2);
    reply.integer(0);
    reply.integer(16_383);
    field(reply, "all-commands-all-slots-us", report.all_us as i64);
    field(reply, "net-bytes-all-commands-all-slots", report.all_bytes as i64);
    field(reply, "collection-start-time-unix-ms", report.started_ms);
    field(reply, "collection-duration-ms", report.duration_ms);
    let ranking = |reply: &mut hematite_resp::Encoder<'_>, name: &str, ranking: &Ranking| {
        reply.bulk(name.as_bytes());
        reply.array(2 * ranking.len());
        for (key, cost) in ranking {
            reply.bulk(key);
            reply.integer(*cost as i64);
        }
    };
    if let Some((user_ms, system_ms, _)) = &report.cpu {
        field(reply, "total-cpu-time-user-ms", *user_ms as i64);
        field(reply, "total-cpu-time-sys-ms", *system_ms as i64);
    }
    if report.net.is_some() {
        field(reply, "total-net-bytes", report.all_bytes as i64);
    }
    if let Some((_, _, keys)) = &report.cpu {
        ranking(reply, "by-cpu-time-us", keys);
    }
    if let Some(keys) = &report.net {
        ranking(reply, "by-net-bytes", keys);
    }
    Ok(())
}
