//! Bytes against known vectors, estimates against exact counts, and hostile bytes.

use super::*;
use proptest::prelude::*;

const LIMIT: usize = 3000;

fn filled(elements: impl Iterator<Item = u64>) -> Vec<u8> {
    let mut bytes = create();
    for element in elements {
        add(&mut bytes, format!("element:{element}").as_bytes(), LIMIT).unwrap();
    }
    bytes
}

#[test]
fn a_new_one_is_one_long_run_of_zeros() {
    let mut bytes = create();
    assert_eq!(bytes, b"HYLL\x01\0\0\0\0\0\0\0\0\0\0\0\x7f\xff");
    assert_eq!((validate(&bytes), cached_count(&bytes), count(&bytes)), (Ok(()), Some(0), Ok(0)));
    assert_eq!(decode_sparse(&bytes), Some(Ok("Z:16384".into())));
    invalidate_cache(&mut bytes);
    assert_eq!(cached_count(&bytes), None);
    set_cached_count(&mut bytes, 7);
    assert_eq!(cached_count(&bytes), Some(7));
}

#[test]
fn estimates_stay_within_three_standard_errors() {
    for exact in [1u64, 10, 100, 1_000, 10_000, 100_000, 1_000_000] {
        let bytes = filled(0..exact);
        let estimate = count(&bytes).unwrap();
        let error = (estimate as f64 - exact as f64).abs() / exact as f64;
        assert!(error < 0.0081 * 3.0, "{estimate} for {exact}");
        let mut union = Union::new();
        union.absorb(&bytes).unwrap();
        assert_eq!(union.count(), estimate);
    }
}

#[test]
fn a_union_counts_like_one_that_saw_everything() {
    for (a, b) in [(0..500, 250..700), (0..500, 300..20_000), (0..20_000, 10_000..30_000)] {
        let (left, right, all) = (filled(a.clone()), filled(b.clone()), filled(a.start..b.end));
        let mut union = Union::new();
        union.absorb(&left).unwrap();
        union.absorb(&right).unwrap();
        assert_eq!(union.count(), count(&all).unwrap());
        let mut stored = left.clone();
        union.store(&mut stored, LIMIT).unwrap();
        assert_eq!(registers(&stored), registers(&all));
        assert_eq!((encoding(&stored), cached_count(&stored)), (encoding(&all), None));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// The sparse form holds the same registers as the dense one at every moment, and joins what it can.
    #[test]
    fn sparse_and_dense_agree(changes in prop::collection::vec((0..400usize, 1..52u8), 1..400), limit in 20..600usize) {
        let (mut mixed, mut model) = (create(), vec![0u8; REGISTERS]);
        for (index, value) in changes {
            let index = index * 41 % REGISTERS;
            prop_assert_eq!(raise(&mut mixed, index, value, limit), Ok(model[index] < value));
            model[index] = model[index].max(value);
        }
        prop_assert_eq!(&registers(&mixed).unwrap()[..], &model[..]);
        let mut dense = mixed.clone();
        prop_assert_eq!(to_dense(&mut dense), Ok(encoding(&mixed) == Encoding::Sparse));
        prop_assert_eq!(&registers(&dense).unwrap()[..], &model[..]);
        prop_assert_eq!(count(&dense), count(&mixed));
        prop_assert!(encoding(&mixed) == Encoding::Dense || mixed.len() <= limit);
    }

    #[test]
    fn neighbours_join(order in Just((0..64usize).collect::<Vec<_>>()).prop_shuffle()) {
        let mut bytes = create();
        for index in order {
            raise(&mut bytes, index, 3, LIMIT).unwrap();
        }
        prop_assert_eq!(registers(&bytes).unwrap()[..65].iter().filter(|&&v| v == 3).count(), 64);
        prop_assert!(bytes.len() <= HEADER + 2 + 40);
    }

    #[test]
    fn noise_is_an_error_or_a_number(noise in prop::collection::vec(any::<u8>(), 0..64), index in 0..REGISTERS) {
        let mut bytes = create();
        bytes.truncate(HEADER);
        bytes.extend(&noise);
        exercise(bytes, index);
        exercise(noise, index);
    }
}

fn exercise(mut bytes: Vec<u8>, index: usize) {
    let _ = validate(&bytes);
    let walked = count(&bytes);
    assert_eq!(walked.is_ok(), registers(&bytes).is_ok());
    if let Some(text) = decode_sparse(&bytes) {
        assert_eq!(walked.is_ok(), text.is_ok());
    }
    let _ = Union::new().store(&mut bytes.clone(), LIMIT);
    let _ = raise(&mut bytes.clone(), index, 33, LIMIT);
    let _ = raise(&mut bytes, index, 5, LIMIT);
}

#[test]
fn every_cut_and_every_flip_is_survived() {
    let sparse = filled(0..60);
    for cut in 0..sparse.len() {
        exercise(sparse[..cut].to_vec(), cut * 37 % REGISTERS);
        assert!(count(&sparse[..cut]).is_err());
    }
    for bit in 0..sparse.len() * 8 {
        let mut flipped = sparse.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        exercise(flipped, bit * 37 % REGISTERS);
    }
    let mut dense = filled(0..20_000);
    assert_eq!(encoding(&dense), Encoding::Dense);
    dense.pop();
    assert_eq!((validate(&dense), count(&dense)), (Err(NotHyperLogLog), Err(Corrupted)));
    exercise(dense, 16_383);
}
