//! `string.find`, `match`, `gmatch` and `gsub`. Lua's own would run over the stack or for ever with patterns made for that.

mod matcher;

use super::chunk::{check_text, number_argument, text_argument};
use crate::vm::{Kind, Outcome, Raise, Stack};
use matcher::{Capture, Matcher};

/// Replaces the functions of the library on the top.
pub fn add(stack: &mut Stack) {
    stack.push_function(find);
    stack.set_field(-2, "find");
    stack.push_function(match_once);
    stack.set_field(-2, "match");
    stack.push_function(gsub);
    stack.set_field(-2, "gsub");
    // The older name is the same function.
    stack.push_function(gmatch);
    stack.push_copy(-1);
    stack.set_field(-3, "gfind");
    stack.set_field(-2, "gmatch");
}

/// Signs that mean more than themselves.
const SPECIALS: &[u8] = b"^$*+?.([%-";

fn find(stack: &mut Stack) -> Outcome {
    search(stack, true)
}

fn match_once(stack: &mut Stack) -> Outcome {
    search(stack, false)
}

/// Where to begin, from an argument that counts from 1, or from the end if it is negative.
fn start(stack: &Stack, number: i32, length: usize) -> Result<usize, Raise> {
    let init = match stack.kind(number) {
        Kind::None | Kind::Nil => 1,
        _ => number_argument(stack, number)? as i64,
    };
    let length = length as i64;
    let from = if init < 0 { init.saturating_add(length) } else { init - 1 };
    Ok(from.clamp(0, length) as usize)
}

/// A pattern without its caret, and whether it has one.
fn anchored(pattern: &[u8]) -> (bool, &[u8]) {
    match pattern.strip_prefix(b"^") {
        Some(rest) => (true, rest),
        None => (false, pattern),
    }
}

/// A match: where it begins and ends, and its captures.
type Match = (usize, usize, Vec<Capture>);

/// The first match at `start` or behind it.
fn first(
    stack: &Stack,
    subject: &[u8],
    pattern: &[u8],
    is_anchored: bool,
    start: usize,
) -> Result<Option<Match>, Raise> {
    let mut matcher = Matcher::new(stack, subject, pattern);
    let last = if is_anchored { start } else { subject.len() };
    for at in start..=last {
        if let Some(end) = matcher.run(at)? {
            return Ok(Some((at, end, matcher.captures)));
        }
    }
    Ok(None)
}

fn search(stack: &mut Stack, is_find: bool) -> Outcome {
    check_text(stack, 1)?;
    check_text(stack, 2)?;
    let start = start(stack, 3, stack.length(1))?;
    let subject = stack.bytes(1).unwrap_or_default();
    let pattern = stack.bytes(2).unwrap_or_default();
    if is_find && (stack.truth(4) || !pattern.iter().any(|sign| SPECIALS.contains(sign))) {
        stack.work(subject.len() / 64)?;
        let (found, length) = (memchr::memmem::find(&subject[start..], pattern), pattern.len());
        let Some(at) = found else {
            stack.push_nil();
            return Ok(1);
        };
        stack.push_number((start + at + 1) as f64);
        stack.push_number((start + at + length) as f64);
        return Ok(2);
    }
    let (is_anchored, rest) = anchored(pattern);
    match first(stack, subject, rest, is_anchored, start)? {
        Some((at, end, captures)) if is_find => {
            stack.push_number((at + 1) as f64);
            stack.push_number(end as f64);
            Ok(2 + push_captures(stack, &captures, None)?)
        }
        Some((at, end, captures)) => push_captures(stack, &captures, Some((at, end))),
        None => {
            stack.push_nil();
            Ok(1)
        }
    }
}

/// Pushes the captures of the subject, the first argument; if there is none, the whole match, where that is asked for.
fn push_captures(stack: &mut Stack, captures: &[Capture], whole: Option<(usize, usize)>) -> Outcome {
    if let (Some((start, end)), true) = (whole, captures.is_empty()) {
        stack.push_part(1, start, end - start);
        return Ok(1);
    }
    stack.reserve(captures.len() + 4).map_err(|_| Raise::at("stack overflow (too many captures)"))?;
    for capture in captures {
        push_capture(stack, *capture)?;
    }
    Ok(captures.len())
}

fn push_capture(stack: &mut Stack, capture: Capture) -> Result<(), Raise> {
    match capture {
        Capture::Text(start, length) => stack.push_part(1, start, length),
        Capture::Position(at) => stack.push_number((at + 1) as f64),
        Capture::Open(_) => return Err(Raise::at("unfinished capture")),
    }
    Ok(())
}

/// `string.gmatch(text, pattern)`: the iterator has text, pattern and position as its upvalues.
fn gmatch(stack: &mut Stack) -> Outcome {
    check_text(stack, 1)?;
    check_text(stack, 2)?;
    stack.push_copy(1);
    stack.push_copy(2);
    stack.push_number(0.0);
    stack.push_closure(next_match, 3);
    Ok(1)
}

fn next_match(stack: &mut Stack) -> Outcome {
    stack.truncate(0);
    for upvalue in 1..=3 {
        stack.push_upvalue(upvalue);
    }
    let from = stack.number(3).unwrap_or(0.0) as usize;
    let subject = stack.bytes(1).unwrap_or_default();
    let pattern = stack.bytes(2).unwrap_or_default();
    if from > subject.len() {
        return Ok(0);
    }
    // A caret has no meaning here: it stands for itself.
    let Some((at, end, captures)) = first(stack, subject, pattern, false, from)? else { return Ok(0) };
    // After an empty match the next one is looked for a byte later.
    stack.push_number(if end == at { end + 1 } else { end } as f64);
    stack.set_upvalue(3);
    push_captures(stack, &captures, Some((at, end)))
}

/// `string.gsub(text, pattern, replacement [, most])`
fn gsub(stack: &mut Stack) -> Outcome {
    check_text(stack, 1)?;
    check_text(stack, 2)?;
    let replacement = match stack.kind(3) {
        Kind::String | Kind::Number => Some(text_argument(stack, 3)?),
        Kind::Function | Kind::Table => None,
        _ => return Err(Raise::argument(3, "string/function/table expected")),
    };
    let length = stack.length(1);
    let most = match stack.kind(4) {
        Kind::None | Kind::Nil => length as i64 + 1,
        _ => i64::from(number_argument(stack, 4)? as i64 as i32),
    };
    let mut out = Vec::new();
    let (mut at, mut count) = (0, 0i64);
    while count < most {
        let (is_anchored, pattern) = anchored(stack.bytes(2).unwrap_or_default());
        let mut matcher = Matcher::new(stack, stack.bytes(1).unwrap_or_default(), pattern);
        let end = matcher.run(at)?;
        let captures = matcher.captures;
        if let Some(end) = end {
            count += 1;
            let found = Found { captures: &captures, start: at, end };
            match &replacement {
                Some(text) => found.fill(stack.bytes(1).unwrap_or_default(), text, &mut out)?,
                None => found.ask(stack, &mut out)?,
            }
            stack.afford(out.len())?;
        }
        match end {
            Some(end) if end > at => at = end,
            _ if at < length => {
                out.push(stack.bytes(1).unwrap_or_default()[at]);
                at += 1;
            }
            _ => break,
        }
        if is_anchored {
            break;
        }
    }
    out.extend_from_slice(stack.bytes(1).unwrap_or_default().get(at..).unwrap_or_default());
    stack.push_bytes(&out);
    stack.push_number(count as f64);
    Ok(2)
}

/// A match that is to be replaced.
struct Found<'f> {
    captures: &'f [Capture],
    start: usize,
    end: usize,
}

impl Found<'_> {
    /// The capture with a number from 0 on; the whole match is the first one if the pattern has none.
    fn capture(&self, at: usize) -> Result<Capture, Raise> {
        match self.captures.get(at) {
            Some(capture) => Ok(*capture),
            None if at == 0 => Ok(Capture::Text(self.start, self.end - self.start)),
            None => Err(Raise::at("invalid capture index")),
        }
    }

    /// Appends a replacement text, in which `%0` to `%9` stand for captures.
    fn fill(&self, subject: &[u8], text: &[u8], out: &mut Vec<u8>) -> Result<(), Raise> {
        let mut signs = text.iter();
        while let Some(sign) = signs.next() {
            if *sign != b'%' {
                out.push(*sign);
                continue;
            }
            // A lone sign at the end stands for the NUL behind the text.
            match signs.next().copied().unwrap_or(0) {
                b'0' => out.extend_from_slice(&subject[self.start..self.end]),
                digit @ b'1'..=b'9' => match self.capture(usize::from(digit - b'1'))? {
                    Capture::Text(start, length) => {
                        out.extend_from_slice(&subject[start..start + length]);
                    }
                    Capture::Position(at) => out.extend_from_slice((at + 1).to_string().as_bytes()),
                    Capture::Open(_) => return Err(Raise::at("unfinished capture")),
                },
                other => out.push(other),
            }
        }
        Ok(())
    }

    /// Appends what the function or table in the third argument has for the match; nothing and false leave it as it is.
    fn ask(&self, stack: &mut Stack, out: &mut Vec<u8>) -> Result<(), Raise> {
        stack.truncate(4);
        if stack.kind(3) == Kind::Function {
            stack.push_copy(3);
            let whole = Some((self.start, self.end));
            let count = push_captures(stack, self.captures, whole)?;
            stack.call(count as i32, 1)?;
        } else {
            // By a function of Lua's own, since a metatable may have the answer.
            stack.push_copy(3);
            push_capture(stack, self.capture(0)?)?;
            stack.index()?;
        }
        let text = match stack.kind(-1) {
            Kind::Nil => None,
            Kind::Boolean if !stack.truth(-1) => None,
            Kind::String | Kind::Number => Some(text_argument(stack, stack.top())?),
            kind => {
                return Err(Raise::text(format!("invalid replacement value (a {})", kind.name())));
            }
        };
        stack.pop(1);
        match text {
            Some(text) => out.extend_from_slice(&text),
            None => out.extend_from_slice(&stack.bytes(1).unwrap_or_default()[self.start..self.end]),
        }
        Ok(())
    }
}
