//! Packed: a named record in one allocation behind one thin pointer.
//!
//! ```text
//!  0        1           4          5 (or 8)
//! +--------+-----------+----------+----------------+-----------+------+
//! | flags  | stamp     | name len | extra: u64     | name      | body |
//! | 1 byte | 24 bits   | u8 / u32 | if HAS_EXTRA   |           |      |
//! +--------+-----------+----------+----------------+-----------+------+
//! body  BYTES  length (1 byte below 128, else 4 big-endian bytes with the top bit set), then the bytes
//!       SMALL  integer in 3 bytes     WIDE  integer in 8 bytes
//!       VALUE  a V, at the next multiple of its alignment
//! ```
//!
//! The allocation's size is a function of the contents, rounded up to `size_class`; changes within the same
//! class happen in place, others move the record.

#[cfg(test)]
mod tests;

use crate::thin::Thin;
use core::marker::PhantomData;
use core::ptr::NonNull;
use hematite_base::size_class::{self, LOOSE_ALIGN};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};

const FORM: u8 = 0b0000_0011;
const BYTES: u8 = 0;
const SMALL: u8 = 1;
const WIDE: u8 = 2;
const VALUE: u8 = 3;
const HAS_EXTRA: u8 = 0b0000_0100;
const LONG_NAME: u8 = 0b0000_1000;
/// Bits of the flag byte that belong to the owner.
pub const OWNER_FLAGS: u8 = 0b1111_0000;
const SMALL_MIN: i64 = -(1 << 23);
const SMALL_MAX: i64 = (1 << 23) - 1;

/// What a record holds, borrowed.
#[derive(Debug, PartialEq)]
pub enum Body<'a, V> {
    /// Bytes kept inline.
    Bytes(&'a [u8]),
    /// An integer kept inline.
    Integer(i64),
    /// A value of the owner's type.
    Value(&'a V),
}

/// What a record is to hold.
pub enum NewBody<'a, V> {
    /// Bytes to be copied inline.
    Bytes(&'a [u8]),
    /// An integer.
    Integer(i64),
    /// A value, moved in.
    Value(V),
}

/// A record; see the head of the file.
pub struct Packed<V> {
    raw: NonNull<u8>,
    owns: PhantomData<V>,
}

// SAFETY: a Packed owns its allocation and its V.
unsafe impl<V: Send> Send for Packed<V> {}
// SAFETY: one owned allocation; the address does not change while the container holds it.
unsafe impl<V> Thin for Packed<V> {
    #[inline(always)]
    fn into_raw(self) -> NonNull<u8> {
        let raw = self.raw;
        core::mem::forget(self);
        raw
    }
    #[inline(always)]
    unsafe fn from_raw(raw: NonNull<u8>) -> Self {
        Packed { raw, owns: PhantomData }
    }
}

impl<V> crate::marked::Marked for Packed<V> {
    #[inline(always)]
    fn is_marked(&self) -> bool {
        self.flags() & HAS_EXTRA != 0
    }
}

/// Where the parts of a record are.
#[derive(Clone, Copy)]
struct Shape {
    name: usize,
    name_len: usize,
    body: usize,
}

fn length_bytes(len: usize) -> usize {
    if len < 128 { 1 } else { 4 }
}

impl<V> Packed<V> {
    /// Longest name and longest inline bytes.
    pub const LENGTH_MAX: usize = (1 << 31) - 1;

    /// A record with a name, an optional extra word, and a body. The stamp is 0.
    ///
    /// # Panics
    /// If the name or the inline bytes are longer than [`Self::LENGTH_MAX`].
    pub fn new(name: &[u8], extra: Option<u64>, body: NewBody<'_, V>) -> Self {
        let long = name.len() > 255;
        let mut flags = if extra.is_some() { HAS_EXTRA } else { 0 };
        flags |= if long { LONG_NAME } else { 0 };
        flags |= form_of(&body);
        let shape = Shape::of(flags, name.len());
        let size = shape.size::<V>(&body);
        assert!(name.len() <= Self::LENGTH_MAX && size <= isize::MAX as usize / 2);
        let raw = allocate::<V>(taken::<V>(size));
        // SAFETY: `raw` has room for `size` bytes; each part is written at its place in the shape.
        unsafe {
            let p = raw.as_ptr();
            p.write(flags);
            p.add(1).write_bytes(0, 3);
            if long {
                p.add(4).cast::<u32>().write_unaligned(name.len() as u32);
            } else {
                p.add(4).write(name.len() as u8);
            }
            if let Some(extra) = extra {
                p.add(shape.name - 8).cast::<u64>().write_unaligned(extra);
            }
            p.add(shape.name).copy_from_nonoverlapping(name.as_ptr(), name.len());
            write_body(p, shape, body);
        }
        Packed { raw, owns: PhantomData }
    }

    #[inline(always)]
    fn flags(&self) -> u8 {
        // SAFETY: byte 0 is initialised in `new`.
        unsafe { self.raw.as_ptr().read() }
    }
    #[inline(always)]
    fn shape(&self) -> Shape {
        let flags = self.flags();
        // SAFETY: the length field was written in the form that the flag says.
        let name_len = unsafe {
            let p = self.raw.as_ptr().add(4);
            if flags & LONG_NAME != 0 {
                p.cast::<u32>().read_unaligned() as usize
            } else {
                usize::from(p.read())
            }
        };
        Shape::of(flags, name_len)
    }
    /// The record's name.
    #[inline(always)]
    pub fn name(&self) -> &[u8] {
        let shape = self.shape();
        // SAFETY: the name's bytes are initialised and live as long as self.
        unsafe { core::slice::from_raw_parts(self.raw.as_ptr().add(shape.name), shape.name_len) }
    }
    /// The owner's 24-bit stamp.
    #[inline(always)]
    pub fn stamp(&self) -> u32 {
        // SAFETY: bytes 0..4 are initialised and 4-aligned.
        u32::from_le(unsafe { self.raw.as_ptr().cast::<u32>().read() }) >> 8
    }
    /// Sets the stamp through a shared borrow: the record is not `Sync`, so nobody else looks meanwhile.
    #[inline(always)]
    pub fn touch(&self, stamp: u32) {
        let word = (stamp << 8 | u32::from(self.flags())).to_le();
        // SAFETY: no reference into the first four bytes is ever given out, and the type is not Sync.
        unsafe { self.raw.as_ptr().cast::<u32>().write(word) };
    }
    /// The owner's four flags, in the upper half of the byte.
    #[inline(always)]
    pub fn owner_flags(&self) -> u8 {
        self.flags() & OWNER_FLAGS
    }
    /// Sets the owner's flags, through a shared borrow as [`Packed::touch`] does.
    #[inline(always)]
    pub fn set_owner_flags(&self, flags: u8) {
        let flags = self.flags() & !OWNER_FLAGS | flags & OWNER_FLAGS;
        // SAFETY: no reference into the first byte is ever given out, and the type is not Sync.
        unsafe { self.raw.as_ptr().write(flags) };
    }
    /// The extra word, if there is one.
    #[inline(always)]
    pub fn extra(&self) -> Option<u64> {
        if self.flags() & HAS_EXTRA == 0 {
            return None;
        }
        let shape = self.shape();
        // SAFETY: with HAS_EXTRA the eight bytes before the name are the word.
        Some(unsafe { self.raw.as_ptr().add(shape.name - 8).cast::<u64>().read_unaligned() })
    }
    /// What the record holds.
    #[inline(always)]
    pub fn body(&self) -> Body<'_, V> {
        let shape = self.shape();
        // SAFETY: the form says what was written at the body's place.
        unsafe {
            let p = self.raw.as_ptr().add(shape.body);
            match self.flags() & FORM {
                BYTES => {
                    let (len, at) = read_length(p);
                    Body::Bytes(core::slice::from_raw_parts(p.add(at), len))
                }
                SMALL => Body::Integer(read_small(p)),
                WIDE => Body::Integer(p.cast::<i64>().read_unaligned()),
                _ => Body::Value(&*value_at::<V>(self.raw.as_ptr(), shape)),
            }
        }
    }
    /// The value, to be changed, if the body is one.
    pub fn value_mut(&mut self) -> Option<&mut V> {
        if self.flags() & FORM != VALUE {
            return None;
        }
        // SAFETY: the form is VALUE, access is exclusive.
        Some(unsafe { &mut *value_at::<V>(self.raw.as_ptr(), self.shape()) })
    }
    /// The inline bytes, to be changed at the same length, if the body is bytes.
    pub fn bytes_mut(&mut self) -> Option<&mut [u8]> {
        if self.flags() & FORM != BYTES {
            return None;
        }
        let shape = self.shape();
        // SAFETY: the form is BYTES, access is exclusive.
        unsafe {
            let p = self.raw.as_ptr().add(shape.body);
            let (len, at) = read_length(p);
            Some(core::slice::from_raw_parts_mut(p.add(at), len))
        }
    }
    /// Size of the allocation, bytes; what V owns is not counted.
    pub fn allocated(&self) -> usize {
        let shape = self.shape();
        taken::<V>(match self.body() {
            Body::Bytes(bytes) => shape.body + length_bytes(bytes.len()) + bytes.len(),
            Body::Integer(_) if self.flags() & FORM == SMALL => shape.body + 3,
            Body::Integer(_) => shape.body + 8,
            Body::Value(_) => value_offset::<V>(shape) + size_of::<V>(),
        })
    }

    /// Where the record lies; for comparison only.
    #[inline(always)]
    pub fn address(&self) -> *const u8 {
        self.raw.as_ptr()
    }

    /// Moves the record to a new allocation; nothing else changes.
    pub fn relocate(&mut self) {
        self.rebuild(None, self.extra());
    }

    /// Replaces the body, keeping name, extra, stamp and flags. The old value is returned if there was one.
    pub fn set_body(&mut self, body: NewBody<'_, V>) -> Option<V> {
        let shape = self.shape();
        let size = taken::<V>(shape.size::<V>(&body));
        if size == self.allocated() {
            let flags = self.flags();
            // SAFETY: the old value is moved out once and overwritten at once; the allocation has the size that the new
            // body needs.
            unsafe {
                let old = self.read_value();
                self.raw.as_ptr().write(flags & !FORM | form_of(&body));
                write_body(self.raw.as_ptr(), shape, body);
                return old;
            }
        }
        let moved = Packed::new(self.name(), self.extra(), body);
        moved.set_owner_flags(self.flags());
        moved.touch(self.stamp());
        core::mem::replace(self, moved).into_value()
    }

    /// Replaces an integer by another one of the same width, in its place; false and no change if that is not what it holds.
    #[inline]
    pub fn replace_integer(&mut self, n: i64) -> bool {
        let body = NewBody::<V>::Integer(n);
        if self.flags() & FORM != form_of(&body) {
            return false;
        }
        let shape = self.shape();
        // SAFETY: the body has the form, and so the size, of what is written; integers own nothing.
        unsafe { write_body(self.raw.as_ptr(), shape, body) };
        true
    }

    /// Sets or removes the extra word.
    pub fn set_extra(&mut self, extra: Option<u64>) {
        if let (Some(_), Some(word)) = (self.extra(), extra) {
            let shape = self.shape();
            // SAFETY: the record has the word; access is exclusive.
            unsafe { self.raw.as_ptr().add(shape.name - 8).cast::<u64>().write_unaligned(word) };
            return;
        }
        if self.extra().is_none() && extra.is_none() {
            return;
        }
        self.rebuild(None, extra);
    }

    /// The same record under another name.
    pub fn rename(&mut self, name: &[u8]) {
        let extra = self.extra();
        self.rebuild(Some(name), extra);
    }

    fn rebuild(&mut self, name: Option<&[u8]>, extra: Option<u64>) {
        assert!(name.is_none_or(|name| name.len() <= Self::LENGTH_MAX));
        let size = self.allocated();
        // SAFETY: the value moves to the new record; the old allocation is freed below without dropping it, and nothing in
        // between can unwind.
        let body = match unsafe { self.read_value() } {
            Some(value) => NewBody::Value(value),
            None => match self.body() {
                Body::Bytes(bytes) => NewBody::Bytes(bytes),
                Body::Integer(n) => NewBody::Integer(n),
                Body::Value(_) => unreachable!("read above"),
            },
        };
        let moved = Packed::new(name.unwrap_or(self.name()), extra, body);
        moved.set_owner_flags(self.flags());
        moved.touch(self.stamp());
        free::<V>(core::mem::replace(&mut self.raw, moved.into_raw()), size);
    }

    /// The value, if the body is one.
    ///
    /// # Safety
    /// The record's own copy must not be used or dropped afterwards.
    unsafe fn read_value(&self) -> Option<V> {
        if self.flags() & FORM != VALUE {
            return None;
        }
        // SAFETY: the form says that a V is there.
        Some(unsafe { value_at::<V>(self.raw.as_ptr(), self.shape()).read() })
    }

    /// Takes the record apart: its value, if it has one.
    pub fn into_value(self) -> Option<V> {
        let size = self.allocated();
        // SAFETY: self is forgotten, so the value is dropped by whoever gets it only.
        let value = unsafe { self.read_value() };
        free::<V>(self.into_raw(), size);
        value
    }
}

impl Shape {
    #[inline(always)]
    fn of(flags: u8, name_len: usize) -> Shape {
        let head = if flags & LONG_NAME != 0 { 8 } else { 5 };
        let name = head + if flags & HAS_EXTRA != 0 { 8 } else { 0 };
        Shape { name, name_len, body: name + name_len }
    }
    #[inline(always)]
    fn size<V>(self, body: &NewBody<'_, V>) -> usize {
        match body {
            NewBody::Bytes(bytes) => self.body + length_bytes(bytes.len()) + bytes.len(),
            NewBody::Integer(SMALL_MIN..=SMALL_MAX) => self.body + 3,
            NewBody::Integer(_) => self.body + 8,
            NewBody::Value(_) => value_offset::<V>(self) + size_of::<V>(),
        }
    }
}

fn form_of<V>(body: &NewBody<'_, V>) -> u8 {
    match body {
        NewBody::Bytes(_) => BYTES,
        NewBody::Integer(SMALL_MIN..=SMALL_MAX) => SMALL,
        NewBody::Integer(_) => WIDE,
        NewBody::Value(_) => VALUE,
    }
}

#[inline(always)]
fn value_offset<V>(shape: Shape) -> usize {
    shape.body.next_multiple_of(align_of::<V>())
}
#[inline(always)]
fn value_at<V>(raw: *mut u8, shape: Shape) -> *mut V {
    const { assert!(align_of::<V>() <= 8) };
    raw.wrapping_add(value_offset::<V>(shape)).cast()
}

/// # Safety
/// `p` points at a length as `write_body` wrote it.
#[inline(always)]
unsafe fn read_length(p: *const u8) -> (usize, usize) {
    // SAFETY: one byte, or four if the top bit is set.
    unsafe {
        let first = p.read();
        if first < 128 {
            return (usize::from(first), 1);
        }
        let word = u32::from_be(p.cast::<u32>().read_unaligned());
        ((word & 0x7fff_ffff) as usize, 4)
    }
}

/// # Safety
/// Three readable bytes at `p`.
#[inline(always)]
unsafe fn read_small(p: *const u8) -> i64 {
    // SAFETY: by contract.
    let [a, b, c] = unsafe { p.cast::<[u8; 3]>().read() };
    i64::from(i32::from_le_bytes([0, a, b, c]) >> 8)
}

/// # Safety
/// `p` is a record's start with room for the body at the shape's place.
#[inline(always)]
unsafe fn write_body<V>(p: *mut u8, shape: Shape, body: NewBody<'_, V>) {
    // SAFETY: the caller allocated `shape.size(&body)` bytes.
    unsafe {
        let at = p.add(shape.body);
        match body {
            NewBody::Bytes(bytes) => {
                if bytes.len() < 128 {
                    at.write(bytes.len() as u8);
                } else {
                    at.cast::<u32>().write_unaligned((bytes.len() as u32 | 1 << 31).to_be());
                }
                at.add(length_bytes(bytes.len())).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            }
            NewBody::Integer(n @ SMALL_MIN..=SMALL_MAX) => {
                let [a, b, c, _] = (n as i32).to_le_bytes();
                at.cast::<[u8; 3]>().write([a, b, c]);
            }
            NewBody::Integer(n) => at.cast::<i64>().write_unaligned(n),
            NewBody::Value(value) => value_at::<V>(p, shape).write(value),
        }
    }
}

/// Alignment of a record: that of a stamp, or of a value that wants more.
const fn alignment<V>() -> usize {
    if align_of::<V>() > LOOSE_ALIGN { 8 } else { LOOSE_ALIGN }
}

/// What a record of so many bytes takes.
fn taken<V>(size: usize) -> usize {
    size_class::taken(layout::<V>(size))
}

fn layout<V>(size: usize) -> Layout {
    Layout::from_size_align(size, alignment::<V>()).expect("sizes are checked in new")
}

fn allocate<V>(size: usize) -> NonNull<u8> {
    // SAFETY: the size is never 0: a record has a header.
    let p = unsafe { alloc(layout::<V>(size)) };
    NonNull::new(p).unwrap_or_else(|| handle_alloc_error(layout::<V>(size)))
}

fn free<V>(raw: NonNull<u8>, size: usize) {
    // SAFETY: private; callers pass an allocation of `allocate` with its size and type, once.
    unsafe { dealloc(raw.as_ptr(), layout::<V>(size)) };
}

impl<V> Drop for Packed<V> {
    #[inline]
    fn drop(&mut self) {
        let size = self.allocated();
        if self.flags() & FORM == VALUE {
            // SAFETY: dropped once, here.
            unsafe { core::ptr::drop_in_place(value_at::<V>(self.raw.as_ptr(), self.shape())) };
        }
        free::<V>(self.raw, size);
    }
}
