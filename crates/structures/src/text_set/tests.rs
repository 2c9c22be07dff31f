//! Property tests of the set of strings against a model, its fairness and its size.

use super::{BATCH, TextSet};
use crate::dismantle::Dismantle;
use hematite_base::hash::Hasher;
use hematite_base::random::Random;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn member(n: u16) -> Vec<u8> {
    // Lengths around the long form, and the empty string.
    let len = [0, 1, 2, 7, 8, 17, 253, 254, 255, 256, 1000][usize::from(n) % 11];
    let mut bytes = vec![n as u8; len];
    bytes.iter_mut().zip(n.to_le_bytes()).for_each(|(to, from)| *to = from);
    bytes
}

proptest! {
    #[test]
    fn holds_what_a_model_holds(ops in prop::collection::vec((0..5u8, 0..600u16), 1..600), seed: u64) {
        let mut set = TextSet::new(Hasher::new(seed));
        let mut model = BTreeSet::new();
        let mut random = Random::new(seed);
        for (what, n) in ops {
            let name = member(n);
            match what {
                0..=2 => prop_assert_eq!(set.insert(&name), model.insert(name.clone())),
                3 => prop_assert_eq!(set.remove(&name), model.remove(&name)),
                _ => {
                    let popped = set.pop_random(|| random.bits(), <[u8]>::to_vec);
                    prop_assert_eq!(popped.is_some(), !model.is_empty());
                    if let Some(popped) = popped {
                        prop_assert!(model.remove(&popped));
                    }
                }
            }
            prop_assert_eq!(set.contains(&name), model.contains(&name));
        }
        prop_assert_eq!(set.len(), model.len());
        let walked: BTreeSet<Vec<u8>> = set.iter().map(<[u8]>::to_vec).collect();
        prop_assert_eq!(&walked, &model);
        let mut scanned = BTreeSet::new();
        let mut cursor = 0;
        loop {
            cursor = set.scan(cursor, |m| { scanned.insert(m.to_vec()); });
            if cursor == 0 { break; }
        }
        prop_assert_eq!(&scanned, &model);
        let copy: BTreeSet<Vec<u8>> = set.clone().iter().map(<[u8]>::to_vec).collect();
        prop_assert_eq!(&copy, &model);
        for count in [0, 1, model.len() / 8, model.len() / 2, model.len() + 3] {
            let mut sample = Vec::new();
            set.sample(count, || random.bits(), |m| sample.push(m.to_vec()));
            prop_assert_eq!(sample.len(), count.min(model.len()));
            prop_assert!(sample.iter().all(|m| model.contains(m)));
            prop_assert_eq!(sample.iter().collect::<BTreeSet<_>>().len(), sample.len());
        }
        let (len, mut left, mut gone) = (set.len(), set.dismantle(), 0);
        loop {
            match left.step(7) {
                0 => break,
                done => gone += done,
            }
        }
        prop_assert_eq!(gone, len);
    }
}

#[test]
fn batches_answer_as_single_look_ups() {
    let hasher = Hasher::new(3);
    let (mut a, mut b) = (TextSet::new(hasher.clone()), TextSet::new(hasher));
    (0..5000).for_each(|n: u32| _ = a.insert(&n.to_le_bytes()));
    (0..5000).for_each(|n: u32| _ = b.insert(&(n * 3).to_le_bytes()));
    let members: Vec<&[u8]> = a.iter().collect();
    let mut common = 0;
    for batch in members.chunks(BATCH) {
        let mut probes: Vec<_> = batch.iter().map(|m| b.probe(m)).collect();
        let mut rest = probes.clone();
        b.retain_contained(&mut probes, true);
        b.retain_contained(&mut rest, false);
        assert_eq!(probes.len() + rest.len(), batch.len());
        assert!(probes.iter().all(|p| b.contains(p.member())));
        common += probes.len();
    }
    assert_eq!(common, 1667);
}

#[test]
fn every_member_has_the_same_chance() {
    for size in [3usize, 50, 2000] {
        let mut set = TextSet::new(Hasher::new(9));
        (0..size).for_each(|n| _ = set.insert(n.to_string().as_bytes()));
        let mut random = Random::new(5);
        let mut draws = vec![0u32; size];
        let index = |m: &[u8]| std::str::from_utf8(m).unwrap().parse::<usize>().unwrap();
        for _ in 0..size * 200 {
            draws[index(set.random(|| random.bits()).unwrap())] += 1;
        }
        assert!(draws.iter().all(|n| (110..300).contains(n)), "single draws from {size}");
        for count in [size.div_ceil(10), size.div_ceil(2)] {
            let mut draws = vec![0u32; size];
            for _ in 0..400 {
                set.sample(count, || random.bits(), |m| draws[index(m)] += 1);
            }
            let expected = (400 * count / size) as u32;
            let near = expected / 3..expected * 2 + 10;
            assert!(draws.iter().all(|n| near.contains(n)), "{count} of {size}: {draws:?}");
        }
    }
}

#[test]
fn five_hundred_thousand_members_take_less_than_36_bytes_each() {
    let mut set = TextSet::new(Hasher::new(1));
    (0..500_000).for_each(|n| _ = set.insert(format!("member:{n:010}").as_bytes()));
    assert_eq!(set.iter().next().map(<[u8]>::len), Some(17));
    let each = set.heap_bytes() as f64 / 500_000.0;
    assert!(each < 36.0, "{each} bytes a member");
}
