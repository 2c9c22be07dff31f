//! GEOSEARCH and GEOSEARCHSTORE: points within a circle, a box or a polygon.

use super::request::Variant;
use super::search;
use crate::prelude::*;

/// GEOSEARCH: see <https://valkey.io/commands/geosearch/>.
pub const GEOSEARCH: Row = Row {
    spec: Spec {
        group: Group::Geo,
        since: "6.2.0",
        summary: "Queries a geospatial index for members inside an area of a box or a circle.",
        complexity: "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape",
        arity: -7,
        flags: Flags::READONLY,
        acl: Acl::GEO,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[("7.0.0", "Added support for uppercase unit names.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new(
                "from",
                Kind::OneOf(&[
                    Arg::new("member", Kind::Text).token("FROMMEMBER"),
                    Arg::new(
                        "fromlonlat",
                        Kind::Block(&[
                            Arg::new("longitude", Kind::Double),
                            Arg::new("latitude", Kind::Double),
                        ]),
                    )
                    .token("FROMLONLAT"),
                ]),
            ),
            Arg::new(
                "by",
                Kind::OneOf(&[
                    Arg::new(
                        "circle",
                        Kind::Block(&[
                            Arg::new("radius", Kind::Double).token("BYRADIUS"),
                            Arg::new(
                                "unit",
                                Kind::OneOf(&[
                                    Arg::new("m", Kind::Token).token("m"),
                                    Arg::new("km", Kind::Token).token("km"),
                                    Arg::new("ft", Kind::Token).token("ft"),
                                    Arg::new("mi", Kind::Token).token("mi"),
                                ]),
                            ),
                        ]),
                    ),
                    Arg::new(
                        "box",
                        Kind::Block(&[
                            Arg::new("width", Kind::Double).token("BYBOX"),
                            Arg::new("height", Kind::Double),
                            Arg::new(
                                "unit",
                                Kind::OneOf(&[
                                    Arg::new("m", Kind::Token).token("m"),
                                    Arg::new("km", Kind::Token).token("km"),
                                    Arg::new("ft", Kind::Token).token("ft"),
                                    Arg::new("mi", Kind::Token).token("mi"),
                                ]),
                            ),
                        ]),
                    ),
                ]),
            ),
            Arg::new(
                "order",
                Kind::OneOf(&[
                    Arg::new("asc", Kind::Token).token("ASC"),
                    Arg::new("desc", Kind::Token).token("DESC"),
                ]),
            )
            .optional(),
            Arg::new(
                "count-block",
                Kind::Block(&[
                    Arg::new("count", Kind::Integer).token("COUNT"),
                    Arg::new("any", Kind::Token).token("ANY").optional(),
                ]),
            )
            .optional(),
            Arg::new("withcoord", Kind::Token).token("WITHCOORD").optional(),
            Arg::new("withdist", Kind::Token).token("WITHDIST").optional(),
            Arg::new("withhash", Kind::Token).token("WITHHASH").optional(),
        ],
        reply: "array<string> | array<tuple<string>>",
        ..Spec::new("geosearch")
    },
    run: geosearch,
};

/// GEOSEARCHSTORE: see <https://valkey.io/commands/geosearchstore/>.
pub const GEOSEARCHSTORE: Row = Row {
    spec: Spec {
        group: Group::Geo,
        since: "6.2.0",
        summary: "Queries a geospatial index for members inside an area of a box or a circle, optionally stores the result.",
        complexity: "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape",
        arity: -8,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::GEO,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
            KeySpec {
                begin: Begin::Index(2),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
        ],
        history: &[("7.0.0", "Added support for uppercase unit names.")],
        args: &[
            Arg::new("destination", Kind::Key).key_spec(0),
            Arg::new("source", Kind::Key).key_spec(1),
            Arg::new(
                "from",
                Kind::OneOf(&[
                    Arg::new("member", Kind::Text).token("FROMMEMBER"),
                    Arg::new(
                        "fromlonlat",
                        Kind::Block(&[
                            Arg::new("longitude", Kind::Double),
                            Arg::new("latitude", Kind::Double),
                        ]),
                    )
                    .token("FROMLONLAT"),
                ]),
            ),
            Arg::new(
                "by",
                Kind::OneOf(&[
                    Arg::new(
                        "circle",
                        Kind::Block(&[
                            Arg::new("radius", Kind::Double).token("BYRADIUS"),
                            Arg::new(
                                "unit",
                                Kind::OneOf(&[
                                    Arg::new("m", Kind::Token).token("m"),
                                    Arg::new("km", Kind::Token).token("km"),
                                    Arg::new("ft", Kind::Token).token("ft"),
                                    Arg::new("mi", Kind::Token).token("mi"),
                                ]),
                            ),
                        ]),
                    ),
                    Arg::new(
                        "box",
                        Kind::Block(&[
                            Arg::new("width", Kind::Double).token("BYBOX"),
                            Arg::new("height", Kind::Double),
                            Arg::new(
                                "unit",
                                Kind::OneOf(&[
                                    Arg::new("m", Kind::Token).token("m"),
                                    Arg::new("km", Kind::Token).token("km"),
                                    Arg::new("ft", Kind::Token).token("ft"),
                                    Arg::new("mi", Kind::Token).token("mi"),
                                ]),
                            ),
                        ]),
                    ),
                ]),
            ),
            Arg::new(
                "order",
                Kind::OneOf(&[
                    Arg::new("asc", Kind::Token).token("ASC"),
                    Arg::new("desc", Kind::Token).token("DESC"),
                ]),
            )
            .optional(),
            Arg::new(
                "count-block",
                Kind::Block(&[
                    Arg::new("count", Kind::Integer).token("COUNT"),
                    Arg::new("any", Kind::Token).token("ANY").optional(),
                ]),
            )
            .optional(),
            Arg::new("storedist", Kind::Token).token("STOREDIST").optional(),
        ],
        reply: "integer",
        ..Spec::new("geosearchstore")
    },
    run: geosearchstore,
};

fn geosearch(ctx: &mut Context) -> Result<(), Error> {
    search::run(ctx, Variant::Search, 1, false)
}

fn geosearchstore(ctx: &mut Context) -> Result<(), Error> {
    search::run(ctx, Variant::SearchStore, 2, false)
}
