//! DEBUG: what test suites lean on. Subcommands that would crash, leak or restart the process are not there.

mod digest;
mod help;
mod host;
mod inspect;
mod populate;
mod protocol;
mod reload;

use crate::commands::help::misuse;
use crate::commands::prelude::*;
use crate::engine::Shared;
use hematite_base::number::{parse_f64, parse_i64};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// DEBUG: see <https://valkey.io/commands/debug/>.
pub const DEBUG: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "A container for debugging commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        flags: Flags::ADMIN
            .or(Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::PROTECTED))))
            .or(Flags::TOUCHES_ARBITRARY_KEYS),
        acl: Acl::NONE,
        syscmd: true,
        ..Spec::new("debug")
    },
    run: debug,
};

/// Longest DEBUG SLEEP, seconds.
const SLEEP_MAX_S: f64 = 1e9;

fn debug(call: &mut Call) -> Result<(), Error> {
    let args = call.args;
    let word = args[1].to_ascii_lowercase();
    match (&word[..], &args[2..]) {
        (b"help", []) => help::write(call),
        (b"sleep", [seconds]) => {
            sleep(call.shared, seconds);
            call.reply.ok();
        }
        (b"digest", []) => digest::of_everything(call),
        (b"digest-value", keys) => digest::of_values(call, keys),
        (b"object", [key]) => return inspect::object(call, key),
        (b"sdslen", [key]) => return inspect::string_lengths(call, key),
        (b"listpack", [key]) => return inspect::listpack(call, key),
        (b"quicklist", [key] | [key, _]) => return inspect::quicklist(call, key),
        (b"htstats", [db]) => return inspect::table(call, db),
        (b"htstats-key", [key]) => return inspect::table_of_key(call, key),
        (b"structsize", []) => inspect::sizes(call),
        (b"protocol", [kind]) => return protocol::write(call, kind),
        (b"populate", [count, rest @ ..]) if rest.len() <= 2 => return populate::run(call, count, rest),
        (b"loadaof", _) => return host::ask(call, "debug|loadaof"),
        (b"config-rewrite-force-all", []) => return host::ask(call, "debug|config-rewrite-force-all"),
        (b"reload", options) => return reload::run(call, options),
        (b"error", [text]) => return Err(Error::Bytes(text.to_vec())),
        (b"set-active-expire", [flag]) => {
            call.shared.limits.active_expire.store(leading_integer(flag) != 0, Relaxed);
            call.reply.ok();
        }
        (b"change-repl-id", []) => {
            let name = crate::identity::name(&mut call.local.random);
            *call.shared.identity.replication_id.lock() = name;
            call.reply.ok();
        }
        (b"quicklist-packed-threshold", [size]) => {
            packed_threshold(size)?;
            call.reply.ok();
        }
        (b"client-eviction", []) => return Err(Error::fixed("ERR maxmemory-clients is disabled.")),
        (b"replybuffer", [what, _])
            if what.eq_ignore_ascii_case(b"resizing") || what.eq_ignore_ascii_case(b"peak-reset-time") =>
        {
            call.reply.ok();
        }
        // These steer machinery that is not here: there is nothing to be done, and nothing to be refused.
        (
            b"set-disable-deny-scripts"
            | b"pause-cron"
            | b"set-skip-checksum-validation"
            | b"aof-flush-sleep"
            | b"drop-cluster-packet-filter"
            | b"replicate"
            | b"log",
            [_],
        ) => call.reply.ok(),
        _ => return Err(misuse(call)),
    }
    Ok(())
}

/// Holds everybody up: the caller has all the gates.
fn sleep(shared: &Shared, seconds: &[u8]) {
    let seconds = parse_f64(seconds).filter(|s| s.is_finite()).unwrap_or(0.0).clamp(0.0, SLEEP_MAX_S);
    (shared.options.sleep)(Duration::from_secs_f64(seconds));
}

/// The integer at the start of a text, 0 if there is none.
fn leading_integer(text: &[u8]) -> i64 {
    let end = text.iter().position(|b| !b.is_ascii_digit() && *b != b'-').unwrap_or(text.len());
    parse_i64(&text[..end]).unwrap_or(0)
}

/// QUICKLIST-PACKED-THRESHOLD: only checked, since large elements have nodes of their own here at a fixed size.
fn packed_threshold(size: &[u8]) -> Result<(), Error> {
    let lower = size.to_ascii_lowercase();
    let digits = lower.iter().take_while(|b| b.is_ascii_digit()).count();
    let unit = match &lower[digits..] {
        b"" | b"b" => Some(1),
        b"k" => Some(1000),
        b"kb" => Some(1 << 10),
        b"m" => Some(1_000_000),
        b"mb" => Some(1 << 20),
        b"g" => Some(1_000_000_000),
        b"gb" => Some(1i64 << 30),
        _ => None,
    };
    let number = if digits == 0 { Some(0) } else { parse_i64(&lower[..digits]) };
    let bytes = unit.zip(number).and_then(|(unit, number)| number.checked_mul(unit));
    match bytes {
        Some(0..=PACKED_THRESHOLD_MAX) => Ok(()),
        _ => Err(Error::fixed("ERR argument must be a memory value bigger than 1 and smaller than 4gb")),
    }
}

/// Largest threshold, bytes: a little less than what 32 bits can say.
const PACKED_THRESHOLD_MAX: i64 = (1 << 32) - (1 << 20);
