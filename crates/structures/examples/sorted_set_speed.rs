//! Speed of the sorted set beside a naive one (HashMap and BTreeSet), in ns an operation, and its bytes a member.
//!
//! `cargo run --release -p hematite-structures --example sorted_set_speed [members]`

use hematite_base::hash::Hasher;
use hematite_structures::dismantle::Dismantle;
use hematite_structures::sorted_set::{ScoreBound, SortedSet, SortedSetBuilder};
use std::collections::{BTreeSet, HashMap};
use std::hint::black_box;
use std::time::Instant;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn timed(what: &str, count: u64, run: impl FnOnce()) {
    let start = Instant::now();
    run();
    println!("{what:<44} {:>8.1} ns", start.elapsed().as_nanos() as f64 / count as f64);
}

fn name(i: u64) -> String {
    format!("member:{i:010}")
}

fn sorted_set(n: u64, names: &[String], scores: &[f64], picks: &[usize]) {
    let mut set = SortedSet::new(Hasher::new(1));
    timed("insert, random scores", n, || {
        for (name, &score) in names.iter().zip(scores) {
            set.insert(name.as_bytes(), score);
        }
    });
    println!("{:<44} {:>8.1} B", "  bytes a member", set.heap_bytes() as f64 / n as f64);
    timed("score", n, || {
        for &i in picks {
            black_box(set.score(names[i].as_bytes()));
        }
    });
    timed("rank", n, || {
        for &i in picks {
            black_box(set.rank(names[i].as_bytes()));
        }
    });
    timed("at rank", n, || {
        for &i in picks {
            black_box(set.at_rank(i as u64));
        }
    });
    timed("range by score, 10 members", n, || {
        for &i in picks {
            let ranks = set.score_ranks(ScoreBound::Included(scores[i]), ScoreBound::Included(f64::INFINITY));
            for entry in set.range(ranks.start..ranks.start + 10) {
                black_box(entry);
            }
        }
    });
    timed("walk all, reading bytes and scores", n, || {
        let mut sum = (0, 0.0);
        for (member, score) in set.iter() {
            sum = (sum.0 + u64::from(member[member.len() - 1]), sum.1 + score);
        }
        black_box(sum);
    });
    timed("update to a random score", n, || {
        for (&i, &score) in picks.iter().zip(scores) {
            set.insert(names[i].as_bytes(), score);
        }
    });
    timed("increment by 1", n, || {
        for &i in picks {
            set.upsert(names[i].as_bytes(), |old| old.map(|score| score + 1.0));
        }
    });
    println!("{:<44} {:>8.1} B", "  bytes a member", set.heap_bytes() as f64 / n as f64);
    timed("pop lowest", n / 4, || {
        for _ in 0..n / 4 {
            set.pop_min(|member, _| black_box(member.len()));
        }
    });
    timed("remove", n / 4, || {
        for &i in &picks[..n as usize / 4] {
            black_box(set.remove(names[i].as_bytes()));
        }
    });
    let left = set.len() as u64;
    timed("remove range", left / 2, || {
        set.remove_range(left / 4..left * 3 / 4, |member, _| {
            black_box(member.len());
        });
    });
    let left = set.len() as u64;
    let mut left_over = std::mem::replace(&mut set, SortedSet::new(Hasher::new(1))).dismantle();
    timed("drop in steps of 10,000", left, || while left_over.step(10_000) > 0 {});
    timed("build from sorted", n, || {
        let mut builder = SortedSetBuilder::new(Hasher::new(1), n as usize);
        for (i, name) in names.iter().enumerate() {
            builder.push(name.as_bytes(), i as f64);
        }
        set = builder.finish();
    });
    println!("{:<44} {:>8.1} B", "  bytes a member", set.heap_bytes() as f64 / n as f64);
}

fn naive(n: u64, names: &[String], scores: &[f64], picks: &[usize]) {
    let mut by_name: HashMap<&str, u64> = HashMap::new();
    let mut order: BTreeSet<(u64, &str)> = BTreeSet::new();
    timed("insert, random scores", n, || {
        for (name, &score) in names.iter().zip(scores) {
            by_name.insert(name, score as u64);
            order.insert((score as u64, name));
        }
    });
    timed("range by score, 10 members", n, || {
        for &i in picks {
            for entry in order.range((scores[i] as u64, "")..).take(10) {
                black_box(entry);
            }
        }
    });
    let few = 200.min(n as usize);
    timed("rank (by counting)", few as u64, || {
        for &i in &picks[..few] {
            black_box(order.range(..(by_name[&names[i][..]], &names[i][..])).count());
        }
    });
}

fn main() {
    let n: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let names: Vec<String> = (0..n).map(name).collect();
    let scores: Vec<f64> = (0..n).map(|_| (random.next() % (n * 4)) as f64).collect();
    let picks: Vec<usize> = (0..n).map(|_| (random.next() % n) as usize).collect();
    println!("SortedSet, {n} members");
    sorted_set(n, &names, &scores, &picks);
    println!("HashMap and BTreeSet, {n} members");
    naive(n, &names, &scores, &picks);
}
