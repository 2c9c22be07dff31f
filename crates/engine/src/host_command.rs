//! Host commands that are added while the engine runs: `db.command(...)` of the embedded front.
//!
//! They stand behind the fixed rows, at ids of their own; a lookup asks for them only after the fixed rows have none of that
//! name, and only if any was ever added, so the common path does not know of them. A row lives for as long as the process, as
//! every other row does, since sessions and statistics refer to rows: what is replaced or removed leaves its few hundred bytes.

use crate::engine::Engine;
use crate::table::{Command, Run, Table};
use hematite_commands::spec::{Begin, Find, Flags, KeyFlags, KeySpec, Spec};
use parking_lot::RwLock;
use std::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Release};

/// Names that may be added to a table.
pub(crate) const ADDED_MAX: usize = 128;

/// A command that the control plane answers, as it is added.
#[derive(Clone, Debug, Default)]
pub struct HostCommand {
    /// Its name; case does not matter.
    pub name: String,
    /// Number of arguments with the name; negative: at least that many.
    pub arity: i16,
    /// Flags, named as COMMAND names them.
    pub flags: Vec<String>,
    /// Positions of its keys: first, last (negative: from the end), step; first 0: none.
    pub keys: (i16, i16, i16),
    /// One line.
    pub summary: String,
}

/// The rows that were added, by id less that of the first.
#[derive(Debug, Default)]
pub(crate) struct Added {
    any: AtomicBool,
    rows: RwLock<Vec<Slot>>,
}

/// A name keeps its id when it is removed or replaced.
#[derive(Clone, Copy, Debug)]
struct Slot {
    command: &'static Command,
    is_present: bool,
}

impl Added {
    /// The row with this name.
    #[inline]
    pub fn find(&self, name: &[u8]) -> Option<&'static Command> {
        if !self.any.load(Acquire) {
            return None;
        }
        let rows = self.rows.read();
        let named = |slot: &&Slot| slot.command.spec.name.as_bytes().eq_ignore_ascii_case(name);
        rows.iter().find(named).filter(|slot| slot.is_present).map(|slot| slot.command)
    }
    /// The row at a position; there is one, since ids come from here.
    #[cold]
    pub fn get(&self, at: usize) -> &'static Command {
        self.rows.read()[at].command
    }
    /// The row at a position that may be none.
    pub fn by_position(&self, at: usize) -> Option<&'static Command> {
        self.rows.read().get(at).map(|slot| slot.command)
    }
    /// All rows.
    pub fn all(&self) -> Vec<&'static Command> {
        self.rows.read().iter().filter(|slot| slot.is_present).map(|slot| slot.command).collect()
    }
}

impl Engine {
    /// Adds a command that the host answers, or replaces one that was added under the same name.
    ///
    /// # Errors
    ///
    /// A name that is none or is taken by a command of the engine, an unknown flag, key positions that make no sense, too
    /// many names.
    pub fn define(&self, command: HostCommand) -> Result<(), String> {
        let table = self.table();
        let spec = spec_of(table, command)?;
        let mut rows = table.added.rows.write();
        let taken = rows.iter().position(|slot| slot.command.spec.name == spec.name);
        let at = taken.unwrap_or(rows.len());
        if at >= ADDED_MAX {
            return Err(format!("at most {ADDED_MAX} commands can be added"));
        }
        let id = table.first_added() + at;
        let row = Command::new(id, spec, Run::Host);
        let slot = Slot { command: Box::leak(Box::new(row)), is_present: true };
        if at < rows.len() {
            rows[at] = slot
        } else {
            rows.push(slot)
        }
        table.added.any.store(true, Release);
        Ok(())
    }
    /// Removes a command that was added; whether it was there.
    pub fn undefine(&self, name: &str) -> bool {
        let mut rows = self.table().added.rows.write();
        let named = |slot: &&mut Slot| slot.is_present && slot.command.spec.name.eq_ignore_ascii_case(name);
        rows.iter_mut().find(named).map(|slot| slot.is_present = false).is_some()
    }
}

fn spec_of(table: &Table, command: HostCommand) -> Result<&'static Spec, String> {
    let name = command.name.to_ascii_lowercase();
    let is_name =
        !name.is_empty() && name.len() <= 128 && name.bytes().all(|b| b.is_ascii_graphic() && b != b'|');
    if !is_name {
        return Err(format!("'{}' can't be a command's name", command.name));
    }
    if table.is_built_in(name.as_bytes()) {
        return Err(format!("'{name}' is a command of the engine"));
    }
    if command.arity == 0 {
        return Err("the arity counts the name, so it is never 0".into());
    }
    let mut flags = Flags::NONE;
    for wanted in &command.flags {
        let known = Flags::NAMES.iter().find(|(_, text)| !text.is_empty() && text == wanted);
        flags = flags.or(known.ok_or_else(|| format!("'{wanted}' is no command flag"))?.0);
    }
    let (first, last, step) = command.keys;
    if first < 0 || (first > 0 && (step < 1 || (last >= 0 && last < first))) {
        return Err("the positions of the keys make no sense".into());
    }
    let effect = if flags.has(Flags::WRITE) { KeyFlags::RW } else { KeyFlags::RO };
    let keys = KeySpec {
        begin: Begin::Index(first),
        find: Find::Range { last: if last >= 0 { last - first } else { last }, step, limit: 0 },
        flags: effect.or(KeyFlags::ACCESS),
        notes: "",
    };
    let keys: &[KeySpec] = if first > 0 { Box::leak(Box::new([keys])) } else { &[] };
    Ok(Box::leak(Box::new(Spec {
        summary: String::leak(command.summary),
        complexity: "That of the host's function.",
        arity: command.arity,
        flags,
        keys,
        ..Spec::new(String::leak(name))
    })))
}
