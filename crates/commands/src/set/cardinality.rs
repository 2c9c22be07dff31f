//! SINTERCARD, SUNIONCARD and SDIFFCARD: how many members a combination has, without making it.

use super::combine::{Sets, check, filter, unite};
use super::{sdiff, sinter};
use crate::prelude::*;
use hematite_base::number;
use hematite_keyspace::SetRef;
use hematite_structures::hyperloglog;
use hematite_structures::listpack::DecimalBuffer;
use std::ops::ControlFlow;

const KEYS: &[KeySpec] = &[KeySpec {
    begin: Begin::Index(1),
    find: Find::KeyNum { count: 0, first: 1, step: 1 },
    flags: KeyFlags::RO.or(KeyFlags::ACCESS),
    notes: "",
}];

const ARGS: &[Arg] = &[
    Arg::new("numkeys", Kind::Integer),
    Arg::new("key", Kind::Key).multiple().key_spec(0),
    Arg::new("limit", Kind::Integer).token("LIMIT").optional(),
];

/// SINTERCARD: see <https://valkey.io/commands/sintercard/>.
pub const SINTERCARD: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "7.0.0",
        summary: "Returns the number of members of the intersect of multiple sets.",
        complexity: "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::SET,
        keys: KEYS,
        args: ARGS,
        reply: "integer",
        ..Spec::new("sintercard")
    },
    run: sintercard,
};

/// SUNIONCARD: see <https://redis.io/commands/sunioncard/>.
pub const SUNIONCARD: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "8.10.0",
        summary: "Returns the number of members of the union of multiple sets.",
        complexity: "O(N) where N is the total number of elements in all given sets.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::SET,
        keys: KEYS,
        args: &[
            Arg::new("numkeys", Kind::Integer),
            Arg::new("key", Kind::Key).multiple().key_spec(0),
            Arg::new("approx", Kind::Token).token("APPROX").optional(),
            Arg::new("limit", Kind::Integer).token("LIMIT").optional(),
        ],
        reply: "integer",
        ..Spec::new("sunioncard")
    },
    run: sunioncard,
};

/// SDIFFCARD: see <https://redis.io/commands/sdiffcard/>.
pub const SDIFFCARD: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "8.10.0",
        summary: "Returns the number of members of the difference between the first set and all successive sets.",
        complexity: "O(N) where N is the total number of elements in all given sets.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::SET,
        keys: KEYS,
        args: ARGS,
        reply: "integer",
        ..Spec::new("sdiffcard")
    },
    run: sdiffcard,
};

struct Request<'a> {
    keys: &'a [&'a [u8]],
    /// Count no further than this.
    limit: u64,
    is_approximate: bool,
}

impl<'a> Request<'a> {
    /// `numkeys key [key ...] [LIMIT limit]`, and APPROX where the command `estimates`.
    fn parse(ctx: &Context<'a, '_>, estimates: bool) -> Result<Request<'a>, Error> {
        let invalid = || Error::fixed("ERR numkeys should be greater than 0");
        let count = number::parse_i64(ctx.args[1]).filter(|n| *n > 0).ok_or_else(invalid)?;
        let keys = usize::try_from(count).ok().and_then(|count| ctx.args[2..].get(..count));
        let keys = keys.ok_or(Error::fixed("ERR Number of keys can't be greater than number of args"))?;
        let (mut limit, mut is_approximate, mut at) = (0, false, 2 + keys.len());
        while at < ctx.args.len() {
            if estimates && ctx.is(at, "approx") {
                is_approximate = true;
                at += 1;
                continue;
            }
            if !ctx.is(at, "limit") || at + 1 == ctx.args.len() {
                return Err(Error::Syntax);
            }
            let negative = || Error::fixed("ERR LIMIT can't be negative");
            limit = number::parse_i64(ctx.args[at + 1]).filter(|n| *n >= 0).ok_or_else(negative)?;
            at += 2;
        }
        let limit = if limit == 0 { u64::MAX } else { limit.unsigned_abs() };
        Ok(Request { keys, limit, is_approximate })
    }
}

/// Members counted up to a limit.
struct Counter {
    found: u64,
    limit: u64,
}

impl Counter {
    fn add(&mut self) -> ControlFlow<()> {
        self.found += 1;
        if self.found == self.limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn sintercard(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, false)?;
    check(ctx, request.keys)?;
    let sets = Sets::of(&ctx.db, request.keys);
    let mut counter = Counter { found: 0, limit: request.limit };
    if let Some(sets) = sinter::ordered(&sets) {
        filter(sets[0], &sets[1..], true, |_| counter.add());
    }
    ctx.reply.integer(counter.found as i64);
    Ok(())
}

fn sdiffcard(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, false)?;
    check(ctx, request.keys)?;
    let sets = Sets::of(&ctx.db, request.keys);
    let mut counter = Counter { found: 0, limit: request.limit };
    if let Some((first, others)) = sdiff::ordered(&sets) {
        filter(first, &others, false, |_| counter.add());
    }
    ctx.reply.integer(counter.found as i64);
    Ok(())
}

fn sunioncard(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, true)?;
    check(ctx, request.keys)?;
    let sets = Sets::of(&ctx.db, request.keys);
    let sets: Vec<SetRef<'_>> = sets.all().into_iter().flatten().collect();
    let found = if request.is_approximate { estimate(&sets) } else { count_union(&sets, request.limit) };
    ctx.reply.integer(found.min(request.limit) as i64);
    Ok(())
}

/// Members of the union, counted up to `limit`.
fn count_union(sets: &[SetRef<'_>], limit: u64) -> u64 {
    let mut counter = Counter { found: 0, limit };
    let is_integers = sets.iter().all(|set| matches!(set, SetRef::Intset(_)));
    if is_integers {
        unite(sets, |_| counter.found += 1);
        return counter.found;
    }
    for (at, set) in sets.iter().enumerate() {
        if counter.found >= limit {
            break;
        }
        filter(*set, &sets[..at], false, |_| counter.add());
    }
    counter.found
}

/// Members of the union as a HyperLogLog estimates them: in constant memory, and without a look-up of any.
fn estimate(sets: &[SetRef<'_>]) -> u64 {
    let mut registers = hyperloglog::create();
    // A new one is valid, so neither can fail.
    let _ = hyperloglog::to_dense(&mut registers);
    for member in sets.iter().flat_map(|set| set.iter()) {
        let _ = hyperloglog::add_dense(&mut registers, member.text(&mut DecimalBuffer::new()));
    }
    hyperloglog::count(&registers).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn counts_unions_and_differences_up_to_a_limit() {
        let mut server = Server::new();
        server.script(&[
            ("sadd a x y z", ":3\r\n"),
            ("sadd b 1 2 3", ":3\r\n"),
            ("sadd c z 1 w", ":3\r\n"),
            ("sunioncard 3 a b c", ":7\r\n"),
            ("sunioncard 3 a b c limit 4", ":4\r\n"),
            ("sunioncard 2 b b limit 2", ":2\r\n"),
            ("sunioncard 3 a b c limit 0 approx", ":7\r\n"),
            ("sunioncard 3 a b c approx limit 5", ":5\r\n"),
            ("sunioncard 1 none", ":0\r\n"),
            ("sdiffcard 2 a c", ":2\r\n"),
            ("sdiffcard 2 a c limit 1", ":1\r\n"),
            ("sdiffcard 2 a a", ":0\r\n"),
            ("sdiffcard 1 none", ":0\r\n"),
            ("sdiffcard 2 a c approx", "-ERR syntax error\r\n"),
            ("sdiffcard 0 a", "-ERR numkeys should be greater than 0\r\n"),
            ("sunioncard 3 a", "-ERR Number of keys can't be greater than number of args\r\n"),
            ("sunioncard 1 a limit -1", "-ERR LIMIT can't be negative\r\n"),
            ("set s v", "+OK\r\n"),
            ("sunioncard 2 a s", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
        ]);
    }
}
