//! What SSCAN, HSCAN and ZSCAN have in common: cursor, options, and the reply.

use crate::context::Context;
use crate::error::Error;
use crate::generic::scan::parse_cursor;
use hematite_base::glob;
use hematite_resp::Encoder;

/// Steps of a call for each element asked for: bounds the work in a table that is nearly empty.
const STEPS_PER_ELEMENT: u64 = 10;

/// The options of a scan within a value.
pub(crate) struct Scan<'a> {
    /// COUNT.
    pub count: u64,
    /// MATCH, unless it matches everything.
    pub pattern: Option<&'a [u8]>,
    /// NOVALUES.
    pub no_values: bool,
}

/// What a scan has found so far.
pub(crate) struct Batch<'o> {
    /// Takes the elements that are picked.
    pub reply: Encoder<'o>,
    /// How many replies were written.
    pub replies: usize,
    seen: u64,
    pattern: Option<&'o [u8]>,
}

impl Batch<'_> {
    /// Counts an element that the scan came by; whether it is to be replied.
    #[inline]
    pub fn pick(&mut self, text: &[u8]) -> bool {
        self.seen += 1;
        self.pattern.is_none_or(|pattern| glob::matches(pattern, text))
    }
}

/// The cursor, which is looked at before the key is.
pub(crate) fn cursor(ctx: &Context) -> Result<u64, Error> {
    parse_cursor(ctx.args[2])
}

/// Replies as for a key that is not there.
pub(crate) fn reply_empty(ctx: &mut Context) {
    ctx.reply.array(2);
    ctx.reply.bulk(b"0");
    ctx.reply.array(0);
}

impl<'a> Scan<'a> {
    /// The options; they are looked at after the key. `is_hash`: NOVALUES is allowed.
    pub fn parse(ctx: &Context<'a, '_>, is_hash: bool) -> Result<Scan<'a>, Error> {
        let mut scan = Scan { count: 10, pattern: None, no_values: false };
        let mut at = 3;
        while at < ctx.args.len() {
            let value = ctx.args.get(at + 1);
            if let Some(&pattern) = value
                && ctx.is(at, "match")
            {
                scan.pattern = (pattern != b"*").then_some(pattern);
                at += 2;
            } else if value.is_some() && ctx.is(at, "count") {
                scan.count = u64::try_from(ctx.integer(at + 1)?).map_err(|_| Error::Syntax)?;
                if scan.count == 0 {
                    return Err(Error::Syntax);
                }
                at += 2;
            } else if ctx.is(at, "novalues") {
                if !is_hash {
                    return Err(Error::fixed("ERR NOVALUES option can only be used in HSCAN"));
                }
                scan.no_values = true;
                at += 1;
            } else {
                return Err(Error::Syntax);
            }
        }
        Ok(scan)
    }
    /// Replies with what `step` gives: it takes a cursor, writes what it comes by to the batch, and answers with the
    /// next cursor.
    pub fn run(
        &self,
        reply: &mut Encoder<'_>,
        mut cursor: u64,
        mut step: impl FnMut(u64, &mut Batch<'_>) -> u64,
    ) {
        let mut found = Vec::new();
        let mut batch = Batch {
            reply: Encoder::new(&mut found, reply.protocol),
            replies: 0,
            seen: 0,
            pattern: self.pattern,
        };
        let mut steps = self.count.saturating_mul(STEPS_PER_ELEMENT);
        loop {
            cursor = step(cursor, &mut batch);
            steps = steps.saturating_sub(1);
            if cursor == 0 || steps == 0 || batch.seen >= self.count {
                break;
            }
        }
        let replies = batch.replies;
        reply.array(2);
        reply.bulk(cursor.to_string().as_bytes());
        reply.array(replies);
        reply.buffer().extend_from_slice(&found);
    }
}
