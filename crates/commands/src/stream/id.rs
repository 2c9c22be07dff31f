//! Ids as arguments and replies.

use crate::error::Error;
use hematite_base::number::parse_u64_as_c as parse_number;
use hematite_resp::Encoder;
use hematite_structures::stream::StreamId;

const INVALID: &str = "ERR Invalid stream ID specified as stream command argument";
/// Longest id that is looked at, bytes.
const BYTES_MAX: usize = 127;

/// An id as XADD takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewId {
    /// `*`.
    Auto,
    /// `ms-*`: the sequence number is to be found.
    AutoSequence(u64),
    /// `ms-seq`, or `ms` for `ms-0`.
    Exact(StreamId),
}

/// An id: `ms-seq`, or `ms` with a sequence number that is `missing_seq`.
pub(super) fn parse(text: &[u8], missing_seq: u64) -> Result<StreamId, Error> {
    let (ms, seq) = split(text)?;
    let seq = seq.map_or(Some(missing_seq), parse_number).ok_or(Error::fixed(INVALID))?;
    Ok(StreamId::new(parse_number(ms).ok_or(Error::fixed(INVALID))?, seq))
}

/// The id of a new entry.
pub(super) fn parse_new(text: &[u8]) -> Result<NewId, Error> {
    if text == b"*" {
        return Ok(NewId::Auto);
    }
    match split(text)? {
        (ms, Some(b"*")) => parse_number(ms).map(NewId::AutoSequence).ok_or(Error::fixed(INVALID)),
        _ => parse(text, 0).map(NewId::Exact),
    }
}

/// An id, or `-` and `+` for the lowest and the highest.
pub(super) fn parse_or_end(text: &[u8]) -> Result<StreamId, Error> {
    match text {
        b"-" => Ok(StreamId::MIN),
        b"+" => Ok(StreamId::MAX),
        _ => parse(text, 0),
    }
}

/// The lower end of an interval: an id, `-`, `+`, or an id behind `(` that is itself not meant.
pub(super) fn parse_start(text: &[u8]) -> Result<StreamId, Error> {
    let (id, is_exclusive) = parse_end_of_interval(text, 0)?;
    match is_exclusive {
        true => id.next().ok_or(Error::fixed("ERR invalid start ID for the interval")),
        false => Ok(id),
    }
}

/// The upper end of an interval.
pub(super) fn parse_end(text: &[u8]) -> Result<StreamId, Error> {
    let (id, is_exclusive) = parse_end_of_interval(text, u64::MAX)?;
    match is_exclusive {
        true => id.prev().ok_or(Error::fixed("ERR invalid end ID for the interval")),
        false => Ok(id),
    }
}

fn parse_end_of_interval(text: &[u8], missing_seq: u64) -> Result<(StreamId, bool), Error> {
    match text {
        b"-" => Ok((StreamId::MIN, false)),
        b"+" => Ok((StreamId::MAX, false)),
        [b'(', rest @ ..] if !rest.is_empty() => Ok((parse(rest, missing_seq)?, true)),
        _ => Ok((parse(text, missing_seq)?, false)),
    }
}

/// The two parts around the first dash.
fn split(text: &[u8]) -> Result<(&[u8], Option<&[u8]>), Error> {
    if text.len() > BYTES_MAX {
        return Err(Error::fixed(INVALID));
    }
    Ok(match text.iter().position(|byte| *byte == b'-') {
        Some(dash) => (&text[..dash], Some(&text[dash + 1..])),
        None => (text, None),
    })
}

/// The id as text, in a buffer of its own.
pub(super) struct IdText {
    bytes: [u8; 41],
    len: usize,
}

impl IdText {
    pub fn new(id: StreamId) -> IdText {
        let mut text = IdText { bytes: [0; 41], len: 0 };
        text.put(itoa::Buffer::new().format(id.ms).as_bytes());
        text.put(b"-");
        text.put(itoa::Buffer::new().format(id.seq).as_bytes());
        text
    }
    fn put(&mut self, part: &[u8]) {
        self.bytes[self.len..self.len + part.len()].copy_from_slice(part);
        self.len += part.len();
    }
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Replies with an id.
pub(super) fn reply_with(reply: &mut Encoder, id: StreamId) {
    reply.bulk(IdText::new(id).bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_the_reference_reads_them() {
        let id = |text: &str| parse(text.as_bytes(), 7).ok().map(|id| (id.ms, id.seq));
        assert_eq!(id("5"), Some((5, 7)));
        assert_eq!(id("5-3"), Some((5, 3)));
        assert_eq!(id("05-+3"), Some((5, 3)));
        assert_eq!(id("18446744073709551615-18446744073709551615"), Some((u64::MAX, u64::MAX)));
        for text in ["", "-", "+", "x", "5-", "-5", "5-x", "18446744073709551616", "5-3-1", "5--1", "5 "] {
            assert_eq!(id(text), None, "{text}");
        }
        assert_eq!(parse_new(b"5-*"), Ok(NewId::AutoSequence(5)));
        assert_eq!(parse_start(b"(5-3"), Ok(StreamId::new(5, 4)));
        assert_eq!(parse_end(b"(5"), Ok(StreamId::new(5, u64::MAX - 1)));
        assert!(parse_end(b"(0-0").is_err() && parse_start(b"(-").is_err() && parse_start(b"(").is_err());
        assert_eq!(IdText::new(StreamId::MAX).bytes().len(), 41);
    }
}
