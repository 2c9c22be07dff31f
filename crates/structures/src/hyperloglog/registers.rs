//! The dense registers: 16384 counters of 6 bits, packed from the least significant bit.
//!
//! ```text
//!   byte 0    byte 1    byte 2    byte 3
//!   11000000  22221111  33333322  55444444        digits: the register that the bit belongs to
//! ```
//!
//! Eight registers are six bytes, and spread to eight bytes in three shift-and-mask steps on one 64-bit word; all
//! passes over the registers work in such words, and the unpacked bytes compare in vectors.

use super::REGISTERS;

/// Bytes of the dense registers.
pub(super) const DENSE_BYTES: usize = REGISTERS * 6 / 8;

/// One byte a register.
pub(super) type Unpacked = [u8; REGISTERS];

/// Reads register `index` of packed registers.
#[inline]
pub(super) fn get(packed: &[u8], index: usize) -> u8 {
    let (byte, bit) = (index * 6 / 8, index * 6 % 8);
    let low = u16::from(packed[byte]);
    // The last register ends with the last byte.
    let high = u16::from(*packed.get(byte + 1).unwrap_or(&0));
    ((low | high << 8) >> bit) as u8 & 63
}

/// Writes register `index` of packed registers; `value` is below 64.
#[inline]
pub(super) fn set(packed: &mut [u8], index: usize, value: u8) {
    let (byte, bit) = (index * 6 / 8, index * 6 % 8);
    let (mask, value) = (63u16 << bit, u16::from(value) << bit);
    packed[byte] = packed[byte] & !(mask as u8) | value as u8;
    if bit > 2 {
        packed[byte + 1] = packed[byte + 1] & !((mask >> 8) as u8) | (value >> 8) as u8;
    }
}

/// Spreads the eight 6-bit fields of a 48-bit word to eight bytes: halves, quarters, eighths.
#[inline(always)]
fn spread(word: u64) -> u64 {
    let word = (word & 0x00FF_FFFF) | (word & 0xFFFF_FF00_0000) << 8;
    let word = (word & 0x0000_0FFF_0000_0FFF) | (word & 0x00FF_F000_00FF_F000) << 4;
    (word & 0x003F_003F_003F_003F) | (word & 0x0FC0_0FC0_0FC0_0FC0) << 2
}

/// The inverse of [`spread`].
#[inline(always)]
fn gather(word: u64) -> u64 {
    let word = (word & 0x003F_003F_003F_003F) | (word & 0x3F00_3F00_3F00_3F00) >> 2;
    let word = (word & 0x0000_0FFF_0000_0FFF) | (word & 0x0FFF_0000_0FFF_0000) >> 4;
    (word & 0x00FF_FFFF) | (word & 0x00FF_FFFF_0000_0000) >> 8
}

#[inline(always)]
fn load(six: &[u8; 6]) -> u64 {
    let [a, b, c, d, e, f] = *six;
    u64::from(u32::from_le_bytes([a, b, c, d])) | u64::from(u16::from_le_bytes([e, f])) << 32
}

/// Eight registers from each six bytes.
#[inline(always)]
fn octets(packed: &[u8]) -> impl Iterator<Item = [u8; 8]> + '_ {
    packed.as_chunks::<6>().0.iter().map(|six| spread(load(six)).to_le_bytes())
}

/// Packs one byte a register into dense registers; values are below 64.
pub(super) fn pack(registers: &Unpacked, packed: &mut [u8]) {
    for (octet, six) in registers.as_chunks::<8>().0.iter().zip(packed.as_chunks_mut::<6>().0) {
        six.copy_from_slice(&gather(u64::from_le_bytes(*octet)).to_le_bytes()[..6]);
    }
}

/// Raises each of `registers` to the packed register's value where that is greater.
pub(super) fn raise(registers: &mut Unpacked, packed: &[u8]) {
    // Sixty-four registers at a time: unpacked on the stack, then compared as vectors.
    for (own, packed) in registers.as_chunks_mut::<64>().0.iter_mut().zip(packed.as_chunks::<48>().0) {
        let mut other = [0u8; 64];
        for (to, octet) in other.as_chunks_mut::<8>().0.iter_mut().zip(octets(packed)) {
            *to = octet;
        }
        for (own, other) in own.iter_mut().zip(other) {
            *own = (*own).max(other);
        }
    }
}

/// How often each value occurs.
pub(super) type Histogram = [u32; 64];

/// Four tables in turn, so that equal neighbours do not wait for each other's store.
fn histogram(octets: impl Iterator<Item = [u8; 8]>) -> Histogram {
    let mut tables = [[0u32; 64]; 4];
    for octet in octets {
        for (at, value) in octet.into_iter().enumerate() {
            tables[at % 4][usize::from(value & 63)] += 1;
        }
    }
    let mut sum = tables[0];
    for table in &tables[1..] {
        for (total, part) in sum.iter_mut().zip(table) {
            *total += part;
        }
    }
    sum
}

/// The histogram of packed registers.
pub(super) fn histogram_packed(packed: &[u8]) -> Histogram {
    histogram(octets(packed))
}

/// The histogram of unpacked registers, whose values are below 64.
pub(super) fn histogram_unpacked(registers: &Unpacked) -> Histogram {
    histogram(registers.as_chunks::<8>().0.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        #[test]
        fn words_agree_with_single_registers(
            seeds in prop::collection::vec(0..64u8, 997),
            others in prop::collection::vec(0..64u8, 991),
        ) {
            let registers: Unpacked = std::array::from_fn(|index| seeds[index % seeds.len()]);
            let mut packed = vec![0xAA; DENSE_BYTES];
            for (index, &value) in registers.iter().enumerate() {
                set(&mut packed, index, value);
            }
            for (index, &value) in registers.iter().enumerate() {
                prop_assert_eq!(get(&packed, index), value);
            }
            let mut again = vec![0; DENSE_BYTES];
            pack(&registers, &mut again);
            prop_assert_eq!(&again, &packed);
            let mut raised: Unpacked = std::array::from_fn(|index| others[index % others.len()]);
            let expected: Vec<u8> = raised.iter().zip(&registers).map(|(a, b)| *a.max(b)).collect();
            raise(&mut raised, &packed);
            prop_assert_eq!(&raised[..], &expected[..]);
            let mut counted = [0u32; 64];
            registers.iter().for_each(|&value| counted[usize::from(value)] += 1);
            prop_assert_eq!(histogram_packed(&packed), counted);
            prop_assert_eq!(histogram_unpacked(&registers), counted);
        }
    }
}
