//! The interpreter that a worker gets: one machine, and how its errors become error replies.

use crate::reply;
use crate::vm::{Failed, LoadError, Machine, Raise, Stack, Target};
use hematite_engine::scripting::interpreter::{
    Caller, Failure, Function, Interpreter, Library, Program, Run, Script,
};
use hematite_resp::Encoder;

/// Makes an interpreter for a worker.
pub fn interpreter() -> Box<dyn Interpreter> {
    Box::new(Lua { machine: Machine::new() })
}

struct Lua {
    machine: Machine,
}

impl Lua {
    /// Where a program is kept, after it was compiled if need be.
    fn target<'p>(&mut self, program: Program<'p>, caller: &mut dyn Caller) -> Result<Target<'p>, Failure> {
        let failure = |text: Vec<u8>| Failure { text, is_counted: false };
        match program {
            Program::Script(script) => {
                if !self.machine.has_script(script.id) {
                    self.compile(script).map_err(|text| {
                        failure([b"ERR Error compiling script (new function): ", &text[..]].concat())
                    })?;
                }
                Ok(Target::Script(script.id))
            }
            Program::Function(library, name) => {
                if !self.machine.has_library(library.id) {
                    self.load(library, caller).map_err(|text| failure([b"ERR ", &text[..]].concat()))?;
                }
                Ok(Target::Function(library.id, name))
            }
        }
    }
}

/// What replies and errors call a program.
fn name_of(program: &Program<'_>) -> Vec<u8> {
    match program {
        Program::Script(script) => script.sha.clone().into_bytes(),
        Program::Function(_, name) => name.to_vec(),
    }
}

impl Interpreter for Lua {
    fn compile(&mut self, script: &Script) -> Result<(), Vec<u8>> {
        self.machine.compile(script.id, script.code())
    }

    fn run(
        &mut self,
        run: &Run<'_>,
        caller: &mut dyn Caller,
        reply: &mut Encoder<'_>,
    ) -> Result<(), Failure> {
        let target = self.target(run.program, caller)?;
        let position = reply.position();
        self.machine.run(target, run.keys, run.args, caller, |stack, outcome| match outcome {
            Ok(()) => reply::write(stack, reply).map_err(|raise| {
                reply.truncate(position);
                let text = match raise {
                    Raise::Reply(text, _) => text,
                    _ => b"ERR reached lua stack limit".to_vec(),
                };
                Failure { text, is_counted: false }
            }),
            Err(failed) => Err(failure(stack, failed, &name_of(&run.program))),
        })
    }

    fn load(&mut self, library: &Library, caller: &mut dyn Caller) -> Result<Vec<Function>, Vec<u8>> {
        self.machine.load(library.id, library.code(), caller).map_err(|error| match error {
            LoadError::Compiling(text) => [b"Error compiling function: ", &text[..]].concat(),
            LoadError::Running(text) => [b"Error registering functions: ", &text[..]].concat(),
        })
    }

    fn forget_scripts(&mut self) {
        self.machine = Machine::new();
    }

    fn retain_libraries(&mut self, ids: &[u64]) {
        self.machine.retain_libraries(ids);
    }

    fn memory_bytes(&self) -> usize {
        self.machine.memory_bytes()
    }
}

/// The error reply to an error that nobody caught.
fn failure(stack: &mut Stack, failed: Failed, name: &[u8]) -> Failure {
    if let Failed::Raw(text) = failed {
        let text = &text[..text.len().min(100)];
        let text = [b"ERR Error running script ", name, b", ", text].concat();
        return Failure { text, is_counted: false };
    }
    let mut text = stack.field_bytes(-1, "err").unwrap_or_else(|| b"ERR unknown error".to_vec());
    let place = stack.field_bytes(-1, "source").zip(stack.field_bytes(-1, "line"));
    if let Some((source, line)) = place {
        text = [&text[..], b" script: ", name, b", on ", &source, b":", &line, b"."].concat();
    }
    stack.push_field(-1, "ignore_error_stats_update");
    let is_counted = stack.truth(-1);
    stack.pop(1);
    Failure { text, is_counted }
}
