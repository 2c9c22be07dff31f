//! Arrays: values with their indices, each index once.

use super::super::array_tag as tag;
use super::{Decoder, Input};
use crate::Error;
use hematite_base::number::{Digits, DoubleText};
use hematite_keyspace::Value;
use hematite_structures::array::{Array, INDEX_MAX};
use hematite_structures::loose::LooseBox;

impl Decoder<'_> {
    pub(super) fn array(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let count = input.length()?;
        let mut array = Array::new(self.encodings.array);
        array.cursor = match input.length()? {
            0 => None,
            1 => Some(index(input)?),
            other => return Err(input.error(format!("an array with {other} cursors"))),
        };
        for _ in 0..count {
            let at = index(input)?;
            let is_new = match input.length()? {
                tag::TEXT | tag::SMALL => array.set(at, input.string()?),
                tag::INTEGER => array.set(at, Digits::default().i64(i64::from_le_bytes(input.array()?))),
                tag::DOUBLE => {
                    let n = f64::from_le_bytes(input.array()?);
                    if !n.is_finite() {
                        return Err(input.error("a value of an array that is no number"));
                    }
                    array.set(at, &double(n))
                }
                other => return Err(input.error(format!("a value of an array of the kind {other}"))),
            };
            if !is_new {
                return Err(input.error("an index of an array twice"));
            }
        }
        Ok((count > 0).then(|| Value::Array(LooseBox::new(array))))
    }
}

fn index(input: &mut Input<'_>) -> Result<u64, Error> {
    let index = input.length()?;
    if index > INDEX_MAX { Err(input.error("an index beyond the last one of arrays")) } else { Ok(index) }
}

/// The text that the reference gives a double of an array: the shortest, with a point.
fn double(n: f64) -> Vec<u8> {
    let mut text = DoubleText::default().format(n).to_vec();
    if !text.iter().any(|byte| matches!(byte, b'.' | b'e')) {
        text.extend_from_slice(b".0");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::double;

    #[test]
    fn doubles_have_a_point() {
        for (n, text) in
            [(1.0, "1.0"), (-0.0, "-0.0"), (0.1, "0.1"), (3.25, "3.25"), (-1_000_000.0, "-1000000.0")]
        {
            assert_eq!(double(n), text.as_bytes());
        }
    }
}
