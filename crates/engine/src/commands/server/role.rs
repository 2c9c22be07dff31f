//! ROLE and LASTSAVE: what monitors ask a server about itself. It is a master without replicas, and what it holds is as
//! old as its last save.

use crate::commands::prelude::*;

/// ROLE: see <https://valkey.io/commands/role/>.
pub const ROLE: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "2.8.12",
        summary: "Returns the replication role.",
        complexity: "O(1)",
        arity: 1,
        flags: Flags::NOSCRIPT.or(Flags::LOADING.or(Flags::STALE.or(Flags::FAST.or(Flags::SENTINEL)))),
        acl: Acl::ADMIN.or(Acl::DANGEROUS),
        reply: "array<any>",
        ..Spec::new("role")
    },
    run: role,
};

/// LASTSAVE: see <https://valkey.io/commands/lastsave/>.
pub const LASTSAVE: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "Returns the Unix timestamp of the last successful save to disk.",
        complexity: "O(1)",
        arity: 1,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::FAST)),
        acl: Acl::ADMIN.or(Acl::DANGEROUS),
        tips: &["nondeterministic_output"],
        reply: "integer",
        ..Spec::new("lastsave")
    },
    run: lastsave,
};

fn role(call: &mut Call) -> Result<(), Error> {
    call.reply.array(3);
    call.reply.bulk(b"master");
    call.reply.integer(0);
    call.reply.array(0);
    Ok(())
}

fn lastsave(call: &mut Call) -> Result<(), Error> {
    call.reply.integer(call.shared.persistence.saves().last_s);
    Ok(())
}
