//! Heavy hitters: the keys that weigh most in a stream of weighted keys, in bounded memory.
//!
//! Space-Saving (Metwally, Agrawal, El Abbadi: "Efficient Computation of Frequent and Top-k Elements in Data Streams", 2005): as
//! many keys as there is room for are counted; a new key takes the place and the sum of the lightest one. So a sum is never too
//! small, it is too large by at most the whole weight divided by the room, and no key of more weight than that is missing.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// See the head of the file.
#[derive(Debug)]
pub(crate) struct HeavyHitters {
    room: usize,
    sums: HashMap<Arc<[u8]>, u64>,
    /// The same by weight, lightest first.
    order: BTreeSet<(u64, Arc<[u8]>)>,
}

impl HeavyHitters {
    /// Counts up to `room` keys.
    pub fn new(room: usize) -> HeavyHitters {
        HeavyHitters { room, sums: HashMap::new(), order: BTreeSet::new() }
    }

    /// A key weighs this much more.
    pub fn add(&mut self, key: &[u8], weight: u64) {
        let (key, before) = match self.sums.get_key_value(key) {
            Some((known, sum)) => {
                let place = (*sum, Arc::clone(known));
                self.order.remove(&place);
                (place.1, place.0)
            }
            None => {
                let full = self.sums.len() >= self.room;
                let lightest = if full { self.order.pop_first() } else { None };
                let sum = lightest.map_or(0, |(sum, key)| {
                    self.sums.remove(&key);
                    sum
                });
                (Arc::from(key), sum)
            }
        };
        let sum = before.saturating_add(weight);
        self.sums.insert(Arc::clone(&key), sum);
        self.order.insert((sum, key));
    }

    /// The heaviest, with their sums, heaviest first.
    pub fn heaviest(&self, count: usize) -> Vec<(Arc<[u8]>, u64)> {
        self.order.iter().rev().take(count).map(|(sum, key)| (Arc::clone(key), *sum)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hematite_base::random::Random;

    #[test]
    fn the_heaviest_are_found_among_many() {
        let mut hitters = HeavyHitters::new(100);
        let mut random = Random::new(7);
        let mut exact: HashMap<String, u64> = HashMap::new();
        let mut total = 0;
        for _ in 0..50_000 {
            let key = match random.bits() % 10 {
                0..5 => format!("hot{}", random.bits() % 8),
                _ => format!("cold{}", random.bits() % 5000),
            };
            let weight = random.bits() % 100;
            hitters.add(key.as_bytes(), weight);
            *exact.entry(key).or_default() += weight;
            total += weight;
        }
        let found = hitters.heaviest(8);
        assert_eq!(found.len(), 8);
        assert!(found.iter().all(|(key, _)| key.starts_with(b"hot")), "{found:?}");
        assert!(found.is_sorted_by(|a, b| a.1 >= b.1));
        for (key, sum) in found {
            let right = exact[std::str::from_utf8(&key).expect("it is one of those above")];
            assert!(right <= sum && sum <= right + total / 100, "{sum} for {right}");
        }
        assert_eq!(hitters.sums.len(), 100);
        assert_eq!(hitters.order.len(), 100);
    }
}
