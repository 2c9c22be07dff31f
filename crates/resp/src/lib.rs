//! RESP: the incremental request parser and the reply encoder for protocol versions 2 and 3.
//!
//! **Only bytes come in and go out here**: no socket, no command table, no data type.
#![forbid(unsafe_code)]
