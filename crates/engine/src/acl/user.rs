//! Users as data: what one may do, and how it proves who it is.
//!
//! A user is never changed in place: a rule is applied to a copy, which then takes the place of the old one. So whoever
//! holds a user sees one consistent set of rights.
//!
//! ```text
//!   User ── name, id, on/off, password hashes
//!     └── selectors: [root, (…), (…)]   one of them alone must permit a command with all of its keys and channels
//!           ├── commands: a bit a row of the table, and first arguments of rows that have none
//!           ├── keys:     patterns, each for reading, writing or both
//!           └── channels: patterns
//! ```

use crate::table::Table;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use subtle::{Choice, ConstantTimeEq};

/// SHA-256 of a password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PasswordHash([u8; 32]);

impl PasswordHash {
    /// The hash of a password.
    pub fn of(password: &[u8]) -> Self {
        PasswordHash(Sha256::digest(password).into())
    }
    /// Reads 64 lower-case hexadecimal digits.
    pub fn from_hex(digits: &[u8]) -> Option<Self> {
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(PasswordHash(bytes))
    }
    /// As 64 lower-case hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// What may be done with a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Access {
    pub read: bool,
    pub write: bool,
}

impl Access {
    pub const ALL: Access = Access { read: true, write: true };
    /// Whether this permits all that `wanted` asks for.
    pub fn covers(self, wanted: Access) -> bool {
        (self.read || !wanted.read) && (self.write || !wanted.write)
    }
    pub fn or(self, other: Access) -> Access {
        Access { read: self.read || other.read, write: self.write || other.write }
    }
}

/// Keys that may be accessed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct KeyPattern {
    pub pattern: Box<[u8]>,
    pub access: Access,
}

/// A command rule as ACL LIST shows it, without its sign: `get`, `config|set`, `@read`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CommandRule {
    pub is_allowed: bool,
    pub subject: Vec<u8>,
}

/// A set of rights; see the head of the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    /// `allkeys`
    pub all_keys: bool,
    /// `allchannels`
    pub all_channels: bool,
    /// `allcommands`, and none was taken away since.
    pub all_commands: bool,
    /// Commands that the table does not have yet are allowed: the rules began with `+@all`.
    pub future_commands: bool,
    /// By id; those beyond the end are as `future_commands` says.
    commands: Vec<u64>,
    /// First arguments that alone are allowed, by the id of a command that is not.
    pub first_args: BTreeMap<usize, Vec<Vec<u8>>>,
    /// What was said since `+@all` or `-@all`, without what was said again later.
    pub rules: Vec<CommandRule>,
    pub keys: Vec<KeyPattern>,
    pub channels: Vec<Box<[u8]>>,
}

impl Selector {
    /// Nothing allowed, except channels where `acl-pubsub-default` says so.
    pub fn new(all_channels: bool) -> Self {
        Selector { all_channels, ..Selector::default() }
    }
    /// Whether the bit of a command is set.
    pub fn has_command(&self, id: usize) -> bool {
        self.commands.get(id / 64).map_or(self.future_commands, |word| word >> (id % 64) & 1 == 1)
    }
    /// Sets or clears the bit of a command.
    pub fn set_command(&mut self, table: &Table, id: usize, allow: bool) {
        let words = table.capacity().div_ceil(64);
        if self.commands.len() < words {
            let fill = if self.future_commands { u64::MAX } else { 0 };
            self.commands.resize(words, fill);
        }
        let (word, bit) = (&mut self.commands[id / 64], 1 << (id % 64));
        if allow {
            *word |= bit;
        } else {
            *word &= !bit;
            self.all_commands = false;
        }
    }
    /// `+@all` or `-@all`.
    pub fn set_all_commands(&mut self, allow: bool) {
        self.all_commands = allow;
        self.future_commands = allow;
        self.commands.clear();
        self.rules.clear();
        self.first_args.clear();
    }
    /// Whether it permits everything.
    pub fn is_unrestricted(&self) -> bool {
        self.all_commands && self.all_keys && self.all_channels
    }
}

/// `sanitize-payload` and its opposite; neither was said of a new user.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Sanitize {
    #[default]
    Unsaid,
    Always,
    Skip,
}

/// Who may do what; see the head of the file.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub name: Box<[u8]>,
    /// Tells a user from another one that later has its name.
    pub id: u64,
    pub is_on: bool,
    /// Any password is right.
    pub no_password: bool,
    pub sanitize: Sanitize,
    pub passwords: Vec<PasswordHash>,
    /// The root first.
    pub selectors: Vec<Selector>,
}

/// The id of the user `default`, whom nobody can delete.
pub(crate) const DEFAULT_ID: u64 = 0;
/// Its name.
pub(crate) const DEFAULT_NAME: &[u8] = b"default";

impl User {
    /// A user who is off and may do nothing, except for channels where `acl-pubsub-default` says so.
    pub fn new(name: &[u8], id: u64, all_channels: bool) -> Self {
        User {
            name: name.into(),
            id,
            is_on: false,
            no_password: false,
            sanitize: Sanitize::Unsaid,
            passwords: Vec::new(),
            selectors: vec![Selector::new(all_channels)],
        }
    }
    /// The user `default` as a server without configuration has it: on, without a password, with all rights.
    pub fn new_default() -> Self {
        let mut user = User::new(DEFAULT_NAME, DEFAULT_ID, true);
        user.is_on = true;
        user.no_password = true;
        user.root_mut().all_keys = true;
        user.root_mut().set_all_commands(true);
        user
    }
    pub fn root(&self) -> &Selector {
        &self.selectors[0]
    }
    pub fn root_mut(&mut self) -> &mut Selector {
        &mut self.selectors[0]
    }
    /// Whether one of its selectors permits everything.
    pub fn is_unrestricted(&self) -> bool {
        self.selectors.iter().any(Selector::is_unrestricted)
    }
    /// Whether the password is one of the user's. The time that it takes does not depend on what they have in common.
    pub fn admits(&self, given: &PasswordHash) -> bool {
        let mut is_right = Choice::from(u8::from(self.no_password));
        for password in &self.passwords {
            is_right |= password.0.ct_eq(&given.0);
        }
        self.is_on && bool::from(is_right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_read_and_written_as_digits() {
        let hash = PasswordHash::of(b"p");
        assert_eq!(hash.to_hex(), "148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940");
        assert_eq!(PasswordHash::from_hex(hash.to_hex().as_bytes()), Some(hash));
        assert_eq!(PasswordHash::from_hex(hash.to_hex().to_uppercase().as_bytes()), None);
        assert_eq!(PasswordHash::from_hex(b"14"), None);
    }

    #[test]
    fn a_password_opens_only_who_is_on() {
        let mut user = User::new(b"ann", 1, false);
        user.passwords = vec![PasswordHash::of(b"one"), PasswordHash::of(b"two")];
        assert!(!user.admits(&PasswordHash::of(b"two")), "the user is off");
        user.is_on = true;
        assert!(user.admits(&PasswordHash::of(b"two")));
        assert!(!user.admits(&PasswordHash::of(b"three")));
        user.no_password = true;
        assert!(user.admits(&PasswordHash::of(b"three")));
    }
}
