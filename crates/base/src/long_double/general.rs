//! General: significant decimal digits of a binary number, and `%g`'s way to write them.
//!
//! All digits are worked out exactly, `significand * 5^k` standing for `significand / 2^k`, and rounded once, half to even.

use super::{LIMB, write_whole};

/// Significant digits.
const DIGITS: usize = 17;
/// Twelve powers of five at a time: with a limb they fit 64 bits.
const FIVES: u64 = 244_140_625;

/// The first [`DIGITS`] digits of `significand * 2^power`, and the power of ten of the first one.
pub(super) fn significant(significand: u64, power: i32) -> (Vec<u8>, i32) {
    if significand == 0 {
        return (vec![b'0'], 0);
    }
    let mut digits = Vec::new();
    if power >= 0 {
        write_whole(&mut digits, significand, power as usize);
    } else {
        // Factors of two that the fraction does not have cost nothing.
        let zeros = significand.trailing_zeros().min(power.unsigned_abs());
        return fraction(significand >> zeros, power.unsigned_abs() - zeros);
    }
    let exponent = digits.len() as i32 - 1;
    round(digits, exponent)
}

fn fraction(significand: u64, halvings: u32) -> (Vec<u8>, i32) {
    let mut limbs = vec![significand % LIMB, significand / LIMB % LIMB, significand / LIMB / LIMB];
    let mut times = |factor: u64| {
        let mut carry = 0;
        for limb in &mut limbs {
            let wide = *limb * factor + carry;
            (*limb, carry) = (wide % LIMB, wide / LIMB);
        }
        if carry > 0 {
            limbs.push(carry);
        }
    };
    (0..halvings / 12).for_each(|_| times(FIVES));
    times(5u64.pow(halvings % 12));
    let mut digits = String::new();
    for limb in limbs.iter().rev() {
        digits.push_str(&format!("{limb:09}"));
    }
    let digits = digits.trim_start_matches('0').as_bytes().to_vec();
    let exponent = digits.len() as i32 - 1 - halvings as i32;
    round(digits, exponent)
}

/// Rounds to [`DIGITS`] digits.
fn round(mut digits: Vec<u8>, exponent: i32) -> (Vec<u8>, i32) {
    if digits.len() <= DIGITS {
        return (digits, exponent);
    }
    let rest = digits.split_off(DIGITS);
    let is_more_than_half = rest[0] > b'5' || rest[0] == b'5' && rest[1..].iter().any(|digit| *digit != b'0');
    let is_half = rest[0] == b'5' && !is_more_than_half;
    if is_more_than_half || is_half && (digits[DIGITS - 1] - b'0') % 2 == 1 {
        let Some(last) = digits.iter().rposition(|digit| *digit != b'9') else {
            return (vec![b'1'], exponent + 1);
        };
        digits[last] += 1;
        digits.truncate(last + 1);
    }
    (digits, exponent)
}

/// Appends digits, of which the first has this power of ten, without trailing zeros.
pub(super) fn write(out: &mut Vec<u8>, digits: &[u8], exponent: i32) {
    let end = digits.iter().rposition(|digit| *digit != b'0').map_or(1, |last| last + 1);
    let digits = &digits[..end];
    if !(-4..DIGITS as i32).contains(&exponent) {
        out.push(digits[0]);
        if digits.len() > 1 {
            out.push(b'.');
            out.extend_from_slice(&digits[1..]);
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        out.extend_from_slice(format!("e{sign}{:02}", exponent.unsigned_abs()).as_bytes());
    } else if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', (-exponent - 1) as usize));
        out.extend_from_slice(digits);
    } else {
        let whole = exponent as usize + 1;
        out.extend_from_slice(&digits[..whole.min(digits.len())]);
        out.extend(std::iter::repeat_n(b'0', whole.saturating_sub(digits.len())));
        if digits.len() > whole {
            out.push(b'.');
            out.extend_from_slice(&digits[whole..]);
        }
    }
}
