//! Huge pages: memory that is in use for good is mapped by pages of 2 MiB, after the fact and on a thread of its own.
//!
//! A lookup in a large keyspace touches a few lines, each on a page of its own; with pages of 4 KiB the translation of their
//! addresses is missed as often as the lines are. Asking for huge pages where memory is first touched (`MADV_HUGEPAGE`)
//! costs milliseconds in the middle of a command, and up to 2 MiB for a few bytes. So memory is touched page by page as ever,
//! and where two aligned MiB have filled up, the kernel is asked to make one page of them (`MADV_COLLAPSE`, Linux 6.1). That
//! takes some hundred microseconds, in which only a thread that touches these 2 MiB, or maps memory, waits.
//!
//! A bit a stretch remembers what was done, until some of the stretch goes back to the system.
//!
//! Nothing is asked for where the system's administrator has set `transparent_hugepage` to `never`, and nowhere but in the
//! slabs' regions. What is freed later is given back in small pages as before: the kernel splits the large one.

#[cfg(target_os = "linux")]
use crate::region::{self, REGION_BYTES};
#[cfg(target_os = "linux")]
use std::ffi::c_void;

/// Bytes of a huge page.
const HUGE_BYTES: usize = 2 << 20;
/// Pages of such a stretch that may have been untouched: what they will take is no more than 1 %.
#[cfg(target_os = "linux")]
const UNTOUCHED_MAX: usize = 4;
/// The same of a region's first stretch, which has room for more headers than there are.
#[cfg(target_os = "linux")]
const UNTOUCHED_FIRST_MAX: usize = 16;
/// Growth of what is in use that makes another look worthwhile, bytes; and as a part of what is in use.
const GROWTH_BYTES_MIN: usize = 8 * HUGE_BYTES;
const GROWTH_PART: usize = 16;
/// The same where growth has come to rest, so that the last of it is not left in small pages.
const REST_BYTES_MIN: usize = HUGE_BYTES;
const REST_PART: usize = 64;

/// Looks for memory to be mapped by huge pages; see the head of the file.
#[derive(Default, Debug)]
pub struct HugePages {
    /// Bytes in use when it was last looked for.
    seen: usize,
    /// Bytes in use when it was last asked for.
    before: usize,
    /// The kernel does not do it.
    is_refused: bool,
}

impl HugePages {
    /// To be called about once a second. Looks if enough has been allocated since the last time; `pause` is called after each
    /// stretch of 2 MiB that was dealt with, so that others get their turn.
    pub fn look(&mut self, pause: impl FnMut()) {
        let used = crate::used();
        if self.is_refused || !self.is_worthwhile(used) {
            return;
        }
        self.seen = used;
        self.is_refused = !collapse_all(pause);
    }

    /// Whether enough has been allocated since the last look, with `used` bytes in use now.
    fn is_worthwhile(&mut self, used: usize) -> bool {
        self.seen = self.seen.min(used);
        let rests = used.abs_diff(self.before) < REST_BYTES_MIN;
        self.before = used;
        let (least, part) = if rests { (REST_BYTES_MIN, REST_PART) } else { (GROWTH_BYTES_MIN, GROWTH_PART) };
        used - self.seen >= least.max(used / part)
    }
}

/// Whether the kernel does it at all.
#[cfg(target_os = "linux")]
fn collapse_all(mut pause: impl FnMut()) -> bool {
    let mode = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").unwrap_or_default();
    if !mode.contains("[always]") && !mode.contains("[madvise]") {
        return false;
    }
    let (mut regions, mut skipped) = ([0; 64], 0);
    loop {
        let count = region::list(skipped, &mut regions);
        skipped += count;
        if count == 0 {
            return true;
        }
        for region in &regions[..count] {
            for at in (*region..region + REGION_BYTES).step_by(HUGE_BYTES) {
                let untouched_max = if at == *region { UNTOUCHED_FIRST_MAX } else { UNTOUCHED_MAX };
                if region::is_huge(at) || !is_touched(at, untouched_max) {
                    continue;
                }
                match collapse(at) {
                    Outcome::Done => region::note_huge(at, true),
                    Outcome::Busy => {}
                    Outcome::NotNow => return true,
                    Outcome::Never => return false,
                }
                pause();
            }
        }
    }
}

/// Whether nearly every small page of a stretch is there.
#[cfg(target_os = "linux")]
fn is_touched(at: usize, untouched_max: usize) -> bool {
    const PAGES: usize = HUGE_BYTES / 4096;
    let mut there = [0u8; PAGES];
    // SAFETY: asks only; `there` has a byte for each page. On systems with larger pages fewer are written, and nothing is
    // found to be touched.
    let asked = unsafe {
        libc::mincore(std::ptr::without_provenance_mut::<c_void>(at), HUGE_BYTES, there.as_mut_ptr().cast())
    };
    asked == 0 && there.iter().filter(|page| **page & 1 == 0).count() <= untouched_max
}

#[cfg(target_os = "linux")]
enum Outcome {
    Done,
    /// This stretch is in use, or was unmapped in the meantime.
    Busy,
    /// There is no huge page to be had at present.
    NotNow,
    /// The kernel is too old.
    Never,
}

#[cfg(target_os = "linux")]
fn collapse(at: usize) -> Outcome {
    /// Since Linux 6.1.
    const MADV_COLLAPSE: i32 = 25;
    // SAFETY: changes how memory is mapped, not what it holds. Should the region have gone in the meantime, that is true of
    // whatever has come in its place.
    let advise =
        |advice| unsafe { libc::madvise(std::ptr::without_provenance_mut::<c_void>(at), HUGE_BYTES, advice) };
    // Regions say that they want none, so that none is made where they are touched first.
    advise(libc::MADV_HUGEPAGE);
    let done = advise(MADV_COLLAPSE);
    let error = std::io::Error::last_os_error();
    advise(libc::MADV_NOHUGEPAGE);
    if done == 0 {
        return Outcome::Done;
    }
    match error.raw_os_error() {
        Some(libc::EINVAL) => Outcome::Never,
        Some(libc::ENOMEM) => Outcome::NotNow,
        _ => Outcome::Busy,
    }
}

/// Other systems have no such call.
#[cfg(not(target_os = "linux"))]
fn collapse_all(_: impl FnMut()) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_growth_is_not_looked_at() {
        let mut pages = HugePages::default();
        pages.look(|| panic!("nothing has grown in a test's few kilobytes"));
        assert_eq!(pages.seen, 0);
    }

    #[test]
    fn growth_is_looked_at_in_steps_and_once_more_at_rest() {
        const MIB: usize = 1 << 20;
        let mut pages = HugePages::default();
        let mut looks = Vec::new();
        for used in [10, 20, 30, 30, 30, 34, 34, 34, 33, 20, 20].map(|mib| mib * MIB) {
            if pages.is_worthwhile(used) {
                pages.seen = used;
                looks.push(used / MIB);
            }
        }
        assert_eq!(looks, [20, 30, 34]);
    }
}
