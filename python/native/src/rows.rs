//! Rows of a batch, from an iterable of Python's objects.

use std::collections::BTreeMap;

use flowsim::{Batch, BatchSummary};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyAny, PyBytes, PyDict, PyList, PyMapping, PyString};

use crate::interrupt::Signals;
use crate::json;

/// The rows as JSON.
pub(crate) struct Rows {
    texts: Vec<Vec<u8>>,
    /// The output of rows that cannot be written as JSON, by their number.
    errors: BTreeMap<usize, Py<PyAny>>,
}

impl Rows {
    /// Reads an iterable of dicts, or of strings or bytes of JSON.
    pub(crate) fn of(objects: &Bound<'_, PyAny>) -> PyResult<Self> {
        refuse_others(objects)?;
        let mut rows = Self { texts: Vec::new(), errors: BTreeMap::new() };
        for object in objects.try_iter()? {
            rows.add(&object?)?;
        }
        Ok(rows)
    }

    fn add(&mut self, object: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Some(text) = json::text(object)? {
            self.texts.push(text);
            return Ok(());
        }
        let encoded = module(object.py())?.call_method1("encode", (object,))?;
        if let Ok(text) = encoded.cast::<PyString>() {
            self.texts.push(text.extract::<PyBackedStr>()?.as_bytes().to_vec());
            return Ok(());
        }
        // A row that is a mistake for all batches, so that it counts as one.
        self.errors.insert(self.texts.len(), encoded.unbind());
        self.texts.push(b"null".to_vec());
        Ok(())
    }

    /// Returns a dict for each row.
    pub(crate) fn handled<'py>(
        &self,
        py: Python<'py>,
        batch: &Batch,
        signals: &Signals,
    ) -> PyResult<Bound<'py, PyAny>> {
        let output = py.detach(|| batch.rows(&self.texts));
        signals.check()?;
        let list = PyList::empty(py);
        for (number, row) in output.rows().iter().enumerate() {
            match self.errors.get(&number) {
                Some(error) => list.append(error)?,
                None => list.append(json::loads(py, row)?)?,
            }
        }
        Ok(list.into_any())
    }

    /// Returns the summary of all rows.
    pub(crate) fn summary<'py>(
        &self,
        py: Python<'py>,
        batch: &Batch,
        signals: &Signals,
    ) -> PyResult<Bound<'py, PyAny>> {
        let output = py.detach(|| batch.rows(&self.texts));
        signals.check()?;
        let summary = output.summary().map(BatchSummary::to_json);
        json::loads(py, summary.as_deref().unwrap_or("null"))
    }
}

/// The module that converts objects to JSON.
fn module(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import(intern!(py, "flowsim._json"))
}

/// Refuses objects that are a row, or that become rows only after a step.
fn refuse_others(objects: &Bound<'_, PyAny>) -> PyResult<()> {
    let message = if objects.is_instance_of::<PyString>()
        || objects.is_instance_of::<PyBytes>()
    {
        "a string is not a list of rows; for one row write [row], for lines of JSON \
         text.splitlines()"
            .to_owned()
    } else if objects.is_instance_of::<PyDict>() || objects.cast::<PyMapping>().is_ok() {
        "a dict is not a list of rows; for one row write [row]".to_owned()
    } else if objects.hasattr("collect")? && objects.hasattr("collect_schema")? {
        "a LazyFrame has no rows yet; write frame.collect()".to_owned()
    } else if objects.hasattr("columns")? && objects.hasattr("dtypes")? {
        let name = objects.get_type().name()?;
        format!(
            "this {name} cannot be read as Arrow; install pyarrow, or write frame.to_dict(\"records\")"
        )
    } else {
        return Ok(());
    };
    Err(PyTypeError::new_err(message))
}
