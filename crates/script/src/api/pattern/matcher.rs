//! Matching: Lua's patterns (<https://www.lua.org/manual/5.1/manual.html#5.4.1>), by backtracking over bytes.
//!
//! Every step is counted, so that a pattern that would backtrack for ever ends when the script is told to, and the depth of
//! recursion is limited, so that no pattern runs over the thread's stack.

use crate::vm::{Raise, Stack};

/// Captures that a pattern may have.
const CAPTURES_MAX: usize = 32;
/// Signs of a set that are compared in one step: sets may be as long as there is memory.
const SIGNS_A_STEP: usize = 16;
/// Signs compared before steps are counted.
const SIGNS_AT_ONCE: usize = 1 << 16;
/// Calls within each other.
const DEPTH_MAX: usize = 1000;

/// A capture while it is being matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// It has not ended yet; where it began.
    Open(usize),
    /// From here on, so many bytes.
    Text(usize, usize),
    /// A position alone.
    Position(usize),
}

/// One match of a pattern against a subject.
pub struct Matcher<'m> {
    stack: &'m Stack,
    subject: &'m [u8],
    pattern: &'m [u8],
    pub captures: Vec<Capture>,
    depth: usize,
}

type Step<T> = Result<T, Raise>;

impl<'m> Matcher<'m> {
    pub fn new(stack: &'m Stack, subject: &'m [u8], pattern: &'m [u8]) -> Self {
        Matcher { stack, subject, pattern, captures: Vec::new(), depth: 0 }
    }

    /// The end of a match of the whole pattern that begins at a position.
    pub fn run(&mut self, at: usize) -> Step<Option<usize>> {
        self.captures.clear();
        self.depth = 0;
        self.matches(at, 0)
    }

    /// The byte of the pattern; NUL at its end.
    fn sign(&self, p: usize) -> u8 {
        self.pattern.get(p).copied().unwrap_or(0)
    }

    fn matches(&mut self, s: usize, p: usize) -> Step<Option<usize>> {
        if self.depth >= DEPTH_MAX {
            return Err(Raise::at("pattern too complex"));
        }
        self.depth += 1;
        let result = self.follow(s, p);
        self.depth -= 1;
        result
    }

    fn follow(&mut self, mut s: usize, mut p: usize) -> Step<Option<usize>> {
        loop {
            self.stack.work(1)?;
            let Some(&sign) = self.pattern.get(p) else { return Ok(Some(s)) };
            match sign {
                b'(' if self.sign(p + 1) == b')' => return self.open(s, p + 2, Capture::Position(s)),
                b'(' => return self.open(s, p + 1, Capture::Open(s)),
                b')' => return self.close(s, p + 1),
                b'$' if p + 1 == self.pattern.len() => return Ok((s == self.subject.len()).then_some(s)),
                b'%' if self.sign(p + 1) == b'b' => match self.balanced(s, p + 2)? {
                    Some(end) => (s, p) = (end, p + 4),
                    None => return Ok(None),
                },
                b'%' if self.sign(p + 1) == b'f' => {
                    p += 2;
                    if self.sign(p) != b'[' {
                        return Err(Raise::at("missing '[' after '%f' in pattern"));
                    }
                    let end = self.class_end(p)?;
                    let before = if s == 0 { 0 } else { self.subject[s - 1] };
                    let here = self.subject.get(s).copied().unwrap_or(0);
                    if self.in_set(before, p, end) || !self.in_set(here, p, end) {
                        return Ok(None);
                    }
                    p = end;
                }
                b'%' if self.sign(p + 1).is_ascii_digit() => match self.again(s, self.sign(p + 1))? {
                    Some(end) => (s, p) = (end, p + 2),
                    None => return Ok(None),
                },
                _ => {
                    let end = self.class_end(p)?;
                    let fits = s < self.subject.len() && self.fits(self.subject[s], p, end);
                    match self.sign(end) {
                        b'?' => {
                            if fits && let Some(found) = self.matches(s + 1, end + 1)? {
                                return Ok(Some(found));
                            }
                            p = end + 1;
                        }
                        b'*' => return self.most(s, p, end),
                        b'+' => return if fits { self.most(s + 1, p, end) } else { Ok(None) },
                        b'-' => return self.least(s, p, end),
                        _ if !fits => return Ok(None),
                        _ => (s, p) = (s + 1, end),
                    }
                }
            }
        }
    }

    /// Where the class that begins here ends.
    fn class_end(&self, p: usize) -> Step<usize> {
        let (sign, first) = (self.sign(p), p);
        let mut p = p + 1;
        if sign == b'%' {
            if p >= self.pattern.len() {
                return Err(Raise::at("malformed pattern (ends with '%')"));
            }
            return Ok(p + 1);
        }
        if sign == b'[' {
            p += usize::from(self.sign(p) == b'^');
            // The first sign is never the end.
            loop {
                if p >= self.pattern.len() {
                    return Err(Raise::at("malformed pattern (missing ']')"));
                }
                let is_escape = self.pattern[p] == b'%' && p + 1 < self.pattern.len();
                p += if is_escape { 2 } else { 1 };
                if self.sign(p) == b']' && p < self.pattern.len() {
                    self.stack.work((p - first) / SIGNS_A_STEP)?;
                    return Ok(p + 1);
                }
            }
        }
        Ok(p)
    }

    /// Whether a byte is of the class from `p` to `end`.
    fn fits(&self, byte: u8, p: usize, end: usize) -> bool {
        match self.pattern[p] {
            b'.' => true,
            b'%' => is_of_class(byte, self.sign(p + 1)),
            b'[' => self.in_set(byte, p, end),
            sign => sign == byte,
        }
    }

    /// Whether a byte is of the set from `p` (its bracket) to `end` (after its bracket).
    fn in_set(&self, byte: u8, p: usize, end: usize) -> bool {
        let last = end - 1;
        let mut p = p + 1;
        let negated = self.sign(p) == b'^';
        p += usize::from(negated);
        while p < last {
            let sign = self.pattern[p];
            if sign == b'%' {
                p += 1;
                if is_of_class(byte, self.sign(p)) {
                    return !negated;
                }
                p += 1;
            } else if self.sign(p + 1) == b'-' && p + 2 < last {
                if (sign..=self.pattern[p + 2]).contains(&byte) {
                    return !negated;
                }
                p += 3;
            } else {
                if sign == byte {
                    return !negated;
                }
                p += 1;
            }
        }
        negated
    }

    /// As many as there are, then fewer.
    fn most(&mut self, s: usize, p: usize, end: usize) -> Step<Option<usize>> {
        let (mut count, mut signs) = (0, 0);
        while s + count < self.subject.len() && self.fits(self.subject[s + count], p, end) {
            count += 1;
            signs += end - p;
            if signs >= SIGNS_AT_ONCE {
                self.stack.work(std::mem::take(&mut signs) / SIGNS_A_STEP)?;
            }
        }
        self.stack.work(signs / SIGNS_A_STEP)?;
        loop {
            if let Some(found) = self.matches(s + count, end + 1)? {
                return Ok(Some(found));
            }
            if count == 0 {
                return Ok(None);
            }
            count -= 1;
        }
    }

    /// As few as possible, then more.
    fn least(&mut self, mut s: usize, p: usize, end: usize) -> Step<Option<usize>> {
        loop {
            if let Some(found) = self.matches(s, end + 1)? {
                return Ok(Some(found));
            }
            if s >= self.subject.len() || !self.fits(self.subject[s], p, end) {
                return Ok(None);
            }
            self.stack.work((end - p) / SIGNS_A_STEP)?;
            s += 1;
        }
    }

    fn open(&mut self, s: usize, p: usize, capture: Capture) -> Step<Option<usize>> {
        if self.captures.len() >= CAPTURES_MAX {
            return Err(Raise::at("too many captures"));
        }
        self.captures.push(capture);
        let result = self.matches(s, p)?;
        if result.is_none() {
            self.captures.pop();
        }
        Ok(result)
    }

    fn close(&mut self, s: usize, p: usize) -> Step<Option<usize>> {
        let is_open = |capture: &Capture| matches!(capture, Capture::Open(_));
        let at = self.captures.iter().rposition(is_open).ok_or(Raise::at("invalid pattern capture"))?;
        let Capture::Open(start) = self.captures[at] else { return Ok(None) };
        self.captures[at] = Capture::Text(start, s - start);
        let result = self.matches(s, p)?;
        if result.is_none() {
            self.captures[at] = Capture::Open(start);
        }
        Ok(result)
    }

    /// `%bxy`
    fn balanced(&mut self, s: usize, p: usize) -> Step<Option<usize>> {
        if p + 1 >= self.pattern.len() {
            return Err(Raise::at("unbalanced pattern"));
        }
        let (open, close) = (self.pattern[p], self.pattern[p + 1]);
        if self.subject.get(s) != Some(&open) {
            return Ok(None);
        }
        let mut level = 1;
        for (at, byte) in self.subject.iter().enumerate().skip(s + 1) {
            if *byte == close {
                level -= 1;
                if level == 0 {
                    self.stack.work((at - s) / 16)?;
                    return Ok(Some(at + 1));
                }
            } else if *byte == open {
                level += 1;
            }
        }
        self.stack.work((self.subject.len() - s) / 16)?;
        Ok(None)
    }

    /// `%1` and so on: the text of a capture once more.
    fn again(&mut self, s: usize, digit: u8) -> Step<Option<usize>> {
        let at = usize::from(digit).wrapping_sub(usize::from(b'1'));
        let (start, length) = match self.captures.get(at) {
            Some(Capture::Text(start, length)) => (*start, *length),
            // A position has the length of nothing that could come again.
            Some(Capture::Position(_)) => return Ok(None),
            _ => return Err(Raise::at("invalid capture index")),
        };
        self.stack.work(length / 16)?;
        let text = &self.subject[start..start + length];
        Ok(self.subject[s..].starts_with(text).then_some(s + length))
    }
}

/// Whether a byte is of a class that a letter names; a capital names all others. Anything else stands for itself.
fn is_of_class(byte: u8, class: u8) -> bool {
    let is = match class.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => byte.is_ascii_whitespace() || byte == 11,
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        b'z' => byte == 0,
        _ => return class == byte,
    };
    is != class.is_ascii_uppercase()
}
