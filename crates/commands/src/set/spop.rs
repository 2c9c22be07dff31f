//! SPOP: random members out of a set.

use super::{set_mut, set_of};
use crate::element::ElementReply;
use crate::prelude::*;
use hematite_base::number;
use hematite_keyspace::Record;

/// SPOP: see <https://valkey.io/commands/spop/>.
pub const SPOP: Row = Row {
    spec: Spec {
        group: Group::Set,
        since: "1.0.0",
        summary: "Returns one or more random members from a set after removing them. Deletes the set if the last member was popped.",
        complexity: "Without the count argument O(1), otherwise O(N) where N is the value of the passed count.",
        arity: -2,
        flags: Flags::WRITE.or(Flags::FAST),
        acl: Acl::SET,
        keys: &[KeySpec {
            begin: Begin::Index(1),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            flags: KeyFlags::RW.or(KeyFlags::ACCESS.or(KeyFlags::DELETE)),
            notes: "",
        }],
        tips: &["nondeterministic_output"],
        history: &[("3.2.0", "Added the `count` argument.")],
        args: &[
            Arg::new("key", Kind::Key).key_spec(0),
            Arg::new("count", Kind::Integer).optional().since("3.2.0"),
        ],
        reply: "null | string | array<string>",
        ..Spec::new("spop")
    },
    run: spop,
};

fn spop(ctx: &mut Context) -> Result<(), Error> {
    match ctx.args.len() {
        2 => pop_one(ctx),
        3 => pop_some(ctx),
        _ => Err(Error::Syntax),
    }
}

fn pop_one(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.null();
        return Ok(());
    };
    let set = set_mut(&mut entry)?;
    let (reply, random) = (&mut ctx.reply, &mut *ctx.random);
    let popped = set.pop_member(random, |member| {
        reply.element(member);
        member.to_vec()
    });
    let is_empty = set.as_set()?.is_empty();
    drop(entry);
    if let Some(popped) = popped {
        ctx.instead(&[b"SREM", key, &popped]);
    }
    ctx.db.changed(Class::SET, "spop", key);
    if is_empty {
        ctx.db.delete(key, false);
        ctx.db.also_changed(Class::GENERIC, "del", key);
    }
    Ok(())
}

fn pop_some(ctx: &mut Context) -> Result<(), Error> {
    let key = ctx.args[1];
    let count =
        number::parse_i64(ctx.args[2]).and_then(crate::context::to_count).ok_or(Error::NotPositive)?;
    let is_journaled = ctx.db.effects.record.has(Record::JOURNAL);
    let Some(mut entry) = ctx.db.write(key) else {
        ctx.reply.set(0);
        return Ok(());
    };
    let len = set_of(&entry)?.len();
    let set = set_mut(&mut entry)?;
    if count == 0 {
        ctx.reply.set(0);
        return Ok(());
    }
    if count >= len {
        drop(entry);
        return pop_all(ctx, len);
    }
    ctx.reply.set(count);
    let (reply, random) = (&mut ctx.reply, &mut *ctx.random);
    let mut popped = Vec::new();
    for _ in 0..count {
        set.pop_member(random, |member| {
            reply.element(member);
            if is_journaled {
                popped.push(member.to_vec());
            }
        });
    }
    drop(entry);
    ctx.db.effects.instead(|| {
        let mut command = vec![b"SREM".to_vec(), key.to_vec()];
        command.append(&mut popped);
        vec![command]
    });
    ctx.db.changed(Class::SET, "spop", key);
    ctx.db.effects.dirty += count as u64 - 1;
    Ok(())
}

/// The whole set goes, and the key with it.
fn pop_all(ctx: &mut Context, len: usize) -> Result<(), Error> {
    let key = ctx.args[1];
    ctx.reply.set(len);
    if let Some(entry) = ctx.db.peek(key) {
        for member in set_of(&entry)?.iter() {
            ctx.reply.element(member);
        }
    }
    let lazily = ctx.settings.lazy_server_del;
    ctx.db.delete(key, lazily);
    ctx.instead(&[if lazily { b"UNLINK" } else { b"DEL" }, key]);
    ctx.db.changed(Class::SET, "spop", key);
    ctx.db.effects.dirty += len as u64 - 1;
    ctx.db.also_changed(Class::GENERIC, "del", key);
    Ok(())
}
