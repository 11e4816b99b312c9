//! Limits of the memory and the time that evaluation takes. Without them, locals that repeat
//! each other would grow exponentially.

use std::cell::Cell;

use hcl::Value;

/// Maximum size of a value, in bytes of memory.
const MAX_VALUE_BYTES: usize = 8 << 20;

/// Maximum size of all values that stay until the end, in bytes of memory.
const MAX_KEPT_BYTES: usize = 64 << 20;

/// Maximum number of bytes that are copied during the evaluation. It limits the time.
const MAX_COPIED_BYTES: usize = 4 << 30;

/// The bytes that the evaluation of all modules of a root may still take.
#[derive(Debug)]
pub(super) struct Budget {
    kept: Cell<usize>,
    copied: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { kept: Cell::new(MAX_KEPT_BYTES), copied: Cell::new(MAX_COPIED_BYTES) }
    }
}

impl Budget {
    /// Counts a value that stays until the end.
    ///
    /// # Errors
    /// The values together are too large.
    pub(super) fn keep(&self, value: &Value) -> Result<(), String> {
        take(&self.kept, size(value))
            .ok_or_else(|| format!("all values have more than {MAX_KEPT_BYTES} bytes"))
    }

    /// Counts a copy of a value.
    ///
    /// # Errors
    /// The copies together are too large.
    pub(super) fn copy(&self, value: &Value) -> Result<(), String> {
        self.copy_bytes(size(value))
    }

    /// Counts a copy of this size, as [`copy`](Self::copy) does.
    pub(super) fn copy_bytes(&self, bytes: usize) -> Result<(), String> {
        take(&self.copied, bytes).ok_or_else(|| {
            format!("the evaluation copies more than {MAX_COPIED_BYTES} bytes")
        })
    }

    /// Counts the value of an expression.
    ///
    /// # Errors
    /// The value, or all copies together, are too large.
    pub(super) fn value(&self, value: &Value) -> Result<(), String> {
        let bytes = Sum::default().item(value)?;
        self.copy_bytes(bytes)
    }
}

fn take(left: &Cell<usize>, bytes: usize) -> Option<()> {
    left.set(left.get().checked_sub(bytes)?);
    Some(())
}

/// The size of a list or an object while its items are evaluated.
#[derive(Debug, Default)]
pub(super) struct Sum(usize);

impl Sum {
    /// Adds an item and returns its size in bytes.
    ///
    /// # Errors
    /// The whole value is too large.
    pub(super) fn item(&mut self, item: &Value) -> Result<usize, String> {
        self.add(size(item))
    }

    /// Adds a member of an object and returns its size in bytes.
    ///
    /// # Errors
    /// The whole value is too large.
    pub(super) fn member(&mut self, key: &str, value: &Value) -> Result<usize, String> {
        self.add(key_size(key) + size(value))
    }

    fn add(&mut self, bytes: usize) -> Result<usize, String> {
        self.0 += bytes;
        if self.0 > MAX_VALUE_BYTES {
            return Err(format!("the value has more than {MAX_VALUE_BYTES} bytes"));
        }
        Ok(bytes)
    }
}

/// Returns the size of a value in memory, in bytes.
fn size(value: &Value) -> usize {
    let inner = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => {
            members.iter().map(|(key, it)| key_size(key) + size(it)).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    inner + size_of::<Value>()
}

/// Returns the size of a key with its hash and its place in the index of the object.
fn key_size(key: &str) -> usize {
    key.len() + size_of::<String>() + 2 * size_of::<usize>()
}
