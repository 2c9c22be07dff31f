//! The sorted set against a naive model: a sorted vector of (score, bytes).

use super::*;
use crate::dismantle::Dismantle;
use proptest::prelude::*;

fn hasher() -> Hasher {
    Hasher::new(7)
}

#[derive(Clone, Debug)]
enum Op {
    Insert(u16, f64),
    Remove(u16),
    RemoveRange(u64, u64),
    PopMin,
    PopMax,
}

fn score() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => (-20i32..20).prop_map(f64::from),
        3 => any::<i64>().prop_map(|x| x as f64 / 1000.0),
        1 => prop::sample::select(vec![f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 5e-324, f64::MAX, f64::MIN]),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        40 => (0u16..600, score()).prop_map(|(m, s)| Op::Insert(m, s)),
        8 => (0u16..600).prop_map(Op::Remove),
        1 => (0u64..700, 0u64..60).prop_map(|(from, n)| Op::RemoveRange(from, from + n)),
        1 => Just(Op::PopMin),
        1 => Just(Op::PopMax),
    ]
}

/// Names of several lengths, the long form among them.
fn name(member: u16) -> Vec<u8> {
    let mut name = format!("m{}", member.wrapping_mul(40503)).into_bytes();
    if member.is_multiple_of(97) {
        name.resize(300, b'x');
    }
    name
}

#[derive(Default)]
struct Model(Vec<(f64, Vec<u8>)>);

impl Model {
    fn insert(&mut self, member: &[u8], score: f64) -> Inserted {
        let old = self.remove(member);
        let stays = old.filter(|&old| old == score).unwrap_or(score);
        self.0.push((stays, member.to_vec()));
        self.0.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap().then_with(|| a.1.cmp(&b.1)));
        match old {
            None => Inserted::Added,
            Some(old) if old == score => Inserted::Same,
            Some(_) => Inserted::Updated,
        }
    }

    fn remove(&mut self, member: &[u8]) -> Option<f64> {
        let at = self.0.iter().position(|(_, m)| m == member)?;
        Some(self.0.remove(at).0)
    }

    fn count(&self, holds: impl Fn(f64) -> bool) -> u64 {
        self.0.iter().filter(|(s, _)| holds(*s)).count() as u64
    }
}

fn check(set: &SortedSet, model: &Model) {
    assert_eq!(set.len(), model.0.len());
    let expected: Vec<_> = model.0.iter().map(|(s, m)| (&m[..], s.to_bits())).collect();
    let forward: Vec<_> = set.iter().map(|(m, s)| (m, s.to_bits())).collect();
    assert_eq!(forward, expected);
    let mut backward: Vec<_> = set.iter().rev().map(|(m, s)| (m, s.to_bits())).collect();
    backward.reverse();
    assert_eq!(backward, expected);
    for (rank, (score, member)) in model.0.iter().enumerate() {
        assert_eq!(set.rank(member), Some((rank as u64, *score)));
        assert_eq!(set.at_rank(rank as u64), Some((&member[..], *score)));
    }
    assert_eq!(set.at_rank(model.0.len() as u64), None);
    set.index.check();
}

fn apply(set: &mut SortedSet, model: &mut Model, op: &Op) {
    match op {
        Op::Insert(m, s) => assert_eq!(set.insert(&name(*m), *s), model.insert(&name(*m), *s)),
        Op::Remove(m) => assert_eq!(set.remove(&name(*m)), model.remove(&name(*m))),
        Op::RemoveRange(from, to) => {
            let len = model.0.len() as u64;
            let (from_at, to_at) = ((*from).min(len) as usize, (*to).min(len) as usize);
            let expected: Vec<_> = model.0.drain(from_at..to_at).collect();
            let mut removed = Vec::new();
            let count = set.remove_range(*from..*to, |m, s| removed.push((s, m.to_vec())));
            assert_eq!((count as usize, removed), (expected.len(), expected));
        }
        Op::PopMin => {
            let expected = (!model.0.is_empty()).then(|| model.0.remove(0));
            assert_eq!(set.pop_min(|m, s| (s, m.to_vec())), expected);
        }
        Op::PopMax => assert_eq!(set.pop_max(|m, s| (s, m.to_vec())), model.0.pop()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 48 }))]

    #[test]
    fn behaves_as_a_sorted_vector(ops in prop::collection::vec(op(), 1..if cfg!(miri) { 200 } else { 2000 })) {
        let (mut set, mut model) = (SortedSet::new(hasher()), Model::default());
        for op in &ops {
            apply(&mut set, &mut model, op);
        }
        check(&set, &model);
        check(&set.clone(), &model);
        let mut left = set.dismantle();
        left.step(37);
        // The rest goes at once.
        drop(left);
    }

    #[test]
    fn score_ranges_count_as_the_model(
        members in prop::collection::vec((any::<u16>(), score()), 0..600),
        min in score(), max in score(),
    ) {
        let (mut set, mut model) = (SortedSet::new(hasher()), Model::default());
        for (m, s) in &members {
            set.insert(&name(*m), *s);
            model.insert(&name(*m), *s);
        }
        let start = model.count(|s| s < min);
        let ranks = set.score_ranks(ScoreBound::Included(min), ScoreBound::Included(max));
        prop_assert_eq!((ranks.start, ranks.end - ranks.start), (start, model.count(|s| s >= min && s <= max)));
        let ranks = set.score_ranks(ScoreBound::Excluded(min), ScoreBound::Excluded(max));
        prop_assert_eq!(ranks.end - ranks.start, model.count(|s| s > min && s < max));
        let found: Vec<_> = set.range(ranks).map(|(_, s)| s).collect();
        prop_assert!(found.iter().all(|&s| s > min && s < max));
    }

    #[test]
    fn lex_ranges_count_as_the_model(
        members in prop::collection::btree_set(prop::collection::vec(97u8..100, 0..6), 0..400),
        min in prop::collection::vec(97u8..100, 0..6), max in prop::collection::vec(97u8..100, 0..6),
    ) {
        let mut set = SortedSet::new(hasher());
        for member in &members {
            set.insert(member, 1.5);
        }
        let expect = |ranks: Range<u64>, holds: &dyn Fn(&[u8]) -> bool| {
            let found: Vec<_> = set.range(ranks).map(|(m, _)| m).collect();
            let expected: Vec<_> = members.iter().map(|m| &m[..]).filter(|m| holds(m)).collect();
            assert_eq!(found, expected);
        };
        let (from, to) = (&min[..], &max[..]);
        expect(set.lex_ranks(LexBound::Included(from), LexBound::Excluded(to)), &|m| m >= from && m < to);
        expect(set.lex_ranks(LexBound::Excluded(from), LexBound::Included(to)), &|m| m > from && m <= to);
        expect(set.lex_ranks(LexBound::Lowest, LexBound::Included(to)), &|m| m <= to);
        expect(set.lex_ranks(LexBound::Included(from), LexBound::Highest), &|m| m >= from);
        expect(set.lex_ranks(LexBound::Highest, LexBound::Highest), &|_| false);
        expect(set.lex_ranks(LexBound::Lowest, LexBound::Lowest), &|_| false);
    }
}

#[test]
fn zero_and_minus_zero_are_one_score() {
    let mut set = SortedSet::new(hasher());
    set.insert(b"b", -0.0);
    set.insert(b"a", 0.0);
    assert_eq!(set.insert(b"b", 0.0), Inserted::Same);
    assert_eq!(set.rank(b"a"), Some((0, 0.0)));
    assert_eq!(set.score(b"b").map(f64::to_bits), Some((-0.0f64).to_bits()));
}

#[test]
fn upsert_may_refuse() {
    let mut set = SortedSet::new(hasher());
    set.upsert(b"a", |old| old);
    assert!(set.is_empty());
    set.insert(b"a", 1.0);
    set.upsert(b"a", |old| old.map(|score| score + 1.5));
    assert_eq!(set.score(b"a"), Some(2.5));
}

#[test]
fn builder_takes_members_in_any_order_and_refuses_doubles() {
    for step in [1, -1, 7919] {
        let mut builder = SortedSetBuilder::new(hasher(), 10);
        let mut model = SortedSet::new(hasher());
        for i in 0..5000i64 {
            let x = (i * step).rem_euclid(5000);
            assert!(builder.push(x.to_string().as_bytes(), (x / 3) as f64));
            model.insert(x.to_string().as_bytes(), (x / 3) as f64);
        }
        assert!(!builder.push(b"17", 1.0));
        let mut built = builder.finish();
        built.index.check();
        assert!(built.iter().eq(model.iter()));
        // It stays in order under changes after it was packed.
        for i in 0..2000 {
            built.insert(i.to_string().as_bytes(), f64::from(i % 50));
            model.insert(i.to_string().as_bytes(), f64::from(i % 50));
        }
        built.index.check();
        assert!(built.iter().eq(model.iter()));
    }
}

#[test]
fn members_that_arrive_in_order_fill_their_leaves() {
    for descending in [false, true] {
        let mut set = SortedSet::new(hasher());
        for i in 0..100_000 {
            let score = f64::from(if descending { -i } else { i });
            set.insert(format!("{i:06}").as_bytes(), score);
        }
        set.index.check();
        let per_member = set.index.heap_bytes() as f64 / set.len() as f64;
        assert!(per_member < 11.5, "{per_member} bytes of index a member, descending: {descending}");
    }
}

/// A million random operations: ranks, order and structure still agree with a model, and the index stays small.
#[test]
#[cfg_attr(miri, ignore)]
fn a_million_random_operations_leave_true_ranks() {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut set = SortedSet::new(hasher());
    let mut scores = std::collections::HashMap::new();
    for _ in 0..1_000_000 {
        let (member, what) = ((random() % 200_000) as u32, random() % 10);
        let name = format!("member:{member}");
        match what {
            0..7 => {
                let score = (random() % 50_000) as f64 / 7.0;
                set.insert(name.as_bytes(), score);
                scores.insert(name, score);
            }
            7 => {
                set.upsert(name.as_bytes(), |old| Some(old.unwrap_or(0.0) + 1.0));
                *scores.entry(name).or_insert(0.0) += 1.0;
            }
            _ => assert_eq!(set.remove(name.as_bytes()), scores.remove(&name)),
        }
    }
    let mut model: Vec<_> = scores.iter().map(|(name, &score)| (score, name.as_bytes())).collect();
    model.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert!(set.iter().eq(model.iter().map(|&(score, name)| (name, score))));
    for (rank, &(score, name)) in model.iter().enumerate() {
        assert_eq!(set.rank(name), Some((rank as u64, score)));
    }
    set.index.check();
    let per_member = set.index.heap_bytes() as f64 / set.len() as f64;
    assert!(per_member < 14.0, "{per_member} bytes of index a member");
}
