//! Rows as record batches of Arrow.

use ::arrow::array::RecordBatchReader;
use ::arrow::error::ArrowError;

use super::batch::{Batch, BatchSummary, merged};
use super::stop::Stop;
use crate::batch::Row;
use crate::batch::arrow::{ArrowRows, parts_of, rows_of};

impl Batch {
    /// Handles the rows of record batches when their output is read. The columns of the
    /// output are `id`, the [properties](Self::properties) and `error`; `docs/batch.md`
    /// lists their types. Available with the feature `arrow`; the types are those of the
    /// crate `arrow` 59.
    pub fn arrow(
        &self,
        input: Box<dyn RecordBatchReader + Send>,
    ) -> impl RecordBatchReader + Send + use<> {
        let batch = self.clone();
        let handler = move |rows: &[Row<'_>]| match batch.stop.is_due() {
            true => Vec::new(),
            false => batch.handled(rows).into_rows(),
        };
        ArrowRows::new(input, &self.columns(), Box::new(handler))
    }

    /// Handles the rows of record batches, and returns their number of mistakes and the
    /// summary of comparisons.
    ///
    /// # Errors
    /// The record batches cannot be read, or the batch is stopped.
    pub fn arrow_summary(
        &self,
        input: Box<dyn RecordBatchReader + Send>,
    ) -> Result<Option<BatchSummary>, ArrowError> {
        let mut summary = self.rows::<&[u8]>(&[]).into_summary();
        for batch in input {
            for part in parts_of(&batch?) {
                let own = self.rows(&rows_of(&part)?).into_summary();
                summary = merged(summary, own);
                if self.stop.is_due() {
                    return Err(ArrowError::ExternalError(Box::new(Stop::error())));
                }
            }
        }
        Ok(summary)
    }
}
