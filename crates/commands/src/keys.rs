//! Key extraction: from a row's key specs to positions among the arguments.

use crate::spec::{Begin, Find, KeyFlags, KeySpec, Spec};

/// A key among the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyAt {
    /// Position among the arguments; the command's name is at 0.
    pub at: usize,
    /// What the command does to it.
    pub flags: KeyFlags,
}

/// The arguments can't be those of the command: the key positions lie outside, or a count is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid;

/// Appends the keys among `args` to `found`, in the order of the key specs.
pub fn find_keys(spec: &Spec, args: &[&[u8]], found: &mut Vec<KeyAt>) -> Result<(), Invalid> {
    for key_spec in spec.keys {
        if let Some(first) = begin(key_spec, args) {
            each(key_spec, args, first, found)?;
        }
    }
    Ok(())
}

fn begin(spec: &KeySpec, args: &[&[u8]]) -> Option<usize> {
    match spec.begin {
        Begin::Index(at) => usize::try_from(at).ok().filter(|at| *at < args.len()),
        Begin::Keyword(word, from) => {
            let is_word = |at: &usize| args[*at].eq_ignore_ascii_case(word.as_bytes());
            let at = if from >= 0 {
                (from as usize..args.len().saturating_sub(1)).find(is_word)
            } else {
                (1..(args.len() + 1).saturating_sub(usize::from(from.unsigned_abs()))).rev().find(is_word)
            };
            at.map(|at| at + 1)
        }
        Begin::Unknown => None,
    }
}

fn each(spec: &KeySpec, args: &[&[u8]], first: usize, found: &mut Vec<KeyAt>) -> Result<(), Invalid> {
    let flags = spec.flags;
    match spec.find {
        Find::Range { last, step, limit } => {
            let last = if last >= 0 {
                first + last as usize
            } else if limit <= 1 {
                args.len().checked_sub(usize::from(last.unsigned_abs())).ok_or(Invalid)?
            } else {
                first + (args.len() - first) / limit as usize - usize::from(last.unsigned_abs())
            };
            if last >= args.len() {
                return Err(Invalid);
            }
            found.extend((first..=last).step_by(step.max(1) as usize).map(|at| KeyAt { at, flags }));
        }
        Find::KeyNum { count, first: offset, step } => {
            let count = args.get(first + count.max(0) as usize).ok_or(Invalid)?;
            let count =
                hematite_base::number::parse_i64(count).and_then(crate::context::to_count).ok_or(Invalid)?;
            let (from, step) = (first + offset.max(0) as usize, step.max(1) as usize);
            let last = count.saturating_sub(1).checked_mul(step).and_then(|n| from.checked_add(n));
            if count > 0 && last.is_none_or(|last| last >= args.len()) {
                return Err(Invalid);
            }
            found.extend((0..count).map(|n| KeyAt { at: from + n * step, flags }));
        }
        Find::Unknown => {}
    }
    Ok(())
}
