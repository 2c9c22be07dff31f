//! Numbers as text: strict integers, and doubles in their shortest form, as the reference reads and writes them.

/// A buffer for the digits of one integer.
#[derive(Default)]
pub struct Digits(itoa::Buffer);

impl Digits {
    /// The decimal text of `n`.
    #[inline]
    pub fn i64(&mut self, n: i64) -> &[u8] {
        self.0.format(n).as_bytes()
    }
    /// The same for a number that has no sign.
    #[inline]
    pub fn u64(&mut self, n: u64) -> &[u8] {
        self.0.format(n).as_bytes()
    }
}

/// Appends the decimal text of `n`.
#[inline]
pub fn write_i64(out: &mut Vec<u8>, n: i64) {
    if (0..10).contains(&n) {
        return out.push(b'0' + n as u8);
    }
    out.extend_from_slice(Digits::default().i64(n));
}

/// An integer in canonical form only: no sign but `-`, no leading zeros, no blanks, no overflow.
#[inline]
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        all => (false, all),
    };
    match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= 19 => {}
        _ => return None,
    }
    let mut value: u64 = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        // 19 digits never overflow u64.
        value = value * 10 + u64::from(digit);
    }
    match negative {
        false => i64::try_from(value).ok(),
        true if value <= 1 << 63 => Some((value as i64).wrapping_neg()),
        true => None,
    }
}

/// An unsigned integer in canonical form.
pub fn parse_u64(text: &[u8]) -> Option<u64> {
    match text {
        [b'0'] => Some(0),
        [b'1'..=b'9', ..] => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    }
}

/// An unsigned number in canonical form, or whatever else `strtoull` takes: blanks before it, a sign, leading zeros.
pub fn parse_u64_as_c(text: &[u8]) -> Option<u64> {
    if let Some(n) = parse_i64(text) {
        return u64::try_from(n).ok();
    }
    let digits = text.trim_ascii_start();
    let (is_negative, digits) = match digits {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        _ => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().try_fold(0u64, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { value.checked_mul(10)?.checked_add(u64::from(digit)) }
    })?;
    Some(if is_negative { value.wrapping_neg() } else { value })
}

/// A double as `strtod` takes it when all of the text must be used: decimal, `inf`, `infinity` and `nan` in any case and with
/// a sign, hexadecimal; no blanks at either end. NaN is refused, and so are finite numbers that no double is near.
#[inline]
pub fn parse_f64(text: &[u8]) -> Option<f64> {
    let n = parse_f64_saturating(text)?;
    if (n == 0.0 || n.is_infinite()) && is_out_of_range(text, n) { None } else { Some(n) }
}

/// Whether a number that was read as 0 or infinite is neither.
fn is_out_of_range(text: &[u8], n: f64) -> bool {
    let is_hexadecimal = text.iter().any(|b| b.eq_ignore_ascii_case(&b'x'));
    let ends_mantissa = |b: &u8| matches!((is_hexadecimal, b), (false, b'e' | b'E') | (true, b'p' | b'P'));
    let mantissa = text.split(ends_mantissa).next().unwrap_or_default();
    if n.is_infinite() {
        return mantissa.iter().any(u8::is_ascii_digit);
    }
    mantissa.iter().any(|b| b.is_ascii_hexdigit() && *b != b'0')
}

/// The same, but numbers too large are infinite, and numbers too small are 0.
pub fn parse_f64_saturating(text: &[u8]) -> Option<f64> {
    if text.is_empty() || text.len() > 255 {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if let Some(digits) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X"))
        && !digits.is_empty()
    {
        let value = parse_hexadecimal(digits)?;
        return Some(if text.starts_with('-') { -value } else { value });
    }
    text.parse::<f64>().ok().filter(|n| !n.is_nan())
}

/// Hexadecimal digits with an optional point and binary exponent, after `0x`.
fn parse_hexadecimal(text: &str) -> Option<f64> {
    let (digits, exponent) = match text.find(['p', 'P']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0f64;
    for c in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(c.to_digit(16)?);
    }
    Some(value * 2f64.powi(exponent.saturating_sub(4 * fraction.len() as i32)))
}

/// Room for any double: sign, 17 digits, and zeros or an exponent.
const DOUBLE_TEXT_MAX: usize = 40;

/// A buffer for the text of one double.
pub struct DoubleText {
    bytes: [u8; DOUBLE_TEXT_MAX],
    len: usize,
}

impl Default for DoubleText {
    #[inline]
    fn default() -> Self {
        DoubleText { bytes: [0; DOUBLE_TEXT_MAX], len: 0 }
    }
}

impl DoubleText {
    /// A double in the fewest digits that read back as it, laid out as the reference does: plain up to 17-odd digits and
    /// down to 1e-7, else with an exponent (`1e+21`, `1.5e-10`); `inf`, `-inf`, `nan`.
    pub fn format(&mut self, n: f64) -> &[u8] {
        self.len = 0;
        if let Some(whole) = as_whole(n) {
            self.push(Digits::default().i64(whole));
        } else if n == 0.0 {
            self.push(b"-0");
        } else if n.is_nan() {
            self.push(b"nan");
        } else if n.is_infinite() {
            self.push(if n > 0.0 { b"inf" } else { b"-inf" });
        } else {
            self.push(if n < 0.0 { b"-" } else { b"" });
            let (digits, count, exponent) = shortest_digits(n.abs());
            self.push_digits(&digits[..count], exponent);
        }
        &self.bytes[..self.len]
    }

    #[inline]
    fn push(&mut self, text: &[u8]) {
        self.bytes[self.len..self.len + text.len()].copy_from_slice(text);
        self.len += text.len();
    }

    fn push_zeros(&mut self, count: usize) {
        self.bytes[self.len..self.len + count].fill(b'0');
        self.len += count;
    }

    /// `digits` with the point after the first one, times ten to the `exponent`.
    fn push_digits(&mut self, digits: &[u8], exponent: i32) {
        let count = digits.len() as i32;
        // Power of ten of the last digit.
        let last = exponent - (count - 1);
        if last >= 0 && exponent < count + 7 {
            self.push(digits);
            self.push_zeros(last as usize);
        } else if last < 0 && (last > -7 || exponent.abs() < 4) {
            if exponent < 0 {
                self.push(b"0.");
                self.push_zeros((-exponent - 1) as usize);
                self.push(digits);
            } else {
                let (whole, fraction) = digits.split_at(exponent as usize + 1);
                self.push(whole);
                self.push(b".");
                self.push(fraction);
            }
        } else {
            self.push(&digits[..1]);
            if count > 1 {
                self.push(b".");
                self.push(&digits[1..]);
            }
            self.push(if exponent < 0 { b"e-" } else { b"e+" });
            self.push(Digits::default().i64(i64::from(exponent.abs())));
        }
    }
}

/// The integer that a double is, in the range where the reference writes it as one: half of i64's. -0 is none.
#[inline]
pub fn as_whole(n: f64) -> Option<i64> {
    let whole = n as i64;
    let is_whole =
        whole as f64 == n && n.abs() <= (i64::MAX / 2) as f64 && (whole != 0 || n.is_sign_positive());
    is_whole.then_some(whole)
}

/// The fewest digits of a positive finite double: the digits without zeros at either end, how many there are, and the power
/// of ten of the first.
fn shortest_digits(n: f64) -> ([u8; 20], usize, i32) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(n).as_bytes();
    let (mut digits, mut count) = ([0; 20], 0);
    // Where the first digit that is not 0 lies, counted from the point; and the exponent behind it all.
    let (mut before_point, mut zeros_after_point, mut has_point, mut exponent) = (0, 0, false, 0);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'.' => has_point = true,
            b'e' => {
                let written = std::str::from_utf8(&text[at + 1..]).ok().and_then(|text| text.parse().ok());
                exponent = written.unwrap_or(0);
                break;
            }
            b'0' if count == 0 => zeros_after_point += i32::from(has_point),
            digit => {
                digits[count] = *digit;
                count += 1;
                before_point += i32::from(!has_point);
            }
        }
    }
    let first = if before_point > 0 { before_point - 1 } else { -zeros_after_point - 1 };
    while digits[count - 1] == b'0' {
        count -= 1;
    }
    (digits, count, first + exponent)
}

/// Appends a double as [`DoubleText::format`] writes it.
#[inline]
pub fn write_f64(out: &mut Vec<u8>, n: f64) {
    out.extend_from_slice(DoubleText::default().format(n));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_strict() {
        for n in [0, 1, -1, 42, i64::MAX, i64::MIN, 1_000_000_007] {
            assert_eq!(parse_i64(n.to_string().as_bytes()), Some(n));
        }
        for text in
            ["", "-", "+1", "01", "-0", "1 ", " 1", "1a", "9223372036854775808", "-9223372036854775809", "00"]
        {
            assert_eq!(parse_i64(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_u64(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(parse_u64(b"18446744073709551616"), None);
    }

    #[test]
    fn doubles_read() {
        for (text, n) in [
            ("1.5", 1.5),
            ("-inf", f64::NEG_INFINITY),
            ("Infinity", f64::INFINITY),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("0x10", 16.0),
            ("-0x1.8p1", -3.0),
            ("+3", 3.0),
        ] {
            assert_eq!(parse_f64(text.as_bytes()), Some(n), "{text}");
        }
        for (text, n) in [("1e400", f64::INFINITY), ("-1e-400", 0.0), ("0x1p5000", f64::INFINITY)] {
            assert_eq!(parse_f64_saturating(text.as_bytes()), Some(n), "{text}");
            assert_eq!(parse_f64(text.as_bytes()), None, "{text}");
        }
        for (text, n) in [("0e5", 0.0), ("0x0p3", 0.0), ("-0.000", 0.0)] {
            assert_eq!(parse_f64(text.as_bytes()), Some(n), "{text}");
        }
        for text in
            ["", " 1", "1 ", "nan", "abc", "1.2.3", "0x", "1e", "--1", "1\u{334}", "-\u{334}1", "0x\u{334}"]
        {
            assert_eq!(parse_f64(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn doubles_read_back() {
        let mut random = crate::random::Random::new(4);
        let mut text = DoubleText::default();
        for _ in 0..100_000 {
            let n = f64::from_bits(random.bits());
            let n = if random.below(2) == 0 { n } else { (n * 1e3).trunc() / 1e3 };
            if n.is_finite() && n != 0.0 {
                assert_eq!(parse_f64(text.format(n)), Some(n), "{n:e}");
                // Two neighbours of a tie are equally short, so the last digits may differ.
                let (digits, count, exponent) = shortest_digits(n.abs());
                let expected = format!("{:e}", n.abs()).replace('.', "");
                let mut found = format!("{}e{exponent}", String::from_utf8_lossy(&digits[..count]));
                found.replace_range(count - 1..count, &expected[count - 1..count]);
                assert_eq!(found, expected);
            }
        }
    }
    #[test]
    fn doubles_are_written_shortest() {
        for (n, text) in [
            (3.1, "3.1"),
            (100.0, "100"),
            (1e18, "1000000000000000000"),
            (1e20, "1e+20"),
            (1e21, "1e+21"),
            (1.5e-10, "1.5e-10"),
            (0.0001, "0.0001"),
            (1e-7, "1e-7"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (123456.789, "123456.789"),
            (0.0, "0"),
            (1234567890123456789.0, "1234567890123456768"),
            (-0.0, "-0"),
            (123456789012345680000.0, "123456789012345680000"),
            (14680.171483389251, "1.4680171483389251e+4"),
            (5e-324, "5e-324"),
            (0.1 + 0.2, "0.30000000000000004"),
        ] {
            let mut out = Vec::new();
            write_f64(&mut out, n);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }
}
