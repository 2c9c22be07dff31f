//! RESP: the incremental request parser and the reply encoder for protocol versions 2 and 3.
//!
//! **Only bytes come in and go out here**: no socket, no command table, no data type. Follows the protocol specification
//! (<https://redis.io/docs/latest/develop/reference/protocol-spec/>) and, where that is silent, what the reference does.
#![forbid(unsafe_code)]

mod encode;
mod inline;
mod parse;

pub use encode::{Encoder, Protocol};
pub use inline::split_arguments;
pub use parse::{Limits, Parser, ProtocolError, Step};
