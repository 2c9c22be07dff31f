//! XTRIM, and the trimming options that XADD takes too.

use super::arguments::OPERATOR;
use super::arguments::REFERENCES;
use super::arguments::STRATEGY;
use super::id::IdText;
use super::references::References;
use super::{id, stream_mut};
use crate::prelude::*;
use hematite_structures::stream::{Stream, StreamId, Trim};

/// XTRIM: see <https://valkey.io/commands/xtrim/>.
pub const XTRIM: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "5.0.0",
        summary: "Deletes messages from the beginning of a stream.",
        complexity: "O(N), with N being the number of evicted entries. Constant times are very small however, since entries are organized in macro nodes containing multiple entries that can be released with a single deallocation.",
        arity: -4,
        flags: Flags::WRITE,
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::DELETE),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        history: &[("6.2.0", "Added the `MINID` trimming strategy and the `LIMIT` option.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            REFERENCES,
            Arg::new(
                "trim",
                Kind::Block(&[
                    STRATEGY,
                    OPERATOR,
                    Arg::new("threshold", Kind::Text),
                    Arg::new("count", Kind::Integer).token("LIMIT").optional().since("6.2.0"),
                ]),
            ),
        ],
        reply: "integer",
        ..Spec::new("xtrim")
    },
    run: xtrim,
};

/// How to trim.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TrimOptions {
    /// To what; None: not at all.
    pub to: Option<Trim>,
    is_approximate: bool,
    limit: Option<u64>,
    references: References,
}

impl TrimOptions {
    /// Takes the option at `at`, if it is one of trimming: how many arguments it used, 0 if it is none.
    pub fn take(&mut self, ctx: &Context, at: usize) -> Result<usize, Error> {
        let args = ctx.args;
        let left = args.len() - at - 1;
        let (is_length, is_id) = (ctx.is(at, "maxlen"), ctx.is(at, "minid"));
        if (is_length || is_id) && left >= 1 {
            if self.to.is_some() {
                return Err(Error::fixed(
                    "ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
                ));
            }
            let has_operator = left >= 2 && matches!(args[at + 1], b"~" | b"=");
            self.is_approximate = has_operator && args[at + 1] == b"~";
            let value = at + 1 + usize::from(has_operator);
            self.to = Some(if is_length {
                let length = u64::try_from(ctx.integer(value)?);
                Trim::MaxLen(length.map_err(|_| Error::fixed("ERR The MAXLEN argument must be >= 0."))?)
            } else {
                Trim::MinId(id::parse(args[value], 0)?)
            });
            return Ok(value - at + 1);
        }
        if ctx.is(at, "limit") && left >= 1 {
            let limit = u64::try_from(ctx.integer(at + 1)?);
            self.limit = Some(limit.map_err(|_| Error::fixed("ERR The LIMIT argument must be >= 0."))?);
            return Ok(2);
        }
        if let Some(references) = References::parse(args[at]) {
            self.references = references;
            return Ok(1);
        }
        Ok(0)
    }
    /// Checks that the options go together; `is_needed` if there must be one to trim by.
    pub fn check(&mut self, ctx: &Context, is_needed: bool) -> Result<(), Error> {
        if ctx.is_replayed() && self.to.is_some() {
            // Redis leaves the LIMIT of an approximate trim beside the exact one that it has become.
            self.limit = Some(0);
            return Ok(());
        }
        let text = match self {
            TrimOptions { to: None, limit: Some(1..), .. } => {
                "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy"
            }
            TrimOptions { to: None, .. } if is_needed => {
                "ERR syntax error, XTRIM must be called with a trimming strategy"
            }
            TrimOptions { limit: Some(_), is_approximate: false, .. } => {
                "ERR syntax error, LIMIT cannot be used without the special ~ option"
            }
            _ => return Ok(()),
        };
        Err(Error::fixed(text))
    }
    /// Trims; how many entries went.
    pub fn trim(&self, stream: &mut Stream, entries_max: usize) -> u64 {
        let Some(to) = self.to else { return 0 };
        let limit = match self.limit {
            Some(limit) => limit,
            // A hundred nodes at a time.
            None if self.is_approximate => match (entries_max as u64).saturating_mul(100) {
                0 => 10_000,
                limit => limit.min(1_000_000),
            },
            None => 0,
        };
        self.references.trim(stream, to, self.is_approximate, limit)
    }
    /// What the journal says of an approximate trim: exactly what is left now. None where the trim was exact.
    pub fn exact(&self, stream: &Stream) -> Option<Vec<Vec<u8>>> {
        let (word, value): (&[u8], Vec<u8>) = match self.to.filter(|_| self.is_approximate)? {
            Trim::MaxLen(_) => (b"MAXLEN", itoa::Buffer::new().format(stream.len()).as_bytes().to_vec()),
            Trim::MinId(_) => {
                let first = if stream.is_empty() { StreamId::MAX } else { stream.first_id() };
                (b"MINID", IdText::new(first).bytes().to_vec())
            }
        };
        let mut parts: Vec<Vec<u8>> = vec![word.to_vec(), b"=".to_vec(), value];
        match self.references {
            References::Keep => {}
            References::Delete => parts.push(b"DELREF".to_vec()),
            References::Acknowledged => parts.push(b"ACKED".to_vec()),
        }
        Some(parts)
    }
}

fn xtrim(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let (mut options, mut at) = (TrimOptions::default(), 2);
    while at < ctx.args.len() {
        match options.take(ctx, at)? {
            0 => return Err(Error::Syntax),
            taken => at += taken,
        }
    }
    options.check(ctx, true)?;
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let stream = stream_mut(&mut entry)?;
    let trimmed = options.trim(stream, ctx.settings.stream_node_entries_max);
    let exact = if trimmed > 0 { options.exact(stream) } else { None };
    drop(entry);
    if let Some(exact) = exact {
        let head = [b"XTRIM".to_vec(), key.to_vec()];
        ctx.db.effects.instead(|| vec![head.into_iter().chain(exact).collect()]);
    }
    if trimmed > 0 {
        ctx.db.changed(Class::STREAM, "xtrim", key);
        ctx.db.effects.dirty += trimmed - 1;
    }
    ctx.reply.integer(trimmed as i64);
    Ok(())
}
