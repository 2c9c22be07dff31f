//! Ends of ranges among the arguments: `1.5`, `(1.5`, `-inf`; `[a`, `(a`, `-`, `+`.

use crate::error::Error;
use hematite_base::number;
use hematite_keyspace::sorted_set::{LexBound, ScoreBound};

/// Both ends of a range of scores.
pub(super) fn scores(min: &[u8], max: &[u8]) -> Result<(ScoreBound, ScoreBound), Error> {
    score(min).zip(score(max)).ok_or(Error::fixed("ERR min or max is not a float"))
}

/// Both ends of a lexicographic range.
pub(super) fn lex<'a>(min: &'a [u8], max: &'a [u8]) -> Result<(LexBound<'a>, LexBound<'a>), Error> {
    member(min).zip(member(max)).ok_or(Error::fixed("ERR min or max not valid string range item"))
}

fn score(text: &[u8]) -> Option<ScoreBound> {
    match text {
        [b'(', rest @ ..] => c_double(rest).map(ScoreBound::Excluded),
        _ => c_double(text).map(ScoreBound::Included),
    }
}

/// A double as `strtod` reads it from a C string: blanks before it are passed over, nothing at all is 0, and what lies
/// outside of the range of doubles is infinite or 0.
fn c_double(text: &[u8]) -> Option<f64> {
    let text = text.split(|b| *b == 0).next().unwrap_or_default();
    if text.is_empty() {
        return Some(0.0);
    }
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t'..=b'\r');
    number::parse_f64_saturating(&text[text.iter().take_while(|b| is_blank(b)).count()..])
}

fn member(text: &[u8]) -> Option<LexBound<'_>> {
    match text {
        b"-" => Some(LexBound::Lowest),
        b"+" => Some(LexBound::Highest),
        [b'[', rest @ ..] => Some(LexBound::Included(rest)),
        [b'(', rest @ ..] => Some(LexBound::Excluded(rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_read_as_the_reference_reads_them() {
        assert_eq!(score(b"(1.5"), Some(ScoreBound::Excluded(1.5)));
        assert_eq!(score(b" -inf"), Some(ScoreBound::Included(f64::NEG_INFINITY)));
        assert_eq!(score(b""), Some(ScoreBound::Included(0.0)));
        assert_eq!(score(b"("), Some(ScoreBound::Excluded(0.0)));
        assert_eq!(score(b"1e400"), Some(ScoreBound::Included(f64::INFINITY)));
        for text in [&b" "[..], b"1 ", b"nan", b"x", b"((1", b"[1"] {
            assert_eq!(score(text), None, "{text:?}");
        }
        assert_eq!(member(b"["), Some(LexBound::Included(b"")));
        assert_eq!(member(b"(a"), Some(LexBound::Excluded(b"a")));
        assert_eq!(member(b"--"), None);
        assert_eq!(member(b""), None);
    }
}
