//! A stream as the file has it: its nodes, its figures, its groups with what is pending.

use super::super::{Options, VERSION, VERSION_VALKEY_9, kind, write};
use hematite_keyspace::Steps;
use hematite_structures::listpack::Listpack;
use hematite_structures::stream::{Consumer, Group, Idempotency, IdempotencyLimits, Stream, StreamId};

/// The form that says all there is of a stream, the lowest of several. Valkey's files have none for what Redis 8 brought,
/// and do without: released entries then count as acknowledged.
pub(super) fn kind_of(stream: &Stream, options: &Options) -> u8 {
    if options.version == VERSION_VALKEY_9 {
        kind::STREAM_LISTPACKS_3
    } else if stream.groups().any(|(_, group)| group.released_len() > 0) {
        kind::STREAM_LISTPACKS_5
    } else if stream.idempotency().is_some() {
        kind::STREAM_LISTPACKS_4
    } else {
        kind::STREAM_LISTPACKS_3
    }
}

/// Appends a stream.
pub(super) fn encode(out: &mut Vec<u8>, stream: &Stream, options: &Options) {
    write::length(out, stream.node_count() as u64);
    for (id, node) in stream.nodes() {
        encode_node(out, id, node, options.compression);
    }
    encode_rest(out, stream, options);
}

/// Appends a node with the id of its master entry.
pub(super) fn encode_node(out: &mut Vec<u8>, id: StreamId, node: &Listpack, compression: bool) {
    write::plain(out, &id.to_be_bytes());
    write::string(out, node.as_bytes(), compression);
}

/// Appends what stands behind the nodes.
fn encode_rest(out: &mut Vec<u8>, stream: &Stream, options: &Options) {
    let form = GroupForm::of(stream, options);
    encode_figures(out, stream, false);
    for (name, group) in stream.groups() {
        let mut progress = Progress::Beginning;
        while form.encode_some(out, name, group, &mut progress, usize::MAX) {}
    }
    form.encode_end(out, stream);
}

/// Appends the figures of a stream, or of what it would be without its entries, and the number of its groups.
fn encode_figures(out: &mut Vec<u8>, stream: &Stream, is_emptied: bool) {
    let (len, last_id, first_id) =
        if is_emptied { Default::default() } else { (stream.len(), stream.last_id, stream.first_id()) };
    write::length(out, len);
    id(out, last_id);
    id(out, first_id);
    id(out, stream.max_deleted_id);
    write::length(out, stream.entries_added.saturating_sub(stream.len() - len));
    write::length(out, stream.groups().len() as u64);
}

/// What stands behind the nodes of a stream, as it was when this was made: written some pending entries at a time.
pub(crate) struct Rest {
    form: GroupForm,
    head: Vec<u8>,
    groups: std::vec::IntoIter<(Box<[u8]>, Group)>,
    /// The group that is being written.
    current: Option<(Box<[u8]>, Group, Progress)>,
    end: Vec<u8>,
}

impl Rest {
    /// Of a stream whose nodes are written by themselves.
    pub fn of(stream: &mut Stream, options: &Options) -> Rest {
        let mut head = Vec::new();
        encode_figures(&mut head, stream, false);
        Rest::new(head, stream, options)
    }
    /// All of a stream, as it would be without its entries.
    pub fn of_emptied(stream: &mut Stream, options: &Options) -> Rest {
        let mut head = Vec::new();
        write::length(&mut head, 0);
        encode_figures(&mut head, stream, true);
        Rest::new(head, stream, options)
    }
    fn new(head: Vec<u8>, stream: &mut Stream, options: &Options) -> Rest {
        let form = GroupForm::of(stream, options);
        let mut end = Vec::new();
        form.encode_end(&mut end, stream);
        Rest { form, head, groups: stream.freeze_groups().into_iter(), current: None, end }
    }
}

impl Steps for Rest {
    fn step(&mut self, out: &mut Vec<u8>) -> bool {
        out.append(&mut self.head);
        if self.current.is_none() {
            let next = self.groups.next();
            self.current = next.map(|(name, group)| (name, group, Progress::Beginning));
        }
        let Some((name, group, progress)) = &mut self.current else {
            out.append(&mut self.end);
            return false;
        };
        if !self.form.encode_some(out, name, group, progress, PENDING_PER_STEP) {
            self.current = None;
        }
        true
    }
}

/// The limits where nothing is remembered: the reference's defaults.
pub(crate) const LIMITS: IdempotencyLimits = IdempotencyLimits { duration_s: 100, messages_max: 100 };

fn encode_idempotency(out: &mut Vec<u8>, known: Option<&Idempotency>, compression: bool) {
    let limits = known.map_or(LIMITS, Idempotency::limits);
    write::length(out, limits.duration_s.into());
    write::length(out, limits.messages_max.into());
    let messages: Vec<_> = known.into_iter().flat_map(Idempotency::iter).collect();
    write::length(out, known.map_or(0, Idempotency::producers_len) as u64);
    for messages in messages.chunk_by(|a, b| a.0 == b.0) {
        write::string(out, messages[0].0, compression);
        write::length(out, messages.len() as u64);
        for (_, message, added) in messages {
            write::string(out, message, compression);
            id(out, *added);
        }
    }
    write::length(out, known.map_or(0, |known| known.added));
    write::length(out, known.map_or(0, |known| known.duplicates));
}

fn id(out: &mut Vec<u8>, id: StreamId) {
    write::length(out, id.ms);
    write::length(out, id.seq);
}

/// Consumers and pending entries that are written at a time.
const PENDING_PER_STEP: usize = 512;

/// How groups are written.
#[derive(Clone, Copy)]
struct GroupForm {
    kind: u8,
    has_active_times: bool,
    compression: bool,
}

/// How far a group was written.
enum Progress {
    Beginning,
    /// What is pending, from an id on.
    Pending(StreamId),
    /// The consumers, from one on.
    Consumers(usize),
    /// What is pending for one, from an id on.
    PendingFor(usize, StreamId),
    /// What was released, but for so many.
    Released(Vec<StreamId>, usize),
    End,
}

/// Calls `f` with up to `count` items, and takes them off it; the id of the first that is left.
fn some<T>(
    items: impl Iterator<Item = (StreamId, T)>,
    count: &mut usize,
    mut f: impl FnMut(StreamId, T),
) -> Option<StreamId> {
    for (id, item) in items {
        if *count == 0 {
            return Some(id);
        }
        *count -= 1;
        f(id, item);
    }
    None
}

impl GroupForm {
    fn of(stream: &Stream, options: &Options) -> GroupForm {
        let is_new = options.version >= VERSION;
        let kind = if is_new { kind_of(stream, options) } else { kind::STREAM_LISTPACKS_2 };
        GroupForm { kind, has_active_times: is_new, compression: options.compression }
    }
    fn has_released(self) -> bool {
        self.kind == kind::STREAM_LISTPACKS_5
    }

    /// Appends what stands behind the groups.
    fn encode_end(self, out: &mut Vec<u8>, stream: &Stream) {
        if self.kind >= kind::STREAM_LISTPACKS_4 {
            encode_idempotency(out, stream.idempotency(), self.compression);
        }
    }

    /// Appends about `count` more of a group's consumers and pending entries; whether there are others.
    fn encode_some(
        self,
        out: &mut Vec<u8>,
        name: &[u8],
        group: &Group,
        progress: &mut Progress,
        mut count: usize,
    ) -> bool {
        while count > 0 {
            *progress = match std::mem::replace(progress, Progress::End) {
                Progress::Beginning => {
                    self.encode_head(out, name, group);
                    Progress::Pending(StreamId::MIN)
                }
                Progress::Pending(from) => match self.encode_pending(out, group, from, &mut count) {
                    Some(next) => Progress::Pending(next),
                    None => {
                        write::length(out, group.consumers().len() as u64);
                        Progress::Consumers(0)
                    }
                },
                Progress::Consumers(place) => match group.consumer_at(place) {
                    Some((_, consumer)) => {
                        count -= 1;
                        self.encode_consumer(out, consumer);
                        Progress::PendingFor(place, StreamId::MIN)
                    }
                    None if self.has_released() => Progress::Released(encode_released_len(out, group), 0),
                    None => Progress::End,
                },
                Progress::PendingFor(place, from) => {
                    let consumer = group.consumer_at(place).map(|(_, consumer)| consumer.pending_ids(from));
                    let ids = consumer.into_iter().flatten().map(|id| (id, ()));
                    match some(ids, &mut count, |id, ()| out.extend_from_slice(&id.to_be_bytes())) {
                        Some(next) => Progress::PendingFor(place, next),
                        None => Progress::Consumers(place + 1),
                    }
                }
                Progress::Released(ids, written) if written < ids.len() => {
                    let more = count.min(ids.len() - written);
                    count -= more;
                    let some = &ids[written..written + more];
                    some.iter().for_each(|id| out.extend_from_slice(&id.to_be_bytes()));
                    Progress::Released(ids, written + more)
                }
                Progress::Released(..) | Progress::End => return false,
            };
        }
        true
    }

    fn encode_head(self, out: &mut Vec<u8>, name: &[u8], group: &Group) {
        write::string(out, name, self.compression);
        id(out, group.last_id);
        // Unknown is -1, as 64 bits without a sign.
        write::length(out, group.entries_read.unwrap_or(u64::MAX));
        let left_out = if self.has_released() { 0 } else { group.released_len() };
        write::length(out, (group.pending_len() - left_out) as u64);
    }

    fn encode_pending(
        self,
        out: &mut Vec<u8>,
        group: &Group,
        from: StreamId,
        count: &mut usize,
    ) -> Option<StreamId> {
        let pending = group.pending_range(from, StreamId::MAX);
        let pending = pending.filter(|(_, pending)| self.has_released() || !pending.is_released());
        some(pending, count, |id, pending| {
            out.extend_from_slice(&id.to_be_bytes());
            write::time_ms(out, pending.delivery_time_ms);
            write::length(out, pending.delivery_count);
        })
    }

    fn encode_consumer(self, out: &mut Vec<u8>, consumer: &Consumer) {
        write::string(out, consumer.name(), self.compression);
        write::time_ms(out, consumer.seen_time_ms);
        if self.has_active_times {
            write::time_ms(out, consumer.active_time_ms);
        }
        write::length(out, consumer.pending_len() as u64);
    }
}

/// Appends how many entries were released, and gives them in that order.
fn encode_released_len(out: &mut Vec<u8>, group: &Group) -> Vec<StreamId> {
    let pending = group.pending_range(StreamId::MIN, StreamId::MAX);
    let mut released: Vec<_> = pending.filter(|(_, pending)| pending.is_released()).collect();
    released.sort_unstable_by_key(|(_, pending)| pending.claim_order());
    write::length(out, released.len() as u64);
    released.into_iter().map(|(id, _)| id).collect()
}
