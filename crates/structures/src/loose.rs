//! Loose: owning pointers that may lie at any address.
//!
//! A pointer wants an address that is a multiple of its size, so an enum of pointers takes two words: one for the tag.
//! These want none: an enum of them takes nine bytes, at whatever offset of a record. A load that is not aligned costs no
//! more than one that is, on every processor that matters.

use std::fmt;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use thin_vec::ThinVec;

/// A `Box`.
#[repr(C, packed)]
pub struct LooseBox<T> {
    raw: NonNull<T>,
    owns: PhantomData<T>,
}

// SAFETY: a LooseBox owns its T as a Box does.
unsafe impl<T: Send> Send for LooseBox<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for LooseBox<T> {}

impl<T> LooseBox<T> {
    /// A value in an allocation of its own.
    pub fn new(value: T) -> Self {
        let raw = NonNull::from(Box::leak(Box::new(value)));
        LooseBox { raw, owns: PhantomData }
    }

    /// The value, out of its allocation.
    pub fn into_inner(self) -> T {
        let raw = self.raw;
        mem::forget(self);
        // SAFETY: the pointer is that of a leaked Box, and is given up here.
        *unsafe { Box::from_raw(raw.as_ptr()) }
    }
}

impl<T> Drop for LooseBox<T> {
    fn drop(&mut self) {
        let raw = self.raw;
        // SAFETY: the pointer is that of a leaked Box, dropped once.
        drop(unsafe { Box::from_raw(raw.as_ptr()) });
    }
}

impl<T> Deref for LooseBox<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        let raw = self.raw;
        // SAFETY: the value lives as long as its owner.
        unsafe { raw.as_ref() }
    }
}

impl<T> DerefMut for LooseBox<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        let mut raw = self.raw;
        // SAFETY: as above, and access is exclusive.
        unsafe { raw.as_mut() }
    }
}

impl<T: Clone> Clone for LooseBox<T> {
    fn clone(&self) -> Self {
        LooseBox::new(T::clone(self))
    }
}

impl<T: fmt::Debug> fmt::Debug for LooseBox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

/// A vector of bytes.
#[derive(Default)]
#[repr(C, packed)]
pub struct LooseBytes(ThinVec<u8>);

impl LooseBytes {
    /// The vector.
    pub fn into_inner(self) -> ThinVec<u8> {
        self.0
    }

    /// Bytes that there is room for.
    pub fn capacity(&self) -> usize {
        self.alias().capacity()
    }

    /// Changes the vector. Should `change` panic, nothing is left of it.
    pub fn change<R>(&mut self, change: impl FnOnce(&mut ThinVec<u8>) -> R) -> R {
        let mut bytes = mem::take(self).into_inner();
        let result = change(&mut bytes);
        *self = LooseBytes(bytes);
        result
    }

    /// A second handle of the vector, at an address where it can be used: for what is borrowed as `self` is, and not to grow.
    #[inline(always)]
    fn alias(&self) -> ManuallyDrop<ThinVec<u8>> {
        // SAFETY: the field is initialized, and the copy of its pointer is not dropped.
        ManuallyDrop::new(unsafe { (&raw const self.0).read_unaligned() })
    }
}

impl From<ThinVec<u8>> for LooseBytes {
    fn from(bytes: ThinVec<u8>) -> Self {
        LooseBytes(bytes)
    }
}

impl Deref for LooseBytes {
    type Target = [u8];
    #[inline(always)]
    fn deref(&self) -> &[u8] {
        let bytes = self.alias();
        // SAFETY: so many bytes of the vector, which is borrowed with `self`.
        unsafe { std::slice::from_raw_parts(bytes.as_ptr(), bytes.len()) }
    }
}

impl DerefMut for LooseBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        let mut bytes = self.alias();
        // SAFETY: as above, and access is exclusive.
        unsafe { std::slice::from_raw_parts_mut(bytes.as_mut_ptr(), bytes.len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    /// Something at an odd address.
    #[repr(C)]
    struct Odd<T>(u8, T);

    #[test]
    fn is_eight_bytes_anywhere() {
        assert_eq!((size_of::<LooseBox<u64>>(), align_of::<LooseBox<u64>>()), (size_of::<usize>(), 1));
        assert_eq!((size_of::<LooseBytes>(), align_of::<LooseBytes>()), (size_of::<usize>(), 1));
    }

    #[test]
    fn owns_its_value_once() {
        let counted = Rc::new(());
        let mut odd = Odd(1, LooseBox::new((Rc::clone(&counted), 5)));
        odd.1.1 += 1;
        let copy = odd.1.clone();
        assert_eq!((odd.1.1, copy.1, Rc::strong_count(&counted), odd.0), (6, 6, 3, 1));
        drop(odd);
        assert_eq!(Rc::strong_count(&counted), 2);
        assert_eq!(copy.into_inner().1, 6);
        assert_eq!(Rc::strong_count(&counted), 1);
    }

    #[test]
    fn bytes_change_in_their_place() {
        let mut odd = Odd(1, LooseBytes::default());
        assert!(odd.1.is_empty() && odd.1.iter_mut().next().is_none());
        odd.1.change(|bytes| bytes.extend_from_slice(b"abc"));
        odd.1[0] = b'x';
        assert_eq!((&odd.1[..], odd.0), (&b"xbc"[..], 1));
        assert!(odd.1.capacity() >= 3);
        assert_eq!(&odd.1.into_inner()[..], b"xbc");
    }
}
