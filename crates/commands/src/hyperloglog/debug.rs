//! PFDEBUG and PFSELFTEST: a look inside.

use super::{bytes_of, corrupted};
use crate::prelude::*;
use hematite_structures::hyperloglog::{self, Encoding, REGISTERS};

/// PFDEBUG: see <https://valkey.io/commands/pfdebug/>.
pub const PFDEBUG: Row = Row {
    spec: Spec {
        group: Group::Hyperloglog,
        since: "2.8.9",
        summary: "Internal commands for debugging HyperLogLog values.",
        complexity: "N/A",
        arity: 3,
        flags: Flags::WRITE.or(Flags::DENYOOM.or(Flags::ADMIN)),
        acl: Acl::HYPERLOGLOG,
        keys: &[KeySpec {
            begin: Begin::Index(2),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS),
            notes: "",
        }],
        syscmd: true,
        args: &[Arg::new("subcommand", Kind::Text), Arg::new("key", Kind::Key).key_spec(0)],
        reply: "any | string | integer | array<integer>",
        ..Spec::new("pfdebug")
    },
    run: pfdebug,
};

/// PFSELFTEST: see <https://valkey.io/commands/pfselftest/>.
pub const PFSELFTEST: Row = Row {
    spec: Spec {
        group: Group::Hyperloglog,
        since: "2.8.9",
        summary: "An internal command for testing HyperLogLog values.",
        complexity: "N/A",
        arity: 1,
        flags: Flags::ADMIN,
        acl: Acl::HYPERLOGLOG,
        syscmd: true,
        reply: "ok",
        ..Spec::new("pfselftest")
    },
    run: pfselftest,
};

fn pfdebug(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[2];
    let mut entry = ctx.db.write(key).ok_or(Error::fixed("ERR The specified key does not exist"))?;
    let bytes = bytes_of(&entry)?;
    let is_sparse = hyperloglog::encoding(bytes) == Encoding::Sparse;
    let is = |word: &str| ctx.args[1].eq_ignore_ascii_case(word.as_bytes());
    let mut dense = None;
    match () {
        () if is("getreg") => {
            let registers = hyperloglog::registers(bytes).map_err(corrupted)?;
            dense = is_sparse.then(|| bytes.to_vec());
            ctx.reply.array(REGISTERS);
            registers.iter().for_each(|register| ctx.reply.integer(i64::from(*register)));
        }
        () if is("decode") => match hyperloglog::decode_sparse(bytes) {
            Some(text) => ctx.reply.bulk(text.map_err(corrupted)?.as_bytes()),
            None => return Err(Error::fixed("ERR HLL encoding is not sparse")),
        },
        () if is("encoding") => ctx.reply.simple(if is_sparse { "sparse" } else { "dense" }),
        () if is("todense") => {
            hyperloglog::registers(bytes).map_err(corrupted)?;
            dense = is_sparse.then(|| bytes.to_vec());
            ctx.reply.integer(i64::from(is_sparse));
        }
        () => {
            let given = String::from_utf8_lossy(ctx.args[1]);
            return Err(Error::Bytes(format!("ERR Unknown PFDEBUG subcommand '{given}'").into_bytes()));
        }
    }
    if let Some(mut bytes) = dense {
        hyperloglog::to_dense(&mut bytes).map_err(corrupted)?;
        entry.set_raw(&bytes);
        drop(entry);
        ctx.db.effects.dirty += 1;
    }
    Ok(())
}

/// Checks estimates of both encodings against what was really added.
fn pfselftest(ctx: &mut Context) -> Result<(), Error> {
    const ELEMENTS: u64 = 100_000;
    let (mut grown, mut dense) = (hyperloglog::create(), hyperloglog::create());
    hyperloglog::to_dense(&mut dense).map_err(corrupted)?;
    let base = ctx.random.bits();
    let mut checkpoint = 1;
    for n in 1..=ELEMENTS {
        let element = (base ^ n).to_le_bytes();
        hyperloglog::add(&mut grown, &element, ctx.settings.hll_sparse_bytes_max).map_err(corrupted)?;
        hyperloglog::add_dense(&mut dense, &element).map_err(corrupted)?;
        if n != checkpoint {
            continue;
        }
        checkpoint *= 10;
        let count = hyperloglog::count(&grown).map_err(corrupted)?;
        // Six standard errors of 1.04 / sqrt(16384), and one for small counts.
        let allowed = n as f64 * 0.0081 * 6.0 + 1.0;
        let is_same = hyperloglog::count(&dense).map_err(corrupted)? == count;
        if !is_same || (count as f64 - n as f64).abs() > allowed {
            let text = format!("TESTFAILED Too big error. card:{n} abserr:{}", count.abs_diff(n));
            return Err(Error::Bytes(text.into_bytes()));
        }
    }
    ctx.reply.ok();
    Ok(())
}
