//! Arguments: from JS values to byte slices, without an allocation a value.
//!
//! ```text
//!   arena  [ G E T | k e y 1 2 | … ]      strings and numbers are written here, as UTF-8
//!   pieces [ Arena 0..3, Arena 3..7, Raw ptr ]   typed arrays stay where they are
//! ```

use napi::sys;
use smallvec::SmallVec;
use std::io::Write;
use std::ptr;

/// Where strings are written; it is used again by the next call. The default one has no memory yet.
#[derive(Default)]
pub struct Arena {
    bytes: Vec<u8>,
    used: usize,
}

const FIRST_CAPACITY: usize = 4 << 10;
/// An arena larger than this shrinks again after the call, bytes.
const KEEP_MAX: usize = 256 << 10;
/// N-API writes a final zero and never part of a character: with less than this left, the string may have been cut.
const TAIL: usize = 5;

/// One argument.
#[derive(Clone, Copy)]
enum Piece {
    Arena(usize, usize),
    Raw(*const u8, usize),
}

/// The arguments of a call, as they are collected.
pub struct Collected<'a> {
    arena: &'a mut Arena,
    pieces: SmallVec<[Piece; 8]>,
    /// Whether typed arrays are copied too, since JavaScript may run before the arguments are used.
    copies: bool,
}

/// A JS value that is no argument.
#[derive(Debug)]
pub struct NotAnArgument;

impl<'a> Collected<'a> {
    /// None yet.
    #[inline]
    pub fn new(arena: &'a mut Arena) -> Self {
        arena.used = 0;
        if arena.bytes.is_empty() || arena.bytes.len() > KEEP_MAX {
            arena.bytes = vec![0; FIRST_CAPACITY];
        }
        Collected { arena, pieces: SmallVec::new(), copies: false }
    }

    /// None yet; nothing will refer to JavaScript's memory.
    pub fn copying(arena: &'a mut Arena) -> Self {
        Collected { copies: true, ..Collected::new(arena) }
    }

    /// Number of arguments.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Adds bytes that outlive the call.
    #[inline]
    pub fn push_static(&mut self, bytes: &'static [u8]) {
        self.pieces.push(Piece::Raw(bytes.as_ptr(), bytes.len()));
    }

    /// Adds a JS value: a string, a number, a bigint, a Uint8Array.
    ///
    /// # Safety
    ///
    /// `env` is the current environment and `value` one of its open handles. A typed array's memory must not move before
    /// the slices of [`Collected::slices`] are dropped: no JavaScript may run.
    #[inline]
    pub unsafe fn push(&mut self, env: sys::napi_env, value: sys::napi_value) -> Result<(), NotAnArgument> {
        let (start, mut written) = (self.arena.used, 0);
        let room = self.arena.bytes.len() - start;
        let target = self.arena.bytes[start..].as_mut_ptr().cast();
        // SAFETY: the environment and the value are the caller's; `target` has `room` bytes.
        let status = unsafe { sys::napi_get_value_string_utf8(env, value, target, room, &mut written) };
        if status == sys::Status::napi_ok {
            if written + TAIL > room {
                // SAFETY: as above.
                return unsafe { self.push_long(env, value) };
            }
            self.arena.used += written;
            self.pieces.push(Piece::Arena(start, written));
            return Ok(());
        }
        // SAFETY: as above.
        unsafe { self.push_other(env, value) }
    }

    /// A string that does not fit into what is left.
    #[cold]
    unsafe fn push_long(&mut self, env: sys::napi_env, value: sys::napi_value) -> Result<(), NotAnArgument> {
        let mut length = 0;
        // SAFETY: without a buffer the call only measures.
        let status = unsafe { sys::napi_get_value_string_utf8(env, value, ptr::null_mut(), 0, &mut length) };
        if status != sys::Status::napi_ok {
            return Err(NotAnArgument);
        }
        let start = self.arena.used;
        self.arena.bytes.resize((start + length + TAIL).next_power_of_two(), 0);
        let (room, mut written) = (self.arena.bytes.len() - start, 0);
        let target = self.arena.bytes[start..].as_mut_ptr().cast();
        // SAFETY: `target` has `room` bytes, which is more than the string and its final zero.
        let status = unsafe { sys::napi_get_value_string_utf8(env, value, target, room, &mut written) };
        if status != sys::Status::napi_ok {
            return Err(NotAnArgument);
        }
        self.arena.used += written;
        self.pieces.push(Piece::Arena(start, written));
        Ok(())
    }

    unsafe fn push_other(&mut self, env: sys::napi_env, value: sys::napi_value) -> Result<(), NotAnArgument> {
        let mut kind = 0;
        // SAFETY: the environment and the value are the caller's.
        if unsafe { sys::napi_typeof(env, value, &mut kind) } != sys::Status::napi_ok {
            return Err(NotAnArgument);
        }
        match kind {
            sys::ValueType::napi_number => {
                let mut number = 0.0;
                // SAFETY: the value is a number.
                unsafe { sys::napi_get_value_double(env, value, &mut number) };
                self.push_number(number);
                Ok(())
            }
            sys::ValueType::napi_bigint => {
                let (mut number, mut lossless) = (0, false);
                // SAFETY: the value is a bigint.
                unsafe { sys::napi_get_value_bigint_int64(env, value, &mut number, &mut lossless) };
                if !lossless {
                    return Err(NotAnArgument);
                }
                self.push_text(format_args!("{number}"));
                Ok(())
            }
            // SAFETY: the environment and the value are the caller's.
            sys::ValueType::napi_object => unsafe { self.push_bytes(env, value) },
            _ => Err(NotAnArgument),
        }
    }

    fn push_number(&mut self, number: f64) {
        if number.is_finite() {
            self.push_text(format_args!("{number}"));
        } else if number.is_nan() {
            self.push_static(b"nan");
        } else {
            self.push_static(if number > 0.0 { b"inf" } else { b"-inf" });
        }
    }

    fn push_text(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a Vec does not fail.
        self.write(|arena| drop(arena.write_fmt(text)));
    }

    /// Adds what `write` appends.
    fn write(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.arena.used;
        self.arena.bytes.truncate(start);
        write(&mut self.arena.bytes);
        self.arena.used = self.arena.bytes.len();
        self.pieces.push(Piece::Arena(start, self.arena.used - start));
        let capacity = (self.arena.used + TAIL).next_power_of_two().max(FIRST_CAPACITY);
        self.arena.bytes.resize(capacity, 0);
    }

    unsafe fn push_bytes(&mut self, env: sys::napi_env, value: sys::napi_value) -> Result<(), NotAnArgument> {
        // SAFETY: the environment and the value are the caller's.
        let (data, length) = unsafe { bytes_of(env, value) }.ok_or(NotAnArgument)?;
        if self.copies {
            // SAFETY: no JavaScript runs during the copy.
            let bytes = unsafe { std::slice::from_raw_parts(data, length) };
            self.write(|arena| arena.extend_from_slice(bytes));
        } else {
            self.pieces.push(Piece::Raw(data, length));
        }
        Ok(())
    }

    /// The arguments as slices.
    ///
    /// # Safety
    ///
    /// No JavaScript may run while they are in use, since it could detach a typed array's memory.
    #[inline]
    pub unsafe fn slices(&self) -> SmallVec<[&[u8]; 8]> {
        let bytes = &self.arena.bytes;
        let slice = |piece: &Piece| match *piece {
            Piece::Arena(start, length) => &bytes[start..start + length],
            // SAFETY: the pointer and the length are a static slice's, or a typed array's that is held by a handle and,
            // as the caller promises, stays where it is.
            Piece::Raw(data, length) => unsafe { std::slice::from_raw_parts(data, length) },
        };
        self.pieces.iter().map(slice).collect()
    }
}

/// The memory of a Uint8Array (a Buffer is one).
///
/// # Safety
///
/// `env` is the current environment and `value` one of its open handles.
pub unsafe fn bytes_of(env: sys::napi_env, value: sys::napi_value) -> Option<(*const u8, usize)> {
    let (mut kind, mut length, mut data, mut is_typed) = (0, 0, ptr::null_mut(), false);
    // SAFETY: the environment and the value are the caller's; the results are local.
    let status = unsafe {
        sys::napi_is_typedarray(env, value, &mut is_typed);
        if !is_typed {
            return None;
        }
        let (mut buffer, mut offset) = (ptr::null_mut(), 0);
        sys::napi_get_typedarray_info(env, value, &mut kind, &mut length, &mut data, &mut buffer, &mut offset)
    };
    let is_bytes = kind == sys::TypedarrayType::uint8_array;
    if status != sys::Status::napi_ok || !is_bytes {
        return None;
    }
    // An empty array has no memory to point to.
    Some(if length == 0 || data.is_null() {
        (ptr::dangling(), 0)
    } else {
        (data.cast_const().cast(), length)
    })
}
