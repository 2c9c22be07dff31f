//! DIGEST: a fingerprint of a string, for conditions on it.

use crate::prelude::*;
use crate::string::condition::digest_of;

/// DIGEST: see <https://redis.io/commands/digest/>.
pub const DIGEST: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "8.4.0",
        summary: "Returns the XXH3 hash of a string value.",
        complexity: "O(N) where N is the length of the string value.",
        arity: 2,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0)],
        reply: "string | null",
        ..Spec::new("digest")
    },
    run: digest,
};

fn digest(ctx: &mut Context) -> Result<(), Error> {
    match ctx.db.read(ctx.args[1]) {
        Some(entry) => {
            let text = format!("{:016x}", digest_of(entry.string()?));
            ctx.reply.bulk(text.as_bytes());
        }
        None => ctx.reply.null(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn sixteen_digits_of_xxh3() {
        Server::new().script(&[
            ("digest k", "$-1\r\n"),
            ("set k hello", "+OK\r\n"),
            ("digest k", "$16\r\n9555e8555c62dcfd\r\n"),
            ("set k v8lf0c11xh8ymlqztfd3eeq16kfn4sspw7fqmnuuq3k3t75em5wdizgcdw7uc26nnf961u2jkfzkjytls2kwlj7626sd", "+OK\r\n"),
            ("digest k", "$16\r\n00006c38adf31777\r\n"),
        ]);
    }
}
