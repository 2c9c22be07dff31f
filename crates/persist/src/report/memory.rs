//! Memory: what the keys of a file take here, by type, by their first words, and one by one for the largest.
//!
//! The keys `user:1:name` and `user:2:name` have the first word `user:`, at depth 2 the words `user:1:` and `user:2:`.
//! Sizes are those that MEMORY USAGE would answer with, without samples.

use super::json;
use crate::rdb::Sink;
use hematite_keyspace::{Entry, EntryExt, Kind};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fmt::Write;

/// How many of the largest keys are told.
const LARGEST: usize = 20;
/// First words that are told apart; what comes later is counted together.
const PREFIXES_MAX: usize = 100_000;
/// Sizes are counted by powers of two, up to this one.
const CLASSES: usize = 40;

const KINDS: [Kind; 7] =
    [Kind::String, Kind::List, Kind::Set, Kind::SortedSet, Kind::Hash, Kind::Stream, Kind::Array];

#[derive(Clone, Copy, Default)]
struct Figures {
    keys: u64,
    bytes: u64,
    bytes_max: u64,
    expires: u64,
}

impl Figures {
    fn add(&mut self, bytes: u64, expires: bool) {
        self.keys += 1;
        self.bytes += bytes;
        self.bytes_max = self.bytes_max.max(bytes);
        self.expires += u64::from(expires);
    }
    fn write(&self, out: &mut String) {
        let Figures { keys, bytes, bytes_max, expires } = self;
        let _ =
            write!(out, "\"keys\":{keys},\"bytes\":{bytes},\"bytesMax\":{bytes_max},\"expires\":{expires}");
    }
}

/// A key among the largest.
type Large = (u64, usize, &'static str, Vec<u8>);

/// A sink that counts.
pub struct Memory {
    depth: usize,
    separator: u8,
    total: Figures,
    kinds: [(Figures, [u64; CLASSES]); KINDS.len()],
    prefixes: HashMap<Vec<u8>, Figures>,
    others: Figures,
    largest: BinaryHeap<Reverse<Large>>,
}

impl Memory {
    /// Counts by the first `depth` words, which end with `separator`.
    pub fn new(depth: usize, separator: u8) -> Memory {
        Memory {
            depth,
            separator,
            total: Figures::default(),
            kinds: [(Figures::default(), [0; CLASSES]); KINDS.len()],
            prefixes: HashMap::new(),
            others: Figures::default(),
            largest: BinaryHeap::new(),
        }
    }

    /// The first words of a key; empty if it has none.
    fn prefix<'k>(&self, key: &'k [u8]) -> &'k [u8] {
        let ends = key.iter().enumerate().filter(|(_, byte)| **byte == self.separator).map(|(at, _)| at + 1);
        let end = ends.take(self.depth).last().unwrap_or(0);
        &key[..end]
    }

    /// The figures as JSON: `total`, `types` with `sizes` (numbers of keys by the power of two that their size is below),
    /// `prefixes` and `largest`, the largest first.
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"total\":{");
        self.total.write(&mut out);
        out.push_str("},\"types\":[");
        let used = KINDS.iter().zip(&self.kinds).filter(|(_, (figures, _))| figures.keys > 0);
        for (at, (kind, (figures, classes))) in used.enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let _ = write!(out, "{comma}{{\"type\":\"{}\",", kind.name());
            figures.write(&mut out);
            let last = classes.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
            let _ = write!(out, ",\"sizes\":{:?}}}", &classes[..last]);
        }
        out.push_str("],\"prefixes\":[");
        self.write_prefixes(&mut out);
        out.push_str("],\"largest\":[");
        let mut largest: Vec<&Large> = self.largest.iter().map(|Reverse(large)| large).collect();
        largest.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.3.cmp(&b.3)));
        for (at, (bytes, db, kind, key)) in largest.into_iter().enumerate() {
            out.push_str(if at == 0 { "{\"key\":" } else { ",{\"key\":" });
            json::bytes(&mut out, key);
            let _ = write!(out, ",\"db\":{db},\"type\":\"{kind}\",\"bytes\":{bytes}}}");
        }
        out.push_str("]}");
        out
    }

    fn write_prefixes(&self, out: &mut String) {
        let mut prefixes: Vec<_> = self.prefixes.iter().collect();
        prefixes.sort_by(|a, b| b.1.bytes.cmp(&a.1.bytes).then_with(|| a.0.cmp(b.0)));
        for (at, (prefix, figures)) in prefixes.into_iter().enumerate() {
            out.push_str(if at == 0 { "{\"prefix\":" } else { ",{\"prefix\":" });
            json::bytes(out, prefix);
            out.push(',');
            figures.write(out);
            out.push('}');
        }
        if self.others.keys > 0 {
            out.push_str(",{\"prefix\":null,");
            self.others.write(out);
            out.push('}');
        }
    }
}

impl Sink for Memory {
    fn entry(&mut self, db: usize, entry: Entry) -> Result<(), String> {
        let (bytes, expires) = (entry.memory_bytes() as u64, entry.expires_at().is_some());
        self.total.add(bytes, expires);
        let kind = entry.kind();
        if let Some(at) = KINDS.iter().position(|k| *k == kind) {
            let (figures, classes) = &mut self.kinds[at];
            figures.add(bytes, expires);
            classes[((u64::BITS - bytes.leading_zeros()) as usize).min(CLASSES - 1)] += 1;
        }
        let prefix = self.prefix(entry.name());
        let has_room = self.prefixes.len() < PREFIXES_MAX;
        if let Some(figures) = self.prefixes.get_mut(prefix) {
            figures.add(bytes, expires);
        } else if has_room {
            let mut figures = Figures::default();
            figures.add(bytes, expires);
            self.prefixes.insert(prefix.to_vec(), figures);
        } else {
            self.others.add(bytes, expires);
        }
        if self.largest.len() < LARGEST || self.largest.peek().is_some_and(|Reverse(least)| least.0 < bytes) {
            self.largest.push(Reverse((bytes, db, kind.name(), entry.name().to_vec())));
            if self.largest.len() > LARGEST {
                self.largest.pop();
            }
        }
        Ok(())
    }
}
