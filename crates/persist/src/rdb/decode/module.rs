//! Modules: values of their types are refused by name; what they keep beside the keys is passed over.

use super::super::{Input, kind};
use crate::Error;

/// The letters of a module type's name, six bits each.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a module has written is a sequence of values, each behind a number that tells its type.
const END: u64 = 0;
const SIGNED: u64 = 1;
const UNSIGNED: u64 = 2;
const FLOAT: u64 = 3;
const DOUBLE: u64 = 4;
const STRING: u64 = 5;

/// The name and the version that a module type's number says.
fn name_of(id: u64) -> (String, u64) {
    let letters = (0..9).map(|at| LETTERS[(id >> (58 - 6 * at) & 63) as usize] as char);
    (letters.collect(), id & 1023)
}

/// Why a value of a module's type is not read.
pub(super) fn refusal(input: &mut Input<'_>, kind: u8) -> Error {
    if kind == kind::MODULE_PRE_GA {
        return input.error("a value of a module, in a form from before modules were released");
    }
    match input.length() {
        Ok(id) => {
            let (name, version) = name_of(id);
            input.error(format!(
                "a value of the module type '{name}', version {version}; modules cannot be loaded"
            ))
        }
        Err(error) => error,
    }
}

/// Passes over what a module keeps beside the keys; the module type's name.
pub(in super::super) fn skip_aux(input: &mut Input<'_>) -> Result<String, Error> {
    let (name, _) = name_of(input.length()?);
    // Whether it belongs before or after the keys.
    if input.length()? != UNSIGNED {
        return Err(input.error("the data of a module without its place"));
    }
    input.length()?;
    loop {
        match input.length()? {
            END => return Ok(name),
            SIGNED | UNSIGNED => {
                input.length()?;
            }
            FLOAT => {
                input.array::<4>()?;
            }
            DOUBLE => {
                input.array::<8>()?;
            }
            STRING => input.skip_string()?,
            other => return Err(input.error(format!("a module has written a value of the sort {other}"))),
        }
    }
}
