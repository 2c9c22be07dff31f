//! XNACK: consumers give back what they could not work on.

use super::arguments::IDS;
use super::{id, no_group, stream_mut, stream_of};
use crate::prelude::*;
use hematite_base::number::parse_i64;
use hematite_structures::stream::StreamId;

/// XNACK: see <https://redis.io/commands/xnack/>.
pub const XNACK: Row = Row {
    spec: Spec {
        group: Group::Stream,
        since: "8.8.0",
        summary: "Releases pending messages back to the group's PEL without acknowledging them, making them available for re-delivery.",
        complexity: "O(1) for each message ID processed.",
        arity: -7,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::STREAM,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::UPDATE),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("group", Kind::Text),
            Arg::new(
                "mode",
                Kind::OneOf(&[
                    Arg::new("silent", Kind::Token).token("SILENT"),
                    Arg::new("fail", Kind::Token).token("FAIL"),
                    Arg::new("fatal", Kind::Token).token("FATAL"),
                ]),
            ),
            IDS,
            Arg::new("count", Kind::Integer).token("RETRYCOUNT").optional(),
            Arg::new("force", Kind::Token).token("FORCE").optional(),
        ],
        reply: "integer",
        ..Spec::new("xnack")
    },
    run: xnack,
};

/// What becomes of the count of deliveries.
#[derive(Clone, Copy)]
enum Mode {
    /// The delivery did not count.
    Silent,
    /// It did.
    Fail,
    /// Whoever looks is to see that it is hopeless.
    Fatal,
}

/// The highest count that a reply can show.
const COUNT_MAX: u64 = i64::MAX as u64;

struct Request {
    mode: Mode,
    ids: Vec<StreamId>,
    /// The count, whatever the mode.
    retries: Option<u64>,
    /// Ids that are not pending become so, if their entries exist.
    forces: bool,
}

impl Request {
    fn parse(ctx: &Context) -> Result<Request, Error> {
        let args = ctx.args;
        let mode = match args[3] {
            word if word.eq_ignore_ascii_case(b"silent") => Mode::Silent,
            word if word.eq_ignore_ascii_case(b"fail") => Mode::Fail,
            word if word.eq_ignore_ascii_case(b"fatal") => Mode::Fatal,
            _ => return Err(Error::fixed("ERR mode must be SILENT, FAIL, or FATAL")),
        };
        let mut request = Request { mode, ids: Vec::new(), retries: None, forces: false };
        let mut at = 4;
        while at < args.len() {
            at += request.option(ctx, at)?;
        }
        match request.ids.is_empty() {
            true => Err(Error::fixed("ERR syntax error, expected IDS keyword")),
            false => Ok(request),
        }
    }

    /// Reads the option at a position, the ids among them; how many arguments it has.
    fn option(&mut self, ctx: &Context, at: usize) -> Result<usize, Error> {
        let follows = at + 1 < ctx.args.len();
        if ctx.is(at, "force") {
            self.forces = true;
            return Ok(1);
        }
        if ctx.is(at, "retrycount") && follows {
            let retries = u64::try_from(ctx.integer(at + 1)?);
            let negative = Error::fixed("ERR Invalid RETRYCOUNT value, must be >= 0");
            self.retries = Some(retries.map_err(|_| negative)?);
            return Ok(2);
        }
        if ctx.is(at, "ids") && follows && self.ids.is_empty() {
            let count =
                parse_i64(ctx.args[at + 1]).filter(|count| *count > 0).and_then(crate::context::to_count);
            let count = count.ok_or(Error::fixed("ERR numids must be a positive integer"))?;
            let ids = ctx.args[at + 2..].get(..count);
            let ids = ids.ok_or(Error::fixed("ERR number of IDs doesn't match numids"))?;
            self.ids = ids.iter().map(|arg| id::parse(arg, 0)).collect::<Result<_, _>>()?;
            return Ok(2 + count);
        }
        let parts: [&[u8]; 3] = [b"ERR Unrecognized XNACK option '", ctx.args[at], b"'"];
        Err(Error::Bytes(parts.concat()))
    }

    /// How often an entry is to have been delivered that was delivered `before` times.
    fn count(&self, before: u64) -> u64 {
        match (self.retries, self.mode) {
            (Some(retries), _) => retries,
            (None, Mode::Silent) => before.saturating_sub(1),
            (None, Mode::Fail) => before,
            (None, Mode::Fatal) => COUNT_MAX,
        }
    }
}

fn xnack(ctx: &mut Context) -> Result<(), Error> {
    let (key, name) = (ctx.args[1], ctx.args[2]);
    let request = Request::parse(ctx)?;
    let has_group = match ctx.db.read(key) {
        Some(entry) => stream_of(&entry)?.group(name).is_some(),
        None => false,
    };
    if !has_group {
        return Err(no_group(key, name, ""));
    }
    let Some(mut entry) = ctx.db.write(key) else { return Ok(()) };
    let stream = stream_mut(&mut entry)?;
    let mut released = 0;
    for id in &request.ids {
        let exists = request.forces && stream.get(*id).is_some();
        let Some(group) = stream.group_mut(name) else { break };
        let before = match group.pending(*id) {
            Some(pending) => pending.delivery_count,
            None if exists => 0,
            None => continue,
        };
        group.release(*id, request.count(before));
        released += 1;
    }
    drop(entry);
    if released > 0 {
        ctx.db.effects.dirty += released as u64;
        ctx.db.effects.wake(ctx.db.db, key);
    }
    ctx.reply.integer(released);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    fn with_pending() -> Server {
        let mut server = Server::new();
        for line in [
            "xadd s 1 a 1",
            "xadd s 2 a 2",
            "xadd s 3 a 3",
            "xgroup create s g 0",
            "xreadgroup group g c count 2 streams s >",
        ] {
            server.run(line);
        }
        server
    }

    #[test]
    fn gives_entries_back_in_their_order() {
        let mut server = with_pending();
        server.script(&[
            ("xnack s g fail ids 2 2 1", ":2\r\n"),
            ("xnack s g silent ids 1 3", ":0\r\n"),
            (
                "xpending s g - + 9",
                "*2\r\n*4\r\n$3\r\n1-0\r\n$0\r\n\r\n:-1\r\n:1\r\n*4\r\n$3\r\n2-0\r\n$0\r\n\r\n:-1\r\n:1\r\n",
            ),
            ("xpending s g", "*4\r\n:2\r\n$3\r\n1-0\r\n$3\r\n2-0\r\n*0\r\n"),
        ]);
        let info = server.run("xinfo stream s full");
        assert!(info.contains("$12\r\nnacked-count\r\n:2\r\n"), "{info}");
        let claimed = server.run("xreadgroup group g d count 1 claim 100000 streams s >");
        assert!(claimed.contains("$3\r\n2-0\r\n"), "{claimed}");
        assert!(server.run("xpending s g 2 2 1").contains("$1\r\nd\r\n:0\r\n:2\r\n"));
        assert!(server.run("xclaim s g d 100000 1 justid").contains("1-0"));
        assert!(!server.run("xinfo stream s full").contains("nacked"));
    }

    #[test]
    fn counts_by_its_mode() {
        let mut server = with_pending();
        let count = |server: &mut Server, id: &str| {
            let pending = server.run(&format!("xpending s g {id} {id} 1"));
            pending.trim_end().rsplit(':').next().unwrap().to_owned()
        };
        for (options, expected) in [
            ("silent ids 1 1", "0"),
            ("silent ids 1 1", "0"),
            ("fatal ids 1 1", "9223372036854775807"),
            ("fail ids 1 1 retrycount 7", "7"),
            ("fail ids 1 1", "7"),
        ] {
            assert_eq!(server.run(&format!("xnack s g {options}")), ":1\r\n");
            assert_eq!(count(&mut server, "1"), expected, "{options}");
        }
        server.script(&[
            ("xnack s g fail ids 1 9 force", ":0\r\n"),
            ("xnack s g fail ids 1 3 force", ":1\r\n"),
            ("xnack s g fail ids 2 1", "-ERR number of IDs doesn't match numids\r\n"),
            ("xnack s g fail ids 0 1", "-ERR numids must be a positive integer\r\n"),
            ("xnack s g fail force retrycount 5", "-ERR syntax error, expected IDS keyword\r\n"),
            ("xnack s g fail fatal ids 1 1", "-ERR Unrecognized XNACK option 'fatal'\r\n"),
            ("xnack s g fail ids 1 1 retrycount", "-ERR Unrecognized XNACK option 'retrycount'\r\n"),
            ("xnack s g fail ids 1 1 retrycount -1", "-ERR Invalid RETRYCOUNT value, must be >= 0\r\n"),
            ("xnack s g fail retrycount 5 force ids 1 1", ":1\r\n"),
            ("xnack s g maybe ids 1 1", "-ERR mode must be SILENT, FAIL, or FATAL\r\n"),
            ("xnack s h fail ids 1 1", "-NOGROUP No such key 's' or consumer group 'h'\r\n"),
            ("xack s g 1 2 3", ":3\r\n"),
            ("xnack s g fail ids 1 1", ":0\r\n"),
        ]);
        assert_eq!(count(&mut server, "1"), "*0");
    }
}
