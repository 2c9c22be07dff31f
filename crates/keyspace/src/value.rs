//! Value: what a key holds beyond a short string or an integer; one variant an encoding, eight bytes each.

use thin_vec::ThinVec;

/// The type of a value, as TYPE names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Strings, and what is made of them: bitmaps, HyperLogLogs.
    String,
    /// Lists.
    List,
    /// Sets.
    Set,
    /// Sorted sets.
    SortedSet,
    /// Hashes.
    Hash,
    /// Streams.
    Stream,
}

impl Kind {
    /// The name that TYPE answers.
    pub fn name(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::List => "list",
            Kind::Set => "set",
            Kind::SortedSet => "zset",
            Kind::Hash => "hash",
            Kind::Stream => "stream",
        }
    }
}

/// A value with an allocation of its own.
#[derive(Debug)]
pub enum Value {
    /// A string too long to be kept in its entry, or one that grows.
    Text(ThinVec<u8>),
}

impl Value {
    /// The string's bytes, if the value is a string: the one place that tells strings from other values.
    #[inline(always)]
    pub fn as_text(&self) -> Option<&[u8]> {
        match self {
            Value::Text(text) => Some(text),
            #[allow(unreachable_patterns, reason = "other types join later")]
            _ => None,
        }
    }
    /// The same, to be changed.
    #[inline(always)]
    pub fn as_text_mut(&mut self) -> Option<&mut ThinVec<u8>> {
        match self {
            Value::Text(text) => Some(text),
            #[allow(unreachable_patterns, reason = "other types join later")]
            _ => None,
        }
    }
    /// The value's type.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Text(_) => Kind::String,
        }
    }
    /// The name that OBJECT ENCODING answers.
    pub fn encoding(&self) -> &'static str {
        match self {
            Value::Text(_) => "raw",
        }
    }
    /// Bytes of heap that the value owns.
    pub fn heap_bytes(&self) -> usize {
        match self {
            Value::Text(text) => text.capacity() + 16,
        }
    }
    /// A measure of how long dropping it takes: the number of allocations, roughly.
    pub fn free_effort(&self) -> usize {
        match self {
            Value::Text(_) => 1,
        }
    }
    /// A copy of its own.
    pub fn duplicate(&self) -> Value {
        match self {
            Value::Text(text) => Value::Text(text.clone()),
        }
    }
}
