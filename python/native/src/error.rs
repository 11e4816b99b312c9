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

/// Creates the error of an invalid argument.
pub(crate) fn invalid(py: Python<'_>, message: &str) -> PyErr {
    let raised = Error::new_err(message.to_owned());
    match describe(raised.value(py), "invalid", &[]) {
        Ok(()) => raised,
        Err(other) => other,
    }
}

/// Converts an error of the library.
pub(crate) fn raise(py: Python<'_>, error: &flowsim::Error) -> PyErr {
    let raised = Error::new_err(error.to_string());
    let kind = match error.kind() {
        ErrorKind::Load => "load",
        ErrorKind::Invalid => "invalid",
        _ => "system",
    };
    match describe(raised.value(py), kind, error.diagnostics()) {
        Ok(()) => raised,
        Err(other) => other,
    }
}

fn describe(
    raised: &Bound<'_, PyAny>,
    kind: &str,
    diagnostics: &[flowsim::Diagnostic],
) -> PyResult<()> {
    let first = diagnostics.first();
    raised.setattr("kind", kind)?;
    raised.setattr("code", first.map(flowsim::Diagnostic::code))?;
    raised.setattr("file", first.and_then(flowsim::Diagnostic::file))?;
    raised.setattr("line", first.and_then(flowsim::Diagnostic::line))?;
    raised.setattr("column", first.and_then(flowsim::Diagnostic::column))?;
    let all = diagnostics.iter().map(Diagnostic::of);
    raised.setattr("diagnostics", all.collect::<Vec<_>>())
}

/// The parts of a finding, in the order of the arguments of its class.
type Parts = (
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<u32>,
    Option<u32>,
    String,
);

/// A finding: a stable code, a message, a place in a file, and advice.
#[pyclass(frozen, eq, hash, module = "flowsim")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Diagnostic(Parts);

impl Diagnostic {
    pub(crate) fn of(finding: &flowsim::Diagnostic) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self((
            finding.code().to_owned(),
            finding.severity().name().to_owned(),
            finding.message().to_owned(),
            owned(finding.help()),
            owned(finding.flow()),
            owned(finding.node()),
            finding.file(),
            finding.line(),
            finding.column(),
            finding.to_string(),
        ))
    }
}

#[pymethods]
impl Diagnostic {
    /// Restores a finding that was pickled.
    #[new]
    #[pyo3(signature = (*parts))]
    fn new(parts: Parts) -> Self {
        Self(parts)
    }

    fn __getnewargs__(&self) -> Parts {
        self.0.clone()
    }

    /// The code, such as `DANGLING_REFERENCE`.
    #[getter]
    fn code(&self) -> &str {
        &self.0.0
    }

    /// `error`, `warning` or `note`.
    #[getter]
    fn severity(&self) -> &str {
        &self.0.1
    }

    /// The finding and the expectation.
    #[getter]
    fn message(&self) -> &str {
        &self.0.2
    }

    /// The advice, or None.
    #[getter]
    fn help(&self) -> Option<&str> {
        self.0.3.as_deref()
    }

    /// The affected flow, by id or name, or None.
    #[getter]
    fn flow(&self) -> Option<&str> {
        self.0.4.as_deref()
    }

    /// The id of the affected node, or None.
    #[getter]
    fn node(&self) -> Option<&str> {
        self.0.5.as_deref()
    }

    /// The path of the file, or None.
    #[getter]
    fn file(&self) -> Option<&str> {
        self.0.6.as_deref()
    }

    /// The line, counted from 1, or None.
    #[getter]
    fn line(&self) -> Option<u32> {
        self.0.7
    }

    /// The column in characters, counted from 1, or None.
    #[getter]
    fn column(&self) -> Option<u32> {
        self.0.8
    }

    fn __str__(&self) -> &str {
        &self.0.9
    }

    fn __repr__(&self) -> String {
        format!("<flowsim.Diagnostic {}: {}>", self.code(), self.message())
    }
}
