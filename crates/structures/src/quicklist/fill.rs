//! How full a node may get: the reference's `list-max-listpack-size`.

/// Nodes limited by a count of elements still stay below this, in bytes.
const SAFETY_BYTES: usize = 8192;
/// What one more element is reckoned to cost beside its text; an overestimate, part of the reference's rule.
const ENTRY_OVERHEAD: usize = 8;
/// What the reference reckons that joining two nodes saves: a ziplist's header and end byte, though a listpack's are
/// four bytes shorter. A joined node may so be up to four bytes past the limit.
const MERGE_SAVING: usize = 11;

/// A node's limit: -1 to -5 for 4, 8, 16, 32 or 64 KiB, or a positive count of elements (and 8 KiB).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill(i16);

impl Default for Fill {
    fn default() -> Self {
        Fill(-2)
    }
}

impl Fill {
    /// Takes the configured number as the reference does: below -5 is -5, and 0 is 1.
    pub fn new(configured: i64) -> Self {
        match configured {
            0 => Fill(1),
            _ => Fill(configured.clamp(-5, i64::from(i16::MAX)) as i16),
        }
    }

    /// Most bytes and most elements of a node; `usize::MAX` where the other one decides.
    pub fn limits(self) -> (usize, usize) {
        if self.0 < 0 { (2048 << -self.0, usize::MAX) } else { (usize::MAX, self.0 as usize) }
    }

    /// Whether a node of so many bytes and elements is past the limit: when a listpack has to become a quicklist.
    #[inline]
    pub fn is_exceeded(self, bytes: usize, count: usize) -> bool {
        match self.limits() {
            (usize::MAX, most) => bytes > SAFETY_BYTES || count > most,
            (most, _) => bytes > most,
        }
    }

    /// Whether an element of `len` bytes may join a node of so many bytes and elements.
    #[inline]
    pub(super) fn admits(self, bytes: usize, count: usize, len: usize) -> bool {
        !self.is_exceeded(bytes.saturating_add(len).saturating_add(ENTRY_OVERHEAD), count + 1)
    }

    /// Whether two nodes with so many bytes and elements together may become one.
    pub(super) fn admits_merged(self, bytes: usize, count: usize) -> bool {
        !self.is_exceeded(bytes.saturating_sub(MERGE_SAVING), count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_the_reference() {
        let bytes = [-1, -2, -3, -4, -5, -9].map(|fill| Fill::new(fill).limits().0);
        assert_eq!(bytes, [4096, 8192, 16384, 32768, 65536, 65536]);
        assert_eq!(Fill::new(0).limits(), (usize::MAX, 1));
        assert_eq!(Fill::new(128).limits(), (usize::MAX, 128));
        assert!(Fill::new(128).is_exceeded(9000, 2));
        assert!(!Fill::new(-2).is_exceeded(8192, 4000));
        assert!(Fill::new(-2).is_exceeded(8193, 1));
    }
}
