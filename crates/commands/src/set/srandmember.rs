//! SRANDMEMBER: random members, which stay.

use super::set_of;
use crate::element::{ElementReply, count_within, repeats};
use crate::prelude::*;
use hematite_keyspace::SetRef;

/// SRANDMEMBER: see <https://valkey.io/commands/srandmember/>.
pub const SRANDMEMBER: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Get one or multiple random members from a set",
        complexity: "Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count.",
        arity: -2,
        flags: Flags::READONLY,
        acl: Acl::SET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RO.or(KeyFlags::ACCESS),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        history: &[("2.6.0", "Added the optional `count` argument.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("count", Kind::Integer).optional().since("2.6.0"),
        ],
        reply: "null | string | array<string> | array<any>",
        ..Spec::new("srandmember")
    },
    run: srandmember,
};

fn srandmember(ctx: &mut Context) -> Result<(), Error> {
    match ctx.args.len() {
        2 => one(ctx),
        3 => some(ctx),
        _ => Err(Error::Syntax),
    }
}

fn one(ctx: &mut Context) -> Result<(), Error> {
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.null();
        return Ok(());
    };
    match set_of(&entry)?.random(ctx.random) {
        Some(member) => ctx.reply.element(member),
        None => ctx.reply.null(),
    }
    Ok(())
}

fn some(ctx: &mut Context) -> Result<(), Error> {
    let count = count_within(ctx, 2)?;
    let Some(entry) = ctx.db.read(ctx.args[1]) else {
        ctx.reply.array(0);
        return Ok(());
    };
    let set = set_of(&entry)?;
    let (reply, random) = (&mut ctx.reply, &mut *ctx.random);
    if count >= 0 {
        let count = set.len().min(usize::try_from(count).unwrap_or(usize::MAX));
        reply.array(count);
        set.sample(count, random, |member| reply.element(member));
        return Ok(());
    }
    let count = repeats(count, ctx.settings.bulk_bytes_max)?;
    reply.array(count);
    if let SetRef::Packed(pack) = set {
        let members: Vec<_> = pack.iter().collect();
        for _ in 0..count {
            reply.element(members[random.below(members.len() as u64) as usize]);
        }
    } else {
        for _ in 0..count {
            if let Some(member) = set.random(random) {
                reply.element(member);
            }
        }
    }
    Ok(())
}
