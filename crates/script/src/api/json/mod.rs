//! `cjson`: JSON as lua-cjson 2.1.0 reads and writes it.
//!
//! `cjson.new()` makes an instance with settings of its own. The settings live beside the machine's state, the functions of an
//! instance have its number as their upvalue.

mod decode;
mod encode;
mod lexer;

use super::chunk::number_argument;
use crate::vm::{Kind, Outcome, Raise, Stack};

/// Instances that a machine keeps, at most.
const INSTANCES_MAX: usize = 1000;

/// What to do with numbers that JSON has no form for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// They are an error.
    Refused,
    /// They are written as C does.
    Written,
    /// They become null.
    Null,
}

/// The settings of an instance.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Sparse arrays become objects instead of an error.
    converts_sparse: bool,
    /// An array is sparse if its last index is more than this times the number of its elements; 0: never.
    sparse_ratio: i32,
    /// But not if its last index is at most this.
    sparse_safe: i32,
    encode_depth_max: i32,
    decode_depth_max: i32,
    encode_invalid: Invalid,
    decodes_invalid: bool,
    /// Significant digits of numbers.
    precision: i32,
    keeps_buffer: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            converts_sparse: false,
            sparse_ratio: 2,
            sparse_safe: 10,
            encode_depth_max: 1000,
            decode_depth_max: 1000,
            encode_invalid: Invalid::Refused,
            decodes_invalid: true,
            precision: 14,
            keeps_buffer: true,
        }
    }
}

/// Fills the library on the top.
pub fn add(stack: &mut Stack) {
    let instances = &mut stack.arena().json;
    instances.push(Settings::default());
    let number = instances.len() as f64 - 1.0;
    macro_rules! methods {
        ($($name:literal => $function:path,)*) => {$(
            stack.push_number(number);
            stack.push_closure($function, 1);
            stack.set_field(-2, $name);
        )*};
    }
    methods! {
        "encode" => encode::encode,
        "decode" => decode::decode,
        "encode_sparse_array" => encode_sparse_array,
        "encode_max_depth" => encode_max_depth,
        "decode_max_depth" => decode_max_depth,
        "encode_number_precision" => encode_number_precision,
        "encode_keep_buffer" => encode_keep_buffer,
        "encode_invalid_numbers" => encode_invalid_numbers,
        "decode_invalid_numbers" => decode_invalid_numbers,
    }
    stack.push_function(new);
    stack.set_field(-2, "new");
    stack.push_address(std::ptr::null());
    stack.set_field(-2, "null");
    stack.push_bytes(b"cjson");
    stack.set_field(-2, "_NAME");
    stack.push_bytes(b"2.1.0");
    stack.set_field(-2, "_VERSION");
}

fn new(stack: &mut Stack) -> Outcome {
    if stack.arena().json.len() >= INSTANCES_MAX {
        return Err(Raise::at("too many instances"));
    }
    stack.push_table(0, 16);
    add(stack);
    Ok(1)
}

/// The number of the running function's instance.
fn instance(stack: &mut Stack) -> usize {
    stack.push_upvalue(1);
    let number = stack.number(-1).unwrap_or(0.0) as usize;
    stack.pop(1);
    number
}

fn settings(stack: &mut Stack) -> Settings {
    let number = instance(stack);
    stack.arena().json.get(number).copied().unwrap_or_default()
}

/// Hands the settings over, with up to `max` arguments on the stack, missing ones as nil.
fn change(stack: &mut Stack, max: i32, f: impl FnOnce(&mut Stack, &mut Settings) -> Outcome) -> Outcome {
    if stack.top() > max {
        return Err(Raise::argument(max + 1, "found too many arguments"));
    }
    while stack.top() < max {
        stack.push_nil();
    }
    let number = instance(stack);
    let mut settings = stack.arena().json.get(number).copied().unwrap_or_default();
    let outcome = f(stack, &mut settings);
    if let Some(kept) = stack.arena().json.get_mut(number) {
        *kept = settings;
    }
    outcome
}

fn integer(stack: &mut Stack, at: i32, setting: &mut i32, min: i32, max: i32) -> Result<(), Raise> {
    if stack.kind(at) != Kind::Nil {
        let value = number_argument(stack, at)? as i64 as i32;
        if !(min..=max).contains(&value) {
            return Err(Raise::Argument(1, format!("expected integer between {min} and {max}").into()));
        }
        *setting = value;
    }
    stack.push_number(f64::from(*setting));
    Ok(())
}

/// An argument that is a boolean or one of the words; `None` if there is none.
fn option(stack: &Stack, at: i32, words: &[&str]) -> Result<Option<usize>, Raise> {
    match stack.kind(at) {
        Kind::Nil | Kind::None => Ok(None),
        Kind::Boolean => Ok(Some(usize::from(stack.truth(at)))),
        Kind::String => {
            let word = stack.bytes(at).unwrap_or_default();
            let found = words.iter().position(|known| known.as_bytes() == word);
            let text = format!("invalid option '{}'", String::from_utf8_lossy(word));
            found.map(Some).ok_or(Raise::Argument(at, text.into()))
        }
        kind => Err(Raise::Argument(at, format!("string expected, got {}", kind.name()).into())),
    }
}

fn switch(stack: &mut Stack, at: i32, setting: &mut bool) -> Result<(), Raise> {
    if let Some(choice) = option(stack, at, &["off", "on"])? {
        *setting = choice == 1;
    }
    stack.push_boolean(*setting);
    Ok(())
}

fn encode_sparse_array(stack: &mut Stack) -> Outcome {
    change(stack, 3, |stack, settings| {
        switch(stack, 1, &mut settings.converts_sparse)?;
        integer(stack, 2, &mut settings.sparse_ratio, 0, i32::MAX)?;
        integer(stack, 3, &mut settings.sparse_safe, 0, i32::MAX)?;
        Ok(3)
    })
}

fn encode_max_depth(stack: &mut Stack) -> Outcome {
    change(stack, 1, |stack, settings| {
        integer(stack, 1, &mut settings.encode_depth_max, 1, i32::MAX)?;
        Ok(1)
    })
}

fn decode_max_depth(stack: &mut Stack) -> Outcome {
    change(stack, 1, |stack, settings| {
        integer(stack, 1, &mut settings.decode_depth_max, 1, i32::MAX)?;
        Ok(1)
    })
}

fn encode_number_precision(stack: &mut Stack) -> Outcome {
    change(stack, 1, |stack, settings| {
        integer(stack, 1, &mut settings.precision, 1, 14)?;
        Ok(1)
    })
}

/// Buffers are not kept, whatever this says; it is there for scripts that ask.
fn encode_keep_buffer(stack: &mut Stack) -> Outcome {
    change(stack, 1, |stack, settings| {
        switch(stack, 1, &mut settings.keeps_buffer)?;
        Ok(1)
    })
}

fn encode_invalid_numbers(stack: &mut Stack) -> Outcome {
    change(stack, 1, |stack, settings| {
        if let Some(choice) = option(stack, 1, &["off", "on", "null"])? {
            settings.encode_invalid = [Invalid::Refused, Invalid::Written, Invalid::Null][choice];
        }
        match settings.encode_invalid {
            Invalid::Null => stack.push_bytes(b"null"),
            other => stack.push_boolean(other == Invalid::Written),
        }
        Ok(1)
    })
}

fn decode_invalid_numbers(stack: &mut Stack) -> Outcome {
    change(stack, 1, |stack, settings| {
        switch(stack, 1, &mut settings.decodes_invalid)?;
        Ok(1)
    })
}
