//! `cmsgpack`: Lua values as MessagePack (<https://github.com/msgpack/msgpack/blob/master/spec.md>), in the shortest form.
//!
//! Tables whose keys are 1 to n are arrays, the others maps; what has no form becomes nil, and so does a table more than
//! sixteen levels down. Binary and extension types are not read.

use super::chunk::{number_argument, text_argument};
use crate::vm::{Kind, Outcome, Raise, Stack};

/// Fills the library on the top.
pub fn add(stack: &mut Stack) {
    stack.push_function(pack);
    stack.set_field(-2, "pack");
    stack.push_function(unpack);
    stack.set_field(-2, "unpack");
    stack.push_function(unpack_one);
    stack.set_field(-2, "unpack_one");
    stack.push_function(unpack_limit);
    stack.set_field(-2, "unpack_limit");
    for (name, text) in [
        ("_NAME", "cmsgpack"),
        ("_VERSION", "lua-cmsgpack 0.4.0"),
        ("_COPYRIGHT", "Copyright (C) 2012, Salvatore Sanfilippo"),
        ("_DESCRIPTION", "MessagePack C implementation for Lua"),
    ] {
        stack.push_bytes(text.as_bytes());
        stack.set_field(-2, name);
    }
}

/// Tables within tables that are packed.
const PACKED_DEPTH_MAX: usize = 16;
/// Arrays and maps within each other that are unpacked.
const UNPACKED_DEPTH_MAX: usize = 2000;

fn pack(stack: &mut Stack) -> Outcome {
    let count = stack.top();
    if count == 0 {
        return Err(Raise::argument(0, "MessagePack pack needs input."));
    }
    let mut out = Vec::new();
    for at in 1..=count {
        stack.push_copy(at);
        pack_value(stack, &mut out, 0)?;
    }
    stack.push_bytes(&out);
    Ok(1)
}

/// Packs the value on the top, and takes it from the stack.
fn pack_value(stack: &mut Stack, out: &mut Vec<u8>, depth: usize) -> Result<(), Raise> {
    stack.work(1)?;
    match stack.kind(-1) {
        Kind::String => {
            let length = stack.length(-1);
            stack.afford(out.len() + length)?;
            let bytes = stack.bytes(-1).unwrap_or_default();
            pack_head(out, length, &[(0xa0, 31)], &[0xd9, 0xda, 0xdb]);
            out.extend_from_slice(bytes);
        }
        Kind::Boolean => out.push(if stack.truth(-1) { 0xc3 } else { 0xc2 }),
        Kind::Number => pack_number(out, stack.number(-1).unwrap_or(0.0)),
        Kind::Table if depth < PACKED_DEPTH_MAX => pack_table(stack, out, depth)?,
        _ => out.push(0xc0),
    }
    stack.pop(1);
    Ok(())
}

/// A length: in the type byte if it fits, else behind one of the type bytes for one, two or four bytes (0: there is none).
fn pack_head(out: &mut Vec<u8>, length: usize, short: &[(u8, usize)], long: &[u8; 3]) {
    match length {
        _ if short.iter().any(|(_, max)| length <= *max) => out.push(short[0].0 | length as u8),
        0..=0xff if long[0] != 0 => out.extend_from_slice(&[long[0], length as u8]),
        0..=0xffff => {
            out.push(long[1]);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            out.push(long[2]);
            out.extend_from_slice(&(length as u32).to_be_bytes());
        }
    }
}

fn pack_number(out: &mut Vec<u8>, number: f64) {
    let whole = number as i64;
    if whole as f64 == number && number.abs() < 9_223_372_036_854_775_808.0 {
        return pack_integer(out, whole);
    }
    let single = number as f32;
    if f64::from(single) == number {
        out.push(0xca);
        out.extend_from_slice(&single.to_be_bytes());
    } else {
        out.push(0xcb);
        out.extend_from_slice(&number.to_be_bytes());
    }
}

fn pack_integer(out: &mut Vec<u8>, number: i64) {
    let bytes = number.to_be_bytes();
    let (kind, size) = match number {
        -32..=127 => return out.push(number as u8),
        128..=0xff => (0xcc, 1),
        0x100..=0xffff => (0xcd, 2),
        0x1_0000..=0xffff_ffff => (0xce, 4),
        0x1_0000_0000.. => (0xcf, 8),
        -0x80..-32 => (0xd0, 1),
        -0x8000..-0x80 => (0xd1, 2),
        -0x8000_0000..-0x8000 => (0xd2, 4),
        ..-0x8000_0000 => (0xd3, 8),
    };
    out.push(kind);
    out.extend_from_slice(&bytes[8 - size..]);
}

fn pack_table(stack: &mut Stack, out: &mut Vec<u8>, depth: usize) -> Result<(), Raise> {
    stack.reserve(6)?;
    let (mut count, mut max, mut is_array) = (0usize, 0.0, true);
    stack.push_nil();
    while stack.next(-2) {
        stack.work(1)?;
        stack.pop(1);
        let key = stack.number(-1).filter(|_| stack.kind(-1) == Kind::Number);
        let index = key.filter(|key| *key > 0.0 && key.fract() == 0.0 && key.is_finite());
        is_array &= index.is_some();
        max = index.unwrap_or(0.0).max(max);
        count += 1;
    }
    if is_array && max == count as f64 {
        pack_head(out, count, &[(0x90, 15)], &[0, 0xdc, 0xdd]);
        for at in 1..=count {
            stack.push_element(-1, at as i32);
            pack_value(stack, out, depth + 1)?;
        }
        return Ok(());
    }
    pack_head(out, count, &[(0x80, 15)], &[0, 0xde, 0xdf]);
    stack.push_nil();
    while stack.next(-2) {
        stack.push_copy(-2);
        pack_value(stack, out, depth + 1)?;
        pack_value(stack, out, depth + 1)?;
    }
    Ok(())
}

/// Input that is being unpacked.
struct Input<'i> {
    rest: &'i [u8],
}

impl<'i> Input<'i> {
    fn take(&mut self, count: usize) -> Result<&'i [u8], Raise> {
        if count > self.rest.len() {
            return Err(Raise::at("Missing bytes in input."));
        }
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(taken)
    }
    /// A big-endian number of so many bytes.
    fn integer(&mut self, bytes: usize) -> Result<u64, Raise> {
        Ok(self.take(bytes)?.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
    }
}

fn unpack_value(stack: &mut Stack, input: &mut Input<'_>, depth: usize) -> Result<(), Raise> {
    stack.work(1)?;
    let overflow = || Raise::at("stack overflow (in function mp_decode_to_lua_type)");
    stack.reserve(4).map_err(|_| overflow())?;
    let kind = input.take(1)?[0];
    match kind {
        0x00..=0x7f => stack.push_number(f64::from(kind)),
        0xe0..=0xff => stack.push_number(f64::from(kind as i8)),
        0xa0..=0xbf => stack.push_bytes(input.take(usize::from(kind & 31))?),
        0x90..=0x9f => unpack_array(stack, input, usize::from(kind & 15), depth)?,
        0x80..=0x8f => unpack_map(stack, input, usize::from(kind & 15), depth)?,
        0xc0 => stack.push_nil(),
        0xc2 | 0xc3 => stack.push_boolean(kind == 0xc3),
        0xca => stack.push_number(f64::from(f32::from_bits(input.integer(4)? as u32))),
        0xcb => stack.push_number(f64::from_bits(input.integer(8)?)),
        0xcc..=0xcf => stack.push_number(input.integer(1 << (kind - 0xcc))? as f64),
        0xd0 => stack.push_number(f64::from(input.integer(1)? as i8)),
        0xd1 => stack.push_number(f64::from(input.integer(2)? as i16)),
        0xd2 => stack.push_number(f64::from(input.integer(4)? as i32)),
        0xd3 => stack.push_number(input.integer(8)? as i64 as f64),
        0xd9..=0xdb => {
            let length = input.integer(1 << (kind - 0xd9))? as usize;
            stack.push_bytes(input.take(length)?);
        }
        0xdc | 0xdd => {
            let count = input.integer(2 << (kind - 0xdc))? as usize;
            unpack_array(stack, input, count, depth)?;
        }
        0xde | 0xdf => {
            let count = input.integer(2 << (kind - 0xde))? as usize;
            unpack_map(stack, input, count, depth)?;
        }
        _ => return Err(Raise::at("Bad data format in input.")),
    }
    Ok(())
}

fn unpack_array(stack: &mut Stack, input: &mut Input<'_>, count: usize, depth: usize) -> Result<(), Raise> {
    if depth > UNPACKED_DEPTH_MAX {
        return Err(Raise::at("stack overflow (in function mp_decode_to_lua_array)"));
    }
    stack.push_table(0, 0);
    for at in 1..=count {
        unpack_value(stack, input, depth + 1)?;
        stack.set_element(-2, at as i32);
    }
    Ok(())
}

fn unpack_map(stack: &mut Stack, input: &mut Input<'_>, count: usize, depth: usize) -> Result<(), Raise> {
    if depth > UNPACKED_DEPTH_MAX {
        return Err(Raise::at("stack overflow (in function mp_decode_to_lua_hash)"));
    }
    stack.push_table(0, 0);
    for _ in 0..count {
        unpack_value(stack, input, depth + 1)?;
        unpack_value(stack, input, depth + 1)?;
        match stack.kind(-2) {
            Kind::Nil => return Err(Raise::Plain(b"table index is nil".into())),
            Kind::Number if stack.number(-2).is_some_and(f64::is_nan) => {
                return Err(Raise::Plain(b"table index is NaN".into()));
            }
            _ => stack.set_pair(-3),
        }
    }
    Ok(())
}

/// Unpacks up to `limit` values from `offset` on; both 0: all, else the place where the next one begins (-1 at the end) comes first.
fn unpack_some(stack: &mut Stack, limit: i32, offset: i32) -> Outcome {
    let text = text_argument(stack, 1)?;
    let length = text.len();
    if offset < 0 || limit < 0 {
        return Err(Raise::text(format!(
            "Invalid request to unpack with offset of {offset} and limit of {length}."
        )));
    }
    let Some(rest) = text.get(offset as usize..) else {
        return Err(Raise::text(format!("Start offset {offset} greater than input length {length}.")));
    };
    let takes_all = limit == 0 && offset == 0;
    let limit = if takes_all { usize::MAX } else { limit as usize };
    stack.truncate(0);
    if !takes_all {
        stack.push_nil();
    }
    let mut input = Input { rest };
    let mut count = 0;
    while !input.rest.is_empty() && count < limit {
        unpack_value(stack, &mut input, 0)?;
        count += 1;
    }
    if takes_all {
        return Ok(count);
    }
    let next = if input.rest.is_empty() { -1.0 } else { (length - input.rest.len()) as f64 };
    stack.push_number(next);
    if count > 0 {
        stack.replace(1)
    } else {
        return Ok(1);
    }
    Ok(count + 1)
}

fn unpack(stack: &mut Stack) -> Outcome {
    unpack_some(stack, 0, 0)
}

fn offset_argument(stack: &Stack, number: i32) -> Result<i32, Raise> {
    match stack.kind(number) {
        Kind::None | Kind::Nil => Ok(0),
        _ => Ok(number_argument(stack, number)? as i64 as i32),
    }
}

fn unpack_one(stack: &mut Stack) -> Outcome {
    let offset = offset_argument(stack, 2)?;
    unpack_some(stack, 1, offset)
}

fn unpack_limit(stack: &mut Stack) -> Outcome {
    let limit = number_argument(stack, 2)? as i64 as i32;
    let offset = offset_argument(stack, 3)?;
    unpack_some(stack, limit, offset)
}
