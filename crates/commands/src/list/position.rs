//! LPOS: where an element is.

use super::items::ListRef;
use crate::prelude::*;
use crate::reply::array_around;
use hematite_base::number;
use hematite_structures::listpack::Needle;
use hematite_structures::quicklist::Direction;
use std::ops::ControlFlow;

/// LPOS: see <https://valkey.io/commands/lpos/>.
pub const LPOS: Row = Row {
    spec: Spec {
        group: Group::List,
        since: "6.0.6",
        summary: "Returns the index of matching elements in a list.",
        complexity: "O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time.",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::LIST,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("element", Kind::Text),
            Arg::new("rank", Kind::Integer).token("RANK").optional(),
            Arg::new("num-matches", Kind::Integer).token("COUNT").optional(),
            Arg::new("len", Kind::Integer).token("MAXLEN").optional(),
        ],
        reply: "null | integer | array<integer>",
        ..Spec::new("lpos")
    },
    run: lpos,
};

#[derive(Default)]
struct Options {
    /// Matches to skip.
    skip: u64,
    is_backward: bool,
    /// Matches to answer; 0 for all. None: one, not in an array.
    count: Option<usize>,
    /// Elements to look at; 0 for all.
    look_max: usize,
}

impl Options {
    fn parse(ctx: &Context) -> Result<Options, Error> {
        let mut options = Options::default();
        let not_negative = |at: usize, text| {
            let number = number::parse_i64(ctx.args[at]).and_then(crate::context::to_count);
            number.ok_or(Error::fixed(text))
        };
        let mut at = 3;
        while at < ctx.args.len() {
            if at + 1 >= ctx.args.len() {
                return Err(Error::Syntax);
            }
            if ctx.is(at, "rank") {
                let rank = ctx.integer(at + 1)?;
                if rank == i64::MIN {
                    return Err(Error::fixed(RANK_RANGE));
                }
                options.skip = rank.unsigned_abs().checked_sub(1).ok_or(Error::fixed(RANK_ZERO))?;
                options.is_backward = rank < 0;
            } else if ctx.is(at, "count") {
                options.count = Some(not_negative(at + 1, "ERR COUNT can't be negative")?);
            } else if ctx.is(at, "maxlen") {
                options.look_max = not_negative(at + 1, "ERR MAXLEN can't be negative")?;
            } else {
                return Err(Error::Syntax);
            }
            at += 2;
        }
        Ok(options)
    }
}

const RANK_ZERO: &str = "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list";
const RANK_RANGE: &str =
    "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";

fn lpos(ctx: &mut Context) -> Result<(), Error> {
    let options = Options::parse(ctx)?;
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        match options.count {
            Some(_) => ctx.reply.array(0),
            None => ctx.reply.null(),
        }
        return Ok(());
    };
    let list = ListRef::of(&entry)?;
    let needle = Needle::new(ctx.args[2]);
    let Some(count) = options.count else {
        let mut found = None;
        search(list, &needle, &options, 1, |index| found = Some(index));
        match found {
            Some(index) => ctx.reply.integer(index as i64),
            None => ctx.reply.null(),
        }
        return Ok(());
    };
    let most = if count == 0 { usize::MAX } else { count };
    array_around(&mut ctx.reply, |reply| {
        let mut found = 0;
        search(list, &needle, &options, most, |index| {
            reply.integer(index as i64);
            found += 1;
        });
        found
    });
    Ok(())
}

/// Calls `each` with the indexes of up to `most` matches.
fn search(list: ListRef, needle: &Needle, options: &Options, most: usize, mut each: impl FnMut(usize)) {
    let len = list.len();
    let look = if options.look_max == 0 { len } else { options.look_max.min(len) };
    let (from, direction) =
        if options.is_backward { (len - 1, Direction::Backward) } else { (0, Direction::Forward) };
    let (mut at, mut matches, mut answered) = (0, 0, 0);
    list.for_each(from, look, direction, |element| {
        if needle.matches(element) {
            matches += 1;
            if matches > options.skip {
                each(if options.is_backward { len - 1 - at } else { at });
                answered += 1;
                if answered == most {
                    return ControlFlow::Break(());
                }
            }
        }
        at += 1;
        ControlFlow::Continue(())
    });
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn finds_by_rank_from_either_end() {
        let mut server = Server::new();
        server.script(&[
            ("lpos l a", "$-1\r\n"),
            ("lpos l a count 0", "*0\r\n"),
            ("rpush l a b c 1 2 3 c c", ":8\r\n"),
            ("lpos l c", ":2\r\n"),
            ("lpos l c rank 2", ":6\r\n"),
            ("lpos l c rank -1", ":7\r\n"),
            ("lpos l c rank -1 count 2", "*2\r\n:7\r\n:6\r\n"),
            ("lpos l c count 0", "*3\r\n:2\r\n:6\r\n:7\r\n"),
            ("lpos l c count 0 maxlen 3", "*1\r\n:2\r\n"),
            ("lpos l c maxlen 2", "$-1\r\n"),
            ("lpos l 3", ":5\r\n"),
            ("lpos l c rank 0", &format!("-{}\r\n", super::RANK_ZERO)),
            ("lpos l c rank -9223372036854775808", &format!("-{}\r\n", super::RANK_RANGE)),
            ("lpos l c count -1", "-ERR COUNT can't be negative\r\n"),
            ("lpos l c maxlen x", "-ERR MAXLEN can't be negative\r\n"),
            ("lpos l c maxlen", "-ERR syntax error\r\n"),
        ]);
    }
}
