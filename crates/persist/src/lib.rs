//! Persist: the reference's files as bytes. Append-only files are read and written through a storage that is a trait.
//!
//! **Persist never opens a file of the system, reads a clock or learns what a command is**: bytes come from and go to a
//! [`storage::File`], the time comes as an argument.
#![forbid(unsafe_code)]

pub mod aof;
pub mod storage;
