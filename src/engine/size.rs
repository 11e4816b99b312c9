//! Size limits of values that a flow makes. A flow that doubles a string in a loop fails
//! at this limit, long before the machine runs out of memory.

use crate::diagnostic::Code;
use crate::trace::Failure;
use crate::value::{Json, Value};

/// The size of the largest value that a variable can hold, in bytes of text plus entries
/// of JSON.
const MAX_SIZE: usize = 256 * 1024;

/// The maximum nesting depth of lists and objects in a value. JSON readers commonly stop
/// at 128 levels, and the trace that contains the value adds some levels.
const MAX_DEPTH: usize = 100;

/// Fails if the value is too large or too deeply nested for a variable.
#[inline]
pub(super) fn check(value: &Value) -> Result<(), Box<Failure>> {
    let fits = match value {
        Value::String(text) => return check_text(text),
        Value::Json(json) => fits(json, MAX_DEPTH, &mut { MAX_SIZE }),
        _ => true,
    };
    if fits { Ok(()) } else { Err(too_large()) }
}

/// Fails if the string is too large for a variable.
#[inline]
pub(super) fn check_text(text: &str) -> Result<(), Box<Failure>> {
    if text.len() <= MAX_SIZE { Ok(()) } else { Err(too_large()) }
}

#[cold]
fn too_large() -> Box<Failure> {
    let message = format!(
        "the value is larger than {} KiB or nested deeper than {MAX_DEPTH} levels",
        MAX_SIZE / 1024
    );
    Failure::new(Code::EXPRESSION_ERROR, message)
}

/// Subtracts the size of the value from `left`. Returns `false` as soon as too little is
/// left.
fn fits(json: &Json, depth: usize, left: &mut usize) -> bool {
    let own = match json {
        Json::String(text) => text.len(),
        Json::Object(entries) => entries.keys().map(|key| key.len()).sum(),
        _ => 0,
    };
    let Some(rest) = left.checked_sub(own + 1) else { return false };
    *left = rest;
    match json {
        Json::Array(items) => {
            depth > 0 && items.iter().all(|item| fits(item, depth - 1, left))
        }
        Json::Object(entries) => {
            depth > 0 && entries.values().all(|item| fits(item, depth - 1, left))
        }
        _ => true,
    }
}

/// Returns the approximate size of a value that a template made, in bytes.
pub(super) fn size_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Json(json) => {
            let mut left = usize::MAX;
            fits(json, usize::MAX, &mut left);
            usize::MAX - left
        }
        Value::Audio(audio) => audio.size(),
        Value::Communication(communication) => communication.size(),
        _ => 0,
    }
}
