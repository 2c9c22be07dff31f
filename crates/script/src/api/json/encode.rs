//! `cjson.encode`: a Lua value as JSON text. A table whose keys are positive whole numbers is an array, any other an object.

use super::{Invalid, Settings};
use crate::number::general;
use crate::vm::{Kind, Outcome, Raise, Stack};

/// Depth that is never exceeded, whatever the settings say.
const DEPTH_MAX: i32 = 2000;

pub fn encode(stack: &mut Stack) -> Outcome {
    if stack.top() != 1 {
        return Err(Raise::argument(1, "expected 1 argument"));
    }
    let settings = super::settings(stack);
    let mut out = Vec::new();
    value(stack, &settings, &mut out, 0)?;
    stack.push_bytes(&out);
    Ok(1)
}

fn refused(kind: Kind, reason: &str) -> Raise {
    Raise::text(format!("Cannot serialise {}: {reason}", kind.name()))
}

/// Appends the value on the top, which stays.
fn value(stack: &mut Stack, settings: &Settings, out: &mut Vec<u8>, depth: i32) -> Result<(), Raise> {
    stack.work(1)?;
    match stack.kind(-1) {
        Kind::String => {
            stack.afford(out.len() + stack.length(-1))?;
            string(stack.bytes(-1).unwrap_or_default(), out);
        }
        Kind::Number => number(stack.number(-1).unwrap_or(0.0), settings, out)?,
        Kind::Boolean => out.extend_from_slice(if stack.truth(-1) { b"true" } else { b"false" }),
        Kind::Nil => out.extend_from_slice(b"null"),
        Kind::Address if stack.address(-1).is_null() => out.extend_from_slice(b"null"),
        Kind::Table => table(stack, settings, out, depth + 1)?,
        kind => return Err(refused(kind, "type not supported")),
    }
    Ok(())
}

fn table(stack: &mut Stack, settings: &Settings, out: &mut Vec<u8>, depth: i32) -> Result<(), Raise> {
    if depth > settings.encode_depth_max || depth > DEPTH_MAX || stack.reserve(6).is_err() {
        return Err(Raise::text(format!("Cannot serialise, excessive nesting ({depth})")));
    }
    match array_length(stack, settings)? {
        Some(length) if length > 0 => {
            out.push(b'[');
            for at in 1..=length {
                if at > 1 {
                    out.push(b',');
                }
                stack.push_element(-1, at);
                value(stack, settings, out, depth)?;
                stack.pop(1);
            }
            out.push(b']');
            Ok(())
        }
        _ => object(stack, settings, out, depth),
    }
}

/// The last index, if the table on the top is an array.
fn array_length(stack: &mut Stack, settings: &Settings) -> Result<Option<i32>, Raise> {
    let (mut max, mut items) = (0i64, 0i64);
    stack.push_nil();
    while stack.next(-2) {
        stack.work(1)?;
        stack.pop(1);
        let key = stack.number(-1).filter(|_| stack.kind(-1) == Kind::Number);
        match key.filter(|key| key.fract() == 0.0 && *key >= 1.0 && *key <= f64::from(i32::MAX)) {
            Some(key) => max = max.max(key as i64),
            None => {
                stack.pop(1);
                return Ok(None);
            }
        }
        items += 1;
    }
    let ratio = i64::from(settings.sparse_ratio);
    if ratio > 0 && max > items * ratio && max > i64::from(settings.sparse_safe) {
        if !settings.converts_sparse {
            return Err(refused(Kind::Table, "excessively sparse array"));
        }
        return Ok(None);
    }
    Ok(Some(max as i32))
}

fn object(stack: &mut Stack, settings: &Settings, out: &mut Vec<u8>, depth: i32) -> Result<(), Raise> {
    out.push(b'{');
    let mut is_first = true;
    stack.push_nil();
    while stack.next(-2) {
        if !std::mem::take(&mut is_first) {
            out.push(b',');
        }
        match stack.kind(-2) {
            Kind::Number => {
                out.push(b'"');
                number(stack.number(-2).unwrap_or(0.0), settings, out)?;
                out.push(b'"');
            }
            Kind::String => string(stack.bytes(-2).unwrap_or_default(), out),
            // The kind that is named is that of the table, as in the reference.
            _ => return Err(refused(Kind::Table, "table key must be a number or string")),
        }
        out.push(b':');
        value(stack, settings, out, depth)?;
        stack.pop(1);
    }
    out.push(b'}');
    Ok(())
}

fn number(number: f64, settings: &Settings, out: &mut Vec<u8>) -> Result<(), Raise> {
    if !number.is_finite() {
        match settings.encode_invalid {
            Invalid::Refused => return Err(refused(Kind::Number, "must not be NaN or Inf")),
            Invalid::Null => {
                out.extend_from_slice(b"null");
                return Ok(());
            }
            Invalid::Written => {}
        }
    }
    out.extend_from_slice(general(number, settings.precision as usize).as_bytes());
    Ok(())
}

fn string(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in bytes {
        match byte {
            b'"' | b'\\' | b'/' => out.extend_from_slice(&[b'\\', *byte]),
            8 => out.extend_from_slice(b"\\b"),
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            12 => out.extend_from_slice(b"\\f"),
            13 => out.extend_from_slice(b"\\r"),
            0..=31 | 127 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}
