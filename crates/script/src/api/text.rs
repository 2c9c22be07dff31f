//! What replaces functions of the `string` library.

use super::chunk::{number_argument, text_argument};
use crate::vm::{Outcome, Stack};

/// Adds the functions to the library on the top.
pub fn add(stack: &mut Stack) {
    stack.push_function(rep);
    stack.set_field(-2, "rep");
    super::pattern::add(stack);
}

/// `string.rep(text, count)`: refuses what memory does not hold before it begins.
fn rep(stack: &mut Stack) -> Outcome {
    let text = text_argument(stack, 1)?;
    let count = number_argument(stack, 2)? as i64 as i32;
    let count = usize::try_from(count).unwrap_or(0);
    stack.afford(text.len().saturating_mul(count))?;
    stack.work(text.len().saturating_mul(count) / 1024)?;
    stack.push_bytes(&text.repeat(if text.is_empty() { 0 } else { count }));
    Ok(1)
}
