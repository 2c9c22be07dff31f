//! What scripts find beside Lua's own libraries. Each file is one library or the functions that replace some of Lua's; all of
//! it is checked Rust over [`crate::vm::Stack`].

pub mod chunk;
pub mod random;
pub mod redis;
pub mod text;

use crate::vm::Stack;

/// A library: its name, and what fills the table on the top of the stack.
type Library = (&'static str, fn(&mut Stack));

/// Every library that is written here.
pub const LIBRARIES: &[Library] = &[("redis", redis::add), ("server", redis::add)];
