//! XADD.

use super::arguments::OPERATOR;
use super::arguments::REFERENCES;
use super::arguments::STRATEGY;
use super::id::{self, IdText, NewId};
use super::idempotency::{self, Message};
use super::stream_mut;
use super::trim::TrimOptions;
use crate::prelude::*;
use hematite_structures::loose::LooseBox;
use hematite_structures::stream::{AppendError, NodeLimits, Stream, StreamId};

/// XADD: see <https://valkey.io/commands/xadd/>.
pub const XADD: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Appends a new message to a stream. Creates the key if it doesn't exist.",
        complexity: "O(1) when adding a new entry, O(N) when trimming where N being the number of entries evicted.",
        arity: -5,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "UPDATE instead of INSERT because of the optional trimming feature",
        }],
        tips: &["nondeterministic_output"],
        history: &[
            ("6.2.0", "Added the `NOMKSTREAM` option, `MINID` trimming strategy and the `LIMIT` option."),
            ("7.0.0", "Added support for the `<ms>-*` explicit ID form."),
            ("8.2.0", "Added the `KEEPREF`, `DELREF` and `ACKED` options."),
            ("8.6.0", "Added the `IDMP` and `IDMPAUTO` options."),
        ],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("nomkstream", Kind::Token).token("NOMKSTREAM").optional().since("6.2.0"),
            REFERENCES,
            super::idempotency::ARG,
            Arg::new(
                "trim",
                Kind::Block(&[
                    STRATEGY,
                    OPERATOR,
                    Arg::new("threshold", Kind::Text),
                    Arg::new("count", Kind::Integer).token("LIMIT").optional().since("6.2.0"),
                ]),
            )
            .optional(),
            Arg::new(
                "id-selector",
                Kind::OneOf(&[Arg::new("auto-id", Kind::Token).token("*"), Arg::new("id", Kind::Text)]),
            ),
            Arg::new("data", Kind::Block(&[Arg::new("field", Kind::Text), Arg::new("value", Kind::Text)]))
                .multiple(),
        ],
        reply: "string | null",
        ..Spec::new("xadd")
    },
    run: xadd,
};

struct Request<'a> {
    id: NewId,
    /// Where the id is among the arguments.
    id_at: usize,
    creates: bool,
    trim: TrimOptions,
    /// What the producer calls its message.
    message: Option<Message<'a>>,
    /// Where that is said among the arguments.
    message_at: std::ops::Range<usize>,
    /// Fields and values.
    elements: &'a [&'a [u8]],
}

impl<'a> Request<'a> {
    fn parse(ctx: &Context<'a, '_>) -> Result<Request<'a>, Error> {
        let args = ctx.args;
        let (mut trim, mut creates, mut at, mut id) = (TrimOptions::default(), true, 2, None);
        let (mut message, mut message_at) = (None, 0..0);
        while at < args.len() {
            let taken = if args[at] == b"*" { 0 } else { trim.take(ctx, at)? };
            if taken > 0 {
                at += taken;
            } else if ctx.is(at, "nomkstream") {
                creates = false;
                at += 1;
            } else if let Some(taken) = idempotency::take(ctx, at, &mut message)? {
                message_at = at..at + taken;
                at += taken;
            } else {
                id = Some(id::parse_new(args[at])?);
                break;
            }
        }
        trim.check(ctx, false)?;
        let elements = args.get(at + 1..).unwrap_or_default();
        let id = id.filter(|_| !elements.is_empty() && elements.len().is_multiple_of(2));
        let id = id.ok_or_else(|| Error::arity(ctx.spec.name))?;
        if id == NewId::Exact(StreamId::MIN) {
            return Err(Error::fixed("ERR The ID specified in XADD must be greater than 0-0"));
        }
        if message.is_some() && id != NewId::Auto {
            return Err(Error::fixed("ERR IDMP/IDMPAUTO can be used only with auto-generated IDs"));
        }
        let message = message.map(|message| message.complete(elements));
        Ok(Request { id, id_at: at, creates, trim, message, message_at, elements })
    }
}

const NOT_AFTER_LAST: Error =
    Error::fixed("ERR The ID specified in XADD is equal or smaller than the target stream top item");

fn xadd(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx)?;
    let (key, now) = (ctx.args[1], ctx.now_ms().max(0) as u64);
    let limits = NodeLimits {
        bytes_max: ctx.settings.stream_node_bytes_max,
        entries_max: ctx.settings.stream_node_entries_max as u64,
    };
    let entries_max = ctx.settings.stream_node_entries_max;
    if let Some(message) = &request.message
        && let Some(id) = message.sent_before(ctx, key, now)?
    {
        id::reply_with(&mut ctx.reply, id);
        return Ok(());
    }
    let settings = ctx.settings;
    let add = |stream: &mut Stream| {
        let added = append(stream, &request, now, limits)?;
        if let Some(message) = &request.message {
            message.record(stream, added, now, settings);
        }
        let trimmed = request.trim.trim(stream, entries_max);
        Ok::<_, Error>((added, trimmed, request.trim.exact(stream)))
    };
    let existing = match ctx.db.write(key) {
        Some(mut entry) => Some(add(stream_mut(&mut entry)?)?),
        None => None,
    };
    let (added, trimmed, exact) = match existing {
        Some(outcome) => outcome,
        None if request.creates => {
            let mut stream = Stream::new();
            let outcome = add(&mut stream)?;
            ctx.db.add(Entry::new(key, None, NewBody::Value(Value::Stream(LooseBox::new(stream)))));
            outcome
        }
        None => {
            ctx.reply.null();
            return Ok(());
        }
    };
    record(ctx, &request, added, trimmed, exact);
    Ok(())
}

/// Appends the entry; its id.
fn append(stream: &mut Stream, request: &Request, now: u64, limits: NodeLimits) -> Result<StreamId, Error> {
    let last = stream.last_id;
    if last == StreamId::MAX {
        return Err(Error::fixed(
            "ERR The stream has exhausted the last possible ID, unable to add more items",
        ));
    }
    let id = match request.id {
        NewId::Exact(id) => id,
        NewId::AutoSequence(ms) if ms == last.ms => {
            StreamId::new(ms, last.seq.checked_add(1).ok_or(NOT_AFTER_LAST)?)
        }
        NewId::AutoSequence(ms) => StreamId::new(ms, 0),
        NewId::Auto if now > last.ms => StreamId::new(now, 0),
        NewId::Auto => last.next().ok_or(NOT_AFTER_LAST)?,
    };
    match stream.append(id, request.elements, limits) {
        Ok(()) => Ok(id),
        Err(AppendError::NotAfterLast) => Err(NOT_AFTER_LAST),
        Err(AppendError::TooLarge) => Err(Error::fixed("ERR Elements are too large to be stored")),
    }
}

fn record(ctx: &mut Context, request: &Request, added: StreamId, trimmed: u64, exact: Option<Vec<Vec<u8>>>) {
    let key = ctx.args[1];
    let text = IdText::new(added);
    if exact.is_some() || !matches!(request.id, NewId::Exact(_)) {
        let args = ctx.args;
        ctx.db.effects.instead(|| {
            let added = rewritten(args, request, text.bytes(), exact);
            let message = request.message.as_ref().map(|message| message.command(args[1], text.bytes()));
            [added].into_iter().chain(message).collect()
        });
    }
    ctx.db.changed(Class::STREAM, "xadd", key);
    if trimmed > 0 {
        ctx.db.also_changed(Class::STREAM, "xtrim", key);
    }
    ctx.reply.bulk(text.bytes());
}

/// The command with the id that was given, and the trim that took place.
fn rewritten(args: &[&[u8]], request: &Request, id: &[u8], exact: Option<Vec<Vec<u8>>>) -> Vec<Vec<u8>> {
    let owned = |args: &[&[u8]]| args.iter().map(|arg| arg.to_vec()).collect::<Vec<_>>();
    let mut command = match exact {
        Some(exact) => {
            let mut command = owned(&args[..2]);
            command.extend(exact);
            command
        }
        // With a message's name an id cannot be said.
        None => {
            let (before, after) =
                (&args[..request.message_at.start], &args[request.message_at.end..request.id_at]);
            if request.message.is_some() {
                owned(&[before, after].concat())
            } else {
                owned(&args[..request.id_at])
            }
        }
    };
    command.push(id.to_vec());
    command.extend(owned(request.elements));
    command
}

#[cfg(test)]
mod tests {
    use crate::testing::{START_MS, Server};

    #[test]
    fn gives_ids_and_trims() {
        let mut server = Server::new();
        let auto = format!("$15\r\n{START_MS}-0\r\n");
        server.script(&[
            ("xadd s nomkstream * a 1", "$-1\r\n"),
            ("xadd s 0-0 a 1", "-ERR The ID specified in XADD must be greater than 0-0\r\n"),
            ("xadd s * a", "-ERR wrong number of arguments for 'xadd' command\r\n"),
            ("xadd s * a 1 b", "-ERR wrong number of arguments for 'xadd' command\r\n"),
            ("xadd s 0-* a 1", "$3\r\n0-1\r\n"),
            ("xadd s * a 1", &auto),
            (
                "xadd s 5-1 a 1",
                "-ERR The ID specified in XADD is equal or smaller than the target stream top item\r\n",
            ),
            ("xadd s maxlen 2 * a 2", &format!("$15\r\n{START_MS}-1\r\n")),
            ("xlen s", ":2\r\n"),
            ("xadd s maxlen ~ 1 limit 5 * a 2", &format!("$15\r\n{START_MS}-2\r\n")),
            (
                "xadd s maxlen 1 limit 5 * a 2",
                "-ERR syntax error, LIMIT cannot be used without the special ~ option\r\n",
            ),
            (
                "xadd s limit 5 * a 2",
                "-ERR syntax error, LIMIT cannot be used without specifying a trimming strategy\r\n",
            ),
            (
                "xadd s maxlen 1 minid 5 * a 2",
                "-ERR syntax error, MAXLEN and MINID options at the same time are not compatible\r\n",
            ),
            ("xadd s maxlen -1 * a 2", "-ERR The MAXLEN argument must be >= 0.\r\n"),
        ]);
        assert_eq!(server.journal()[0], "xadd s 0-1 a 1");
        assert_eq!(server.events(), ["t xadd s", "t xadd s", "t xadd s", "t xtrim s", "t xadd s"]);
        server.run("xadd s maxlen ~ 1 limit 5 * a 2");
        assert_eq!(server.journal(), [format!("xadd s MAXLEN = 4 {START_MS}-3 a 2")]);
    }

    #[test]
    fn adds_a_message_once() {
        let mut server = Server::new();
        let id = format!("$15\r\n{START_MS}-0\r\n");
        let next = format!("$15\r\n{START_MS}-1\r\n");
        let twice = "-ERR IDMP/IDMPAUTO specified multiple times\r\n";
        server.script(&[
            ("xadd s nomkstream idmp p m * a 1", "$-1\r\n"),
            ("xadd s idmp p m * a 1", &id),
            ("xadd s idmp p m * a 2", &id),
            ("xlen s", ":1\r\n"),
            ("xadd s maxlen 5 idmpauto p * a 1 b 2", &next),
            ("xadd s idmpauto p * b 2 a 1", &next),
            ("xadd s idmp p m 1-1 a 1", "-ERR IDMP/IDMPAUTO can be used only with auto-generated IDs\r\n"),
            ("xadd s idmp p * a 1", "-ERR Invalid stream ID specified as stream command argument\r\n"),
            ("xadd s idmp p m idmpauto p * a 1", twice),
            ("xadd s idmp '' m * a 1", "-ERR IDMP requires a non-empty producer ID\r\n"),
            ("xadd s idmp p '' * a 1", "-ERR IDMP requires a non-empty idempotent ID\r\n"),
            ("xadd s idmpauto '' * a 1", "-ERR IDMPAUTO requires a non-empty producer ID\r\n"),
        ]);
        let journal = server.journal();
        assert_eq!(
            journal[..2],
            [format!("xadd s {START_MS}-0 a 1"), format!("XIDMPRECORD s p m {START_MS}-0")]
        );
        assert_eq!(journal[2], format!("xadd s maxlen 5 {START_MS}-1 a 1 b 2"));
        assert!(journal[3].starts_with("XIDMPRECORD s p "));
        assert_eq!(server.dirty(), 2);
        server.now_ms += 100_000;
        assert_eq!(server.run("xadd s idmp p m * a 1"), format!("$15\r\n{}-0\r\n", server.now_ms));
    }

    #[test]
    fn heeds_references() {
        let mut server = Server::new();
        for id in 1..=4 {
            server.run(&format!("xadd s {id} a 1"));
        }
        server.script(&[
            ("xgroup create s g 0", "+OK\r\n"),
            ("xreadgroup group g c count 2 streams s >", "*1\r\n*2\r\n$1\r\ns\r\n*2\r\n*2\r\n$3\r\n1-0\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$3\r\n2-0\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n"),
            ("xack s g 2", ":1\r\n"),
            ("xtrim s acked maxlen 0", ":1\r\n"),
            ("xlen s", ":3\r\n"),
            ("xdelex s acked ids 2 1 9", "*2\r\n:2\r\n:-1\r\n"),
            ("xtrim s maxlen 0 delref", ":3\r\n"),
            ("xpending s g", "*4\r\n:0\r\n$-1\r\n$-1\r\n*-1\r\n"),
        ]);
    }
}
