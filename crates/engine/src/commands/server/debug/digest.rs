//! DEBUG DIGEST and DEBUG DIGEST-VALUE: twenty bytes that are equal where the data is, as the reference computes them.
//!
//! A digest grows by two steps: `xor` adds something in any order (`d ^= sha1(x)`), `mix` in this order
//! (`d = sha1(d ^ sha1(x))`). A key's digest mixes its name and what its value says; the keyspace's adds them by xor, after
//! each database's number was mixed in. Sets xor their members, lists mix their elements, hashes and sorted sets xor one
//! digest a pair. So encodings that hold the same have the same digest.

use crate::commands::prelude::*;
use hematite_keyspace::{Body, Entry, EntryExt, Kind as Type, Scope, Value};
use hematite_structures::array::WordText;
use hematite_structures::quicklist::Direction;
use hematite_structures::stream::StreamId;
use sha1::{Digest as _, Sha1};
use std::fmt::Write;
use std::ops::ControlFlow;

/// A digest on its way.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Digest([u8; 20]);

impl Digest {
    fn xor(&mut self, data: &[u8]) {
        for (mine, byte) in self.0.iter_mut().zip(Sha1::digest(data)) {
            *mine ^= byte;
        }
    }
    fn mix(&mut self, data: &[u8]) {
        self.xor(data);
        self.0 = Sha1::digest(self.0).into();
    }
    /// Adds a pair whose place does not matter.
    fn xor_pair(&mut self, first: &[u8], second: &[u8]) {
        let mut pair = Digest::default();
        pair.mix(first);
        pair.mix(second);
        self.xor(&pair.0);
    }
    fn hex(self) -> String {
        self.0.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes everything");
            text
        })
    }
    /// Adds what a key holds, and that it expires.
    fn add_entry(&mut self, entry: &Entry) {
        let number: u32 = match entry.kind() {
            Type::String => 0,
            Type::List => 1,
            Type::Set => 2,
            Type::SortedSet => 3,
            Type::Hash => 4,
            Type::Stream => 6,
            Type::Array => 7,
        };
        self.mix(&number.to_be_bytes());
        match entry.body() {
            Body::Bytes(bytes) => self.mix(bytes),
            Body::Integer(n) => self.mix(n.to_string().as_bytes()),
            Body::Value(value) => self.add_value(value),
        }
        if entry.expires_at().is_some() {
            self.xor(b"!!expire!!");
        }
    }
    /// Adds a value with an allocation of its own, encoding by encoding.
    fn add_value(&mut self, value: &Value) {
        match value {
            Value::Text(text) => self.mix(text),
            Value::ListPacked(pack) => pack.iter().for_each(|element| self.mix(&element.to_vec())),
            Value::List(list) => {
                let _: ControlFlow<()> = list.for_each(0, list.len(), Direction::Forward, |element| {
                    self.mix(&element.to_vec());
                    ControlFlow::Continue(())
                });
            }
            Value::Intset(set) => set.iter().for_each(|n| self.xor(n.to_string().as_bytes())),
            Value::SetPacked(pack) => pack.iter().for_each(|element| self.xor(&element.to_vec())),
            Value::Set(set) => set.iter().for_each(|member| self.xor(member)),
            Value::Hash(_) => {
                for (field, value, _) in value.as_hash().into_iter().flat_map(|hash| hash.iter(i64::MIN)) {
                    self.xor_pair(&field.to_vec(), &value.to_vec());
                }
            }
            Value::HashPacked(pack) => {
                pack.pairs().for_each(|(field, value)| self.xor_pair(&field.to_vec(), &value.to_vec()));
            }
            Value::SortedSetPacked(pack) => {
                for (member, score) in pack.pairs() {
                    let score = hematite_base::number::parse_f64(&score.to_vec()).unwrap_or_default();
                    self.xor_pair(&member.to_vec(), score_text(score).as_bytes());
                }
            }
            Value::SortedSet(set) => {
                set.iter().for_each(|(member, score)| self.xor_pair(member, score_text(score).as_bytes()));
            }
            Value::Array(array) => array.for_each(|index, word| {
                self.mix(index.to_string().as_bytes());
                self.mix(word.text(&mut WordText::default()));
            }),
            Value::Stream(stream) => {
                for entry in stream.range(StreamId::MIN, StreamId::MAX) {
                    self.mix(format!("{}.{}", entry.id.ms, entry.id.seq).as_bytes());
                    for (field, value) in entry.pairs() {
                        self.mix(&field.to_vec());
                        self.mix(&value.to_vec());
                    }
                }
            }
        }
    }
}

/// A score with seventeen significant digits, as C's `%.17g` prints it.
fn score_text(score: f64) -> String {
    if !score.is_finite() {
        return if score.is_nan() {
            "nan"
        } else if score > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .into();
    }
    let scientific = format!("{score:.16e}");
    let (digits, exponent) = scientific.split_once('e').expect("that is the form");
    let exponent: i32 = exponent.parse().expect("it is an integer");
    let trim = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if (-4..17).contains(&exponent) {
        trim(&format!("{score:.*}", (16 - exponent) as usize))
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", trim(digits), exponent.abs())
    }
}

/// DEBUG DIGEST.
pub(super) fn of_everything(call: &mut Call) {
    let keyspace = &call.shared.keyspace;
    let mut all = Digest::default();
    for db in 0..keyspace.databases() {
        if keyspace.len(db) == 0 {
            continue;
        }
        all.mix(&(db as u32).to_be_bytes());
        keyspace.for_each(db, call.now.unix_ms, |entry| {
            let mut one = Digest::default();
            one.mix(entry.name());
            one.add_entry(entry);
            all.xor(&one.0);
        });
    }
    call.reply.simple(&all.hex());
}

/// DEBUG DIGEST-VALUE.
pub(super) fn of_values(call: &mut Call, keys: &[&[u8]]) {
    let (shared, db, now_ms) = (call.shared, call.session.db, call.now.unix_ms);
    call.reply.array(keys.len());
    for key in keys {
        let scope = Scope::Key(key, shared.keyspace.hash(key));
        let mut view = shared.keyspace.view(scope, db, now_ms, &mut call.local.effects);
        let mut digest = Digest::default();
        if let Some(entry) = view.peek(key) {
            digest.add_entry(&entry);
        }
        drop(view);
        call.reply.simple(&digest.hex());
    }
}

#[cfg(test)]
mod tests {
    use super::score_text;

    #[test]
    fn scores_as_c_prints_them() {
        let cases = [
            (0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1, "0.10000000000000001"),
            (1e16, "10000000000000000"),
            (1e17, "1e+17"),
            (1e-5, "1.0000000000000001e-05"),
            (123_456.789, "123456.789"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (score, text) in cases {
            assert_eq!(score_text(score), text);
        }
    }
}
