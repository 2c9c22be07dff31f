//! SELECT: changes the database.

use crate::commands::prelude::*;
use std::sync::atomic::Ordering::Relaxed;

/// SELECT: see <https://valkey.io/commands/select/>.
pub const SELECT: Row = Row {
    spec: Spec {
        group: Group::Connection,
        since: "1.0.0",
        summary: "Changes the selected database.",
        complexity: "O(1)",
        arity: 2,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::FAST)),
        acl: Acl::CONNECTION,
        args: &[Arg::new("index", Kind::Integer)],
        reply: "ok",
        ..Spec::new("select")
    },
    run: select,
};

fn select(call: &mut Call) -> Result<(), Error> {
    let index = hematite_base::number::parse_i64(call.args[1]).ok_or(Error::NotInteger)?;
    if i32::try_from(index).is_err() {
        return Err(Error::fixed("ERR value is out of range, value must between -2147483648 and 2147483647"));
    }
    let db = usize::try_from(index).ok().filter(|db| *db < call.shared.keyspace.databases());
    call.session.db = db.ok_or(Error::DbIndexOutOfRange)?;
    call.session.card.db.store(call.session.db, Relaxed);
    call.reply.ok();
    Ok(())
}
