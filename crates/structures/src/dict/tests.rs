//! The dict against a HashMap, and the promises at the head of the file.

use super::Dict;
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

fn mix(n: u64) -> u64 {
    let mut x = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[derive(Default)]
struct Table {
    dict: Dict<Box<(u64, u64)>>,
}

impl Table {
    fn insert(&mut self, key: u64, value: u64) -> Option<u64> {
        if let Some(mut found) = self.dict.find_mut(mix(key), |i| i.0 == key) {
            return Some(std::mem::replace(&mut found.1, value));
        }
        self.dict.insert_unique(mix(key), Box::new((key, value)), |i| mix(i.0));
        None
    }
    fn get(&self, key: u64) -> Option<u64> {
        self.dict.find(mix(key), |i| i.0 == key).map(|i| i.1)
    }
    fn remove(&mut self, key: u64) -> Option<u64> {
        self.dict.remove(mix(key), |i| i.0 == key, |i| mix(i.0)).map(|i| i.1)
    }
    fn scan_all(&self) -> Vec<u64> {
        let (mut seen, mut cursor) = (Vec::new(), 0);
        loop {
            cursor = self.dict.scan(cursor, |i| seen.push(i.0));
            if cursor == 0 {
                return seen;
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Op {
    Insert(u16, u64),
    Remove(u16),
    Get(u16),
    InsertMany(u16, u16),
    RemoveMany(u16, u16),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        (any::<u16>(), any::<u64>()).prop_map(|(k, v)| Op::Insert(k, v)),
        any::<u16>().prop_map(Op::Remove),
        any::<u16>().prop_map(Op::Get),
        (any::<u16>(), 0..3000u16).prop_map(|(k, n)| Op::InsertMany(k, n)),
        (any::<u16>(), 0..3000u16).prop_map(|(k, n)| Op::RemoveMany(k, n)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn agrees_with_a_hash_map(ops in prop::collection::vec(op(), 1..60)) {
        let (mut table, mut model) = (Table::default(), HashMap::new());
        for op in ops {
            match op {
                Op::Insert(k, v) => prop_assert_eq!(table.insert(k.into(), v), model.insert(u64::from(k), v)),
                Op::Remove(k) => prop_assert_eq!(table.remove(k.into()), model.remove(&u64::from(k))),
                Op::Get(k) => prop_assert_eq!(table.get(k.into()), model.get(&u64::from(k)).copied()),
                Op::InsertMany(k, n) => for i in 0..n {
                    let k = u64::from(k.wrapping_add(i));
                    prop_assert_eq!(table.insert(k, k), model.insert(k, k));
                },
                Op::RemoveMany(k, n) => for i in 0..n {
                    let k = u64::from(k.wrapping_add(i));
                    prop_assert_eq!(table.remove(k), model.remove(&k));
                },
            }
            prop_assert_eq!(table.dict.len(), model.len());
        }
        for (k, v) in &model {
            prop_assert_eq!(table.get(*k), Some(*v));
        }
        let seen = table.scan_all();
        prop_assert_eq!(seen.len(), model.len(), "a scan at rest sees each item once");
        prop_assert_eq!(seen.into_iter().collect::<HashSet<_>>(), model.keys().copied().collect::<HashSet<_>>());
        prop_assert_eq!(table.dict.iter().count(), model.len());
    }

    #[test]
    fn a_scan_sees_what_stays_while_the_table_grows_and_shrinks(
        stay in 1..2000u64, churn in prop::collection::vec((any::<bool>(), 0..4000u64), 1..40),
    ) {
        let mut table = Table::default();
        for k in 0..stay { table.insert(k, k); }
        let (mut seen, mut cursor, mut churn) = (HashSet::new(), 0, churn.into_iter().cycle());
        let mut steps = 0;
        loop {
            cursor = table.dict.scan(cursor, |i| { seen.insert(i.0); });
            if cursor == 0 { break; }
            steps += 1;
            if steps % 8 == 0 && steps < 400 {
                let (add, n) = churn.next().unwrap();
                for k in 0..n {
                    if add { table.insert(10_000 + k, k); } else { table.remove(10_000 + k); }
                }
            }
        }
        prop_assert!((0..stay).all(|k| seen.contains(&k)));
    }
}

#[test]
fn stays_dense_at_every_size_and_gives_memory_back() {
    let mut table = Table::default();
    let (mut least, n) = (1.0f64, 300_000u64);
    for k in 0..n {
        table.insert(k, k);
        if k > 2_000 && k % 997 == 0 {
            least = least.min(table.dict.len() as f64 / table.dict.slots() as f64);
        }
    }
    assert!(least > 0.74, "least load {least}");
    let full = table.dict.table_bytes();
    for k in 0..n - 1_000 {
        table.remove(k);
    }
    assert!(table.dict.table_bytes() < full / 20, "{} of {full}", table.dict.table_bytes());
    for k in n - 1_000..n {
        assert_eq!(table.remove(k), Some(k));
    }
    assert_eq!(table.dict.table_bytes(), 0);
}

#[test]
fn random_picks_are_fair() {
    let mut table = Table::default();
    for k in 0..3_000 {
        table.insert(k, 0);
    }
    let mut state = 7;
    let mut hits = vec![0u32; 3_000];
    for _ in 0..300_000 {
        let item = table.dict.random(|| {
            state = mix(state);
            state
        });
        hits[item.unwrap().0 as usize] += 1;
    }
    // Mean 100, standard deviation 10: six of them either way.
    assert!(hits.iter().all(|h| (40..=160).contains(h)), "{:?}..{:?}", hits.iter().min(), hits.iter().max());
}
