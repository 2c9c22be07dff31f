//! Arguments that several rows of the family have.

use crate::prelude::*;

/// How many fields, and their names.
pub(super) const FIELDS: Arg = Arg::new(
    "fields",
    Kind::Block(&[Arg::new("numfields", Kind::Integer), Arg::new("field", Kind::Text).multiple()]),
)
.token("FIELDS");
