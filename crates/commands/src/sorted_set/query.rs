//! Query: what a range command asks for, and the ranks that answer it.

use super::bound;
use crate::prelude::*;
use hematite_keyspace::sorted_set::{LexBound, ScoreBound, SortedSetRef};
use std::ops::Range;

/// A range, lower end first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Span<'a> {
    /// By rank, both ends included; negative numbers count from the last.
    Rank(i64, i64),
    /// By score.
    Score(ScoreBound, ScoreBound),
    /// By the members' bytes.
    Lex(LexBound<'a>, LexBound<'a>),
}

/// What a range is given by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Rank,
    Score,
    Lex,
}

/// What the command's name already says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Given {
    /// By what the range is given; `None`: an option says.
    pub by: Option<By>,
    /// Whether it runs from the highest; `None`: an option says.
    pub reverse: Option<bool>,
    /// The result is stored, and its scores with it.
    pub is_stored: bool,
}

/// What a range command asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Query<'a> {
    span: Span<'a>,
    /// From the highest to the lowest.
    pub reverse: bool,
    offset: i64,
    /// Negative: no limit.
    limit: i64,
    /// Scores are asked for.
    pub with_scores: bool,
}

impl<'a> Query<'a> {
    /// Reads `min max [options]` from argument `at` on.
    pub fn parse(ctx: &Context<'a, '_>, at: usize, given: Given) -> Result<Query<'a>, Error> {
        let (mut by, mut reverse) = (given.by, given.reverse);
        let (mut offset, mut limit, mut with_scores) = (0, -1, false);
        let mut next = at + 2;
        while next < ctx.args.len() {
            if !given.is_stored && ctx.is(next, "withscores") {
                with_scores = true;
            } else if ctx.is(next, "limit") && ctx.args.len() - next > 2 {
                (offset, limit) = (ctx.integer(next + 1)?, ctx.integer(next + 2)?);
                next += 2;
            } else if reverse.is_none() && ctx.is(next, "rev") {
                reverse = Some(true);
            } else if by.is_none() && ctx.is(next, "bylex") {
                by = Some(By::Lex);
            } else if by.is_none() && ctx.is(next, "byscore") {
                by = Some(By::Score);
            } else {
                return Err(Error::Syntax);
            }
            next += 1;
        }
        let (by, reverse) = (by.unwrap_or(By::Rank), reverse.unwrap_or(false));
        if limit != -1 && by == By::Rank {
            return Err(Error::fixed(
                "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
            ));
        }
        if with_scores && by == By::Lex {
            return Err(Error::fixed("ERR syntax error, WITHSCORES not supported in combination with BYLEX"));
        }
        let (first, second) = (ctx.args[at], ctx.args[at + 1]);
        let (min, max) = if reverse { (second, first) } else { (first, second) };
        let span = match by {
            By::Rank => Span::Rank(ctx.integer(at)?, ctx.integer(at + 1)?),
            By::Score => bound::scores(min, max).map(|(min, max)| Span::Score(min, max))?,
            By::Lex => bound::lex(min, max).map(|(min, max)| Span::Lex(min, max))?,
        };
        Ok(Query { span, reverse, offset, limit, with_scores })
    }

    /// The ranks of the members asked for.
    pub fn ranks(&self, set: SortedSetRef<'_>) -> Range<u64> {
        let Range { mut start, mut end } = ranks_of(&self.span, set, self.reverse);
        if matches!(self.span, Span::Rank(..)) {
            return start..end;
        }
        let Ok(offset) = u64::try_from(self.offset) else { return 0..0 };
        let limit = u64::try_from(self.limit).unwrap_or(u64::MAX);
        if self.reverse {
            end = end.saturating_sub(offset).max(start);
            start = start.max(end.saturating_sub(limit));
        } else {
            start = start.saturating_add(offset).min(end);
            end = end.min(start.saturating_add(limit));
        }
        start..end
    }
}

/// The ranks of a span; `reverse` has ranks counted from the highest member.
pub(super) fn ranks_of(span: &Span<'_>, set: SortedSetRef<'_>, reverse: bool) -> Range<u64> {
    match *span {
        Span::Score(min, max) => set.score_ranks(min, max),
        Span::Lex(min, max) => set.lex_ranks(min, max),
        Span::Rank(first, last) => {
            let len = set.len() as i64;
            let from_start = |rank: i64| if rank < 0 { rank.saturating_add(len) } else { rank };
            let (first, last) = (from_start(first).max(0), from_start(last).min(len - 1));
            if first > last {
                0..0
            } else if reverse {
                (len - 1 - last) as u64..(len - first) as u64
            } else {
                first as u64..(last + 1) as u64
            }
        }
    }
}
