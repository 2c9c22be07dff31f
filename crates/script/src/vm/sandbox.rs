//! The sandbox: what scripts find, and that they cannot change it.
//!
//! ```text
//! environment of scripts ── metatable ── __index ──► the globals ── metatable ── __index ──► "nonexistent global"
//!     (empty)                            __newindex: refuse
//! ```
//!
//! Every table among the globals is such a pair as well: an empty table that scripts hold, and the real one behind it. Source
//! text is all that can be loaded; the functions of the base library that would reach a file, the debugger or the environment
//! of another function are not there.

use super::arena::Arena;
use super::stack::{Kind, Stack};
use super::{Raise, guard, slot};
use crate::api;
use mlua_sys::lua51 as ffi;
use std::ffi::{CStr, c_int};

/// What of the base library scripts find as it is.
const BASE: &[&CStr] = &[
    c"_VERSION",
    c"assert",
    c"error",
    c"gcinfo",
    c"ipairs",
    c"rawequal",
    c"select",
    c"tonumber",
    c"tostring",
    c"type",
];

/// A function that takes the place of a C function, which it gets as its first upvalue.
type Guard = (&'static CStr, ffi::lua_CFunction);

const GUARDED_BASE: &[Guard] = &[
    (c"getmetatable", guard::getmetatable),
    (c"next", guard::reads),
    (c"pcall", guard::pcall),
    (c"rawget", guard::reads),
    (c"rawset", guard::writes),
    (c"setmetatable", guard::writes),
    (c"unpack", guard::unpack),
    (c"xpcall", guard::xpcall),
];

const GUARDED_TABLE: &[Guard] = &[
    (c"foreachi", guard::foreachi),
    (c"insert", guard::insert),
    (c"remove", guard::remove),
    (c"sort", guard::writes),
];

/// Where the parts stand on the stack while the sandbox is built.
const GLOBALS: c_int = 1;

/// Puts everything in place.
///
/// # Safety
/// The state is new, and nothing runs in it.
pub unsafe fn furnish(l: *mut ffi::lua_State, arena: *mut Arena) {
    // SAFETY: the caller's promise. Nothing is refused while the arena is lifted, so nothing raises an error.
    unsafe {
        let mut stack = Stack::new(l, arena);
        stack.push_table(0, 64);
        open_libraries(l);
        take_base(l, &mut stack);
        take_library(l, &mut stack, "coroutine", |_, _| ());
        take_library(l, &mut stack, "math", |_, stack| api::random::add(stack));
        take_library(l, &mut stack, "string", |_, stack| api::text::add(stack));
        take_library(l, &mut stack, "table", |l, _| replace(l, GUARDED_TABLE));
        share_strings(l, &mut stack);
        for (name, add) in api::LIBRARIES {
            stack.push_table(0, 16);
            add(&mut stack);
            seal(l, &mut stack);
            stack.set_field(GLOBALS, name);
        }
        add_functions_of_base(&mut stack);
        build_registry(l, &mut stack);
    }
}

/// # Safety
/// As for [`furnish`].
unsafe fn open_libraries(l: *mut ffi::lua_State) {
    let open: [(ffi::lua_CFunction, &CStr); 4] = [
        (ffi::luaopen_base, c""),
        (ffi::luaopen_table, c"table"),
        (ffi::luaopen_string, c"string"),
        (ffi::luaopen_math, c"math"),
    ];
    for (function, name) in open {
        // SAFETY: as for `furnish`.
        unsafe {
            ffi::lua_pushcclosure(l, function, 0);
            ffi::lua_pushstring_(l, name.as_ptr());
            ffi::lua_call(l, 1, 0);
        }
    }
}

/// # Safety
/// As for [`furnish`].
unsafe fn take_base(l: *mut ffi::lua_State, stack: &mut Stack) {
    // SAFETY: as for `furnish`.
    unsafe {
        ffi::lua_pushvalue(l, ffi::LUA_GLOBALSINDEX);
        replace(l, GUARDED_BASE);
        // `pairs` hands out the `next` that looks through.
        ffi::lua_getfield_(l, -1, c"pairs".as_ptr());
        ffi::lua_getfield_(l, -2, c"next".as_ptr());
        ffi::lua_pushcclosure(l, guard::pairs, 2);
        ffi::lua_setfield(l, -2, c"pairs".as_ptr());
        let guarded = GUARDED_BASE.iter().map(|(name, _)| *name);
        for name in BASE.iter().copied().chain(guarded).chain([c"pairs"]) {
            ffi::lua_getfield_(l, -1, name.as_ptr());
            ffi::lua_setfield(l, GLOBALS, name.as_ptr());
        }
    }
    stack.truncate(GLOBALS);
}

/// Puts guards in front of functions of the table on the top.
///
/// # Safety
/// As for [`furnish`]; a table is on the top.
unsafe fn replace(l: *mut ffi::lua_State, guards: &[Guard]) {
    for (name, guard) in guards {
        // SAFETY: as for `furnish`.
        unsafe {
            ffi::lua_getfield_(l, -1, name.as_ptr());
            ffi::lua_pushcclosure(l, *guard, 1);
            ffi::lua_setfield(l, -2, name.as_ptr());
        }
    }
}

/// Takes one of Lua's own libraries over, after `change` has worked on it.
///
/// # Safety
/// As for [`furnish`].
unsafe fn take_library(
    l: *mut ffi::lua_State,
    stack: &mut Stack,
    name: &str,
    change: impl FnOnce(*mut ffi::lua_State, &mut Stack),
) {
    // SAFETY: as for `furnish`.
    unsafe {
        ffi::lua_pushvalue(l, ffi::LUA_GLOBALSINDEX);
        stack.push_field(-1, name);
        change(l, stack);
        seal(l, stack);
        stack.set_field(GLOBALS, name);
    }
    stack.truncate(GLOBALS);
}

/// Replaces the table on the top by one that stands for it.
///
/// # Safety
/// As for [`furnish`]; a table is on the top.
unsafe fn seal(l: *mut ffi::lua_State, stack: &mut Stack) {
    stack.push_table(0, 0);
    let address = stack.place_of(-1);
    stack.arena().proxies.push(address);
    stack.push_table(0, 3);
    stack.push_copy(-3);
    stack.set_field(-2, "__index");
    // SAFETY: as for `furnish`.
    unsafe { ffi::lua_pushcclosure(l, guard::refuse, 0) };
    // SAFETY: the function is on the top, the metatable below it.
    unsafe { ffi::lua_setfield(l, -2, c"__newindex".as_ptr()) };
    stack.push_boolean(false);
    stack.set_field(-2, "__metatable");
    stack.set_metatable(-2);
    // SAFETY: the real table is below the one that stands for it.
    unsafe { ffi::lua_remove(l, -2) };
}

/// Methods of strings (`("x"):rep(2)`) come from the sealed library, and `getmetatable("")` shows a sealed table.
///
/// # Safety
/// As for [`furnish`].
unsafe fn share_strings(l: *mut ffi::lua_State, stack: &mut Stack) {
    stack.push_bytes(b"");
    // SAFETY: strings have a metatable since their library was opened.
    unsafe { ffi::lua_getmetatable(l, -1) };
    stack.push_field(GLOBALS, "string");
    stack.set_field(-2, "__index");
    stack.push_table(0, 1);
    stack.push_field(GLOBALS, "string");
    stack.set_field(-2, "__index");
    // SAFETY: a table is on the top.
    unsafe { seal(l, stack) };
    stack.set_field(-2, "__metatable");
    stack.truncate(GLOBALS);
}

fn add_functions_of_base(stack: &mut Stack) {
    stack.push_function(api::chunk::loadstring);
    stack.set_field(GLOBALS, "loadstring");
    stack.push_function(api::chunk::load);
    stack.set_field(GLOBALS, "load");
    stack.push_function(collectgarbage);
    stack.set_field(GLOBALS, "collectgarbage");
}

/// The collector can be asked and driven, but not stopped: the machine serves other scripts too.
fn collectgarbage(stack: &mut Stack) -> super::Outcome {
    let option = match stack.kind(1) {
        Kind::None | Kind::Nil => b"collect".to_vec(),
        _ => match stack.bytes(1) {
            Some(option) => option.to_vec(),
            None => {
                return Err(Raise::Argument(
                    1,
                    format!("string expected, got {}", stack.kind(1).name()).into(),
                ));
            }
        },
    };
    match &option[..] {
        b"collect" => {
            stack.collect();
            stack.push_number(0.0);
        }
        b"step" => {
            stack.collect();
            stack.push_boolean(true);
        }
        b"count" => {
            let used = stack.arena().used;
            stack.push_number(used as f64 / 1024.0);
        }
        b"stop" | b"restart" => stack.push_number(0.0),
        b"setpause" | b"setstepmul" => stack.push_number(200.0),
        other => {
            let text = format!("invalid option '{}'", String::from_utf8_lossy(other));
            return Err(Raise::Argument(1, text.into()));
        }
    }
    Ok(1)
}

/// `__index` behind all globals.
fn nonexistent(stack: &mut Stack) -> super::Outcome {
    if stack.top() != 2 {
        return Err(Raise::at("Wrong number of arguments to luaProtectedTableError"));
    }
    let name = match stack.kind(2) {
        Kind::String => stack.bytes(2).unwrap_or_default().to_vec(),
        Kind::Number => crate::number::general(stack.number(2).unwrap_or(0.0), 14).into_bytes(),
        _ => {
            return Err(Raise::at("Second argument to luaProtectedTableError must be a string or number"));
        }
    };
    // The reference's texts end at a NUL.
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let start = b"Script attempted to access nonexistent global variable '".as_slice();
    Err(Raise::At([start, name, b"'"].concat().into()))
}

/// The metatable that ends every search for a global; pushed.
fn push_dead_end(stack: &mut Stack) {
    stack.push_table(0, 1);
    stack.push_function(nonexistent);
    stack.set_field(-2, "__index");
}

/// # Safety
/// As for [`furnish`]; the globals are at their place.
unsafe fn build_registry(l: *mut ffi::lua_State, stack: &mut Stack) {
    let keep = |slot: c_int| {
        // SAFETY: as for `furnish`; the value to keep is on the top.
        unsafe { ffi::lua_rawseti_(l, ffi::LUA_REGISTRYINDEX, slot) };
    };
    stack.push_function(handle);
    keep(slot::HANDLER);
    stack.push_table(0, 0);
    keep(slot::SCRIPTS);
    stack.push_table(0, 0);
    keep(slot::LIBRARIES);
    // Functions find what scripts find, without what belongs to one script.
    stack.push_table(0, 64);
    stack.push_nil();
    while stack.next(GLOBALS) {
        stack.push_copy(-2);
        stack.push_copy(-2);
        stack.set_pair(2);
        stack.pop(1);
    }
    for name in ["redis", "server"] {
        stack.push_table(0, 32);
        api::redis::add(stack);
        // SAFETY: a table is on the top.
        unsafe { seal(l, stack) };
        stack.set_field(2, name);
    }
    push_environment(l, stack, 2);
    stack.push_copy(-1);
    keep(slot::LIBRARY_ENVIRONMENT);
    push_metatable(l);
    keep(slot::LIBRARY_METATABLE);
    stack.push_copy(2);
    keep(slot::FUNCTION_GLOBALS);
    stack.truncate(GLOBALS);
    push_environment(l, stack, GLOBALS);
    // SAFETY: the environment is on the top; from here on it is what new functions get.
    unsafe { ffi::lua_replace(l, ffi::LUA_GLOBALSINDEX) };
    stack.push_copy(GLOBALS);
    keep(slot::GLOBALS);
    stack.truncate(0);
    push_loading_globals(l, stack);
    keep(slot::LOADING_GLOBALS);
}

/// Seals globals: pushes the environment that stands for them. `redis.call` and the like belong to them already.
fn push_environment(l: *mut ffi::lua_State, stack: &mut Stack, globals: c_int) {
    push_dead_end(stack);
    stack.set_metatable(globals);
    stack.push_copy(globals);
    // SAFETY: a table is on the top.
    unsafe { seal(l, stack) };
    stack.push_copy(-1);
    stack.set_field(globals, "_G");
    // `getmetatable(_G)` shows that there is an `__index`.
    push_metatable(l);
    push_dead_end(stack);
    // SAFETY: a table is on the top.
    unsafe { seal(l, stack) };
    stack.set_field(-2, "__metatable");
    stack.pop(1);
}

/// Pushes the metatable of the table on the top.
fn push_metatable(l: *mut ffi::lua_State) {
    // SAFETY: the table on the top has one; there is a slot, since building stays within the minimum.
    unsafe { ffi::lua_getmetatable(l, -1) };
}

/// What a library finds while it is loaded: the functions that register and log.
fn push_loading_globals(l: *mut ffi::lua_State, stack: &mut Stack) {
    stack.push_table(0, 2);
    push_dead_end(stack);
    stack.set_metatable(-2);
    stack.push_table(0, 8);
    api::redis::add_for_loading(stack);
    push_dead_end(stack);
    stack.set_metatable(-2);
    // SAFETY: a table is on the top.
    unsafe { seal(l, stack) };
    for name in ["redis", "server"] {
        stack.push_copy(-1);
        stack.set_field(-3, name);
    }
    stack.pop(1);
}

/// The message handler: makes a table of an error, with the place in the script that raised it.
fn handle(stack: &mut Stack) -> super::Outcome {
    stack.truncate(1);
    if stack.kind(1) != Kind::Table {
        let text = match stack.kind(1) {
            Kind::String => stack.bytes(1).unwrap_or_default().to_vec(),
            Kind::Number => crate::number::general(stack.number(1).unwrap_or(0.0), 14).into_bytes(),
            Kind::Nil => b"nil".to_vec(),
            Kind::Boolean => stack.truth(1).to_string().into_bytes(),
            other => format!("{}: {:p}", other.name(), stack.place_of(1)).into_bytes(),
        };
        stack.push_error_reply(&[b"ERR ", &text[..]].concat(), false);
    }
    let raiser = match stack.source(1) {
        Some((_, _, true)) => stack.source(2),
        other => other,
    };
    if let Some((source, line, _)) = raiser {
        stack.push_bytes(&source);
        stack.set_field(-2, "source");
        stack.push_number(f64::from(line));
        stack.set_field(-2, "line");
    }
    Ok(1)
}
