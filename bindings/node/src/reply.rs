//! Reply: from the wire form to JS values.
//!
//! The session speaks RESP3, so types say themselves. Strings become JS strings (or Buffers), integers and doubles numbers
//! (bigints where a number can't hold them), sets arrays, and what N-API has no function for (Map, errors) is made by
//! functions that TypeScript has handed over once.

use napi::bindgen_prelude::{Env, FnArgs, Function, FunctionRef, Unknown};
use napi::{JsValue, sys};
use smallvec::SmallVec;
use std::ptr;

/// Functions that TypeScript hands over.
pub struct Makers {
    /// An array of its arguments: one crossing where setting the elements of an array would be one each.
    pub list: FunctionRef<FnArgs<(Unknown<'static>,)>, Unknown<'static>>,
    /// From an array of keys and values by turns.
    pub map: FunctionRef<FnArgs<(Unknown<'static>,)>, Unknown<'static>>,
    /// From the text of an error reply.
    pub error: FunctionRef<FnArgs<(Unknown<'static>,)>, Unknown<'static>>,
    /// Told of what comes unasked.
    pub push: FunctionRef<FnArgs<(Unknown<'static>,)>, Unknown<'static>>,
}

/// How strings are given to JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strings {
    /// As JS strings; bytes that are no UTF-8 become U+FFFD.
    Text,
    /// As Buffers.
    Bytes,
}

/// A reply as a JS value.
pub enum Value {
    /// Anything but an error.
    Plain(sys::napi_value),
    /// An error object; the caller throws it or puts it into its array.
    Error(sys::napi_value),
}

/// Something is not as it must be: N-API refuses, or the bytes are no reply.
#[derive(Debug)]
pub struct Broken;

type Made<T = sys::napi_value> = Result<T, Broken>;

fn checked(status: sys::napi_status, value: sys::napi_value) -> Made {
    if status == sys::Status::napi_ok { Ok(value) } else { Err(Broken) }
}

/// Reads replies off their bytes.
pub struct Reader<'a> {
    env: sys::napi_env,
    makers: &'a Makers,
    bytes: &'a [u8],
    at: usize,
    strings: Strings,
}

impl<'a> Reader<'a> {
    /// # Safety
    ///
    /// `env` is the current environment, with an open handle scope, for as long as the reader is used.
    pub unsafe fn new(env: sys::napi_env, makers: &'a Makers, bytes: &'a [u8], strings: Strings) -> Self {
        Reader { env, makers, bytes, at: 0, strings }
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next reply; what comes unasked before it is told to TypeScript. `None`: there is none.
    pub fn reply(&mut self) -> Made<Option<Value>> {
        while self.bytes.get(self.at) == Some(&b'>') {
            let push = self.value()?;
            if let Value::Plain(push) = push {
                self.make(&self.makers.push, push)?;
            }
        }
        if self.is_at_end() { Ok(None) } else { self.value().map(Some) }
    }

    #[inline]
    fn value(&mut self) -> Made<Value> {
        let kind = *self.bytes.get(self.at).ok_or(Broken)?;
        self.at += 1;
        let line = self.line()?;
        let value = match kind {
            b'$' => self.bulk(line)?,
            b'+' => text(self.env, line)?,
            b':' => self.integer(line)?,
            b'_' => self.null()?,
            b'-' => {
                let text = text(self.env, line)?;
                return Ok(Value::Error(self.make(&self.makers.error, text)?));
            }
            _ => self.rare(kind, line)?,
        };
        Ok(Value::Plain(value))
    }

    fn rare(&mut self, kind: u8, line: &'a [u8]) -> Made {
        match kind {
            b'*' | b'~' | b'>' => self.array(line, 1),
            b'%' => {
                let items = self.array(line, 2)?;
                self.make(&self.makers.map, items)
            }
            b'#' => {
                let mut value = ptr::null_mut();
                // SAFETY: the environment is current.
                let status = unsafe { sys::napi_get_boolean(self.env, line == b"t", &mut value) };
                checked(status, value)
            }
            b',' => {
                let number = match line {
                    b"inf" => f64::INFINITY,
                    b"-inf" => f64::NEG_INFINITY,
                    _ => std::str::from_utf8(line).ok().and_then(|t| t.parse().ok()).unwrap_or(f64::NAN),
                };
                self.double(number)
            }
            b'(' => self.big(line),
            b'=' => {
                let length = length(line)?.ok_or(Broken)?;
                let body = self.body(length)?;
                self.string(body.get(4..).ok_or(Broken)?)
            }
            _ => Err(Broken),
        }
    }

    /// Up to the end of the line.
    #[inline]
    fn line(&mut self) -> Made<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|byte| *byte == b'\r').ok_or(Broken)?;
        self.at += end + 2;
        Ok(&rest[..end])
    }

    fn body(&mut self, length: usize) -> Made<&'a [u8]> {
        let body = self.bytes.get(self.at..self.at + length).ok_or(Broken)?;
        self.at += length + 2;
        Ok(body)
    }

    #[inline]
    fn bulk(&mut self, line: &[u8]) -> Made {
        match length(line)? {
            Some(length) => {
                let body = self.body(length)?;
                self.string(body)
            }
            None => self.null(),
        }
    }

    #[inline]
    fn string(&self, bytes: &[u8]) -> Made {
        match self.strings {
            Strings::Text => text(self.env, bytes),
            Strings::Bytes => buffer(self.env, bytes),
        }
    }

    fn null(&self) -> Made {
        let mut value = ptr::null_mut();
        // SAFETY: the environment is current.
        let status = unsafe { sys::napi_get_null(self.env, &mut value) };
        checked(status, value)
    }

    fn integer(&self, line: &[u8]) -> Made {
        let Some(number) = hematite_base::number::parse_i64(line) else { return self.big(line) };
        if number.unsigned_abs() <= SAFE_INTEGER_MAX {
            return self.double(number as f64);
        }
        let mut value = ptr::null_mut();
        // SAFETY: the environment is current.
        let status = unsafe { sys::napi_create_bigint_int64(self.env, number, &mut value) };
        checked(status, value)
    }

    fn double(&self, number: f64) -> Made {
        let mut value = ptr::null_mut();
        // SAFETY: the environment is current.
        let status = unsafe { sys::napi_create_double(self.env, number, &mut value) };
        checked(status, value)
    }

    /// A number of any length, as the words of a bigint.
    fn big(&self, line: &[u8]) -> Made {
        let (is_negative, digits) = line.strip_prefix(b"-").map_or((false, line), |digits| (true, digits));
        let mut words: Vec<u64> = vec![0];
        for digit in digits {
            let mut carry = u128::from(digit.checked_sub(b'0').filter(|d| *d < 10).ok_or(Broken)?);
            for word in &mut words {
                carry += u128::from(*word) * 10;
                *word = carry as u64;
                carry >>= 64;
            }
            if carry > 0 {
                words.push(carry as u64);
            }
        }
        let mut value = ptr::null_mut();
        // SAFETY: the environment is current and the pointer is that of as many words.
        let status = unsafe {
            sys::napi_create_bigint_words(
                self.env,
                i32::from(is_negative),
                words.len(),
                words.as_ptr(),
                &mut value,
            )
        };
        checked(status, value)
    }

    fn array(&mut self, line: &[u8], each: usize) -> Made {
        let Some(length) = length(line)? else { return self.null() };
        if length * each <= LIST_MAX {
            let mut items: SmallVec<[sys::napi_value; 16]> = SmallVec::new();
            for _ in 0..length * each {
                let (Value::Plain(item) | Value::Error(item)) = self.value()?;
                items.push(item);
            }
            return self.list(&items);
        }
        self.long_array(length * each)
    }

    /// An array of these values.
    pub fn list(&self, items: &[sys::napi_value]) -> Made {
        let env = Env::from_raw(self.env);
        let maker = self.makers.list.borrow_back(&env).map_err(|_| Broken)?;
        let (mut this, mut array) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the environment is current, the handles are open, and the pointer is that of as many.
        let status = unsafe {
            sys::napi_get_undefined(self.env, &mut this);
            sys::napi_call_function(self.env, this, maker.raw(), items.len(), items.as_ptr(), &mut array)
        };
        checked(status, array)
    }

    /// An array whose elements are set one by one; their handles are given up in between.
    fn long_array(&mut self, length: usize) -> Made {
        let mut array = ptr::null_mut();
        // SAFETY: the environment is current.
        let status = unsafe { sys::napi_create_array_with_length(self.env, length, &mut array) };
        checked(status, array)?;
        for at in 0..length {
            let mut scope = ptr::null_mut();
            // SAFETY: the environment is current; the scope is closed below, whatever happens in between.
            unsafe { sys::napi_open_handle_scope(self.env, &mut scope) };
            let item = self.value().and_then(|value| {
                let (Value::Plain(item) | Value::Error(item)) = value;
                // SAFETY: both handles are of this environment and open.
                checked(unsafe { sys::napi_set_element(self.env, array, at as u32, item) }, array)
            });
            // SAFETY: the scope is the one opened last; the array keeps its element.
            unsafe { sys::napi_close_handle_scope(self.env, scope) };
            item?;
        }
        Ok(array)
    }

    fn make(
        &self,
        maker: &FunctionRef<FnArgs<(Unknown<'static>,)>, Unknown<'static>>,
        from: sys::napi_value,
    ) -> Made {
        let env = Env::from_raw(self.env);
        let function: Function<'_, _, _> = maker.borrow_back(&env).map_err(|_| Broken)?;
        // SAFETY: the handle is of this environment and open for the time of the call.
        let from: Unknown<'static> = unsafe { Unknown::from_raw_unchecked(self.env, from) };
        let made = function.call(FnArgs::from((from,))).map_err(|_| Broken)?;
        Ok(made.raw())
    }
}

/// Elements of an array up to which they are handed over as arguments of one call.
pub const LIST_MAX: usize = 4096;

/// The greatest integer up to which a JS number holds every one.
const SAFE_INTEGER_MAX: u64 = (1 << 53) - 1;

/// A length; `None` for -1.
#[inline]
fn length(line: &[u8]) -> Made<Option<usize>> {
    if line == b"-1" {
        return Ok(None);
    }
    let mut length = 0usize;
    for digit in line {
        let digit = digit.checked_sub(b'0').filter(|d| *d < 10).ok_or(Broken)?;
        length = length.checked_mul(10).and_then(|n| n.checked_add(usize::from(digit))).ok_or(Broken)?;
    }
    Ok(Some(length))
}

/// A JS string. ASCII goes the short way: V8 need not look for characters of several bytes.
#[inline]
fn text(env: sys::napi_env, bytes: &[u8]) -> Made {
    let mut value = ptr::null_mut();
    let (data, length) = (bytes.as_ptr().cast(), bytes.len() as isize);
    // SAFETY: the environment is current and the pointer is that of as many bytes.
    let status = unsafe {
        if bytes.is_ascii() {
            sys::napi_create_string_latin1(env, data, length, &mut value)
        } else {
            sys::napi_create_string_utf8(env, data, length, &mut value)
        }
    };
    checked(status, value)
}

/// A Buffer with a copy of the bytes.
pub fn buffer(env: sys::napi_env, bytes: &[u8]) -> Made {
    let (mut value, mut data) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the environment is current and the pointer is that of as many bytes.
    let status = unsafe {
        sys::napi_create_buffer_copy(env, bytes.len(), bytes.as_ptr().cast(), &mut data, &mut value)
    };
    checked(status, value)
}
