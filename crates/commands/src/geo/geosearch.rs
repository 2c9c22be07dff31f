//! GEOSEARCH and GEOSEARCHSTORE: points within a circle, a box or a polygon.

use super::arguments::COUNT;
use super::arguments::ORDER;
use super::arguments::UNIT;
use super::request::Variant;
use super::search;
use crate::prelude::*;

/// Its centre.
const FROM: Arg = Arg::new(
    "from",
    Kind::OneOf(&[
        Arg::new("member", Kind::Text).token("FROMMEMBER"),
        Arg::new(
            "fromlonlat",
            Kind::Block(&[Arg::new("longitude", Kind::Double), Arg::new("latitude", Kind::Double)]),
        )
        .token("FROMLONLAT"),
    ]),
);

/// The shape.
const BY: Arg = Arg::new(
    "by",
    Kind::OneOf(&[
        Arg::new("circle", Kind::Block(&[Arg::new("radius", Kind::Double).token("BYRADIUS"), UNIT])),
        Arg::new(
            "box",
            Kind::Block(&[
                Arg::new("width", Kind::Double).token("BYBOX"),
                Arg::new("height", Kind::Double),
                UNIT,
            ]),
        ),
        Arg::new(
            "polygon",
            Kind::Block(&[
                Arg::new("num-vertices", Kind::Integer).token("BYPOLYGON"),
                Arg::new(
                    "vertex",
                    Kind::Block(&[Arg::new("longitude", Kind::Double), Arg::new("latitude", Kind::Double)]),
                )
                .multiple(),
            ]),
        )
        .since("9.0.0"),
    ]),
);

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
            FROM,
            BY,
            ORDER,
            COUNT,
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
            FROM,
            BY,
            ORDER,
            COUNT,
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

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn finds_within_a_polygon() {
        let mut server = Server::new();
        server.script(&[
            ("geoadd g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania", ":2\r\n"),
            ("geosearch g bypolygon 4 13 38 14 38 14 39 13 39", "*1\r\n$7\r\nPalermo\r\n"),
            ("geosearch g bypolygon 3 0 0 1 0 0 1", "*0\r\n"),
            (
                "geosearch g bypolygon 4 10 30 20 30 20 40 10 40 asc withdist",
                "*2\r\n*2\r\n$7\r\nCatania\r\n$11\r\n267053.9696\r\n*2\r\n$7\r\nPalermo\r\n$11\r\n365634.1492\r\n",
            ),
            ("geosearch g bypolygon 2 0 0 1 0", "-ERR GEOSEARCH BYPOLYGON must have at least 3 vertices\r\n"),
            ("geosearch g bypolygon 4 0 0 1 0 0 1", "-ERR GEOSEARCH BYPOLYGON must have at least 3 vertices\r\n"),
            ("geosearch g bypolygon x 0 0 1 0 0 1", "-ERR invalid number of vertices\r\n"),
            ("geosearch g bypolygon 3 0 0 1 0 0 1 byradius 1 m", "-ERR syntax error\r\n"),
            ("geosearchstore d g bypolygon 4 13 38 14 38 14 39 13 39", ":1\r\n"),
        ]);
        assert_eq!(server.journal()[0], "ZADD g 3479099956230698 Palermo 3479447370796909 Catania");
    }
}
