//! Limits on the number of bytes that an evaluation may read and write. They bound its
//! time and memory.
//!
//! Each string is bounded by itself. However, an expression may create thousands of
//! strings, and lists of a million items each, so the limit is on the sum.

use std::cell::Cell;

use crate::diagnostic::Code;
use crate::value::{Json, Value};

use super::failure::Failure;

/// The maximum number of bytes that one evaluation may read and write.
const EVALUATION_BYTES: usize = 64 * 1024 * 1024;

/// The maximum number of bytes that may be computed ahead when an expression is compiled.
/// Constants that need more are computed during the run, each time.
const CONSTANT_BYTES: usize = 4 * 1024 * 1024;

/// The remaining bytes.
pub(super) struct Budget(Cell<usize>);

impl Budget {
    pub(super) fn for_evaluation() -> Self {
        Self(Cell::new(EVALUATION_BYTES))
    }

    pub(super) fn for_constants() -> Self {
        Self(Cell::new(CONSTANT_BYTES))
    }

    /// Deducts the cost of reading the arguments of a call.
    #[inline]
    pub(super) fn read(&self, values: &[&Value]) -> Result<(), Failure> {
        values.iter().try_for_each(|value| self.take(read_bytes(value)))
    }

    /// Deducts the cost of a new value.
    #[inline]
    pub(super) fn write(&self, value: &Value) -> Result<(), Failure> {
        self.take(written_bytes(value))
    }

    #[inline]
    fn take(&self, bytes: usize) -> Result<(), Failure> {
        match self.0.get().checked_sub(bytes) {
            Some(rest) => {
                self.0.set(rest);
                Ok(())
            }
            None => Err(exhausted()),
        }
    }
}

#[cold]
fn exhausted() -> Failure {
    let message = format!(
        "the expression reads and creates more than {EVALUATION_BYTES} bytes of values"
    );
    Failure::new(Code::RESULT_TOO_LARGE, message)
}

/// Counts one byte per item, because most functions read only some items.
#[inline]
fn read_bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Collection(collection) => collection.items.len(),
        Value::Json(json) => json_bytes(json),
        Value::Audio(audio) => audio.segments.len(),
        Value::Communication(message) => message.parts.len(),
        _ => 0,
    }
}

#[inline]
fn written_bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Collection(collection) => {
            let items = collection.items.iter();
            items.map(|item| size_of::<Value>() + read_bytes(item)).sum()
        }
        Value::Json(json) => json_bytes(json),
        Value::Audio(audio) => audio.size(),
        Value::Communication(message) => message.size(),
        _ => 0,
    }
}

/// Deeper values are shared, and functions that create JSON bound its size themselves.
fn json_bytes(json: &Json) -> usize {
    match json {
        Json::String(text) => text.len(),
        Json::Array(items) => items.len(),
        Json::Object(members) => members.len(),
        _ => 0,
    }
}
