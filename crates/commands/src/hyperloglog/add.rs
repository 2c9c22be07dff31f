//! PFADD.

use super::{bytes_of, corrupted};
use crate::prelude::*;
use hematite_structures::hyperloglog::{self, Encoding};

/// PFADD: see <https://valkey.io/commands/pfadd/>.
pub const PFADD: Row = Row {
    spec: Spec {
        group: Group::Hyperloglog,
        since: "2.8.9",
        summary: "Adds elements to a HyperLogLog key. Creates the key if it doesn't exist.",
        complexity: "O(1) to add every element.",
        arity: -2,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::HYPERLOGLOG,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::INSERT),
            notes: "",
        }],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("element", Kind::Text).optional().multiple(),
        ],
        reply: "integer",
        ..Spec::new("pfadd")
    },
    run: pfadd,
};

fn pfadd(ctx: &mut Context) -> Result<(), Error> {
    let (key, elements) = (ctx.args[1], &ctx.args[2..]);
    let sparse_bytes_max = ctx.settings.hll_sparse_bytes_max;
    let mut raised = 0;
    if let Some(mut entry) = ctx.db.write(key) {
        let bytes = bytes_of(&entry)?;
        if hyperloglog::encoding(bytes) == Encoding::Dense {
            // Twelve KiB that stay where they are.
            let bytes = entry.bytes_mut_filled(0)?;
            for element in elements {
                raised += u64::from(hyperloglog::add_dense(bytes, element).map_err(corrupted)?);
            }
        } else {
            let mut bytes = bytes.to_vec();
            let outcome = add_all(&mut bytes, elements, sparse_bytes_max);
            if !matches!(outcome, Ok(0)) {
                entry.set_raw(&bytes);
            }
            raised = outcome?;
        }
    } else {
        let mut bytes = hyperloglog::create();
        raised = 1 + add_all(&mut bytes, elements, sparse_bytes_max)?;
        hyperloglog::invalidate_cache(&mut bytes);
        ctx.db.set(key, NewBody::Bytes(b""), Expiry::Never);
        if let Some(mut entry) = ctx.db.write(key) {
            entry.set_raw(&bytes);
        }
    }
    if raised > 0 {
        ctx.db.changed(Class::STRING, "pfadd", key);
        ctx.db.effects.dirty += raised - 1;
    }
    ctx.reply.integer(i64::from(raised > 0));
    Ok(())
}

/// Adds elements; how many of them raised a register.
fn add_all(bytes: &mut Vec<u8>, elements: &[&[u8]], sparse_bytes_max: usize) -> Result<u64, Error> {
    let mut raised = 0;
    for element in elements {
        raised += u64::from(hyperloglog::add(bytes, element, sparse_bytes_max).map_err(corrupted)?);
    }
    Ok(raised)
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn adds_and_counts_and_merges() {
        let mut server = Server::new();
        let invalid = "-WRONGTYPE Key is not a valid HyperLogLog string value.\r\n";
        server.script(&[
            ("pfadd k", ":1\r\n"),
            ("pfadd k", ":0\r\n"),
            ("pfadd k a b c", ":1\r\n"),
            ("pfadd k a b", ":0\r\n"),
            ("pfcount k", ":3\r\n"),
            ("pfadd j c d", ":1\r\n"),
            ("pfcount k j none", ":4\r\n"),
            ("pfcount none", ":0\r\n"),
            ("pfmerge m k j none", "+OK\r\n"),
            ("pfcount m", ":4\r\n"),
            ("pfcount m", ":4\r\n"),
            ("pfdebug encoding m", "+sparse\r\n"),
            ("pfdebug todense m", ":1\r\n"),
            ("pfdebug todense m", ":0\r\n"),
            ("pfdebug encoding m", "+dense\r\n"),
            ("pfdebug decode m", "-ERR HLL encoding is not sparse\r\n"),
            ("pfadd m e", ":1\r\n"),
            ("pfcount m", ":5\r\n"),
            ("strlen m", ":12304\r\n"),
            ("set s v", "+OK\r\n"),
            ("pfadd s a", invalid),
            ("pfcount s", invalid),
            ("pfcount k s", invalid),
            ("pfmerge k s", invalid),
            ("set s 5", "+OK\r\n"),
            ("pfadd s a", invalid),
            ("pfselftest", "+OK\r\n"),
            ("pfdebug foo k", "-ERR Unknown PFDEBUG subcommand 'foo'\r\n"),
            ("pfdebug encoding none", "-ERR The specified key does not exist\r\n"),
        ]);
    }
}
