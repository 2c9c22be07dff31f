//! Scripting: scripts and functions as commands that run other commands.
//!
//! **Nothing here knows a language**: [`interpreter`] is the interface behind which one is. `cache` keeps the sources that all
//! workers share, `run` takes a program through the reference's gates and runs it with everything locked, `caller` is what a
//! program sees of the engine while it runs.

mod cache;
mod caller;
pub mod interpreter;
mod run;
mod shebang;

pub(crate) use cache::Scripts;
pub(crate) use run::{Origin, load, run};
