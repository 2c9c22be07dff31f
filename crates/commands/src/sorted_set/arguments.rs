//! Arguments that several rows of the family have.

use crate::prelude::*;

/// What becomes of the scores of a member that several sets have.
pub(super) const AGGREGATE: Arg = Arg::new(
    "aggregate",
    Kind::OneOf(&[
        Arg::new("sum", Kind::Token).token("SUM"),
        Arg::new("min", Kind::Token).token("MIN"),
        Arg::new("max", Kind::Token).token("MAX"),
        Arg::new("count", Kind::Token).token("COUNT").since("8.8.0"),
    ]),
)
.token("AGGREGATE")
.optional();

/// Which part.
pub(super) const LIMIT: Arg =
    Arg::new("limit", Kind::Block(&[Arg::new("offset", Kind::Integer), Arg::new("count", Kind::Integer)]))
        .token("LIMIT")
        .optional();

/// Which end.
pub(super) const WHERE: Arg = Arg::new(
    "where",
    Kind::OneOf(&[Arg::new("min", Kind::Token).token("MIN"), Arg::new("max", Kind::Token).token("MAX")]),
);
