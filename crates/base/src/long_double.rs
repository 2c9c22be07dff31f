//! LongDouble: the x87 extended double (1 sign, 15 exponent, 64 significand bits) that the reference counts in.
//!
//! INCRBYFLOAT and HINCRBYFLOAT read with `strtold`, add with 64 significant bits and print with `%.17Lf`, trailing zeros
//! cut. Reading and adding are `rustc_apfloat`'s; printing is exact integer arithmetic: a value below 2^64 times 10^17 fits
//! 128 bits, so its rounding to 17 decimals (half to even) is a shift; a value from 2^64 on has no fraction.

mod general;

use rustc_apfloat::ieee::X87DoubleExtended;
use rustc_apfloat::{Float, Status};
use std::cmp::Ordering;

/// Longest text that is read, bytes.
const TEXT_MAX: usize = 5 * 1024 - 1;
/// Digits after the point.
const DECIMALS: usize = 17;
const SCALE: u128 = 100_000_000_000_000_000;

/// See the head of the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LongDouble(X87DoubleExtended);

impl LongDouble {
    /// Zero.
    pub const ZERO: LongDouble = LongDouble(X87DoubleExtended::ZERO);

    /// The largest finite value.
    pub fn largest() -> LongDouble {
        LongDouble(X87DoubleExtended::largest())
    }
    /// The value of an integer, exact.
    pub fn from_i64(n: i64) -> LongDouble {
        LongDouble(X87DoubleExtended::from_i128(i128::from(n)).value)
    }
    /// Reads a text as `strtold` does when all of it must be used: decimal or hexadecimal, `inf` and `infinity` in any
    /// case. Refused are NaN, blanks, finite texts beyond the range, and others than zero that would become zero.
    pub fn parse(text: &[u8]) -> Option<LongDouble> {
        if text.is_empty() || text.len() > TEXT_MAX {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?;
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let value = if unsigned.eq_ignore_ascii_case("inf") || unsigned.eq_ignore_ascii_case("infinity") {
            X87DoubleExtended::INFINITY
        } else {
            parse_finite(unsigned)?
        };
        Some(LongDouble(if text.starts_with('-') { -value } else { value }))
    }

    /// The sum, rounded to nearest.
    pub fn plus(self, other: LongDouble) -> LongDouble {
        LongDouble((self.0 + other.0).value)
    }
    /// The difference, rounded to nearest.
    pub fn minus(self, other: LongDouble) -> LongDouble {
        LongDouble((self.0 - other.0).value)
    }
    /// The value with the other sign.
    pub fn negated(self) -> LongDouble {
        LongDouble(-self.0)
    }
    /// Neither infinite nor NaN.
    pub fn is_finite(self) -> bool {
        self.0.is_finite()
    }
    /// Order; `None` where one is NaN.
    pub fn compare(self, other: LongDouble) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }

    /// Appends the value as `%.17Lf` prints it, without trailing zeros; minus zero is `0`.
    pub fn write(self, out: &mut Vec<u8>) {
        if self.0.is_nan() {
            return out.extend_from_slice(b"nan");
        }
        let start = out.len();
        if self.0.is_negative() {
            out.push(b'-');
        }
        if self.0.is_infinite() {
            return out.extend_from_slice(b"inf");
        }
        let bits = self.0.to_bits();
        let significand = bits as u64;
        // The value is the significand times two to this power. Denormals have the exponent of the smallest normals.
        let power = ((bits >> 64) as i32 & 0x7fff).max(1) - 16383 - 63;
        if power >= 0 {
            write_whole(out, significand, power as usize);
        } else {
            write_fraction(out, significand, power.unsigned_abs());
        }
        if out[start..] == *b"-0" {
            out.truncate(start);
            out.push(b'0');
        }
    }
    /// The integer before the point, if 64 bits with a sign hold the value.
    pub fn to_i64(self) -> Option<i64> {
        let is_outside =
            |bound: i64, side| self.compare(LongDouble::from_i64(bound)).is_none_or(|order| order == side);
        if is_outside(i64::MIN, Ordering::Less) || is_outside(i64::MAX, Ordering::Greater) {
            return None;
        }
        i64::try_from(self.0.to_i128(64).value).ok()
    }
    /// The text as `%.17Lg` prints it: 17 significant digits without trailing zeros, with an exponent below -4 and from 17 on.
    pub fn text_general(self) -> Vec<u8> {
        if self.0.is_nan() || self.0.is_infinite() {
            return self.text();
        }
        let bits = self.0.to_bits();
        let power = ((bits >> 64) as i32 & 0x7fff).max(1) - 16383 - 63;
        let (digits, exponent) = general::significant(bits as u64, power);
        let mut text = if self.0.is_negative() { vec![b'-'] } else { Vec::new() };
        general::write(&mut text, &digits, exponent);
        text
    }
    /// The text that [`LongDouble::write`] appends.
    pub fn text(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(24);
        self.write(&mut out);
        out
    }
}

/// A finite number without sign, written as C writes it.
fn parse_finite(text: &str) -> Option<X87DoubleExtended> {
    let is_hexadecimal = text.len() > 2 && text.as_bytes()[..2].eq_ignore_ascii_case(b"0x");
    let (digits, mark) = if is_hexadecimal { (&text[2..], ['p', 'P']) } else { (text, ['e', 'E']) };
    let (digits, exponent) = match digits.split_once(mark) {
        Some((digits, exponent)) => (digits, exponent),
        None => (digits, "0"),
    };
    let mut is_zero = true;
    let mut count = 0;
    let mut points = 0;
    for c in digits.chars() {
        let is_digit = if is_hexadecimal { c.is_ascii_hexdigit() } else { c.is_ascii_digit() };
        match c {
            '.' => points += 1,
            _ if is_digit => {
                count += 1;
                is_zero &= c == '0';
            }
            _ => return None,
        }
    }
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if count == 0 || points > 1 || power.is_empty() || !power.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if is_zero {
        return Some(X87DoubleExtended::ZERO);
    }
    // Any larger exponent means the same for texts of at most TEXT_MAX digits.
    let power = power.trim_start_matches('0');
    let power = if power.len() > 6 {
        "999999"
    } else if power.is_empty() {
        "0"
    } else {
        power
    };
    let sign = if exponent.starts_with('-') { "-" } else { "" };
    let (prefix, mark) = if is_hexadecimal { ("0x", 'p') } else { ("", 'e') };
    let parsed = format!("{prefix}{digits}{mark}{sign}{power}").parse_rounded()?;
    (parsed.is_finite() && !parsed.is_zero()).then_some(parsed)
}

trait ParseRounded {
    fn parse_rounded(&self) -> Option<X87DoubleExtended>;
}

impl ParseRounded for String {
    fn parse_rounded(&self) -> Option<X87DoubleExtended> {
        let parsed = X87DoubleExtended::from_str_r(self, rustc_apfloat::Round::NearestTiesToEven).ok()?;
        (!parsed.status.contains(Status::OVERFLOW)).then_some(parsed.value)
    }
}

/// Nine decimal digits.
const LIMB: u64 = 1_000_000_000;

/// `significand << shift` in decimal.
fn write_whole(out: &mut Vec<u8>, significand: u64, shift: usize) {
    // Nine digits a limb, the lowest first.
    let mut limbs = vec![significand % LIMB, significand / LIMB % LIMB, significand / LIMB / LIMB];
    let mut left = shift;
    while left > 0 {
        let step = left.min(32);
        let mut carry = 0;
        for limb in &mut limbs {
            let wide = (*limb << step) + carry;
            (*limb, carry) = (wide % LIMB, wide / LIMB);
        }
        while carry > 0 {
            limbs.push(carry % LIMB);
            carry /= LIMB;
        }
        left -= step;
    }
    while limbs.len() > 1 && limbs.last() == Some(&0) {
        limbs.pop();
    }
    let mut limbs = limbs.into_iter().rev();
    out.extend_from_slice(limbs.next().unwrap_or(0).to_string().as_bytes());
    for limb in limbs {
        out.extend_from_slice(format!("{limb:09}").as_bytes());
    }
}

/// `significand >> shift`, rounded to [`DECIMALS`], trailing zeros cut.
fn write_fraction(out: &mut Vec<u8>, significand: u64, shift: u32) {
    let scaled = u128::from(significand) * SCALE;
    // The product is below 2^121, so what a longer shift leaves is less than half of the last digit.
    let rounded = if shift >= 127 {
        0
    } else {
        let (whole, rest, half) = (scaled >> shift, scaled & ((1 << shift) - 1), 1u128 << (shift - 1));
        whole + u128::from(rest > half || (rest == half && whole & 1 == 1))
    };
    out.extend_from_slice((rounded / SCALE).to_string().as_bytes());
    let decimals = format!("{:0width$}", rounded % SCALE, width = DECIMALS);
    let decimals = decimals.trim_end_matches('0');
    if !decimals.is_empty() {
        out.push(b'.');
        out.extend_from_slice(decimals.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::LongDouble;

    #[test]
    fn general_form() {
        let text = |text: &str| {
            String::from_utf8(LongDouble::parse(text.as_bytes()).expect(text).text_general()).unwrap()
        };
        for (given, printed) in [
            ("0", "0"),
            ("60", "60"),
            ("-60.5", "-60.5"),
            ("0.1", "0.1"),
            ("3.141592653589793", "3.141592653589793"),
            ("12345678901234567", "12345678901234567"),
            ("123456789012345678", "1.2345678901234568e+17"),
            ("100000000000000000", "1e+17"),
            ("99999999999999999.9", "1e+17"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("1e-10", "1e-10"),
            ("1.5e300", "1.5e+300"),
            ("1e4000", "1e+4000"),
            ("1e-4000", "1e-4000"),
            ("0.30000000000000004441", "0.30000000000000004"),
            ("inf", "inf"),
        ] {
            assert_eq!(text(given), printed, "{given}");
        }
    }

    #[test]
    fn truncates() {
        let whole = |text: &str| LongDouble::parse(text.as_bytes()).expect(text).to_i64();
        assert_eq!(whole("7.9"), Some(7));
        assert_eq!(whole("-7.9"), Some(-7));
        assert_eq!(whole("9223372036854775807"), Some(i64::MAX));
        assert_eq!(whole("9223372036854775807.5"), None);
        assert_eq!(whole("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(whole("1e19"), None);
        assert_eq!(whole("-inf"), None);
    }

    fn sum(a: &str, b: &str) -> String {
        let [a, b] = [a, b].map(|text| LongDouble::parse(text.as_bytes()).expect(text));
        String::from_utf8(a.plus(b).text()).unwrap()
    }

    // Every expectation here is a reply of redis-server 7.0.15 on x86-64.
    #[test]
    fn sums_as_in_the_reference() {
        for (a, b, expected) in [
            ("10.5", "0.1", "10.6"),
            ("3.0", "1.000000000000000000000", "4"),
            ("0.1", "0.2", "0.3"),
            ("5.0e3", "2.0e2", "5200"),
            ("1", "-1.1", "-0.1"),
            ("0", "-0", "0"),
            ("1e-18", "0", "0"),
            ("0.000000000000000005", "0", "0"),
            ("0.0000000000000000051", "0", "0.00000000000000001"),
            ("0x10", "0x1.8p1", "19"),
            ("1e20", "1", "100000000000000000000"),
            ("17179869184", "1", "17179869185"),
            ("9223372036854775807", "0.5", "9223372036854775807.5"),
            ("0.02439024390243902439", "-0.02439024390243902439", "0"),
            ("123456789.123456789", "0", "123456789.12345678899873747"),
        ] {
            assert_eq!(sum(a, b), expected, "{a} + {b}");
        }
        assert_eq!(sum("1e4932", "0").len(), 4933);
        assert_eq!(sum("1e30", "0"), "1000000000000000000024696061952");
    }

    #[test]
    fn texts_that_are_no_numbers() {
        for text in [
            "", " 1", "1 ", "nan", "abc", "1.2.3", "0x", "1e", "1e+", "--1", "1e5000", "-1e5000", "1e-5000",
            ".", "0x.p1", "1p3", "1\0", "inf1",
        ] {
            assert_eq!(LongDouble::parse(text.as_bytes()), None, "{text}");
        }
        for text in ["inf", "-Infinity", "+INF", ".5", "5.", "0e99999999999999999999", "1e-4940", "0X1P-3"] {
            assert!(LongDouble::parse(text.as_bytes()).is_some(), "{text}");
        }
        assert!(!LongDouble::parse(b"inf").unwrap().is_finite());
        assert!(!LongDouble::largest().plus(LongDouble::largest()).is_finite());
    }
}
