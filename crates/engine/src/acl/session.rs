//! What a session has to do with rights: who it is, and the gate that its commands pass.

use super::log::{Entry, Log, Origin, Reason};
use super::matcher::Denied;
use super::user::{DEFAULT_ID, DEFAULT_NAME, PasswordHash, User};
use crate::commands::client_line;
use crate::engine::Shared;
use crate::flow::{Flow, Now, Transport};
use crate::registry::Card;
use crate::session::Session;
use crate::table::Command;
use hematite_commands::Error;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Who a session is, and what is known of that user's rights.
#[derive(Clone, Debug)]
pub(crate) struct Rights {
    pub user: Arc<User>,
    /// The version of the users at which `user` was looked up.
    seen: u64,
    /// That version if the user may do everything, else 0.
    passes: u64,
}

impl Rights {
    fn new(user: Arc<User>, version: u64) -> Self {
        let passes = if user.is_unrestricted() { version } else { 0 };
        Rights { user, seen: version, passes }
    }
    /// Whether the session may do everything at this version of the users.
    #[inline(always)]
    pub fn passes(&self, version: u64) -> bool {
        self.passes == version
    }
}

impl Shared {
    /// What a session begins with: the default user's rights.
    pub(crate) fn default_rights(&self) -> Rights {
        let version = self.acl.version();
        Rights::new(self.acl.default_user(), version)
    }

    /// The gate: whether the session's user may run this command.
    #[inline]
    pub(crate) fn check_rights(
        &self,
        session: &mut Session,
        command: &Command,
        args: &[&[u8]],
        now: Now,
    ) -> Result<(), Error> {
        if session.rights.passes(self.acl.version()) {
            return Ok(());
        }
        let origin = if session.transaction.is_some() { Origin::Multi } else { Origin::TopLevel };
        self.permit(session, command, args, origin, now).map_err(|denied| denied.refusal(command.spec))
    }

    /// Whether the session's user may run this command; a refusal goes into the log.
    #[cold]
    pub(crate) fn permit(
        &self,
        session: &mut Session,
        command: &Command,
        args: &[&[u8]],
        origin: Origin,
        now: Now,
    ) -> Result<(), Denied> {
        if session.is_replaying {
            return Ok(());
        }
        let verdict = match self.renew(session) {
            true => session.rights.user.permits(command, args),
            false => Err(Denied::Command),
        };
        if let Err(denied) = verdict {
            session.card.command.store(command.id, Relaxed);
            let name = session.rights.user.name.clone();
            self.log_refusal(Entry::of(denied, command, args, origin), &name, &session.card, now);
        }
        verdict
    }

    /// Looks the session's user up again; false if it is gone: then the session is over.
    pub(crate) fn renew(&self, session: &mut Session) -> bool {
        let version = self.acl.version();
        if session.rights.seen == version {
            return true;
        }
        let known = self.acl.get(&session.rights.user.name).filter(|user| user.id == session.rights.user.id);
        let is_there = known.is_some();
        session.rights = Rights::new(known.unwrap_or_else(|| self.acl.default_user()), version);
        if !is_there {
            // Whoever deleted the user has hung up on the session, too; until that is seen it may do nothing.
            session.authenticated = false;
            session.ending = Flow::KILL;
        }
        is_there
    }

    /// Whether the user that a parked session is may still run its command.
    pub(crate) fn permits_waiter(
        &self,
        card: &Card,
        command: &Command,
        args: &[&[u8]],
        now: Now,
    ) -> Result<(), Error> {
        let name = card.traits.lock().user.clone();
        let user = self.acl.get(&name).filter(|user| user.id == card.user_id.load(Relaxed));
        let verdict = user.map_or(Err(Denied::Command), |user| user.permits(command, args));
        verdict.map_err(|denied| {
            self.log_refusal(Entry::of(denied, command, args, Origin::TopLevel), &name, card, now);
            denied.refusal(command.spec)
        })
    }

    fn log_refusal(&self, mut entry: Entry, user: &[u8], card: &Card, now: Now) {
        entry.user = user.to_vec();
        entry.client = client_line(self, card, now);
        (entry.created_ms, entry.updated_ms) = (now.unix_ms, now.unix_ms);
        Log::add(&mut self.acl.log.lock(), entry);
    }

    /// SORT with patterns reads keys that its arguments do not name, so whoever may not read all keys may not say BY or GET.
    #[cold]
    pub(crate) fn check_sort(
        &self,
        session: &Session,
        command: &Command,
        args: &[&[u8]],
    ) -> Result<(), Error> {
        if !matches!(command.spec.name, "sort" | "sort_ro")
            || session.is_replaying
            || session.rights.passes(self.acl.version())
            || session.rights.user.permits_reading_all(command, args)
        {
            return Ok(());
        }
        let mut at = 2;
        while at < args.len() {
            let is = |word: &str| args[at].eq_ignore_ascii_case(word.as_bytes());
            let rest = args.len() - at - 1;
            at += match () {
                () if is("by") && rest >= 1 => {
                    if args[at + 1].contains(&b'*') {
                        return Err(Error::fixed(
                            "ERR BY option of SORT denied due to insufficient ACL permissions.",
                        ));
                    }
                    2
                }
                () if is("get") && rest >= 1 => {
                    return Err(Error::fixed(
                        "ERR GET option of SORT denied due to insufficient ACL permissions.",
                    ));
                }
                () if is("store") => 2,
                () if is("limit") => 3,
                () => 1,
            };
        }
        Ok(())
    }

    /// AUTH: makes the session the user whose name and password are given. `word` is the command that brought them.
    pub(crate) fn authenticate(
        &self,
        session: &mut Session,
        name: &[u8],
        password: &[u8],
        word: &[u8],
        now: Now,
    ) -> Result<(), Error> {
        let version = self.acl.version();
        // The hash is made even if nobody has this name, so that the time does not tell.
        let given = PasswordHash::of(password);
        if let Some(user) = self.acl.get(name).filter(|user| user.admits(&given)) {
            self.become_user(session, user, version);
            return Ok(());
        }
        let origin = if session.transaction.is_some() { Origin::Multi } else { Origin::TopLevel };
        self.log_refusal(Entry::new(Reason::Auth, origin, word), name, &session.card, now);
        Err(Error::fixed("WRONGPASS invalid username-password pair or user is disabled."))
    }

    /// Makes the session a user without asking for a password, if that user is there and on. Whether it is.
    pub(crate) fn trust(&self, session: &mut Session, name: &[u8]) -> bool {
        let version = self.acl.version();
        let user = self.acl.get(name).filter(|user| user.is_on);
        user.map(|user| self.become_user(session, user, version)).is_some()
    }

    fn become_user(&self, session: &mut Session, user: Arc<User>, version: u64) {
        session.authenticated = true;
        let card = &session.card;
        card.user_id.store(user.id, Relaxed);
        card.traits.lock().user = user.name.clone();
        session.rights = Rights::new(user, version);
    }

    /// Makes the session the default user again, as it was when it was opened.
    pub(crate) fn forget_user(&self, session: &mut Session) {
        session.rights = self.default_rights();
        session.authenticated = self.acl.is_open() || session.card.peer.transport == Transport::InProcess;
        session.card.user_id.store(DEFAULT_ID, Relaxed);
        session.card.traits.lock().user = DEFAULT_NAME.into();
    }
}
