//! Tables of Arrow, which every data frame library of Python exchanges.

use flowsim::Batch;
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatchReader;
use pyo3_arrow::input::AnyRecordBatch;

use crate::json;

/// Returns the table if the object is one: a `DataFrame`, a table or a stream.
pub(crate) fn table(object: &Bound<'_, PyAny>) -> PyResult<Option<AnyRecordBatch>> {
    let py = object.py();
    let is_stream = object.hasattr(intern!(py, "__arrow_c_stream__"))?;
    let is_batch = object.hasattr(intern!(py, "__arrow_c_array__"))?;
    if is_stream || is_batch { object.extract().map(Some) } else { Ok(None) }
}

/// Handles the rows of a table when the result is read.
pub(crate) fn handled<'py>(
    py: Python<'py>,
    batch: &Batch,
    table: AnyRecordBatch,
) -> PyResult<Bound<'py, PyAny>> {
    let rows = batch.arrow(table.into_reader()?);
    let reader = PyRecordBatchReader::new(Box::new(rows));
    Ok(Bound::new(py, reader)?.into_any())
}

/// Handles the rows of a table, and returns their summary.
pub(crate) fn summary<'py>(
    py: Python<'py>,
    batch: &Batch,
    table: AnyRecordBatch,
) -> PyResult<Bound<'py, PyAny>> {
    let input = table.into_reader()?;
    let summary = py.detach(|| batch.arrow_summary(input));
    let summary = summary.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let summary = summary.map(|it| it.to_json());
    json::loads(py, summary.as_deref().unwrap_or("null"))
}
