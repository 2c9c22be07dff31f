//! The machine: a Lua state with its arena, and the one place that is not checked by the compiler.
//!
//! | file | holds |
//! |---|---|
//! | `arena` | memory, counted and limited, and the state beside Lua's |
//! | `callback` | how Lua calls Rust functions, and how they raise errors |
//! | `stack` | the checked face that these functions see |
//! | `table` | tables on that stack |
//! | `guard` | C functions of Lua's own that scripts must not have as they are |
//! | `sandbox` | the globals: what scripts find, read-only |
//!
//! What holds a machine together is in its registry, under the small numbers of [`slot`].

mod arena;
mod callback;
mod guard;
mod sandbox;
mod stack;
mod table;

pub use callback::{Outcome, Raise};
pub use stack::{Argument, CallerRef, Kind, Stack};

use arena::Arena;
use hematite_engine::Protocol;
use hematite_engine::scripting::interpreter::{Caller, Function};
use mlua_sys::lua51 as ffi;
use std::ffi::c_int;
use std::ptr::NonNull;

/// Registry keys.
mod slot {
    use std::ffi::c_int;
    /// The message handler.
    pub const HANDLER: c_int = 1;
    /// What globals scripts see, behind the table that stands for them.
    pub const GLOBALS: c_int = 2;
    /// What globals functions of libraries see.
    pub const FUNCTION_GLOBALS: c_int = 3;
    /// What globals a library sees while it is loaded.
    pub const LOADING_GLOBALS: c_int = 4;
    /// The metatable whose `__index` is one of the two above.
    pub const LIBRARY_METATABLE: c_int = 5;
    /// The environment of libraries.
    pub const LIBRARY_ENVIRONMENT: c_int = 6;
    /// Compiled scripts by their number.
    pub const SCRIPTS: c_int = 7;
    /// Tables of the callbacks by name, by the library's number.
    pub const LIBRARIES: c_int = 8;
    /// The library being loaded: its callbacks by name.
    pub const REGISTERED: c_int = 9;
}

/// Instructions between two looks at whether the script is to end: as many as take about [`PERIOD_S`]. One instruction takes
/// nanoseconds, or, where it joins or compares long strings, a tenth of a second.
const FIRST_PACE: c_int = 1000;
const LEAST_PACE: c_int = 8;
const GREATEST_PACE: c_int = 100_000;

/// How often a script looks, about, seconds.
const PERIOD_S: f64 = 0.001;

/// Machines with less are collected step by step, bytes.
const COLLECT_BYTES_MIN: usize = 16 << 20;

/// A Lua state. It is used by one thread at a time.
pub struct Machine {
    l: NonNull<ffi::lua_State>,
    arena: *mut Arena,
    /// Runs so far.
    runs: u32,
    /// Bytes that were taken after the last whole collection.
    left_bytes: usize,
}

// SAFETY: the state and its arena belong to the machine alone, and no part of Lua looks at the thread.
unsafe impl Send for Machine {}

/// What is run.
#[derive(Clone, Copy)]
pub enum Target<'t> {
    /// A script by its number.
    Script(u64),
    /// A library's function, by the library's number and its own name.
    Function(u64, &'t [u8]),
}

/// How a protected call failed: what is known of the error.
pub enum Failed {
    /// The handler made a table of it, which is on the top.
    Handled,
    /// Memory, or an error in the handler itself: a text.
    Raw(Vec<u8>),
}

impl Machine {
    /// A machine with everything that scripts find.
    pub fn new() -> Machine {
        let arena = Box::into_raw(Box::new(Arena::new()));
        // SAFETY: the arena outlives the state; nothing is refused while it is lifted.
        let l = unsafe { ffi::lua_newstate(arena::allocate, arena.cast()) };
        let l = NonNull::new(l).expect("memory for a Lua state");
        let mut machine = Machine { l, arena, runs: 0, left_bytes: 0 };
        // SAFETY: the state is new, and nothing runs in it.
        unsafe {
            sandbox::furnish(l.as_ptr(), arena);
            ffi::lua_sethook(l.as_ptr(), Some(hook), ffi::LUA_MASKCOUNT, FIRST_PACE);
            (*arena).l = l.as_ptr();
        }
        machine.stack().truncate(0);
        machine
    }

    /// The stack, while nothing runs.
    pub fn stack(&mut self) -> Stack {
        // SAFETY: nothing runs, and the base of the stack has its minimum of slots.
        let mut stack = unsafe {
            ffi::lua_checkstack(self.l.as_ptr(), ffi::LUA_MINSTACK);
            Stack::new(self.l.as_ptr(), self.arena)
        };
        stack.arena().is_lifted = true;
        stack
    }
    fn push_slot(&mut self, slot: c_int) {
        // SAFETY: callers keep the stack low, and `stack` has made sure of its minimum.
        unsafe { ffi::lua_rawgeti_(self.l.as_ptr(), ffi::LUA_REGISTRYINDEX, slot) };
    }
    fn set_slot(&mut self, slot: c_int) {
        // SAFETY: the value is on the top.
        unsafe { ffi::lua_rawseti_(self.l.as_ptr(), ffi::LUA_REGISTRYINDEX, slot) };
    }
    /// Bytes taken.
    pub fn memory_bytes(&self) -> usize {
        // SAFETY: the arena lives as long as the machine.
        unsafe { (*self.arena).used }
    }

    /// Compiles a script and keeps it under its number.
    pub fn compile(&mut self, id: u64, code: &[u8]) -> Result<(), Vec<u8>> {
        let mut stack = self.stack();
        self.push_slot(slot::SCRIPTS);
        let compiled = stack.compile(code, b"@user_script");
        if compiled.is_ok() {
            stack.set_element(-2, id as c_int);
        }
        stack.truncate(0);
        compiled
    }
    /// Whether a script is kept.
    pub fn has_script(&mut self, id: u64) -> bool {
        let mut stack = self.stack();
        self.push_slot(slot::SCRIPTS);
        let known = stack.push_element(-1, id as c_int) == Kind::Function;
        stack.truncate(0);
        known
    }
    /// Whether a library is kept.
    pub fn has_library(&mut self, id: u64) -> bool {
        let mut stack = self.stack();
        self.push_slot(slot::LIBRARIES);
        let known = stack.push_element(-1, id as c_int) == Kind::Table;
        stack.truncate(0);
        known
    }
    /// Forgets the libraries that are not among these.
    pub fn retain_libraries(&mut self, ids: &[u64]) {
        let mut stack = self.stack();
        self.push_slot(slot::LIBRARIES);
        stack.push_table(0, 0);
        for id in ids {
            stack.push_element(1, *id as c_int);
            stack.set_element(2, *id as c_int);
        }
        self.set_slot(slot::LIBRARIES);
        stack.truncate(0);
    }

    /// Runs a target that is kept, then gives the stack, with the result or the error on the top, to `finish`.
    pub fn run<R>(
        &mut self,
        target: Target<'_>,
        keys: &[&[u8]],
        args: &[&[u8]],
        caller: &mut dyn Caller,
        finish: impl FnOnce(&mut Stack, Result<(), Failed>) -> R,
    ) -> R {
        let mut stack = self.begin(caller);
        self.push_slot(slot::HANDLER);
        let arguments = match target {
            Target::Script(id) => {
                self.push_slot(slot::GLOBALS);
                for (name, values) in [("KEYS", keys), ("ARGV", args)] {
                    push_list(&mut stack, values);
                    stack.set_field(2, name);
                }
                self.push_slot(slot::SCRIPTS);
                stack.push_element(-1, id as c_int);
                0
            }
            Target::Function(id, name) => {
                self.push_slot(slot::LIBRARIES);
                if stack.push_element(-1, id as c_int) == Kind::Table {
                    stack.push_bytes(name);
                    stack.raw_get(-2);
                }
                push_list(&mut stack, keys);
                push_list(&mut stack, args);
                2
            }
        };
        let outcome = self.call(arguments, 1);
        // SAFETY: nothing runs any more; the stack below the result is left as it is.
        let mut stack = unsafe { Stack::new(self.l.as_ptr(), self.arena) };
        let result = finish(&mut stack, outcome);
        self.end();
        result
    }

    /// Runs a library's code, which registers functions, and keeps their callbacks under the library's number.
    pub fn load(
        &mut self,
        id: u64,
        code: &[u8],
        caller: &mut dyn Caller,
    ) -> Result<Vec<Function>, LoadError> {
        let mut stack = self.begin(caller);
        stack.push_table(0, 0);
        self.set_slot(slot::REGISTERED);
        stack.arena().registering = Some(Vec::new());
        self.show_to_libraries(slot::LOADING_GLOBALS);
        self.push_slot(slot::HANDLER);
        let result = match stack.compile(code, b"@user_function") {
            Err(text) => Err(LoadError::Compiling(text)),
            Ok(()) => {
                self.push_slot(slot::LIBRARY_ENVIRONMENT);
                // SAFETY: the function is below its environment.
                unsafe { ffi::lua_setfenv(self.l.as_ptr(), -2) };
                // SAFETY: as in `call`.
                let outcome = unsafe { self.call_at(0, 0, 0) };
                outcome.map_err(|_| {
                    let mut stack = self.stack();
                    LoadError::Running(error_text(&mut stack))
                })
            }
        };
        self.show_to_libraries(slot::FUNCTION_GLOBALS);
        let functions = stack.arena().registering.take().unwrap_or_default();
        stack.truncate(0);
        if result.is_ok() {
            self.push_slot(slot::LIBRARIES);
            self.push_slot(slot::REGISTERED);
            stack.set_element(-2, id as c_int);
        }
        stack.push_nil();
        self.set_slot(slot::REGISTERED);
        self.end();
        result.map(|()| functions)
    }

    fn show_to_libraries(&mut self, globals: c_int) {
        let mut stack = self.stack();
        self.push_slot(slot::LIBRARY_METATABLE);
        self.push_slot(globals);
        stack.set_field(-2, "__index");
        stack.pop(1);
    }

    fn begin(&mut self, caller: &mut dyn Caller) -> Stack {
        // SAFETY: the caller is taken out of the arena again before this borrow of it ends (`end`).
        let caller: &mut (dyn Caller + 'static) = unsafe { std::mem::transmute(caller) };
        let mut stack = self.stack();
        stack.truncate(0);
        let arena = stack.arena();
        arena.caller = Some(NonNull::from(caller));
        (arena.is_ended, arena.steps) = (false, 0);
        arena.protocol = Protocol::Resp2;
        stack
    }

    fn end(&mut self) {
        let mut stack = self.stack();
        stack.arena().caller = None;
        if stack.arena().is_ended || stack.arena().pace != FIRST_PACE {
            stack.arena().pace = FIRST_PACE;
            // SAFETY: nothing runs.
            unsafe { ffi::lua_sethook(self.l.as_ptr(), Some(hook), ffi::LUA_MASKCOUNT, FIRST_PACE) };
        }
        stack.arena().looked_s = f64::NAN;
        stack.truncate(0);
        self.runs += 1;
        let used = self.memory_bytes();
        if used > COLLECT_BYTES_MIN && used / 2 > self.left_bytes {
            // What a script has left behind that took much is not kept until others have taken as much again.
            // SAFETY: nothing runs.
            unsafe { ffi::lua_gc(self.l.as_ptr(), ffi::LUA_GCCOLLECT, 0) };
            self.left_bytes = self.memory_bytes();
            return;
        }
        if self.runs.is_multiple_of(50) {
            // A little at a time, so that no script pays for a whole collection.
            // SAFETY: nothing runs.
            unsafe { ffi::lua_gc(self.l.as_ptr(), ffi::LUA_GCSTEP, 50) };
        }
    }

    fn call(&mut self, arguments: c_int, results: c_int) -> Result<(), Failed> {
        // SAFETY: function and arguments are on the top, the handler is at 1.
        unsafe { self.call_at(arguments, results, 1) }
    }

    /// # Safety
    /// The function and its arguments are on the top; `handler` is the handler's position, or 0.
    unsafe fn call_at(&mut self, arguments: c_int, results: c_int, handler: c_int) -> Result<(), Failed> {
        // SAFETY: the caller's promise; the call is protected, so memory may be refused.
        let status = unsafe {
            (*self.arena).is_lifted = false;
            let status = ffi::lua_pcall(self.l.as_ptr(), arguments, results, handler);
            (*self.arena).is_lifted = true;
            status
        };
        if status == 0 {
            return Ok(());
        }
        let stack = self.stack();
        match stack.kind(-1) {
            Kind::Table => Err(Failed::Handled),
            _ => Err(Failed::Raw(stack.bytes(-1).unwrap_or(b"execution failure").to_vec())),
        }
    }
}

/// Why a library could not be loaded.
pub enum LoadError {
    /// The compiler's message.
    Compiling(Vec<u8>),
    /// The error that its code raised, with its code.
    Running(Vec<u8>),
}

/// The text of an error on the top that no handler has seen: `ERR ` is put before a plain text.
fn error_text(stack: &mut Stack) -> Vec<u8> {
    match stack.bytes(-1) {
        Some(text) => [b"ERR ", text].concat(),
        None => stack.field_bytes(-1, "err").unwrap_or_else(|| b"ERR unknown error".to_vec()),
    }
}

fn push_list(stack: &mut Stack, values: &[&[u8]]) {
    stack.push_table(values.len(), 0);
    stack.take_slot();
    for (at, value) in values.iter().enumerate() {
        // SAFETY: there is a slot for the string, and the table is below it.
        unsafe {
            ffi::lua_pushlstring_(stack.l, value.as_ptr().cast(), value.len());
            ffi::lua_rawseti_(stack.l, -2, at as c_int + 1);
        }
    }
    stack.room += 1;
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: nothing runs; the arena is freed after the state that uses it.
        unsafe {
            (*self.arena).is_lifted = true;
            ffi::lua_close(self.l.as_ptr());
            drop(Box::from_raw(self.arena));
        }
    }
}

/// Has a running state look after the next instruction whether it is to end.
///
/// # Safety
/// The state is alive.
unsafe fn look_soon(l: *mut ffi::lua_State) {
    // SAFETY: the caller's promise.
    unsafe { ffi::lua_sethook(l, Some(hook), ffi::LUA_MASKCOUNT, 1) };
}

/// Counts steps of a C function that works on behalf of a script; raises the error that ends the script if it was told to.
///
/// # Safety
/// As for a hook: nothing between here and Lua has to be dropped.
unsafe fn tick(l: *mut ffi::lua_State, steps: u32) {
    // SAFETY: the caller's promise.
    unsafe {
        let counted = &raw mut (*callback::arena_of(l)).steps;
        *counted = (*counted).saturating_add(steps);
        if *counted >= stack::STEPS_MAX {
            *counted = 0;
            hook(l, std::ptr::null_mut());
        }
    }
}

/// Called between instructions now and then: ends the script if it was told to.
unsafe extern "C-unwind" fn hook(l: *mut ffi::lua_State, _: *mut ffi::lua_Debug) {
    // SAFETY: the state has an arena.
    let arena = unsafe { callback::arena_of(l) };
    // SAFETY: Lua has slots free for a hook; the stack is dropped before anything jumps.
    let must_end = unsafe {
        let was_lifted = std::mem::replace(&mut (*arena).is_lifted, true);
        let must_end = pushed_end(l, arena);
        (*arena).is_lifted = was_lifted;
        must_end
    };
    if must_end {
        // From here on at every instruction, so that no `pcall` keeps it alive.
        // SAFETY: the error is on the top.
        unsafe {
            ffi::lua_sethook(l, Some(hook), ffi::LUA_MASKCOUNT, 1);
            ffi::lua_error(l);
        }
    }
    // SAFETY: the state is alive.
    unsafe {
        let pace = (*arena).pace;
        if ffi::lua_gethookcount(l) != pace {
            ffi::lua_sethook(l, Some(hook), ffi::LUA_MASKCOUNT, pace);
        }
    }
}

/// How many instructions are to take a period, where so many have taken so long; not a number if that is not known.
fn next_pace(pace: c_int, took_s: f64) -> c_int {
    if took_s.is_nan() {
        return pace;
    }
    let fitting = f64::from(pace) * PERIOD_S / took_s.max(1e-9);
    fitting.clamp(f64::from(LEAST_PACE), f64::from(pace) * 4.0).min(f64::from(GREATEST_PACE)) as c_int
}

/// Asks whether the script is to end; if so, pushes the error.
///
/// # Safety
/// As for [`Stack::new`].
unsafe fn pushed_end(l: *mut ffi::lua_State, arena: *mut Arena) -> bool {
    // SAFETY: the caller's promise.
    let mut stack = unsafe { Stack::new(l, arena) };
    let Some(mut caller) = stack.caller() else { return false };
    let before_s = caller.clock_s();
    let told = caller.interrupt();
    // Others may have been served meanwhile.
    let now_s = caller.clock_s();
    drop(caller);
    let arena = stack.arena();
    arena.pace = next_pace(arena.pace, before_s - arena.looked_s);
    arena.looked_s = now_s;
    match told {
        Ok(()) => false,
        Err(error) => {
            stack.arena().is_ended = true;
            stack.push_error_reply(&error.text(), false);
            true
        }
    }
}
