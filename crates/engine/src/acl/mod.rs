//! Rights: who may run which commands on which keys and channels.
//!
//! Users are immutable and shared; whoever changes one puts another in its place and moves the version on. A session
//! remembers the version at which its user could do everything: as long as that is the present one, its commands pass with
//! one load and one comparison. Otherwise the session looks its user up again, by name and id, and asks it.
//!
//! | file | |
//! |---|---|
//! | `user` | users and selectors as data |
//! | `rules` | rules applied to them |
//! | `describe` | them as rules again |
//! | `matcher` | may a user run this? |
//! | `log` | who was refused what |
//! | `file` | the ACL file and `user` lines as text |
//! | `session` | what a session has to do with it |

mod describe;
mod file;
pub(crate) mod log;
pub(crate) mod matcher;
pub(crate) mod rules;
mod session;
#[cfg(test)]
mod tests;
pub(crate) mod user;

pub(crate) use session::Rights;

use crate::engine::{Engine, Shared};
use crate::flow::SessionId;
use crate::pubsub::Subject;
use crate::registry::Card;
use crate::table::Table;
use hematite_commands::Error;
use log::Log;
use parking_lot::{Mutex, RwLock};
use rules::{RuleError, Surroundings};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use user::{DEFAULT_ID, DEFAULT_NAME, User};

/// All users of an engine, and what became of those who were refused.
pub(crate) struct Users {
    /// Moves on with every change of a user. Never 0.
    version: AtomicU64,
    by_name: RwLock<BTreeMap<Box<[u8]>, Arc<User>>>,
    next_id: AtomicU64,
    /// The default user needs no password.
    is_passwordless: AtomicBool,
    /// The default user needs no password and is on: sessions are authenticated when they are opened.
    is_open: AtomicBool,
    /// `acl-pubsub-default allchannels`
    new_users_hear_all: AtomicBool,
    pub log: Mutex<Log>,
}

impl Default for Users {
    fn default() -> Self {
        let default = Arc::new(User::new_default());
        Users {
            version: AtomicU64::new(1),
            by_name: RwLock::new(BTreeMap::from([(default.name.clone(), default)])),
            next_id: AtomicU64::new(DEFAULT_ID + 1),
            is_passwordless: AtomicBool::new(true),
            is_open: AtomicBool::new(true),
            new_users_hear_all: AtomicBool::new(false),
            log: Mutex::default(),
        }
    }
}

impl Users {
    /// Changes whenever a user does.
    #[inline(always)]
    pub fn version(&self) -> u64 {
        self.version.load(Acquire)
    }
    /// Whether the default user needs no password, even if nobody can be it (protected mode asks this).
    pub fn is_passwordless(&self) -> bool {
        self.is_passwordless.load(Relaxed)
    }
    /// Whether whoever connects is the default user at once.
    pub fn is_open(&self) -> bool {
        self.is_open.load(Relaxed)
    }
    /// The user of this name.
    pub fn get(&self, name: &[u8]) -> Option<Arc<User>> {
        self.by_name.read().get(name).cloned()
    }
    /// All users in the order of their names.
    pub fn all(&self) -> Vec<Arc<User>> {
        self.by_name.read().values().cloned().collect()
    }
    /// The user `default`.
    pub fn default_user(&self) -> Arc<User> {
        self.get(DEFAULT_NAME).expect("nobody can delete it")
    }
    /// Changes the users; whatever `change` leaves is in force when this returns.
    fn change<R>(&self, change: impl FnOnce(&mut BTreeMap<Box<[u8]>, Arc<User>>) -> R) -> R {
        let mut users = self.by_name.write();
        let result = change(&mut users);
        let default = &users[DEFAULT_NAME];
        self.is_passwordless.store(default.no_password, Relaxed);
        self.is_open.store(default.no_password && default.is_on, Relaxed);
        self.version.fetch_add(1, Release);
        result
    }
    fn new_id(&self) -> u64 {
        self.next_id.fetch_add(1, Relaxed)
    }
    /// Sets `requirepass`: the default user's only password; empty: none is needed.
    pub fn set_default_password(&self, password: &[u8]) {
        self.change(|users| {
            let default = users.get_mut(DEFAULT_NAME).expect("nobody can delete it");
            Arc::make_mut(default).set_only_password(password);
        });
    }
}

/// An error's text with something of the client's in its middle, which ends at a NUL.
fn quoting(before: &str, quoted: &[u8], after: &str) -> Error {
    let shown = quoted.split(|b| *b == 0).next().unwrap_or_default();
    Error::Bytes([before.as_bytes(), shown, after.as_bytes()].concat())
}

impl Shared {
    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { table: &self.table, all_channels: self.acl.new_users_hear_all.load(Relaxed) }
    }

    /// ACL SETUSER: applies all rules, or none. Sessions that listen to what the user may no longer hear are hung up on;
    /// `caller` is told by the return value that it is one of them.
    pub(crate) fn set_user(
        &self,
        name: &[u8],
        rules: &[&[u8]],
        caller: Option<SessionId>,
    ) -> Result<bool, Error> {
        let rules = rules::merge_selectors(rules).map_err(|at| {
            quoting("ERR Unmatched parenthesis in acl selector starting at '", rules[at], "'.")
        })?;
        let around = self.surroundings();
        let (before, after) = self.acl.change(|users| {
            let before = users.get(name).cloned();
            let mut user = match &before {
                Some(user) => User::clone(user),
                None => User::new(name, self.acl.new_id(), around.all_channels),
            };
            for rule in &rules {
                user.apply(rule, around).map_err(|error| {
                    quoting("ERR Error in ACL SETUSER modifier '", rule, &format!("': {}", error.text()))
                })?;
            }
            let after = Arc::new(user);
            users.insert(name.into(), Arc::clone(&after));
            Ok::<_, Error>((before, after))
        })?;
        Ok(before.is_some_and(|before| self.silence(&before, &after, caller)))
    }

    /// Hangs up on those who listen as a user to what it may no longer hear; whether the caller is among them.
    fn silence(&self, before: &User, after: &User, caller: Option<SessionId>) -> bool {
        let heard_all = before.selectors.iter().any(|selector| selector.all_channels);
        let still: Vec<&[u8]> = after.selectors.iter().flat_map(|s| &s.channels).map(|c| &**c).collect();
        let keeps = |channel: &[u8]| still.contains(&channel);
        let hears_all = after.selectors.iter().any(|selector| selector.all_channels);
        if hears_all
            || !heard_all && before.selectors.iter().flat_map(|s| &s.channels).all(|channel| keeps(channel))
        {
            return false;
        }
        let mut ends_caller = false;
        self.pubsub.each(|kind, name, card| {
            if card.user_id.load(Relaxed) == after.id && !after.may_listen(name, kind == Subject::Pattern) {
                ends_caller |= end(card, caller);
            }
        });
        ends_caller
    }

    /// ACL DELUSER: how many there were, and whether the caller was one of them. Their sessions are hung up on.
    pub(crate) fn delete_users(&self, names: &[&[u8]], caller: Option<SessionId>) -> (usize, bool) {
        let gone: Vec<u64> = self.acl.change(|users| {
            names.iter().filter_map(|name| users.remove(*name)).map(|user| user.id).collect()
        });
        let is = |card: &Card| gone.contains(&card.user_id.load(Relaxed));
        (gone.len(), self.end_sessions(is, caller))
    }

    fn end_sessions(&self, of: impl Fn(&Card) -> bool, caller: Option<SessionId>) -> bool {
        let mut ends_caller = false;
        for card in self.registry.all().iter().filter(|card| of(card)) {
            ends_caller |= end(card, caller);
        }
        ends_caller
    }
}

/// Hangs up on a session, unless it is the caller, who still hears the answer: then the return value says so.
fn end(card: &Card, caller: Option<SessionId>) -> bool {
    let is_caller = caller == Some(card.id);
    if !is_caller {
        card.kill();
    }
    is_caller
}

impl Engine {
    /// Sets `acl-pubsub-default allchannels` and `acllog-max-len`.
    pub fn set_acl_options(&self, new_users_hear_all: bool, log_entries_max: usize) {
        self.shared.acl.new_users_hear_all.store(new_users_hear_all, Relaxed);
        self.shared.acl.log.lock().set_max(log_entries_max);
    }

    /// Replaces all users by those of an ACL file's text, as ACL LOAD does; `file` is its name in errors. Sessions of users
    /// other than `default` are hung up on, though `caller` may still hear the answer.
    ///
    /// # Errors
    ///
    /// All that is wrong with the text, in which case nothing has changed.
    pub fn load_users(&self, text: &[u8], file: &[u8], caller: Option<SessionId>) -> Result<(), Vec<u8>> {
        let users = file::parse(text, file, self.shared.surroundings())?;
        let acl = &self.shared.acl;
        acl.change(|known| {
            known.clear();
            for (name, mut user) in users {
                user.id = if *name == *DEFAULT_NAME { DEFAULT_ID } else { acl.new_id() };
                known.insert(name, Arc::new(user));
            }
        });
        self.shared.end_sessions(|card| card.user_id.load(Relaxed) != DEFAULT_ID, caller);
        Ok(())
    }

    /// The text of an ACL file with all users.
    pub fn users_text(&self) -> Vec<u8> {
        file::write(self.shared.acl.all().iter().map(|user| &**user))
    }

    /// The users as the words behind `user` in a configuration file.
    pub fn describe_users(&self) -> Vec<Vec<u8>> {
        self.shared.acl.all().iter().map(|user| user.line()["user ".len()..].to_vec()).collect()
    }

    /// Makes the user of a configuration's `user` line: the name, then rules.
    ///
    /// # Errors
    ///
    /// What the log says of the rule that is wrong.
    pub fn declare_user(&self, words: &[&[u8]]) -> Result<(), Vec<u8>> {
        let [name, rules @ ..] = words else { return Err(RuleError::Syntax.text().into()) };
        if rules::has_spaces(name) {
            return Err(b"Spaces not allowed in ACL usernames".to_vec());
        }
        let rules =
            rules::merge_selectors(rules).map_err(|_| RuleError::Syntax.text().as_bytes().to_vec())?;
        let around = self.shared.surroundings();
        let is_default = *name == DEFAULT_NAME;
        let id = if is_default { DEFAULT_ID } else { self.shared.acl.new_id() };
        let mut user = User::new(name, id, around.all_channels);
        if is_default {
            user.sanitize = user::Sanitize::Always;
        }
        for rule in &rules {
            user.apply(rule, around).map_err(|error| {
                let parts: [&[u8]; 5] =
                    [b"Error loading ACL rule '", rule, b"' for the user named '", name, b"': "];
                [&parts.concat(), error.text().as_bytes()].concat()
            })?;
        }
        self.shared.acl.change(|users| users.insert((*name).into(), Arc::new(user)));
        Ok(())
    }

    /// The names of users who are off, which may be a mistake in a configuration.
    pub fn disabled_users(&self) -> Vec<Vec<u8>> {
        self.shared.acl.all().iter().filter(|user| !user.is_on).map(|user| user.name.to_vec()).collect()
    }
}

/// Judges the words of a configuration's `user` line: the name, then rules. Commands that are not known are let pass, since
/// [`Engine::declare_user`] refuses them.
///
/// # Errors
///
/// The number of the rule that is wrong, and why.
pub fn check_user(words: &[&[u8]]) -> Result<(), (usize, &'static str)> {
    let table = Table::new();
    let around = Surroundings { table: &table, all_channels: false };
    let rules = words.get(1..).unwrap_or_default();
    file::check_declaration(rules, around).map_err(|(at, error)| (at, error.text()))
}
