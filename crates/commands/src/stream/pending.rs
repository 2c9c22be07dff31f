//! XPENDING.

use super::{id, no_group, stream_of};
use crate::prelude::*;
use crate::reply::array_around;
use hematite_resp::Encoder;
use hematite_structures::stream::{Group as ConsumerGroup, StreamId};

/// XPENDING: see <https://valkey.io/commands/xpending/>.
pub const XPENDING: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns the information and entries from a stream consumer group's pending entries list.",
        complexity: "O(N) with N being the number of elements returned, so asking for a small fixed number of entries per call is O(1). O(M), where M is the total number of entries scanned when used with the IDLE filter. When the command returns just the summary and the list of consumers is small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every consumer.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        history: &[("6.2.0", "Added the `IDLE` option and exclusive range intervals.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("group", Kind::Text),
            Arg::new(
                "filters",
                Kind::Block(&[
                    Arg::new("min-idle-time", Kind::Integer).token("IDLE").optional().since("6.2.0"),
                    Arg::new("start", Kind::Text),
                    Arg::new("end", Kind::Text),
                    Arg::new("count", Kind::Integer),
                    Arg::new("consumer", Kind::Text).optional(),
                ]),
            )
            .optional(),
        ],
        reply: "array<tuple<string, string, integer, integer>> | tuple<integer, string, string, array<tuple<string, string>>>",
        ..Spec::new("xpending")
    },
    run: xpending,
};

struct Range<'a> {
    idle_ms: i64,
    start: StreamId,
    end: StreamId,
    count: usize,
    consumer: Option<&'a [u8]>,
}

impl<'a> Range<'a> {
    /// `[IDLE ms] start end count [consumer]`; None where there is nothing of it.
    fn parse(ctx: &Context<'a, '_>) -> Result<Option<Range<'a>>, Error> {
        let args = ctx.args;
        match args.len() {
            3 => return Ok(None),
            6..=9 => {}
            _ => return Err(Error::Syntax),
        }
        let (mut at, mut idle_ms) = (3, 0);
        if ctx.is(3, "idle") {
            idle_ms = ctx.integer(4)?;
            if args.len() < 8 {
                return Err(Error::Syntax);
            }
            at = 5;
        }
        let count = crate::context::to_count(ctx.integer(at + 2)?).unwrap_or(0);
        let (start, end) = (id::parse_start(args[at])?, id::parse_end(args[at + 1])?);
        Ok(Some(Range { idle_ms, start, end, count, consumer: args.get(at + 3).copied() }))
    }
}

fn xpending(ctx: &mut Context) -> Result<(), Error> {
    let (key, name, now) = (ctx.args[1], ctx.args[2], ctx.now_ms());
    let range = Range::parse(ctx)?;
    let entry = ctx.db.read(key);
    let stream = entry.as_deref().map(stream_of).transpose()?;
    let group = stream.and_then(|stream| stream.group(name)).ok_or_else(|| no_group(key, name, ""))?;
    match range {
        None => reply_with_summary(&mut ctx.reply, group),
        Some(range) => reply_with_range(&mut ctx.reply, group, &range, now),
    }
    Ok(())
}

fn reply_with_summary(reply: &mut Encoder, group: &ConsumerGroup) {
    reply.array(4);
    reply.integer(group.pending_len() as i64);
    let ids = || group.pending_range(StreamId::MIN, StreamId::MAX);
    let (Some((first, _)), Some((last, _))) = (ids().next(), ids().next_back()) else {
        reply.null();
        reply.null();
        reply.null_array();
        return;
    };
    id::reply_with(reply, first);
    id::reply_with(reply, last);
    let busy = group.consumers().filter(|(_, consumer)| consumer.pending_len() > 0);
    reply.array(busy.clone().count());
    for (_, consumer) in busy {
        reply.array(2);
        reply.bulk(consumer.name());
        reply.bulk_integer(consumer.pending_len() as i64);
    }
}

fn reply_with_range(reply: &mut Encoder, group: &ConsumerGroup, range: &Range, now: i64) {
    let idle = |time: i64| now.saturating_sub(time);
    let one = |reply: &mut Encoder, (id, pending): (StreamId, &hematite_structures::stream::Pending)| {
        reply.array(4);
        id::reply_with(reply, id);
        reply.bulk(group.consumer(pending.consumer()).map_or(b"", |consumer| consumer.name()));
        reply.integer(if pending.is_released() { -1 } else { idle(pending.delivery_time_ms).max(0) });
        reply.integer(i64::try_from(pending.delivery_count).unwrap_or(i64::MAX));
    };
    let is_idle = |pending: &hematite_structures::stream::Pending| {
        range.idle_ms == 0 || idle(pending.delivery_time_ms) >= range.idle_ms
    };
    array_around(reply, |reply| match range.consumer.map(|name| group.find_consumer(name)) {
        Some(None) => 0,
        Some(Some(consumer)) => group
            .consumer_pending_range(consumer, range.start, range.end)
            .filter(|(_, pending)| is_idle(pending))
            .take(range.count)
            .map(|found| one(reply, found))
            .count(),
        None => group
            .pending_range(range.start, range.end)
            .filter(|(_, pending)| is_idle(pending))
            .take(range.count)
            .map(|found| one(reply, found))
            .count(),
    });
}
