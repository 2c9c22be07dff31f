//! INCRBYFLOAT: a string as a long double.

use crate::prelude::*;
use hematite_base::long_double::LongDouble;

/// INCRBYFLOAT: see <https://valkey.io/commands/incrbyfloat/>.
pub const INCRBYFLOAT: Row = Row {
    spec: Spec {
        group: Group::String,
        since: "2.6.0",
        summary: "Increment the floating point value of a key by a number. Uses 0 as initial value if the key doesn't exist.",
        complexity: "O(1)",
        arity: 3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::FAST)),
        acl: Acl::STRING,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::UPDATE)),
            notes: "",
        }],
        args: &[Arg::new("key", Kind::Key).key_spec(0), Arg::new("increment", Kind::Double)],
        reply: "string",
        ..Spec::new("incrbyfloat")
    },
    run: incrbyfloat,
};

fn incrbyfloat(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let value = number_at(ctx, key)?.unwrap_or(LongDouble::ZERO);
    let by = LongDouble::parse(ctx.args[2]).ok_or(Error::NotFloat)?;
    let sum = value.plus(by);
    if !sum.is_finite() {
        return Err(Error::NanOrInfinity);
    }
    let text = sum.text();
    put_text(ctx, key, &text);
    // The sum goes to the journal, since another machine might add with another precision.
    ctx.instead(&[b"SET", key, &text, b"KEEPTTL"]);
    ctx.db.changed(Class::STRING, "incrbyfloat", key);
    ctx.reply.bulk(&text);
    Ok(())
}

/// The number that a key's string is; no key is no number.
pub(super) fn number_at(ctx: &mut Context, key: &[u8]) -> Result<Option<LongDouble>, Error> {
    let Some(entry) = ctx.db.write_string(key)? else { return Ok(None) };
    match entry.string()? {
        Text::Integer(n) => Ok(Some(LongDouble::from_i64(n))),
        Text::Bytes(text) => LongDouble::parse(text).map(Some).ok_or(Error::NotFloat),
    }
}

/// Puts the text of a number: never kept as an integer, whatever it looks like. The expiry stays.
pub(super) fn put_text(ctx: &mut Context, key: &[u8], text: &[u8]) {
    if let Some(mut entry) = ctx.db.write(key) {
        entry.set_bytes(text);
    } else {
        ctx.db.set(key, NewBody::Bytes(text), Expiry::Never);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Server;

    #[test]
    fn adds_as_the_reference_prints() {
        let mut server = Server::new();
        server.script(&[
            ("incrbyfloat k 10.50", "$4\r\n10.5\r\n"),
            ("incrbyfloat k 0.1", "$4\r\n10.6\r\n"),
            ("set k 5.0e3 px 9000", "+OK\r\n"),
            ("incrbyfloat k 2.0e2", "$4\r\n5200\r\n"),
            ("pttl k", ":9000\r\n"),
            ("object encoding k", "$6\r\nembstr\r\n"),
            ("incrbyfloat k x", "-ERR value is not a valid float\r\n"),
            ("incrbyfloat k inf", "-ERR increment would produce NaN or Infinity\r\n"),
        ]);
        server.journal();
        server.run("incrbyfloat k 1");
        assert_eq!(server.journal(), ["SET k 5201 KEEPTTL"]);
    }
}
