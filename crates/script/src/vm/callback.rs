//! Callbacks: Rust functions that Lua calls, and how they raise errors.
//!
//! Lua raises an error by a jump to the next protected call, over all frames between. A Rust function returns its error
//! instead; [`enter`], which has nothing to drop by then, raises it. A panic becomes an error as well.

use super::arena::Arena;
use super::stack::Stack;
use mlua_sys::lua51 as ffi;
use std::borrow::Cow;
use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An error on its way to the script.
#[derive(Debug)]
pub enum Raise {
    /// A text, with the place in the script that called before it.
    At(Cow<'static, [u8]>),
    /// A text alone.
    Plain(Cow<'static, [u8]>),
    /// What is wrong with an argument, by its number.
    Argument(i32, Cow<'static, str>),
    /// An error reply: a table whose `err` is this text. The flag says that it was counted already.
    Reply(Vec<u8>, bool),
    /// The value on the top of the stack.
    Top,
}

impl Raise {
    /// A fixed text after the place.
    pub const fn at(text: &'static str) -> Raise {
        Raise::At(Cow::Borrowed(text.as_bytes()))
    }
    /// A text after the place.
    pub fn text(text: String) -> Raise {
        Raise::At(Cow::Owned(text.into_bytes()))
    }
    /// A fixed complaint about an argument.
    pub const fn argument(number: i32, text: &'static str) -> Raise {
        Raise::Argument(number, Cow::Borrowed(text))
    }
    /// An error reply of a fixed text without code.
    pub fn reply(text: &str) -> Raise {
        Raise::Reply([b"ERR ", text.as_bytes()].concat(), false)
    }
    /// There is no memory left.
    pub const MEMORY: Raise = Raise::Plain(Cow::Borrowed(b"not enough memory"));
}

/// How a Rust function ends: with so many results on the top of the stack, or with an error.
pub type Outcome = Result<usize, Raise>;

/// The frame below a Rust function. `F` is the function itself, a type without size.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C-unwind" fn enter<F: Fn(&mut Stack) -> Outcome>(l: *mut ffi::lua_State) -> c_int {
    const { assert!(size_of::<F>() == 0, "a function, not a closure over something") };
    // SAFETY: every state here was made with an arena, which outlives it.
    let arena = unsafe { arena_of(l) };
    // SAFETY: as above; no other borrow of the field is alive, since the machine has one thread.
    let was_lifted = unsafe { std::mem::replace(&mut (*arena).is_lifted, true) };
    // SAFETY: `F` has no size, so any address that is aligned holds one.
    let function: &F = unsafe { std::ptr::NonNull::<F>::dangling().as_ref() };
    let code = run(l, arena, function);
    // SAFETY: as above.
    unsafe { (*arena).is_lifted = was_lifted };
    // Nothing is left to be dropped here: the rest may jump.
    match code {
        0.. => code,
        // SAFETY: the error is on the top.
        -1 => unsafe { ffi::lua_error(l) },
        // SAFETY: the complaint is on the top.
        _ => unsafe { ffi::luaL_argerror(l, -2 - code, ffi::lua_tolstring(l, -1, std::ptr::null_mut())) },
    }
}

/// Runs the function. 0 and more: results; -1: the error on the top; -2 - n: the complaint about argument n on the top.
fn run<F: Fn(&mut Stack) -> Outcome>(l: *mut ffi::lua_State, arena: *mut Arena, function: &F) -> c_int {
    // SAFETY: Lua gave the state to this call, with its minimum of free slots.
    let mut stack = unsafe { Stack::new(l, arena) };
    let outcome = catch_unwind(AssertUnwindSafe(|| function(&mut stack)));
    match outcome {
        Ok(Ok(count)) => (count as c_int).min(stack.top()),
        Ok(Err(raise)) => push(&mut stack, raise),
        Err(_) => push(&mut stack, Raise::at("internal error in a library function")),
    }
}

/// Pushes what [`run`] tells by the code that is returned.
fn push(stack: &mut Stack, raise: Raise) -> c_int {
    if !matches!(raise, Raise::Top) {
        // Whatever the function left there is of no use any more.
        let top = stack.top();
        stack.pop(top.min(8));
    }
    match raise {
        Raise::At(text) => {
            let place = stack.place(1);
            stack.push_bytes(&[&place[..], &text[..]].concat());
        }
        Raise::Plain(text) => stack.push_bytes(&text),
        Raise::Argument(number, text) => {
            stack.push_bytes(text.as_bytes());
            return -2 - number.max(0);
        }
        Raise::Reply(text, is_counted) => stack.push_error_reply(&text, is_counted),
        Raise::Top => {}
    }
    -1
}

/// The arena of a state.
///
/// # Safety
/// The state is alive and was made by [`super::Machine`].
pub unsafe fn arena_of(l: *mut ffi::lua_State) -> *mut Arena {
    let mut arena = std::ptr::null_mut();
    // SAFETY: the caller's promise.
    unsafe { ffi::lua_getallocf(l, &mut arena) };
    arena.cast()
}
