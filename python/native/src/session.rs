//! Calls that are answered step by step.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flowsim::{Answer, Question, Value};
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyDict};

use crate::error::raise;
use crate::json;
use crate::trace::Trace;

/// A call in progress. It stops at every request of the flow to the outside world.
///
/// A session is a value: `copy.copy(session)` at a question is independent, and can get
/// another answer.
#[pyclass(frozen, module = "flowsim")]
pub(crate) struct Session(Mutex<flowsim::Session>);

impl Session {
    pub(crate) fn new(session: flowsim::Session) -> Self {
        Self(Mutex::new(session))
    }

    /// Locks the session for a step, which is short. No code of Python may run until it is
    /// unlocked: another thread of Python could wait for it and block the interpreter.
    fn session(&self) -> MutexGuard<'_, flowsim::Session> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give(&self, py: Python<'_>, answer: Answer) -> PyResult<()> {
        let answered = self.session().answer(answer);
        answered.map_err(|error| raise(py, &error))
    }
}

#[pymethods]
impl Session {
    /// The request that the call waits for, or None if the call is over. A dict whose
    /// `kind` is `input`, `contact`, `dataAction`, `webhook`, `queueStatistics`, `action`
    /// or `queue`.
    #[getter]
    fn question<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let question = self.session().question();
        question.map(|it| described(py, &it)).transpose()
    }

    /// Gives the caller's input, such as `"1"` or `"say:yes"`; None is silence.
    #[pyo3(signature = (input))]
    fn input(&self, py: Python<'_>, input: Option<&str>) -> PyResult<()> {
        self.give(py, Answer::input(input.unwrap_or("-")))
    }

    /// Gives the response of a data action or webhook.
    #[pyo3(signature = (status, body=None, *, latency_ms=0))]
    fn respond(
        &self,
        py: Python<'_>,
        status: u16,
        body: Option<&Bound<'_, PyAny>>,
        latency_ms: u64,
    ) -> PyResult<()> {
        let body = body.map_or(Ok(Value::null()), json::value)?;
        let latency = Duration::from_millis(latency_ms);
        self.give(py, Answer::response(status, body).latency(latency))
    }

    /// Reports that a webhook gave no usable answer, for this reason.
    fn fail(&self, py: Python<'_>, reason: &str) -> PyResult<()> {
        self.give(py, Answer::failed(reason))
    }

    /// Gives the contact: a dict with `id`, `name`, `email` and `attributes`.
    fn contact(&self, py: Python<'_>, contact: &Bound<'_, PyAny>) -> PyResult<()> {
        let contact = json::value(contact)?;
        self.give(py, Answer::contact(contact))
    }

    /// Gives the statistics of a queue, a dict.
    fn statistics(&self, py: Python<'_>, statistics: &Bound<'_, PyAny>) -> PyResult<()> {
        let statistics = json::value(statistics)?;
        self.give(py, Answer::statistics(statistics))
    }

    /// Gives the outputs of an action that flowsim does not simulate, by name, and its
    /// output path.
    #[pyo3(signature = (outputs=None, *, path=None, latency_ms=0))]
    fn action(
        &self,
        py: Python<'_>,
        outputs: Option<&Bound<'_, PyDict>>,
        path: Option<&str>,
        latency_ms: u64,
    ) -> PyResult<()> {
        let mut given = Vec::new();
        for (name, value) in outputs.into_iter().flatten() {
            given.push((name.extract::<String>()?, json::value(&value)?));
        }
        let mut answer = Answer::action(given).latency(Duration::from_millis(latency_ms));
        if let Some(path) = path {
            answer = answer.path(path);
        }
        self.give(py, answer)
    }

    /// Reports that the queue accepts the conversation.
    fn accept(&self, py: Python<'_>) -> PyResult<()> {
        self.give(py, Answer::accepted())
    }

    /// Reports that no agent of the queue has all the required skills.
    fn skill_mismatch(&self, py: Python<'_>) -> PyResult<()> {
        self.give(py, Answer::skill_mismatch())
    }

    /// Reports that there is no such contact or queue.
    fn not_found(&self, py: Python<'_>) -> PyResult<()> {
        self.give(py, Answer::not_found())
    }

    /// Leaves the question open: an action without a fixture.
    fn unprepared(&self, py: Python<'_>) -> PyResult<()> {
        self.give(py, Answer::unprepared())
    }

    /// Answers from the fixtures of the project. The caller's input is the next one of the
    /// call, then silence. After the end this has no effect.
    #[pyo3(name = "from_fixtures")]
    fn answer_from_fixtures(&self) {
        self.session().answer_from_fixtures();
    }

    /// Answers from the fixtures until the flow requests the caller's input, and returns
    /// that question. Returns None if the call ends first.
    fn next_input<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let question = self.session().next_input();
        question.map(|it| described(py, &it)).transpose()
    }

    /// Whether the call is over.
    #[getter]
    fn is_over(&self) -> bool {
        self.session().is_over()
    }

    /// The time on the virtual clock since the start of the call, in milliseconds.
    #[getter]
    fn elapsed_ms(&self) -> u128 {
        self.session().elapsed().as_millis()
    }

    /// The prompts that the caller has heard so far.
    #[getter]
    fn prompts(&self) -> Vec<String> {
        self.session().prompts().into_iter().map(str::to_owned).collect()
    }

    /// Returns the current value of a variable of the first flow. Raises KeyError if there
    /// is no such variable.
    fn variable<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let value = self.session().variable(name);
        match value {
            Some(value) => json::object(py, &value),
            None => Err(pyo3::exceptions::PyKeyError::new_err(name.to_owned())),
        }
    }

    /// Sets a variable of the first flow. After the end this has no effect.
    fn set_variable(&self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = json::value(value)?;
        self.session().set_variable(name, value);
        Ok(())
    }

    /// Returns the trace so far, as if the call were completed here.
    fn trace(&self) -> Trace {
        Trace(self.session().trace())
    }

    fn __copy__(&self) -> Self {
        Self::new(self.session().clone())
    }

    fn __repr__(&self) -> String {
        let state = if self.session().is_over() { "over" } else { "in progress" };
        format!("<flowsim.Session, {state}>")
    }
}

/// Converts a question to a dict.
fn described<'py>(py: Python<'py>, question: &Question) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    match question {
        Question::Input { .. } => input(&dict, question)?,
        Question::Contact { key, .. } => {
            dict.set_item("kind", "contact")?;
            dict.set_item("key", key)?;
        }
        Question::DataAction { id, name, inputs, .. } => {
            dict.set_item("kind", "dataAction")?;
            dict.set_item("id", id)?;
            dict.set_item("name", name)?;
            dict.set_item("inputs", named(py, inputs)?)?;
        }
        Question::Webhook { id, url, body, timeout, .. } => {
            dict.set_item("kind", "webhook")?;
            dict.set_item("id", id)?;
            dict.set_item("url", url)?;
            dict.set_item("body", json::object(py, body)?)?;
            dict.set_item("timeoutMs", timeout.as_millis())?;
        }
        Question::QueueStatistics { queue, .. } => {
            dict.set_item("kind", "queueStatistics")?;
            dict.set_item("queue", queue)?;
        }
        Question::Action { flow, kind, name, inputs, .. } => {
            dict.set_item("kind", "action")?;
            dict.set_item("flow", flow)?;
            dict.set_item("action", kind)?;
            dict.set_item("name", name)?;
            dict.set_item("inputs", named(py, inputs)?)?;
        }
        Question::Queue { id, name, skills, .. } => {
            dict.set_item("kind", "queue")?;
            dict.set_item("id", id)?;
            dict.set_item("name", name)?;
            dict.set_item("skills", skills)?;
        }
        // A kind that this version does not know has only its description.
        other => dict.set_item("kind", format!("{other:?}"))?,
    }
    Ok(dict)
}

fn input(dict: &Bound<'_, PyDict>, question: &Question) -> PyResult<()> {
    let Question::Input {
        node,
        min_digits,
        max_digits,
        timeout,
        terminating_key,
        choices,
        ..
    } = question
    else {
        return Ok(());
    };
    dict.set_item("kind", "input")?;
    dict.set_item("node", node)?;
    dict.set_item("minDigits", min_digits)?;
    dict.set_item("maxDigits", max_digits)?;
    dict.set_item("timeoutMs", timeout.as_millis())?;
    dict.set_item("terminatingKey", terminating_key)?;
    let choices = choices.iter().map(|choice| {
        let dict = PyDict::new(dict.py());
        dict.set_item("key", choice.key)?;
        dict.set_item("name", &choice.name)?;
        Ok(dict)
    });
    dict.set_item("choices", choices.collect::<PyResult<Vec<_>>>()?)
}

fn named<'py>(
    py: Python<'py>,
    values: &[(String, Value)],
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in values {
        dict.set_item(name, json::object(py, value)?)?;
    }
    Ok(dict)
}
