//! ACL CAT: the categories, or the commands of one.

use super::OPEN;
use crate::acl::rules::category_named;
use crate::commands::{help, prelude::*};

/// ACL CAT: see <https://valkey.io/commands/acl-cat/>.
pub const ACL_CAT: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Lists the ACL categories, or the commands inside a category.",
        complexity: "O(1) since the categories and commands are a fixed set.",
        arity: -2,
        flags: OPEN,
        args: &[Arg::new("category", Kind::Text).optional()],
        reply: "array<string>",
        ..Spec::new("acl|cat")
    },
    run: acl_cat,
};

fn acl_cat(call: &mut Call) -> Result<(), Error> {
    let names: Vec<&str> = match call.args[2..] {
        [] => Acl::NAMES.iter().map(|(_, name)| *name).collect(),
        [name] => {
            let category = category_named(name).ok_or_else(|| {
                Error::Bytes([b"ERR Unknown category '", crate::admission::shown(name), b"'"].concat())
            })?;
            let rows = call.shared.table.iter().map(|command| command.spec);
            rows.filter(|spec| spec.categories().has(category)).map(|spec| spec.name).collect()
        }
        _ => return Err(help::misuse(call)),
    };
    call.reply.array(names.len());
    for name in names {
        call.reply.bulk(name.as_bytes());
    }
    Ok(())
}
