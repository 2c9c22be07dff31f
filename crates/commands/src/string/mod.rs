//! The string family.

mod get;
mod set;

use crate::spec::Row;

/// The family's rows.
pub const ROWS: &[Row] = &[get::GET, set::SET];
