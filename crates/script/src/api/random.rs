//! `math.random` and `math.randomseed`: the sequence of `lrand48`, the same for the same seed on every machine.

use super::chunk::number_argument;
use crate::vm::{Outcome, Raise, Stack};

const MULTIPLIER: u64 = 0x5_deec_e66d;
const INCREMENT: u64 = 0xb;
const MASK: u64 = (1 << 48) - 1;
/// Low bits of a state that a seed makes.
const SEED_LOW: u64 = 0x330e;
/// One more than the largest number that is drawn.
const BOUND: f64 = i32::MAX as f64;

/// The state that a machine begins with.
pub const FIRST_STATE: u64 = 0x1234_abcd_330e;

/// Adds the functions to the library on the top.
pub fn add(stack: &mut Stack) {
    stack.push_function(random);
    stack.set_field(-2, "random");
    stack.push_function(randomseed);
    stack.set_field(-2, "randomseed");
}

fn next(state: &mut u64) -> u64 {
    *state = (state.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT)) & MASK;
    *state >> 17
}

/// An integer argument as C takes it: the low 32 bits.
fn integer(stack: &Stack, number: i32) -> Result<i32, Raise> {
    number_argument(stack, number).map(|n| n as i64 as i32)
}

fn random(stack: &mut Stack) -> Outcome {
    let drawn = next(&mut stack.arena().random) % i32::MAX as u64;
    let unit = drawn as f64 / BOUND;
    let result = match stack.top() {
        0 => unit,
        1 => {
            let upper = integer(stack, 1)?;
            if upper < 1 {
                return Err(Raise::argument(1, "interval is empty"));
            }
            (unit * f64::from(upper)).floor() + 1.0
        }
        2 => {
            let (lower, upper) = (integer(stack, 1)?, integer(stack, 2)?);
            if lower > upper {
                return Err(Raise::argument(2, "interval is empty"));
            }
            // The width wraps around, as it does in C.
            (unit * f64::from(upper.wrapping_sub(lower).wrapping_add(1))).floor() + f64::from(lower)
        }
        _ => return Err(Raise::at("wrong number of arguments")),
    };
    stack.push_number(result);
    Ok(1)
}

fn randomseed(stack: &mut Stack) -> Outcome {
    let seed = integer(stack, 1)?;
    stack.arena().random = (u64::from(seed as u32) << 16 | SEED_LOW) & MASK;
    Ok(0)
}
