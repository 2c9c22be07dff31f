//! SCAN: names of keys, some at a time.

use crate::prelude::*;
use hematite_base::{glob, number};
use hematite_resp::Encoder;

/// Steps of a call for each key asked for: bounds the work in a table that is nearly empty.
const STEPS_PER_KEY: u64 = 10;

/// SCAN: see <https://valkey.io/commands/scan/>.
pub const SCAN: Row = Row {
    spec: Spec {
        group: Group::Generic,
        since: "2.8.0",
        summary: "Iterates over the key names in the database.",
        complexity: "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
        arity: -2,
        flags: Flags::READONLY.or(Flags::TOUCHES_ARBITRARY_KEYS),
        acl: Acl::KEYSPACE,
        tips: &["nondeterministic_output", "request_policy:special", "response_policy:special"],
        history: &[("6.0.0", "Added the `TYPE` subcommand.")],
        args: &[
            Arg::new("cursor", Kind::Integer),
            Arg::new("pattern", Kind::Pattern).token("MATCH").optional(),
            Arg::new("count", Kind::Integer).token("COUNT").optional(),
            Arg::new("type", Kind::Text).token("TYPE").optional().since("6.0.0"),
        ],
        reply: "tuple<string, array<string>>",
        ..Spec::new("scan")
    },
    run: scan,
};

struct Options<'a> {
    count: u64,
    pattern: Option<&'a [u8]>,
    kind: Option<&'a [u8]>,
}

fn scan(ctx: &mut Context) -> Result<(), Error> {
    let mut cursor = parse_cursor(ctx.args[1])?;
    let options = parse(ctx)?;
    let (db, now_ms) = (ctx.db.db, ctx.now_ms());
    let keyspace = ctx.db.keyspace();
    let (mut names, mut due, mut found) = (Vec::new(), Vec::new(), 0);
    let mut reply = Encoder::new(&mut names, ctx.reply.protocol);
    let (mut seen, mut steps) = (0, options.count.saturating_mul(STEPS_PER_KEY));
    loop {
        let pick = |entry: &Entry| {
            seen += 1;
            if options.pick(entry) {
                reply.bulk(entry.name());
                found += 1;
            }
        };
        cursor = keyspace.scan_with_due(db, cursor, now_ms, pick, |entry| due.push(entry.name().to_vec()));
        if cursor == 0 || steps == 0 || seen >= options.count {
            break;
        }
        steps -= 1;
    }
    // Looking at a key whose time has come deletes it.
    for name in &due {
        ctx.db.exists(name);
    }
    ctx.reply.array(2);
    ctx.reply.bulk(cursor.to_string().as_bytes());
    ctx.reply.array(found);
    ctx.reply.buffer().extend_from_slice(&names);
    Ok(())
}

impl Options<'_> {
    fn pick(&self, entry: &Entry) -> bool {
        self.pattern.is_none_or(|pattern| glob::matches(pattern, entry.name()))
            && self.kind.is_none_or(|kind| kind.eq_ignore_ascii_case(entry.kind().name().as_bytes()))
    }
}

fn parse<'a>(ctx: &Context<'a, '_>) -> Result<Options<'a>, Error> {
    let mut options = Options { count: 10, pattern: None, kind: None };
    let mut at = 2;
    while at < ctx.args.len() {
        let Some(&value) = ctx.args.get(at + 1) else { return Err(Error::Syntax) };
        if ctx.is(at, "count") {
            options.count = u64::try_from(ctx.integer(at + 1)?).map_err(|_| Error::Syntax)?;
            if options.count == 0 {
                return Err(Error::Syntax);
            }
        } else if ctx.is(at, "match") {
            options.pattern = (value != b"*").then_some(value);
        } else if ctx.is(at, "type") {
            options.kind = Some(value);
        } else {
            return Err(Error::Syntax);
        }
        at += 2;
    }
    Ok(options)
}

/// A cursor as `strtoul` reads it: empty is 0, a sign is allowed (and a negative number counts from the top).
pub(crate) fn parse_cursor(text: &[u8]) -> Result<u64, Error> {
    let invalid = || Error::fixed("ERR invalid cursor");
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        [] => return Ok(0),
        digits => (false, digits),
    };
    let significant = &digits[digits.iter().take_while(|b| **b == b'0').count()..];
    let cursor = match significant {
        [] if digits.is_empty() => return Err(invalid()),
        [] => 0,
        _ => number::parse_u64(significant).ok_or_else(invalid)?,
    };
    Ok(if is_negative { cursor.wrapping_neg() } else { cursor })
}

#[cfg(test)]
mod tests {
    use super::parse_cursor;
    use crate::testing::Server;
    use std::collections::BTreeSet;

    /// All names that a full iteration gives.
    fn iterate(server: &mut Server, options: &str) -> (BTreeSet<String>, usize) {
        let (mut cursor, mut names, mut calls) = ("0".to_owned(), BTreeSet::new(), 0);
        loop {
            let reply = server.run(&format!("scan {cursor} {options}"));
            let mut words = reply.split("\r\n").filter(|word| !word.starts_with(['*', '$']));
            cursor = words.next().unwrap().to_owned();
            names.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
            calls += 1;
            if cursor == "0" {
                return (names, calls);
            }
        }
    }

    #[test]
    fn deletes_what_has_expired() {
        let mut server = Server::with_stripes(8);
        server.script(&[("mset a 1 b 2", "+OK\r\n"), ("pexpire a 5", ":1\r\n")]);
        server.now_ms += 6;
        assert_eq!(iterate(&mut server, "count 100").0.len(), 1);
        server.now_ms -= 6;
        server.script(&[("exists a b", ":1\r\n")]);
    }

    #[test]
    fn sees_every_key() {
        for stripes in [1, 8, 256] {
            let mut server = Server::with_stripes(stripes);
            for n in 0..1000 {
                server.run(&format!("set key:{n} {n}"));
            }
            let (names, calls) = iterate(&mut server, "");
            assert_eq!(names.len(), 1000);
            assert!((30..=300).contains(&calls), "{calls} calls over {stripes} stripes");
            assert_eq!(iterate(&mut server, "match *99* count 100").0.len(), 19);
            assert_eq!(iterate(&mut server, "match key:5 type STRING").0.len(), 1);
            assert_eq!(iterate(&mut server, "type list count 5000").0.len(), 0);
        }
    }

    #[test]
    fn refusals() {
        Server::new().script(&[
            ("scan 0", "*2\r\n$1\r\n0\r\n*0\r\n"),
            ("scan x", "-ERR invalid cursor\r\n"),
            ("scan 0 count 0", "-ERR syntax error\r\n"),
            ("scan 0 count -5", "-ERR syntax error\r\n"),
            ("scan 0 count a", "-ERR value is not an integer or out of range\r\n"),
            ("scan 0 match", "-ERR syntax error\r\n"),
            ("scan 0 foo bar", "-ERR syntax error\r\n"),
            ("scan 18446744073709551615", "*2\r\n$1\r\n0\r\n*0\r\n"),
        ]);
        for (text, cursor) in
            [("", 0), ("+5", 5), ("-1", u64::MAX), ("007", 7), ("18446744073709551615", u64::MAX)]
        {
            assert_eq!(parse_cursor(text.as_bytes()), Ok(cursor), "{text}");
        }
        for text in [" 1", "1 ", "-", "0x1", "99999999999999999999"] {
            assert!(parse_cursor(text.as_bytes()).is_err(), "{text}");
        }
    }
}
