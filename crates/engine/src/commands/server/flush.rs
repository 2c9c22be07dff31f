//! FLUSHALL and FLUSHDB: empty every database, or one.

use crate::commands::prelude::*;
use std::sync::atomic::Ordering::Relaxed;

/// FLUSHALL: see <https://valkey.io/commands/flushall/>.
pub const FLUSHALL: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "Removes all keys from all databases.",
        complexity: "O(N) where N is the total number of keys in all databases",
        arity: -1,
        flags: Flags::WRITE.or(Flags::TOUCHES_ARBITRARY_KEYS),
        acl: Acl::KEYSPACE.or(Acl::DANGEROUS),
        tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
        history: &[
            ("4.0.0", "Added the `ASYNC` flushing mode modifier."),
            ("6.2.0", "Added the `SYNC` flushing mode modifier."),
        ],
        args: &[Arg::new(
            "flush-type",
            Kind::OneOf(&[
                Arg::new("async", Kind::Token).token("ASYNC").since("4.0.0"),
                Arg::new("sync", Kind::Token).token("SYNC").since("6.2.0"),
            ]),
        )
        .optional()],
        reply: "ok",
        ..Spec::new("flushall")
    },
    run: flushall,
};

/// FLUSHDB: see <https://valkey.io/commands/flushdb/>.
pub const FLUSHDB: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "Remove all keys from the current database.",
        complexity: "O(N) where N is the number of keys in the selected database",
        arity: -1,
        flags: Flags::WRITE.or(Flags::TOUCHES_ARBITRARY_KEYS),
        acl: Acl::KEYSPACE.or(Acl::DANGEROUS),
        tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
        history: &[
            ("4.0.0", "Added the `ASYNC` flushing mode modifier."),
            ("6.2.0", "Added the `SYNC` flushing mode modifier."),
        ],
        args: &[Arg::new(
            "flush-type",
            Kind::OneOf(&[
                Arg::new("async", Kind::Token).token("ASYNC").since("4.0.0"),
                Arg::new("sync", Kind::Token).token("SYNC").since("6.2.0"),
            ]),
        )
        .optional()],
        reply: "ok",
        ..Spec::new("flushdb")
    },
    run: flushdb,
};

fn flushall(call: &mut Call) -> Result<(), Error> {
    flush(call, None)
}

fn flushdb(call: &mut Call) -> Result<(), Error> {
    flush(call, Some(call.session.db))
}

fn flush(call: &mut Call, db: Option<usize>) -> Result<(), Error> {
    let is_async = match call.args[1..] {
        [] => call.shared.limits.lazy_user_flush.load(Relaxed),
        [mode] if mode.eq_ignore_ascii_case(b"async") => true,
        [mode] if mode.eq_ignore_ascii_case(b"sync") => false,
        _ => return Err(Error::Syntax),
    };
    let shared = call.shared;
    let keyspace = &shared.keyspace;
    let keys: usize = match db {
        Some(db) => keyspace.len(db),
        None => (0..keyspace.databases()).map(|db| keyspace.len(db)).sum(),
    };
    match db {
        Some(db) => call.touch_where(db, &|here, key| here(db, key)),
        None => (0..keyspace.databases()).for_each(|db| call.touch_where(db, &|here, key| here(db, key))),
    }
    let dropped = keyspace.flush(db);
    shared.invalidate_all(db.is_none(), call.session.id(), &mut call.local.pending);
    // Nobody waits for what is large, SYNC or not.
    if is_async || dropped.is_large() {
        call.local.drop_later(shared, dropped.into_remains());
    }
    call.local.statistics.dirty.add(keys as u64 + 1);
    call.journal();
    call.reply.ok();
    Ok(())
}
