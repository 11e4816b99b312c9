//! Conversion between Python's objects and JSON.

use pyo3::prelude::*;
use pyo3::types::{PyAny, PyBytes, PyDict, PyString};
use pyo3::{intern, pybacked::PyBackedStr};

/// Converts JSON to Python's objects.
pub(crate) fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let json = py.import(intern!(py, "json"))?;
    json.call_method1(intern!(py, "loads"), (text,))
}

/// Returns a string, or bytes: they are JSON already.
pub(crate) fn text(object: &Bound<'_, PyAny>) -> PyResult<Option<Vec<u8>>> {
    if object.is_instance_of::<PyString>() {
        return Ok(Some(object.extract::<PyBackedStr>()?.as_bytes().to_vec()));
    }
    Ok(object.cast::<PyBytes>().ok().map(|bytes| bytes.as_bytes().to_vec()))
}

/// Converts a Python object to JSON. Dates, times and numbers of other libraries are written
/// as in a table of Arrow.
pub(crate) fn dumps(object: &Bound<'_, PyAny>) -> PyResult<PyBackedStr> {
    let py = object.py();
    let options = PyDict::new(py);
    let module = py.import(intern!(py, "flowsim._json"))?;
    options
        .set_item(intern!(py, "default"), module.getattr(intern!(py, "converted"))?)?;
    let json = py.import(intern!(py, "json"))?;
    json.call_method(intern!(py, "dumps"), (object,), Some(&options))?.extract()
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
