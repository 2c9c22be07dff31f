//! ZPOPMIN and ZPOPMAX: take members from an end. [`pop`] serves all pops of several keys, too.

use super::{changed, delete_emptied};
use crate::element::ElementReply;
use crate::prelude::*;
use hematite_base::number;
use hematite_keyspace::sorted_set::{SortedSetMut, SortedSetRef};
use hematite_resp::Protocol;

/// ZPOPMAX: see <https://valkey.io/commands/zpopmax/>.
pub const ZPOPMAX: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "5.0.0",
        summary: "Returns the highest-scoring members from a sorted set after removing them. Deletes the sorted set if the last member was popped.",
        complexity: "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
        arity: -2,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("count", Kind::Integer).optional()],
        reply: "tuple<string, double> | array<tuple<string, double>>",
        ..Spec::new("zpopmax")
    },
    run: zpopmax,
};

/// ZPOPMIN: see <https://valkey.io/commands/zpopmin/>.
pub const ZPOPMIN: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "5.0.0",
        summary: "Returns the lowest-scoring members from a sorted set after removing them. Deletes the sorted set if the last member was popped.",
        complexity: "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
        arity: -2,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("count", Kind::Integer).optional()],
        reply: "tuple<string, double> | array<tuple<string, double>>",
        ..Spec::new("zpopmin")
    },
    run: zpopmin,
};

/// From which end members are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Lowest,
    Highest,
}

impl End {
    pub fn event(self) -> &'static str {
        if self == End::Lowest { "zpopmin" } else { "zpopmax" }
    }
    pub fn command(self) -> &'static [u8] {
        if self == End::Lowest { b"ZPOPMIN" } else { b"ZPOPMAX" }
    }
}

/// How popped members are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Member, score, member, score.
    Flat,
    /// An array of pairs.
    Nested,
    /// The key, then as flat.
    KeyFlat,
    /// The key, then an array of pairs.
    KeyNested,
}

fn zpopmin(ctx: &mut Context) -> Result<(), Error> {
    pop_one_key(ctx, End::Lowest)
}

fn zpopmax(ctx: &mut Context) -> Result<(), Error> {
    pop_one_key(ctx, End::Highest)
}

fn pop_one_key(ctx: &mut Context, end: End) -> Result<(), Error> {
    let (count, layout) = match ctx.args.len() {
        2 => (1, Layout::Flat),
        3 => {
            let count = number::parse_i64(ctx.args[2]).and_then(|count| u64::try_from(count).ok());
            let count = count.ok_or(Error::NotPositive)?;
            let is_nested = ctx.reply.protocol == Protocol::Resp3;
            (count, if is_nested { Layout::Nested } else { Layout::Flat })
        }
        _ => return Err(Error::Syntax),
    };
    if !pop(ctx, ctx.args[1], end, count, layout)? {
        ctx.reply.array(0);
    }
    Ok(())
}

/// The first of `keys` that is there; another type before it is an error.
pub(super) fn first_key<'a>(ctx: &mut Context, keys: &[&'a [u8]]) -> Result<Option<&'a [u8]>, Error> {
    for key in keys {
        if let Some(entry) = ctx.db.peek(key) {
            SortedSetRef::of(&entry)?;
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Takes up to `count` members from an end of a key and replies with them; false, and no reply, if there are none.
pub(super) fn pop(
    ctx: &mut Context,
    key: &[u8],
    end: End,
    count: u64,
    layout: Layout,
) -> Result<bool, Error> {
    let Some(mut entry) = ctx.db.write(key) else { return Ok(false) };
    let mut set = SortedSetMut::of(&mut entry)?;
    let len = set.get().len();
    let count = count.min(len);
    if count == 0 {
        return Ok(false);
    }
    let reply = &mut ctx.reply;
    match layout {
        Layout::Flat => reply.array(2 * count as usize),
        Layout::Nested => reply.array(count as usize),
        Layout::KeyFlat => {
            reply.array(2 * count as usize + 1);
            reply.bulk(key);
        }
        Layout::KeyNested => {
            reply.array(2);
            reply.bulk(key);
            reply.array(count as usize);
        }
    }
    for _ in 0..count {
        set.pop(end == End::Highest, |member, score| {
            if matches!(layout, Layout::Nested | Layout::KeyNested) {
                reply.array(2);
            }
            reply.element(member);
            reply.double(score);
        });
    }
    drop(entry);
    changed(ctx, end.event(), key, count);
    if count == len {
        delete_emptied(ctx, key);
    }
    Ok(true)
}
