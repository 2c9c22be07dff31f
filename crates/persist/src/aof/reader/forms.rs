//! Forms: what stands at a place of the buffer: a command, an annotation, filler, or nothing that a writer gives.

use super::{Reader, filler};

/// Longest line: an annotation, or a number with its sign.
const LINE_BYTES_MAX: usize = 1024;
/// Most arguments of a command.
const ARGS_MAX: u64 = 1 << 20;

/// What stands somewhere in the buffer.
pub(super) enum Part {
    /// A command of so many bytes; its arguments were added.
    Command(usize),
    /// A line that begins with `#`, with its end.
    Annotation(usize),
    /// A line of filler, or what is left of one.
    Filler(usize),
    /// It goes on; at least so many bytes of it are needed.
    Partial(u64),
    /// No writer gives that.
    Bad(usize, &'static str),
}

enum Line {
    /// Where it ends.
    Whole(usize),
    /// So many bytes of it are needed.
    Partial(u64),
    Bad,
}

impl Reader<'_> {
    /// What stands at a place of the buffer.
    pub(super) fn part(&mut self, from: usize) -> Part {
        match self.buffer.get(from) {
            None => return Part::Partial(1),
            Some(b'#') => {
                if self.running.is_some()
                    && let Some(size) = filler::line_at(self.base + from as u64, &self.buffer[from..])
                {
                    let is_here = from + size <= self.buffer.len();
                    return if is_here { Part::Filler(size) } else { Part::Partial(size as u64) };
                }
                return match self.line(from) {
                    Line::Whole(end) => Part::Annotation(end - from),
                    Line::Partial(needed) => Part::Partial(needed),
                    Line::Bad => Part::Bad(from, "a line is too long"),
                };
            }
            Some(b'*') => {}
            Some(_) => return Part::Bad(from, "expected a command ('*') or an annotation ('#')"),
        }
        let args_before = self.args.len();
        let part = self.command(from);
        if !matches!(part, Part::Command(_)) {
            self.args.truncate(args_before);
        }
        part
    }

    fn command(&mut self, from: usize) -> Part {
        let (count, mut at) = match self.number(from, b'*') {
            Ok(found) => found,
            Err(part) => return part,
        };
        if count == 0 || count > ARGS_MAX {
            return Part::Bad(from, "a number of arguments that no command has");
        }
        for left in (0..count).rev() {
            let (length, start) = match self.number(at, b'$') {
                Ok(found) => found,
                Err(Part::Partial(_)) => {
                    // Each argument that is to come has at least six bytes.
                    let needed = (self.buffer.len() - from) as u64 + 1 + left * 6;
                    return Part::Partial(needed);
                }
                Err(part) => return part,
            };
            let end = start as u64 + length;
            if end + 2 > self.buffer.len() as u64 {
                return Part::Partial(end + 2 - from as u64);
            }
            let end = end as usize;
            if &self.buffer[end..end + 2] != b"\r\n" {
                return Part::Bad(end, "expected the end of an argument");
            }
            self.args.push(start..end);
            at = end + 2;
        }
        Part::Command(at - from)
    }

    /// A line of a mark and a number; the number, and where the line ends.
    fn number(&self, from: usize, mark: u8) -> Result<(u64, usize), Part> {
        match self.buffer.get(from) {
            None => return Err(Part::Partial(0)),
            Some(byte) if *byte != mark => {
                return Err(Part::Bad(from, "expected a length"));
            }
            Some(_) => {}
        }
        let end = match self.line(from) {
            Line::Whole(end) => end,
            Line::Partial(_) => {
                let digits = &self.buffer[from + 1..];
                let is_start = digits.iter().position(|b| !b.is_ascii_digit());
                return match is_start {
                    Some(stop) if digits[stop..] != *b"\r" => Err(Part::Bad(from, "expected a number")),
                    _ => Err(Part::Partial(0)),
                };
            }
            Line::Bad => return Err(Part::Bad(from, "a line is too long")),
        };
        let digits = &self.buffer[from + 1..end - 2];
        let is_number = !digits.is_empty() && digits.len() <= 18 && digits.iter().all(u8::is_ascii_digit);
        if !is_number {
            return Err(Part::Bad(from, "expected a number"));
        }
        Ok((digits.iter().fold(0, |n, digit| n * 10 + u64::from(digit - b'0')), end))
    }

    fn line(&self, from: usize) -> Line {
        let window = &self.buffer[from..self.buffer.len().min(from + LINE_BYTES_MAX)];
        match window.iter().position(|b| *b == b'\n') {
            Some(at) if at > 0 && window[at - 1] == b'\r' => Line::Whole(from + at + 1),
            Some(_) => Line::Bad,
            None if window.len() == LINE_BYTES_MAX => Line::Bad,
            None => Line::Partial(window.len() as u64 + 1),
        }
    }
}
