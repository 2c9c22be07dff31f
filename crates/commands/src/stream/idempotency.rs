//! Messages that producers number, so that one sent twice is added once: XADD's IDMP and IDMPAUTO, XCFGSET, XIDMPRECORD.
//!
//! The journal gets XADD with the id that was given and, behind it, XIDMPRECORD, which tells whose message it was.

use super::{id, stream_mut, stream_of};
use crate::prelude::*;
use crate::settings::Settings;
use hematite_base::hash::digest;
use hematite_structures::stream::{IdempotencyLimits, Stream, StreamId};
use std::borrow::Cow;

/// The options of XADD.
pub(super) const ARG: Arg = Arg::new(
    "idmp",
    Kind::OneOf(&[
        Arg::new("producer-id", Kind::Text).token("IDMPAUTO"),
        Arg::new(
            "idmp-block",
            Kind::Block(&[Arg::new("producer-id", Kind::Text), Arg::new("idempotent-id", Kind::Text)]),
        )
        .token("IDMP"),
    ]),
)
.optional()
.since("8.6.0");

const KEYS: &[KeySpec] = &[KeySpec {
    begin: Begin::Index(1),
    find: Find::Range { last: 0, step: 1, limit: 0 },
    flags: KeyFlags::RW.or(KeyFlags::UPDATE),
    notes: "",
}];

/// XCFGSET: see <https://redis.io/commands/xcfgset/>.
pub const XCFGSET: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "8.6.0",
        summary: "Sets the IDMP configuration parameters for a stream.",
        complexity: "O(1)",
        arity: -2,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STREAM,
        keys: KEYS,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("idmp-duration", Kind::Integer).token("IDMP-DURATION").optional(),
            Arg::new("idmp-maxsize", Kind::Integer).token("IDMP-MAXSIZE").optional(),
        ],
        reply: "ok",
        ..Spec::new("xcfgset")
    },
    run: xcfgset,
};

/// XIDMPRECORD: see <https://redis.io/commands/xidmprecord/>.
pub const XIDMPRECORD: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "8.6.2",
        summary: "An internal command for setting IDMP metadata on an existing stream message.",
        complexity: "O(1)",
        arity: 5,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::STREAM,
        keys: KEYS,
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("pid", Kind::Text),
            Arg::new("iid", Kind::Text),
            Arg::new("stream-id", Kind::Text),
        ],
        reply: "ok",
        ..Spec::new("xidmprecord")
    },
    run: xidmprecord,
};

/// Longest time that a message can be remembered, seconds.
const DURATION_S_MAX: i64 = 86_400;
/// Most messages of a producer that can be.
const MESSAGES_MAX: i64 = 10_000;

/// What a producer calls its message.
pub(super) struct Message<'a> {
    producer: &'a [u8],
    /// Empty until [`Message::complete`], with IDMPAUTO.
    name: Cow<'a, [u8]>,
}

/// Takes the option at `at`, if it is one of these: how many arguments it used.
pub(super) fn take<'a>(
    ctx: &Context<'a, '_>,
    at: usize,
    message: &mut Option<Message<'a>>,
) -> Result<Option<usize>, Error> {
    let args = ctx.args;
    let (is_named, left) = (ctx.is(at, "idmp"), args.len() - at - 1);
    let taken = if is_named { 3 } else { 2 };
    if !(is_named || ctx.is(at, "idmpauto")) || left + 1 < taken {
        return Ok(None);
    }
    if message.is_some() {
        return Err(Error::fixed("ERR IDMP/IDMPAUTO specified multiple times"));
    }
    let (producer, name) = (args[at + 1], if is_named { args[at + 2] } else { b"" });
    if producer.is_empty() {
        return Err(Error::fixed(if is_named {
            "ERR IDMP requires a non-empty producer ID"
        } else {
            "ERR IDMPAUTO requires a non-empty producer ID"
        }));
    }
    if is_named && name.is_empty() {
        return Err(Error::fixed("ERR IDMP requires a non-empty idempotent ID"));
    }
    *message = Some(Message { producer, name: Cow::Borrowed(name) });
    Ok(Some(taken))
}

impl Message<'_> {
    /// With a name made of what the message says, if the producer gave none.
    pub fn complete(mut self, elements: &[&[u8]]) -> Self {
        if self.name.is_empty() {
            self.name = Cow::Owned(name_of(elements).to_vec());
        }
        self
    }

    /// The id under which it was added before, if it was; counts it then.
    pub fn sent_before(&self, ctx: &mut Context, key: &[u8], now_ms: u64) -> Result<Option<StreamId>, Error> {
        let found = match ctx.db.read(key) {
            Some(entry) => stream_of(&entry)?.idempotency().and_then(|known| {
                known.find(self.producer, &self.name, now_ms).map(|id| (id, known.limits()))
            }),
            None => None,
        };
        let Some((id, limits)) = found else { return Ok(None) };
        if let Some(mut entry) = ctx.db.write(key) {
            stream_mut(&mut entry)?.idempotency_or_create(limits).duplicates += 1;
        }
        Ok(Some(id))
    }

    /// Remembers that it was added under `id`.
    pub fn record(&self, stream: &mut Stream, id: StreamId, now_ms: u64, settings: &Settings) {
        let known = stream.idempotency_or_create(default_limits(settings));
        known.record(self.producer, &self.name, id, now_ms);
    }

    /// The command that has the journal's reader do the same.
    pub fn command(&self, key: &[u8], id: &[u8]) -> Vec<Vec<u8>> {
        [b"XIDMPRECORD", key, self.producer, &self.name, id].map(<[u8]>::to_vec).into()
    }
}

/// 128 bits that stand for fields and their values, in whatever order they come.
fn name_of(elements: &[&[u8]]) -> [u8; 16] {
    let (mut low, mut high, mut pair) = (0u64, 0u64, Vec::new());
    for field_and_value in elements.chunks(2) {
        pair.clear();
        pair.extend((field_and_value[0].len() as u64).to_le_bytes());
        field_and_value.iter().for_each(|part| pair.extend_from_slice(part));
        low = low.wrapping_add(digest(&pair));
        pair.push(1);
        high = high.wrapping_add(digest(&pair));
    }
    (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
}

fn default_limits(settings: &Settings) -> IdempotencyLimits {
    IdempotencyLimits {
        duration_s: settings.stream_idmp_duration_s,
        messages_max: settings.stream_idmp_messages_max,
    }
}

fn xcfgset(ctx: &mut Context) -> Result<(), Error> {
    let (key, mut at) = (ctx.args[1], 2);
    let (mut duration_s, mut messages_max) = (None, None);
    while at < ctx.args.len() {
        let is_duration = ctx.is(at, "idmp-duration");
        if !(is_duration || ctx.is(at, "idmp-maxsize")) || at + 1 == ctx.args.len() {
            return Err(Error::Syntax);
        }
        let value = ctx.integer(at + 1)?;
        let (max, error) = match is_duration {
            true => (DURATION_S_MAX, "ERR IDMP-DURATION must be between 1 and 86400 seconds"),
            false => (MESSAGES_MAX, "ERR IDMP-MAXSIZE must be between 1 and 10000 entries"),
        };
        if !(1..=max).contains(&value) {
            return Err(Error::fixed(error));
        }
        *(if is_duration { &mut duration_s } else { &mut messages_max }) = Some(value as u32);
        at += 2;
    }
    if duration_s.is_none() && messages_max.is_none() {
        return Err(Error::fixed("ERR At least one parameter must be specified"));
    }
    let mut entry = ctx.db.write(key).ok_or(Error::NoSuchKey)?;
    let known = stream_mut(&mut entry)?.idempotency_or_create(default_limits(ctx.settings));
    let limits = known.limits();
    known.set_limits(IdempotencyLimits {
        duration_s: duration_s.unwrap_or(limits.duration_s),
        messages_max: messages_max.unwrap_or(limits.messages_max),
    });
    drop(entry);
    ctx.db.effects.dirty += 1;
    ctx.reply.ok();
    Ok(())
}

fn xidmprecord(ctx: &mut Context) -> Result<(), Error> {
    let (key, producer, message) = (ctx.args[1], ctx.args[2], ctx.args[3]);
    if producer.is_empty() || message.is_empty() {
        return Err(Error::fixed("ERR XIDMPRECORD requires a non-empty producer ID and idempotent ID"));
    }
    let (id, now) = (id::parse(ctx.args[4], 0)?, ctx.now_ms().max(0) as u64);
    let mut entry = ctx.db.write(key).ok_or(Error::NoSuchKey)?;
    let stream = stream_mut(&mut entry)?;
    match stream.idempotency().and_then(|known| known.find(producer, message, now)) {
        Some(known) if known == id => {
            ctx.reply.ok();
            return Ok(());
        }
        Some(_) => {
            return Err(Error::fixed("ERR The idempotent ID is already recorded with another stream ID"));
        }
        None => {}
    }
    if stream.get(id).is_none() {
        return Err(Error::fixed("ERR The stream ID does not exist in the stream"));
    }
    stream.idempotency_or_create(default_limits(ctx.settings)).record(producer, message, id, now);
    drop(entry);
    ctx.db.effects.dirty += 1;
    ctx.reply.ok();
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::{START_MS, Server};

    #[test]
    fn limits_are_set_and_shown() {
        let mut server = Server::new();
        server.script(&[
            ("xcfgset s idmp-duration 5", "-ERR no such key\r\n"),
            ("xadd s idmp p m * a 1", &format!("$15\r\n{START_MS}-0\r\n")),
            ("xcfgset s", "-ERR At least one parameter must be specified\r\n"),
            ("xcfgset s idmp-duration", "-ERR syntax error\r\n"),
            ("xcfgset s idmp-duration 00", "-ERR value is not an integer or out of range\r\n"),
            ("xcfgset s idmp-duration 86401", "-ERR IDMP-DURATION must be between 1 and 86400 seconds\r\n"),
            ("xcfgset s idmp-maxsize 0", "-ERR IDMP-MAXSIZE must be between 1 and 10000 entries\r\n"),
            ("xcfgset s idmp-duration 100", "+OK\r\n"),
            ("xadd s idmp p m * a 1", &format!("$15\r\n{START_MS}-0\r\n")),
        ]);
        let shown = |server: &mut Server| {
            let info = server.run("xinfo stream s");
            info[info.find("$13\r\nidmp").unwrap()..info.find("$6\r\ngroups").unwrap()].replace("\r\n", " ")
        };
        assert_eq!(
            shown(&mut server),
            "$13 idmp-duration :100 $12 idmp-maxsize :100 $12 pids-tracked :1 $12 iids-tracked :1 $10 iids-added :1 $15 iids-duplicates :1 "
        );
        assert_eq!(server.run("xcfgset s idmp-maxsize 7"), "+OK\r\n");
        assert!(shown(&mut server).contains("maxsize :7 $12 pids-tracked :0 "));
    }

    #[test]
    fn messages_are_recorded_after_the_fact() {
        let mut server = Server::new();
        server.script(&[
            ("xidmprecord s p m 1-1", "-ERR no such key\r\n"),
            ("xadd s 1700000000000-1 a 1", "$15\r\n1700000000000-1\r\n"),
            ("xidmprecord s p m 1-1", "-ERR The stream ID does not exist in the stream\r\n"),
            ("xidmprecord s p m 1700000000000-1", "+OK\r\n"),
            ("xidmprecord s p m 1700000000000-1", "+OK\r\n"),
            (
                "xidmprecord s p m 2-2",
                "-ERR The idempotent ID is already recorded with another stream ID\r\n",
            ),
            (
                "xidmprecord s p '' 2-2",
                "-ERR XIDMPRECORD requires a non-empty producer ID and idempotent ID\r\n",
            ),
            ("xadd s idmp p m * a 1", "$15\r\n1700000000000-1\r\n"),
        ]);
        assert_eq!(server.dirty(), 2);
    }
}
