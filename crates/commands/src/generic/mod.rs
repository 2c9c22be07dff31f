//! The generic family: commands on keys of any type.

mod del;

use crate::spec::Row;

/// The family's rows.
pub const ROWS: &[Row] = &[del::DEL];
