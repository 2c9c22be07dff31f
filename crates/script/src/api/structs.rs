//! `struct`: numbers and strings in a binary layout that a format string describes.
//!
//! | option | stands for |
//! |---|---|
//! | `>` `<` | big, little endian from here on |
//! | `!n` | aligned to at most n bytes from here on (8 without n) |
//! | `x` | a byte of zero |
//! | `b` `B` `h` `H` `l` `L` `T` `in` `In` | integers of 1, 2, 8, 8 and n bytes (4 without n); capitals are unsigned |
//! | `f` `d` | floating-point numbers of 4 and 8 bytes |
//! | `s` | a string and a zero |
//! | `cn` | n bytes of a string; `c0` as many as it has, or as the number read before says |

use super::chunk::{number_argument, text_argument};
use crate::vm::{Kind, Outcome, Raise, Stack};

/// Fills the library on the top.
pub fn add(stack: &mut Stack) {
    stack.push_function(pack);
    stack.set_field(-2, "pack");
    stack.push_function(unpack);
    stack.set_field(-2, "unpack");
    stack.push_function(size);
    stack.set_field(-2, "size");
}

/// Largest integer, bytes.
const INTEGER_BYTES_MAX: usize = 32;
/// Alignment of `!` without a number, bytes.
const ALIGNMENT: usize = 8;

/// A format string that is being read.
struct Format<'f> {
    rest: &'f [u8],
    is_big: bool,
    /// Largest alignment, bytes.
    alignment: usize,
}

/// One option, with what it takes.
struct Item {
    option: u8,
    /// Bytes that it stands for; 0 where its argument says, or where there are none.
    bytes: usize,
    /// Zeros before it.
    padding: usize,
}

impl<'f> Format<'f> {
    fn new(text: &'f [u8]) -> Self {
        let rest = text.split(|byte| *byte == 0).next().unwrap_or_default();
        Format { rest, is_big: false, alignment: 1 }
    }

    /// A number in the format; `default` if there is none.
    fn count(&mut self, default: usize) -> Result<usize, Raise> {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return Ok(default);
        }
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        number
            .iter()
            .try_fold(0i32, |all, digit| all.checked_mul(10)?.checked_add(i32::from(digit - b'0')))
            .map(|number| number as usize)
            .ok_or(Raise::at("integral size overflow"))
    }

    /// The next option; `position` is where it would stand.
    fn next(&mut self, position: usize) -> Result<Option<Item>, Raise> {
        let Some((&option, rest)) = self.rest.split_first() else { return Ok(None) };
        self.rest = rest;
        let bytes = match option {
            b'b' | b'B' | b'x' => 1,
            b'h' | b'H' => 2,
            b'l' | b'L' | b'T' | b'd' => 8,
            b'f' => 4,
            b'c' => self.count(1)?,
            b'i' | b'I' => {
                let bytes = self.count(4)?;
                if bytes > INTEGER_BYTES_MAX {
                    let text = format!("integral size {bytes} is larger than limit of {INTEGER_BYTES_MAX}");
                    return Err(Raise::text(text));
                }
                bytes
            }
            _ => 0,
        };
        let mut padding = 0;
        if bytes > 0 && option != b'c' {
            let to = bytes.min(self.alignment);
            padding = (to.wrapping_sub(position & to.wrapping_sub(1))) & to.wrapping_sub(1);
        }
        Ok(Some(Item { option, bytes, padding }))
    }

    /// An option that stands for nothing.
    fn control(&mut self, option: u8) -> Result<(), Raise> {
        match option {
            b' ' => {}
            b'>' => self.is_big = true,
            b'<' => self.is_big = false,
            b'!' => {
                let alignment = self.count(ALIGNMENT)?;
                if !alignment.is_power_of_two() {
                    return Err(Raise::text(format!("alignment {alignment} is not a power of 2")));
                }
                self.alignment = alignment;
            }
            _ => {
                let text = format!("invalid format option '{}'", char::from(option));
                return Err(Raise::Argument(1, text.into()));
            }
        }
        Ok(())
    }
}

/// A number argument of `pack`: a nil stands behind the arguments.
fn packed_number(stack: &Stack, at: i32) -> Result<f64, Raise> {
    if at == stack.top() + 1 {
        return Err(Raise::argument(at, "number expected, got nil"));
    }
    number_argument(stack, at)
}

fn pack(stack: &mut Stack) -> Outcome {
    let text = text_argument(stack, 1)?;
    let mut format = Format::new(&text);
    let mut out: Vec<u8> = Vec::new();
    let mut position = 0;
    let mut at = 2;
    while let Some(item) = format.next(position)? {
        stack.work(1)?;
        // Everything that makes the result longer is looked at before.
        let bytes = if item.option == b'c' { 0 } else { item.bytes };
        stack.afford(out.len() + item.padding + bytes)?;
        out.resize(out.len() + item.padding, 0);
        position += item.padding + item.bytes;
        match item.option {
            b'b' | b'B' | b'h' | b'H' | b'l' | b'L' | b'T' | b'i' | b'I' => {
                let number = packed_number(stack, at)?;
                at += 1;
                put_integer(&mut out, number, format.is_big, item.bytes);
            }
            b'x' => out.push(0),
            b'f' => {
                let number = packed_number(stack, at)? as f32;
                at += 1;
                out.extend_from_slice(&if format.is_big {
                    number.to_be_bytes()
                } else {
                    number.to_le_bytes()
                });
            }
            b'd' => {
                let number = packed_number(stack, at)?;
                at += 1;
                out.extend_from_slice(&if format.is_big {
                    number.to_be_bytes()
                } else {
                    number.to_le_bytes()
                });
            }
            b'c' | b's' => {
                if at == stack.top() + 1 {
                    return Err(Raise::argument(at, "string expected, got nil"));
                }
                let text = text_argument(stack, at)?;
                at += 1;
                let bytes = if item.bytes == 0 { text.len() } else { item.bytes };
                // The reference names the argument after it.
                let text = text.get(..bytes).ok_or(Raise::argument(at, "string too short"))?;
                stack.afford(out.len() + text.len())?;
                out.extend_from_slice(text);
                position += bytes - item.bytes;
                if item.option == b's' {
                    out.push(0);
                    position += 1;
                }
            }
            other => format.control(other)?,
        }
    }
    stack.push_bytes(&out);
    Ok(1)
}

fn put_integer(out: &mut Vec<u8>, number: f64, is_big: bool, bytes: usize) {
    let value = if number < 0.0 { number as i64 as u64 } else { number as u64 };
    let mut all = [0; INTEGER_BYTES_MAX];
    all[..8].copy_from_slice(&value.to_le_bytes());
    let start = out.len();
    out.extend_from_slice(&all[..bytes]);
    if is_big {
        out[start..].reverse();
    }
}

fn get_integer(data: &[u8], is_big: bool, is_signed: bool) -> f64 {
    let mut value = 0u64;
    let mut add = |byte: &u8| value = value << 8 | u64::from(*byte);
    if is_big {
        data.iter().for_each(&mut add)
    } else {
        data.iter().rev().for_each(&mut add)
    }
    if !is_signed || data.is_empty() {
        return value as f64;
    }
    // What is wider than a register keeps the sign of its lowest eight bytes.
    let sign = u64::MAX.wrapping_shl((data.len() as u32 * 8) - 1);
    if value & sign != 0 {
        value |= sign;
    }
    value as i64 as f64
}

fn unpack(stack: &mut Stack) -> Outcome {
    let text = text_argument(stack, 1)?;
    let data = text_argument(stack, 2)?;
    let start = match stack.kind(3) {
        Kind::None | Kind::Nil => 1.0,
        _ => number_argument(stack, 3)?,
    } as i64;
    if start == 0 {
        return Err(Raise::argument(3, "offset must be 1 or greater"));
    }
    let short = || Raise::argument(2, "data string too short");
    // A negative offset is a huge one.
    let mut position = usize::try_from(start - 1).map_err(|_| short())?;
    let mut format = Format::new(&text);
    let mut count = 0;
    while let Some(item) = format.next(position)? {
        stack.work(1)?;
        position = position.saturating_add(item.padding);
        let rest = data.get(position..).ok_or_else(short)?;
        let mut bytes = item.bytes;
        let field = rest.get(..bytes).ok_or_else(short)?;
        stack.reserve(2).map_err(|_| Raise::at("stack overflow (too many results)"))?;
        match item.option {
            b'b' | b'B' | b'h' | b'H' | b'l' | b'L' | b'T' | b'i' | b'I' => {
                stack.push_number(get_integer(field, format.is_big, item.option.is_ascii_lowercase()));
                count += 1;
            }
            b'x' => {}
            b'f' => {
                let raw: [u8; 4] = field.try_into().map_err(|_| short())?;
                let number = if format.is_big { f32::from_be_bytes(raw) } else { f32::from_le_bytes(raw) };
                stack.push_number(f64::from(number));
                count += 1;
            }
            b'd' => {
                let raw: [u8; 8] = field.try_into().map_err(|_| short())?;
                stack.push_number(if format.is_big {
                    f64::from_be_bytes(raw)
                } else {
                    f64::from_le_bytes(raw)
                });
                count += 1;
            }
            b'c' => {
                if bytes == 0 {
                    let size = stack.number(-1).filter(|_| count > 0);
                    let size = size.ok_or(Raise::at("format 'c0' needs a previous size"))?;
                    stack.pop(1);
                    count -= 1;
                    // A negative size is a huge one.
                    bytes = usize::try_from(size as i64).map_err(|_| short())?;
                }
                stack.push_bytes(rest.get(..bytes).ok_or_else(short)?);
                count += 1;
            }
            b's' => {
                let end = rest.iter().position(|byte| *byte == 0);
                let end = end.ok_or(Raise::at("unfinished string in data"))?;
                stack.push_bytes(&rest[..end]);
                bytes = end + 1;
                count += 1;
            }
            other => format.control(other)?,
        }
        position += bytes;
    }
    stack.push_number(position as f64 + 1.0);
    Ok(count + 1)
}

fn size(stack: &mut Stack) -> Outcome {
    let text = text_argument(stack, 1)?;
    let mut format = Format::new(&text);
    let mut position = 0usize;
    while let Some(item) = format.next(position)? {
        match item.option {
            b's' => return Err(Raise::argument(1, "option 's' has no fixed size")),
            b'c' if item.bytes == 0 => return Err(Raise::argument(1, "option 'c0' has no fixed size")),
            other if !other.is_ascii_alphanumeric() => format.control(other)?,
            _ => {}
        }
        position = position.saturating_add(item.padding).saturating_add(item.bytes);
    }
    stack.push_number(position as f64);
    Ok(1)
}
