//! The exception of the module, and findings about flows.

use flowsim::ErrorKind;
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(
    flowsim,
    Error,
    PyException,
    "Flows, fixtures, a call, an answer or an option is invalid.\n\n\
     `str()` shows all findings with excerpts of their files. `diagnostics` lists them.\n\
     `code`, `file`, `line` and `column` are those of the first finding, or None.\n\
     `kind` is \"load\", \"invalid\" or \"system\"."
);

/// Converts an error of the library.
pub(crate) fn raise(py: Python<'_>, error: &flowsim::Error) -> PyErr {
    let raised = Error::new_err(error.to_string());
    match describe(raised.value(py), error) {
        Ok(()) => raised,
        Err(other) => other,
    }
}

fn describe(raised: &Bound<'_, PyAny>, error: &flowsim::Error) -> PyResult<()> {
    let kind = match error.kind() {
        ErrorKind::Load => "load",
        ErrorKind::Invalid => "invalid",
        _ => "system",
    };
    let first = error.diagnostics().first();
    raised.setattr("kind", kind)?;
    raised.setattr("code", first.map(flowsim::Diagnostic::code))?;
    raised.setattr("file", first.and_then(flowsim::Diagnostic::file))?;
    raised.setattr("line", first.and_then(flowsim::Diagnostic::line))?;
    raised.setattr("column", first.and_then(flowsim::Diagnostic::column))?;
    let all = error.diagnostics().iter().cloned().map(Diagnostic);
    raised.setattr("diagnostics", all.collect::<Vec<_>>())
}

/// A finding: a stable code, a message, a place in a file, and advice.
#[pyclass(frozen, module = "flowsim")]
pub(crate) struct Diagnostic(pub(crate) flowsim::Diagnostic);

#[pymethods]
impl Diagnostic {
    /// The code, such as `DANGLING_REFERENCE`.
    #[getter]
    fn code(&self) -> &'static str {
        self.0.code()
    }

    /// `error`, `warning` or `note`.
    #[getter]
    fn severity(&self) -> &'static str {
        self.0.severity().name()
    }

    /// The finding and the expectation.
    #[getter]
    fn message(&self) -> &str {
        self.0.message()
    }

    /// The advice, or None.
    #[getter]
    fn help(&self) -> Option<&str> {
        self.0.help()
    }

    /// The affected flow, by id or name, or None.
    #[getter]
    fn flow(&self) -> Option<&str> {
        self.0.flow()
    }

    /// The id of the affected node, or None.
    #[getter]
    fn node(&self) -> Option<&str> {
        self.0.node()
    }

    /// The path of the file, or None.
    #[getter]
    fn file(&self) -> Option<String> {
        self.0.file()
    }

    /// The line, counted from 1, or None.
    #[getter]
    fn line(&self) -> Option<u32> {
        self.0.line()
    }

    /// The column in characters, counted from 1, or None.
    #[getter]
    fn column(&self) -> Option<u32> {
        self.0.column()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<flowsim.Diagnostic {}: {}>", self.0.code(), self.0.message())
    }
}
