//! Propagation: the commands that stand in the journal for what a group did.

use super::id::IdText;
use crate::context::Context;
use hematite_keyspace::Record;
use hematite_structures::stream::{Group, Pending, StreamId};

/// Commands for the journal, gathered only where one is kept.
pub(super) struct Propagation<'a> {
    key: &'a [u8],
    group: &'a [u8],
    commands: Option<Vec<Vec<Vec<u8>>>>,
}

impl<'a> Propagation<'a> {
    /// For a group of the stream under `key`.
    pub fn new(ctx: &Context, key: &'a [u8], group: &'a [u8]) -> Propagation<'a> {
        Propagation { key, group, commands: ctx.db.effects.record.has(Record::JOURNAL).then(Vec::new) }
    }
    fn push(&mut self, parts: &[&[u8]]) {
        if let Some(commands) = &mut self.commands {
            commands.push(parts.iter().map(|part| part.to_vec()).collect());
        }
    }
    /// What is pending under `id` is to be as it is here; and gone, if the entry is.
    pub fn claim(&mut self, group: &Group, id: StreamId, pending: &Pending) {
        if self.commands.is_none() {
            return;
        }
        if pending.is_released() {
            // Nobody's, so this is about its entry, which is gone.
            self.push(&[b"XACK", self.key, self.group, IdText::new(id).bytes()]);
            return;
        }
        let consumer = group.consumer(pending.consumer()).map_or(&b""[..], |consumer| consumer.name());
        let mut time = itoa::Buffer::new();
        let mut count = itoa::Buffer::new();
        self.push(&[
            b"XCLAIM",
            self.key,
            self.group,
            consumer,
            b"0",
            IdText::new(id).bytes(),
            b"TIME",
            time.format(pending.delivery_time_ms).as_bytes(),
            b"RETRYCOUNT",
            count.format(pending.delivery_count).as_bytes(),
            b"FORCE",
            b"JUSTID",
            b"LASTID",
            IdText::new(group.last_id).bytes(),
        ]);
    }
    /// The group's last id and counter are to be as they are here.
    pub fn last_id(&mut self, group: &Group) {
        let mut read = itoa::Buffer::new();
        let read = match group.entries_read {
            Some(count) => read.format(count).as_bytes(),
            None => b"-1",
        };
        let last = IdText::new(group.last_id);
        self.push(&[b"XGROUP", b"SETID", self.key, self.group, last.bytes(), b"ENTRIESREAD", read]);
    }
    /// A consumer came to be.
    pub fn consumer(&mut self, name: &[u8]) {
        self.push(&[b"XGROUP", b"CREATECONSUMER", self.key, self.group, name]);
    }
    /// Hands the commands over, after those of other streams of the same command.
    pub fn finish(self, ctx: &mut Context) {
        if let Some(commands) = self.commands {
            ctx.db.effects.instead.get_or_insert_default().extend(commands);
        }
    }
}
