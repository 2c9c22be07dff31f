//! ZSCAN: members and scores, some at a time.

use super::reply_member;
use crate::generic::parse_cursor;
use crate::prelude::*;
use hematite_base::glob;
use hematite_keyspace::sorted_set::SortedSetRef;
use hematite_resp::Encoder;
use hematite_structures::listpack::{DecimalBuffer, Element};

/// Steps of a call for each member asked for: bounds the work in a table that is nearly empty.
const STEPS_PER_MEMBER: u64 = 10;

/// ZSCAN: see <https://valkey.io/commands/zscan/>.
pub const ZSCAN: Row = Row {
    spec: Spec {
        group: Group::SortedSet,
        since: "2.8.0",
        summary: "Iterates over members and scores of a sorted set.",
        complexity: "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::SORTEDSET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        history: &[("8.0.0", "Added noscores option.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("cursor", Kind::Integer),
            Arg::new("pattern", Kind::Pattern).token("MATCH").optional(),
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
            Arg::new("noscores", Kind::Token).token("NOSCORES").optional(),
            Arg::new("noscores", Kind::Token).token("NOSCORES").optional(),
        ],
        reply: "tuple<string, array<string>>",
        ..Spec::new("zscan")
    },
    run: zscan,
};

struct Options<'a> {
    count: u64,
    pattern: Option<&'a [u8]>,
    with_scores: bool,
}

fn zscan(ctx: &mut Context) -> Result<(), Error> {
    let cursor = parse_cursor(ctx.args[2])?;
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.array(2);
        ctx.reply.bulk(b"0");
        ctx.reply.array(0);
        return Ok(());
    };
    let set = SortedSetRef::of(&entry)?;
    let options = parse(ctx.args)?;
    let (mut found, mut members) = (0, Vec::new());
    let mut reply = Encoder::new(&mut members, ctx.reply.protocol);
    let mut take = |member: Element<'_>, score: f64| {
        let text = &mut DecimalBuffer::new();
        if options.pattern.is_none_or(|pattern| glob::matches(pattern, member.text(text))) {
            reply_member(&mut reply, member);
            if options.with_scores {
                reply.bulk_double(score);
            }
            found += if options.with_scores { 2 } else { 1 };
        }
    };
    let cursor = match set {
        SortedSetRef::Packed(_) => {
            set.iter().for_each(|(member, score)| take(member, score));
            0
        }
        SortedSetRef::Large(set) => {
            let (mut cursor, mut seen) = (cursor, 0);
            let mut steps = options.count.saturating_mul(STEPS_PER_MEMBER);
            loop {
                cursor = set.scan(cursor, |member, score| {
                    seen += 1;
                    take(Element::Bytes(member), score);
                });
                steps -= 1;
                if cursor == 0 || steps == 0 || seen >= options.count {
                    break cursor;
                }
            }
        }
    };
    ctx.reply.array(2);
    ctx.reply.bulk(cursor.to_string().as_bytes());
    ctx.reply.array(found);
    ctx.reply.buffer().extend_from_slice(&members);
    Ok(())
}

fn parse<'a>(args: &[&'a [u8]]) -> Result<Options<'a>, Error> {
    let mut options = Options { count: 10, pattern: None, with_scores: true };
    let mut rest = args[3..].iter();
    while let Some(word) = rest.next() {
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        if is("noscores") {
            options.with_scores = false;
            continue;
        }
        let Some(value) = rest.next() else { return Err(Error::Syntax) };
        if is("count") {
            let count = hematite_base::number::parse_i64(value).ok_or(Error::NotInteger)?;
            options.count = u64::try_from(count).ok().filter(|count| *count > 0).ok_or(Error::Syntax)?;
        } else if is("match") {
            options.pattern = (*value != b"*").then_some(value);
        } else {
            return Err(Error::Syntax);
        }
    }
    Ok(options)
}
