//! XAUTOCLAIM: whatever has been pending for too long, step by step.

use super::propagation::Propagation;
use super::{
    id, no_group, record_group_change, reply_with_entry, seen_consumer, set_active, stream_mut, stream_of,
};
use crate::prelude::*;
use hematite_base::number::parse_i64;
use hematite_structures::stream::StreamId;

/// XAUTOCLAIM: see <https://valkey.io/commands/xautoclaim/>.
pub const XAUTOCLAIM: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "6.2.0",
        summary: "Changes, or acquires, ownership of messages in a consumer group, as if the messages were delivered to as consumer group member.",
        complexity: "O(1) if COUNT is small.",
        arity: -6,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        history: &[(
            "7.0.0",
            "Added an element to the reply array, containing deleted entries the command cleared from the PEL",
        )],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("group", Kind::Text),
            Arg::new("consumer", Kind::Text),
            Arg::new("min-idle-time", Kind::Text),
            Arg::new("start", Kind::Text),
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
            Arg::new("justid", Kind::Token).token("JUSTID").optional(),
        ],
        reply: "tuple<string, array<tuple<string, array<string>>>, array<string>> | tuple<string, array<string>, array<string>>",
        ..Spec::new("xautoclaim")
    },
    run: xautoclaim,
};

/// Pending entries that are looked at for each one that may be claimed.
const ATTEMPTS: usize = 10;
/// Most entries that may be asked for.
const COUNT_MAX: i64 = i64::MAX / 16;

struct Request {
    idle_ms: i64,
    start: StreamId,
    count: usize,
    just_ids: bool,
}

impl Request {
    fn parse(ctx: &Context) -> Result<Request, Error> {
        let idle = parse_i64(ctx.args[4]);
        let idle_ms = idle.ok_or(Error::fixed("ERR Invalid min-idle-time argument for XAUTOCLAIM"))?.max(0);
        let start = id::parse_start(ctx.args[5])?;
        let mut request = Request { idle_ms, start, count: 100, just_ids: false };
        let mut at = 6;
        while at < ctx.args.len() {
            if ctx.is(at, "count") && at + 1 < ctx.args.len() {
                let count = parse_i64(ctx.args[at + 1]).filter(|count| (1..=COUNT_MAX).contains(count));
                request.count = count.ok_or(Error::fixed("ERR COUNT must be > 0"))? as usize;
                at += 2;
            } else if ctx.is(at, "justid") {
                request.just_ids = true;
                at += 1;
            } else {
                return Err(Error::Syntax);
            }
        }
        Ok(request)
    }
}

fn xautoclaim(ctx: &mut Context) -> Result<(), Error> {
    let (key, name, consumer_name, now) = (ctx.args[1], ctx.args[2], ctx.args[3], ctx.clock_ms());
    let has_group =
        ctx.db.read(key).map(|entry| stream_of(&entry).map(|stream| stream.group(name).is_some()));
    let request = Request::parse(ctx)?;
    if has_group.transpose()? != Some(true) {
        return Err(no_group(key, name, ""));
    }
    let mut propagation = Propagation::new(ctx, key, name);
    let Some(mut entry) = ctx.db.write(key) else { return Ok(()) };
    let stream = stream_mut(&mut entry)?;
    let Some(group) = stream.group_mut(name) else { return Ok(()) };
    let (consumer, is_new) = seen_consumer(group, consumer_name, now);
    let (mut claimed, mut deleted) = (Vec::new(), Vec::new());
    let mut next = Some(request.start);
    let mut attempts = request.count.saturating_mul(ATTEMPTS);
    while attempts > 0 && claimed.len() + deleted.len() < request.count {
        attempts -= 1;
        let Some(group) = stream.group(name) else { break };
        let found = next.and_then(|from| group.pending_range(from, StreamId::MAX).next());
        let Some((id, old)) = found.map(|(id, pending)| (id, *pending)) else {
            next = None;
            break;
        };
        next = id.next();
        let exists = stream.get(id).is_some();
        let Some(group) = stream.group_mut(name) else { break };
        if !exists {
            propagation.claim(group, id, &old);
            group.acknowledge(id);
            deleted.push(id);
            continue;
        }
        if !old.is_released() && now.saturating_sub(old.delivery_time_ms) < request.idle_ms {
            continue;
        }
        let delivered = old.delivery_count.saturating_add(u64::from(!request.just_ids));
        group.assign(id, consumer, now, delivered);
        set_active(group, consumer, now);
        if let Some(pending) = group.pending(id) {
            propagation.claim(group, id, pending);
        }
        claimed.push(id);
    }
    let rest = next.and_then(|from| stream.group(name)?.pending_range(from, StreamId::MAX).next());
    let cursor = rest.map_or(StreamId::MIN, |(id, _)| id);
    let reply = &mut ctx.reply;
    reply.array(3);
    id::reply_with(reply, cursor);
    reply.array(claimed.len());
    for id in &claimed {
        match stream.get(*id).filter(|_| !request.just_ids) {
            Some(entry) => reply_with_entry(reply, &entry),
            None => id::reply_with(reply, *id),
        }
    }
    reply.array(deleted.len());
    deleted.iter().for_each(|id| id::reply_with(reply, *id));
    drop(entry);
    ctx.db.effects.dirty += (claimed.len() + deleted.len()) as u64;
    if is_new {
        record_group_change(ctx, "xgroup-createconsumer", key);
    }
    propagation.finish(ctx);
    Ok(())
}
