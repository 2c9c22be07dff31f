//! GEORADIUS, GEORADIUSBYMEMBER and their read-only twins: points within a circle.

use super::arguments::COUNT;
use super::arguments::ORDER;
use super::arguments::UNIT;
use super::request::Variant;
use super::search;
use crate::prelude::*;

/// How many, with an option that is newer.
const COUNT_SINCE_6_2: Arg = Arg::new(
    "count-block",
    Kind::Block(&[
        Arg::new("count", Kind::Integer).token("COUNT"),
        Arg::new("any", Kind::Token).token("ANY").optional().since("6.2.0"),
    ]),
)
.optional();

/// Where to put what is found, or the distances.
const STORE: Arg = Arg::new(
    "store",
    Kind::OneOf(&[
        Arg::new("storekey", Kind::Key).token("STORE").key_spec(1).display("key"),
        Arg::new("storedistkey", Kind::Key).token("STOREDIST").key_spec(2).display("key"),
    ]),
)
.optional();

/// GEORADIUS: see <https://valkey.io/commands/georadius/>.
pub const GEORADIUS: Row = Row {
    spec: Spec {
        group: Group::Geo,
        since: "3.2.0",
        summary: "Queries a geospatial index for members within a distance from a coordinate, optionally stores the result.",
        complexity: "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        arity: -6,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::GEO,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
            KeySpec {
                begin: Begin::Keyword("STORE", 6),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
            KeySpec {
                begin: Begin::Keyword("STOREDIST", 6),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
        ],
        history: &[
            ("6.2.0", "Added the `ANY` option for `COUNT`."),
            ("7.0.0", "Added support for uppercase unit names."),
        ],
        deprecated: Some(("6.2.0", "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("longitude", Kind::Double),
            Arg::new("latitude", Kind::Double),
            Arg::new("radius", Kind::Double),
            UNIT,
            Arg::new("withcoord", Kind::Token).token("WITHCOORD").optional(),
            Arg::new("withdist", Kind::Token).token("WITHDIST").optional(),
            Arg::new("withhash", Kind::Token).token("WITHHASH").optional(),
            COUNT_SINCE_6_2,
            ORDER,
            STORE,
        ],
        reply: "array<string> | array<tuple<string>> | integer",
        ..Spec::new("georadius")
    },
    run: georadius,
};

/// GEORADIUS_RO: see <https://valkey.io/commands/georadius_ro/>.
pub const GEORADIUS_RO: Row = Row {
    spec: Spec {
        group: Group::Geo,
        since: "3.2.10",
        summary: "Returns members from a geospatial index that are within a distance from a coordinate.",
        complexity: "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        arity: -6,
        flags: Flags::READONLY,
        acl: Acl::GEO,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[
            ("6.2.0", "Added the `ANY` option for `COUNT`."),
            ("7.0.0", "Added support for uppercase unit names."),
        ],
        deprecated: Some(("6.2.0", "`GEOSEARCH` with the `BYRADIUS` argument")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("longitude", Kind::Double),
            Arg::new("latitude", Kind::Double),
            Arg::new("radius", Kind::Double),
            UNIT,
            Arg::new("withcoord", Kind::Token).token("WITHCOORD").optional(),
            Arg::new("withdist", Kind::Token).token("WITHDIST").optional(),
            Arg::new("withhash", Kind::Token).token("WITHHASH").optional(),
            COUNT_SINCE_6_2,
            ORDER,
        ],
        reply: "array<string> | array<tuple<string>>",
        ..Spec::new("georadius_ro")
    },
    run: georadius_ro,
};

/// GEORADIUSBYMEMBER: see <https://valkey.io/commands/georadiusbymember/>.
pub const GEORADIUSBYMEMBER: Row = Row {
    spec: Spec {
        group: Group::Geo,
        since: "3.2.0",
        summary: "Queries a geospatial index for members within a distance from a member, optionally stores the result.",
        complexity: "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        arity: -5,
        flags: Flags::WRITE.or(Flags::DENYOOM),
        acl: Acl::GEO,
        keys: &[
            KeySpec {
                begin: Begin::Index(1),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::RO.or(KeyFlags::ACCESS),
                notes: "",
            },
            KeySpec {
                begin: Begin::Keyword("STORE", 5),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
            KeySpec {
                begin: Begin::Keyword("STOREDIST", 5),
                find: Find::Range { last: 0, step: 1, limit: 0 },
                flags: KeyFlags::OW.or(KeyFlags::UPDATE),
                notes: "",
            },
        ],
        history: &[
            ("6.2.0", "Added the `ANY` option for `COUNT`."),
            ("7.0.0", "Added support for uppercase unit names."),
        ],
        deprecated: Some((
            "6.2.0",
            "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
        )),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("member", Kind::Text),
            Arg::new("radius", Kind::Double),
            UNIT,
            Arg::new("withcoord", Kind::Token).token("WITHCOORD").optional(),
            Arg::new("withdist", Kind::Token).token("WITHDIST").optional(),
            Arg::new("withhash", Kind::Token).token("WITHHASH").optional(),
            COUNT,
            ORDER,
            STORE,
        ],
        reply: "array<string> | array<tuple<string>> | integer",
        ..Spec::new("georadiusbymember")
    },
    run: georadiusbymember,
};

/// GEORADIUSBYMEMBER_RO: see <https://valkey.io/commands/georadiusbymember_ro/>.
pub const GEORADIUSBYMEMBER_RO: Row = Row {
    spec: Spec {
        group: Group::Geo,
        since: "3.2.10",
        summary: "Returns members from a geospatial index that are within a distance from a member.",
        complexity: "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        arity: -5,
        flags: Flags::READONLY,
        acl: Acl::GEO,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        history: &[
            ("6.2.0", "Added the `ANY` option for `COUNT`."),
            ("7.0.0", "Added support for uppercase unit names."),
        ],
        deprecated: Some(("6.2.0", "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments")),
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("member", Kind::Text),
            Arg::new("radius", Kind::Double),
            UNIT,
            Arg::new("withcoord", Kind::Token).token("WITHCOORD").optional(),
            Arg::new("withdist", Kind::Token).token("WITHDIST").optional(),
            Arg::new("withhash", Kind::Token).token("WITHHASH").optional(),
            COUNT,
            ORDER,
        ],
        reply: "array<string> | array<tuple<string>>",
        ..Spec::new("georadiusbymember_ro")
    },
    run: georadiusbymember_ro,
};

fn georadius(ctx: &mut Context) -> Result<(), Error> {
    search::run(ctx, Variant::Radius, 1, true)
}

fn georadius_ro(ctx: &mut Context) -> Result<(), Error> {
    search::run(ctx, Variant::Radius, 1, false)
}

fn georadiusbymember(ctx: &mut Context) -> Result<(), Error> {
    search::run(ctx, Variant::RadiusByMember, 1, true)
}

fn georadiusbymember_ro(ctx: &mut Context) -> Result<(), Error> {
    search::run(ctx, Variant::RadiusByMember, 1, false)
}
