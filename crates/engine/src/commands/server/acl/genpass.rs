//! ACL GENPASS: a password that nobody can guess.

use super::OPEN;
use crate::commands::{help, prelude::*};
use hematite_base::number::parse_i64;

/// ACL GENPASS: see <https://valkey.io/commands/acl-genpass/>.
pub const ACL_GENPASS: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "6.0.0",
        summary: "Generates a pseudorandom, secure password that can be used to identify ACL users.",
        complexity: "O(1)",
        arity: -2,
        flags: OPEN,
        args: &[Arg::new("bits", Kind::Integer).optional()],
        reply: "string",
        ..Spec::new("acl|genpass")
    },
    run: acl_genpass,
};

/// The longest password, bits.
const BITS_MAX: i64 = 4096;

fn acl_genpass(call: &mut Call) -> Result<(), Error> {
    let bits = match call.args[2..] {
        [] => 256,
        [bits] => parse_i64(bits).ok_or(Error::NotInteger)?,
        _ => return Err(help::misuse(call)),
    };
    if !(1..=BITS_MAX).contains(&bits) {
        return Err(Error::fixed(
            "ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096",
        ));
    }
    let digits = (bits as usize).div_ceil(4);
    let mut bytes = vec![0; digits.div_ceil(2)];
    if !(call.shared.options.entropy)(&mut bytes) {
        return Err(Error::fixed("ERR the system gives no random numbers"));
    }
    let mut password: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    password.truncate(digits);
    call.reply.bulk(password.as_bytes());
    Ok(())
}
