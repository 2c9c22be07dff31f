//! Property tests of the map of strings against a model, and its size.

use super::TextMap;
use crate::dismantle::Dismantle;
use crate::listpack::Element;
use hematite_base::hash::Hasher;
use hematite_base::random::Random;
use proptest::prelude::*;
use std::collections::BTreeMap;

type Model = BTreeMap<Vec<u8>, (Vec<u8>, Option<u64>)>;

fn value(n: u16) -> Vec<u8> {
    match n % 6 {
        0 => n.to_string().into_bytes(),
        1 => (i64::from(n) << 40).to_string().into_bytes(),
        2 => format!("0{n}").into_bytes(),
        3 => vec![7; usize::from(n)],
        4 => Vec::new(),
        _ => vec![n as u8; 127 + usize::from(n % 3)],
    }
}

fn contents(map: &TextMap) -> Model {
    map.iter().map(|f| (f.name().to_vec(), (f.value().to_vec(), f.deadline()))).collect()
}

proptest! {
    #[test]
    fn holds_what_a_model_holds(
        ops in prop::collection::vec((0..8u8, 0..300u16, any::<u16>()), 1..600),
        seed: u64,
    ) {
        let mut map = TextMap::new(Hasher::new(seed));
        let mut model = Model::new();
        for (what, n, v) in ops {
            let name = format!("field:{n}").into_bytes();
            let at = Some(u64::from(v % 50));
            match what {
                0..=2 => {
                    let keep = what == 0;
                    let old = model.get(&name).map(|(_, at)| *at);
                    let at = old.flatten().filter(|_| keep);
                    prop_assert_eq!(map.insert(&name, &value(v), keep), old.is_none());
                    model.insert(name, (value(v), at));
                }
                3 => prop_assert_eq!(map.remove(&name), model.remove(&name).is_some()),
                4 | 5 => {
                    let found = model.get_mut(&name).map(|entry| entry.1 = at).is_some();
                    prop_assert_eq!(map.set_deadline(&name, at), found);
                }
                6 => {
                    let found = model.get_mut(&name).map(|entry| entry.1 = None).is_some();
                    prop_assert_eq!(map.set_deadline(&name, None), found);
                }
                _ => {
                    let now = u64::from(v % 50);
                    let due = |m: &Model| m.values().filter(|(_, at)| at.is_some_and(|at| at < now)).count();
                    prop_assert_eq!(map.due(now), due(&model));
                    let mut taken = Vec::new();
                    map.take_due(now, 3, |name| taken.push(name.to_vec()));
                    prop_assert_eq!(taken.len(), due(&model).min(3));
                    for name in taken {
                        let gone = model.remove(&name).and_then(|(_, at)| at);
                        prop_assert!(gone.is_some_and(|at| at < now));
                    }
                }
            }
            let next = model.values().filter_map(|(_, at)| *at).min();
            prop_assert_eq!(map.next_deadline(), next);
        }
        prop_assert_eq!(map.deadlines(), model.values().filter(|(_, at)| at.is_some()).count());
        prop_assert_eq!(&contents(&map), &model);
        prop_assert_eq!(&contents(&map.clone()), &model);
        prop_assert_eq!(map.clone().heap_bytes(), map.heap_bytes() - map.dict.table_bytes() + map.clone().dict.table_bytes());
        let mut scanned = Model::new();
        let mut cursor = 0;
        loop {
            cursor = map.scan(cursor, |n, v, at| { scanned.insert(n.to_vec(), (v.to_vec(), at)); });
            if cursor == 0 { break; }
        }
        prop_assert_eq!(&scanned, &model);
        for (name, (value, at)) in &model {
            let field = map.get(name).expect("in the model");
            prop_assert!(field.value().eq_bytes(value) && field.deadline() == *at);
        }
        let mut random = Random::new(seed);
        let mut count = 0;
        map.sample(5, || random.bits(), |field| count += usize::from(model.contains_key(field.name())));
        prop_assert_eq!(count, model.len().min(5));
        prop_assert!(map.random(|| random.bits()).is_none_or(|field| model.contains_key(field.name())));
        let mut left = map.dismantle();
        while left.step(10) > 0 {}
    }
}

#[test]
fn integers_come_back_as_they_went_in() {
    let mut map = TextMap::new(Hasher::new(0));
    for text in ["0", "-1", "007", "+5", "9223372036854775807", "9223372036854775808", "-0", "1.0", ""] {
        map.insert(b"n", text.as_bytes(), false);
        assert_eq!(map.get(b"n").unwrap().value().to_vec(), text.as_bytes());
    }
    map.insert(b"n", b"12", false);
    assert_eq!(map.get(b"n").unwrap().value(), Element::Int(12));
}

#[test]
fn fields_of_16_and_values_of_16_bytes_take_less_than_62_bytes() {
    let mut map = TextMap::new(Hasher::new(1));
    for n in 0..200_000 {
        map.insert(format!("field:{n:010}").as_bytes(), format!("value:{n:010}").as_bytes(), false);
    }
    let each = map.heap_bytes() as f64 / 200_000.0;
    assert!(each < 52.0, "{each} bytes a field");
    for n in 0..200_000 {
        map.set_deadline(format!("field:{n:010}").as_bytes(), Some(n));
    }
    let with_deadline = map.heap_bytes() as f64 / 200_000.0;
    assert!(with_deadline - each < 33.0, "{with_deadline} bytes a field with a deadline");
}
