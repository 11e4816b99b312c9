//! Projects: compiled flows and their fixtures.

use std::path::PathBuf;

use flowsim::{BatchOptions, BatchSummary, Call, CompareOptions, ExploreOptions};
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyDict, PyList};

use crate::arrow;
use crate::error::{Diagnostic, raise};
use crate::json;
use crate::session::Session;
use crate::trace::Trace;

/// Flows that were loaded and compiled together, and the fixtures that answer for the
/// outside world. Several threads can use one project.
#[pyclass(frozen, module = "flowsim")]
pub(crate) struct Project(flowsim::Project);

/// A path, or several.
#[derive(FromPyObject)]
enum Paths {
    One(PathBuf),
    Several(Vec<PathBuf>),
}

impl Paths {
    fn all(paths: Option<Self>) -> Vec<PathBuf> {
        match paths {
            None => Vec::new(),
            Some(Self::One(path)) => vec![path],
            Some(Self::Several(paths)) => paths,
        }
    }
}

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
        builder = Paths::all(flows).into_iter().fold(builder, |it, path| it.flows(path));
        let fixtures = Paths::all(fixtures).into_iter();
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
        findings.into_iter().map(Diagnostic).collect()
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
        select: Option<Vec<String>>,
        jobs: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options =
            BatchOptions::default().select(select.unwrap_or_default()).jobs(jobs);
        let batch = self.0.calls(&options).map_err(|error| raise(py, &error))?;
        output(&batch, calls)
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
        select: Option<Vec<String>>,
        ignore: Option<Vec<String>>,
        time_tolerance_ms: Option<u64>,
        number_tolerance: Option<String>,
        distinct: bool,
        jobs: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let rules = compare_options(ignore, time_tolerance_ms, number_tolerance);
        let options = BatchOptions::default()
            .select(select.unwrap_or_default())
            .distinct(distinct)
            .jobs(jobs)
            .compare(rules);
        let batch = self.0.comparisons(&options).map_err(|error| raise(py, &error))?;
        output(&batch, recordings)
    }

    /// Compares recordings like `compare`, and returns the summary of all: a dict
    /// `flowsim.batch/1`. `merge_summaries` merges those of parts.
    #[pyo3(signature = (recordings, *, ignore=None, time_tolerance_ms=None, number_tolerance=None, distinct=false, jobs=0))]
    #[expect(clippy::too_many_arguments, reason = "they have names in Python")]
    fn compare_summary<'py>(
        &self,
        py: Python<'py>,
        recordings: &Bound<'py, PyAny>,
        ignore: Option<Vec<String>>,
        time_tolerance_ms: Option<u64>,
        number_tolerance: Option<String>,
        distinct: bool,
        jobs: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let rules = compare_options(ignore, time_tolerance_ms, number_tolerance);
        let options = BatchOptions::default()
            .summary(true)
            .distinct(distinct)
            .jobs(jobs)
            .compare(rules);
        let batch = self.0.comparisons(&options).map_err(|error| raise(py, &error))?;
        if let Some(table) = arrow::table(recordings)? {
            return arrow::summary(py, &batch, table);
        }
        let rows = rows(recordings)?;
        let output = py.detach(|| batch.rows(&rows));
        let summary = output.summary().map(BatchSummary::to_json);
        json::loads(py, summary.as_deref().unwrap_or("null"))
    }

    /// Compares recording files, and folders of them, with the flows. Returns a dict
    /// `flowsim.comparison/1` for each.
    fn compare_files<'py>(
        &self,
        py: Python<'py>,
        paths: Paths,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let paths = Paths::all(Some(paths));
        let options = CompareOptions::default();
        let compared = py.detach(|| self.0.compare_batch(&paths, &options));
        let compared = compared.map_err(|error| raise(py, &error))?;
        compared.iter().map(|it| json::loads(py, &it.to_json())).collect()
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
        let mut options = ExploreOptions::default().fixed(fixed).paths(paths);
        if let Some(flow) = flow {
            options = options.flow(flow);
        }
        if let Some(budget) = budget {
            options = options.budget(budget);
        }
        let explored = py.detach(|| self.0.explore(&options));
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
    for text in rows(summaries)? {
        let text = String::from_utf8_lossy(&text);
        let summary = BatchSummary::from_json(&text).map_err(|it| raise(py, &it))?;
        merged = Some(match merged {
            Some(merged) => merged.merged(summary),
            None => summary,
        });
    }
    let merged = merged.map(|it| it.to_json());
    json::loads(py, merged.as_deref().unwrap_or("null"))
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

/// Converts each object of an iterable to JSON.
fn rows(objects: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<u8>>> {
    objects.try_iter()?.map(|object| json::document(&object?)).collect()
}

/// Handles the rows of a table of Arrow, or of an iterable of objects.
fn output<'py>(
    batch: &flowsim::Batch,
    objects: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = objects.py();
    if let Some(table) = arrow::table(objects)? {
        return arrow::handled(py, batch, table);
    }
    let rows = rows(objects)?;
    let output = py.detach(|| batch.rows(&rows));
    let list = PyList::empty(py);
    for row in output.rows() {
        list.append(json::loads(py, row)?)?;
    }
    Ok(list.into_any())
}

fn compare_options(
    ignore: Option<Vec<String>>,
    time_tolerance_ms: Option<u64>,
    number_tolerance: Option<String>,
) -> CompareOptions {
    let ignore = ignore.unwrap_or_default().into_iter();
    let mut options = ignore.fold(CompareOptions::default(), CompareOptions::ignore);
    if let Some(milliseconds) = time_tolerance_ms {
        options = options.time_tolerance(std::time::Duration::from_millis(milliseconds));
    }
    if let Some(number) = number_tolerance {
        options = options.number_tolerance(number);
    }
    options
}
