//! Replies on both ways: what a command replied becomes a Lua value, and what a script returns becomes a reply.
//!
//! | RESP | Lua | and back |
//! |---|---|---|
//! | integer | number | integer, cut towards zero |
//! | bulk string | string | bulk string |
//! | null | false (RESP3: nil) | null |
//! | array | table from 1 on | array up to the first nil |
//! | status | `{ok=}` | status |
//! | error | `{err=}` | error |
//! | map, set, double, big number, verbatim | `{map=}`, `{set=}`, `{double=}`, `{big_number=}`, `{verbatim_string={string=, format=}}` | the same |
//! | boolean (RESP3) | boolean | true: 1, false: null; a boolean after `setresp(3)` |

use crate::vm::{Kind, Raise, Stack};
use hematite_base::number::{parse_f64, parse_i64, parse_u64};
use hematite_engine::Protocol;
use hematite_resp::Encoder;

/// Bytes of a reply that a script may make.
const REPLY_BYTES_MAX: usize = 512 << 20;

/// A command's reply that is being read.
struct Reader<'r> {
    bytes: &'r [u8],
}

impl<'r> Reader<'r> {
    /// The next line, without its end.
    fn line(&mut self) -> &'r [u8] {
        let end = self.bytes.iter().position(|byte| *byte == b'\r').unwrap_or(self.bytes.len());
        let line = &self.bytes[..end];
        self.skip(end + 2);
        line
    }
    fn skip(&mut self, count: usize) {
        self.bytes = &self.bytes[count.min(self.bytes.len())..];
    }
    /// So many bytes, and the line end after them.
    fn block(&mut self, length: usize) -> &'r [u8] {
        let block = &self.bytes[..length.min(self.bytes.len())];
        self.skip(length + 2);
        block
    }
}

/// Pushes a whole reply as a Lua value.
pub fn push(stack: &mut Stack, reply: &[u8]) -> Result<(), Raise> {
    push_next(stack, &mut Reader { bytes: reply })
}

fn push_next(stack: &mut Stack, reader: &mut Reader<'_>) -> Result<(), Raise> {
    stack.reserve(6)?;
    let line = reader.line();
    let (kind, rest) = line.split_first().unwrap_or((&b'_', b""));
    let count = || parse_i64(rest).unwrap_or(0);
    match kind {
        // An index of an array may have 64 bits without a sign.
        b':' => stack.push_number(parse_u64(rest).map_or(count() as f64, |n| n as f64)),
        b'$' | b'*' if count() < 0 => stack.push_boolean(false),
        b'$' => stack.push_bytes(reader.block(count() as usize)),
        b'*' | b'>' => {
            let count = count() as usize;
            stack.push_table(count, 0);
            for at in 1..=count {
                push_next(stack, reader)?;
                stack.set_element(-2, at as i32);
            }
        }
        b'+' => push_wrapped(stack, "ok", rest),
        b'-' => {
            // A code without message gets the common one.
            let text = if rest.contains(&b' ') { rest.to_vec() } else { [b"ERR ", rest].concat() };
            stack.push_error_reply(&text, true);
        }
        b'%' | b'~' => push_keyed(stack, reader, *kind, count() as usize)?,
        b'_' => stack.push_nil(),
        b'#' => stack.push_boolean(rest == b"t"),
        b',' => {
            stack.push_table(0, 1);
            stack.push_number(parse_f64(rest).unwrap_or(f64::NAN));
            stack.set_field(-2, "double");
        }
        b'(' => push_wrapped(stack, "big_number", rest),
        b'=' => {
            let block = reader.block(count() as usize);
            stack.push_table(0, 1);
            stack.push_table(0, 2);
            stack.push_bytes(block.get(4..).unwrap_or_default());
            stack.set_field(-2, "string");
            stack.push_bytes(block.get(..3).unwrap_or_default());
            stack.set_field(-2, "format");
            stack.set_field(-2, "verbatim_string");
        }
        b'|' => {
            // Attributes are not shown to scripts.
            for _ in 0..2 * count() {
                push_next(stack, reader)?;
                stack.pop(1);
            }
            push_next(stack, reader)?;
        }
        _ => stack.push_nil(),
    }
    Ok(())
}

fn push_wrapped(stack: &mut Stack, name: &str, text: &[u8]) {
    stack.push_table(0, 1);
    stack.push_bytes(text);
    stack.set_field(-2, name);
}

/// A map or a set, whose members are keys.
fn push_keyed(stack: &mut Stack, reader: &mut Reader<'_>, kind: u8, count: usize) -> Result<(), Raise> {
    stack.push_table(0, 1);
    stack.push_table(0, count);
    for _ in 0..count {
        push_next(stack, reader)?;
        if kind == b'%' {
            push_next(stack, reader)?
        } else {
            stack.push_boolean(true)
        }
        stack.set_pair(-3);
    }
    stack.set_field(-2, if kind == b'%' { "map" } else { "set" });
    Ok(())
}

/// Tables within tables that a reply may have.
const DEPTH_MAX: usize = 1000;

/// Writes the value on the top as a reply, and takes it from the stack.
pub fn write(stack: &mut Stack, reply: &mut Encoder<'_>) -> Result<(), Raise> {
    write_value(stack, reply, 0)
}

fn write_value(stack: &mut Stack, reply: &mut Encoder<'_>, depth: usize) -> Result<(), Raise> {
    if reply.position() > REPLY_BYTES_MAX {
        return Err(Raise::reply("the script's reply is too large"));
    }
    stack.work(1)?;
    if depth > DEPTH_MAX || stack.reserve(6).is_err() {
        reply.error(b"ERR reached lua stack limit");
        stack.pop(1);
        return Ok(());
    }
    match stack.kind(-1) {
        Kind::String => reply.bulk(stack.bytes(-1).unwrap_or_default()),
        Kind::Boolean => {
            let value = stack.truth(-1);
            match (stack.arena().protocol, value) {
                (Protocol::Resp3, _) => reply.boolean(value),
                (Protocol::Resp2, true) => reply.integer(1),
                (Protocol::Resp2, false) => reply.null(),
            }
        }
        Kind::Number => reply.integer(truncate(stack.number(-1).unwrap_or(0.0))),
        Kind::Table => write_table(stack, reply, depth)?,
        _ => reply.null(),
    }
    stack.pop(1);
    Ok(())
}

/// As a conversion in C does it on x86: what does not fit becomes the smallest integer.
fn truncate(number: f64) -> i64 {
    if number.is_nan() || number >= 9_223_372_036_854_775_808.0 { i64::MIN } else { number as i64 }
}

fn write_table(stack: &mut Stack, reply: &mut Encoder<'_>, depth: usize) -> Result<(), Raise> {
    if stack.push_field(-1, "err") == Kind::String {
        let text = stack.bytes(-1).unwrap_or_default().to_vec();
        stack.pop(1);
        reply.error(trimmed(&text));
        return Ok(());
    }
    stack.pop(1);
    if stack.push_field(-1, "ok") == Kind::String {
        let text: Vec<u8> = stack.bytes(-1).unwrap_or_default().to_vec();
        stack.pop(1);
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        let buffer = reply.buffer();
        buffer.push(b'+');
        buffer.extend(text.iter().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte }));
        buffer.extend_from_slice(b"\r\n");
        return Ok(());
    }
    stack.pop(1);
    if stack.push_field(-1, "double") == Kind::Number {
        reply.double(stack.number(-1).unwrap_or(0.0));
        stack.pop(1);
        return Ok(());
    }
    stack.pop(1);
    if stack.push_field(-1, "big_number") == Kind::String {
        let digits: Vec<u8> = stack.bytes(-1).unwrap_or_default().to_vec();
        let blank = |byte: u8| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte };
        reply.big_number(&digits.into_iter().map(blank).collect::<Vec<u8>>());
        stack.pop(1);
        return Ok(());
    }
    stack.pop(1);
    if write_verbatim(stack, reply) {
        return Ok(());
    }
    for (name, is_map) in [("map", true), ("set", false)] {
        if stack.push_field(-1, name) == Kind::Table {
            write_keyed(stack, reply, is_map, depth)?;
            stack.pop(1);
            return Ok(());
        }
        stack.pop(1);
    }
    write_array(stack, reply, depth)
}

/// An error's text without line ends around it.
fn trimmed(text: &[u8]) -> &[u8] {
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let end = text.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
    &text[..end]
}

fn write_verbatim(stack: &mut Stack, reply: &mut Encoder<'_>) -> bool {
    let mut found = None;
    if stack.push_field(-1, "verbatim_string") == Kind::Table {
        let format = stack.push_field(-1, "format");
        let text = stack.push_field(-2, "string");
        if format == Kind::String && text == Kind::String {
            let mut short = *b"   ";
            for (to, from) in short.iter_mut().zip(stack.bytes(-2).unwrap_or_default()) {
                *to = *from;
            }
            found = Some((short, stack.bytes(-1).unwrap_or_default().to_vec()));
        }
        stack.pop(2);
    }
    stack.pop(1);
    match found {
        Some((format, text)) => {
            reply.verbatim(&format, &text);
            true
        }
        None => false,
    }
}

/// A map or a set: its size is known afterwards, so its elements are written aside first.
fn write_keyed(stack: &mut Stack, reply: &mut Encoder<'_>, is_map: bool, depth: usize) -> Result<(), Raise> {
    let mut count = 0;
    let mut bytes = Vec::new();
    let mut elements = Encoder::new(&mut bytes, reply.protocol);
    stack.push_nil();
    while stack.next(-2) {
        stack.push_copy(-2);
        write_value(stack, &mut elements, depth + 1)?;
        if is_map {
            write_value(stack, &mut elements, depth + 1)?
        } else {
            stack.pop(1)
        }
        count += 1;
    }
    if is_map {
        reply.map(count)
    } else {
        reply.set(count)
    }
    reply.buffer().extend_from_slice(&bytes);
    Ok(())
}

fn write_array(stack: &mut Stack, reply: &mut Encoder<'_>, depth: usize) -> Result<(), Raise> {
    // A border says how long it probably is; a nil inside ends it earlier.
    let mut count = 0;
    let expected = stack.length(-1);
    while count < expected && stack.push_element(-1, count as i32 + 1) != Kind::Nil {
        stack.pop(1);
        count += 1;
        stack.work(1)?;
    }
    if count < expected {
        stack.pop(1);
    }
    reply.array(count);
    for at in 1..=count {
        stack.push_element(-1, at as i32);
        write_value(stack, reply, depth + 1)?;
    }
    Ok(())
}
