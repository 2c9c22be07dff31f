//! Tests against a plain map, in several shapes, and the figures that the layout promises.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn value_of(array: &Array, index: u64) -> Option<Vec<u8>> {
    array.get(index).map(|word| word.text(&mut WordText::default()).to_vec())
}

fn all(array: &Array, start: u64, end: u64) -> Vec<(u64, Vec<u8>)> {
    let mut all = Vec::new();
    array.walk(start, end, |index, word| {
        all.push((index, word.text(&mut WordText::default()).to_vec()));
        ControlFlow::Continue(())
    });
    all
}

fn model_range(model: &BTreeMap<u64, Vec<u8>>, start: u64, end: u64) -> Vec<(u64, Vec<u8>)> {
    let some = model.range(start.min(end)..=start.max(end)).map(|(index, text)| (*index, text.clone()));
    if start <= end { some.collect() } else { some.rev().collect() }
}

/// Counts from scratch what the array keeps counted.
fn check(array: &Array, model: &BTreeMap<u64, Vec<u8>>) {
    assert_eq!(array.count(), model.len() as u64);
    assert_eq!(array.len(), model.last_key_value().map_or(0, |(index, _)| index + 1));
    assert_eq!(all(array, 0, INDEX_MAX), model_range(model, 0, INDEX_MAX));
    let mut bytes = 0;
    array.for_each(|_, word| bytes += word.heap_bytes());
    for (_, slice) in array.directory.range(0, u64::MAX) {
        assert!(slice.count() > 0);
        bytes += slice.heap_bytes();
    }
    assert_eq!(array.bytes, bytes);
    let numbers: Vec<u64> = array.directory.range(0, u64::MAX).map(|(number, _)| number).collect();
    assert_eq!(numbers.len(), array.slices());
    let (table, blocks) = array.table();
    if blocks == 0 && !numbers.is_empty() {
        assert_eq!(table, (numbers[numbers.len() - 1] + 1).next_power_of_two());
    } else if blocks > 0 {
        let mut seen: Vec<u64> = numbers.iter().map(|number| number / 2048).collect();
        seen.dedup();
        assert_eq!(blocks, seen.len() as u64);
        assert!(table >= blocks.max(4));
    }
}

#[derive(Clone, Debug)]
enum Step {
    Set(u64, Vec<u8>),
    Fill(u64, u8),
    Remove(u64),
    RemoveRange(u64, u64),
}

/// Indices that meet: in the first slices, at their edges, in the reference's blocks, and at the end of all.
fn index() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..600u64,
        2 => 4090..4105u64,
        2 => 0..70_000u64,
        1 => (0..4u64, 0..300u64).prop_map(|(block, at)| block * 8_388_608 + at),
        1 => 0..30_000_000u64,
        1 => (0..300u64).prop_map(|at| INDEX_MAX - at),
    ]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<i64>().prop_map(|n| n.to_string().into_bytes()),
        (any::<i32>(), any::<u16>()).prop_map(|(a, b)| format!("{a}.{b}").into_bytes()),
        proptest::collection::vec(any::<u8>(), 0..12),
        proptest::collection::vec(any::<u8>(), 250..260),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (index(), text()).prop_map(|(at, text)| Step::Set(at, text)),
        2 => (index(), any::<u8>()).prop_map(|(at, len)| Step::Fill(at, len)),
        3 => index().prop_map(Step::Remove),
        2 => (index(), index()).prop_map(|(a, b)| Step::RemoveRange(a.min(b), a.max(b))),
        2 => (index(), 0..100u64).prop_map(|(a, len)| Step::RemoveRange(a, a.saturating_add(len).min(INDEX_MAX))),
    ]
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::default()),
        Just(Shape::new(256, 6, 3)),
        Just(Shape::new(1024, 8, 4)),
        Just(Shape::new(65_536, 10, 5)),
        Just(Shape::new(256, 0, 5)),
        Just(Shape::new(4096, 1, 1)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 3 } else { 200 }, ..ProptestConfig::default() })]
    #[test]
    fn behaves_as_a_map(
        shape in shape(),
        steps in proptest::collection::vec(step(), 1..60),
        probes in proptest::collection::vec((index(), index()), 4),
    ) {
        let mut array = Array::new(shape);
        let mut model = BTreeMap::new();
        for step in steps {
            match step {
                Step::Set(at, text) => {
                    assert_eq!(array.set(at, &text), model.insert(at, text).is_none());
                }
                Step::Fill(at, len) => {
                    for at in at..=at.saturating_add(len.into()).min(INDEX_MAX) {
                        let text = (at % 97).to_string().into_bytes();
                        assert_eq!(array.set(at, &text), model.insert(at, text).is_none());
                    }
                }
                Step::Remove(at) => assert_eq!(array.remove(at), model.remove(&at).is_some()),
                Step::RemoveRange(low, high) => {
                    let gone = model_range(&model, low, high);
                    model.retain(|at, _| *at < low || *at > high);
                    assert_eq!(array.remove_range(low, high), gone.len() as u64);
                }
            }
            check(&array, &model);
        }
        for (a, b) in probes {
            assert_eq!(all(&array, a, b), model_range(&model, a, b));
            assert_eq!(value_of(&array, a).as_ref(), model.get(&a));
        }
        let copy = array.clone();
        drop(array);
        check(&copy, &model);
    }
}

#[test]
fn slices_change_as_the_reference_says() {
    let mut array = Array::new(Shape::default());
    (0..10).for_each(|n| assert!(array.set(n * 100, b"sparse")));
    assert_eq!(array.layout(), Layout { sparse: 1, sparse_room: 10, ..Layout::default() });
    array.set(1000, b"one more");
    assert_eq!(array.layout(), Layout { dense: 1, dense_slots: 1024, dense_values: 11, ..Layout::default() });
    assert_eq!(array.remove_range(4, 900), 9);
    assert_eq!(array.layout(), Layout { sparse: 1, sparse_room: 5, ..Layout::default() });
    // To the left, and at the end of a slice.
    let mut array = Array::new(Shape::default());
    (400..=500).rev().for_each(|n| assert!(array.set(n, b"v")));
    assert_eq!(array.layout().dense_slots, 128);
    let mut array = Array::new(Shape::default());
    (2100..4096).for_each(|n| assert!(array.set(n, b"v")));
    assert_eq!(array.layout().dense_slots, 2048);
}

#[test]
fn far_indices_cost_what_they_hold() {
    let mut array = Array::new(Shape::default());
    (12..64).for_each(|n| assert!(array.set(1 << n, b"1")));
    assert!(array.set(INDEX_MAX, b"2"));
    assert_eq!((array.len(), array.count()), (u64::MAX, 53));
    assert!(array.heap_bytes() < 53 * 120, "{}", array.heap_bytes());
    // A million numbers: eight bytes each, and a little.
    let mut array = Array::new(Shape::default());
    (0..1_000_000u32).for_each(|n| assert!(array.set(n.into(), n.to_string().as_bytes())));
    assert!(array.heap_bytes() < 8_500_000, "{}", array.heap_bytes());
    assert_eq!(value_of(&array, 999_999).as_deref(), Some(&b"999999"[..]));
    assert_eq!(array.remove_range(0, 999_998), 999_999);
    assert!(array.heap_bytes() < 1000, "{}", array.heap_bytes());
}

#[test]
fn goes_in_steps() {
    let mut array = Array::new(Shape::default());
    (0..20_000u64).for_each(|n| assert!(array.set(n * 3, b"a text of its own")));
    let mut parts = array.dismantle();
    let steps = std::iter::from_fn(|| Some(parts.step(1000)).filter(|done| *done > 0)).count();
    assert!((50..80).contains(&steps), "{steps}");
}
