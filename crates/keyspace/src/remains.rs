//! Remains: values and whole databases that nobody can reach any more, to be dropped in bounded steps by whoever has the
//! time.

use crate::entry::Entry;
use crate::stripe::Db;
use crate::value::Value;
use hematite_structures::dict::Dismantling;
use hematite_structures::dismantle::Dismantle;

/// Values of more allocations than this are taken apart; smaller ones go whole.
const WHOLE_EFFORT_MAX: usize = 256;

/// See the head of the file.
#[derive(Default)]
pub struct Remains {
    /// The last one goes first.
    parts: Vec<Part>,
    /// Bytes of the values, as far as they were known.
    bytes: u64,
    /// Values, or keys of databases.
    objects: u64,
}

enum Part {
    Value(Value),
    Keys(Dismantling<Entry>),
    Inside(Box<dyn Dismantle>),
}

impl Remains {
    /// Of values.
    pub fn of_values(values: Vec<Value>) -> Remains {
        let bytes = values.iter().map(|value| value.heap_bytes_about() as u64).sum();
        let objects = values.len() as u64;
        Remains { parts: values.into_iter().map(Part::Value).collect(), bytes, objects }
    }
    /// Of databases' parts, whose bytes nobody has counted.
    pub(crate) fn of_databases(databases: Vec<Db>) -> Remains {
        let mut remains = Remains::default();
        for db in databases {
            remains.objects += db.dict.items().len() as u64;
            let (items, marked) = db.dict.dismantle();
            // The list of those that expire goes before the keys that it refers to.
            remains.parts.push(Part::Keys(items));
            remains.parts.push(Part::Inside(Box::new(marked)));
        }
        remains
    }
    /// Bytes as far as they were known, and values or keys.
    pub fn weight(&self) -> (u64, u64) {
        (self.bytes, self.objects)
    }
    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
    /// Drops about `count` allocations, some hundreds more at most; whether anything is left.
    pub fn drop_some(&mut self, count: usize) -> bool {
        let mut done = 0;
        while done < count
            && let Some(part) = self.parts.pop()
        {
            done += self.part(part, count - done);
        }
        !self.parts.is_empty()
    }

    /// Drops up to `count` allocations of a part, and puts back what is left of it; how many it was.
    fn part(&mut self, part: Part, count: usize) -> usize {
        match part {
            Part::Value(value) if value.free_effort() <= WHOLE_EFFORT_MAX => value.free_effort(),
            Part::Value(value) => {
                self.parts.extend(value.dismantle().map(Part::Inside));
                1
            }
            Part::Inside(mut inside) => match inside.step(count) {
                0 => 1,
                done => {
                    self.parts.push(Part::Inside(inside));
                    done
                }
            },
            Part::Keys(mut keys) => {
                let (mut large, mut effort) = (Vec::new(), 0);
                let done = keys.step_with(count, |entry| {
                    let Some(value) = entry.into_value() else { return };
                    match value.free_effort() {
                        few @ ..=WHOLE_EFFORT_MAX => effort += few,
                        _ => large.push(Part::Value(value)),
                    }
                });
                if done > 0 {
                    self.parts.push(Part::Keys(keys));
                }
                self.parts.append(&mut large);
                done + effort
            }
        }
    }
}

impl std::fmt::Debug for Remains {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remains").field("parts", &self.parts.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::Effects;
    use crate::entry::{Expiry, NewBody};
    use crate::stripe::{Keyspace, Options};
    use crate::view::Scope;
    use hematite_structures::loose::LooseBox;
    use hematite_structures::quicklist::{Quicklist, Settings};
    use hematite_structures::sorted_set::SortedSet;
    use hematite_structures::text_set::TextSet;

    fn set(keyspace: &Keyspace, members: u32) -> Value {
        let mut set = TextSet::new(keyspace.hasher().clone());
        (0..members).for_each(|n| assert!(set.insert(&n.to_le_bytes())));
        Value::Set(LooseBox::new(set))
    }
    fn sorted_set(keyspace: &Keyspace, members: u32) -> Value {
        let mut set = SortedSet::new(keyspace.hasher().clone());
        (0..members).for_each(|n| {
            set.insert(&n.to_le_bytes(), f64::from(n));
        });
        Value::SortedSet(LooseBox::new(set))
    }

    /// Steps until nothing is left.
    fn steps(mut remains: Remains, count: usize) -> usize {
        1 + std::iter::from_fn(|| remains.drop_some(count).then_some(())).count()
    }

    #[test]
    fn values_go_in_steps() {
        let keyspace = Keyspace::new(&Options::default());
        let values = || vec![set(&keyspace, 10_000), sorted_set(&keyspace, 10_000)];
        let remains = Remains::of_values(values());
        assert_eq!(remains.weight().1, 2);
        // 20,000 items and some hundreds of nodes, a segment at a time or more.
        assert!((15..60).contains(&steps(remains, 1000)), "{}", steps(Remains::of_values(values()), 1000));
        assert_eq!(steps(Remains::of_values(values()), usize::MAX), 1);
        let mut list = Quicklist::new(Settings::default());
        (0..3000).for_each(|_| list.append_plain(b"one node each"));
        assert!((30..40).contains(&steps(Remains::of_values(vec![Value::List(LooseBox::new(list))]), 100)));
    }

    #[test]
    fn databases_go_in_steps_and_their_values_too() {
        let keyspace = Keyspace::new(&Options { stripes: 4, ..Options::default() });
        let mut effects = Effects::default();
        let mut view = keyspace.view(Scope::Everything, 0, 1000, &mut effects);
        for n in 0..5000u32 {
            let expiry = if n % 3 == 0 { Expiry::At(5000) } else { Expiry::Never };
            view.set_string(&n.to_le_bytes(), b"v", expiry);
        }
        view.set(b"large", NewBody::Value(set(&keyspace, 50_000)), Expiry::Never);
        drop(view);
        let dropped = keyspace.flush(None);
        assert!(dropped.is_large());
        let remains = dropped.into_remains();
        assert_eq!(remains.weight().1, 5001);
        assert!(steps(remains, 1000) > 25);
    }
}
