//! XCLAIM: pending entries given to another consumer.

use super::propagation::Propagation;
use super::{
    id, no_group, record_group_change, reply_with_entry, seen_consumer, set_active, stream_mut, stream_of,
};
use crate::prelude::*;
use crate::reply::array_around;
use hematite_base::number::parse_i64;
use hematite_structures::stream::StreamId;

/// XCLAIM: see <https://valkey.io/commands/xclaim/>.
pub const XCLAIM: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Changes, or acquires, ownership of a message in a consumer group, as if the message was delivered a consumer group member.",
        complexity: "O(log N) with N being the number of messages in the PEL of the consumer group.",
        arity: -6,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("group", Kind::Text),
            Arg::new("consumer", Kind::Text),
            Arg::new("min-idle-time", Kind::Text),
            Arg::new("ID", Kind::Text).multiple(),
            Arg::new("ms", Kind::Integer).token("IDLE").optional(),
            Arg::new("unix-time-milliseconds", Kind::UnixTime).token("TIME").optional(),
            Arg::new("count", Kind::Integer).token("RETRYCOUNT").optional(),
            Arg::new("force", Kind::Token).token("FORCE").optional(),
            Arg::new("justid", Kind::Token).token("JUSTID").optional(),
            Arg::new("lastid", Kind::Text).token("LASTID").optional(),
        ],
        reply: "array<string> | array<tuple<string, array<string>>>",
        ..Spec::new("xclaim")
    },
    run: xclaim,
};

struct Request {
    idle_ms: i64,
    ids: Vec<StreamId>,
    time_ms: i64,
    retries: Option<u64>,
    forces: bool,
    just_ids: bool,
    last_id: StreamId,
}

impl Request {
    fn parse(ctx: &Context) -> Result<Request, Error> {
        let (args, now) = (ctx.args, ctx.clock_ms());
        let integer = |at: usize, text| parse_i64(args[at]).ok_or(Error::fixed(text));
        let idle_ms = integer(4, "ERR Invalid min-idle-time argument for XCLAIM")?.max(0);
        let ids: Vec<StreamId> = args[5..].iter().map_while(|arg| id::parse(arg, 0).ok()).collect();
        let mut at = 5 + ids.len();
        let mut request = Request {
            idle_ms,
            ids,
            time_ms: now,
            retries: None,
            forces: false,
            just_ids: false,
            last_id: StreamId::MIN,
        };
        while at < args.len() {
            let has_value = at + 1 < args.len();
            let mut taken = 2;
            if ctx.is(at, "force") {
                (request.forces, taken) = (true, 1);
            } else if ctx.is(at, "justid") {
                (request.just_ids, taken) = (true, 1);
            } else if ctx.is(at, "idle") && has_value {
                let idle = integer(at + 1, "ERR Invalid IDLE option argument for XCLAIM")?;
                request.time_ms = now.wrapping_sub(idle);
            } else if ctx.is(at, "time") && has_value {
                request.time_ms = integer(at + 1, "ERR Invalid TIME option argument for XCLAIM")?;
            } else if ctx.is(at, "retrycount") && has_value {
                let count = integer(at + 1, "ERR Invalid RETRYCOUNT option argument for XCLAIM")?;
                request.retries = u64::try_from(count).ok();
            } else if ctx.is(at, "lastid") && has_value {
                request.last_id = id::parse(args[at + 1], 0)?;
            } else {
                return Err(Error::Bytes([b"ERR Unrecognized XCLAIM option '", args[at], b"'"].concat()));
            }
            at += taken;
        }
        // A time that cannot be is now: clients reckon with clocks of their own.
        if !(0..=now).contains(&request.time_ms) {
            request.time_ms = now;
        }
        Ok(request)
    }
}

fn xclaim(ctx: &mut Context) -> Result<(), Error> {
    let (key, name, consumer_name, now) = (ctx.args[1], ctx.args[2], ctx.args[3], ctx.clock_ms());
    let has_group = match ctx.db.read(key) {
        Some(entry) => stream_of(&entry)?.group(name).is_some(),
        None => false,
    };
    if !has_group {
        return Err(no_group(key, name, ""));
    }
    let request = Request::parse(ctx)?;
    let mut propagation = Propagation::new(ctx, key, name);
    let Some(mut entry) = ctx.db.write(key) else { return Ok(()) };
    let stream = stream_mut(&mut entry)?;
    let Some(group) = stream.group_mut(name) else { return Ok(()) };
    let mut says_last_id = request.last_id > group.last_id;
    group.last_id = group.last_id.max(request.last_id);
    let (consumer, is_new) = seen_consumer(group, consumer_name, now);
    let mut changes = 0;
    array_around(&mut ctx.reply, |reply| {
        let mut count = 0;
        for &id in &request.ids {
            let exists = stream.get(id).is_some();
            let Some(group) = stream.group_mut(name) else { break };
            let old = group.pending(id).copied();
            if !exists {
                if let Some(old) = old {
                    propagation.claim(group, id, &old);
                    (says_last_id, changes) = (false, changes + 1);
                    group.acknowledge(id);
                }
                continue;
            }
            let (waited, delivered) = match old {
                Some(old) if old.is_released() => (i64::MAX, old.delivery_count),
                Some(old) => (now.saturating_sub(old.delivery_time_ms), old.delivery_count),
                None if request.forces => (i64::MAX, 1),
                None => continue,
            };
            if waited < request.idle_ms {
                continue;
            }
            let again = delivered.saturating_add(u64::from(!request.just_ids));
            group.assign(id, consumer, request.time_ms, request.retries.unwrap_or(again));
            set_active(group, consumer, now);
            if let Some(pending) = group.pending(id) {
                propagation.claim(group, id, pending);
            }
            (says_last_id, changes, count) = (false, changes + 1, count + 1);
            match stream.get(id).filter(|_| !request.just_ids) {
                Some(entry) => reply_with_entry(reply, &entry),
                None => id::reply_with(reply, id),
            }
        }
        count
    });
    if says_last_id && let Some(group) = stream.group(name) {
        propagation.last_id(group);
        changes += 1;
    }
    drop(entry);
    if changes > 0 {
        ctx.db.effects.dirty += changes;
        ctx.db.effects.wake(ctx.db.db, key);
    }
    if is_new {
        record_group_change(ctx, "xgroup-createconsumer", key);
    }
    propagation.finish(ctx);
    Ok(())
}
