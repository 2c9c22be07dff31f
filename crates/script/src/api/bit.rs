//! `bit`: operations on 32 bits. A number is rounded to the nearest integer and taken modulo 2^32; results are signed.

use super::chunk::number_argument;
use crate::vm::{Kind, Outcome, Raise, Stack};

/// Fills the library on the top.
pub fn add(stack: &mut Stack) {
    stack.push_function(tobit);
    stack.set_field(-2, "tobit");
    stack.push_function(bnot);
    stack.set_field(-2, "bnot");
    stack.push_function(band);
    stack.set_field(-2, "band");
    stack.push_function(bor);
    stack.set_field(-2, "bor");
    stack.push_function(bxor);
    stack.set_field(-2, "bxor");
    stack.push_function(lshift);
    stack.set_field(-2, "lshift");
    stack.push_function(rshift);
    stack.set_field(-2, "rshift");
    stack.push_function(arshift);
    stack.set_field(-2, "arshift");
    stack.push_function(rol);
    stack.set_field(-2, "rol");
    stack.push_function(ror);
    stack.set_field(-2, "ror");
    stack.push_function(bswap);
    stack.set_field(-2, "bswap");
    stack.push_function(tohex);
    stack.set_field(-2, "tohex");
}

/// 1.5 * 2^52: what is added to it is rounded, and lies in the low bits of the sum.
const MAGIC: f64 = 6_755_399_441_055_744.0;

fn bits(stack: &Stack, number: i32) -> Result<u32, Raise> {
    let sum = number_argument(stack, number)? + MAGIC;
    Ok(sum.to_bits() as u32)
}

fn answer(stack: &mut Stack, bits: u32) -> Outcome {
    stack.push_number(f64::from(bits as i32));
    Ok(1)
}

fn tobit(stack: &mut Stack) -> Outcome {
    let bits = bits(stack, 1)?;
    answer(stack, bits)
}
fn bnot(stack: &mut Stack) -> Outcome {
    let bits = !bits(stack, 1)?;
    answer(stack, bits)
}
fn bswap(stack: &mut Stack) -> Outcome {
    let bits = bits(stack, 1)?.swap_bytes();
    answer(stack, bits)
}

fn fold(stack: &mut Stack, join: fn(u32, u32) -> u32) -> Outcome {
    let mut all = bits(stack, 1)?;
    for at in 2..=stack.top() {
        all = join(all, bits(stack, at)?);
    }
    answer(stack, all)
}
fn band(stack: &mut Stack) -> Outcome {
    fold(stack, |a, b| a & b)
}
fn bor(stack: &mut Stack) -> Outcome {
    fold(stack, |a, b| a | b)
}
fn bxor(stack: &mut Stack) -> Outcome {
    fold(stack, |a, b| a ^ b)
}

/// Only the low five bits of a distance count.
fn shift(stack: &mut Stack, by: fn(u32, u32) -> u32) -> Outcome {
    let (value, distance) = (bits(stack, 1)?, bits(stack, 2)? & 31);
    answer(stack, by(value, distance))
}
fn lshift(stack: &mut Stack) -> Outcome {
    shift(stack, |a, n| a << n)
}
fn rshift(stack: &mut Stack) -> Outcome {
    shift(stack, |a, n| a >> n)
}
fn arshift(stack: &mut Stack) -> Outcome {
    shift(stack, |a, n| (a as i32 >> n) as u32)
}
fn rol(stack: &mut Stack) -> Outcome {
    shift(stack, u32::rotate_left)
}
fn ror(stack: &mut Stack) -> Outcome {
    shift(stack, u32::rotate_right)
}

/// `tohex(number [, digits])`: the low digits, in capitals if the number of digits is negative.
fn tohex(stack: &mut Stack) -> Outcome {
    let value = bits(stack, 1)?;
    let digits = if stack.kind(2) == Kind::None { 8 } else { bits(stack, 2)? as i32 };
    let text = if digits < 0 { format!("{value:08X}") } else { format!("{value:08x}") };
    let count = digits.unsigned_abs().min(8) as usize;
    stack.push_bytes(&text.as_bytes()[8 - count..]);
    Ok(1)
}
