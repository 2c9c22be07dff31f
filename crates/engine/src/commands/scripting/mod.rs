//! The scripting family. What a script is and how it runs is in [`crate::scripting`].

mod eval;
mod function;
mod script;

use crate::table::{CompoundRow, HostRow, SessionRow};

/// Rows that need the session or the engine.
pub(crate) const ROWS: [&[SessionRow]; 2] = [function::ROWS, script::ROWS];
/// Rows that run other commands.
pub(crate) const COMPOUND_ROWS: &[CompoundRow] = eval::ROWS;
/// Rows that only hold subcommands.
pub(crate) const CONTAINERS: &[HostRow] = &[function::FUNCTION, script::SCRIPT];
