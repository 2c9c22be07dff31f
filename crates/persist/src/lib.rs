//! Persist: the reference's files as bytes. RDB files are written and read in pieces, values as DUMP payloads, append-only
//! files as groups of commands through a storage that is a trait.
//!
//! **Persist never opens a file of the system, reads a clock or learns what a command is**: bytes come from a
//! [`rdb::Source`] or a [`storage::File`], and leave in vectors or to such a file; the time comes as an argument.
#![forbid(unsafe_code)]

pub mod aof;
mod checksum;
mod dump;
mod error;
pub mod rdb;
pub mod replace;
pub mod report;
pub mod storage;

pub use checksum::Crc64;
pub use dump::{dump, dump_functions, is_intact, restore, restore_functions};
pub use error::Error;
