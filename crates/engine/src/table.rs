//! Table: every command there is, looked up by name.

use crate::dispatch::{Call, Chance};
use crate::host_command::{ADDED_MAX, Added};
use crate::session::Session;
use hematite_commands::spec::{Begin, Find, Flags, Group, Kind, Spec};
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

/// What a command of one key reads beyond the key's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// Nothing that is far from it.
    Nothing,
    /// The value.
    Value,
    /// Of the value what belongs to the argument at this position: a field, a member.
    Element(u8),
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
    /// What it reads beyond its key's entry.
    pub(crate) within: Within,
    /// It is only known after its container's name.
    pub(crate) is_subcommand: bool,
    /// A brief data command of one key that never waits: where nothing stands in the way (see `admission::is_calm`), nothing
    /// but its arity has to be looked at.
    pub(crate) plain: Option<(Data, usize)>,
    /// Takes about as long as any other of its kind: its time is measured by the batch.
    pub(crate) is_brief: bool,
    /// Ids of its subcommands.
    pub subcommands: Vec<usize>,
}

impl Command {
    /// What follows from a row.
    pub(crate) fn new(id: usize, spec: &'static Spec, run: Run) -> Self {
        let is_constant = matches!(run, Run::Data(_)) && spec.complexity.starts_with("O(1)");
        let is_brief = spec.flags.has(Flags::FAST) || is_constant;
        let is_simple = is_brief && !spec.flags.has(Flags::BLOCKING.or(Flags::PROTECTED));
        let plain = match (run, key_plan(spec)) {
            (Run::Data(run), KeyPlan::One(at)) if is_simple => Some((run, at)),
            _ => None,
        };
        Command {
            id,
            spec,
            run,
            keys: key_plan(spec),
            within: within(spec),
            is_subcommand: spec.name.contains('|'),
            plain,
            is_brief,
            subcommands: Vec::new(),
        }
    }
}

/// See the head of the file.
#[derive(Debug)]
pub struct Table {
    commands: Vec<Command>,
    /// Ids plus one by hash of the name, open addressing.
    index: Vec<u16>,
    /// The names of up to eight letters as words, with their ids plus one: what most commands are found by.
    short: Vec<(u64, u8, u16)>,
    /// Host commands that came later.
    pub(crate) added: Added,
}

impl Table {
    /// The table of all rows.
    pub fn new() -> Table {
        let mut table = Table {
            commands: Vec::new(),
            index: vec![0; 4096],
            short: vec![(0, 0, 0); SHORT_SLOTS],
            added: Added::default(),
        };
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
        if let Some(word) =
            short_word(spec.name.as_bytes()).filter(|_| spec.name.bytes().all(|b| b.is_ascii_alphabetic()))
        {
            let mut slot = short_slot(word);
            while self.short[slot].2 != 0 {
                slot = (slot + 1) % SHORT_SLOTS;
            }
            self.short[slot] = (word, spec.name.len() as u8, id as u16 + 1);
        }
        self.commands.push(Command::new(id, spec, run));
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
        if let Some(word) = short_word(name) {
            let mut slot = short_slot(word);
            while self.short[slot].2 != 0 {
                let (of, len, id) = self.short[slot];
                if of == word && usize::from(len) == name.len() {
                    return Some(&self.commands[usize::from(id) - 1]);
                }
                slot = (slot + 1) % SHORT_SLOTS;
            }
        }
        self.find_by_any_name(name)
    }
    fn find_by_any_name(&self, name: &[u8]) -> Option<&Command> {
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

/// Slots for short names, a power of two.
const SHORT_SLOTS: usize = 1024;

/// A name of up to eight bytes in lower case as a word, if all its bytes are letters: its first and its last four bytes, which
/// may overlap; of fewer bytes the first, the middle and the last. With the name's length it stands for the name.
#[inline(always)]
fn short_word(name: &[u8]) -> Option<u64> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = match name {
        [a, b, c, d, ..] if name.len() <= 8 => {
            let last = name.last_chunk().map_or(0, |chunk| u32::from_le_bytes(*chunk));
            u64::from(u32::from_le_bytes([*a, *b, *c, *d])) | u64::from(last) << 32
        }
        [a, .., c] if name.len() == 3 => u64::from_le_bytes([*a, name[1], *c, b'a', b'a', b'a', b'a', b'a']),
        [a, b] => u64::from_le_bytes([*a, *b, b'a', b'a', b'a', b'a', b'a', b'a']),
        [a] => u64::from_le_bytes([*a, b'a', b'a', b'a', b'a', b'a', b'a', b'a']),
        _ => return None,
    };
    // Only letters become letters by this bit: anything else is outside of a..=z.
    let lower = word | (ONES * 0x20);
    let low = lower & (ONES * 0x7f);
    // The top bit of each byte: it is at least a, it is more than z.
    let (from_a, after_z) = (low + ONES * (0x80 - 0x61), low + ONES * (0x80 - 0x7b));
    (from_a & !after_z & !lower & (ONES * 0x80) == ONES * 0x80).then_some(lower)
}

#[inline(always)]
fn short_slot(word: u64) -> usize {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as usize
}

impl Default for Table {
    fn default() -> Self {
        Table::new()
    }
}

fn key_plan(spec: &Spec) -> KeyPlan {
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

/// The first field or member, where the words before it are not optional.
fn within(spec: &Spec) -> Within {
    let KeyPlan::One(key) = key_plan(spec) else { return Within::Nothing };
    if matches!(spec.group, Group::String | Group::Bitmap | Group::Hyperloglog | Group::Generic) {
        return Within::Nothing;
    }
    let rest = spec.args.iter().skip_while(|arg| !matches!(arg.kind, Kind::Key)).skip(1);
    let mut at = key + 1;
    for arg in rest.filter(|arg| !arg.is_optional) {
        at += usize::from(arg.token.is_some());
        let parts = if let Kind::Block(parts) = arg.kind { parts } else { std::slice::from_ref(arg) };
        for part in parts.iter().filter(|part| !part.is_optional) {
            if matches!(part.name, "field" | "member") {
                return Within::Element(at as u8);
            }
            at += 1;
        }
    }
    Within::Value
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
        for close in [&b"g%t"[..], b"ge", b"gett", b"g\xe5t", b"`et", b"set\0", b"mgeT{", b"expirE@"] {
            assert!(table.find(close).is_none(), "{close:?}");
        }
        for command in table.iter() {
            assert_eq!(table.find(command.spec.name.as_bytes()).unwrap().id, command.id);
        }
    }

    #[test]
    fn elements_are_where_the_syntax_has_them() {
        let table = Table::new();
        let within = |name: &str| table.find(name.as_bytes()).unwrap().within;
        for (name, expected) in [
            ("get", Within::Nothing),
            ("mget", Within::Nothing),
            ("sinter", Within::Nothing),
            ("lpush", Within::Value),
            ("zpopmin", Within::Value),
            ("hget", Within::Element(2)),
            ("hset", Within::Element(2)),
            ("smismember", Within::Element(2)),
            ("zincrby", Within::Element(3)),
            ("zadd", Within::Element(3)),
            ("geoadd", Within::Element(4)),
            ("hexpire", Within::Element(5)),
        ] {
            assert_eq!(within(name), expected, "{name}");
        }
    }
}
