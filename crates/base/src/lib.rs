//! Base: numbers, glob patterns, hashing, seeded randomness and the ladder of allocation sizes.
//!
//! **Base depends on no other room** and never learns what a key, a command or a client is.
#![forbid(unsafe_code)]

pub mod glob;
pub mod hash;
pub mod long_double;
pub mod number;
pub mod random;
pub mod size_class;
