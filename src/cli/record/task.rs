//! Recording tasks: requests from files, and executions.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexSet;

use super::{broken, unexpected};
use crate::cli::exit::Exit;
use crate::cli::filter::FilterOption;
use crate::cli::output;
use crate::cli::project::Project;
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::engine::{DEFAULT_START, Request, start};
use crate::flow::read::json;
use crate::platform::{Service, Task};
use crate::recording;
use crate::runner::Library;
use crate::source::{Files, Kind, Node, read_document};
use crate::suite::{Case, SuiteFile, discover};
use crate::value::{Json, Text};

/// Number of execution documents that the service prepares per request.
const TOGETHER: usize = 10;

/// Timeout of a test's call in milliseconds on the service's clock, if the test does not
/// set one. Tests without a timeout have no local limit, but the service requires one.
const TIMEOUT_MS: i64 = 60_000;

/// Splits executions into tasks of several each.
pub(super) fn executions(ids: &[Text]) -> Vec<Task> {
    let together = ids.chunks(TOGETHER);
    together.map(|ids| Task::Executions { ids: ids.to_vec() }).collect()
}

/// Reads the query of a file.
pub(super) fn query(path: &Path, files: &mut Files) -> Result<Json, Exit> {
    read(path, files, |document| match document.kind {
        Kind::Object(_) => Ok(json(document)),
        _ => Err(vec![unexpected(document, "a query, an object")]),
    })
}

/// Reads a file; reports its problems.
fn read<T>(
    path: &Path,
    files: &mut Files,
    of: impl FnOnce(&Node<'_>) -> Result<T, Vec<Diagnostic>>,
) -> Result<T, Exit> {
    let result = files.load(path).map_err(|problem| vec![problem.into()]);
    let result = result.and_then(|file| {
        let document = read_document(&file).map_err(|problem| vec![problem.into()])?;
        of(&document)
    });
    result.map_err(|diagnostics| broken(&diagnostics, files))
}

/// A call to simulate.
pub(super) struct Simulated {
    pub(super) request: Json,
    /// Name for messages.
    pub(super) name: Text,
    /// Id of the recording that is replaced.
    pub(super) id: Option<Text>,
}

/// Reads simulation requests.
pub(super) struct Requests<'r> {
    /// Flow that replaces the one of each request.
    pub(super) flow: Option<&'r str>,
    /// The service that simulates the calls.
    pub(super) service: &'r Service,
    /// Filter of the tests and recordings.
    pub(super) filter: &'r FilterOption,
    /// Gives files and values to scenario files.
    pub(super) project: &'r Project,
    pub(super) files: &'r mut Files,
}

impl Requests<'_> {
    /// Returns the calls of request files, scenario files and recordings, in order and
    /// without duplicates.
    pub(super) fn read(
        mut self,
        requests: &[PathBuf],
        scenarios: &[PathBuf],
        recordings: &[PathBuf],
    ) -> Result<Vec<Simulated>, Exit> {
        let mut found: Vec<Simulated> = Vec::new();
        let mut texts = IndexSet::new();
        let mut add = |call: Simulated| {
            if texts.insert(call.request.to_string()) {
                found.push(call);
            }
        };
        for path in requests {
            let mut request = read(path, self.files, Request::read)?;
            if let Some(flow) = self.flow {
                request.flow = flow.into();
            }
            let name = path.display().to_string().into();
            add(Simulated { request: request.to_json(), name, id: None });
        }
        if !scenarios.is_empty() {
            self.scenarios(scenarios)?.into_iter().for_each(&mut add);
        }
        if !recordings.is_empty() {
            self.recordings(recordings)?.into_iter().for_each(add);
        }
        Ok(found)
    }

    /// Returns the requests of recordings. Documents of real interactions have none,
    /// because those cannot be simulated again.
    fn recordings(&mut self, paths: &[PathBuf]) -> Result<Vec<Simulated>, Exit> {
        let (paths, mut diagnostics) = recording::discover(paths, self.files);
        let mut found = Vec::new();
        for path in &paths {
            let (recording, problems) = recording::load(path, self.files);
            diagnostics.extend(problems);
            let accepted = recording.filter(|it| self.filter.accepts_recording(path, it));
            let Some(recording) = accepted else { continue };
            let Some(mut request) = recording.request else { continue };
            if let (Some(flow), Json::Object(entries)) = (self.flow, &mut request) {
                Arc::make_mut(entries).insert("flowId".into(), flow.into());
            }
            let base_url = recording.source.base_url.as_deref().unwrap_or_default();
            // The same call under another spelling of the address is the same recording.
            let is_same = self.flow.is_none() && self.service.is_same(base_url);
            let name = ecow::eco_format!("recording {}", recording.id);
            found.push(Simulated { request, name, id: is_same.then_some(recording.id) });
        }
        if diagnostics.iter().any(|it| it.severity == Severity::Error) {
            sort(&mut diagnostics);
            return Err(broken(&diagnostics, self.files));
        }
        Ok(found)
    }

    fn scenarios(&mut self, paths: &[PathBuf]) -> Result<Vec<Simulated>, Exit> {
        let (paths, mut diagnostics) = discover(paths, self.files);
        let project = Arc::new(self.project.context(self.files)?);
        let library = Library::load_in(project, &paths, self.files);
        diagnostics.extend(library.diagnostics.iter().cloned());
        sort(&mut diagnostics);
        if diagnostics.iter().any(|it| it.severity == Severity::Error) {
            return Err(broken(&diagnostics, self.files));
        }
        let mut requests = Vec::new();
        for suite in &library.suites {
            let is_recorded = |case: &&Case| {
                case.skip.is_none() && self.filter.accepts_test(&suite.path, case)
            };
            for case in suite.cases.iter().filter(is_recorded) {
                let flow = match self.flow {
                    Some(flow) => Ok(Text::from(flow)),
                    None => flow_of(case, suite, &library, self.files),
                };
                let flow = flow.map_err(|problems| broken(&problems, self.files))?;
                if let Some(left_out) = left_out(case) {
                    let name = &case.name;
                    let text = format!(
                        "`{name}`: simulation requests do not support {left_out}"
                    );
                    output::message("warning", &text);
                }
                let request = request_of(case, flow).to_json();
                let file = suite.path.display();
                let line = self.files.position(case.span).line;
                let name = ecow::eco_format!("`{}` ({file}:{line})", case.name);
                requests.push(Simulated { request, name, id: None });
            }
        }
        Ok(requests)
    }
}

/// Returns the id of the flow that a test starts.
fn flow_of(
    case: &Case,
    suite: &SuiteFile,
    library: &Library,
    files: &Files,
) -> Result<Text, Vec<Diagnostic>> {
    let program = library.program(suite, files).map_err(|problems| problems.to_vec())?;
    let fixtures =
        library.fixtures(suite, files).map_err(|problems| problems.to_vec())?;
    let number = start::dialled_number(&case.start.context);
    let routed = number.as_deref().and_then(|number| {
        let at = case.start.at.unwrap_or(DEFAULT_START);
        Some((number, fixtures.route(number, at)?))
    });
    let (flow, place) = match (&case.start.flow, routed) {
        (Some(name), _) => (start::flow(&program, &name.value), name.span),
        (None, Some((number, routed))) => {
            (start::dialled(&program, number, routed), case.span)
        }
        (None, None) => (start::only_entry(&program), case.span),
    };
    let flow = flow.map_err(|problem| vec![problem.at(place)])?;
    Ok(program.symbols.flow(flow).id.clone())
}

fn request_of(case: &Case, flow: Text) -> Request {
    Request {
        flow,
        node: case.start.node.as_ref().map(|node| node.value.clone()),
        context: case.start.context.clone(),
        timeout_ms: case.start.timeout_ms.unwrap_or(TIMEOUT_MS),
        inputs: case.inputs.clone(),
    }
}

/// Lists settings of a test that a simulation request does not support.
fn left_out(case: &Case) -> Option<String> {
    let start = &case.start;
    let unsupported = [
        ("`variables`", !start.variables.is_empty()),
        ("`at`", start.at.is_some()),
        ("`maxActions`", start.max_actions.is_some()),
        ("`seed`", start.seed != 0),
    ];
    let unsupported: Vec<&str> =
        unsupported.iter().filter(|(_, is)| *is).map(|(key, _)| *key).collect();
    (!unsupported.is_empty()).then(|| unsupported.join(", "))
}
