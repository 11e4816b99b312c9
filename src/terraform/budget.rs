//! Limits of the memory and the time that evaluation takes. Without them, locals that repeat
//! each other would grow exponentially.

use std::cell::Cell;

use hcl::Value;

/// Maximum size of a value, in bytes of memory.
const MAX_VALUE_BYTES: u64 = 8 << 20;

/// Maximum size of all values that stay until the end, in bytes of memory.
const MAX_KEPT_BYTES: u64 = 64 << 20;

/// Maximum number of bytes that are copied during the evaluation. It limits the time:
/// other work counts as the bytes that are copied in that time.
const MAX_COPIED_BYTES: u64 = 4 << 30;

/// The work of evaluating a part of an expression, in bytes that are copied in that time.
const WORK_OF_A_STEP: usize = 200;

/// The work of parsing a character, in bytes that are copied in that time.
pub(super) const WORK_OF_A_CHARACTER: usize = 32;

/// The bytes that the evaluation of all modules of a root may still take.
#[derive(Debug)]
pub(super) struct Budget {
    kept: Cell<u64>,
    copied: Cell<u64>,
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
    pub(super) fn copy_bytes(&self, bytes: u64) -> Result<(), String> {
        take(&self.copied, bytes).ok_or_else(|| {
            format!("the evaluation copies more than {MAX_COPIED_BYTES} bytes")
        })
    }

    /// Counts work that takes as long as copying `count` things of `each` bytes.
    ///
    /// # Errors
    /// The work together is too much.
    pub(super) fn work(&self, count: usize, each: usize) -> Result<(), String> {
        self.copy_bytes(bytes(count.saturating_mul(each)))
    }

    /// Counts one step of an evaluation.
    ///
    /// # Errors
    /// The work together is too much.
    pub(super) fn step(&self) -> Result<(), String> {
        self.work(1, WORK_OF_A_STEP)
    }

    /// Counts going through a list or an object.
    ///
    /// # Errors
    /// The work together is too much.
    pub(super) fn items(&self, count: usize) -> Result<(), String> {
        self.work(count, size_of::<Value>())
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

fn take(left: &Cell<u64>, bytes: u64) -> Option<()> {
    left.set(left.get().checked_sub(bytes)?);
    Some(())
}

/// The size of a list or an object while its items are evaluated.
#[derive(Debug, Default)]
pub(super) struct Sum(u64);

impl Sum {
    /// Adds an item and returns its size in bytes.
    ///
    /// # Errors
    /// The whole value is too large.
    pub(super) fn item(&mut self, item: &Value) -> Result<u64, String> {
        self.add(size(item))
    }

    /// Adds a member of an object and returns its size in bytes.
    ///
    /// # Errors
    /// The whole value is too large.
    pub(super) fn member(&mut self, key: &str, value: &Value) -> Result<u64, String> {
        self.add(key_size(key) + size(value))
    }

    /// Adds a part of a string.
    ///
    /// # Errors
    /// The whole value is too large.
    pub(super) fn text(&mut self, text: &str) -> Result<u64, String> {
        self.add(bytes(text.len()))
    }

    /// Adds this many items of a list that have this many bytes together.
    ///
    /// # Errors
    /// The whole value is too large.
    pub(super) fn items(&mut self, count: usize, text: usize) -> Result<u64, String> {
        let items = count.saturating_mul(size_of::<Value>());
        self.add(bytes(items.saturating_add(text)))
    }

    fn add(&mut self, bytes: u64) -> Result<u64, String> {
        self.0 = self.0.saturating_add(bytes);
        if self.0 > MAX_VALUE_BYTES {
            return Err(format!("the value has more than {MAX_VALUE_BYTES} bytes"));
        }
        Ok(bytes)
    }
}

/// Returns the size of a value in memory, in bytes.
fn size(value: &Value) -> u64 {
    let inner = match value {
        Value::String(text) => bytes(text.len()),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => {
            members.iter().map(|(key, it)| key_size(key) + size(it)).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    inner + bytes(size_of::<Value>())
}

/// Returns the size of a key with its hash and its place in the index of the object.
fn key_size(key: &str) -> u64 {
    bytes(key.len() + size_of::<String>() + 2 * size_of::<usize>())
}

fn bytes(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
