//! Random operations against a `BTreeSet`, golden bytes, and hostile bytes.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn integer() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => -20..20i64,
        2 => any::<i16>().prop_map(i64::from),
        1 => any::<i32>().prop_map(i64::from),
        1 => any::<i64>(),
        1 => prop::sample::select(vec![i64::MIN, i64::MAX, 32_767, 32_768, -32_768, -32_769, 1 << 31, -(1 << 31) - 1]),
    ]
}

proptest! {
    #[test]
    fn behaves_like_a_sorted_set(ops in prop::collection::vec((any::<u8>(), integer()), 1..200)) {
        let (mut set, mut model, mut widest) = (Intset::new(), BTreeSet::new(), 2);
        for (op, value) in ops {
            if op % 3 == 0 {
                prop_assert_eq!(set.remove(value), model.remove(&value));
            } else {
                widest = widest.max(width_of(value));
                prop_assert_eq!(set.add(value), model.insert(value));
            }
            prop_assert_eq!(set.contains(value), model.contains(&value));
            prop_assert_eq!(set.len(), model.len());
            prop_assert_eq!(set.bytes(), 8 + widest * model.len());
        }
        prop_assert!(set.iter().eq(model.iter().copied()));
        prop_assert!(set.iter().rev().eq(model.iter().rev().copied()));
        for (index, &value) in model.iter().enumerate() {
            prop_assert_eq!(set.get(index), Some(value));
            prop_assert_eq!(set.search(value), Ok(index));
        }
        prop_assert_eq!(set.get(model.len()), None);
        if !model.is_empty() {
            let copy = Intset::from_bytes(set.as_bytes()).expect("valid");
            prop_assert_eq!(copy.as_bytes(), set.as_bytes());
        }
    }

    #[test]
    fn noise_is_rejected_or_reads(noise in prop::collection::vec(any::<u8>(), 0..60), width in 0..3u32) {
        let width = 2u32 << width;
        let mut framed = width.to_le_bytes().to_vec();
        framed.extend((noise.len() as u32 / width).to_le_bytes());
        framed.extend(&noise);
        for bytes in [&framed[..], &noise[..]] {
            if let Ok(set) = Intset::from_bytes(bytes) {
                prop_assert!(set.iter().zip(set.iter().skip(1)).all(|(a, b)| a < b));
            }
        }
    }
}

#[test]
fn bytes_are_those_of_the_reference() {
    let mut set = Intset::new();
    for value in [3, 1, -2] {
        set.add(value);
    }
    assert_eq!(set.as_bytes(), [2, 0, 0, 0, 3, 0, 0, 0, 0xFE, 0xFF, 1, 0, 3, 0]);
    set.add(40_000);
    assert_eq!(set.as_bytes()[..12], [4, 0, 0, 0, 4, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]);
    assert_eq!(size_of::<Option<Intset>>(), 8);
}

#[test]
fn every_cut_and_every_flip_is_rejected_or_sorted() {
    let mut set = Intset::new();
    for value in [-70_000, 3, 5, 70_000] {
        set.add(value);
    }
    let valid = set.as_bytes().to_vec();
    for cut in 0..valid.len() {
        assert!(Intset::from_bytes(&valid[..cut]).is_err());
    }
    for at in 0..valid.len() {
        for bit in 0..8 {
            let mut flipped = valid.clone();
            flipped[at] ^= 1 << bit;
            if let Ok(set) = Intset::from_bytes(&flipped) {
                assert!(set.iter().zip(set.iter().skip(1)).all(|(a, b)| a < b));
            }
        }
    }
}
