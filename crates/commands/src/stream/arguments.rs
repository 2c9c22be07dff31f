//! Arguments that several rows of the family have.

use crate::prelude::*;

/// What becomes of entries that groups refer to.
pub(super) const REFERENCES: Arg = Arg::new(
    "condition",
    Kind::OneOf(&[
        Arg::new("keepref", Kind::Token).token("KEEPREF"),
        Arg::new("delref", Kind::Token).token("DELREF"),
        Arg::new("acked", Kind::Token).token("ACKED"),
    ]),
)
.optional()
.since("8.2.0");

/// By length or by id.
pub(super) const STRATEGY: Arg = Arg::new(
    "strategy",
    Kind::OneOf(&[
        Arg::new("maxlen", Kind::Token).token("MAXLEN"),
        Arg::new("minid", Kind::Token).token("MINID").since("6.2.0"),
    ]),
);

/// Keys, and an id for each.
pub(super) const STREAMS: Arg = Arg::new(
    "streams",
    Kind::Block(&[Arg::new("key", Kind::Key).multiple().key_spec(0), Arg::new("ID", Kind::Text).multiple()]),
)
.token("STREAMS");

/// Exactly, or by whole nodes.
pub(super) const OPERATOR: Arg = Arg::new(
    "operator",
    Kind::OneOf(&[
        Arg::new("equal", Kind::Token).token("="),
        Arg::new("approximately", Kind::Token).token("~"),
    ]),
)
.optional();

/// How many ids, and the ids.
pub(super) const IDS: Arg =
    Arg::new("ids", Kind::Block(&[Arg::new("numids", Kind::Integer), Arg::new("id", Kind::Text).multiple()]))
        .token("IDS");
