//! The part of the server family that needs the keyspace alone.

mod memory;

use crate::spec::Row;

/// The family's rows.
pub const ROWS: &[Row] = &[memory::MEMORY, memory::MEMORY_HELP, memory::MEMORY_USAGE];
