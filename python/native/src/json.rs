//! Conversion between Python's objects and JSON.

use pyo3::prelude::*;
use pyo3::types::{PyAny, PyBytes, PyString};
use pyo3::{intern, pybacked::PyBackedStr};

/// Converts JSON to Python's objects.
pub(crate) fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let json = py.import(intern!(py, "json"))?;
    json.call_method1(intern!(py, "loads"), (text,))
}

/// Converts a Python object to JSON. A string or bytes are JSON already.
pub(crate) fn document(object: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if object.is_instance_of::<PyString>() {
        return Ok(object.extract::<PyBackedStr>()?.as_bytes().to_vec());
    }
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().to_vec());
    }
    Ok(dumps(object)?.as_bytes().to_vec())
}

/// Converts a Python object to JSON.
pub(crate) fn dumps(object: &Bound<'_, PyAny>) -> PyResult<PyBackedStr> {
    let py = object.py();
    let json = py.import(intern!(py, "json"))?;
    json.call_method1(intern!(py, "dumps"), (object,))?.extract()
}

/// Converts a Python object to a value of the library.
pub(crate) fn value(object: &Bound<'_, PyAny>) -> PyResult<flowsim::Value> {
    let text = dumps(object)?;
    flowsim::Value::from_json(&text).map_err(|it| crate::error::raise(object.py(), &it))
}

/// Converts a value of the library to a Python object.
pub(crate) fn object<'py>(
    py: Python<'py>,
    value: &flowsim::Value,
) -> PyResult<Bound<'py, PyAny>> {
    loads(py, &value.to_string())
}
