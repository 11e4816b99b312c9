//! Tables of Arrow, which every data frame library of Python exchanges.

use arrow_array::RecordBatchReader;
use flowsim::Batch;
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;

use crate::interrupt::Signals;
use crate::json;
use crate::stream::{Export, Import};

/// A table that is read batch by batch.
type Reader = Box<dyn RecordBatchReader + Send>;

/// Returns the table if the object is one: a `DataFrame`, a table or a stream.
pub(crate) fn table(object: &Bound<'_, PyAny>) -> PyResult<Option<Reader>> {
    let py = object.py();
    if object.hasattr(intern!(py, "__arrow_c_stream__"))? {
        return Ok(Some(Box::new(Import::of(object)?)));
    }
    if object.hasattr(intern!(py, "__arrow_c_array__"))? {
        return object.extract::<AnyRecordBatch>()?.into_reader().map(Some);
    }
    Ok(None)
}

/// Handles the rows of a table when the result is read.
pub(crate) fn handled<'py>(
    py: Python<'py>,
    batch: &Batch,
    table: Reader,
) -> PyResult<Bound<'py, PyAny>> {
    let stream = Export::new(Box::new(batch.arrow(table)));
    Ok(Bound::new(py, stream)?.into_any())
}

/// Handles the rows of a table, and returns their summary.
pub(crate) fn summary<'py>(
    py: Python<'py>,
    batch: &Batch,
    table: Reader,
    signals: &Signals,
) -> PyResult<Bound<'py, PyAny>> {
    let summary = py.detach(|| batch.arrow_summary(table));
    signals.check()?;
    let summary = summary.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let summary = summary.map(|it| it.to_json());
    json::loads(py, summary.as_deref().unwrap_or("null"))
}
