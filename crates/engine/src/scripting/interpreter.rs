//! The interface between the engine and whatever interprets scripts. The engine owns it; the `script` room implements
//! [`Interpreter`] and sees of the engine what [`Caller`] offers.
//!
//! Each worker has an interpreter of its own, made when it first runs a script. What is compiled is told apart by
//! [`Script::id`] and [`Library::id`], which are never used twice; an interpreter that lacks one compiles it.

use hematite_commands::Error;
use hematite_resp::{Encoder, Protocol};

/// What a script says about itself; a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ScriptFlags(pub u8);

impl ScriptFlags {
    /// It does not write.
    pub const NO_WRITES: ScriptFlags = ScriptFlags(1);
    /// It may run though memory is short.
    pub const ALLOW_OOM: ScriptFlags = ScriptFlags(2);
    /// It may run on a replica that lost its master.
    pub const ALLOW_STALE: ScriptFlags = ScriptFlags(4);
    /// It must not run in a cluster.
    pub const NO_CLUSTER: ScriptFlags = ScriptFlags(8);
    /// Its keys may be in several slots.
    pub const ALLOW_CROSS_SLOT_KEYS: ScriptFlags = ScriptFlags(16);

    /// Every flag with its name, in the order in which FUNCTION LIST shows them.
    pub const NAMES: [(ScriptFlags, &'static str); 5] = [
        (ScriptFlags::NO_WRITES, "no-writes"),
        (ScriptFlags::ALLOW_OOM, "allow-oom"),
        (ScriptFlags::ALLOW_STALE, "allow-stale"),
        (ScriptFlags::NO_CLUSTER, "no-cluster"),
        (ScriptFlags::ALLOW_CROSS_SLOT_KEYS, "allow-cross-slot-keys"),
    ];

    /// Whether any bit of `other` is set.
    pub fn has(self, other: ScriptFlags) -> bool {
        self.0 & other.0 != 0
    }
    /// The flag of this name.
    pub fn named(name: &[u8]) -> Option<ScriptFlags> {
        Self::NAMES.iter().find(|(_, known)| known.as_bytes() == name).map(|(flag, _)| *flag)
    }
}

/// A script of EVAL or SCRIPT LOAD.
#[derive(Debug)]
pub struct Script {
    /// Never used twice.
    pub id: u64,
    /// SHA-1 of the body, forty hexadecimal digits.
    pub sha: String,
    /// As the client sent it.
    pub body: Box<[u8]>,
    /// Where the code begins: after a first line that names the interpreter, whose line end stays.
    pub code_at: usize,
    /// `None`: it has no such line, and the rules of old hold.
    pub flags: Option<ScriptFlags>,
}

impl Script {
    /// What is compiled.
    pub fn code(&self) -> &[u8] {
        &self.body[self.code_at..]
    }
}

/// A library of functions.
#[derive(Debug)]
pub struct Library {
    /// Never used twice.
    pub id: u64,
    /// Its name.
    pub name: Vec<u8>,
    /// As the client sent it.
    pub body: Box<[u8]>,
    /// Where the code begins.
    pub code_at: usize,
    /// What it has registered, in the order of the names.
    pub functions: Vec<Function>,
}

impl Library {
    /// What is compiled.
    pub fn code(&self) -> &[u8] {
        &self.body[self.code_at..]
    }
}

/// A function of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: Vec<u8>,
    /// What the library says of it.
    pub description: Option<Vec<u8>>,
    /// What it may do.
    pub flags: ScriptFlags,
}

/// What is run.
#[derive(Clone, Copy, Debug)]
pub enum Program<'p> {
    /// A script; its keys and arguments are globals.
    Script(&'p Script),
    /// A function of a library; its keys and arguments are its parameters.
    Function(&'p Library, &'p [u8]),
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'r> {
    /// What is run.
    pub program: Program<'r>,
    /// The keys.
    pub keys: &'r [&'r [u8]],
    /// What comes after them.
    pub args: &'r [&'r [u8]],
}

/// How a run failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The error reply, with its code.
    pub text: Vec<u8>,
    /// It comes from a command that the script called, and was counted there.
    pub is_counted: bool,
}

/// What a script sees of the engine.
pub trait Caller {
    /// Runs a command; its reply as bytes of the protocol that was set. An error is why it was not run, with its code.
    fn call(&mut self, args: &[&[u8]]) -> Result<&[u8], Error>;
    /// The form that replies have from here on.
    fn set_protocol(&mut self, protocol: Protocol);
    /// Whether the user may run a command; `None`: there is no such command.
    fn may_call(&mut self, args: &[&[u8]]) -> Option<bool>;
    /// Which of the journal (1) and the replicas (2) learn of what the script does from here on.
    fn set_replication(&mut self, to: u8);
    /// Writes to the log; levels go from 0 (debug) to 3 (warning).
    fn log(&mut self, level: u8, text: &[u8]);
    /// Called often while a script runs. An error ends the script, which cannot catch it.
    fn interrupt(&mut self) -> Result<(), Error>;
    /// Time that has been spent on the processor, seconds.
    fn clock_s(&mut self) -> f64;
}

/// Runs scripts.
pub trait Interpreter: Send {
    /// Compiles a script, and keeps it. An error is what the compiler says.
    fn compile(&mut self, script: &Script) -> Result<(), Vec<u8>>;
    /// Runs a program and writes its reply; compiles it first if need be.
    fn run(&mut self, run: &Run<'_>, caller: &mut dyn Caller, reply: &mut Encoder<'_>)
    -> Result<(), Failure>;
    /// Runs a library's code and returns the functions that it registers, and keeps them. An error is the text after `ERR `.
    fn load(&mut self, library: &Library, caller: &mut dyn Caller) -> Result<Vec<Function>, Vec<u8>>;
    /// Forgets every script, and what scripts have left behind.
    fn forget_scripts(&mut self);
    /// Forgets the libraries that are not among these.
    fn retain_libraries(&mut self, ids: &[u64]);
    /// Bytes of memory that the interpreter has taken.
    fn memory_bytes(&self) -> usize;
}
