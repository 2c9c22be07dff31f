//! INFO keysizes: how large the values of each type are, by powers of two: bytes of strings, elements of the others.
//!
//! Redis keeps these figures up to date with every write. Here they are counted when they are asked for, a stripe at a time, so
//! they cost nothing else; for the same reason the section is shown to those alone who name it.

use super::{Fields, Scene};
use hematite_keyspace::sorted_set::SortedSetRef;
use hematite_keyspace::{Body, Entry, EntryExt, HashRef, Value};

/// A line for each, in the reference's order.
const LINES: [&str; 6] = [
    "distrib_strings_sizes",
    "distrib_lists_items",
    "distrib_sets_items",
    "distrib_zsets_items",
    "distrib_hashes_items",
    "distrib_arrays_items",
];

/// Bins: of what is empty, then of the powers of two.
type Bins = [u64; 65];

pub(super) fn key_sizes(scene: &Scene) -> Fields {
    let keyspace = &scene.shared.keyspace;
    let mut lines = Fields::new();
    for db in 0..keyspace.databases() {
        if keyspace.len(db) == 0 {
            continue;
        }
        let mut bins: [Bins; LINES.len()] = [[0; 65]; LINES.len()];
        keyspace.for_each(db, scene.now.unix_ms, |entry| {
            if let Some((line, size)) = size_of_entry(entry) {
                bins[line][bin(size)] += 1;
            }
        });
        let shown = LINES.iter().zip(&bins).filter(|(_, bins)| bins.iter().any(|count| *count > 0));
        lines.extend(shown.map(|(line, bins)| (format!("db{db}_{line}"), show(bins))));
    }
    lines
}

fn bin(size: u64) -> usize {
    size.checked_ilog2().map_or(0, |power| power as usize + 1)
}

fn show(bins: &Bins) -> String {
    let bins = bins.iter().enumerate().filter(|(_, count)| **count > 0);
    let shown: Vec<String> = bins.map(|(bin, count)| format!("{}={count}", label(bin))).collect();
    shown.join(",")
}

/// `0`, `1`, `2` ... `512`, `1K` ... `512K`, `1M` and so on.
fn label(bin: usize) -> String {
    let Some(power) = bin.checked_sub(1) else { return "0".into() };
    format!("{}{}", 1 << (power % 10), ["", "K", "M", "G", "T", "P", "E"][power / 10])
}

/// The line that an entry counts in, and how large it is; streams are in none.
fn size_of_entry(entry: &Entry) -> Option<(usize, u64)> {
    let Body::Value(value) = entry.body() else {
        return entry.string().ok().map(|text| (0, text.len() as u64));
    };
    Some(match value {
        Value::Text(text) => (0, text.len() as u64),
        Value::ListPacked(pack) => (1, pack.len() as u64),
        Value::List(list) => (1, list.len() as u64),
        Value::Intset(set) => (2, set.len() as u64),
        Value::SetPacked(pack) => (2, pack.len() as u64),
        Value::Set(set) => (2, set.len() as u64),
        Value::SortedSetPacked(_) | Value::SortedSet(_) => (3, SortedSetRef::of(entry).ok()?.len()),
        Value::HashPacked(pack) => (4, HashRef::Packed(pack).len() as u64),
        Value::Hash(table) => (4, HashRef::Table(table).len() as u64),
        Value::Array(array) => (5, array.count()),
        Value::Stream(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Harness;

    #[test]
    fn bins_are_powers_of_two() {
        let labels: Vec<String> = [0, 1, 2, 3, 4, 1023, 1024, 1 << 20, u64::MAX].map(bin).map(label).into();
        assert_eq!(labels, ["0", "1", "2", "2", "4", "512", "1K", "1M", "8E"]);
    }

    #[test]
    fn values_are_counted_by_type_and_size() {
        let mut h = Harness::new(1);
        let c = h.open(0);
        for line in [
            "set a 12345",
            "append b xyz",
            "setrange long 1500 x",
            "rpush l 1 2 3 4 5",
            "rpush m 1",
            "sadd s 1 2",
            "zadd z 1 a 2 b 3 c",
            "hset h f v",
            "xadd x * f v",
            "arset ar 5 a b c",
            "set gone v px 1",
            "select 3",
            "rpush l 1",
        ] {
            h.say(c, line);
        }
        h.now.unix_ms += 10;
        let shown = h.say(c, "info keysizes");
        let lines: Vec<&str> = shown.split("\r\n").skip(1).filter(|line| !line.is_empty()).collect();
        let want = [
            "# Keysizes",
            "db0_distrib_strings_sizes:2=1,4=1,1K=1",
            "db0_distrib_lists_items:1=1,4=1",
            "db0_distrib_sets_items:2=1",
            "db0_distrib_zsets_items:2=1",
            "db0_distrib_hashes_items:1=1",
            "db0_distrib_arrays_items:2=1",
            "db3_distrib_lists_items:1=1",
        ];
        assert_eq!(lines, want);
        assert!(!h.say(c, "info everything").contains("distrib_"), "it has to be asked for");
    }
}
