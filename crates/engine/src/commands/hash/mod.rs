//! HIMPORT: hashes of the same fields, made of values alone.

mod himport;

use crate::table::{CompoundRow, HostRow, SessionRow};

/// Rows that need the session.
pub(crate) const ROWS: &[SessionRow] = &[himport::DISCARD, himport::DISCARDALL, himport::PREPARE];
/// Rows that run a data handler with what the session knows.
pub(crate) const COMPOUND_ROWS: &[CompoundRow] = &[himport::SET];
/// Rows that only hold subcommands.
pub(crate) const CONTAINERS: &[HostRow] = &[himport::HIMPORT];
