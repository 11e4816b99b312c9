//! Projects: compiled flows and their fixtures.

use std::path::PathBuf;

use arrow_array::RecordBatchReader;
use flowsim::{Batch, BatchOptions, BatchSummary, Call, CompareOptions, ExploreOptions};
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyDict};

use crate::arrow;
use crate::error::{Diagnostic, invalid, raise};
use crate::interrupt::Signals;
use crate::json;
use crate::options::{Names, Paths, Tolerance};
use crate::rows::Rows;
use crate::session::Session;
use crate::trace::Trace;

/// Flows that were loaded and compiled together, and the fixtures that answer for the
/// outside world. Several threads can use one project.
#[pyclass(frozen, module = "flowsim")]
pub(crate) struct Project(flowsim::Project);

#[pymethods]
impl Project {
    /// Loads flows and fixtures.
    #[new]
    #[pyo3(signature = (flows=None, *, fixtures=None, project_file=None, profile=None, placeholders=None))]
    fn new(
        py: Python<'_>,
        flows: Option<Paths>,
        fixtures: Option<Paths>,
        project_file: Option<PathBuf>,
        profile: Option<String>,
        placeholders: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let mut builder = flowsim::Project::builder();
        let flows = flows.into_iter().flat_map(|paths| paths.0);
        builder = flows.fold(builder, |it, path| it.flows(path));
        let fixtures = fixtures.into_iter().flat_map(|paths| paths.0);
        builder = fixtures.fold(builder, |it, path| it.fixtures(path));
        for (name, value) in placeholders.into_iter().flatten() {
            builder = builder.set(name.extract::<String>()?, value.extract::<String>()?);
        }
        if let Some(file) = project_file {
            builder = builder.project_file(file);
        }
        if let Some(profile) = profile {
            builder = builder.profile(profile);
        }
        let loaded = py.detach(|| builder.load());
        loaded.map(Self).map_err(|error| raise(py, &error))
    }

    /// The flows: a dict with `id`, `name`, `type` and `version` for each.
    #[getter]
    fn flows<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let flows = self.0.flows().map(|flow| {
            let dict = PyDict::new(py);
            dict.set_item("id", flow.id())?;
            dict.set_item("name", flow.name())?;
            dict.set_item("type", flow.flow_type())?;
            dict.set_item("version", flow.version())?;
            Ok(dict)
        });
        flows.collect()
    }

    /// Checks the flows like `flowsim check`, and returns the findings.
    fn check(&self, py: Python<'_>) -> Vec<Diagnostic> {
        let findings = py.detach(|| self.0.check());
        findings.iter().map(Diagnostic::of).collect()
    }

    /// Makes a call. `call` is a dict with the keys of a row of `flowsim batch run`, which
    /// keyword arguments override.
    #[pyo3(signature = (call=None, **keys))]
    fn run(
        &self,
        call: Option<&Bound<'_, PyAny>>,
        keys: Option<&Bound<'_, PyDict>>,
        py: Python<'_>,
    ) -> PyResult<Trace> {
        let call = read_call(py, call, keys)?;
        let played = py.detach(|| self.0.run(&call));
        played.map(Trace).map_err(|error| raise(py, &error))
    }

    /// Starts a call that is answered question by question.
    #[pyo3(signature = (call=None, **keys))]
    fn session(
        &self,
        call: Option<&Bound<'_, PyAny>>,
        keys: Option<&Bound<'_, PyDict>>,
        py: Python<'_>,
    ) -> PyResult<Session> {
        let call = read_call(py, call, keys)?;
        let session = py.detach(|| self.0.session(&call));
        session.map(Session::new).map_err(|error| raise(py, &error))
    }

    /// Makes calls in parallel, on `jobs` threads; 0 is one for each core. Returns a dict for each, in order: its `id` and the
    /// selected properties, or `id` and `error`. For a table of Arrow, returns a stream of
    /// Arrow with the columns `id`, the selected properties and `error`.
    #[pyo3(signature = (calls, *, select=None, jobs=0))]
    fn run_batch<'py>(
        &self,
        py: Python<'py>,
        calls: &Bound<'py, PyAny>,
        select: Option<Names>,
        jobs: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let input = Input::of(calls)?;
        let options = input.options(select, jobs);
        let batch = self.0.calls(&options).map_err(|error| raise(py, &error))?;
        input.handled(py, &batch)
    }

    /// Compares recordings with the flows in parallel. Returns a dict for each, in order:
    /// its `id` and the selected properties, or `id` and `error`. For a table of Arrow,
    /// returns a stream of Arrow.
    #[pyo3(signature = (recordings, *, select=None, ignore=None, time_tolerance_ms=None, number_tolerance=None, distinct=false, jobs=0))]
    #[expect(clippy::too_many_arguments, reason = "they have names in Python")]
    fn compare<'py>(
        &self,
        py: Python<'py>,
        recordings: &Bound<'py, PyAny>,
        select: Option<Names>,
        ignore: Option<Names>,
        time_tolerance_ms: Option<u64>,
        number_tolerance: Option<Tolerance>,
        distinct: bool,
        jobs: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let rules = compare_options(ignore, time_tolerance_ms, number_tolerance);
        let input = Input::of(recordings)?;
        let options = input.options(select, jobs).distinct(distinct).compare(rules);
        let batch = self.0.comparisons(&options).map_err(|error| raise(py, &error))?;
        input.handled(py, &batch)
    }

    /// Compares recordings like `compare`, and returns the summary of all: a dict
    /// `flowsim.batch/1`. `merge_summaries` merges those of parts.
    #[pyo3(signature = (recordings, *, ignore=None, time_tolerance_ms=None, number_tolerance=None, distinct=false, jobs=0))]
    #[expect(clippy::too_many_arguments, reason = "they have names in Python")]
    fn compare_summary<'py>(
        &self,
        py: Python<'py>,
        recordings: &Bound<'py, PyAny>,
        ignore: Option<Names>,
        time_tolerance_ms: Option<u64>,
        number_tolerance: Option<Tolerance>,
        distinct: bool,
        jobs: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let rules = compare_options(ignore, time_tolerance_ms, number_tolerance);
        let (input, signals) = (Input::of(recordings)?, Signals::new());
        let options = BatchOptions::default()
            .summary(true)
            .distinct(distinct)
            .jobs(jobs)
            .compare(rules)
            .stop_when(signals.condition());
        let batch = self.0.comparisons(&options).map_err(|error| raise(py, &error))?;
        match input {
            Input::Table(table, _) => arrow::summary(py, &batch, table, &signals),
            Input::Rows(rows, _) => rows.summary(py, &batch, &signals),
        }
    }

    /// Compares recording files, and folders of them, with the flows. Returns a dict
    /// `flowsim.comparison/1` for each, with the path of its `recording`.
    fn compare_files<'py>(
        &self,
        py: Python<'py>,
        paths: Paths,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let signals = Signals::new();
        let options = CompareOptions::default().stop_when(signals.condition());
        let compared = py.detach(|| self.0.compare_batch(&paths.0, &options));
        signals.check()?;
        let compared = compared.map_err(|error| raise(py, &error))?;
        let documents = compared.iter().map(|it| {
            let document = json::loads(py, &it.to_json())?;
            let path = it.recording().to_string_lossy().replace('\\', "/");
            document.set_item("recording", path)?;
            Ok(document)
        });
        documents.collect()
    }

    /// Searches all calls like `flowsim explore`, and returns the verdicts as a dict.
    #[pyo3(signature = (flow=None, *, budget=None, fixed=false, paths=0))]
    fn explore<'py>(
        &self,
        py: Python<'py>,
        flow: Option<String>,
        budget: Option<u64>,
        fixed: bool,
        paths: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let signals = Signals::new();
        let options = ExploreOptions::default().fixed(fixed).paths(paths);
        let mut options = options.stop_when(signals.condition());
        if let Some(flow) = flow {
            options = options.flow(flow);
        }
        if let Some(budget) = budget {
            options = options.budget(budget);
        }
        let explored = py.detach(|| self.0.explore(&options));
        signals.check()?;
        json::loads(py, &explored.map_err(|error| raise(py, &error))?.to_json())
    }

    fn __repr__(&self) -> String {
        let names: Vec<&str> = self.0.flows().map(|flow| flow.name()).collect();
        format!("<flowsim.Project of {}>", names.join(", "))
    }
}

/// Merges summaries of `Project.compare_summary` or `flowsim batch compare --summary`: that
/// of the whole equals the merged summaries of its parts, in any order.
#[pyfunction]
pub(crate) fn merge_summaries<'py>(
    py: Python<'py>,
    summaries: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut merged: Option<BatchSummary> = None;
    for object in summaries.try_iter()? {
        let object = object?;
        let text = match json::text(&object)? {
            Some(text) => String::from_utf8_lossy(&text).into_owned(),
            None => json::dumps(&object)?.to_string(),
        };
        let summary = BatchSummary::from_json(&text).map_err(|it| raise(py, &it))?;
        merged = Some(match merged {
            Some(merged) => merged.merged(summary),
            None => summary,
        });
    }
    let merged = merged.ok_or_else(|| invalid(py, "no summaries found"))?;
    json::loads(py, &merged.to_json())
}

/// Reads a call from a dict and keyword arguments.
fn read_call(
    py: Python<'_>,
    call: Option<&Bound<'_, PyAny>>,
    keys: Option<&Bound<'_, PyDict>>,
) -> PyResult<Call> {
    let all = PyDict::new(py);
    if let Some(call) = call {
        all.update(call.cast()?)?;
    }
    if let Some(keys) = keys {
        all.update(keys.as_mapping())?;
    }
    Call::from_json(&json::dumps(&all)?).map_err(|error| raise(py, &error))
}

/// The rows of a batch, and the signals that end it.
enum Input {
    Table(Box<dyn RecordBatchReader + Send>, Signals),
    Rows(Rows, Signals),
}

impl Input {
    fn of(objects: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(match arrow::table(objects)? {
            Some(table) => Self::Table(table, Signals::of_stream()),
            None => Self::Rows(Rows::of(objects)?, Signals::new()),
        })
    }

    fn options(&self, select: Option<Names>, jobs: usize) -> BatchOptions {
        let (Self::Table(_, signals) | Self::Rows(_, signals)) = self;
        let select = select.map_or_else(Vec::new, |names| names.0);
        BatchOptions::default().select(select).jobs(jobs).stop_when(signals.condition())
    }

    fn handled<'py>(self, py: Python<'py>, batch: &Batch) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Table(table, _) => arrow::handled(py, batch, table),
            Self::Rows(rows, signals) => rows.handled(py, batch, &signals),
        }
    }
}

fn compare_options(
    ignore: Option<Names>,
    time_tolerance_ms: Option<u64>,
    number_tolerance: Option<Tolerance>,
) -> CompareOptions {
    let ignore = ignore.into_iter().flat_map(|names| names.0);
    let mut options = ignore.fold(CompareOptions::default(), CompareOptions::ignore);
    if let Some(milliseconds) = time_tolerance_ms {
        options = options.time_tolerance(std::time::Duration::from_millis(milliseconds));
    }
    if let Some(number) = number_tolerance {
        options = options.number_tolerance(number.0);
    }
    options
}
