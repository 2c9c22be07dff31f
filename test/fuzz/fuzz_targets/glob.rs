//! Glob patterns: the matcher says what a naive one says, which follows the reference's rules one by one and remembers what it
//! has tried. Both take as many steps as pattern times text at most, so no input may take long.
//!
//! The first byte says where the pattern ends and the text begins.
#![no_main]

use hematite_base::glob;
use libfuzzer_sys::fuzz_target;
use std::time::{Duration, Instant};

/// Far beyond what pattern times text takes for inputs of a few thousand bytes, also with checks and on a busy machine.
const PATIENCE: Duration = Duration::from_secs(5);

struct Naive<'n> {
    pattern: &'n [u8],
    text: &'n [u8],
    fold: bool,
    /// Whether the rest of the pattern from p on can't match the rest of the text from t on.
    failed: Vec<bool>,
}

impl Naive<'_> {
    fn lower(&self, byte: u8) -> u8 {
        if self.fold { byte.to_ascii_lowercase() } else { byte }
    }

    /// Without recursion over the text: every state is tried once.
    fn matches(&mut self, p: usize, t: usize) -> bool {
        let width = self.text.len() + 1;
        let mut stack = vec![(p, t)];
        while let Some((p, t)) = stack.pop() {
            if std::mem::replace(&mut self.failed[p * width + t], true) {
                continue;
            }
            if p == self.pattern.len() {
                if t == self.text.len() {
                    return true;
                }
                continue;
            }
            if self.pattern[p] == b'*' {
                stack.push((p + 1, t));
                if t < self.text.len() {
                    stack.push((p, t + 1));
                }
            } else if t < self.text.len()
                && let Some(next) = self.element(p, self.text[t])
            {
                stack.push((next, t + 1));
            }
        }
        false
    }

    /// Where the next element begins, if this one takes the byte.
    fn element(&self, p: usize, byte: u8) -> Option<usize> {
        match self.pattern[p] {
            b'?' => Some(p + 1),
            b'[' => self.set(p + 1, byte),
            b'\\' if p + 1 < self.pattern.len() => {
                (self.lower(self.pattern[p + 1]) == self.lower(byte)).then_some(p + 2)
            }
            sign => (self.lower(sign) == self.lower(byte)).then_some(p + 1),
        }
    }

    fn set(&self, mut p: usize, byte: u8) -> Option<usize> {
        let at = |p: usize| self.pattern.get(p).copied();
        let negated = at(p) == Some(b'^');
        p += usize::from(negated);
        let mut found = false;
        while let Some(sign) = at(p) {
            if sign == b'\\' && p + 1 < self.pattern.len() {
                found |= at(p + 1) == Some(byte);
                p += 2;
            } else if sign == b']' {
                return (found != negated).then_some(p + 1);
            } else if at(p + 1) == Some(b'-') && p + 2 < self.pattern.len() {
                let (mut from, mut to) = (sign as i8, self.pattern[p + 2] as i8);
                if from > to {
                    (from, to) = (to, from);
                }
                let (from, to) = (self.lower(from as u8) as i8, self.lower(to as u8) as i8);
                let byte = self.lower(byte) as i8;
                found |= from <= byte && byte <= to;
                p += 3;
            } else {
                found |= self.lower(sign) == self.lower(byte);
                p += 1;
            }
        }
        (found != negated).then_some(p)
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((split, rest)) = input.split_first() else { return };
    let (pattern, text) = rest.split_at(usize::from(*split).min(rest.len()));
    for fold in [false, true] {
        let begin = Instant::now();
        let said = match fold {
            false => glob::matches(pattern, text),
            true => glob::matches_ignoring_case(pattern, text),
        };
        assert!(begin.elapsed() < PATIENCE, "{pattern:?} against {text:?}");
        let states = (pattern.len() + 1) * (text.len() + 1);
        let mut naive = Naive { pattern, text, fold, failed: vec![false; states] };
        // Not even a star matches nothing, in the reference.
        let expected = if text.is_empty() { pattern.is_empty() } else { naive.matches(0, 0) };
        assert_eq!(said, expected, "{pattern:?} against {text:?}, fold: {fold}");
    }
});
