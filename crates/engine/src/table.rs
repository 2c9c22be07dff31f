//! Table: every command there is, looked up by name.

use crate::dispatch::{Call, Chance};
use crate::host_command::{ADDED_MAX, Added};
use crate::session::Session;
use hematite_commands::spec::{Begin, Find, Flags, Spec};
use hematite_commands::{Data, Error, Row};

/// A handler that needs the session or the engine.
pub(crate) type SessionRun = fn(&mut Call<'_, '_>) -> Result<(), Error>;
/// A row of such a command.
pub(crate) type SessionRow = Row<SessionRun>;
/// A handler that runs other commands, and writes its reply to the session's output itself.
pub(crate) type CompoundRun = fn(&mut Chance<'_, '_>, &mut Session, &[&[u8]]) -> Result<(), Error>;
/// A row of such a command.
pub(crate) type CompoundRow = Row<CompoundRun>;
/// A row of a command that the control plane answers.
pub(crate) type HostRow = Row<()>;

/// What runs a command.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Run {
    /// A data handler, under the locks of its keys.
    Data(Data),
    /// A handler of the engine.
    Session(SessionRun),
    /// A handler that runs other commands.
    Compound(CompoundRun),
    /// The control plane.
    Host,
    /// Nothing: its subcommands do.
    Container,
}

/// How dispatch finds a command's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlan {
    /// There are none.
    Nothing,
    /// One, at this position.
    One(usize),
    /// As the key specs say.
    Several,
    /// They can't be known before: everything is locked.
    Everything,
}

/// An entry of the table.
#[derive(Debug)]
pub struct Command {
    /// Position in the table, for statistics.
    pub id: usize,
    /// The row.
    pub spec: &'static Spec,
    /// What runs it.
    pub(crate) run: Run,
    /// How its keys are found.
    pub keys: KeyPlan,
    /// Ids of its subcommands.
    pub subcommands: Vec<usize>,
}

/// See the head of the file.
#[derive(Debug)]
pub struct Table {
    commands: Vec<Command>,
    /// Ids plus one by hash of the name, open addressing.
    index: Vec<u16>,
    /// Host commands that came later.
    pub(crate) added: Added,
}

impl Table {
    /// The table of all rows.
    pub fn new() -> Table {
        let mut table = Table { commands: Vec::new(), index: vec![0; 4096], added: Added::default() };
        for row in hematite_commands::rows() {
            table.add(&row.spec, Run::Data(row.run));
        }
        for row in crate::commands::session_rows() {
            table.add(&row.spec, Run::Session(row.run));
        }
        for row in crate::commands::compound_rows() {
            table.add(&row.spec, Run::Compound(row.run));
        }
        for row in crate::commands::host_rows() {
            table.add(&row.spec, Run::Host);
        }
        for row in crate::commands::container_rows() {
            table.add(&row.spec, Run::Container);
        }
        for id in 0..table.commands.len() {
            if let Some((container, _)) = table.commands[id].spec.name.split_once('|') {
                let parent =
                    table.find_slot(container.as_bytes()).1.expect("a subcommand's container has a row");
                table.commands[parent].subcommands.push(id);
            }
        }
        table
    }

    fn add(&mut self, spec: &'static Spec, run: Run) {
        let id = self.commands.len();
        let (slot, found) = self.find_slot(spec.name.as_bytes());
        assert!(found.is_none(), "two rows are named {}", spec.name);
        self.index[slot] = id as u16 + 1;
        self.commands.push(Command { id, spec, run, keys: key_plan(spec), subcommands: Vec::new() });
    }

    #[inline]
    fn find_slot(&self, name: &[u8]) -> (usize, Option<usize>) {
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        for byte in name {
            hash = (hash ^ u64::from(byte | 0x20)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let mask = self.index.len() - 1;
        let mut slot = (hash ^ hash >> 32) as usize & mask;
        loop {
            match self.index[slot] {
                0 => return (slot, None),
                id if self.commands[usize::from(id) - 1].spec.name.as_bytes().eq_ignore_ascii_case(name) => {
                    return (slot, Some(usize::from(id) - 1));
                }
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// The command with this name, in any case; subcommands as `container|name`.
    #[inline]
    pub fn find(&self, name: &[u8]) -> Option<&Command> {
        match self.find_slot(name).1 {
            Some(id) => Some(&self.commands[id]),
            None => self.added.find(name),
        }
    }
    /// Whether a fixed row has this name.
    pub(crate) fn is_built_in(&self, name: &[u8]) -> bool {
        self.find_slot(name).1.is_some()
    }
    /// The id of the first command that was added.
    pub(crate) fn first_added(&self) -> usize {
        self.commands.len()
    }
    /// Ids that there may ever be, for what is kept by id.
    pub(crate) fn capacity(&self) -> usize {
        self.commands.len() + ADDED_MAX
    }
    /// A container's subcommand.
    pub fn subcommand(&self, container: &Command, name: &[u8]) -> Option<&Command> {
        let named = |id: &&usize| self.commands[**id].spec.short_name().as_bytes().eq_ignore_ascii_case(name);
        container.subcommands.iter().find(named).map(|id| &self.commands[*id])
    }
    /// A command by id.
    #[inline(always)]
    pub fn get(&self, id: usize) -> &Command {
        match self.commands.get(id) {
            Some(command) => command,
            None => self.added.get(id - self.commands.len()),
        }
    }
    /// A command by an id that may be none.
    pub fn by_id(&self, id: usize) -> Option<&Command> {
        if id < self.commands.len() {
            Some(&self.commands[id])
        } else {
            self.added.by_position(id - self.commands.len())
        }
    }
    /// All commands, subcommands included.
    pub fn iter(&self) -> impl Iterator<Item = &Command> {
        self.commands.iter().chain(self.added.all())
    }
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.commands.len() + self.added.all().len()
    }
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }
}

impl Default for Table {
    fn default() -> Self {
        Table::new()
    }
}

pub(crate) fn key_plan(spec: &Spec) -> KeyPlan {
    if spec.flags.has(Flags::TOUCHES_ARBITRARY_KEYS) {
        return KeyPlan::Everything;
    }
    match spec.keys {
        [] => KeyPlan::Nothing,
        [one] => match (one.begin, one.find) {
            (Begin::Index(at), Find::Range { last: 0, .. }) => KeyPlan::One(at as usize),
            (Begin::Unknown, _) | (_, Find::Unknown) => KeyPlan::Everything,
            _ => KeyPlan::Several,
        },
        several if several.iter().any(|k| k.begin == Begin::Unknown || k.find == Find::Unknown) => {
            KeyPlan::Everything
        }
        _ => KeyPlan::Several,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        let table = Table::new();
        assert_eq!(table.find(b"gEt").unwrap().spec.name, "get");
        assert!(table.find(b"nope").is_none());
        assert!(table.find(b"").is_none());
        for command in table.iter() {
            assert_eq!(table.find(command.spec.name.as_bytes()).unwrap().id, command.id);
        }
    }
}
