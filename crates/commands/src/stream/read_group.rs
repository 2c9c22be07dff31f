//! XREADGROUP: what was not delivered to any consumer yet, what has waited too long, or a consumer's own history.

use super::arguments::STREAMS;
use super::propagation::Propagation;
use super::read::Request;
use super::{
    id, last_entry_id, no_group, record_group_change, reply_with_entry, reply_with_pairs, seen_consumer,
    set_active, stream_mut, stream_of,
};
use crate::prelude::*;
use crate::reply::{array_around, map_around};
use hematite_resp::{Encoder, Protocol};
use hematite_structures::stream::{ConsumerId, Pending, Stream, StreamId};

/// XREADGROUP: see <https://valkey.io/commands/xreadgroup/>.
pub const XREADGROUP: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns new or historical messages from a stream for a consumer in a group. Blocks until a message is available otherwise.",
        complexity: "For each stream mentioned: O(M) with M being the number of elements returned. If M is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1). On the other side when XREADGROUP blocks, XADD will pay the O(N) time in order to serve the N clients blocked on the stream getting new data.",
        arity: -7,
        flags: Flags::BLOCKING.or(Flags::WRITE),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Keyword("STREAMS", 4),
            find: Find::Range { last: -1, step: 1, limit: 2 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new(
                "group-block",
                Kind::Block(&[Arg::new("group", Kind::Text), Arg::new("consumer", Kind::Text)]),
            )
            .token("GROUP"),
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
            Arg::new("milliseconds", Kind::Integer).token("BLOCK").optional(),
            Arg::new("min-idle-time", Kind::Integer).token("CLAIM").optional().since("8.4.0"),
            Arg::new("noack", Kind::Token).token("NOACK").optional(),
            STREAMS,
        ],
        reply: "null | map<string, array<tuple<string, array<string> | null>>>",
        ..Spec::new("xreadgroup")
    },
    run: xreadgroup,
};

const DOLLAR: &str = "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.";

fn xreadgroup(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, true)?;
    let (name, _) = request.group.unwrap_or_default();
    let mut after = Vec::with_capacity(request.ids.len());
    for (key, text) in request.keys.iter().zip(request.ids) {
        let entry = ctx.db.read(key);
        let stream = entry.as_deref().map(stream_of).transpose()?;
        if stream.is_none_or(|stream| stream.group(name).is_none()) {
            return Err(no_group(key, name, " in XREADGROUP with GROUP option"));
        }
        after.push(match *text {
            b"$" => return Err(Error::fixed(DOLLAR)),
            b">" => None,
            // The highest id, after which there is nothing, means what is new too.
            text => Some(id::parse(text, 0)?).filter(|id| *id != StreamId::MAX),
        });
    }
    let start = ctx.reply.position();
    let mut out = Vec::new();
    let mut reply = Encoder::new(&mut out, ctx.reply.protocol);
    let mut served = 0;
    map_around(&mut reply, |reply| {
        for (key, after) in request.keys.iter().zip(after) {
            served += usize::from(serve(ctx, reply, &request, key, after));
        }
        served
    });
    debug_assert_eq!(start, ctx.reply.position());
    if served == 0 {
        let due_ms = request.claim_idle_ms.map(|idle| first_due(ctx, &request, idle));
        request.wait(ctx, due_ms, Vec::new());
    } else {
        ctx.reply.buffer().extend_from_slice(&out);
    }
    Ok(())
}

/// When something that is pending now will have been so for `idle_ms`, Unix milliseconds; `i64::MAX` if nothing is.
fn first_due(ctx: &mut Context, request: &Request, idle_ms: i64) -> i64 {
    let (name, _) = request.group.unwrap_or_default();
    let mut due = i64::MAX;
    for (key, id) in request.keys.iter().zip(request.ids) {
        let Some(entry) = ctx.db.peek(key).filter(|_| *id == b">") else { continue };
        let Ok(stream) = stream_of(&entry) else { continue };
        let pending = stream.group(name).map(|group| group.pending_range(StreamId::MIN, StreamId::MAX));
        let existing = pending.into_iter().flatten().filter(|(id, _)| stream.get(*id).is_some());
        let first = existing.map(|(_, pending)| pending.delivery_time_ms.saturating_add(idle_ms)).min();
        due = due.min(first.unwrap_or(i64::MAX));
    }
    due
}

/// Serves one stream, after an id or what is new; whether there was anything to reply.
fn serve(
    ctx: &mut Context,
    reply: &mut Encoder,
    request: &Request,
    key: &[u8],
    after: Option<StreamId>,
) -> bool {
    let (name, consumer_name) = request.group.unwrap_or_default();
    let now = ctx.clock_ms();
    let mut propagation = Propagation::new(ctx, key, name);
    let Some(mut entry) = ctx.db.write(key) else { return false };
    let Ok(stream) = stream_mut(&mut entry) else { return false };
    let last = last_entry_id(stream);
    let Some(group) = stream.group_mut(name) else { return false };
    let has_new = last > group.last_id;
    let (consumer, is_new) = seen_consumer(group, consumer_name, now);
    if is_new && request.noack {
        propagation.consumer(consumer_name);
    }
    let mut delivery = Delivery { stream, name, consumer, now, propagation: &mut propagation };
    let claimed = match (after, request.claim_idle_ms) {
        (None, Some(idle)) => delivery.claimable(idle, request.count),
        _ => Vec::new(),
    };
    let is_served = after.is_some() || has_new || !claimed.is_empty();
    if is_served {
        if reply.protocol == Protocol::Resp2 {
            reply.array(2);
        }
        reply.bulk(key);
        let most = if request.count == 0 { usize::MAX } else { request.count };
        array_around(reply, |reply| match after {
            Some(after) => delivery.history(reply, after, most),
            None => {
                let count = delivery.claim(reply, &claimed);
                count + delivery.fresh(reply, most - count.min(most), request)
            }
        });
    }
    drop(entry);
    if is_new {
        record_group_change(ctx, "xgroup-createconsumer", key);
    }
    if is_served {
        ctx.db.effects.dirty += 1;
        ctx.db.effects.wake(ctx.db.db, key);
    }
    propagation.finish(ctx);
    is_served
}

/// What is delivered to one consumer of one stream.
struct Delivery<'d, 'a> {
    stream: &'d mut Stream,
    /// The group's name.
    name: &'a [u8],
    consumer: ConsumerId,
    now: i64,
    propagation: &'d mut Propagation<'a>,
}

impl Delivery<'_, '_> {
    /// Delivers entries that the group has not seen; how many.
    fn fresh(&mut self, reply: &mut Encoder, most: usize, request: &Request) -> usize {
        let group = self.stream.group(self.name);
        let Some(from) = group.and_then(|group| group.last_id.next()) else { return 0 };
        let entries = self.stream.range(from, StreamId::MAX).take(most);
        let mut ids = Vec::new();
        for entry in entries {
            if request.claim_idle_ms.is_some() {
                // As what was claimed, which comes before it: idle for no time, never delivered.
                reply.array(4);
                id::reply_with(reply, entry.id);
                reply_with_pairs(reply, &entry);
                reply.integer(0);
                reply.integer(0);
            } else {
                reply_with_entry(reply, &entry);
            }
            ids.push(entry.id);
        }
        for id in &ids {
            self.advance(*id);
            if !request.noack {
                self.assign(*id, 1);
            }
        }
        if request.noack
            && !ids.is_empty()
            && let Some(group) = self.stream.group(self.name)
        {
            self.propagation.last_id(group);
        }
        ids.len()
    }

    /// The group has now read up to `id`.
    fn advance(&mut self, id: StreamId) {
        let has_tombstones = has_tombstones(self.stream, id);
        let estimate = self.stream.added_up_to(id);
        let has_history = self.stream.entries_added > 0;
        let Some(group) = self.stream.group_mut(self.name) else { return };
        match group.entries_read {
            Some(read) if !has_tombstones => group.entries_read = Some(read.saturating_add(1)),
            _ if has_history => group.entries_read = estimate,
            _ => {}
        }
        group.last_id = id;
    }

    fn assign(&mut self, id: StreamId, count: u64) {
        let Some(group) = self.stream.group_mut(self.name) else { return };
        group.assign(id, self.consumer, self.now, count);
        set_active(group, self.consumer, self.now);
        if let Some(pending) = group.pending(id) {
            self.propagation.claim(group, id, pending);
        }
    }

    /// Replies with what is pending for the consumer after an id; how many.
    fn history(&mut self, reply: &mut Encoder, after: StreamId, most: usize) -> usize {
        let (Some(group), Some(from)) = (self.stream.group(self.name), after.next()) else { return 0 };
        let own = group.consumer_pending_range(self.consumer, from, StreamId::MAX);
        let ids: Vec<StreamId> = own.take(most).map(|(id, _)| id).collect();
        for id in &ids {
            if let Some(entry) = self.stream.get(*id) {
                reply_with_entry(reply, &entry);
            } else {
                reply.array(2);
                id::reply_with(reply, *id);
                reply.null_array();
                continue;
            }
            if let Some(pending) = self.stream.group_mut(self.name).and_then(|group| group.pending_mut(*id)) {
                pending.delivery_time_ms = self.now;
                pending.delivery_count = pending.delivery_count.saturating_add(1);
            }
        }
        ids.len()
    }

    /// What was released or has been pending for at least so long, longest first, up to `count` (0: all).
    fn claimable(&self, idle_ms: i64, count: usize) -> Vec<StreamId> {
        let Some(group) = self.stream.group(self.name) else { return Vec::new() };
        let is_due = |pending: &Pending| {
            pending.is_released() || self.now.saturating_sub(pending.delivery_time_ms) >= idle_ms
        };
        let mut found: Vec<((bool, i64), StreamId)> = group
            .pending_range(StreamId::MIN, StreamId::MAX)
            .filter(|(_, pending)| is_due(pending))
            .map(|(id, pending)| (pending.claim_order(), id))
            .collect();
        found.sort_unstable();
        found.retain(|(_, id)| self.stream.get(*id).is_some());
        if count > 0 {
            found.truncate(count);
        }
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// Claims entries for the consumer, and replies with them, how long they were idle, and how often delivered.
    fn claim(&mut self, reply: &mut Encoder, ids: &[StreamId]) -> usize {
        for id in ids {
            let pending = self.stream.group(self.name).and_then(|group| group.pending(*id)).copied();
            let (Some(pending), Some(entry)) = (pending, self.stream.get(*id)) else { continue };
            reply.array(4);
            id::reply_with(reply, *id);
            reply_with_pairs(reply, &entry);
            reply.integer(self.now.saturating_sub(pending.delivery_time_ms).max(0));
            reply.integer(i64::try_from(pending.delivery_count).unwrap_or(i64::MAX));
            self.assign(*id, pending.delivery_count.saturating_add(1));
        }
        ids.len()
    }
}

/// Whether an entry from `from` on was deleted, as far as it is known.
pub(super) fn has_tombstones(stream: &Stream, from: StreamId) -> bool {
    !stream.is_empty() && stream.max_deleted_id != StreamId::MIN && from <= stream.max_deleted_id
}
