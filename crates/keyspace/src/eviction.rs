//! Eviction: which keys give way when memory is full.
//!
//! As in the reference, keys are compared by a sample instead of being kept in order, which would cost memory and time on
//! every access. A sample is a bucket (some five keys) of a random stripe; the best of what was seen so far wait in a
//! [`Pool`], so that a good candidate which was not needed at once is not lost. Two things are better than there: a score
//! does not depend on when it was taken, and it is taken again before a key goes, so a key that was used in between stays.
//!
//! ```text
//! sample ─► score ─► pool, ascending: 12 14 14 19 37 ─► the last one, if its score still holds ─► victim
//! ```
//!
//! Invariant: one stripe's lock at a time, and none while the pool is worked on. Whatever a victim's name says may have
//! changed by the time that it is deleted; nothing here depends on it.

use crate::access::{Lfu, idle_seconds};
use crate::effects::Class;
use crate::entry::{Entry, EntryExt};
use crate::stripe::{Db, Keyspace};
use crate::view::View;
use crate::walk::POSITION_BITS;
use hematite_base::random::Random;

/// Candidates that a pool keeps.
const POOL_MAX: usize = 64;
/// The score of a key that has expired, though nobody has looked at it: it is gone already.
const EXPIRED: u64 = u64::MAX;
/// Above every time that a score counts down from.
const HORIZON: u64 = 1 << 62;

/// By what keys are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The key that was not used for the longest time goes first.
    Lru,
    /// The key that is used least often goes first.
    Lfu,
    /// The key that would expire first goes first.
    Ttl,
    /// Any key may go.
    Random,
}

/// A `maxmemory-policy` that evicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Only keys with an expiry may go.
    pub is_volatile: bool,
    /// Which of them goes first.
    pub order: Order,
}

impl Policy {
    /// The policy of a name as `maxmemory-policy` has it; `None` for `noeviction` and for names that are none.
    pub fn named(name: &str) -> Option<Policy> {
        let (among, order) = name.split_once('-')?;
        let is_volatile = match among {
            "volatile" => true,
            "allkeys" => false,
            _ => return None,
        };
        let order = match order {
            "lru" => Order::Lru,
            "lfu" => Order::Lfu,
            "random" => Order::Random,
            "ttl" if is_volatile => Order::Ttl,
            _ => return None,
        };
        Some(Policy { is_volatile, order })
    }
}

/// How a victim is looked for.
#[derive(Clone, Debug)]
pub struct Search {
    /// The policy.
    pub policy: Policy,
    /// Keys looked at for each victim, at least, where there are as many: `maxmemory-samples`.
    pub samples: usize,
    /// The time, Unix milliseconds.
    pub now_ms: i64,
    /// Parameters of LFU.
    pub lfu: Lfu,
}

impl Search {
    /// How well a key would go; the highest score goes first.
    fn score(&self, entry: &Entry, random: &mut Random) -> u64 {
        if entry.is_expired(self.now_ms) {
            return EXPIRED;
        }
        match self.policy.order {
            Order::Lru => {
                let idle_s = u64::from(idle_seconds(entry.stamp(), self.now_ms));
                HORIZON + idle_s - self.now_ms as u64 / 1000
            }
            Order::Lfu => 255 - u64::from(self.lfu.counter(entry.stamp(), Lfu::clock(self.now_ms))),
            Order::Ttl => HORIZON.saturating_sub(entry.expires_at().map_or(HORIZON, |at| at as u64)),
            Order::Random => random.bits() >> 1,
        }
    }
}

/// A key seen in a sample: where it is, without its name.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    score: u64,
    hash: u64,
    db: usize,
}

/// The best candidates of the samples so far, by ascending score.
#[derive(Debug, Default)]
pub struct Pool {
    candidates: Vec<Candidate>,
    policy: Option<Policy>,
}

impl Pool {
    fn offer(&mut self, candidate: Candidate) {
        if self.candidates.len() == POOL_MAX {
            if candidate.score <= self.candidates[0].score {
                return;
            }
            self.candidates.remove(0);
        }
        let at = self.candidates.partition_point(|other| other.score <= candidate.score);
        // A key that is sampled again would fill the pool with itself.
        let is_known = |other: &Candidate| other.hash == candidate.hash && other.db == candidate.db;
        let peers = self.candidates[..at].iter().rev().take_while(|other| other.score == candidate.score);
        if !peers.into_iter().any(is_known) {
            self.candidates.insert(at, candidate);
        }
    }
}

/// A key that is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Victim {
    /// The database's index.
    pub db: usize,
    /// The key.
    pub key: Box<[u8]>,
}

impl Keyspace {
    /// The key that should go next; `None` where no key may. Takes at least one sample, and more until `search.samples` keys
    /// have been seen: where keys are few and stripes many, each stripe is looked at once.
    pub fn next_victim(&self, pool: &mut Pool, search: &Search, random: &mut Random) -> Option<Victim> {
        if pool.policy != Some(search.policy) {
            *pool = Pool { candidates: Vec::with_capacity(POOL_MAX), policy: Some(search.policy) };
        }
        self.sample(pool, search, random);
        let victim = loop {
            let candidate = pool.candidates.pop()?;
            match self.judge(&candidate, search, random) {
                Verdict::Gone => {}
                Verdict::Stays(score) => pool.offer(Candidate { score, ..candidate }),
                Verdict::Goes(victim) => break victim,
            }
            if pool.candidates.is_empty() {
                self.sample(pool, search, random);
            }
        };
        if search.policy.order == Order::Random {
            // The others have lost once; to keep them would be to prefer them.
            pool.candidates.clear();
        }
        Some(victim)
    }

    /// Puts keys of one place into the pool, or of several places until there are enough.
    fn sample(&self, pool: &mut Pool, search: &Search, random: &mut Random) {
        let start = random.below(self.stripes() as u64) as usize;
        let position = random.bits();
        let mut seen = 0;
        for stripe in (start..self.stripes()).chain(0..start) {
            let state = self.lock(stripe);
            for db in 0..state.databases() {
                let Some(part) = state.db(db) else { continue };
                seen +=
                    self.sample_part(part, position, search.samples, search.policy.is_volatile, |entry| {
                        pool.offer(Candidate {
                            score: search.score(entry, random),
                            hash: self.hash(entry.name()),
                            db,
                        });
                    });
            }
            if seen >= search.samples {
                break;
            }
        }
    }

    /// Calls `f` for whole buckets from a position on, until it was called `wanted` times or there are no more keys;
    /// returns how often it was called.
    fn sample_part(
        &self,
        part: &Db,
        position: u64,
        wanted: usize,
        is_volatile: bool,
        mut f: impl FnMut(&Entry),
    ) -> usize {
        let len = if is_volatile { part.dict.marked_len() } else { part.dict.items().len() };
        let start = position & ((1 << POSITION_BITS) - 1);
        let (mut cursor, mut seen, mut has_wrapped) = (start, 0, false);
        while seen < wanted.min(len) {
            let mut each = |entry: &Entry| {
                seen += 1;
                f(entry);
            };
            cursor = match is_volatile {
                true => part.dict.scan_marked(cursor, &mut each),
                false => part.dict.items().scan(cursor, &mut each),
            };
            if cursor == 0 {
                if has_wrapped {
                    break;
                }
                has_wrapped = true;
            } else if has_wrapped && cursor > start {
                break;
            }
        }
        seen
    }

    fn judge(&self, candidate: &Candidate, search: &Search, random: &mut Random) -> Verdict {
        let state = self.lock(self.stripe_of(candidate.hash));
        let Some(part) = state.db(candidate.db) else { return Verdict::Gone };
        let Some(entry) = part.dict.find(candidate.hash, |e| self.hash(e.name()) == candidate.hash) else {
            return Verdict::Gone;
        };
        if search.policy.is_volatile && entry.expires_at().is_none() {
            return Verdict::Gone;
        }
        let score = search.score(&entry, random);
        if search.policy.order != Order::Random && score < candidate.score {
            return Verdict::Stays(score);
        }
        Verdict::Goes(Victim { db: candidate.db, key: entry.name().into() })
    }
}

/// What becomes of a candidate when its turn has come.
enum Verdict {
    /// The key is not there any more, or may not be evicted any more.
    Gone,
    /// It was used since; this is its score now.
    Stays(u64),
    /// It goes.
    Goes(Victim),
}

impl View<'_> {
    /// Deletes a key since memory is full; the journal is told as of a key that expired. Large values are dropped elsewhere
    /// if `lazily`, very large ones always. Bytes that were given up: those dropped elsewhere too, though they are free a little later only.
    pub fn evict(&mut self, key: &[u8], lazily: bool) -> usize {
        // Should it have expired, looking at it has been enough.
        let Some(bytes) = self.peek(key).map(|entry| entry.memory_bytes()) else { return 0 };
        self.delete(key, lazily);
        let db = self.db;
        self.counters.evicted += 1;
        self.effects.expired_key(db, key);
        self.effects.touch(db, key);
        self.effects.event(Class::EVICTED, "evicted", db, key);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::lru_clock;
    use crate::effects::Effects;
    use crate::entry::Expiry;
    use crate::stripe::Options;
    use crate::view::Scope;

    const NOW_MS: i64 = 1_700_000_000_000;

    fn search(policy: &str) -> Search {
        let policy = Policy::named(policy).expect("it evicts");
        Search { policy, samples: 5, now_ms: NOW_MS, lfu: Lfu::default() }
    }
    /// Sets `k<n>` as last used `age_s(n)` seconds ago, with the expiry given.
    fn fill(keyspace: &Keyspace, n: usize, age_s: impl Fn(usize) -> i64, expiry: impl Fn(usize) -> Expiry) {
        let mut effects = Effects::default();
        for at in 0..n {
            let mut view = keyspace.view(Scope::Everything, 0, NOW_MS, &mut effects);
            view.stamp = Some(lru_clock(NOW_MS - age_s(at) * 1000));
            view.set_string(format!("k{at}").as_bytes(), b"v", expiry(at));
        }
    }
    fn number(victim: &Victim) -> usize {
        std::str::from_utf8(&victim.key[1..]).expect("a number").parse().expect("a number")
    }
    fn evict_all(keyspace: &Keyspace, search: &Search) -> Vec<usize> {
        let (mut pool, mut random, mut effects) = (Pool::default(), Random::new(7), Effects::default());
        let mut order = Vec::new();
        while let Some(victim) = keyspace.next_victim(&mut pool, search, &mut random) {
            let mut view = keyspace.view(Scope::Everything, victim.db, NOW_MS, &mut effects);
            assert!(view.evict(&victim.key, false) > 0, "a victim is there");
            order.push(number(&victim));
        }
        order
    }

    #[test]
    fn policies_have_their_names() {
        assert_eq!(Policy::named("noeviction"), None);
        assert_eq!(Policy::named("allkeys-ttl"), None);
        let policy = Policy { is_volatile: true, order: Order::Ttl };
        assert_eq!(Policy::named("volatile-ttl"), Some(policy));
    }

    #[test]
    fn few_keys_go_in_exact_order() {
        for stripes in [1, 1024] {
            let keyspace = Keyspace::new(&Options { stripes, ..Options::default() });
            fill(&keyspace, 20, |at| 1000 - at as i64, |_| Expiry::Never);
            let all = Search { samples: 20, ..search("allkeys-lru") };
            assert_eq!(evict_all(&keyspace, &all), (0..20).collect::<Vec<_>>());
            assert!(keyspace.is_empty());
        }
    }

    #[test]
    fn volatile_policies_leave_keys_without_expiry() {
        let keyspace = Keyspace::new(&Options::default());
        let expiry = |at| if at % 2 == 0 { Expiry::At(NOW_MS + 90_000 - at as i64) } else { Expiry::Never };
        for policy in ["volatile-ttl", "volatile-lru", "volatile-random", "volatile-lfu"] {
            fill(&keyspace, 10, |_| 5, expiry);
            let mut order = evict_all(&keyspace, &Search { samples: 10, ..search(policy) });
            if policy == "volatile-ttl" {
                assert_eq!(order, [8, 6, 4, 2, 0], "the one that would expire first goes first");
            }
            order.sort_unstable();
            assert_eq!(order, [0, 2, 4, 6, 8], "{policy}");
            assert_eq!(keyspace.len(0), 5);
        }
    }

    #[test]
    fn the_oldest_of_many_go_first() {
        let keyspace = Keyspace::new(&Options::default());
        fill(&keyspace, 20_000, |at| 30_000 - at as i64, |_| Expiry::Never);
        let (mut pool, mut random, mut effects) = (Pool::default(), Random::new(1), Effects::default());
        let mut sum = 0;
        for _ in 0..5_000 {
            let victim = keyspace.next_victim(&mut pool, &search("allkeys-lru"), &mut random).expect("one");
            keyspace.view(Scope::Everything, 0, NOW_MS, &mut effects).evict(&victim.key, false);
            sum += number(&victim);
        }
        // Exact LRU would have a mean of 2,500, chance one of 10,000.
        assert!(sum / 5_000 < 4_000, "{}", sum / 5_000);
    }

    #[test]
    fn a_key_that_was_used_since_stays() {
        let keyspace = Keyspace::new(&Options { stripes: 1, ..Options::default() });
        fill(&keyspace, 3, |at| 100 - at as i64, |_| Expiry::Never);
        let (mut pool, mut random, mut effects) = (Pool::default(), Random::new(1), Effects::default());
        let search = search("allkeys-lru");
        keyspace.sample(&mut pool, &search, &mut random);
        let mut view = keyspace.view(Scope::Everything, 0, NOW_MS, &mut effects);
        view.stamp = Some(lru_clock(NOW_MS));
        view.read(b"k0");
        drop(view);
        let victim = keyspace.next_victim(&mut pool, &search, &mut random).expect("one");
        assert_eq!(number(&victim), 1);
    }

    #[test]
    fn the_least_used_goes_first_and_the_expired_before_it() {
        let keyspace = Keyspace::new(&Options::default());
        let mut effects = Effects::default();
        for at in 0..10 {
            let mut view = keyspace.view(Scope::Everything, 0, NOW_MS, &mut effects);
            view.stamp = Some(Lfu::clock(NOW_MS));
            view.lfu = Some(Lfu { log_factor: 0, ..Lfu::default() });
            view.set_string(format!("k{at}").as_bytes(), b"v", Expiry::Never);
            drop(view);
            for _ in 0..at {
                let mut view = keyspace.view(Scope::Everything, 0, NOW_MS, &mut effects);
                view.stamp = Some(Lfu::clock(NOW_MS));
                view.lfu = Some(Lfu { log_factor: 0, ..Lfu::default() });
                view.read(format!("k{at}").as_bytes());
            }
        }
        let mut view = keyspace.view(Scope::Everything, 0, NOW_MS - 100, &mut effects);
        view.set_string(b"k10", b"v", Expiry::At(NOW_MS - 50));
        drop(view);
        let all = Search { samples: 20, ..search("allkeys-lfu") };
        let (mut pool, mut random) = (Pool::default(), Random::new(1));
        let first = keyspace.next_victim(&mut pool, &all, &mut random).expect("one");
        assert_eq!(number(&first), 10);
        let mut view = keyspace.view(Scope::Everything, 0, NOW_MS, &mut effects);
        assert_eq!(view.evict(&first.key, false), 0, "it expired instead");
        assert_eq!((view.counters.expired, view.counters.evicted), (1, 0));
        drop(view);
        assert_eq!(evict_all(&keyspace, &all), (0..10).collect::<Vec<_>>());
    }
}
