//! Arguments that several rows of the family have.

use crate::prelude::*;

/// When the key goes.
pub(super) const EXPIRATION: Arg = Arg::new(
    "expiration",
    Kind::OneOf(&[
        Arg::new("seconds", Kind::Integer).token("EX"),
        Arg::new("milliseconds", Kind::Integer).token("PX"),
        Arg::new("unix-time-seconds", Kind::UnixTime).token("EXAT"),
        Arg::new("unix-time-milliseconds", Kind::UnixTime).token("PXAT"),
        Arg::new("persist", Kind::Token).token("PERSIST"),
    ]),
)
.optional();

/// Keys and values.
pub(super) const DATA: Arg =
    Arg::new("data", Kind::Block(&[Arg::new("key", Kind::Key).key_spec(0), Arg::new("value", Kind::Text)]))
        .multiple();
