//! The ACL file and the `user` lines of the configuration, as text: the control plane reads and writes the files.
//!
//! A file is taken as a whole or not at all: every line is tried first, and all that is wrong is told in one text.

use super::rules::{RuleError, Surroundings, has_spaces, merge_selectors};
use super::user::{DEFAULT_ID, DEFAULT_NAME, User};
use std::collections::BTreeMap;

/// Users by name.
pub(crate) type Users = BTreeMap<Box<[u8]>, User>;

/// What the reference says after all that was wrong.
const UNCHANGED: &[u8] =
    b"WARNING: ACL errors detected, no change to the previously active ACL rules was performed";

/// The users that a file declares, without ids, except for `default`. An error tells everything that is wrong with it.
pub(crate) fn parse(text: &[u8], file: &[u8], around: Surroundings<'_>) -> Result<Users, Vec<u8>> {
    let mut users = Users::new();
    let mut errors = Vec::new();
    for (at, line) in text.split(|b| *b == b'\n').enumerate() {
        let line = trimmed(line, b" \t\r\n");
        if line.is_empty() {
            continue;
        }
        let mut reader = Line { file, number: at + 1, errors: &mut errors };
        if let Some(user) = reader.read(line, &users, around) {
            users.insert(user.name.clone(), user);
        }
    }
    if errors.is_empty() {
        users.entry(DEFAULT_NAME.into()).or_insert_with(User::new_default);
        return Ok(users);
    }
    errors.extend_from_slice(UNCHANGED);
    Err(errors)
}

/// One line of the file, and where to say what is wrong with it.
struct Line<'e> {
    file: &'e [u8],
    number: usize,
    errors: &'e mut Vec<u8>,
}

impl Line<'_> {
    fn say(&mut self, parts: &[&[u8]]) {
        self.errors.extend_from_slice(self.file);
        self.errors.extend_from_slice(format!(":{}", self.number).as_bytes());
        parts.iter().for_each(|part| self.errors.extend_from_slice(part));
        self.errors.extend_from_slice(b". ");
    }

    /// The user that the line declares; `None` if it declares none. What is wrong is said.
    fn read(&mut self, line: &[u8], known: &Users, around: Surroundings<'_>) -> Option<User> {
        let words: Vec<&[u8]> = line.split(|b| *b == b' ').collect();
        let ([b"user", name, rules @ ..], true) = (&words[..], words.len() >= 2) else {
            self.say(&[b" should start with user keyword followed by the username"]);
            return None;
        };
        if has_spaces(name) {
            self.say(&[b": username '", name, b"' contains invalid characters"]);
            return None;
        }
        if known.contains_key(*name) {
            let text = format!("' found on line {}. ", self.number);
            self.errors.extend_from_slice(b"WARNING: Duplicate user '");
            self.errors.extend_from_slice(name);
            self.errors.extend_from_slice(text.as_bytes());
            return None;
        }
        let Ok(rules) = merge_selectors(rules) else {
            self.say(&[b": Unmatched parenthesis in selector definition"]);
            return None;
        };
        let mut user = User::new(name, DEFAULT_ID, around.all_channels);
        let mut has_said = false;
        for rule in &rules {
            let rule = trimmed(rule, b"\t\r\n");
            match user.apply(rule, around) {
                Ok(()) => {}
                Err(error @ RuleError::UnknownCommand) => {
                    self.say(&[b": Error in applying operation '", rule, b"': ", error.text().as_bytes()]);
                }
                // Only the first: it may be why the others are wrong, and a password must not be shown.
                Err(error) if !has_said => {
                    self.say(&[b": ", error.text().as_bytes()]);
                    has_said = true;
                }
                Err(_) => {}
            }
        }
        Some(user)
    }
}

fn trimmed<'t>(mut text: &'t [u8], blanks: &[u8]) -> &'t [u8] {
    while let [first, rest @ ..] = text
        && blanks.contains(first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && blanks.contains(last)
    {
        text = rest;
    }
    text
}

/// The text of a file that declares these users.
pub(crate) fn write<'u>(users: impl Iterator<Item = &'u User>) -> Vec<u8> {
    users.flat_map(|user| [user.line(), b"\n".to_vec()].concat()).collect()
}

/// Tries the words of a `user` line after its name; an error with the number of the rule that is wrong. Commands that nobody
/// knows yet are let pass here: they are refused when the user is made.
pub(crate) fn check_declaration(words: &[&[u8]], around: Surroundings<'_>) -> Result<(), (usize, RuleError)> {
    let rules = merge_selectors(words).map_err(|at| (at, RuleError::Syntax))?;
    let mut user = User::new(b"", DEFAULT_ID, around.all_channels);
    for (at, rule) in rules.iter().enumerate() {
        match user.apply(rule, around) {
            Ok(()) | Err(RuleError::UnknownCommand) => {}
            Err(error) => return Err((at, error)),
        }
    }
    Ok(())
}
