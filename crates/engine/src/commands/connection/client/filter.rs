//! Filters of CLIENT LIST and CLIENT KILL: those of 7.2 one at a time, and those of Valkey, each with a `NOT-` twin,
//! in any number.

use super::line;
use crate::acl::Users;
use crate::commands::prelude::*;
use crate::registry::Card;
use hematite_base::number::parse_i64;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Which command filters; they differ in defaults and in what they call wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// CLIENT LIST: shows the caller too.
    List,
    /// CLIENT KILL: leaves the caller out unless told otherwise.
    Kill,
}

/// What a client is, for `TYPE`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ClientType {
    Normal,
    PubSub,
}

/// One condition on a connection.
enum Condition {
    Ids(Vec<i64>),
    Address(Vec<u8>),
    LocalAddress(Vec<u8>),
    Ip(Vec<u8>),
    User(Vec<u8>),
    Name(Vec<u8>),
    LibName(Vec<u8>),
    LibVer(Vec<u8>),
    /// Every one of these letters is among its flags.
    Flags(Vec<u8>),
    /// At least this old, seconds.
    AgeMin(i64),
    /// At least this long idle, seconds.
    IdleMin(i64),
    Db(usize),
    /// Claims to follow redirections.
    CanRedirect,
    /// Of the type normal (else of one of the types that nobody here is).
    Type(Option<ClientType>),
}

/// Conditions that must all hold.
pub(super) struct Filter {
    conditions: Vec<(bool, Condition)>,
    skip_me: bool,
}

impl Filter {
    /// The old form of CLIENT KILL.
    pub fn of_address(address: &[u8]) -> Filter {
        Filter { conditions: vec![(true, Condition::Address(address.to_vec()))], skip_me: false }
    }

    /// Reads `option value` pairs.
    pub fn parse(args: &[&[u8]], form: Form, acl: &Users) -> Result<Filter, Error> {
        let mut filter = Filter { conditions: Vec::new(), skip_me: form == Form::Kill };
        let mut rest = args;
        while let [option, tail @ ..] = rest {
            let [value, tail @ ..] = tail else { return Err(Error::Syntax) };
            let upper = option.to_ascii_uppercase();
            if upper == b"SKIPME" {
                filter.skip_me = match value.to_ascii_lowercase().as_slice() {
                    b"yes" => true,
                    b"no" => false,
                    _ => return Err(Error::Syntax),
                };
                rest = tail;
                continue;
            }
            let (wanted, name) = match upper.strip_prefix(b"NOT-") {
                Some(name) => (false, name),
                None => (true, &upper[..]),
            };
            if name == b"ID" {
                let (ids, tail) = parse_ids(&rest[1..], form)?;
                filter.conditions.push((wanted, Condition::Ids(ids)));
                rest = tail;
                continue;
            }
            filter.conditions.push((wanted, condition(name, value, acl)?));
            rest = tail;
        }
        Ok(filter)
    }

    /// The connections that fit, in the order of the ids given, else of all ids.
    pub fn select(&self, call: &Call) -> Vec<Arc<Card>> {
        let all = match &self.conditions[..] {
            [(true, Condition::Ids(ids))] => {
                ids.iter().filter_map(|id| call.shared.registry.get(u64::try_from(*id).ok()?)).collect()
            }
            _ => call.shared.registry.all(),
        };
        let me = call.session.id();
        let fits = |card: &Arc<Card>| {
            let is_left_out = card.killed.load(Relaxed) || self.skip_me && card.id == me;
            !is_left_out
                && self.conditions.iter().all(|(wanted, condition)| condition.holds(card, call) == *wanted)
        };
        all.into_iter().filter(fits).collect()
    }
}

/// Ids up to the next word that is none.
fn parse_ids<'a, 'b>(args: &'b [&'a [u8]], form: Form) -> Result<(Vec<i64>, &'b [&'a [u8]]), Error> {
    let invalid = Error::fixed(match form {
        Form::List => "ERR Invalid client ID",
        Form::Kill => "ERR client-id should be greater than 0",
    });
    let mut ids = Vec::new();
    for (at, arg) in args.iter().enumerate() {
        match parse_i64(arg) {
            Some(id) if form == Form::List || id > 0 => ids.push(id),
            None if at > 0 && is_option(arg) => return Ok((ids, &args[at..])),
            _ => return Err(invalid),
        }
    }
    Ok((ids, &[]))
}

const OPTIONS: [&str; 15] = [
    "ID", "TYPE", "ADDR", "LADDR", "IP", "USER", "SKIPME", "MAXAGE", "IDLE", "NAME", "LIB-NAME", "LIB-VER",
    "FLAGS", "DB", "CAPA",
];

fn is_option(word: &[u8]) -> bool {
    let upper = word.to_ascii_uppercase();
    let name = upper.strip_prefix(b"NOT-").unwrap_or(&upper);
    OPTIONS.iter().any(|option| option.as_bytes() == name)
}

fn condition(name: &[u8], value: &[u8], acl: &Users) -> Result<Condition, Error> {
    let owned = value.to_vec();
    let seconds = |what: &str| match parse_i64(value) {
        Some(n) if n > 0 => Ok(n),
        Some(_) => Err(Error::Bytes(format!("ERR {what} should be greater than 0").into_bytes())),
        None => Err(Error::Bytes(format!("ERR {what} is not an integer or out of range").into_bytes())),
    };
    Ok(match name {
        b"TYPE" => Condition::Type(client_type(value)?),
        b"ADDR" => Condition::Address(owned),
        b"LADDR" => Condition::LocalAddress(owned),
        b"IP" => Condition::Ip(owned),
        b"USER" if acl.get(value).is_some() => Condition::User(owned),
        b"USER" => return Err(Error::Bytes([b"ERR No such user '", value, b"'"].concat())),
        b"MAXAGE" => Condition::AgeMin(seconds("maxage")?),
        b"IDLE" => Condition::IdleMin(seconds("idle")?),
        b"NAME" => Condition::Name(owned),
        b"LIB-NAME" => Condition::LibName(owned),
        b"LIB-VER" => Condition::LibVer(owned),
        b"FLAGS" => Condition::Flags(known_flags(value)?),
        b"DB" => {
            let db = parse_i64(value).ok_or(Error::NotInteger)?;
            Condition::Db(usize::try_from(db).map_err(|_| Error::DbIndexOutOfRange)?)
        }
        b"CAPA" if value.eq_ignore_ascii_case(b"r") => Condition::CanRedirect,
        _ => return Err(Error::Syntax),
    })
}

/// The client type of this name; `None` for masters and replicas, since nobody is one.
fn client_type(word: &[u8]) -> Result<Option<ClientType>, Error> {
    match word.to_ascii_lowercase().as_slice() {
        b"normal" => Ok(Some(ClientType::Normal)),
        b"pubsub" => Ok(Some(ClientType::PubSub)),
        b"master" | b"primary" | b"slave" | b"replica" => Ok(None),
        _ => Err(Error::Bytes([b"ERR Unknown client type '", word, b"'"].concat())),
    }
}

fn known_flags(letters: &[u8]) -> Result<Vec<u8>, Error> {
    if letters.is_empty() || !letters.iter().all(|letter| b"ANPRSTUxbcdeirtBIMO".contains(letter)) {
        let text = [b"ERR Unknown flags found in the provided filter: ", letters].concat();
        return Err(Error::Bytes(text));
    }
    Ok(letters.to_vec())
}

impl Condition {
    fn holds(&self, card: &Card, call: &Call) -> bool {
        let of_traits = |test: &dyn Fn(&crate::registry::Traits) -> bool| test(&card.traits.lock());
        match self {
            Condition::Ids(ids) => ids.iter().any(|id| u64::try_from(*id) == Ok(card.id)),
            Condition::Address(address) => card.peer.addr.as_bytes() == address,
            Condition::LocalAddress(address) => card.peer.laddr.as_bytes() == address,
            Condition::Ip(ip) => card
                .peer
                .addr
                .rsplit_once(':')
                .is_some_and(|(host, _)| host.trim_matches(['[', ']']).as_bytes() == ip),
            Condition::User(user) => of_traits(&|traits| *traits.user == **user),
            Condition::Name(name) => of_traits(&|traits| traits.name == *name),
            Condition::LibName(name) => of_traits(&|traits| traits.lib_name == *name),
            Condition::LibVer(version) => of_traits(&|traits| traits.lib_ver == *version),
            Condition::CanRedirect => of_traits(&|traits| traits.can_redirect),
            Condition::Flags(letters) => of_traits(&|traits| {
                let set = line::flags(card, traits);
                letters.iter().all(|letter| set.as_bytes().contains(letter))
            }),
            Condition::AgeMin(seconds) => line::seconds_since(card.opened_ms, call.now) >= *seconds,
            Condition::IdleMin(seconds) => {
                line::seconds_since(card.active_ms.load(Relaxed), call.now) >= *seconds
            }
            Condition::Db(db) => card.db.load(Relaxed) == *db,
            Condition::Type(wanted) => {
                let is = if card.is_subscriber() { ClientType::PubSub } else { ClientType::Normal };
                *wanted == Some(is)
            }
        }
    }
}
