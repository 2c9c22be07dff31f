//! Torn: a last group of which the disk does not have all sectors, for power was lost before its sync ended.
//!
//! It was written over filler, which is still there in the sectors that are missing. Nobody has been told that the group is safe,
//! so the file counts as truncated where the first of them begins. Only the last group can be torn: each is synced before the
//! next is written.

use super::{Fault, READ_BYTES, Reader};
use crate::aof::{PADDED_LINE_BYTES, checksum_at, checksum_in, digest, filler};
use std::io;

impl Reader<'_> {
    /// Whether there is what looks like filler in the next command, so that parts of it may never have reached the disk.
    pub(super) fn looks_torn(&self, size: usize) -> bool {
        self.running.is_some()
            && self.cleared != Some(self.checked)
            && filler::is_within(self.position(), &self.buffer[self.taken..self.taken + size])
    }

    /// Makes sure that nothing of the group at hand is missing, before anything of it that looks so is handed out.
    pub(super) fn clear_group(&mut self) -> Result<(), Fault> {
        if self.misses_sectors()? && !self.is_last_group_right()? {
            return Err(Fault::Truncated { whole: self.whole });
        }
        self.cleared = Some(self.checked);
        Ok(())
    }

    /// Whether the rest of the file, which is one group, ends with its checksum.
    fn is_last_group_right(&self) -> io::Result<bool> {
        let Some(line) = self.last_line(self.checked)? else { return Ok(false) };
        let end = self.total - line.len() as u64;
        let (mut at, mut digest, mut bytes) = (self.checked, digest(), Vec::new());
        while at < end {
            bytes.resize((end - at).min(READ_BYTES as u64) as usize, 0);
            self.peek(at, &mut bytes)?;
            digest.update(&bytes);
            at += bytes.len() as u64;
        }
        Ok(checksum_in(&line) == Some(Some(digest.finalize() as u32)))
    }

    /// The end of the file, from a checksum's line on, if there is one among its last bytes behind an offset.
    pub(super) fn last_line(&self, from: u64) -> io::Result<Option<Vec<u8>>> {
        let mut last = vec![0; (self.total - from).min(PADDED_LINE_BYTES as u64) as usize];
        self.peek(self.total - last.len() as u64, &mut last)?;
        let start = (0..last.len()).find(|start| checksum_at(&last[*start..]).is_some());
        Ok(start.map(|start| last.split_off(start)))
    }

    /// Whether the rest of the file is one group with what looks like filler in it.
    pub(super) fn misses_sectors(&self) -> io::Result<bool> {
        if self.running.is_none() {
            return Ok(false);
        }
        let mut has_filler = false;
        let (mut at, mut bytes) = (self.checked, Vec::new());
        while at < self.total {
            // Lines of filler are not divided, and what lies across the pieces that are looked at is in both.
            let end = self.total.min((at + READ_BYTES as u64).next_multiple_of(filler::LINE));
            bytes.resize((end - at) as usize, 0);
            self.peek(at, &mut bytes)?;
            has_filler |= filler::is_within(at, &bytes);
            let is_followed = |from: usize| {
                let line = checksum_at(&bytes[from..]);
                line.is_some_and(|size| at + ((from + size) as u64) < self.total)
            };
            if (0..bytes.len()).any(is_followed) {
                return Ok(false);
            }
            at = if end == self.total { end } else { end - filler::LINE };
        }
        Ok(has_filler)
    }
}
