//! WATCH: EXEC is to run only if these keys stay as they are.

use crate::commands::prelude::*;
use hematite_keyspace::Scope;

/// WATCH: see <https://valkey.io/commands/watch/>.
pub const WATCH: Row = Row {
    spec: Spec {
        group: Group::Transactions,
        since: "2.2.0",
        summary: "Monitors changes to keys to determine the execution of a transaction.",
        complexity: "O(1) for every key.",
        arity: -2,
        flags: Flags::NOSCRIPT
            .or(Flags::LOADING.or(Flags::STALE.or(Flags::FAST.or(Flags::NO_MULTI.or(Flags::ALLOW_BUSY))))),
        acl: Acl::TRANSACTION,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: -1, step: 1, limit: 0 },
            flags: KeyFlags::RO,
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).multiple().key_spec(0)],
        reply: "ok",
        ..Spec::new("watch")
    },
    run: watch,
};

fn watch(call: &mut Call) -> Result<(), Error> {
    if call.session.transaction.is_some() {
        return Err(Error::fixed("ERR WATCH inside MULTI is not allowed"));
    }
    let (keys, db) = (&call.args[1..], call.session.db);
    if call.shared.running.is_busy() {
        return watch_blindly(call);
    }
    // Under the locks of the keys: whoever changes one afterwards sees that it is watched.
    let mut view =
        call.shared.keyspace.view(Scope::Keys(keys), db, call.now.unix_ms, &mut call.local.effects);
    view.effects.record = call.shared.record();
    for key in keys {
        if call.session.watched.iter().any(|(of, watched)| *of == db && watched[..] == **key) {
            continue;
        }
        // A key whose time has come is gone now, not changed later.
        view.exists(key);
        call.shared.watching.add(&call.session.card, db, key);
        call.session.watched.push((db, (*key).into()));
    }
    drop(view);
    call.local.has_own_mail |= call.shared.notify(&call.local.effects.events, call.session.id());
    call.local.effects.clear();
    call.reply.ok();
    Ok(())
}

/// While a program keeps everybody out, keys are watched but not looked at: one that expires before the program ends counts as
/// changed, which is no worse than EXEC being refused.
fn watch_blindly(call: &mut Call) -> Result<(), Error> {
    let db = call.session.db;
    for key in &call.args[1..] {
        if !call.session.watched.iter().any(|(of, watched)| *of == db && watched[..] == **key) {
            call.shared.watching.add(&call.session.card, db, key);
            call.session.watched.push((db, (*key).into()));
        }
    }
    call.reply.ok();
    Ok(())
}
