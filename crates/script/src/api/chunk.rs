//! `load` and `loadstring`: source text becomes a function. Compiled code is never taken: a crafted one breaks the machine.

use crate::vm::{Kind, Outcome, Raise, Stack};

/// Bytes of source that `load` gathers, at most.
const SOURCE_BYTES_MAX: usize = 64 << 20;

/// `loadstring(text [, name])`
pub fn loadstring(stack: &mut Stack) -> Outcome {
    let code = text_argument(stack, 1)?;
    let name = match stack.kind(2) {
        Kind::None | Kind::Nil => code.clone(),
        _ => text_argument(stack, 2)?,
    };
    finish(stack, &code, &name)
}

/// `load(function [, name])`
pub fn load(stack: &mut Stack) -> Outcome {
    if stack.kind(1) != Kind::Function {
        let got = stack.kind(1).name();
        return Err(Raise::Argument(1, format!("function expected, got {got}").into()));
    }
    let name = match stack.kind(2) {
        Kind::None | Kind::Nil => b"=(load)".to_vec(),
        _ => text_argument(stack, 2)?,
    };
    let mut code = Vec::new();
    loop {
        stack.work(100)?;
        stack.push_copy(1);
        if stack.call(0, 1).is_err() {
            return failed(stack);
        }
        let piece = match stack.kind(-1) {
            Kind::Nil => break,
            Kind::Number => crate::number::general(stack.number(-1).unwrap_or(0.0), 14).into_bytes(),
            _ => match stack.bytes(-1) {
                Some(piece) => piece.to_vec(),
                None => {
                    let place = stack.place(1);
                    stack.push_bytes(&[&place[..], b"reader function must return a string"].concat());
                    return failed(stack);
                }
            },
        };
        stack.pop(1);
        if piece.is_empty() {
            break;
        }
        if code.len() + piece.len() > SOURCE_BYTES_MAX {
            return Err(Raise::MEMORY);
        }
        code.extend_from_slice(&piece);
    }
    finish(stack, &code, &name)
}

/// Nil and the error on the top.
fn failed(stack: &mut Stack) -> Outcome {
    let message = stack.bytes(-1).map(<[u8]>::to_vec);
    stack.push_nil();
    match message {
        Some(message) => stack.push_bytes(&message),
        None => stack.push_copy(-2),
    }
    Ok(2)
}

fn finish(stack: &mut Stack, code: &[u8], name: &[u8]) -> Outcome {
    if code.len() > SOURCE_BYTES_MAX {
        return Err(Raise::MEMORY);
    }
    match stack.compile(code, name) {
        Ok(()) => Ok(1),
        Err(text) => {
            stack.push_nil();
            stack.push_bytes(&text);
            Ok(2)
        }
    }
}

/// A string argument; numbers are taken for their text.
pub fn text_argument(stack: &mut Stack, number: i32) -> Result<Vec<u8>, Raise> {
    match stack.kind(number) {
        Kind::Number => Ok(crate::number::general(stack.number(number).unwrap_or(0.0), 14).into_bytes()),
        Kind::String => Ok(stack.bytes(number).unwrap_or_default().to_vec()),
        kind => Err(Raise::Argument(number, format!("string expected, got {}", kind.name()).into())),
    }
}

/// Makes sure that an argument is a string; a number becomes its text.
pub fn check_text(stack: &mut Stack, number: i32) -> Result<(), Raise> {
    match stack.stringify(number) {
        true => Ok(()),
        false => {
            let got = stack.kind(number).name();
            Err(Raise::Argument(number, format!("string expected, got {got}").into()))
        }
    }
}

/// A number argument; strings that read as one are taken.
pub fn number_argument(stack: &Stack, number: i32) -> Result<f64, Raise> {
    stack.number(number).ok_or_else(|| {
        let got = stack.kind(number).name();
        Raise::Argument(number, format!("number expected, got {got}").into())
    })
}
