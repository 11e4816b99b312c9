//! How large the values may become that a flow makes. A flow that doubles a text in a loop
//! fails at this limit, long before the memory of the machine is gone.

use crate::diagnostic::Code;
use crate::trace::Failure;
use crate::value::{Json, Value};

/// The largest value that a variable takes, in bytes of text and entries of JSON.
const MAX_SIZE: usize = 256 * 1024;

/// How deep its lists and objects may be nested. Readers of JSON commonly stop at 128
/// levels, and the trace that the value stands in has some of its own.
const MAX_DEPTH: usize = 100;

/// Fails if the value is too large, or nested too deep, for a variable.
#[inline]
pub(in crate::engine) fn check(value: &Value) -> Result<(), Box<Failure>> {
    let fits = match value {
        Value::String(text) => text.len() <= MAX_SIZE,
        Value::Json(json) => fits(json, MAX_DEPTH, &mut { MAX_SIZE }),
        _ => true,
    };
    if fits { Ok(()) } else { Err(too_large()) }
}

#[cold]
fn too_large() -> Box<Failure> {
    let message = format!(
        "the value is larger than {} KiB or nested deeper than {MAX_DEPTH} levels",
        MAX_SIZE / 1024
    );
    Failure::new(Code::EXPRESSION_ERROR, message)
}

/// Takes what the value needs from the room; stops as soon as there is not enough.
fn fits(json: &Json, depth: usize, room: &mut usize) -> bool {
    let own = match json {
        Json::String(text) => text.len(),
        Json::Object(entries) => entries.keys().map(|key| key.len()).sum(),
        _ => 0,
    };
    let Some(rest) = room.checked_sub(own + 1) else { return false };
    *room = rest;
    match json {
        Json::Array(items) => {
            depth > 0 && items.iter().all(|item| fits(item, depth - 1, room))
        }
        Json::Object(entries) => {
            depth > 0 && entries.values().all(|item| fits(item, depth - 1, room))
        }
        _ => true,
    }
}

/// About how many bytes a value takes that a template made.
pub(in crate::engine) fn size_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Json(json) => {
            let mut room = usize::MAX;
            fits(json, usize::MAX, &mut room);
            usize::MAX - room
        }
        Value::Audio(audio) => audio.size(),
        Value::Communication(communication) => communication.size(),
        _ => 0,
    }
}
