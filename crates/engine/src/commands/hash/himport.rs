//! HIMPORT and its subcommands.

use crate::commands::prelude::*;
use crate::dispatch::Chance;
use crate::fieldsets::Fieldset;
use crate::session::Session;
use crate::table::CompoundRow;
use std::sync::atomic::Ordering::Relaxed;

/// HIMPORT: see <https://redis.io/commands/himport/>.
pub const HIMPORT: HostRow = HostRow {
    spec: Spec {
        group: Group::Hash,
        since: "8.10.0",
        summary: "A container for session-based bulk hash import commands.",
        complexity: "Depends on subcommand.",
        arity: -2,
        ..Spec::new("himport")
    },
    run: (),
};

/// HIMPORT PREPARE: see <https://redis.io/commands/himport-prepare/>.
pub const PREPARE: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "8.10.0",
        summary: "Defines a session-local fieldset that maps a name to a sorted set of field names.",
        complexity: "O(N*log(N)) where N is the number of fields.",
        arity: -4,
        flags: Flags::DENYOOM,
        acl: Acl::HASH,
        tips: &["request_policy:all_shards"],
        args: &[Arg::new("fieldset-name", Kind::Text), Arg::new("field", Kind::Text).multiple()],
        reply: "ok",
        ..Spec::new("himport|prepare")
    },
    run: prepare,
};

/// HIMPORT DISCARD: see <https://redis.io/commands/himport-discard/>.
pub const DISCARD: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "8.10.0",
        summary: "Removes a single session-local fieldset by name.",
        complexity: "O(N) where N is the number of session-local fieldsets.",
        arity: 3,
        acl: Acl::HASH,
        tips: &["request_policy:all_shards"],
        args: &[Arg::new("fieldset-name", Kind::Text)],
        reply: "integer",
        ..Spec::new("himport|discard")
    },
    run: discard,
};

/// HIMPORT DISCARDALL: see <https://redis.io/commands/himport-discardall/>.
pub const DISCARDALL: Row = Row {
    spec: Spec {
        group: Group::Hash,
        since: "8.10.0",
        summary: "Removes all session-local fieldsets of the connection.",
        complexity: "O(N) where N is the number of session-local fieldsets.",
        arity: 2,
        acl: Acl::HASH,
        tips: &["request_policy:all_shards"],
        reply: "integer",
        ..Spec::new("himport|discardall")
    },
    run: discard_all,
};

/// HIMPORT SET: see <https://redis.io/commands/himport-set/>.
pub const SET: CompoundRow = CompoundRow {
    spec: Spec {
        group: Group::Hash,
        since: "8.10.0",
        summary: "Creates a fieldset-based hash from values supplied in the order matching a previously prepared fieldset.",
        complexity: "O(N) where N is the number of fields in the fieldset.",
        arity: -5,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::HASH,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::OW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("fieldset-name", Kind::Text),
            Arg::new("value", Kind::Text).multiple(),
        ],
        reply: "ok",
        ..Spec::new("himport|set")
    },
    run: set,
};

fn prepare(call: &mut Call) -> Result<(), Error> {
    let fieldset = Fieldset::new(&call.args[3..]);
    let fieldset = fieldset.map_err(|_| Error::fixed("ERR duplicate field name in fieldset"))?;
    call.session.fieldsets.set(call.args[2], fieldset);
    count(call.session);
    call.reply.ok();
    Ok(())
}

fn discard(call: &mut Call) -> Result<(), Error> {
    let was_there = call.session.fieldsets.remove(call.args[2]);
    count(call.session);
    call.reply.integer(i64::from(was_there));
    Ok(())
}

fn discard_all(call: &mut Call) -> Result<(), Error> {
    let removed = call.session.fieldsets.clear();
    count(call.session);
    call.reply.integer(removed as i64);
    Ok(())
}

/// Tells others how much memory the session's fieldsets take.
fn count(session: &Session) {
    session.card.fieldset_bytes.store(session.fieldsets.bytes(), Relaxed);
}

fn set(chance: &mut Chance, session: &mut Session, args: &[&[u8]]) -> Result<(), Error> {
    let (key, values) = (args[2], &args[4..]);
    let fieldsets = std::mem::take(&mut session.fieldsets);
    let result = match fieldsets.get(args[3]) {
        None => Err(Error::fixed("ERR no such fieldset")),
        Some(fieldset) if fieldset.len() != values.len() => {
            Err(Error::fixed("ERR value count does not match the fieldset's field count"))
        }
        Some(fieldset) => {
            let pairs: Vec<&[u8]> = args[..3].iter().copied().chain(fieldset.pairs(values)).collect();
            let shared = chance.shared;
            let command = shared.table.find(SET.spec.name.as_bytes()).expect("the row is in the table");
            let hash = shared.keyspace.hash(key);
            chance.call_data(session, command, hematite_commands::hash::import, &pairs, hash)
        }
    };
    session.fieldsets = fieldsets;
    result
}
