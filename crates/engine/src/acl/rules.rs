//! Rules: `on`, `>password`, `~pattern`, `+command`, `(selector)` and their like, applied to a user one at a time.
//!
//! What was said about commands is kept in its order, so that ACL LIST shows it as it was said: a rule that names the same
//! command, or its container, replaces what was there.

use super::user::{Access, CommandRule, KeyPattern, PasswordHash, Sanitize, Selector, User};
use crate::table::{Command, Table};
use hematite_commands::spec::Acl;
use hematite_resp::split_arguments;

/// Why a rule does not apply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RuleError {
    UnknownCommand,
    Syntax,
    AfterAllKeys,
    AfterAllChannels,
    NoSuchPassword,
    BadHash,
    FirstArgOfSubcommand,
}

impl RuleError {
    pub fn text(self) -> &'static str {
        match self {
            RuleError::UnknownCommand => "Unknown command or category name in ACL",
            RuleError::Syntax => "Syntax error",
            RuleError::AfterAllKeys => {
                "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns"
            }
            RuleError::AfterAllChannels => {
                "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty list of channels"
            }
            RuleError::NoSuchPassword => "The password you are trying to remove from the user does not exist",
            RuleError::BadHash => {
                "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters"
            }
            RuleError::FirstArgOfSubcommand => "Allowing first-arg of a subcommand is not supported",
        }
    }
}

/// What rules refer to beside the user.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'t> {
    pub table: &'t Table,
    /// `acl-pubsub-default allchannels`
    pub all_channels: bool,
}

/// Whether a name or pattern has a byte that the reference's isspace() takes for a blank, or a NUL.
pub(crate) fn has_spaces(text: &[u8]) -> bool {
    text.iter().any(|b| matches!(b, b' ' | b'\t'..=b'\r' | 0))
}

/// Puts the words of each selector together: from one that begins with `(` to one that ends with `)`. An error is the
/// position of a parenthesis that is never closed.
pub(crate) fn merge_selectors(words: &[&[u8]]) -> Result<Vec<Vec<u8>>, usize> {
    let mut merged: Vec<Vec<u8>> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, word) in words.iter().enumerate() {
        if open.is_some() {
            let selector = merged.last_mut().expect("its first word is there");
            selector.push(b' ');
            selector.extend_from_slice(word);
        } else {
            merged.push(word.to_vec());
            open = word.starts_with(b"(").then_some(at);
        }
        if word.ends_with(b")") {
            open = None;
        }
    }
    open.map_or(Ok(merged), Err)
}

impl User {
    /// Applies one rule. After an error the user may have changed in part, so it is a copy that rules are tried on.
    pub fn apply(&mut self, rule: &[u8], around: Surroundings<'_>) -> Result<(), RuleError> {
        let is = |word: &str| rule.eq_ignore_ascii_case(word.as_bytes());
        match () {
            () if rule.is_empty() => {}
            () if is("on") => self.is_on = true,
            () if is("off") => self.is_on = false,
            () if is("nopass") => {
                self.no_password = true;
                self.passwords.clear();
            }
            () if is("resetpass") => {
                self.no_password = false;
                self.passwords.clear();
            }
            () if is("sanitize-payload") => self.sanitize = Sanitize::Always,
            () if is("skip-sanitize-payload") => self.sanitize = Sanitize::Skip,
            () if is("clearselectors") => self.selectors.truncate(1),
            () if is("reset") => {
                let name = std::mem::take(&mut self.name);
                *self = User::new(&name, self.id, around.all_channels);
                self.sanitize = Sanitize::Always;
            }
            () if matches!(rule[0], b'>' | b'#' | b'<' | b'!') => return self.apply_password(rule),
            () if rule.len() > 1 && rule.starts_with(b"(") && rule.ends_with(b")") => {
                let mut selector = Selector::new(around.all_channels);
                // Quotes that do not close leave nothing, as in the reference.
                for word in split_arguments(&rule[1..rule.len() - 1]).unwrap_or_default() {
                    selector.apply(&word, around.table)?;
                }
                self.selectors.push(selector);
            }
            () => return self.root_mut().apply(rule, around.table),
        }
        Ok(())
    }

    fn apply_password(&mut self, rule: &[u8]) -> Result<(), RuleError> {
        let (kind, text) = (rule[0], &rule[1..]);
        let hash = match kind {
            b'>' | b'<' => PasswordHash::of(text),
            _ => PasswordHash::from_hex(text).ok_or(RuleError::BadHash)?,
        };
        let known = self.passwords.iter().position(|other| *other == hash);
        match (kind, known) {
            (b'>' | b'#', known) => {
                if known.is_none() {
                    self.passwords.push(hash);
                }
                self.no_password = false;
            }
            (_, Some(at)) => drop(self.passwords.remove(at)),
            (_, None) => return Err(RuleError::NoSuchPassword),
        }
        Ok(())
    }

    /// Sets the password of `requirepass`; empty: any will do.
    pub fn set_only_password(&mut self, password: &[u8]) {
        self.no_password = password.is_empty();
        self.passwords.clear();
        if !password.is_empty() {
            self.passwords.push(PasswordHash::of(password));
        }
    }
}

impl Selector {
    fn apply(&mut self, rule: &[u8], table: &Table) -> Result<(), RuleError> {
        let is = |word: &str| rule.eq_ignore_ascii_case(word.as_bytes());
        match () {
            () if is("allkeys") || is("~*") => {
                self.all_keys = true;
                self.keys.clear();
            }
            () if is("resetkeys") => {
                self.all_keys = false;
                self.keys.clear();
            }
            () if is("allchannels") || is("&*") => {
                self.all_channels = true;
                self.channels.clear();
            }
            () if is("resetchannels") => {
                self.all_channels = false;
                self.channels.clear();
            }
            () if is("allcommands") || is("+@all") => self.set_all_commands(true),
            () if is("nocommands") || is("-@all") => self.set_all_commands(false),
            () => return self.apply_prefixed(rule, table),
        }
        Ok(())
    }

    fn apply_prefixed(&mut self, rule: &[u8], table: &Table) -> Result<(), RuleError> {
        match rule {
            [b'~', pattern @ ..] => self.add_keys(pattern, Access::ALL),
            [b'%', rest @ ..] => self.add_keys_by_access(rest),
            [b'&', pattern @ ..] => self.add_channels(pattern),
            [sign @ (b'+' | b'-'), b'@', category @ ..] => {
                self.change_category(category, *sign == b'+', table)
            }
            [b'+', name @ ..] => self.allow_command(name, table),
            [b'-', name @ ..] => {
                let command = find(table, name)?;
                self.change_command(command, false, table);
                self.note(command.spec.name.into(), false);
                Ok(())
            }
            _ => Err(RuleError::Syntax),
        }
    }

    /// `%R~`, `%W~`, `%RW~`, from behind the percent sign.
    fn add_keys_by_access(&mut self, rest: &[u8]) -> Result<(), RuleError> {
        if self.all_keys {
            return Err(RuleError::AfterAllKeys);
        }
        let mut access = Access::default();
        let mut at = 0;
        while let Some(letter) = rest.get(at) {
            at += 1;
            match letter.to_ascii_uppercase() {
                b'R' if !access.read => access.read = true,
                b'W' if !access.write => access.write = true,
                b'~' => break,
                _ => return Err(RuleError::Syntax),
            }
        }
        if access == Access::default() {
            return Err(RuleError::Syntax);
        }
        self.add_keys(&rest[at..], access)
    }

    fn add_keys(&mut self, pattern: &[u8], access: Access) -> Result<(), RuleError> {
        if self.all_keys {
            return Err(RuleError::AfterAllKeys);
        }
        if has_spaces(pattern) {
            return Err(RuleError::Syntax);
        }
        match self.keys.iter_mut().find(|key| *key.pattern == *pattern) {
            Some(known) => known.access = known.access.or(access),
            None => self.keys.push(KeyPattern { pattern: pattern.into(), access }),
        }
        Ok(())
    }

    fn add_channels(&mut self, pattern: &[u8]) -> Result<(), RuleError> {
        if self.all_channels {
            return Err(RuleError::AfterAllChannels);
        }
        if has_spaces(pattern) {
            return Err(RuleError::Syntax);
        }
        if !self.channels.iter().any(|known| **known == *pattern) {
            self.channels.push(pattern.into());
        }
        Ok(())
    }

    fn change_category(&mut self, name: &[u8], allow: bool, table: &Table) -> Result<(), RuleError> {
        let category = category_named(name).ok_or(RuleError::UnknownCommand)?;
        self.note([b"@", name].concat(), allow);
        for command in table.iter().filter(|command| command.spec.categories().has(category)) {
            self.change_command(command, allow, table);
        }
        Ok(())
    }

    /// `+command`, `+container|subcommand`, `+command|first-argument`.
    fn allow_command(&mut self, name: &[u8], table: &Table) -> Result<(), RuleError> {
        let Some(bar) = name.iter().rposition(|b| *b == b'|') else {
            let command = find(table, name)?;
            self.change_command(command, true, table);
            self.note(command.spec.name.into(), true);
            return Ok(());
        };
        let (command, sub) = (find(table, &name[..bar])?, &name[bar + 1..]);
        if command.is_subcommand {
            return Err(RuleError::FirstArgOfSubcommand);
        }
        // A blank would make two rules of it when it is read again.
        if sub.is_empty() || has_spaces(sub) {
            return Err(RuleError::Syntax);
        }
        if command.subcommands.is_empty() {
            let known = self.first_args.entry(command.id).or_default();
            if !known.iter().any(|other| other.eq_ignore_ascii_case(sub)) {
                known.push(sub.to_vec());
            }
        } else {
            self.change_command(find(table, name)?, true, table);
        }
        self.note(name.to_vec(), true);
        Ok(())
    }

    /// Allows or forbids a command with all of its subcommands.
    fn change_command(&mut self, command: &Command, allow: bool, table: &Table) {
        self.first_args.remove(&command.id);
        for id in [command.id].iter().chain(&command.subcommands) {
            self.set_command(table, *id, allow);
        }
    }

    /// Keeps what was said, without what it makes void.
    fn note(&mut self, mut subject: Vec<u8>, is_allowed: bool) {
        subject.make_ascii_lowercase();
        self.rules.retain(|rule| {
            let rest = rule.subject.strip_prefix(&subject[..]);
            rest.is_none_or(|rest| !rest.is_empty() && !rest.starts_with(b"|"))
        });
        self.rules.push(CommandRule { is_allowed, subject });
    }
}

fn find<'t>(table: &'t Table, name: &[u8]) -> Result<&'t Command, RuleError> {
    table.find(name).ok_or(RuleError::UnknownCommand)
}

/// The category of this name, in any case.
pub(crate) fn category_named(name: &[u8]) -> Option<Acl> {
    let named = |(_, known): &&(Acl, &str)| known.as_bytes().eq_ignore_ascii_case(name);
    Acl::NAMES.iter().find(named).map(|(category, _)| *category)
}
