//! Input: a window over a source, which slides as the reader goes on and never grows beyond twice what has arrived.
//!
//! ```text
//!   |  passed, checksummed, gone  | checksummed ... | passed ... | at ...  to be read | not yet fetched
//!                                   buffer[0]         summed       at                   buffer.len()
//! ```
//!
//! A length that a file merely claims allocates nothing: bytes are fetched in steps no larger than what is already there.

use super::packed;
use crate::{Crc64, Error};
use hematite_base::number::Digits;
use hematite_keyspace::Text;
use hematite_structures::lzf;

/// Bytes that are fetched at a time, at least.
const STEP: usize = 128 << 10;

/// Elements for which room is made where nobody knows how long the source is.
const UNKNOWN_ELEMENTS_MAX: usize = 1024;

/// Where the bytes of a file come from.
pub trait Source {
    /// Puts some bytes into `into`, at least one unless the end is reached; how many. An error is told as a text.
    fn read(&mut self, into: &mut [u8]) -> Result<usize, String>;
}

impl Source for &[u8] {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        let len = into.len().min(self.len());
        let (now, rest) = self.split_at(len);
        into[..len].copy_from_slice(now);
        *self = rest;
        Ok(len)
    }
}

/// What stands where a length is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Plain(u64),
    /// A string with an encoding of its own.
    Packed(u8),
}

/// See the head of the file.
pub(crate) struct Input<'s> {
    source: &'s mut dyn Source,
    buffer: Vec<u8>,
    /// Bytes of `buffer` that were fetched; the rest is room.
    end: usize,
    at: usize,
    /// Bytes that went out of the window.
    gone: u64,
    crc: Crc64,
    /// How far within the buffer the checksum has come.
    summed: usize,
    unpacked: Vec<u8>,
    /// More elements than this there cannot be: the source's bytes, where they are known.
    elements_max: usize,
    digits: Digits,
}

impl<'s> Input<'s> {
    pub fn new(source: &'s mut dyn Source) -> Input<'s> {
        Input {
            source,
            buffer: Vec::new(),
            end: 0,
            at: 0,
            gone: 0,
            crc: Crc64::default(),
            summed: 0,
            unpacked: Vec::new(),
            elements_max: UNKNOWN_ELEMENTS_MAX,
            digits: Digits::default(),
        }
    }

    /// Says how many bytes the source has.
    pub fn set_source_bytes(&mut self, bytes: u64) {
        self.elements_max = usize::try_from(bytes).unwrap_or(usize::MAX).max(UNKNOWN_ELEMENTS_MAX);
    }
    /// For how many elements room may be made, where so many are announced.
    pub fn expected(&self, announced: u64) -> usize {
        usize::try_from(announced).unwrap_or(usize::MAX).min(self.elements_max)
    }
    /// Bytes read so far.
    pub fn offset(&self) -> u64 {
        self.gone + self.at as u64
    }
    /// An error at the present place.
    #[cold]
    pub fn error(&self, reason: impl Into<std::borrow::Cow<'static, str>>) -> Error {
        Error::new(self.offset(), reason)
    }
    /// The checksum of everything read so far.
    pub fn checksum(&mut self) -> u64 {
        self.crc.update(&self.buffer[self.summed..self.at]);
        self.summed = self.at;
        self.crc.value()
    }
    /// The bytes that were fetched, but not read.
    pub fn rest(&self) -> &[u8] {
        &self.buffer[self.at..self.end]
    }
    /// Whether nothing follows.
    pub fn is_at_end(&mut self) -> Result<bool, Error> {
        Ok(self.at == self.end && !self.fetch()?)
    }

    /// Fetches some more; false at the end of the source.
    fn fetch(&mut self) -> Result<bool, Error> {
        self.slide();
        if self.end == self.buffer.len() {
            self.buffer.resize(self.end + self.end.max(STEP), 0);
        }
        let room = &mut self.buffer[self.end..];
        match self.source.read(room) {
            Ok(0) => Ok(false),
            Ok(count) => {
                self.end += count.min(room.len());
                Ok(true)
            }
            Err(reason) => Err(Error::new(self.gone + self.end as u64, reason)),
        }
    }

    /// Moves what is still to be read to the front of the buffer, which gives back what a huge value took.
    fn slide(&mut self) {
        if self.at == 0 {
            return;
        }
        self.crc.update(&self.buffer[self.summed..self.at]);
        self.buffer.copy_within(self.at..self.end, 0);
        self.gone += self.at as u64;
        self.end -= self.at;
        (self.at, self.summed) = (0, 0);
        if self.buffer.len() > 4 * STEP && self.end < STEP {
            self.buffer.truncate(STEP);
            self.buffer.shrink_to_fit();
        }
    }

    /// Has the next `len` bytes in the buffer.
    #[inline(always)]
    fn need(&mut self, len: usize) -> Result<(), Error> {
        if self.end - self.at >= len { Ok(()) } else { self.need_more(len) }
    }
    #[cold]
    fn need_more(&mut self, len: usize) -> Result<(), Error> {
        while self.end - self.at < len {
            if !self.fetch()? {
                return Err(Error::new(
                    self.gone + self.end as u64,
                    format!("ends {} bytes early", len - (self.end - self.at)),
                ));
            }
        }
        Ok(())
    }

    /// The next byte.
    #[inline(always)]
    pub fn byte(&mut self) -> Result<u8, Error> {
        self.need(1)?;
        let byte = self.buffer[self.at];
        self.at += 1;
        Ok(byte)
    }
    /// The next `len` bytes.
    #[inline(always)]
    pub fn bytes(&mut self, len: usize) -> Result<&[u8], Error> {
        self.need(len)?;
        let start = self.at;
        self.at += len;
        Ok(&self.buffer[start..start + len])
    }
    /// The next `N` bytes.
    #[inline(always)]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        self.need(N)?;
        let array = self.buffer[self.at..].first_chunk().copied();
        self.at += N;
        array.ok_or_else(|| self.error("ends early"))
    }
    /// Eight bytes, little endian: a time in Unix milliseconds.
    #[inline]
    pub fn time_ms(&mut self) -> Result<i64, Error> {
        self.array().map(i64::from_le_bytes)
    }

    /// A length, or what stands in its place.
    #[inline(always)]
    pub fn length_or_packed(&mut self) -> Result<Length, Error> {
        let first = self.byte()?;
        let plain = match first >> 6 {
            0 => u64::from(first),
            1 => u64::from(first & 63) << 8 | u64::from(self.byte()?),
            2 => self.long_length(first)?,
            _ => return Ok(Length::Packed(first & 63)),
        };
        Ok(Length::Plain(plain))
    }
    fn long_length(&mut self, first: u8) -> Result<u64, Error> {
        match first {
            0x80 => self.array().map(|bytes| u64::from(u32::from_be_bytes(bytes))),
            0x81 => self.array().map(u64::from_be_bytes),
            _ => Err(Error::new(self.offset() - 1, format!("no length begins with the byte {first:#04x}"))),
        }
    }
    /// A length.
    #[inline]
    pub fn length(&mut self) -> Result<u64, Error> {
        match self.length_or_packed()? {
            Length::Plain(len) => Ok(len),
            Length::Packed(_) => Err(self.error("a string's encoding stands where a length should")),
        }
    }
    /// A length of something in memory.
    fn size(&mut self, what: u64) -> Result<usize, Error> {
        usize::try_from(what)
            .ok()
            .filter(|&len| len <= isize::MAX as usize)
            .ok_or_else(|| self.error(format!("a length of {what} bytes")))
    }

    /// A string, as bytes or as the integer that it was written as.
    #[inline]
    pub fn text(&mut self) -> Result<Text<'_>, Error> {
        match self.length_or_packed()? {
            Length::Plain(len) => {
                let len = self.size(len)?;
                self.bytes(len).map(Text::Bytes)
            }
            Length::Packed(packed::LZF) => self.unpack().map(Text::Bytes),
            Length::Packed(kind) => self.small_integer(kind).map(Text::Integer),
        }
    }
    /// A string's bytes.
    #[inline]
    pub fn string(&mut self) -> Result<&[u8], Error> {
        match self.length_or_packed()? {
            Length::Plain(len) => {
                let len = self.size(len)?;
                self.bytes(len)
            }
            Length::Packed(packed::LZF) => self.unpack(),
            Length::Packed(kind) => {
                let n = self.small_integer(kind)?;
                Ok(self.digits.i64(n))
            }
        }
    }
    fn small_integer(&mut self, kind: u8) -> Result<i64, Error> {
        match kind {
            packed::INT8 => self.array().map(|b| i64::from(i8::from_le_bytes(b))),
            packed::INT16 => self.array().map(|b| i64::from(i16::from_le_bytes(b))),
            packed::INT32 => self.array().map(|b| i64::from(i32::from_le_bytes(b))),
            _ => Err(self.error(format!("no string has the encoding {kind}"))),
        }
    }
    fn unpack(&mut self) -> Result<&[u8], Error> {
        let packed_len = self.length()?;
        let len = self.length()?;
        let (packed_len, len) = (self.size(packed_len)?, self.size(len)?);
        self.need(packed_len)?;
        let packed = &self.buffer[self.at..self.at + packed_len];
        if !lzf::decompress(packed, len, &mut self.unpacked) {
            return Err(self.error(format!("{packed_len} bytes that do not unpack to {len}")));
        }
        self.at += packed_len;
        Ok(&self.unpacked[..len])
    }
    /// Passes over a string.
    pub fn skip_string(&mut self) -> Result<(), Error> {
        self.string().map(|_| ())
    }
}
