//! How much an evaluation may read and write: what bounds its time and memory.
//!
//! One text is bounded by itself. An expression may make thousands of them, though, and lists
//! of a million items each; it is their sum that counts.

use std::cell::Cell;

use crate::diagnostic::Code;
use crate::value::{Json, Value};

use super::failure::Failure;

/// What one evaluation may read and write, in bytes.
const OF_AN_EVALUATION: usize = 64 * 1024 * 1024;

/// What may be computed ahead when an expression is compiled. Constants that would need more
/// are computed at the run, each time.
const OF_CONSTANTS: usize = 4 * 1024 * 1024;

/// The bytes that are left.
pub(super) struct Allowance(Cell<usize>);

impl Allowance {
    pub(super) fn of_an_evaluation() -> Self {
        Self(Cell::new(OF_AN_EVALUATION))
    }

    pub(super) fn of_constants() -> Self {
        Self(Cell::new(OF_CONSTANTS))
    }

    /// Takes what it costs to look at the arguments of a call.
    #[inline]
    pub(super) fn read(&self, values: &[&Value]) -> Result<(), Failure> {
        values.iter().try_for_each(|value| self.take(read_bytes(value)))
    }

    /// Takes what a new value needs.
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
        "the expression reads and makes more than {OF_AN_EVALUATION} bytes of values"
    );
    Failure::new(Code::RESULT_TOO_LARGE, message)
}

/// A byte for an item: most functions look at some items only.
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

/// What stands deeper is shared; functions that make JSON bound it by themselves.
fn json_bytes(json: &Json) -> usize {
    match json {
        Json::String(text) => text.len(),
        Json::Array(items) => items.len(),
        Json::Object(members) => members.len(),
        _ => 0,
    }
}
