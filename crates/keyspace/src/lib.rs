//! Keyspace: keys with their values, expiry and access clock, split into stripes.
//!
//! **Keyspace never learns what a command or a client is**, and reads no clock: the time comes with the [`View`].
#![forbid(unsafe_code)]

mod access;
mod effects;
mod entry;
mod eviction;
mod expiry;
mod field_expiry;
mod hash;
mod load;
mod packing;
mod remains;
mod set;
mod snapshot;
pub mod sorted_set;
mod stripe;
mod text;
mod value;
mod view;
mod walk;

pub use access::{Lfu, idle_seconds, lru_clock};
pub use effects::{Class, Deletions, Effects, Event, Record};
pub use entry::{Entry, EntryExt, EntryMut, Expiry, NewBody, string_body};
pub use eviction::{Order, Policy, Pool, Search, Victim};
pub use expiry::{Effort, Outcome};
pub use hash::{Found, HashIter, HashLimits, HashRef, HashTable};
pub use hematite_structures::packed::Body;
pub use hematite_structures::thin::Ref;
pub use load::Contents;
pub use packing::{Position, Repacked};
pub use remains::Remains;
pub use set::{SetIter, SetLimits, SetRef};
pub use snapshot::{EntryEncoder, Piece, PieceEncoder, Pieces, Sizes, Snapshot, Steps};
pub use stripe::{Keyspace, Options};
pub use text::Text;
pub use value::{Kind, Value};
pub use view::{Counters, KeyHash, Scope, View, WrongType};
pub use walk::{Census, Dropped};
