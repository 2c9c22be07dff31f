//! Element: members, fields and values in replies, whether they are kept as bytes or as integers.

use crate::context::Context;
use crate::error::Error;
use hematite_resp::Encoder;
use hematite_structures::listpack::Element;

/// Replies with elements.
pub(crate) trait ElementReply {
    /// A bulk string.
    fn element(&mut self, element: Element<'_>);
    /// Puts the head of a set of `len` replies before those that were written from `position` on.
    fn set_from(&mut self, position: usize, len: usize);
}

impl ElementReply for Encoder<'_> {
    #[inline]
    fn element(&mut self, element: Element<'_>) {
        match element {
            Element::Bytes(bytes) => self.bulk(bytes),
            Element::Int(n) => self.bulk_integer(n),
        }
    }
    fn set_from(&mut self, position: usize, len: usize) {
        let mut head = Vec::with_capacity(24);
        Encoder::new(&mut head, self.protocol).set(len);
        self.buffer().splice(position..position, head);
    }
}

/// A count of SRANDMEMBER and its like: any integer but the lowest, whose negation there is not.
pub(crate) fn count_within(ctx: &Context, at: usize) -> Result<i64, Error> {
    let count = ctx.integer(at)?;
    if count == i64::MIN {
        return Err(Error::fixed(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ));
    }
    Ok(count)
}

/// How many times a negative count asks to draw. A reply that could not be sent is refused: with the shortest elements it
/// would be longer than the longest string.
pub(crate) fn repeats(count: i64, bytes_max: u64) -> Result<usize, Error> {
    const ELEMENT_BYTES_MIN: u64 = 6;
    let count = count.unsigned_abs();
    if count > bytes_max / ELEMENT_BYTES_MIN {
        return Err(Error::OutOfRange);
    }
    Ok(count as usize)
}
