//! RDB: the file format of the reference, and of Valkey.
//!
//! ```text
//!   REDIS0011 | VALKEY080            magic and version
//!   FA key value ...                 aux fields
//!   F5 code ...                      libraries of functions
//!   FE db  FB keys expires           a database and its sizes
//!   [FC ms | FD s] [F8 idle | F9 freq]  type key value   ...
//!   FF crc64                         the end (the checksum from version 5 on; 0: none was made)
//! ```
//!
//! A length is 6 bits (`00......`), 14 bits (`01......`), 32 or 64 bits big endian (80, 81); `11......` announces a string
//! kept as an integer of 8, 16 or 32 bits, or packed as LZF. Everything else is little endian.

mod decode;
mod encode;
mod input;
mod loader;
#[cfg(test)]
mod tests;
mod write;
mod writer;

pub use encode::{encode_entry, encode_pieces};
pub use input::Source;
pub use loader::{LoadOptions, Loader, Sink, Summary};
pub(crate) use opcode::{FUNCTION, FUNCTION_PRE_GA};
pub(crate) use writer::write_function;
pub use writer::{Writer, encode_select};

pub(crate) use decode::{Decoded, Decoder};
pub(crate) use encode::{StreamRest, encode_value, kind_of, version_of};
pub(crate) use input::Input;

use hematite_base::hash::Hasher;
use hematite_keyspace::{HashLimits, SetLimits, sorted_set};
use hematite_structures::{array, quicklist};

/// The version that is written unless another one is asked for: Redis 7.2 and later and Valkey read it.
pub const VERSION: u16 = 11;
/// The version for Redis 7.0.
pub const VERSION_REDIS_7_0: u16 = 10;
/// The version of Redis 7.4, which brought hashes with expiring fields.
pub const VERSION_REDIS_7_4: u16 = 12;
/// Redis 8.6, which brought streams that remember what their producers sent.
pub const VERSION_REDIS_8_6: u16 = 13;
/// Redis 8.8, which brought arrays, and streams with released entries.
pub const VERSION_REDIS_8_8: u16 = 14;
/// Valkey 9's version, with hashes with expiring fields of its own.
pub const VERSION_VALKEY_9: u16 = 80;

/// Whether files and payloads of this version can be read.
pub fn is_readable(version: u16) -> bool {
    matches!(version, 1..=VERSION_REDIS_8_8 | VERSION_VALKEY_9)
}

/// What is said of a key's last use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    #[default]
    Nothing,
    /// For how long it was not used.
    Idle {
        /// The time, Unix milliseconds.
        now_ms: i64,
    },
    /// How often it was used.
    Frequency {
        /// The time, Unix milliseconds.
        now_ms: i64,
        /// `lfu-decay-time`, minutes.
        decay_minutes: u32,
    },
}

/// How files and payloads are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The format's version: 10, 11, 12 or 80.
    pub version: u16,
    /// `rdbcompression`: strings longer than 20 bytes are packed as LZF where that saves anything.
    pub compression: bool,
    /// `rdbchecksum`: the file ends with its checksum; 0 otherwise.
    pub checksum: bool,
    /// What is said of a key's last use.
    pub access: Access,
}

impl Default for Options {
    fn default() -> Self {
        Options { version: VERSION, compression: true, checksum: true, access: Access::Nothing }
    }
}

/// What decides in which encoding a value that is read is kept.
#[derive(Clone)]
pub struct Encodings {
    /// The keyspace's hash function.
    pub hasher: Hasher,
    /// Of hashes.
    pub hash: HashLimits,
    /// Of sets.
    pub set: SetLimits,
    /// Of sorted sets.
    pub sorted_set: sorted_set::Limits,
    /// Of lists.
    pub list: quicklist::Settings,
    /// Of arrays.
    pub array: array::Shape,
}

impl Encodings {
    /// The reference's defaults.
    pub fn new(hasher: Hasher) -> Encodings {
        Encodings {
            hasher,
            hash: HashLimits { listpack_entries_max: 512, listpack_value_bytes_max: 64 },
            set: SetLimits {
                intset_entries_max: 512,
                listpack_entries_max: 128,
                listpack_value_bytes_max: 64,
            },
            sorted_set: sorted_set::Limits { entries_max: 128, value_bytes_max: 64 },
            list: quicklist::Settings::default(),
            array: array::Shape::default(),
        }
    }
}

/// How a value of an array is written.
mod array_tag {
    pub const TEXT: u64 = 0;
    pub const INTEGER: u64 = 1;
    pub const DOUBLE: u64 = 2;
    /// A text of up to seven bytes.
    pub const SMALL: u64 = 3;
}

/// The types of values as the file numbers them.
mod kind {
    pub const STRING: u8 = 0;
    pub const LIST: u8 = 1;
    pub const SET: u8 = 2;
    /// Scores as text.
    pub const ZSET: u8 = 3;
    pub const HASH: u8 = 4;
    /// Scores as doubles.
    pub const ZSET_2: u8 = 5;
    pub const MODULE_PRE_GA: u8 = 6;
    pub const MODULE_2: u8 = 7;
    pub const HASH_ZIPMAP: u8 = 9;
    pub const LIST_ZIPLIST: u8 = 10;
    pub const SET_INTSET: u8 = 11;
    pub const ZSET_ZIPLIST: u8 = 12;
    pub const HASH_ZIPLIST: u8 = 13;
    pub const LIST_QUICKLIST: u8 = 14;
    pub const STREAM_LISTPACKS: u8 = 15;
    pub const HASH_LISTPACK: u8 = 16;
    pub const ZSET_LISTPACK: u8 = 17;
    pub const LIST_QUICKLIST_2: u8 = 18;
    pub const STREAM_LISTPACKS_2: u8 = 19;
    pub const SET_LISTPACK: u8 = 20;
    pub const STREAM_LISTPACKS_3: u8 = 21;
    /// Redis 7.4 before its release.
    pub const HASH_METADATA_PRE_GA: u8 = 22;
    /// Valkey 9, under the same number.
    pub const HASH_VALKEY_TTL: u8 = 22;
    /// Redis 7.4 before its release.
    pub const HASH_LISTPACK_EX_PRE_GA: u8 = 23;
    pub const HASH_METADATA: u8 = 24;
    pub const HASH_LISTPACK_EX: u8 = 25;
    /// Streams that remember what their producers sent (Redis 8.6).
    pub const STREAM_LISTPACKS_4: u8 = 26;
    /// Streams whose groups have released entries (Redis 8.8).
    pub const STREAM_LISTPACKS_5: u8 = 27;
    /// Of Redis 8.8.
    pub const ARRAY: u8 = 28;
}

/// What stands in the file where a type might.
mod opcode {
    /// State of a slot's migration (Valkey 9).
    pub const SLOT_IMPORT: u8 = 243;
    pub const SLOT_INFO: u8 = 244;
    pub const FUNCTION: u8 = 245;
    pub const FUNCTION_PRE_GA: u8 = 246;
    pub const MODULE_AUX: u8 = 247;
    pub const IDLE: u8 = 248;
    pub const FREQUENCY: u8 = 249;
    pub const AUX: u8 = 250;
    pub const SIZES: u8 = 251;
    pub const EXPIRES_AT_MS: u8 = 252;
    pub const EXPIRES_AT_S: u8 = 253;
    pub const SELECT: u8 = 254;
    pub const END: u8 = 255;
}

/// Strings with an encoding of their own, by the low six bits of what would be a length.
mod packed {
    pub const INT8: u8 = 0;
    pub const INT16: u8 = 1;
    pub const INT32: u8 = 2;
    pub const LZF: u8 = 3;
}

/// What a node of a list is, from quicklist 2 on.
mod container {
    pub const PLAIN: u64 = 1;
    pub const PACKED: u64 = 2;
}
