//! LCS: the longest common subsequence of two strings, its length, or where its runs are.
//!
//! The reference fills a table of 32-bit lengths and walks it back. The walk asks only which of two neighbours is larger,
//! so here a cell is one bit and the lengths live in a single row: a thirty-second of the memory. What the reference
//! refuses as too large for its table is refused all the same.

use crate::prelude::*;
use hematite_base::number::Digits;
use hematite_resp::Encoder;

/// LCS: see <https://valkey.io/commands/lcs/>.
pub const LCS: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "7.0.0",
        summary: "Finds the longest common substring.",
        complexity: "O(N*M) where N and M are the lengths of s1 and s2, respectively",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 1, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("key1", Kind::Key).key_spec(0),
            Arg::new("key2", Kind::Key).key_spec(0),
            Arg::new("len", Kind::Token).token("LEN").optional(),
            Arg::new("idx", Kind::Token).token("IDX").optional(),
            Arg::new("min-match-len", Kind::Integer).token("MINMATCHLEN").optional(),
            Arg::new("withmatchlen", Kind::Token).token("WITHMATCHLEN").optional(),
        ],
        reply: "string | integer | map<string, any>",
        ..Spec::new("lcs")
    },
    run: lcs,
};

#[derive(Default)]
struct Options {
    len: bool,
    idx: bool,
    match_len_min: i64,
    with_match_len: bool,
}

fn lcs(ctx: &mut Context) -> Result<(), Error> {
    let a = text_at(ctx, ctx.args[1])?;
    let b = text_at(ctx, ctx.args[2])?;
    let options = parse(ctx)?;
    check_size(a.len() as u64, b.len() as u64, ctx.settings.bulk_bytes_max)?;
    let table = Table::new(&a, &b);
    if options.len {
        ctx.reply.integer(i64::from(table.length));
        return Ok(());
    }
    let mut runs = Runs { options: &options, out: Vec::new(), count: 0, protocol: ctx.reply.protocol };
    let common = walk(&a, &b, &table, &mut runs);
    if !options.idx {
        ctx.reply.bulk(&common);
        return Ok(());
    }
    ctx.reply.map(2);
    ctx.reply.bulk(b"matches");
    ctx.reply.array(runs.count);
    ctx.reply.buffer().extend_from_slice(&runs.out);
    ctx.reply.bulk(b"len");
    ctx.reply.integer(i64::from(table.length));
    Ok(())
}

fn text_at(ctx: &mut Context, key: &[u8]) -> Result<Vec<u8>, Error> {
    let Some(entry) = ctx.db.read(key) else { return Ok(Vec::new()) };
    let text =
        entry.string().map_err(|_| Error::fixed("ERR The specified keys must contain string values"))?;
    Ok(text.bytes(&mut Digits::default()).to_vec())
}

fn parse(ctx: &Context) -> Result<Options, Error> {
    let mut options = Options::default();
    let mut at = 3;
    while at < ctx.args.len() {
        if ctx.is(at, "idx") {
            options.idx = true;
        } else if ctx.is(at, "len") {
            options.len = true;
        } else if ctx.is(at, "withmatchlen") {
            options.with_match_len = true;
        } else if ctx.is(at, "minmatchlen") && at + 1 < ctx.args.len() {
            at += 1;
            options.match_len_min = ctx.integer(at)?;
        } else {
            return Err(Error::Syntax);
        }
        at += 1;
    }
    if options.len && options.idx {
        return Err(Error::fixed("ERR If you want both the length and indexes, please just use IDX."));
    }
    Ok(options)
}

fn check_size(a: u64, b: u64, bytes_max: u64) -> Result<(), Error> {
    if a.max(b) >= u64::from(u32::MAX) - 1 {
        return Err(Error::fixed("ERR String too long for LCS"));
    }
    if (a + 1).saturating_mul(b + 1).saturating_mul(4) > bytes_max {
        return Err(Error::fixed(
            "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
        ));
    }
    Ok(())
}

/// For each pair of prefixes that end in different bytes, where the longer common subsequence is.
struct Table {
    /// One bit a cell, rows of `a`: the one without `a`'s last byte is longer than the one without `b`'s.
    up: Vec<u64>,
    width: usize,
    length: u32,
}

impl Table {
    fn new(a: &[u8], b: &[u8]) -> Table {
        let width = b.len();
        let mut up = vec![0u64; (a.len() * width).div_ceil(64)];
        // Lengths for the prefix of `a` so far and each prefix of `b`; `diagonal` is the row before, one to the left.
        let mut row = vec![0u32; width + 1];
        for (i, x) in a.iter().enumerate() {
            let mut diagonal = 0;
            for (j, y) in b.iter().enumerate() {
                let (above, left) = (row[j + 1], row[j]);
                row[j + 1] = if x == y {
                    diagonal + 1
                } else {
                    let cell = i * width + j;
                    up[cell / 64] |= u64::from(above > left) << (cell % 64);
                    above.max(left)
                };
                diagonal = above;
            }
        }
        Table { up, width, length: row[width] }
    }
    fn is_up(&self, i: usize, j: usize) -> bool {
        let cell = i * self.width + j;
        self.up[cell / 64] >> (cell % 64) & 1 == 1
    }
}

/// A run of bytes common to both: the ends of two ranges, and their length.
#[derive(Clone, Copy)]
struct Run {
    a_end: usize,
    b_end: usize,
    len: usize,
}

/// The replies for runs, as they are found.
struct Runs<'a> {
    options: &'a Options,
    out: Vec<u8>,
    count: usize,
    protocol: hematite_resp::Protocol,
}

impl Runs<'_> {
    fn push(&mut self, run: Run) {
        if !self.options.idx || (run.len as i64) < self.options.match_len_min {
            return;
        }
        self.count += 1;
        let mut reply = Encoder::new(&mut self.out, self.protocol);
        reply.array(2 + usize::from(self.options.with_match_len));
        for end in [run.a_end, run.b_end] {
            reply.array(2);
            reply.integer((end + 1 - run.len) as i64);
            reply.integer(end as i64);
        }
        if self.options.with_match_len {
            reply.integer(run.len as i64);
        }
    }
}

/// Walks back from the ends: the common subsequence, and its runs, the last one first.
fn walk(a: &[u8], b: &[u8], table: &Table, runs: &mut Runs) -> Vec<u8> {
    let (mut i, mut j) = (a.len(), b.len());
    let mut common = Vec::with_capacity(table.length as usize);
    let mut run: Option<Run> = None;
    while i > 0 && j > 0 {
        if a[i - 1] != b[j - 1] {
            run.take().into_iter().for_each(|run| runs.push(run));
            if table.is_up(i - 1, j - 1) {
                i -= 1
            } else {
                j -= 1
            }
            continue;
        }
        common.push(a[i - 1]);
        run = match run {
            Some(run) => Some(Run { len: run.len + 1, ..run }),
            None => Some(Run { a_end: i - 1, b_end: j - 1, len: 1 }),
        };
        (i, j) = (i - 1, j - 1);
    }
    run.into_iter().for_each(|run| runs.push(run));
    common.reverse();
    common
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn replies_of_the_reference() {
        let mut server = Server::new();
        server.script(&[
            ("mset a ohmytext b mynewtext", "+OK\r\n"),
            ("lcs a b", "$6\r\nmytext\r\n"),
            ("lcs a b len", ":6\r\n"),
            ("lcs a none", "$0\r\n\r\n"),
            (
                "lcs a b idx",
                "*4\r\n$7\r\nmatches\r\n*2\r\n*2\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n*2\r\n*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n$3\r\nlen\r\n:6\r\n",
            ),
            ("lcs a b len idx", "-ERR If you want both the length and indexes, please just use IDX.\r\n"),
            ("lcs a b minmatchlen", "-ERR syntax error\r\n"),
            ("lcs a b minmatchlen x", "-ERR value is not an integer or out of range\r\n"),
        ]);
        server.resp3();
        server.script(&[(
            "lcs a b idx minmatchlen 4 withmatchlen",
            "%2\r\n$7\r\nmatches\r\n*1\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:4\r\n$3\r\nlen\r\n:6\r\n",
        )]);
        server.settings.bulk_bytes_max = 9 * 10 * 4 - 1;
        let text = "-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len\r\n";
        assert_eq!(server.run("lcs a b"), text);
    }
}
