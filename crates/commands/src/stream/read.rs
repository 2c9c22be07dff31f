//! XREAD, and the arguments that it shares with XREADGROUP.

use super::arguments::STREAMS;
use super::{id, last_entry_id, reply_with_entry, stream_of};
use crate::context::{GivenUp, Wait};
use crate::prelude::*;
use crate::reply::{array_around, map_around};
use hematite_base::number::parse_i64;
use hematite_structures::stream::StreamId;

/// XREAD: see <https://valkey.io/commands/xread/>.
pub const XREAD: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Returns messages from multiple streams with IDs greater than the ones requested. Blocks until a message is available otherwise.",
        complexity: "For each stream: O(M) with M being the number of elements returned; O(1) where M is constant, as with COUNT.",
        arity: -4,
        flags: Flags::BLOCKING.or(Flags::READONLY),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Keyword("STREAMS", 1),
            find: Find::Range { last: -1, step: 1, limit: 2 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
            Arg::new("milliseconds", Kind::Integer).token("BLOCK").optional(),
            STREAMS,
        ],
        reply: "map<string, array<tuple<string, array<string>>>> | null",
        ..Spec::new("xread")
    },
    run: xread,
};

/// What was asked for.
#[derive(Default)]
pub(super) struct Request<'a> {
    /// Unix milliseconds until which to wait; `Some(None)` for ever, None not at all.
    pub block: Option<Option<i64>>,
    /// Entries of each stream; 0 for all.
    pub count: usize,
    pub noack: bool,
    /// Group and consumer.
    pub group: Option<(&'a [u8], &'a [u8])>,
    /// Milliseconds after which what is pending is claimed.
    pub claim_idle_ms: Option<i64>,
    pub keys: &'a [&'a [u8]],
    pub ids: &'a [&'a [u8]],
    /// Where the first id is among the arguments.
    pub ids_at: usize,
}

impl<'a> Request<'a> {
    /// Reads all arguments; `is_group` for XREADGROUP.
    pub fn parse(ctx: &Context<'a, '_>, is_group: bool) -> Result<Request<'a>, Error> {
        let args = ctx.args;
        let (mut request, mut at) = (Request::default(), 1);
        while at < args.len() {
            let left = args.len() - at - 1;
            if ctx.is(at, "block") && left >= 1 {
                request.block = Some(parse_block(ctx, at + 1)?);
                at += 1;
            } else if ctx.is(at, "count") && left >= 1 {
                request.count = crate::context::to_count(ctx.integer(at + 1)?).unwrap_or(0);
                at += 1;
            } else if ctx.is(at, "streams") && left >= 1 {
                request.take_streams(ctx, at, is_group)?;
                break;
            } else if ctx.is(at, "group") && left >= 2 {
                if !is_group {
                    return Err(only_with_group("GROUP"));
                }
                request.group = Some((args[at + 1], args[at + 2]));
                at += 2;
            } else if ctx.is(at, "noack") {
                if !is_group {
                    return Err(only_with_group("NOACK"));
                }
                request.noack = true;
            } else if ctx.is(at, "claim") && left >= 1 && is_group {
                let idle =
                    parse_i64(args[at + 1]).ok_or(Error::fixed("ERR min-idle-time is not an integer"))?;
                if idle < 0 {
                    return Err(Error::fixed("ERR min-idle-time must be a positive integer"));
                }
                request.claim_idle_ms = Some(idle);
                at += 1;
            } else {
                return Err(Error::Syntax);
            }
            at += 1;
        }
        if request.keys.is_empty() {
            return Err(Error::Syntax);
        }
        if is_group && request.group.is_none() {
            return Err(Error::fixed("ERR Missing GROUP option for XREADGROUP"));
        }
        Ok(request)
    }

    fn take_streams(&mut self, ctx: &Context<'a, '_>, at: usize, is_group: bool) -> Result<(), Error> {
        let rest = &ctx.args[at + 1..];
        if !rest.len().is_multiple_of(2) {
            let symbol = if is_group { '>' } else { '$' };
            let name = ctx.spec.name;
            return Err(Error::Text(std::borrow::Cow::Owned(format!(
                "ERR Unbalanced '{name}' list of streams: for each stream key an ID or '{symbol}' must be specified."
            ))));
        }
        // Keys were found by the first such word; another one before would have locked other keys than these.
        let from = if is_group { 4 } else { 1 };
        if ctx.args.iter().skip(from).position(|arg| arg.eq_ignore_ascii_case(b"streams"))
            != at.checked_sub(from)
        {
            return Err(Error::Syntax);
        }
        (self.keys, self.ids) = rest.split_at(rest.len() / 2);
        self.ids_at = at + 1 + self.keys.len();
        Ok(())
    }

    /// Waits, for time to pass too where it is `due_ms`, or answers that there is nothing. The next run gets the arguments in
    /// `replaced` instead of those that came.
    pub fn wait(&self, ctx: &mut Context, due_ms: Option<i64>, replaced: Vec<(usize, Vec<u8>)>) {
        match self.block {
            Some(until_ms) if !ctx.blocking.denied => {
                ctx.blocking.wait = Some(Box::new(Wait {
                    keys: self.keys.iter().map(|key| key.to_vec()).collect(),
                    until_ms,
                    given_up: GivenUp::NullArray,
                    unblock_on_delete: self.group.is_some(),
                    due_ms,
                    replaced,
                }));
            }
            _ => ctx.reply.null_array(),
        }
    }
}

fn only_with_group(option: &str) -> Error {
    Error::Text(std::borrow::Cow::Owned(format!(
        "ERR The {option} option is only supported by XREADGROUP. You called XREAD instead."
    )))
}

fn parse_block(ctx: &Context, at: usize) -> Result<Option<i64>, Error> {
    let ms = parse_i64(ctx.args[at]).ok_or(Error::fixed("ERR timeout is not an integer or out of range"))?;
    match ms {
        ..0 => Err(Error::fixed("ERR timeout is negative")),
        0 => Ok(None),
        _ => ctx.now_ms().checked_add(ms).map(Some).ok_or(Error::fixed("ERR timeout is out of range")),
    }
}

fn xread(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, false)?;
    let after = resolve(ctx, &request)?;
    let mut served = 0;
    let start = ctx.reply.position();
    map_around(&mut ctx.reply, |reply| {
        for (key, after) in request.keys.iter().zip(&after) {
            let Some(entry) = ctx.db.read(key) else { continue };
            let Ok(stream) = stream_of(&entry) else { continue };
            let Some(from) = after.next().filter(|_| last_entry_id(stream) > *after) else { continue };
            served += 1;
            if reply.protocol == hematite_resp::Protocol::Resp2 {
                reply.array(2);
            }
            reply.bulk(key);
            let most = if request.count == 0 { usize::MAX } else { request.count };
            array_around(reply, |reply| {
                let entries = stream.range(from, StreamId::MAX).take(most);
                entries.map(|entry| reply_with_entry(reply, &entry)).count()
            });
        }
        served
    });
    if served == 0 {
        ctx.reply.truncate(start);
        let replaced = resolved(&request, &after);
        request.wait(ctx, None, replaced);
    }
    Ok(())
}

/// The ids after which to read.
fn resolve(ctx: &mut Context, request: &Request) -> Result<Vec<StreamId>, Error> {
    let mut after = Vec::with_capacity(request.ids.len());
    for (key, text) in request.keys.iter().zip(request.ids) {
        let entry = ctx.db.read(key);
        let stream = entry.as_deref().map(stream_of).transpose()?;
        after.push(match *text {
            b"$" => stream.map_or(StreamId::MIN, |stream| stream.last_id),
            // The last entry itself.
            b"+" => stream.map_or(StreamId::MIN, |stream| last_entry_id(stream).prev().unwrap_or(StreamId::MIN)),
            b">" => return Err(Error::fixed(
                "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
            )),
            text => id::parse(text, 0)?,
        });
    }
    Ok(after)
}

/// `$` and `+` mean what they meant when the command came: the next run gets ids, by the arguments' positions.
fn resolved(request: &Request, after: &[StreamId]) -> Vec<(usize, Vec<u8>)> {
    let ids = after.iter().enumerate().filter(|(n, _)| matches!(request.ids[*n], b"$" | b"+"));
    ids.map(|(n, id)| (request.ids_at + n, id::IdText::new(*id).bytes().to_vec())).collect()
}
