//! Arguments that several rows of the family have.

use crate::prelude::*;

/// Unit of lengths.
pub(super) const UNIT: Arg = Arg::new(
    "unit",
    Kind::OneOf(&[
        Arg::new("m", Kind::Token).token("m"),
        Arg::new("km", Kind::Token).token("km"),
        Arg::new("ft", Kind::Token).token("ft"),
        Arg::new("mi", Kind::Token).token("mi"),
    ]),
);

/// How many, and whether any will do.
pub(super) const COUNT: Arg = Arg::new(
    "count-block",
    Kind::Block(&[
        Arg::new("count", Kind::Integer).token("COUNT"),
        Arg::new("any", Kind::Token).token("ANY").optional(),
    ]),
)
.optional();

/// By distance.
pub(super) const ORDER: Arg = Arg::new(
    "order",
    Kind::OneOf(&[Arg::new("asc", Kind::Token).token("ASC"), Arg::new("desc", Kind::Token).token("DESC")]),
)
.optional();
