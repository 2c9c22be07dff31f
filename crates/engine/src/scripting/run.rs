//! A run: from EVAL's arguments to the program's reply, in the reference's order of refusals.

use super::caller::ScriptCaller;
use super::interpreter::{Interpreter, Program, Run, Script, ScriptFlags};
use crate::dispatch::Chance;
use crate::engine::Shared;
use crate::session::Session;
use crate::worker::Local;
use hematite_base::number::parse_i64;
use hematite_commands::Error;
use hematite_resp::Encoder;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Where a run's program comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// EVAL: its text is the first argument.
    Text,
    /// EVALSHA: its SHA-1 is.
    Sha,
}

/// EVAL, EVALSHA and their read-only forms.
pub(crate) fn run(
    chance: &mut Chance<'_, '_>,
    session: &mut Session,
    args: &[&[u8]],
    origin: Origin,
    is_read_only: bool,
) -> Result<(), Error> {
    if origin == Origin::Sha && args[1].len() != 40 {
        return Err(Error::fixed("NOSCRIPT No matching script. Please use EVAL."));
    }
    let (keys, rest) = split(args, Error::NotInteger)?;
    let script = find(chance, args[1], origin)?;
    let permission = Permission::of(chance, script.flags, is_read_only)?;
    let run = Run { program: Program::Script(&script), keys, args: rest };
    execute(chance, session, args, &run, permission)
}

/// FCALL and its read-only form.
pub(crate) fn call_function(
    chance: &mut Chance<'_, '_>,
    session: &mut Session,
    args: &[&[u8]],
    is_read_only: bool,
) -> Result<(), Error> {
    let found = chance.shared.libraries.find(args[1]);
    let (library, at) = found.ok_or(Error::fixed("ERR Function not found"))?;
    let (keys, rest) = split(args, Error::fixed("ERR Bad number of keys provided"))?;
    let function = &library.functions[at];
    let permission = Permission::of(chance, Some(function.flags), is_read_only)?;
    let run = Run { program: Program::Function(&library, &function.name), keys, args: rest };
    execute(chance, session, args, &run, permission)
}

/// The keys of a program, and its arguments.
type Halves<'a, 'b> = (&'a [&'b [u8]], &'a [&'b [u8]]);

/// The keys and what comes after them, from `name program numkeys key ... arg ...`.
pub(super) fn split<'a, 'b>(args: &'a [&'b [u8]], not_a_number: Error) -> Result<Halves<'a, 'b>, Error> {
    let count = parse_i64(args[2]).ok_or(not_a_number)?;
    let after = &args[3..];
    if count > after.len() as i64 {
        return Err(Error::fixed("ERR Number of keys can't be greater than number of args"));
    }
    let count = usize::try_from(count).map_err(|_| Error::fixed("ERR Number of keys can't be negative"))?;
    Ok(after.split_at(count))
}

/// What a program may do beside what its user may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Permission {
    /// Writes are refused.
    pub is_read_only: bool,
    /// It may run commands that need memory though there is none.
    pub allows_oom: bool,
}

impl Permission {
    /// By its flags, and by whether it was called to read only; an error if it may not run at all.
    fn of(chance: &Chance<'_, '_>, flags: Option<ScriptFlags>, is_read_only: bool) -> Result<Self, Error> {
        let Some(flags) = flags else { return Ok(Permission { is_read_only, allows_oom: false }) };
        if flags.has(ScriptFlags::NO_WRITES) {
            return Ok(Permission { is_read_only: true, allows_oom: true });
        }
        if is_read_only {
            return Err(Error::fixed("ERR Can not execute a script with write flag using *_ro command."));
        }
        let allows_oom = flags.has(ScriptFlags::ALLOW_OOM);
        if !allows_oom && chance.is_out_of_memory() {
            return Err(Error::fixed(
                "OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'",
            ));
        }
        Ok(Permission { is_read_only, allows_oom })
    }
}

/// The script that an argument names or is; it is compiled, if the interpreter has not done so.
fn find(chance: &mut Chance<'_, '_>, given: &[u8], origin: Origin) -> Result<Arc<Script>, Error> {
    let scripts = &chance.shared.scripts;
    match origin {
        Origin::Sha => {
            scripts.find(given).ok_or(Error::fixed("NOSCRIPT No matching script. Please use EVAL."))
        }
        Origin::Text => match scripts.find_body(given) {
            Some(script) => Ok(script),
            None => load(chance.shared, chance.local, given),
        },
    }
}

/// Compiles a script and makes it known.
pub(crate) fn load(shared: &Shared, local: &mut Local, body: &[u8]) -> Result<Arc<Script>, Error> {
    let scripts = &shared.scripts;
    if let Some(script) = scripts.find_body(body) {
        return Ok(script);
    }
    let script = scripts.prepare(body)?;
    let mut interpreter = take_interpreter(shared, local)?;
    let compiled = interpreter.compile(&script);
    local.interpreter = Some(interpreter);
    compiled
        .map_err(|text| Error::Bytes([b"ERR Error compiling script (new function): ", &text[..]].concat()))?;
    Ok(scripts.add(script))
}

/// The worker's interpreter, up to date with what was forgotten. It is to be put back.
pub(super) fn take_interpreter(shared: &Shared, local: &mut Local) -> Result<Box<dyn Interpreter>, Error> {
    let forgotten = shared.scripts.forgotten.load(Relaxed);
    let changes = shared.libraries.changes.load(Relaxed);
    let mut interpreter = match local.interpreter.take() {
        Some(interpreter) => interpreter,
        None => {
            let make = shared
                .options
                .interpreter
                .ok_or(Error::fixed("ERR This build has no interpreter for scripts"))?;
            local.scripts_forgotten = forgotten;
            local.libraries_changed = changes;
            make()
        }
    };
    if local.scripts_forgotten != forgotten {
        interpreter.forget_scripts();
        local.scripts_forgotten = forgotten;
    }
    if local.libraries_changed != changes {
        shared.libraries.tidy(&mut *interpreter);
        local.libraries_changed = changes;
    }
    Ok(interpreter)
}

/// What is kept of a buffer for the replies of a script's commands, bytes.
const OUTPUT_BYTES_KEPT: usize = 64 << 10;

/// Runs a program with everything locked; its reply joins the session's output.
pub(super) fn execute(
    chance: &mut Chance<'_, '_>,
    session: &mut Session,
    args: &[&[u8]],
    run: &Run<'_>,
    permission: Permission,
) -> Result<(), Error> {
    let mut interpreter = take_interpreter(chance.shared, chance.local)?;
    let command = session.card.command.load(Relaxed);
    let (name, is_function) = match run.program {
        Program::Script(script) => (script.sha.as_bytes(), false),
        Program::Function(_, name) => (name, true),
    };
    let since_ns = (chance.shared.options.clock_ns)();
    let outcome = chance.with_everything(|chance| {
        chance.shared.running.begin(is_function);
        let was_in_script = std::mem::replace(&mut chance.local.is_in_script, true);
        let mut own = session.for_script();
        std::mem::swap(own.output.buffer(), &mut chance.local.script_output);
        let journal = &chance.shared.journal;
        let _group = journal.is_on().then(|| journal.group());
        let mut caller = ScriptCaller {
            chance,
            session: own,
            permission,
            args,
            name,
            is_function,
            since_ns,
            has_written: false,
        };
        let mut reply = Encoder::new(session.output.buffer(), session.protocol);
        let outcome = interpreter.run(run, &mut caller, &mut reply);
        let local = &mut *caller.chance.local;
        (local.is_in_script, local.is_unrecorded) = (was_in_script, false);
        if caller.session.output.capacity() <= OUTPUT_BYTES_KEPT {
            std::mem::swap(caller.session.output.buffer(), &mut local.script_output);
        }
        caller.chance.shared.running.end();
        outcome
    });
    session.card.command.store(command, Relaxed);
    chance.local.statistics.script_bytes.set(interpreter.memory_bytes() as u64);
    chance.local.interpreter = Some(interpreter);
    match outcome? {
        Ok(()) => Ok(()),
        Err(failure) if failure.is_counted => {
            Encoder::new(session.output.buffer(), session.protocol).error(&failure.text);
            Ok(())
        }
        Err(failure) => Err(Error::Bytes(failure.text)),
    }
}

impl Session {
    /// The session of a program that this one runs.
    pub(super) fn for_script(&self) -> Session {
        let mut own = Session::new(Arc::clone(&self.card), true, self.rights.clone());
        own.db = self.db;
        own.is_replaying = self.is_replaying;
        own.no_touch = self.no_touch;
        own.deny_blocking = true;
        own
    }
}
