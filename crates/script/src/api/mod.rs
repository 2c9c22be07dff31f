//! What scripts find beside Lua's own libraries. Each file is one library or the functions that replace some of Lua's; all of
//! it is checked Rust over [`crate::vm::Stack`].

pub mod bit;
pub mod chunk;
pub mod json;
pub mod msgpack;
pub mod pattern;
pub mod random;
pub mod redis;
pub mod structs;
pub mod text;

use crate::vm::{Outcome, Stack};

/// A library: its name, and what fills the table on the top of the stack.
type Library = (&'static str, fn(&mut Stack));

/// Every library that is written here.
pub const LIBRARIES: &[Library] = &[
    ("bit", bit::add),
    ("cjson", json::add),
    ("cmsgpack", msgpack::add),
    ("os", add_os),
    ("redis", redis::add_for_scripts),
    ("server", redis::add_for_scripts),
    ("struct", structs::add),
];

/// `os.clock`: all that there is of this library.
fn add_os(stack: &mut Stack) {
    stack.push_function(clock);
    stack.set_field(-2, "clock");
}

fn clock(stack: &mut Stack) -> Outcome {
    let seconds = stack.caller().map_or(0.0, |mut caller| caller.clock_s());
    stack.push_number(seconds);
    Ok(1)
}
