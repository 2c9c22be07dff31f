//! Structures: the generic containers that every data type is made of.
//!
//! **Structures never learns the words key, TTL or client.** With the pump and the bindings this is the only room
//! where `unsafe` may live; each container states its invariants at the head of its file.

pub mod array;
pub mod dict;
pub mod dismantle;
pub mod hyperloglog;
pub mod intset;
pub mod listpack;
pub mod lock;
pub mod loose;
pub mod lzf;
pub mod marked;
pub mod packed;
pub mod prefetch;
pub mod quicklist;
pub mod sorted_set;
pub mod stream;
pub mod text_map;
pub mod text_set;
pub mod thin;
pub mod thin_bytes;
