//! Huge pages: memory that is in use for good is mapped by pages of 2 MiB, after the fact and on a thread of its own.
//!
//! A lookup in a large keyspace touches a few lines, each on a page of its own; with pages of 4 KiB the translation of their
//! addresses is missed as often as the lines are. Asking for huge pages where memory is first touched (`MADV_HUGEPAGE`)
//! costs milliseconds in the middle of a command, and up to 2 MiB for a few bytes. So memory is touched page by page as ever,
//! and where two aligned MiB have filled up, the kernel is asked to make one page of them (`MADV_COLLAPSE`, Linux 6.1). That
//! takes some hundred microseconds, in which only a thread that touches these 2 MiB, or maps memory, waits.
//!
//! Nothing is asked for where the system's administrator has set `transparent_hugepage` to `never`, and nowhere but in the
//! allocator's own memory. What is freed later is given back in small pages as before: the kernel splits the large one.

#[cfg(target_os = "linux")]
use std::ffi::c_void;

/// Bytes of a huge page.
const HUGE_BYTES: usize = 2 << 20;
/// Pages of such a stretch that may have been untouched: what they will take is no more than 1 %.
#[cfg(target_os = "linux")]
const UNTOUCHED_MAX: usize = 4;
/// Growth of what is in use that makes another look worthwhile, bytes; and as a part of what is in use.
const GROWTH_BYTES_MIN: usize = 8 * HUGE_BYTES;
const GROWTH_PART: usize = 16;

/// Looks for memory to be mapped by huge pages; see the head of the file.
#[derive(Default, Debug)]
pub struct HugePages {
    /// Bytes in use when it was last looked for.
    seen: usize,
    /// The kernel does not do it.
    is_refused: bool,
}

impl HugePages {
    /// To be called about once a second. Looks if enough has been allocated since the last time; `pause` is called after each
    /// stretch of 2 MiB that was dealt with, so that others get their turn.
    pub fn look(&mut self, pause: impl FnMut()) {
        let used = crate::used();
        self.seen = self.seen.min(used);
        if self.is_refused || used - self.seen < GROWTH_BYTES_MIN.max(used / GROWTH_PART) {
            return;
        }
        self.seen = used;
        self.is_refused = !collapse_all(pause);
    }
}

/// Whether the kernel does it at all.
#[cfg(target_os = "linux")]
fn collapse_all(mut pause: impl FnMut()) -> bool {
    let mode = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").unwrap_or_default();
    if !mode.contains("[always]") && !mode.contains("[madvise]") {
        return false;
    }
    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else { return false };
    for (from, to) in maps.lines().filter_map(anonymous) {
        let mut at = from.next_multiple_of(HUGE_BYTES);
        while at + HUGE_BYTES <= to {
            if is_ours(at) && is_touched(at) {
                match collapse(at) {
                    Outcome::Done => {}
                    Outcome::NotNow => return true,
                    Outcome::Never => return false,
                }
                pause();
            }
            at += HUGE_BYTES;
        }
    }
    true
}

/// The addresses of a line of `maps`, if it is about writable memory of no file.
#[cfg(any(target_os = "linux", test))]
fn anonymous(line: &str) -> Option<(usize, usize)> {
    let mut words = line.split_ascii_whitespace();
    let (range, rights) = (words.next()?, words.next()?);
    let is_anonymous = words.nth(2)? == "0" && words.next().is_none();
    if !is_anonymous || rights != "rw-p" {
        return None;
    }
    let (from, to) = range.split_once('-')?;
    Some((usize::from_str_radix(from, 16).ok()?, usize::from_str_radix(to, 16).ok()?))
}

#[cfg(target_os = "linux")]
fn is_ours(at: usize) -> bool {
    crate::backing::owns(std::ptr::without_provenance(at))
        && crate::backing::owns(std::ptr::without_provenance(at + HUGE_BYTES - 1))
}

/// Whether nearly every small page of a stretch is there.
#[cfg(target_os = "linux")]
fn is_touched(at: usize) -> bool {
    const PAGES: usize = HUGE_BYTES / 4096;
    let mut there = [0u8; PAGES];
    // SAFETY: asks only; `there` has a byte for each page. On systems with larger pages fewer are written, and nothing is
    // found to be touched.
    let asked = unsafe {
        libc::mincore(std::ptr::without_provenance_mut::<c_void>(at), HUGE_BYTES, there.as_mut_ptr().cast())
    };
    asked == 0 && there.iter().filter(|page| **page & 1 == 0).count() <= UNTOUCHED_MAX
}

#[cfg(target_os = "linux")]
enum Outcome {
    Done,
    /// There is no huge page to be had at present.
    NotNow,
    /// The kernel is too old.
    Never,
}

#[cfg(target_os = "linux")]
fn collapse(at: usize) -> Outcome {
    /// Since Linux 6.1.
    const MADV_COLLAPSE: i32 = 25;
    // SAFETY: changes how memory is mapped, not what it holds; that it is still mapped does not matter.
    let done =
        unsafe { libc::madvise(std::ptr::without_provenance_mut::<c_void>(at), HUGE_BYTES, MADV_COLLAPSE) };
    if done == 0 {
        return Outcome::Done;
    }
    match std::io::Error::last_os_error().raw_os_error() {
        Some(libc::EINVAL) => Outcome::Never,
        Some(libc::ENOMEM) => Outcome::NotNow,
        // This stretch is busy, or was unmapped in the meantime.
        _ => Outcome::Done,
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
    fn writable_memory_of_no_file_is_found() {
        assert_eq!(
            anonymous("7f0000000000-7f0000400000 rw-p 00000000 00:00 0 "),
            Some((0x7f00_0000_0000, 0x7f00_0040_0000))
        );
        for other in [
            "7f0000000000-7f0000400000 r--p 00000000 00:00 0 ",
            "7f0000000000-7f0000400000 rw-p 00000000 fe:00 17 /lib/x.so",
            "7ffc00000000-7ffc00400000 rw-p 00000000 00:00 0 [stack]",
            "nonsense",
        ] {
            assert_eq!(anonymous(other), None, "{other}");
        }
    }

    #[test]
    fn little_growth_is_not_looked_at() {
        let mut pages = HugePages::default();
        pages.look(|| panic!("nothing has grown in a test's few kilobytes"));
        assert_eq!(pages.seen, 0);
    }
}
