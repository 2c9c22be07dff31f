//! Script: Lua 5.1 behind the engine's interface for interpreters, with the libraries and the sandbox that Redis gives it.
//!
//! **Nothing here knows a key, a session or a lock**: a script reaches the engine through [`Caller`] alone. The interpreter
//! is PUC-Rio's C; every library beside its core (`cjson`, `cmsgpack`, `struct`, `bit`, patterns) is written here, in checked
//! Rust. `unsafe` lives in [`vm`] only, which speaks to C directly: a binding with a protected call around every step
//! costs more than most commands, and could not raise the reference's errors as they are.
//!
//! [`Caller`]: hematite_engine::scripting::interpreter::Caller
#![deny(unsafe_code)]

mod api;
mod interpreter;
mod number;
mod reply;
#[allow(unsafe_code, reason = "it speaks to C")]
mod vm;

pub use interpreter::interpreter;
