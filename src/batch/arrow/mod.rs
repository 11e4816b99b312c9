//! Rows as record batches of Arrow, for data frames, query engines and Parquet.
//!
//! A record batch becomes rows of JSON, which the same workers handle as those of text, and
//! their output becomes record batches again. So a row has the same output in all forms.

mod columns;
mod read;
mod recordings;
mod write;

use ::arrow::array::{RecordBatch, RecordBatchReader};
use ::arrow::datatypes::{DataType, SchemaRef};
use ::arrow::error::ArrowError;

use super::column::ColumnType;
use super::row::Row;
pub use read::rows_of;
pub use recordings::{RECORDINGS_SCHEMA, recordings_schema, recordings_table};
pub use write::RowsToArrow;

/// Maximum number of rows of a record batch of output. Larger batches of input are split,
/// so that the output of a whole table is never in memory.
const MAX_ROWS: usize = 4096;

/// A handler of rows: returns a row of output for each, in order.
pub type Handler = Box<dyn Fn(&[Row<'_>]) -> Vec<String> + Send>;

/// Record batches of input, handled when they are needed.
pub struct ArrowRows {
    input: Box<dyn RecordBatchReader + Send>,
    /// Rows of the current record batch that are not handled yet.
    rest: Option<RecordBatch>,
    handler: Handler,
    output: RowsToArrow,
}

impl ArrowRows {
    /// Creates the output of the rows of these record batches, with these properties.
    pub fn new(
        input: Box<dyn RecordBatchReader + Send>,
        properties: &[(&'static str, ColumnType)],
        handler: Handler,
    ) -> Self {
        let schema = input.schema();
        let id = schema.field_with_name("id").map(|field| field.data_type());
        let output = RowsToArrow::new(properties, id.is_ok_and(DataType::is_integer));
        Self { input, rest: None, handler, output }
    }

    /// Returns the next rows of input.
    fn rows(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        let batch = match self.rest.take() {
            Some(rest) => rest,
            None => match self.input.next()? {
                Ok(batch) => batch,
                Err(error) => return Some(Err(error)),
            },
        };
        let count = batch.num_rows();
        if count > MAX_ROWS {
            self.rest = Some(batch.slice(MAX_ROWS, count - MAX_ROWS));
        }
        Some(Ok(batch.slice(0, count.min(MAX_ROWS))))
    }
}

impl Iterator for ArrowRows {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rows = self.rows()?.and_then(|batch| rows_of(&batch));
        Some(rows.and_then(|rows| {
            let rows: Vec<Row<'_>> = rows.iter().map(|row| Row::of(row)).collect();
            self.output.batch(&(self.handler)(&rows))
        }))
    }
}

impl RecordBatchReader for ArrowRows {
    fn schema(&self) -> SchemaRef {
        self.output.schema()
    }
}
