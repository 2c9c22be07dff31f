//! The transactions family.

mod discard;
mod exec;
mod multi;
mod unwatch;
mod watch;

use crate::table::{CompoundRow, SessionRow};

/// Rows that need the session.
pub(crate) const ROWS: &[SessionRow] = &[discard::DISCARD, multi::MULTI, unwatch::UNWATCH, watch::WATCH];
/// Rows that run other commands.
pub(crate) const COMPOUND_ROWS: &[CompoundRow] = &[exec::EXEC];
