//! Rows as record batches of Arrow, for data frames, query engines and Parquet.
//!
//! A record batch becomes rows of JSON, which the same workers handle as those of text, and
//! their output becomes record batches again. So a row has the same output in all forms.

mod columns;
mod floats;
mod ids;
mod read;
mod recordings;
mod write;

use std::io;

use ::arrow::array::{Array, AsArray, RecordBatch, RecordBatchReader};
use ::arrow::datatypes::SchemaRef;
use ::arrow::error::ArrowError;

use super::column::ColumnType;
use super::row::Row;
pub use ids::Ids;
pub use read::rows_of;
pub use recordings::{RECORDINGS_SCHEMA, recordings_schema, recordings_table};
pub use write::RowsToArrow;

/// Maximum number of rows that are handled at a time.
const MAX_ROWS: usize = 4096;

/// Maximum number of bytes of rows that are handled at a time, by the average length of
/// the rows. A longer row is handled alone.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Returns the number of rows to handle at a time, so that neither many rows nor long rows
/// need much memory.
pub fn rows_at_a_time(bytes: usize, rows: usize) -> usize {
    let average = bytes.div_ceil(rows.max(1)).max(1);
    (MAX_BYTES / average).clamp(1, MAX_ROWS)
}

/// Splits a record batch into the parts that are handled at a time, without copies.
pub fn parts_of(batch: &RecordBatch) -> impl Iterator<Item = RecordBatch> {
    let rows = batch.num_rows();
    let bytes = batch.columns().iter().map(|column| bytes_of(column.as_ref())).sum();
    let most = rows_at_a_time(bytes, rows);
    let starts = (0..rows).step_by(most);
    starts.map(move |start| batch.slice(start, most.min(rows - start)))
}

/// Returns the number of bytes of the values in an array. The array can be a part of larger
/// buffers.
fn bytes_of(array: &dyn Array) -> usize {
    match array.as_string_view_opt() {
        Some(strings) => strings.total_buffer_bytes_used(),
        None => array.to_data().get_slice_memory_size().unwrap_or_default(),
    }
}

/// A handler of rows: returns a row of output for each, in order, and fewer if it is stopped.
pub type Handler = Box<dyn Fn(&[Row<'_>]) -> Vec<String> + Send>;

/// Record batches of input, handled when they are needed.
pub struct ArrowRows {
    input: Box<dyn RecordBatchReader + Send>,
    /// Parts of the current record batch that are not handled yet, the last one first.
    rest: Vec<RecordBatch>,
    handler: Handler,
    output: RowsToArrow,
    /// Whether the handler was stopped. Nothing follows then: rows would be missing.
    is_stopped: bool,
}

impl ArrowRows {
    /// Creates the output of the rows of these record batches, with these properties.
    pub fn new(
        input: Box<dyn RecordBatchReader + Send>,
        properties: &[(&'static str, ColumnType)],
        handler: Handler,
    ) -> Self {
        let output = RowsToArrow::new(properties, Ids::of(&input.schema()));
        Self { input, rest: Vec::new(), handler, output, is_stopped: false }
    }

    /// Returns the next rows of input.
    fn rows(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        if let Some(part) = self.rest.pop() {
            return Some(Ok(part));
        }
        match self.input.next()? {
            Ok(batch) => {
                self.rest = parts_of(&batch).collect();
                self.rest.reverse();
                Some(Ok(self.rest.pop().unwrap_or(batch)))
            }
            error => Some(error),
        }
    }
}

impl Iterator for ArrowRows {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_stopped {
            return None;
        }
        let rows = self.rows()?.and_then(|batch| rows_of(&batch));
        Some(rows.and_then(|rows| {
            let rows: Vec<Row<'_>> = rows.iter().map(|row| Row::of(row)).collect();
            let output = (self.handler)(&rows);
            if output.len() < rows.len() {
                self.is_stopped = true;
                let error = io::Error::new(io::ErrorKind::Interrupted, "interrupted");
                return Err(ArrowError::ExternalError(Box::new(error)));
            }
            self.output.batch(&output)
        }))
    }
}

impl RecordBatchReader for ArrowRows {
    fn schema(&self) -> SchemaRef {
        self.output.schema()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use std::sync::atomic::Ordering;

    use ::arrow::array::{ArrayRef, RecordBatchIterator, StringArray, StringViewArray};

    use super::*;

    /// After the error, a reader must not get a table with a gap.
    #[test]
    fn nothing_follows_after_a_stop() {
        let batch = |number: i64| {
            let rows: ArrayRef =
                Arc::new(StringArray::from(vec![format!("{{\"id\":{number}}}")]));
            RecordBatch::try_from_iter([("row", rows)])
        };
        let schema = batch(0).unwrap().schema();
        let input = RecordBatchIterator::new((0..3).map(batch), schema);
        let calls = std::sync::atomic::AtomicUsize::new(0);
        let handler = move |rows: &[Row<'_>]| match calls.fetch_add(1, Ordering::Relaxed)
        {
            1 => Vec::new(),
            _ => rows.iter().map(|_| r#"{"id":"1"}"#.to_owned()).collect(),
        };
        let mut rows = ArrowRows::new(Box::new(input), &[], Box::new(handler));
        assert!(rows.next().unwrap().is_ok());
        assert!(rows.next().unwrap().is_err());
        assert!(rows.next().is_none());
    }

    #[test]
    fn parts_have_few_rows_if_rows_are_long() {
        assert_eq!(rows_at_a_time(0, 0), MAX_ROWS);
        assert_eq!(rows_at_a_time(100, 10), MAX_ROWS);
        assert_eq!(rows_at_a_time(4 * MAX_BYTES, 32), 8);
        assert_eq!(rows_at_a_time(usize::MAX, 1), 1);
        let long = "x".repeat(MAX_BYTES / 8);
        let texts = || (0..20).map(|_| Some(long.as_str()));
        let columns: [ArrayRef; 2] = [
            Arc::new(texts().collect::<StringArray>()),
            Arc::new(texts().collect::<StringViewArray>()),
        ];
        for column in columns {
            let batch = RecordBatch::try_from_iter([("row", column)]).unwrap();
            let lengths = |batch: &RecordBatch| -> Vec<usize> {
                parts_of(batch).map(|part| part.num_rows()).collect()
            };
            assert_eq!(lengths(&batch), [7, 7, 6]);
            // The rest of the memory of a slice does not count.
            assert_eq!(lengths(&batch.slice(15, 5)), [5]);
        }
    }
}
