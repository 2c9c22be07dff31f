//! SORT and SORT_RO: the elements of a list, set or sorted set, by themselves or by what other keys hold.
//!
//! A pattern's `*` stands for the element, and `->` leads on to a field of a hash; so any key may be looked at, and the rows'
//! unknown key specs have everything locked.

use crate::list::{self, ListRef};
use crate::prelude::*;
use hematite_base::number;
use hematite_keyspace::Kind as Type;
use hematite_structures::quicklist::Direction;
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// What is answered of each element.
const GET_PATTERN: Arg = Arg::new("get-pattern", Kind::Pattern)
    .token("GET")
    .optional()
    .multiple()
    .multiple_token()
    .key_spec(1)
    .display("pattern");

/// Which part.
const LIMIT: Arg =
    Arg::new("limit", Kind::Block(&[Arg::new("offset", Kind::Integer), Arg::new("count", Kind::Integer)]))
        .token("LIMIT")
        .optional();

/// Which way.
const ORDER: Arg = Arg::new(
    "order",
    Kind::OneOf(&[Arg::new("asc", Kind::Token).token("ASC"), Arg::new("desc", Kind::Token).token("DESC")]),
)
.optional();

/// SORT: see <https://valkey.io/commands/sort/>.
pub const SORT: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "1.0.0",
        summary: "Sorts the elements in a list, a set, or a sorted set, optionally storing the result.",
        complexity: "O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N).",
        arity: -2,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::SET.or(Acl::SORTEDSET.or(Acl::LIST.or(Acl::DANGEROUS))),
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
            KeySpec {
                begin: Begin::Unknown,
                find: Find::Unknown,
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
            },
            KeySpec {
                begin: Begin::Unknown,
                find: Find::Unknown,
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array",
            },
        ],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("by-pattern", Kind::Pattern).token("BY").optional().key_spec(1).display("pattern"),
            LIMIT,
            GET_PATTERN,
            ORDER,
            Arg::new("sorting", Kind::Token).token("ALPHA").optional(),
            Arg::new("destination", Kind::Key).token("STORE").optional().key_spec(2),
        ],
        reply: "integer | array<string | null>",
        ..Spec::new("sort")
    },
    run: sort,
};

/// SORT_RO: see <https://valkey.io/commands/sort_ro/>.
pub const SORT_RO: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "7.0.0",
        summary: "Returns the sorted elements of a list, a set, or a sorted set.",
        complexity: "O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N).",
        arity: -2,
        flags: Flags::READONLY,
        acl: Acl::SET.or(Acl::SORTEDSET.or(Acl::LIST.or(Acl::DANGEROUS))),
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
            KeySpec {
                begin: Begin::Unknown,
                find: Find::Unknown,
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
            },
        ],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("by-pattern", Kind::Pattern).token("BY").optional().key_spec(1).display("pattern"),
            LIMIT,
            GET_PATTERN,
            ORDER,
            Arg::new("sorting", Kind::Token).token("ALPHA").optional(),
        ],
        reply: "array<string | null>",
        ..Spec::new("sort_ro")
    },
    run: sort_ro,
};

fn sort(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, true)?;
    run(ctx, request)
}

fn sort_ro(ctx: &mut Context) -> Result<(), Error> {
    let request = Request::parse(ctx, false)?;
    run(ctx, request)
}

struct Request<'a> {
    is_descending: bool,
    is_alphabetical: bool,
    /// First element and number of elements; negative: all.
    limit: (i64, i64),
    /// By what to sort; the element itself if None.
    by: Option<&'a [u8]>,
    /// Elements keep the order in which they are.
    keeps_order: bool,
    get: Vec<&'a [u8]>,
    store: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    fn parse(ctx: &Context<'a, '_>, may_store: bool) -> Result<Request<'a>, Error> {
        let args = ctx.args;
        let mut request = Request {
            is_descending: false,
            is_alphabetical: false,
            limit: (0, -1),
            by: None,
            keeps_order: false,
            get: Vec::new(),
            store: None,
        };
        let mut at = 2;
        while at < args.len() {
            let left = args.len() - at - 1;
            let mut taken = 2;
            if ctx.is(at, "asc") || ctx.is(at, "desc") {
                request.is_descending = ctx.is(at, "desc");
                taken = 1;
            } else if ctx.is(at, "alpha") {
                request.is_alphabetical = true;
                taken = 1;
            } else if ctx.is(at, "limit") && left >= 2 {
                request.limit = (ctx.integer(at + 1)?, ctx.integer(at + 2)?);
                taken = 3;
            } else if may_store && ctx.is(at, "store") && left >= 1 {
                request.store = Some(args[at + 1]);
            } else if ctx.is(at, "by") && left >= 1 {
                request.by = Some(args[at + 1]);
                request.keeps_order |= !args[at + 1].contains(&b'*');
            } else if ctx.is(at, "get") && left >= 1 {
                request.get.push(args[at + 1]);
            } else {
                return Err(Error::Syntax);
            }
            at += taken;
        }
        Ok(request)
    }
}

/// An element with what it is sorted by.
struct Item {
    element: Vec<u8>,
    score: f64,
    text: Option<Vec<u8>>,
}

fn run(ctx: &mut Context, mut request: Request) -> Result<(), Error> {
    let (kind, mut elements) = load(ctx, ctx.args[1])?;
    if request.keeps_order && kind == Some(Type::Set) && request.store.is_some() {
        // What is stored must not depend on the order of a table.
        (request.keeps_order, request.is_alphabetical, request.by) = (false, true, None);
    }
    let range = resolve(request.limit, elements.len());
    if !request.keeps_order {
        elements = sorted(ctx, &request, elements)?;
    } else if request.is_descending && kind != Some(Type::Set) {
        elements.reverse();
    }
    let chosen = elements.get(range).unwrap_or_default();
    // What texts elsewhere leave equal is in the order of the set's table, which is another one after a restart.
    let is_vague = kind == Some(Type::Set) && request.by.is_some();
    match request.store {
        Some(target) => store(ctx, &request, chosen, target, is_vague),
        None => {
            reply_with(ctx, &request, chosen);
            Ok(())
        }
    }
}

/// First element and the one behind the last.
fn resolve((start, count): (i64, i64), len: usize) -> std::ops::Range<usize> {
    let start = usize::try_from(start.max(0)).unwrap_or(usize::MAX).min(len);
    let count = if count < 0 { len } else { usize::try_from(count).unwrap_or(usize::MAX) };
    start..start.saturating_add(count).min(len)
}

/// The elements of a key, and its type; none if it is not there.
fn load(ctx: &mut Context, key: &[u8]) -> Result<(Option<Type>, Vec<Vec<u8>>), Error> {
    let Some(entry) = ctx.db.read(key) else { return Ok((None, Vec::new())) };
    let Body::Value(value) = entry.body() else { return Err(Error::WrongType) };
    let elements = match value {
        Value::ListPacked(_) | Value::List(_) => {
            let list = ListRef::of(&entry)?;
            let mut elements = Vec::with_capacity(list.len());
            list.for_each(0, usize::MAX, Direction::Forward, |element| {
                elements.push(element.to_vec());
                ControlFlow::Continue(())
            });
            elements
        }
        Value::SortedSetPacked(pack) => pack.pairs().map(|(member, _)| member.to_vec()).collect(),
        Value::SortedSet(set) => set.iter().map(|(member, _)| member.to_vec()).collect(),
        _ => value.as_set()?.iter().map(|member| member.to_vec()).collect(),
    };
    Ok((Some(value.kind()), elements))
}

fn sorted(ctx: &mut Context, request: &Request, elements: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Error> {
    let mut items = Vec::with_capacity(elements.len());
    let mut is_number = true;
    for element in elements {
        let by = match request.by {
            Some(pattern) => look_up(ctx, pattern, &element),
            None => Some(element.clone()),
        };
        let mut item = Item { element, score: 0.0, text: None };
        match by {
            Some(by) if request.is_alphabetical => item.text = Some(by),
            Some(by) => match parse_score(&by) {
                Some(score) => item.score = score,
                None => is_number = false,
            },
            None => {}
        }
        items.push(item);
    }
    if !is_number {
        return Err(Error::fixed("ERR One or more scores can't be converted into double"));
    }
    let compare = |a: &Item, b: &Item| match request.is_alphabetical {
        // What has nothing to be sorted by comes first.
        true => a.text.cmp(&b.text),
        false => {
            a.score.partial_cmp(&b.score).unwrap_or(Ordering::Equal).then_with(|| a.element.cmp(&b.element))
        }
    };
    items.sort_by(|a, b| if request.is_descending { compare(a, b).reverse() } else { compare(a, b) });
    Ok(items.into_iter().map(|item| item.element).collect())
}

/// A number as `strtod` reads it from a C string: a NUL ends it, blanks may come before it, and nothing at all is 0. None
/// where it is no number, or one that a double cannot hold.
fn parse_score(text: &[u8]) -> Option<f64> {
    let text = text.split(|b| *b == 0).next().unwrap_or_default();
    if text.is_empty() {
        return Some(0.0);
    }
    let digits = text.trim_ascii_start();
    let score = number::parse_f64(digits)?;
    let has_digit = |set: &[u8]| digits.iter().any(|byte| set.contains(byte));
    let is_overflow = score.is_infinite() && has_digit(b"0123456789");
    let is_underflow = score.abs() < f64::MIN_POSITIVE
        && score.to_bits() << 1 == 0
        && digits
            .iter()
            .take_while(|byte| !matches!(byte, b'e' | b'E' | b'p' | b'P'))
            .any(|b| (b'1'..=b'9').contains(b));
    (!is_overflow && !is_underflow).then_some(score)
}

/// What a pattern leads to for an element: a string, or a field of a hash; None if there is no such thing.
fn look_up(ctx: &mut Context, pattern: &[u8], element: &[u8]) -> Option<Vec<u8>> {
    if pattern == b"#" {
        return Some(element.to_vec());
    }
    let star = pattern.iter().position(|byte| *byte == b'*')?;
    let (prefix, rest) = (&pattern[..star], &pattern[star + 1..]);
    let arrow = rest.windows(2).position(|pair| pair == b"->").filter(|arrow| arrow + 2 < rest.len());
    let (postfix, field) = match arrow {
        Some(arrow) => (&rest[..arrow], Some(&rest[arrow + 2..])),
        None => (rest, None),
    };
    let key = [prefix, element, postfix].concat();
    let now = ctx.now_ms();
    let entry = ctx.db.read(&key)?;
    match (field, entry.body()) {
        (Some(field), Body::Value(value)) => {
            value.as_hash().ok()?.get(field, now).value().map(|element| element.to_vec())
        }
        (Some(_), _) => None,
        (None, _) => entry.string().ok().map(|text| text.bytes(&mut number::Digits::default()).to_vec()),
    }
}

fn reply_with(ctx: &mut Context, request: &Request, elements: &[Vec<u8>]) {
    ctx.reply.array(elements.len() * request.get.len().max(1));
    for element in elements {
        if request.get.is_empty() {
            ctx.reply.bulk(element);
        }
        for pattern in &request.get {
            match look_up(ctx, pattern, element) {
                Some(value) => ctx.reply.bulk(&value),
                None => ctx.reply.null(),
            }
        }
    }
}

/// Elements that a command of the journal pushes.
const PUSHED_MAX: usize = 10_000;

/// Stores the result; the journal is told what that is if `is_vague`.
fn store(
    ctx: &mut Context,
    request: &Request,
    elements: &[Vec<u8>],
    target: &[u8],
    is_vague: bool,
) -> Result<(), Error> {
    let mut values = Vec::with_capacity(elements.len() * request.get.len());
    for element in elements {
        for pattern in &request.get {
            values.push(look_up(ctx, pattern, element).unwrap_or_default());
        }
    }
    let values = if request.get.is_empty() { elements } else { &values[..] };
    if !values.is_empty() {
        let list = list::store(ctx.settings, values.iter().map(Vec::as_slice));
        ctx.db.set(target, NewBody::Value(list), Expiry::Never);
        if is_vague {
            ctx.db.effects.instead(|| {
                let push = |values: &[Vec<u8>]| [&[b"RPUSH".to_vec(), target.to_vec()], values].concat();
                let delete = vec![b"DEL".to_vec(), target.to_vec()];
                std::iter::once(delete).chain(values.chunks(PUSHED_MAX).map(push)).collect()
            });
        }
        ctx.db.changed(Class::LIST, "sortstore", target);
        ctx.db.effects.dirty += values.len() as u64 - 1;
    } else if ctx.db.delete(target, false) {
        ctx.db.changed(Class::GENERIC, "del", target);
    }
    ctx.reply.integer(values.len() as i64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn sorts_by_itself_and_by_others() {
        let mut server = Server::new();
        server.script(&[
            ("sort l", "*0\r\n"),
            ("rpush l 3 1 2", ":3\r\n"),
            ("sort l", "*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n"),
            ("sort l desc limit 1 1", "*1\r\n$1\r\n2\r\n"),
            ("sort l limit 5 1", "*0\r\n"),
            ("mset w1 30 w2 20 w3 10", "+OK\r\n"),
            ("sort l by w*", "*3\r\n$1\r\n3\r\n$1\r\n2\r\n$1\r\n1\r\n"),
            (
                "sort l by nosort desc get # get w*",
                "*6\r\n$1\r\n2\r\n$2\r\n20\r\n$1\r\n1\r\n$2\r\n30\r\n$1\r\n3\r\n$2\r\n10\r\n",
            ),
            ("hset h1 f a", ":1\r\n"),
            ("sort_ro l get h*->f", "*3\r\n$1\r\na\r\n$-1\r\n$-1\r\n"),
            ("sort_ro l store d", "-ERR syntax error\r\n"),
            ("sort l store d get h*->f", ":3\r\n"),
            ("lrange d 0 -1", "*3\r\n$1\r\na\r\n$0\r\n\r\n$0\r\n\r\n"),
            ("sort none store d", ":0\r\n"),
            ("exists d", ":0\r\n"),
            ("rpush l x", ":4\r\n"),
            ("sort l", "-ERR One or more scores can't be converted into double\r\n"),
            ("sort l alpha desc", "*4\r\n$1\r\nx\r\n$1\r\n3\r\n$1\r\n2\r\n$1\r\n1\r\n"),
            ("sort w1", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
            ("sort h1", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
            ("sort l limit 1 x", "-ERR value is not an integer or out of range\r\n"),
        ]);
    }
}
