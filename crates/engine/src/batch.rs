//! Batch: what one readable event brings, parsed as a whole, its keys hashed and their lines fetched before anything runs.
//!
//! So a pipeline over a large keyspace waits for memory once, not once a command.

use crate::engine::Shared;
use crate::table::{Command, KeyPlan, Table, Within};
use hematite_keyspace::KeyHash;
use hematite_resp::{Limits, Parser, ProtocolError, Step};
use std::sync::atomic::Ordering::Relaxed;

/// Commands in one batch, at most.
pub(crate) const COMMANDS_MAX: usize = 32;

/// Elements longer than this are not looked for ahead: to hash them twice takes longer than to wait for memory.
const ELEMENT_BYTES_MAX: usize = 128;

/// A parsed command: positions into the batch's arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planned {
    /// First argument and one past the last.
    pub args: (usize, usize),
    /// Bytes from the batch's start to the end of this command's frame.
    pub end: usize,
    /// Command id, if the name is known; the subcommand's where there is one.
    pub command: Option<usize>,
    /// Hash of its only key.
    pub hash: KeyHash,
}

impl Planned {
    /// A command that is still to be looked up: the positions of its arguments, and where its frame ends.
    pub fn new(args: (usize, usize), end: usize) -> Self {
        Planned { args, end, command: None, hash: 0 }
    }
}

/// How parsing ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The batch is full; there may be more.
    Full,
    /// What is left is no whole frame.
    Partial,
    /// An inline command follows: its words, and the bytes to its end.
    Inline(usize, Vec<Vec<u8>>),
    /// The stream is broken there.
    Broken(ProtocolError),
}

/// Buffers that are used again from batch to batch.
#[derive(Default)]
pub(crate) struct Buffers {
    pub args: Vec<&'static [u8]>,
    pub planned: Vec<Planned>,
}

/// The same vector, empty, for references of another lifetime; the allocation is kept.
pub(crate) fn recycle<'b>(mut args: Vec<&[u8]>) -> Vec<&'b [u8]> {
    args.clear();
    args.into_iter().map(|_| unreachable!("it is empty")).collect()
}

/// Parses up to `max` commands from `input`, whose first byte is that of a frame.
#[inline]
pub(crate) fn parse<'a>(
    parser: &mut Parser,
    input: &'a [u8],
    limits: &Limits,
    max: usize,
    args: &mut Vec<&'a [u8]>,
    planned: &mut Vec<Planned>,
) -> End {
    let mut at = 0;
    while planned.len() < max {
        let first = args.len();
        match parser.step(&input[at..], limits, args) {
            Step::Command(size) => {
                at += size;
                planned.push(Planned::new((first, args.len()), at));
            }
            Step::Partial => return End::Partial,
            Step::Inline(size, words) => return End::Inline(at + size, words),
            Step::Broken(error) => return End::Broken(error),
        }
    }
    End::Full
}

/// Looks the commands up, hashes their keys, and fetches what they will touch, if there is more than a cache holds.
#[inline]
pub(crate) fn plan(shared: &Shared, db: usize, args: &[&[u8]], planned: &mut [Planned]) {
    let (table, keyspace) = (&shared.table, &shared.keyspace);
    let several = planned.len() > 1 && !shared.is_small.load(Relaxed);
    let mut goes_within = false;
    for p in planned.iter_mut() {
        let Some(command) = lookup(table, &args[p.args.0..p.args.1]) else { continue };
        p.command = Some(command.id);
        goes_within |= command.within != Within::Nothing;
        if let KeyPlan::One(at) = command.keys
            && p.args.0 + at < p.args.1
        {
            p.hash = keyspace.hash(args[p.args.0 + at]);
            if several {
                keyspace.prefetch_stripe(p.hash);
            }
        }
    }
    if several {
        for p in planned.iter().filter(|p| p.hash != 0) {
            keyspace.prefetch_bucket(db, p.hash);
        }
        for p in planned.iter().filter(|p| p.hash != 0) {
            keyspace.prefetch_entry(db, p.hash);
        }
    }
    if goes_within && planned.len() > 1 {
        prefetch_within(shared, db, args, planned, several);
    }
}

/// Fetches what commands will read within values: of many keys, or of one that several commands in a row are about.
#[inline(never)]
fn prefetch_within(shared: &Shared, db: usize, args: &[&[u8]], planned: &[Planned], several: bool) {
    let within = |p: &Planned| p.command.map_or(Within::Nothing, |id| shared.table.get(id).within);
    for row in planned.chunk_by(|a, b| a.hash == b.hash) {
        if row[0].hash == 0
            || (row.len() == 1 && !several)
            || row.iter().all(|p| within(p) == Within::Nothing)
        {
            continue;
        }
        let elements = row.iter().filter_map(|p| match within(p) {
            Within::Element(at) => args[p.args.0..p.args.1].get(usize::from(at)).copied(),
            Within::Nothing | Within::Value => None,
        });
        let elements = elements.filter(|element| element.len() <= ELEMENT_BYTES_MAX);
        shared.keyspace.prefetch_within(db, row[0].hash, elements);
    }
}

/// The command that the arguments name, or its subcommand; a container if the subcommand is missing or unknown.
#[inline]
pub(crate) fn lookup<'t>(table: &'t Table, args: &[&[u8]]) -> Option<&'t Command> {
    let command = table.find(args.first()?).filter(|command| !command.is_subcommand)?;
    if !command.subcommands.is_empty()
        && let Some(name) = args.get(1)
        && let Some(subcommand) = table.subcommand(command, name)
    {
        return Some(subcommand);
    }
    Some(command)
}
