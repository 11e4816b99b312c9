//! Arguments with messages that name the mistake.

use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyString};

/// A path, or several.
pub(crate) struct Paths(pub(crate) Vec<PathBuf>);

impl<'py> FromPyObject<'_, 'py> for Paths {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(path) = object.extract::<PathBuf>() {
            return Ok(Self(vec![path]));
        }
        let expected = "a path, or a list of paths";
        if object.is_instance_of::<PyDict>() || object.is_instance_of::<PyBytes>() {
            return Err(unexpected(&object, expected));
        }
        let Ok(items) = object.try_iter() else {
            return Err(unexpected(&object, expected));
        };
        let paths = items.map(|item| {
            let item = item?;
            let path = item.extract::<PathBuf>();
            path.map_err(|_| unexpected(&item, "a path"))
        });
        paths.collect::<PyResult<_>>().map(Self)
    }
}

/// A list of names.
pub(crate) struct Names(pub(crate) Vec<String>);

impl<'py> FromPyObject<'_, 'py> for Names {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let expected = "a list of names";
        if object.is_instance_of::<PyString>() {
            let repr = object.repr()?;
            let message = format!("a string is not {expected}; write [{repr}]");
            return Err(PyTypeError::new_err(message));
        }
        let Ok(items) = object.try_iter() else {
            return Err(unexpected(&object, expected));
        };
        let names = items.map(|item| {
            let item = item?;
            item.extract::<String>().map_err(|_| unexpected(&item, "a name, a string"))
        });
        names.collect::<PyResult<_>>().map(Self)
    }
}

/// A number as text: `0.01` or `"0.01"`.
pub(crate) struct Tolerance(pub(crate) String);

impl<'py> FromPyObject<'_, 'py> for Tolerance {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let is_decimal = || object.get_type().name().is_ok_and(|name| name == "Decimal");
        if let Ok(number) = object.cast::<PyFloat>() {
            // Without an exponent, in which Python writes small numbers.
            return Ok(Self(number.extract::<f64>()?.to_string()));
        }
        let is_number = object.is_instance_of::<PyInt>() || is_decimal();
        let is_text = object.is_instance_of::<PyString>();
        if object.is_instance_of::<PyBool>() || !is_number && !is_text {
            return Err(unexpected(&object, "a number"));
        }
        Ok(Self(object.str()?.extract()?))
    }
}

/// The error of an argument of the wrong type. Python puts the name of the argument first.
fn unexpected(object: &Bound<'_, PyAny>, expected: &str) -> PyErr {
    let name = object.get_type().name();
    let name = name.map_or_else(|_| "object".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("{name} is not {expected}"))
}
