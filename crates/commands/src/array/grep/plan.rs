//! Plan: the predicates of an ARGREP and how they go together. Predicates and options may come in any order; of an option that
//! is said twice the last one counts.

use super::expression;
use crate::array::limit;
use crate::context::Context;
use crate::error::Error;
use hematite_base::glob;
use memchr::memmem::Finder;
use regex::bytes::Regex;

/// Most predicates.
const PREDICATES_MAX: usize = 250;

/// What a value is asked.
enum Predicate<'a> {
    /// Is it this?
    Exact(&'a [u8]),
    /// Is this in it?
    Match(Box<Finder<'a>>),
    /// Does it match this glob?
    Glob(&'a [u8]),
    /// Is there a match of this expression in it?
    Expression(Regex),
}

/// See the head of the file.
pub(super) struct Plan<'a> {
    predicates: Vec<Predicate<'a>>,
    /// All must be true; otherwise one.
    needs_all: bool,
    ignores_case: bool,
    /// Values go with their indices.
    pub with_values: bool,
    /// Most replies.
    pub limit: u64,
    /// A value in lower case, while it is asked.
    lower: Vec<u8>,
}

impl<'a> Plan<'a> {
    /// Of the arguments behind the range.
    pub fn parse(ctx: &Context<'a, '_>) -> Result<Plan<'a>, Error> {
        let mut plan = Plan {
            predicates: Vec::new(),
            needs_all: false,
            ignores_case: false,
            with_values: false,
            limit: u64::MAX,
            lower: Vec::new(),
        };
        let mut asked: Vec<(Word, &'a [u8])> = Vec::new();
        let mut at = 4;
        while at < ctx.args.len() {
            let word = Word::parse(ctx.args[at]).ok_or(Error::Syntax)?;
            let operand = ctx.args.get(at + 1).copied();
            at += if word.has_operand() { 2 } else { 1 };
            match word {
                Word::And | Word::Or => plan.needs_all = word == Word::And,
                Word::WithValues => plan.with_values = true,
                Word::NoCase => plan.ignores_case = true,
                Word::Limit => {
                    operand.ok_or(Error::Syntax)?;
                    plan.limit = limit(ctx, at - 1)?;
                }
                predicate => {
                    let operand = operand.ok_or(Error::Syntax)?;
                    if asked.len() == PREDICATES_MAX {
                        let text = format!("ERR too many predicates, maximum is {PREDICATES_MAX}");
                        return Err(Error::Text(text.into()));
                    }
                    if predicate == Word::Expression {
                        expression::check_length(operand)?;
                    }
                    asked.push((predicate, operand));
                }
            }
        }
        if asked.is_empty() {
            return Err(Error::Syntax);
        }
        plan.add(asked)?;
        Ok(plan)
    }

    /// Adds the predicates, once it is known whether case matters.
    fn add(&mut self, asked: Vec<(Word, &'a [u8])>) -> Result<(), Error> {
        for (word, operand) in asked {
            self.predicates.push(match word {
                Word::Exact => Predicate::Exact(operand),
                Word::Match if self.ignores_case => {
                    Predicate::Match(Box::new(Finder::new(&operand.to_ascii_lowercase()).into_owned()))
                }
                Word::Match => Predicate::Match(Box::new(Finder::new(operand))),
                Word::Glob => Predicate::Glob(operand),
                _ => Predicate::Expression(expression::compile(operand, self.ignores_case)?),
            });
        }
        Ok(())
    }

    /// Whether a value is what is looked for.
    pub fn is_true_of(&mut self, value: &[u8]) -> bool {
        let ignores_case = self.ignores_case;
        let needs_lower = |predicate: &Predicate<'_>| matches!(predicate, Predicate::Match(_));
        if ignores_case && self.predicates.iter().any(needs_lower) {
            self.lower.clear();
            self.lower.extend(value.iter().map(u8::to_ascii_lowercase));
        }
        let lower: &[u8] = if ignores_case { &self.lower } else { value };
        let mut predicates = self.predicates.iter().map(|predicate| match predicate {
            Predicate::Exact(text) if ignores_case => value.eq_ignore_ascii_case(text),
            Predicate::Exact(text) => value == *text,
            Predicate::Match(text) => text.find(lower).is_some(),
            Predicate::Glob(pattern) if ignores_case => glob::matches_ignoring_case(pattern, value),
            Predicate::Glob(pattern) => glob::matches(pattern, value),
            Predicate::Expression(expression) => expression.is_match(value),
        });
        if self.needs_all { predicates.all(|is_true| is_true) } else { predicates.any(|is_true| is_true) }
    }
}

/// A word of the command's own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Exact,
    Match,
    Glob,
    Expression,
    And,
    Or,
    Limit,
    WithValues,
    NoCase,
}

impl Word {
    fn parse(text: &[u8]) -> Option<Word> {
        Some(match text.to_ascii_uppercase().as_slice() {
            b"EXACT" => Word::Exact,
            b"MATCH" => Word::Match,
            b"GLOB" => Word::Glob,
            b"RE" => Word::Expression,
            b"AND" => Word::And,
            b"OR" => Word::Or,
            b"LIMIT" => Word::Limit,
            b"WITHVALUES" => Word::WithValues,
            b"NOCASE" => Word::NoCase,
            _ => return None,
        })
    }
    fn has_operand(self) -> bool {
        !matches!(self, Word::And | Word::Or | Word::WithValues | Word::NoCase)
    }
}
