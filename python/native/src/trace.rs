//! Traces of calls.

use pyo3::prelude::*;
use pyo3::types::{PyAny, PyDict};

use crate::json;

/// Everything that happened in one call.
#[pyclass(frozen, module = "flowsim")]
pub(crate) struct Trace(pub(crate) flowsim::Trace);

#[pymethods]
impl Trace {
    /// `completed`, `error` or `timeout`.
    #[getter]
    fn status(&self) -> &'static str {
        self.0.status().name()
    }

    /// The code of the error that ended the call, or None.
    #[getter]
    fn error_code(&self) -> Option<&'static str> {
        self.0.error_code()
    }

    /// The message of the error that ended the call, or None.
    #[getter]
    fn error_message(&self) -> Option<&str> {
        self.0.error_message()
    }

    /// The name of the flow in which the call started.
    #[getter]
    fn flow(&self) -> &str {
        self.0.flow()
    }

    /// The names of the executed nodes, in order.
    #[getter]
    fn path(&self) -> Vec<&str> {
        self.0.path()
    }

    /// The prompts that the caller heard, in order.
    #[getter]
    fn prompts(&self) -> Vec<&str> {
        self.0.prompts()
    }

    /// The variables of the first flow at the end, by name.
    #[getter]
    fn variables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, value) in self.0.variables() {
            dict.set_item(name, json::object(py, &value)?)?;
        }
        Ok(dict)
    }

    /// The last routing to a queue: a dict with `queueId`, `queueName`, `skills` and
    /// `priority`, or None. If an agent answered, also with `answeredAfterMs`, and `agent` if
    /// known.
    #[getter]
    fn routing<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(routing) = self.0.routing() else { return Ok(None) };
        let dict = PyDict::new(py);
        dict.set_item("queueId", routing.queue_id())?;
        dict.set_item("queueName", routing.queue_name())?;
        dict.set_item("skills", routing.skills().collect::<Vec<_>>())?;
        dict.set_item("priority", routing.priority())?;
        if let Some(waited) = routing.answered_after() {
            dict.set_item("answeredAfterMs", waited.as_millis())?;
        }
        if let Some(agent) = routing.agent() {
            dict.set_item("agent", agent)?;
        }
        Ok(Some(dict))
    }

    /// The last transfer to something other than a queue: a dict with `kind`, `id` and
    /// `name`, or None.
    #[getter]
    fn transfer<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(transfer) = self.0.transfer() else { return Ok(None) };
        let dict = PyDict::new(py);
        dict.set_item("kind", transfer.kind())?;
        dict.set_item("id", transfer.id())?;
        dict.set_item("name", transfer.name())?;
        Ok(Some(dict))
    }

    /// The duration on the virtual clock, in milliseconds.
    #[getter]
    fn elapsed_ms(&self) -> u128 {
        self.0.elapsed().as_millis()
    }

    /// The number of inputs that no flow requested.
    #[getter]
    fn unused_inputs(&self) -> usize {
        self.0.unused_inputs()
    }

    /// Returns the call as a dict, `flowsim.trace/1`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::loads(py, &self.0.to_json())
    }

    /// Returns the call as JSON on one line, `flowsim.trace/1`.
    fn to_json(&self) -> String {
        self.0.to_json()
    }

    /// Returns the call as a tree, like `flowsim run`.
    fn to_text(&self) -> String {
        self.0.to_text()
    }

    fn __str__(&self) -> String {
        self.0.to_text()
    }

    fn __repr__(&self) -> String {
        let (flow, status) = (self.0.flow(), self.0.status().name());
        format!("<flowsim.Trace of {flow}: {status}>")
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
