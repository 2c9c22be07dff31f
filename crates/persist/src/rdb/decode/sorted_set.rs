//! Sorted sets: member by member with scores as text or as doubles, one ziplist, or one listpack.

use super::super::kind;
use super::{Decoder, Input, has_duplicates, ziplist};
use crate::Error;
use hematite_base::number::{DoubleText, parse_f64, parse_f64_saturating};
use hematite_keyspace::Value;
use hematite_keyspace::sorted_set::{assemble, compare};
use hematite_structures::listpack::{DecimalBuffer, Element, Listpack};
use hematite_structures::loose::LooseBox;
use hematite_structures::sorted_set::{SortedSet, SortedSetBuilder};

const DUPLICATE: &str = "a member of a sorted set twice";
const NOT_A_NUMBER: &str = "a score that is no number";

impl Decoder<'_> {
    pub(super) fn sorted_set(&mut self, input: &mut Input<'_>, kind: u8) -> Result<Option<Value>, Error> {
        let len = input.length()?;
        let mut builder = SortedSetBuilder::new(self.encodings.hasher.clone(), input.expected(len));
        let mut longest = 0;
        for _ in 0..len {
            self.read_name(input)?;
            let score =
                if kind == kind::ZSET_2 { f64::from_le_bytes(input.array()?) } else { text_score(input)? };
            if score.is_nan() {
                return Err(input.error(NOT_A_NUMBER));
            }
            longest = longest.max(self.scratch.len());
            if !builder.push(&self.scratch, score) {
                return Err(input.error(DUPLICATE));
            }
        }
        if len == 0 {
            return Ok(None);
        }
        Ok(Some(self.settle_sorted_set(builder.finish(), longest)))
    }

    /// A small sorted set becomes a listpack.
    fn settle_sorted_set(&self, set: SortedSet, longest: usize) -> Value {
        let limits = self.encodings.sorted_set;
        if set.len() > limits.entries_max || longest > limits.value_bytes_max {
            return Value::SortedSet(LooseBox::new(set));
        }
        let members = || set.iter().map(|(member, score)| (Element::Bytes(member), score));
        assemble(members, limits, &self.encodings.hasher)
    }

    pub(super) fn sorted_set_ziplist(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let pack = ziplist::read_as_listpack(input)?;
        self.settle_packed(input, pack)
    }
    pub(super) fn sorted_set_listpack(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let pack = self.listpack(input)?;
        self.settle_packed(input, pack)
    }

    /// A sorted set of a listpack of members and scores. It is kept as it is where it lies within the limits, is in order,
    /// and writes scores as this server does.
    fn settle_packed(&self, input: &Input<'_>, pack: Listpack) -> Result<Option<Value>, Error> {
        if pack.is_empty() {
            return Ok(None);
        }
        if !pack.len().is_multiple_of(2) {
            return Err(input.error("a member of a sorted set without a score"));
        }
        let (limits, len) = (self.encodings.sorted_set, pack.len() / 2);
        let (mut keeps, mut longest, mut has_scores) = (len <= limits.entries_max, 0, true);
        let mut last: Option<(f64, Element<'_>)> = None;
        // Looked at on the way to the duplicates.
        let members = pack.pairs().map(|(member, element)| {
            let (score, is_usual) = packed_score(element).unwrap_or((f64::NAN, false));
            let follows = last.is_none_or(|(last_score, last)| {
                last_score < score || last_score == score && compare(last, member).is_lt()
            });
            longest = longest.max(member.text_len());
            has_scores &= !score.is_nan();
            keeps &= is_usual && follows;
            last = Some((score, member));
            member
        });
        let has_duplicates = has_duplicates(members, len, &self.encodings.hasher);
        if !has_scores {
            return Err(input.error(NOT_A_NUMBER));
        }
        if has_duplicates {
            return Err(input.error(DUPLICATE));
        }
        if keeps && longest <= limits.value_bytes_max {
            return Ok(Some(Value::SortedSetPacked(pack)));
        }
        let mut builder = SortedSetBuilder::new(self.encodings.hasher.clone(), len);
        let mut digits = DecimalBuffer::new();
        for (member, element) in pack.pairs() {
            let score = packed_score(element).map_or(0.0, |(score, _)| score);
            builder.push(member.text(&mut digits), score);
        }
        Ok(Some(self.settle_sorted_set(builder.finish(), longest)))
    }
}

/// The score that an element of a listpack says, and whether this server would have said it so.
fn packed_score(element: Element<'_>) -> Option<(f64, bool)> {
    match element {
        Element::Int(n) => Some((n as f64, n as f64 as i64 == n && n.unsigned_abs() <= 1 << 53)),
        Element::Bytes(text) => {
            if let Some(score) = short_decimal(text) {
                return Some((score, true));
            }
            let score = parse_f64(text)?;
            Some((score, DoubleText::default().format(score + 0.0) == text))
        }
    }
}

/// A score of up to 15 digits, written as this server writes it: digits, a point, digits, without zeros that say nothing. Two
/// integers that a double holds exactly are divided, which is as exact as it gets; and no shorter text means the same.
fn short_decimal(text: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let (is_negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, text),
    };
    let point = digits.iter().position(|&byte| byte == b'.')?;
    let (whole, fraction) = (&digits[..point], &digits[point + 1..]);
    let is_usual = matches!((whole, fraction.first()?), ([b'1'..=b'9', ..], _) | ([b'0'], b'1'..=b'9'));
    if !is_usual || *fraction.last()? == b'0' || digits.len() > 16 {
        return None;
    }
    let mut mantissa = 0u64;
    for byte in whole.iter().chain(fraction) {
        if !byte.is_ascii_digit() {
            return None;
        }
        mantissa = mantissa * 10 + u64::from(byte - b'0');
    }
    let score = mantissa as f64 / POWERS[fraction.len()];
    Some(if is_negative { -score } else { score })
}

/// A score in the old form: a length of one byte and digits, or a length that stands for infinity or for no number.
fn text_score(input: &mut Input<'_>) -> Result<f64, Error> {
    match input.byte()? {
        253 => Ok(f64::NAN),
        254 => Ok(f64::INFINITY),
        255 => Ok(f64::NEG_INFINITY),
        len => {
            let text = input.bytes(usize::from(len))?;
            parse_f64_saturating(text).ok_or_else(|| input.error(NOT_A_NUMBER))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_decimals_are_what_is_written_and_read() {
        for text in ["1.5", "-0.25", "13.5", "0.1", "123456789.123456", "-9.99999999999999"] {
            let score = short_decimal(text.as_bytes()).expect("it is short");
            assert_eq!(Some(score), parse_f64(text.as_bytes()), "{text}");
            assert_eq!(DoubleText::default().format(score), text.as_bytes());
        }
        for n in 0..10_000u64 {
            let text = format!("{}.{}", n * 7919 % 100_003 + 1, n * 104_729 % 999_983);
            if let Some(score) = short_decimal(text.as_bytes()) {
                assert_eq!(Some(score), parse_f64(text.as_bytes()), "{text}");
                assert_eq!(DoubleText::default().format(score), text.as_bytes());
            }
        }
        for text in ["", "-", "1", ".5", "1.", "01.5", "1.50", "0.05", "1e5", "1.5e3", "nan", "1.2.3", "+1.5"]
        {
            assert_eq!(short_decimal(text.as_bytes()), None, "{text}");
        }
        assert_eq!(short_decimal(b"1234567890.1234567"), None, "too many digits");
    }
}
