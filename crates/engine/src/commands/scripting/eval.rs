//! EVAL, EVALSHA, FCALL and their read-only forms.

use crate::dispatch::Chance;
use crate::scripting::{Origin, call_function, run};
use crate::session::Session;
use crate::table::CompoundRow;
use hematite_commands::Error;
use hematite_commands::spec::*;

/// The rows.
pub(super) const ROWS: &[CompoundRow] = &[EVAL, EVAL_RO, EVALSHA, EVALSHA_RO, FCALL, FCALL_RO];

const FLAGS: Flags = Flags::NOSCRIPT
    .or(Flags::SKIP_MONITOR.or(Flags::NO_MANDATORY_KEYS.or(Flags::STALE)))
    .or(Flags::MOVABLE_KEYS);
const FLAGS_RO: Flags = Flags::NOSCRIPT
    .or(Flags::SKIP_MONITOR.or(Flags::NO_MANDATORY_KEYS.or(Flags::STALE.or(Flags::READONLY))))
    .or(Flags::MOVABLE_KEYS);

const fn keys(flags: KeyFlags, notes: &'static str) -> KeySpec {
    KeySpec { begin: Begin::Index(2), find: Find::KeyNum { count: 0, first: 1, step: 1 }, flags, notes }
}

const KEYS: &[KeySpec] = &[keys(
    KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
    "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE",
)];
const KEYS_RO: &[KeySpec] = &[keys(
    KeyFlags::RO.or(KeyFlags::ACCESS),
    "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS",
)];
/// The reference says nothing of the keys of those that name a script by its digest.
const KEYS_BY_DIGEST: &[KeySpec] = &[keys(KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)), "")];
const KEYS_BY_DIGEST_RO: &[KeySpec] = &[keys(KeyFlags::RO.or(KeyFlags::ACCESS), "")];

const fn after(program: Arg) -> [Arg; 4] {
    [
        program,
        Arg::new("numkeys", Kind::Integer),
        Arg::new("key", Kind::Key).optional().multiple().key_spec(0),
        Arg::new("arg", Kind::Text).optional().multiple(),
    ]
}

const SCRIPT_ARGS: &[Arg] = &after(Arg::new("script", Kind::Text));
const FUNCTION_ARGS: &[Arg] = &after(Arg::new("function", Kind::Text));
const SHA_ARGS: &[Arg] = &after(Arg::new("sha1", Kind::Text));

const fn spec(name: &'static str) -> Spec {
    Spec {
        group: Group::Scripting,
        complexity: "Depends on the script that is executed.",
        arity: -3,
        flags: FLAGS,
        acl: Acl::SCRIPTING,
        keys: KEYS,
        args: SCRIPT_ARGS,
        ..Spec::new(name)
    }
}

/// EVAL: see <https://valkey.io/commands/eval/>.
pub const EVAL: CompoundRow = CompoundRow {
    spec: Spec { since: "2.6.0", summary: "Executes a server-side Lua script.", ..spec("eval") },
    run: eval,
};

/// EVAL_RO: see <https://valkey.io/commands/eval_ro/>.
pub const EVAL_RO: CompoundRow = CompoundRow {
    spec: Spec {
        since: "7.0.0",
        summary: "Executes a read-only server-side Lua script.",
        flags: FLAGS_RO,
        keys: KEYS_RO,
        ..spec("eval_ro")
    },
    run: eval_ro,
};

/// EVALSHA: see <https://valkey.io/commands/evalsha/>.
pub const EVALSHA: CompoundRow = CompoundRow {
    spec: Spec {
        since: "2.6.0",
        summary: "Executes a server-side Lua script by SHA1 digest.",
        keys: KEYS_BY_DIGEST,
        args: SHA_ARGS,
        ..spec("evalsha")
    },
    run: evalsha,
};

/// EVALSHA_RO: see <https://valkey.io/commands/evalsha_ro/>.
pub const EVALSHA_RO: CompoundRow = CompoundRow {
    spec: Spec {
        since: "7.0.0",
        summary: "Executes a read-only server-side Lua script by SHA1 digest.",
        flags: FLAGS_RO,
        keys: KEYS_BY_DIGEST_RO,
        args: SHA_ARGS,
        ..spec("evalsha_ro")
    },
    run: evalsha_ro,
};

/// FCALL: see <https://valkey.io/commands/fcall/>.
pub const FCALL: CompoundRow = CompoundRow {
    spec: Spec {
        since: "7.0.0",
        summary: "Invokes a function.",
        complexity: "Depends on the function that is executed.",
        args: FUNCTION_ARGS,
        ..spec("fcall")
    },
    run: fcall,
};

/// FCALL_RO: see <https://valkey.io/commands/fcall_ro/>.
pub const FCALL_RO: CompoundRow = CompoundRow {
    spec: Spec {
        since: "7.0.0",
        summary: "Invokes a read-only function.",
        complexity: "Depends on the function that is executed.",
        flags: FLAGS_RO,
        keys: KEYS_RO,
        args: FUNCTION_ARGS,
        ..spec("fcall_ro")
    },
    run: fcall_ro,
};

fn eval(chance: &mut Chance, session: &mut Session, args: &[&[u8]]) -> Result<(), Error> {
    run(chance, session, args, Origin::Text, false)
}
fn eval_ro(chance: &mut Chance, session: &mut Session, args: &[&[u8]]) -> Result<(), Error> {
    run(chance, session, args, Origin::Text, true)
}
fn evalsha(chance: &mut Chance, session: &mut Session, args: &[&[u8]]) -> Result<(), Error> {
    run(chance, session, args, Origin::Sha, false)
}
fn evalsha_ro(chance: &mut Chance, session: &mut Session, args: &[&[u8]]) -> Result<(), Error> {
    run(chance, session, args, Origin::Sha, true)
}
fn fcall(chance: &mut Chance, session: &mut Session, args: &[&[u8]]) -> Result<(), Error> {
    call_function(chance, session, args, false)
}
fn fcall_ro(chance: &mut Chance, session: &mut Session, args: &[&[u8]]) -> Result<(), Error> {
    call_function(chance, session, args, true)
}
