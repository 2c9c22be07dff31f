//! Reader: the commands of an append-only file in batches, with their checksums looked at.
//!
//! What is wrong with a file is one of two things. A file that is **truncated** ends within a command, or within MULTI: the
//! process was killed while it wrote, and nothing of that was acknowledged; or lines of filler within its last group show
//! where power was lost before the disk had all of it. Anything else is **corrupt**: a checksum that does not match, a form
//! that no writer gives, and, in a file with checksums, a length that runs past an end which is whole.
//!
//! Filler at the end is not seen as a part of the file. Behind a group it is followed by what another server has appended.
//!
//! Memory is bounded by the file: what a length asks for is compared with what is left before anything is allocated.

mod forms;
mod torn;

use self::forms::Part;
use super::{BEGIN, LINE_BYTES, checksum_in, digest, filler};
use crate::storage::{File, read_full_at};
use crc_fast::Digest;
use std::io;
use std::ops::Range;

/// Bytes that are read at once.
const READ_BYTES: usize = 1 << 20;

/// What is wrong with a file.
#[derive(Debug)]
pub enum Fault {
    /// It ends within a command or a transaction.
    Truncated {
        /// Where that begins: what lies before it is whole.
        whole: u64,
    },
    /// It has been damaged.
    Corrupt {
        /// Where that shows.
        at: u64,
        /// What lies before it was looked at and is right.
        good: u64,
        /// What is wrong.
        reason: String,
    },
    /// It could not be read.
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Io(error)
    }
}

/// Whole commands, in order.
#[derive(Debug)]
pub struct Batch<'r> {
    bytes: &'r [u8],
    args: &'r [Range<usize>],
    /// Number of arguments up to the end of each command.
    pub ends: &'r [usize],
    /// Where each command begins in the file.
    pub offsets: &'r [u64],
}

impl<'r> Batch<'r> {
    /// All arguments of all commands.
    pub fn args(&self) -> Vec<&'r [u8]> {
        self.args.iter().map(|range| &self.bytes[range.clone()]).collect()
    }
}

enum Input<'f> {
    File(&'f dyn File),
    /// Everything is in the buffer.
    Nothing,
}

/// See the head of the file.
pub struct Reader<'f> {
    input: Input<'f>,
    total: u64,
    buffer: Vec<u8>,
    /// Where the buffer's first byte is in the file.
    base: u64,
    /// What has been taken of the buffer.
    taken: usize,
    args: Vec<Range<usize>>,
    ends: Vec<usize>,
    offsets: Vec<u64>,
    /// The checksum since the last line of one, once checksums have begun.
    running: Option<Digest>,
    /// Behind the last checksum that was right.
    checked: u64,
    /// Behind the last command that is not within MULTI.
    whole: u64,
    is_within_multi: bool,
    /// Filler has come, and nothing behind it so far.
    is_behind_filler: bool,
    /// What lay before the last filler that somebody has gone on behind.
    resumed: Option<u64>,
    /// The group that begins here is whole, though it looks as if it were not.
    cleared: Option<u64>,
    /// The last time, Unix seconds, up to which the file is read.
    until: i64,
    /// What was whole before the first annotation of a later time, once that has come.
    before_later: Option<u64>,
}

impl<'f> Reader<'f> {
    /// Reads a file from an offset on: behind an RDB preamble, or from its start.
    pub fn new(file: &'f dyn File, from: u64) -> io::Result<Reader<'f>> {
        let total = filler::end_of_data(file)?.max(from);
        Ok(Reader { total, ..Reader::from_parts(Input::File(file), Vec::new(), from) })
    }

    /// Reads groups that are the middle of a file with checksums.
    pub(super) fn of_groups(bytes: &[u8]) -> Reader<'static> {
        let total = bytes.len() as u64;
        let running = Some(digest());
        Reader { total, running, ..Reader::from_parts(Input::Nothing, bytes.to_vec(), 0) }
    }

    fn from_parts(input: Input<'_>, buffer: Vec<u8>, from: u64) -> Reader<'_> {
        Reader {
            input,
            total: from,
            buffer,
            base: from,
            taken: 0,
            args: Vec::new(),
            ends: Vec::new(),
            offsets: Vec::new(),
            running: None,
            checked: from,
            whole: from,
            is_within_multi: false,
            is_behind_filler: false,
            resumed: None,
            cleared: None,
            until: i64::MAX,
            before_later: None,
        }
    }

    /// Has the file end before the first annotation of a time (Unix seconds) later than this.
    pub fn read_until(&mut self, seconds: i64) {
        self.until = seconds;
    }
    /// Where it has ended for that.
    pub fn before_later(&self) -> Option<u64> {
        self.before_later
    }

    /// Bytes of the file, without the filler at its end.
    pub fn total(&self) -> u64 {
        self.total
    }
    /// Where the next command is looked for.
    pub fn position(&self) -> u64 {
        self.base + self.taken as u64
    }
    /// Behind the last checksum that was looked at.
    pub fn checked_end(&self) -> u64 {
        self.checked
    }
    /// Whether the file has checksums so far.
    pub fn has_checksums(&self) -> bool {
        self.running.is_some()
    }

    /// The next commands, at most so many; none at the end of a file that is whole. What stands before a fault is handed out
    /// first.
    pub fn next(&mut self, commands_max: usize) -> Result<Option<Batch<'_>>, Fault> {
        self.args.clear();
        self.ends.clear();
        self.offsets.clear();
        while self.ends.len() < commands_max {
            if self.before_later.is_some() {
                if self.ends.is_empty() {
                    return Ok(None);
                }
                break;
            }
            match self.part(self.taken) {
                Part::Command(_) if self.is_behind_filler && !self.is_a_beginning() => {
                    let reason = "a command behind filler that no server begins with";
                    return Err(self.corrupt(self.position(), reason));
                }
                Part::Command(size) => {
                    if self.looks_torn(size) {
                        if let Some(end) = self.ends.last() {
                            self.args.truncate(*end);
                            break;
                        }
                        self.clear_group()?;
                    }
                    self.take_command(size);
                }
                Part::Annotation(size) => {
                    if let Err(fault) = self.take_annotation(size) {
                        if self.ends.is_empty() {
                            return Err(fault);
                        }
                        break;
                    }
                }
                Part::Filler(_) | Part::Partial(_) | Part::Bad(..) if !self.ends.is_empty() => break,
                Part::Filler(size) => self.take_filler(size)?,
                Part::Partial(needed) => {
                    if !self.refill(needed)? {
                        return self.end().map(|()| None);
                    }
                }
                Part::Bad(at, reason) => return Err(self.fault(self.base + at as u64, reason)),
            }
        }
        let Reader { buffer, args, ends, offsets, .. } = &*self;
        Ok(Some(Batch { bytes: buffer, args, ends, offsets }))
    }

    /// Filler that is not at the end. Where a checksum is due, a part of the group has never reached the disk.
    fn take_filler(&mut self, size: usize) -> Result<(), Fault> {
        let at = self.position();
        if !self.is_behind_filler && at != self.checked {
            return Err(self.fault(at, "filler within a group"));
        }
        self.is_behind_filler = true;
        self.taken += size;
        Ok(())
    }

    /// Whether what comes next is what servers begin with when they go on with a file, and not the middle of a group.
    fn is_a_beginning(&self) -> bool {
        let rest = &self.buffer[self.taken..];
        rest.starts_with(b"*2\r\n$6\r\nSELECT\r\n") || rest.starts_with(b"*1\r\n$5\r\nMULTI\r\n")
    }

    /// What follows filler was written by somebody else, without checksums.
    fn leave_filler(&mut self) {
        if std::mem::take(&mut self.is_behind_filler) {
            self.running = None;
            self.resumed = Some(self.whole);
            self.checked = self.position();
        }
    }

    fn take_command(&mut self, size: usize) {
        self.leave_filler();
        let first = self.ends.last().copied().unwrap_or(0);
        let args = &self.args[first..];
        if let [only] = args {
            let word = &self.buffer[only.clone()];
            self.is_within_multi = match self.is_within_multi {
                true => !(word.eq_ignore_ascii_case(b"exec") || word.eq_ignore_ascii_case(b"discard")),
                false => word.eq_ignore_ascii_case(b"multi"),
            };
        }
        self.offsets.push(self.position());
        self.ends.push(self.args.len());
        self.advance(size);
        if !self.is_within_multi {
            self.whole = self.position();
        }
    }

    fn advance(&mut self, size: usize) {
        if let Some(running) = &mut self.running {
            running.update(&self.buffer[self.taken..self.taken + size]);
        }
        self.taken += size;
    }

    fn take_annotation(&mut self, size: usize) -> Result<(), Fault> {
        let line = &self.buffer[self.taken..self.taken + size];
        let at = self.position();
        let found = match checksum_in(line) {
            Some(found) => found,
            None if line.starts_with(b"#CRC:") => {
                return Err(self.fault(at, "a checksum's line is damaged"));
            }
            None if line.starts_with(b"#TS:") || (self.running.is_none() && at > 0) => {
                if time_in(line).is_some_and(|time| time > self.until) {
                    self.before_later = Some(self.whole);
                    return Ok(());
                }
                self.leave_filler();
                self.advance(size);
                return Ok(());
            }
            None => return Err(self.fault(at, "an annotation that nobody writes")),
        };
        if self.is_behind_filler && found.is_some() {
            return Err(self.fault(at, "a checksum of bytes that are missing"));
        }
        self.leave_filler();
        let running = self.running.as_ref().map(|running| running.finalize() as u32);
        match (found, running) {
            (Some(_), None) => {
                // What came since filler may be the middle of a group, after all.
                self.whole = self.resumed.unwrap_or(self.whole);
                return Err(self.fault(at, "a checksum, but none has begun"));
            }
            (Some(found), Some(running)) if found != running => {
                let reason = format!(
                    "the checksum of the bytes from {} to {at} is {running:08x}, but {found:08x} is noted",
                    self.checked
                );
                return Err(self.fault(at, reason));
            }
            _ => {}
        }
        self.running = Some(digest());
        self.resumed = None;
        self.taken += size;
        self.checked = self.position();
        if !self.is_within_multi {
            self.whole = self.checked;
        }
        Ok(())
    }

    fn fault(&self, at: u64, reason: impl Into<String>) -> Fault {
        match self.misses_sectors() {
            Ok(true) => Fault::Truncated { whole: self.whole },
            Ok(false) => self.corrupt(at, reason),
            Err(error) => Fault::Io(error),
        }
    }

    fn corrupt(&self, at: u64, reason: impl Into<String>) -> Fault {
        // Without checksums what was read so far is all that is known to be right.
        let good = if self.running.is_some() { self.checked } else { self.whole };
        Fault::Corrupt { at, good, reason: reason.into() }
    }

    /// Reads on, so that `needed` bytes from where we are can be had; false if the file ends before.
    fn refill(&mut self, needed: u64) -> io::Result<bool> {
        let have = self.buffer.len() - self.taken;
        let left = self.total - self.base - self.buffer.len() as u64;
        if left == 0 || needed > have as u64 + left {
            return Ok(false);
        }
        self.buffer.drain(..self.taken);
        self.base += self.taken as u64;
        self.taken = 0;
        let more = (needed as usize).saturating_sub(have).max(READ_BYTES).min(left as usize);
        self.buffer.resize(have + more, 0);
        let Input::File(file) = self.input else { return Ok(false) };
        let count = read_full_at(file, self.base + have as u64, &mut self.buffer[have..])?;
        self.buffer.truncate(have + count);
        if count < more {
            // Somebody has cut the file meanwhile.
            self.total = self.base + self.buffer.len() as u64;
        }
        Ok(count > 0)
    }

    /// What lies before the end is no whole command: whether that is all right.
    fn end(&mut self) -> Result<(), Fault> {
        let at = self.position();
        if at == self.total && !self.is_within_multi {
            return Ok(());
        }
        if self.running.is_some() && at < self.total {
            self.look_at_end(at)?;
        }
        Err(Fault::Truncated { whole: self.whole })
    }

    /// In a file with checksums: whether the rest can be the start of something.
    fn look_at_end(&mut self, at: u64) -> Result<(), Fault> {
        let length = (self.total - at).min(LINE_BYTES as u64) as usize;
        let mut first = vec![0; length];
        self.peek(at, &mut first)?;
        if self.last_line(at)?.is_some() {
            return Err(self.fault(at, "a length runs past the end, though the end is whole"));
        }
        let is_start_of = |whole: &[u8]| first.iter().zip(whole).all(|(a, b)| a == b);
        let is_checksum = first.iter().zip(BEGIN).enumerate().all(|(index, (byte, form))| {
            if (5..13).contains(&index) {
                matches!(byte, b'-' | b'0'..=b'9' | b'a'..=b'f')
            } else {
                byte == form
            }
        });
        if first[0] == b'#' && !(is_start_of(b"#TS:") || (is_checksum && length < LINE_BYTES)) {
            return Err(self.fault(at, "an annotation that nobody writes"));
        }
        Ok(())
    }

    fn peek(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        if let Input::File(file) = self.input {
            read_full_at(file, at, bytes)?;
        } else {
            let from = (at - self.base) as usize;
            bytes.copy_from_slice(&self.buffer[from..from + bytes.len()]);
        }
        Ok(())
    }
}

/// The time of an annotation: `#TS:` and Unix seconds.
fn time_in(line: &[u8]) -> Option<i64> {
    let seconds = line.strip_prefix(b"#TS:")?.strip_suffix(b"\r\n")?;
    std::str::from_utf8(seconds).ok()?.parse().ok()
}
