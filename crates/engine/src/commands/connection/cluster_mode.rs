//! READONLY, READWRITE and ASKING: modes of a connection to a node of a cluster, which this is not.

use crate::commands::prelude::*;

const ROW: Spec = Spec {
    group: Group::Cluster,
    since: "3.0.0",
    complexity: "O(1)",
    arity: 1,
    acl: Acl::CONNECTION,
    reply: "ok",
    ..Spec::new("")
};

/// ASKING: see <https://valkey.io/commands/asking/>.
pub const ASKING: Row = Row {
    spec: Spec {
        name: "asking",
        summary: "Signals that a cluster client is following an -ASK redirect.",
        flags: Flags::FAST,
        ..ROW
    },
    run: refuse,
};

/// READONLY: see <https://valkey.io/commands/readonly/>.
pub const READONLY: Row = Row {
    spec: Spec {
        name: "readonly",
        summary: "Enables read-only queries for a connection to a replica node.",
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::FAST)),
        ..ROW
    },
    run: refuse,
};

/// READWRITE: see <https://valkey.io/commands/readwrite/>.
pub const READWRITE: Row = Row {
    spec: Spec {
        name: "readwrite",
        summary: "Enables read-write queries for a connection to a replica node.",
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::FAST)),
        ..ROW
    },
    run: refuse,
};

fn refuse(_: &mut Call) -> Result<(), Error> {
    Err(Error::fixed("ERR This instance has cluster support disabled"))
}
