//! Fieldsets: names of fields that a session has said once (HIMPORT PREPARE), to make many hashes of values alone.

use std::collections::BTreeMap;

/// The fieldsets of one session, by name.
#[derive(Default)]
pub(crate) struct Fieldsets(BTreeMap<Box<[u8]>, Fieldset>);

/// Names of fields, sorted; each with the place at which its value is given.
pub(crate) struct Fieldset(Vec<(Box<[u8]>, usize)>);

/// A name is given twice.
pub(crate) struct Duplicate;

impl Fieldset {
    /// Of names that differ, in the order in which values are to be given.
    pub fn new(fields: &[&[u8]]) -> Result<Fieldset, Duplicate> {
        let mut sorted: Vec<(Box<[u8]>, usize)> =
            fields.iter().enumerate().map(|(at, field)| ((*field).into(), at)).collect();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Duplicate);
        }
        Ok(Fieldset(sorted))
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Names and values in turn, by name. There are as many values as fields.
    pub fn pairs<'a>(&'a self, values: &'a [&'a [u8]]) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().flat_map(|(field, at)| [&field[..], values[*at]])
    }
    fn bytes(&self) -> usize {
        let names: usize = self.0.iter().map(|(field, _)| field.len()).sum();
        names + self.0.capacity() * size_of::<(Box<[u8]>, usize)>()
    }
}

impl Fieldsets {
    /// The fieldset of this name.
    pub fn get(&self, name: &[u8]) -> Option<&Fieldset> {
        self.0.get(name)
    }
    /// Sets one, in place of another of its name.
    pub fn set(&mut self, name: &[u8], fieldset: Fieldset) {
        self.0.insert(name.into(), fieldset);
    }
    /// Forgets one; whether it was there.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        self.0.remove(name).is_some()
    }
    /// Forgets all; how many there were.
    pub fn clear(&mut self) -> usize {
        std::mem::take(&mut self.0).len()
    }
    /// Bytes that they take, about.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(|(name, fieldset)| name.len() + 64 + fieldset.bytes()).sum()
    }
}
