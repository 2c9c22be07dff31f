//! The sorted set family.
//!
//! Handlers work on [`SortedSetRef`] and [`SortedSetMut`], which hide the encoding. Every range, whatever it is given by,
//! becomes a range of ranks first ([`query`]).

mod arguments;
mod bound;
mod bzmpop;
mod bzpop;
mod combine;
mod query;
#[cfg(test)]
mod tests;
mod zadd;
mod zcount;
mod zdiff;
mod zinter;
mod zmpop;
mod zpop;
mod zrandmember;
mod zrange;
mod zrangeby;
mod zrank;
mod zrem;
mod zremrange;
mod zscan;
mod zscore;
mod zunion;

use crate::element::ElementReply;
use crate::prelude::*;
use crate::settings::Settings;
use hematite_keyspace::sorted_set::{Limits, score_of};
use hematite_resp::{Encoder, Protocol};
use hematite_structures::listpack::Element;

pub(crate) use zadd::{Condition, add};

/// The family's rows.
pub const ROWS: &[Row] = &[
    bzmpop::BZMPOP,
    bzpop::BZPOPMAX,
    bzpop::BZPOPMIN,
    zadd::ZADD,
    zadd::ZINCRBY,
    zcount::ZCARD,
    zcount::ZCOUNT,
    zcount::ZLEXCOUNT,
    zdiff::ZDIFF,
    zdiff::ZDIFFSTORE,
    zinter::ZINTER,
    zinter::ZINTERCARD,
    zinter::ZINTERSTORE,
    zmpop::ZMPOP,
    zpop::ZPOPMAX,
    zpop::ZPOPMIN,
    zrandmember::ZRANDMEMBER,
    zrange::ZRANGE,
    zrange::ZRANGESTORE,
    zrange::ZREVRANGE,
    zrangeby::ZRANGEBYLEX,
    zrangeby::ZRANGEBYSCORE,
    zrangeby::ZREVRANGEBYLEX,
    zrangeby::ZREVRANGEBYSCORE,
    zrank::ZRANK,
    zrank::ZREVRANK,
    zrem::ZREM,
    zremrange::ZREMRANGEBYLEX,
    zremrange::ZREMRANGEBYRANK,
    zremrange::ZREMRANGEBYSCORE,
    zscan::ZSCAN,
    zscore::ZMSCORE,
    zscore::ZSCORE,
    zunion::ZUNION,
    zunion::ZUNIONSTORE,
];

/// How large a packed set may grow.
pub(crate) fn limits(settings: &Settings) -> Limits {
    Limits {
        entries_max: settings.zset_listpack_entries_max,
        value_bytes_max: settings.zset_listpack_value_bytes_max,
    }
}

/// How members are laid out in a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Members alone.
    Members,
    /// Member, score, member, score.
    Flat,
    /// An array of pairs.
    Nested,
}

impl Form {
    /// The form of a WITHSCORES option: pairs in RESP3 alone.
    fn new(with_scores: bool, reply: &Encoder) -> Form {
        match (with_scores, reply.protocol) {
            (false, _) => Form::Members,
            (true, Protocol::Resp2) => Form::Flat,
            (true, Protocol::Resp3) => Form::Nested,
        }
    }
    /// The head of an array of `count` members.
    fn head(self, reply: &mut Encoder, count: usize) {
        reply.array(if self == Form::Flat { 2 * count } else { count });
    }
    /// A member.
    #[inline]
    fn member(self, reply: &mut Encoder, member: Element<'_>, score: f64) {
        if self == Form::Nested {
            reply.array(2);
        }
        reply.element(member);
        if self != Form::Members {
            reply.double(score);
        }
    }
}

impl Form {
    /// A member of a packed set. A short plain score is stored as it is replied: up to 15 digits are never more than it
    /// takes, so they need not be read and written anew.
    #[inline]
    fn packed(self, reply: &mut Encoder, member: Element<'_>, score: Element<'_>) {
        match score {
            Element::Bytes(text) if self == Form::Flat && text.len() <= 15 && !text.contains(&b'e') => {
                reply.element(member);
                reply.bulk(text);
            }
            Element::Int(n) if self == Form::Flat => {
                reply.element(member);
                reply.bulk_integer(n);
            }
            _ => self.member(reply, member, if self == Form::Members { 0.0 } else { score_of(score) }),
        }
    }
}

/// Records `count` changes of a sorted set under one event.
fn changed(ctx: &mut Context, event: &'static str, key: &[u8], count: u64) {
    ctx.db.changed(Class::ZSET, event, key);
    ctx.db.effects.dirty += count.saturating_sub(1);
}

/// Deletes a key that was emptied by a change already recorded.
fn delete_emptied(ctx: &mut Context, key: &[u8]) {
    ctx.db.delete(key, false);
    ctx.db.also_changed(Class::GENERIC, "del", key);
}

/// Stores a result of `count` members, or deletes the key if there is none, and replies with the count.
pub(crate) fn store(ctx: &mut Context, key: &[u8], result: Option<Value>, count: usize, event: &'static str) {
    match result {
        Some(value) => {
            ctx.db.set(key, NewBody::Value(value), Expiry::Never);
            ctx.db.changed(Class::ZSET, event, key);
        }
        None => {
            if ctx.db.delete(key, ctx.settings.lazy_server_del) {
                ctx.db.changed(Class::GENERIC, "del", key);
            }
        }
    }
    ctx.reply.integer(count as i64);
}
