//! Text: an immutable string in one allocation behind one thin pointer.
//!
//! ```text
//!   byte 0     1                  (up to 254 bytes)
//!        +-----+---------------
//!        | len | bytes ...
//!        +-----+---------------
//!        | 255 | len (u64 LE) | bytes ...          (longer)
//!        +-----+--------------+----
//! ```

use crate::thin::Thin;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

const LONG: usize = 255;
const SHORT_HEADER: usize = 1;
const LONG_HEADER: usize = 9;

/// See the head of the file.
pub(crate) struct Text(NonNull<u8>);

// SAFETY: the allocation is plain data that its one owner sends along.
unsafe impl Send for Text {}
// SAFETY: the bytes never change.
unsafe impl Sync for Text {}
// SAFETY: `into_raw` and `from_raw` are inverse, and the allocation never moves.
unsafe impl Thin for Text {
    #[inline(always)]
    fn into_raw(self) -> NonNull<u8> {
        let raw = self.0;
        std::mem::forget(self);
        raw
    }
    #[inline(always)]
    unsafe fn from_raw(raw: NonNull<u8>) -> Self {
        Text(raw)
    }
}

fn layout(len: usize) -> Layout {
    let header = if len < LONG { SHORT_HEADER } else { LONG_HEADER };
    Layout::from_size_align(header + len, 1).expect("a length that fits in memory")
}

impl Text {
    /// A copy of `bytes`.
    pub fn new(bytes: &[u8]) -> Text {
        let layout = layout(bytes.len());
        // SAFETY: the layout is not empty; header and bytes lie within it.
        unsafe {
            let Some(at) = NonNull::new(alloc(layout)) else { handle_alloc_error(layout) };
            let to = if bytes.len() < LONG {
                at.write(bytes.len() as u8);
                at.add(SHORT_HEADER)
            } else {
                at.write(LONG as u8);
                at.add(1).cast::<u64>().write_unaligned((bytes.len() as u64).to_le());
                at.add(LONG_HEADER)
            };
            to.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len());
            Text(at)
        }
    }
    /// The string.
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the allocation of self is alive as long as the borrow.
        unsafe { Text::bytes_at(self.0) }
    }
    /// The string at the address of a Text.
    ///
    /// # Safety
    /// `raw` is the address of a Text that stays alive for `'a`.
    #[inline(always)]
    pub unsafe fn bytes_at<'a>(raw: NonNull<u8>) -> &'a [u8] {
        // SAFETY: `new` wrote the header in the form that its first byte says, and so many bytes after it.
        unsafe {
            let first = usize::from(raw.read());
            let (header, len) = if first < LONG {
                (SHORT_HEADER, first)
            } else {
                (LONG_HEADER, u64::from_le(raw.add(1).cast::<u64>().read_unaligned()) as usize)
            };
            std::slice::from_raw_parts(raw.add(header).as_ptr(), len)
        }
    }
    /// The address of the allocation.
    pub fn address(&self) -> usize {
        self.0.addr().get()
    }
    /// Bytes of the allocation, rounded up as allocators do.
    pub fn heap_bytes(&self) -> usize {
        hematite_base::size_class::taken(layout(self.bytes().len()))
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        let layout = layout(self.bytes().len());
        // SAFETY: allocated in `new` with this layout, and owned.
        unsafe { dealloc(self.0.as_ptr(), layout) };
    }
}
