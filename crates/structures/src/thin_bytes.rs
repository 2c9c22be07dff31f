//! Thin bytes: copying into a thin vector of bytes at the speed of memory.
//!
//! A `ThinVec` extends and resizes itself element by element, and stores its length after each one, which keeps the compiler
//! from making one copy of it: a nanosecond a byte.

use thin_vec::ThinVec;

/// A copy in a vector of its own.
pub fn copy(bytes: &[u8]) -> ThinVec<u8> {
    let mut own = ThinVec::with_capacity(bytes.len());
    extend(&mut own, bytes);
    own
}

/// Appends `tail`.
pub fn extend(bytes: &mut ThinVec<u8>, tail: &[u8]) {
    let len = bytes.len();
    bytes.reserve(tail.len());
    // SAFETY: `reserve` has made room for `tail` behind the first `len` bytes, and a slice that is borrowed cannot lie in a
    // vector that is borrowed to be changed; all bytes up to the new length are initialized then.
    unsafe {
        std::ptr::copy_nonoverlapping(tail.as_ptr(), bytes.as_mut_ptr().add(len), tail.len());
        if !tail.is_empty() {
            bytes.set_len(len + tail.len());
        }
    }
}

/// Appends zeros up to `len` bytes; nothing if there are as many.
pub fn fill_to(bytes: &mut ThinVec<u8>, len: usize) {
    let old = bytes.len();
    if len <= old {
        return;
    }
    bytes.reserve(len - old);
    // SAFETY: `reserve` has made room for `len` bytes; those behind the old length are written before they count.
    unsafe {
        std::ptr::write_bytes(bytes.as_mut_ptr().add(old), 0, len - old);
        bytes.set_len(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extends_and_fills() {
        let mut bytes = ThinVec::new();
        extend(&mut bytes, b"");
        fill_to(&mut bytes, 0);
        assert!(bytes.is_empty());
        extend(&mut bytes, b"abc");
        fill_to(&mut bytes, 2);
        fill_to(&mut bytes, 5);
        extend(&mut bytes, b"d");
        assert_eq!(&bytes[..], b"abc\0\0d");
        extend(&mut bytes, &[7; 10_000]);
        assert_eq!((bytes.len(), bytes[10_005]), (10_006, 7));
    }
}
