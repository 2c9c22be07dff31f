//! The connection family.

mod echo;
mod ping;
mod select;

use crate::table::SessionRow;

/// The family's rows.
pub(crate) const ROWS: &[SessionRow] = &[echo::ECHO, ping::PING, select::SELECT];
