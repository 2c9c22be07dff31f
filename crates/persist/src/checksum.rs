//! CRC-64 with the Jones polynomial (0xad93d23594c935a9, reflected, from 0, no final inversion), as RDB files and DUMP
//! payloads end with it.

use crc_fast::{CrcAlgorithm, Digest};

/// A running checksum.
#[derive(Clone)]
pub struct Crc64(Digest);

impl Default for Crc64 {
    fn default() -> Self {
        Crc64(Digest::new(CrcAlgorithm::Crc64Redis))
    }
}

impl Crc64 {
    /// The checksum of some bytes.
    pub fn of(bytes: &[u8]) -> u64 {
        let mut crc = Crc64::default();
        crc.update(bytes);
        crc.value()
    }
    /// Goes on with more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
    /// The checksum of all bytes so far.
    pub fn value(&self) -> u64 {
        self.0.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::Crc64;

    /// The polynomial, reversed, bit by bit.
    fn slow(bytes: &[u8]) -> u64 {
        bytes.iter().fold(0, |crc, byte| {
            (0..8).fold(crc ^ u64::from(*byte), |crc, _| {
                if crc & 1 == 1 { crc >> 1 ^ 0x95ac_9329_ac4b_c9b5 } else { crc >> 1 }
            })
        })
    }

    #[test]
    fn is_that_of_the_reference() {
        assert_eq!(Crc64::of(b"123456789"), 0xe9c6_d914_c4b8_d9ca);
        assert_eq!(Crc64::of(b""), 0);
        let bytes: Vec<u8> = (0..3000u32).map(|n| ((n * n) >> 3) as u8).collect();
        for len in [1, 7, 8, 15, 16, 17, 127, 128, 255, 256, 1000, 3000] {
            assert_eq!(Crc64::of(&bytes[..len]), slow(&bytes[..len]), "{len} bytes");
            let mut parts = Crc64::default();
            parts.update(&bytes[..len / 3]);
            parts.update(&bytes[len / 3..len]);
            assert_eq!(parts.value(), Crc64::of(&bytes[..len]), "{len} bytes in two parts");
        }
    }
}
