//! Loads the call that a person debugs: of a flow, a test, a recording or an exploration.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::difference::Differing;
use super::witness;
use crate::analysis::comparison::Rules;
use crate::diagnostic::{Code, Diagnostic, Severity, nearest, sort};
use crate::engine::{Call, Limits, Session, start};
use crate::flow::{FlowId, check, read};
use crate::program::Program;
use crate::recording;
use crate::report::scenario::Start;
use crate::runner::{
    Library, Plan, Planned, ProjectContext, merged_fixtures, recording as recorded_call,
};
use crate::source::Files;
use crate::suite::{self, Recorded, Selection};
use crate::timeline::Scripted;
use crate::value::{DateTime, Text, Value};
use crate::world::{Answer, Fixtures, Input};

/// Everything that a person says about the call to debug.
#[derive(Debug, Clone, Default)]
pub struct Launch {
    /// Flow files and folders; not for a test, whose file names them.
    pub flows: Vec<PathBuf>,
    /// Fixture files and folders.
    pub fixtures: Vec<PathBuf>,
    /// Flow to start, by id, name, or name and type.
    pub start: Option<String>,
    /// Context fields.
    pub context: Vec<(Text, Value)>,
    /// Variables that are set before the first node.
    pub variables: Vec<(Text, Value)>,
    /// Start of the virtual clock.
    pub at: Option<DateTime>,
    /// Random seed.
    pub seed: u64,
    /// Maximum number of actions.
    pub max_actions: Option<u32>,
    /// The caller's inputs, in order.
    pub inputs: Vec<Input>,
    /// Origin of the call.
    pub origin: Origin,
    /// The project: placeholders, and the organisation that fixtures are merged over.
    pub project: Arc<ProjectContext>,
}

/// The origin of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// The other fields of the launch.
    #[default]
    Flow,
    /// A test of a scenario file, by its name; the only one without a name.
    Test(PathBuf, Option<String>),
    /// A recorded call.
    Recording(PathBuf),
    /// A call of the JSON of an exploration, by the name or id of an action that it
    /// reaches; the first call without a name.
    Exploration(PathBuf, Option<String>),
}

/// A call that is ready to be debugged.
#[derive(Debug)]
pub struct Target {
    /// The compiled flows.
    pub program: Arc<Program>,
    /// The call.
    pub call: Call,
    /// Host of the call.
    pub respondent: Scripted,
    /// The organisation.
    pub fixtures: Arc<Fixtures>,
    /// First difference from a recording.
    pub difference: Option<Differing>,
    /// Start of the call in a scenario file; `None` for a recording, whose answers a
    /// scenario does not have.
    pub start: Option<Start>,
    /// Diagnostics that do not prevent the call.
    pub diagnostics: Vec<Diagnostic>,
}

/// Problems that prevent a call.
pub type Problems = Vec<Diagnostic>;

/// Loads the call.
///
/// # Errors
/// Everything that does not exist, does not load or does not fit.
pub fn load(launch: &Launch, files: &mut Files) -> Result<Target, Problems> {
    match &launch.origin {
        Origin::Flow => of_flow(launch, files),
        Origin::Test(file, name) => of_test(launch, file, name.as_deref(), files),
        Origin::Recording(file) => of_recording(launch, file, files),
        Origin::Exploration(file, goal) => {
            let witness = witness::read(file, goal.as_deref(), files)?;
            of_flow(&witness.launch(launch), files).and_then(|it| witness.over(it))
        }
    }
}

/// Returns the problem of a launch with these words.
pub(super) fn problem(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::INVALID_LAUNCH, message)
}

fn of_flow(launch: &Launch, files: &mut Files) -> Result<Target, Problems> {
    let (program, diagnostics) = program(launch, files)?;
    let fixtures = fixtures(launch, files)?;
    let flow = match &launch.start {
        Some(name) => start::flow(&program, name),
        None => start::only_entry(&program)
            .map_err(|problem| Box::new(problem.help("name one"))),
    };
    let flow = flow.map_err(|problem| vec![*problem])?;
    let call = call(launch, flow, &program)?.in_organisation(Arc::clone(&fixtures));
    Ok(Target {
        respondent: Scripted::new(Arc::clone(&fixtures), launch.inputs.clone()),
        start: Some(start_of(launch, flow)),
        program,
        call,
        fixtures,
        difference: None,
        diagnostics,
    })
}

/// Returns the call to a flow.
fn call(launch: &Launch, flow: FlowId, program: &Program) -> Result<Call, Problems> {
    let limits = Limits::default();
    let limits = Limits {
        max_actions: launch.max_actions.unwrap_or(limits.max_actions),
        ..limits
    };
    let mut call = Call::new(flow).limits(limits).takes_messages(true).seed(launch.seed);
    if let Some(at) = launch.at {
        call = call.at(at);
    }
    for (name, value) in &launch.context {
        call = call.context(program, name, value.clone());
    }
    for (name, value) in &launch.variables {
        start::variable(program, flow, name, value).map_err(|it| vec![*it])?;
        call = call.variable(program, name, value.clone());
    }
    Ok(call)
}

/// Returns the start of the call in a scenario file.
fn start_of(launch: &Launch, flow: FlowId) -> Start {
    Start {
        flows: launch.flows.clone(),
        fixtures: launch.fixtures.clone(),
        set: launch.project.placeholders.values.clone(),
        flow,
        flow_name: None,
        node: None,
        context: launch.context.clone(),
        variables: launch.variables.clone(),
        at: launch.at,
        timeout_ms: None,
        max_actions: launch.max_actions,
        seed: launch.seed,
        is_strict: false,
        stops_at_queue: false,
    }
}

/// Loads and compiles the flows. Problems in Architect actions do not prevent a call.
fn program(
    launch: &Launch,
    files: &mut Files,
) -> Result<(Arc<Program>, Vec<Diagnostic>), Problems> {
    if launch.flows.is_empty() {
        let advice = "name a flow file or a folder";
        return Err(vec![problem("no flow to debug").help(advice)]);
    }
    let mut loaded = read::load_with(&launch.flows, &launch.project.placeholders, files);
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    diagnostics.extend(check::check(&loaded.flows));
    diagnostics.extend(check::duplicates(&loaded.architect));
    sort(&mut diagnostics);
    if diagnostics.iter().any(check::forbids_running) {
        diagnostics.retain(|it| it.severity == Severity::Error);
        return Err(diagnostics);
    }
    diagnostics.retain(|it| it.severity == Severity::Error);
    let program = Program::compile_all(&loaded.flows, &loaded.architect);
    Ok((Arc::new(program), diagnostics))
}

fn fixtures(launch: &Launch, files: &mut Files) -> Result<Arc<Fixtures>, Problems> {
    let organisation = launch.project.organisation.clone();
    let (fixtures, mut diagnostics) = organisation.load_more(&launch.fixtures, files);
    diagnostics.retain(|it| it.severity == Severity::Error);
    sort(&mut diagnostics);
    if diagnostics.is_empty() { Ok(Arc::new(fixtures)) } else { Err(diagnostics) }
}

fn of_test(
    launch: &Launch,
    file: &Path,
    name: Option<&str>,
    files: &mut Files,
) -> Result<Target, Problems> {
    let paths = [file.to_owned()];
    let library = Library::load_in(Arc::clone(&launch.project), &paths, files);
    let plan = Plan::new(&library, &Selection::default(), &[], files);
    let errors = library.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let errors: Problems = errors.cloned().collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let planned = named(&plan, file, name)?;
    let program = planned.program.as_ref().map_err(|them| them.to_vec())?;
    let fixtures = merged_fixtures(planned)?;
    let recording = recorded_call(planned)?;
    let case = planned.case;
    let prepared = suite::prepare(case, recording.as_deref(), program, &fixtures)?;
    let call = prepared.call().clone();
    if let (Some(recording), Some(named)) = (&recording, &case.recording) {
        let recorded = Recorded::of(recording, &named.rules);
        let recorded = recorded.ok_or_else(|| vec![problem(Recorded::NO_CALL)])?;
        return Ok(replayed(&recorded, call, program, &fixtures));
    }
    Ok(Target {
        start: Some(start_of_test(planned, &call)),
        respondent: Scripted::new(Arc::clone(&fixtures), case.inputs.clone()),
        program: Arc::clone(program),
        call,
        fixtures,
        difference: None,
        diagnostics: Vec::new(),
    })
}

/// Returns the test with this name, or the only one.
fn named<'p, 'l>(
    plan: &'p Plan<'l>,
    file: &Path,
    name: Option<&str>,
) -> Result<&'p Planned<'l>, Problems> {
    let names = || plan.cases.iter().map(|it| it.id.name.as_str());
    match (name, plan.cases.as_slice()) {
        (None, [only]) => Ok(only),
        (None, tests) => {
            let message = format!("{} has {} tests", file.display(), tests.len());
            let names: Vec<&str> = names().take(20).collect();
            let advice = format!("name one of: {}", names.join(", "));
            Err(vec![problem(message).help(advice)])
        }
        (Some(name), tests) => {
            tests.iter().find(|it| it.id.name == name).ok_or_else(|| {
                let message = format!("{} has no test `{name}`", file.display());
                let near = nearest(name, names());
                let advice = near.map(|near| format!("did you mean `{near}`?"));
                vec![Diagnostic { help: advice, ..problem(message) }]
            })
        }
    }
}

fn start_of_test(planned: &Planned<'_>, call: &Call) -> Start {
    let (suite, begin) = (planned.suite, &planned.case.start);
    Start {
        flows: suite.flows.clone(),
        fixtures: suite.fixtures.clone(),
        set: suite.placeholders.clone(),
        flow: call.flow(),
        flow_name: None,
        node: begin.node.as_ref().map(|node| node.value.to_string()),
        context: begin.context.clone(),
        variables: begin.variables.clone(),
        at: begin.at,
        timeout_ms: begin.timeout_ms,
        max_actions: begin.max_actions,
        seed: begin.seed,
        is_strict: begin.is_strict,
        stops_at_queue: begin.stops_at_queue,
    }
}

fn of_recording(
    launch: &Launch,
    file: &Path,
    files: &mut Files,
) -> Result<Target, Problems> {
    let (recording, diagnostics) = recording::load(file, files);
    let Some(recording) = recording else { return Err(diagnostics) };
    let (program, diagnostics) = program(launch, files)?;
    let fixtures = fixtures(launch, files)?;
    let rules = Rules::default();
    let recorded = Recorded::of(&recording, &rules);
    let recorded = recorded.ok_or_else(|| vec![problem(Recorded::NO_CALL)])?;
    let call = recorded.derived.call(&program).map_err(|it| vec![*it])?;
    let target = replayed(&recorded, call, &program, &fixtures);
    Ok(Target { diagnostics, ..target })
}

/// Replays a recorded call once, to know its answers and its first difference.
fn replayed(
    recorded: &Recorded<'_>,
    call: Call,
    program: &Arc<Program>,
    fixtures: &Arc<Fixtures>,
) -> Target {
    let replay = recorded.replay(&call, program, fixtures, &mut |_: &Session| {});
    let difference = Differing::of(&replay, &program.symbols);
    let exchanges = replay.replayed.exchanges.into_iter();
    let answers: Vec<Answer> = exchanges.map(|it| it.answer).collect();
    let organisation = replay.replayed.organisation;
    let organisation = organisation.unwrap_or_else(|| Arc::clone(fixtures));
    Target {
        program: Arc::clone(program),
        call: call.in_organisation(Arc::clone(&organisation)),
        respondent: Scripted::new(Arc::clone(fixtures), []).recorded(answers),
        fixtures: organisation,
        difference,
        start: None,
        diagnostics: Vec::new(),
    }
}
