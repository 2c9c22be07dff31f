//! Timeouts of blocking commands.

use crate::error::Error;
use hematite_base::number;

/// Reads a timeout in seconds, possibly with a fraction: the Unix time in milliseconds at which it ends, or None where it
/// is 0 and never does.
pub(crate) fn seconds(text: &[u8], now_ms: i64) -> Result<Option<i64>, Error> {
    let outside = Error::fixed("ERR timeout is out of range");
    let seconds =
        number::parse_f64(text).ok_or(Error::fixed("ERR timeout is not a float or out of range"))?;
    let ms = (seconds * 1000.0).ceil();
    if ms >= i64::MAX as f64 {
        return Err(outside);
    }
    match ms as i64 {
        ms if ms < 0 => Err(Error::fixed("ERR timeout is negative")),
        0 => Ok(None),
        ms => now_ms.checked_add(ms).map(Some).ok_or(outside),
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn counts_from_now() {
        assert_eq!(seconds(b"0", 5), Ok(None));
        assert_eq!(seconds(b"0.0001", 5), Ok(Some(6)));
        assert_eq!(seconds(b"1.5", 5), Ok(Some(1505)));
        for (text, part) in [
            (&b"-1"[..], "negative"),
            (b"x", "not a float"),
            (b"1e300", "out of range"),
            (b"inf", "out of range"),
        ] {
            let error = seconds(text, 5).unwrap_err();
            assert!(String::from_utf8_lossy(&error.text()).contains(part), "{error:?}");
        }
        assert!(seconds(b"9223372036854775", 1000).is_err());
    }
}
