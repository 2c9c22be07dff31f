//! Numbers as text, in the forms that C's `printf` gives them: `%.14g` is how Lua shows a number, `%.17g` how a script's
//! number becomes an argument.

use hematite_base::number::Digits;
use smallvec::SmallVec;

/// Appends `%.<digits>g`.
pub fn write_general(out: &mut SmallVec<[u8; 64]>, value: f64, digits: usize) {
    match small_whole(value) {
        Some(whole) => out.extend_from_slice(Digits::default().i64(whole)),
        None => out.extend_from_slice(general(value, digits).as_bytes()),
    }
}

/// The common case: a whole number that every form shows with all its digits.
fn small_whole(value: f64) -> Option<i64> {
    let is_small = value.abs() < 1e14 && value.fract() == 0.0 && (value != 0.0 || value.is_sign_positive());
    is_small.then_some(value as i64)
}

/// `%.<digits>g`.
pub fn general(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return match value {
            _ if value.is_nan() => if value.is_sign_negative() { "-nan" } else { "nan" }.into(),
            _ if value > 0.0 => "inf".into(),
            _ => "-inf".into(),
        };
    }
    if let Some(whole) = small_whole(value) {
        return whole.to_string();
    }
    let digits = digits.max(1);
    let scientific = format!("{:.*e}", digits - 1, value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= digits as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", without_zeros(mantissa), exponent.abs());
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    without_zeros(&format!("{value:.decimals$}")).to_owned()
}

/// Without the zeros at the end of a fraction.
fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::general;

    #[test]
    fn forms_are_those_of_printf() {
        for (value, digits, text) in [
            (0.0, 14, "0"),
            (-0.0, 14, "-0"),
            (1.0, 17, "1"),
            (0.1, 14, "0.1"),
            (0.1, 17, "0.10000000000000001"),
            (3.99, 17, "3.9900000000000002"),
            (1e14, 14, "1e+14"),
            (1e14, 17, "100000000000000"),
            (123_456_789_012_345_680.0, 17, "1.2345678901234568e+17"),
            (12_345_678_901_234_568.0, 17, "12345678901234568"),
            (1e-5, 14, "1e-05"),
            (0.0001, 14, "0.0001"),
            (1e100, 14, "1e+100"),
            (99_999_999_999_999.9, 14, "1e+14"),
            (f64::INFINITY, 14, "inf"),
            (f64::NEG_INFINITY, 17, "-inf"),
            (2.5, 1, "2"),
        ] {
            assert_eq!(general(value, digits), text, "{value:e} in {digits} digits");
        }
    }
}
