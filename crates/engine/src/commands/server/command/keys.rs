//! What follows from key specs: the old triple of first, last and step, and the keys of a command with what happens to
//! each, where the specs alone do not tell.

use hematite_commands::keys::{KeyAt, find_keys};
use hematite_commands::spec::{Begin, Find, KeyFlags, KeySpec, Spec};

/// The first position, the last relative to it, and the step, if the spec is a plain range.
fn range(key_spec: &KeySpec) -> Option<(i64, i64, i64)> {
    match (key_spec.begin, key_spec.find) {
        (Begin::Index(first), Find::Range { last, step, .. }) => {
            Some((i64::from(first), i64::from(last), i64::from(step)))
        }
        _ => None,
    }
}

/// Plain ranges that follow upon each other, which alone the old triple can say: `(first, last, step)` with `last`
/// absolute or negative.
pub(super) fn legacy_range(spec: &Spec) -> Option<(i64, i64, i64)> {
    let absolute =
        |(first, last, step): (i64, i64, i64)| (first, if last >= 0 { first + last } else { last }, step);
    if let [only] = spec.keys {
        return range(only).map(absolute);
    }
    let mut whole: Option<(i64, i64, i64)> = None;
    for found in spec.keys.iter().filter_map(range).map(absolute) {
        whole = match (whole, found) {
            (_, (_, _, step)) if step != 1 => whole,
            (None, found) => Some(found),
            (Some((first, last, 1)), (next, next_last, _)) if next == last + 1 => Some((first, next_last, 1)),
            (whole, _) => whole,
        };
    }
    whole
}

/// Whether the old triple does not tell all keys.
pub(super) fn is_movable(spec: &Spec) -> bool {
    let Some((first, last, _)) = legacy_range(spec) else { return !spec.keys.is_empty() };
    let covered = |key_spec: &KeySpec| match range(key_spec) {
        Some((at, ..)) => {
            at >= first && (last < 0 || at <= last) && !key_spec.flags.has(KeyFlags::INCOMPLETE)
        }
        None => false,
    };
    !spec.keys.iter().all(covered)
}

/// Whether the command has keys, channels left out.
pub(super) fn has_keys(spec: &Spec) -> bool {
    spec.keys.iter().any(|key_spec| !key_spec.flags.has(KeyFlags::NOT_KEY))
}

const READ: KeyFlags = KeyFlags::RO.or(KeyFlags::ACCESS);
const OVERWRITE: KeyFlags = KeyFlags::OW.or(KeyFlags::UPDATE);
const READ_WRITE: KeyFlags = KeyFlags::RW.or(KeyFlags::ACCESS).or(KeyFlags::UPDATE);

/// The keys among the arguments with what happens to each; empty if the arguments can't be those of the command.
pub(crate) fn keys(spec: &Spec, args: &[&[u8]]) -> Vec<KeyAt> {
    let mut found = match spec.name {
        "sort" => sort_keys(args),
        "sort_ro" => vec![KeyAt { at: 1, flags: READ }],
        "migrate" => migrate_keys(args),
        _ => by_specs(spec, args),
    };
    found.retain(|key| !key.flags.has(KeyFlags::NOT_KEY));
    for key in &mut found {
        if key.flags.has(KeyFlags::VARIABLE_FLAGS) {
            key.flags = variable_flags(spec, args);
        }
    }
    found
}

/// The keys that the specs find; none if one of them can't be right.
fn by_specs(spec: &Spec, args: &[&[u8]]) -> Vec<KeyAt> {
    let mut found = Vec::new();
    for key_spec in spec.keys {
        let before = found.len();
        let alone = Spec { keys: std::slice::from_ref(key_spec), ..*spec };
        let is_right = find_keys(&alone, args, &mut found).is_ok();
        let is_empty = matches!(key_spec.find, Find::KeyNum { .. }) && found.len() == before;
        if !is_right || is_empty {
            return Vec::new();
        }
    }
    found
}

/// The flags of a key where they depend on the arguments.
fn variable_flags(spec: &Spec, args: &[&[u8]]) -> KeyFlags {
    let has = |words: &[&str], from: usize| {
        args.iter().skip(from).any(|arg| words.iter().any(|w| arg.eq_ignore_ascii_case(w.as_bytes())))
    };
    match spec.name {
        "set" if !has(&["get"], 3) => OVERWRITE,
        "bitfield" if !has(&["set", "incrby"], 2) => READ,
        _ => READ_WRITE,
    }
}

/// SORT: the key, and what STORE says last.
fn sort_keys(args: &[&[u8]]) -> Vec<KeyAt> {
    let mut found = vec![KeyAt { at: 1, flags: READ }];
    let mut at = 2;
    while at < args.len() {
        let is = |word: &str| args[at].eq_ignore_ascii_case(word.as_bytes());
        if is("store") && at + 1 < args.len() {
            found.truncate(1);
            found.push(KeyAt { at: at + 1, flags: OVERWRITE });
        }
        at += match () {
            () if is("limit") => 3,
            () if is("get") || is("by") || is("store") => 2,
            () => 1,
        };
    }
    found
}

/// MIGRATE: one key in its place, or several after KEYS.
fn migrate_keys(args: &[&[u8]]) -> Vec<KeyAt> {
    let flags = KeyFlags::RW.or(KeyFlags::ACCESS).or(KeyFlags::DELETE);
    let after = (6..args.len()).find(|at| args[*at].eq_ignore_ascii_case(b"keys") && args[3].is_empty());
    match after {
        Some(word) => (word + 1..args.len()).map(|at| KeyAt { at, flags }).collect(),
        None => vec![KeyAt { at: 3, flags }],
    }
}
