//! The question that rights answer: may this user run this command with these arguments? Everything comes from the command
//! table: which arguments are keys and what happens to them from the key specs, which are channels from the row's family.

use super::user::{Access, Selector, User};
use crate::commands::command_keys;
use crate::table::{Command, KeyPlan};
use hematite_base::glob;
use hematite_commands::Error;
use hematite_commands::keys::KeyAt;
use hematite_commands::spec::{Flags, KeyFlags, Spec};

/// Why a user may not: with the position of the argument that decided.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Denied {
    Command,
    Key(usize),
    Channel(usize),
}

impl Denied {
    /// The error reply of a refused command.
    pub fn refusal(self, spec: &Spec) -> Error {
        match self {
            Denied::Command => Error::Text(
                format!("NOPERM this user has no permissions to run the '{}' command", spec.name).into(),
            ),
            Denied::Key(_) => Error::fixed(
                "NOPERM this user has no permissions to access one of the keys used as arguments",
            ),
            Denied::Channel(_) => Error::fixed(
                "NOPERM this user has no permissions to access one of the channels used as arguments",
            ),
        }
    }
    /// The error reply of a command that was queued when it was still allowed.
    pub fn refusal_in_exec(self) -> Error {
        let reason = match self {
            Denied::Command => "no permission to execute the command or subcommand",
            Denied::Key(_) => "no permission to touch the specified keys",
            Denied::Channel(_) => "no permission to access one of the channels used as arguments",
        };
        Error::Text(
            format!("NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This command is no longer allowed for the following reason: {reason}")
                .into(),
        )
    }
    /// What a script is told.
    pub fn in_script(self) -> &'static str {
        match self {
            Denied::Command => "The user executing the script can't run this command or subcommand",
            Denied::Key(_) => {
                "The user executing the script can't access at least one of the keys mentioned in the command arguments"
            }
            Denied::Channel(_) => {
                "The user executing the script can't publish to the channel mentioned in the command"
            }
        }
    }
    /// What ACL DRYRUN answers.
    pub fn explain(self, spec: &Spec, args: &[&[u8]]) -> Vec<u8> {
        let (what, subject) = match self {
            Denied::Command => ("run", spec.name.as_bytes()),
            Denied::Key(at) | Denied::Channel(at) => ("access", args[at]),
        };
        let kind = match self {
            Denied::Command => "command",
            Denied::Key(_) => "key",
            Denied::Channel(_) => "channel",
        };
        let mut text = format!("This user has no permissions to {what} the '").into_bytes();
        text.extend_from_slice(subject);
        text.extend_from_slice(format!("' {kind}").as_bytes());
        text
    }
}

/// The channels among a command's arguments: positions from `first` to `last`, and whether they are patterns.
struct Channels {
    first: usize,
    last: usize,
    are_patterns: bool,
}

/// Who stops listening is never asked.
fn channels(spec: &Spec, count: usize) -> Option<Channels> {
    if !spec.flags.has(Flags::PUBSUB) {
        return None;
    }
    let (last, are_patterns) = match spec.name {
        "publish" | "spublish" => (1, false),
        "subscribe" | "ssubscribe" => (count - 1, false),
        "psubscribe" => (count - 1, true),
        _ => return None,
    };
    Some(Channels { first: 1, last, are_patterns })
}

fn access_of(flags: KeyFlags) -> Access {
    Access {
        read: flags.has(KeyFlags::ACCESS),
        write: flags.has(KeyFlags::INSERT.or(KeyFlags::DELETE).or(KeyFlags::UPDATE)),
    }
}

/// A command's keys, found when first asked for.
struct Keys<'c> {
    command: &'c Command,
    args: &'c [&'c [u8]],
    found: Option<Vec<KeyAt>>,
}

impl Keys<'_> {
    fn get(&mut self) -> &[KeyAt] {
        self.found.get_or_insert_with(|| match (self.command.keys, self.command.spec.keys) {
            (KeyPlan::Nothing, _) => Vec::new(),
            (KeyPlan::One(at), [only]) if !only.flags.has(KeyFlags::VARIABLE_FLAGS.or(KeyFlags::NOT_KEY)) => {
                vec![KeyAt { at, flags: only.flags }]
            }
            _ => command_keys(self.command.spec, self.args),
        })
    }
}

impl User {
    /// Whether the user may run the command. Of several reasons why not, the one that came furthest is told.
    pub fn permits(&self, command: &Command, args: &[&[u8]]) -> Result<(), Denied> {
        let mut keys = Keys { command, args, found: None };
        let mut reason = Denied::Command;
        for selector in &self.selectors {
            match selector.permits(&mut keys) {
                Ok(()) => return Ok(()),
                Err(denied) => reason = reason.max(denied),
            }
        }
        Err(reason)
    }

    /// Whether the user may run the command and, besides, read whatever key it likes.
    pub fn permits_reading_all(&self, command: &Command, args: &[&[u8]]) -> bool {
        let mut keys = Keys { command, args, found: None };
        let reads = |selector: &Selector| {
            selector.all_keys || selector.keys.iter().any(|key| *key.pattern == *b"*" && key.access.read)
        };
        self.selectors.iter().any(|selector| reads(selector) && selector.permits(&mut keys).is_ok())
    }

    /// Whether one of the selectors lets the user listen to a channel, or to a pattern.
    pub fn may_listen(&self, name: &[u8], is_pattern: bool) -> bool {
        self.selectors.iter().any(|selector| selector.permits_channel(name, is_pattern))
    }
}

impl Selector {
    fn permits(&self, keys: &mut Keys<'_>) -> Result<(), Denied> {
        let (command, args) = (keys.command, keys.args);
        if !self.permits_command(command, args) {
            return Err(Denied::Command);
        }
        if !self.all_keys {
            for key in keys.get() {
                if !self.permits_key(args[key.at], access_of(key.flags)) {
                    return Err(Denied::Key(key.at));
                }
            }
        }
        if !self.all_channels
            && let Some(Channels { first, last, are_patterns }) = channels(command.spec, args.len())
        {
            let denied = (first..=last).find(|at| !self.permits_channel(args[*at], are_patterns));
            return denied.map_or(Ok(()), |at| Err(Denied::Channel(at)));
        }
        Ok(())
    }

    fn permits_command(&self, command: &Command, args: &[&[u8]]) -> bool {
        if self.all_commands || command.spec.flags.has(Flags::NO_AUTH) || self.has_command(command.id) {
            return true;
        }
        let first = if command.is_subcommand { 2 } else { 1 };
        match (self.first_args.get(&command.id), args.get(first)) {
            (Some(allowed), Some(given)) => allowed.iter().any(|arg| arg.eq_ignore_ascii_case(given)),
            _ => false,
        }
    }

    fn permits_key(&self, name: &[u8], wanted: Access) -> bool {
        self.keys.iter().any(|key| key.access.covers(wanted) && glob::matches(&key.pattern, name))
    }

    /// A pattern is permitted where the same one is, a channel where a pattern matches it.
    fn permits_channel(&self, name: &[u8], is_pattern: bool) -> bool {
        let fits = |pattern: &[u8]| if is_pattern { pattern == name } else { glob::matches(pattern, name) };
        self.all_channels || self.channels.iter().any(|pattern| fits(pattern))
    }
}
