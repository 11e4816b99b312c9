//! Simulations: a flow run to its end in one request, in the form of the lookup tutorial.

use crate::analysis::decisions::{Decision, of_trace};
use crate::diagnostic::Diagnostic;
use crate::engine::{Request, Session, play, start};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::shared::Server;
use crate::server::state::flow::details;
use crate::source::{Files, read_json};
use crate::trace::{JsonWriter, write_simulation};
use crate::world::FixtureHost;

/// Size that most answers do not exceed, in bytes.
const ANSWER_BYTES: usize = 2 * 1024;

/// Runs a flow from its start or from a node. The participant's inputs are those in the
/// request, otherwise those that a test provided before; after them the participant stays
/// silent.
pub(in crate::server) fn run(server: &Server, asked: &ApiRequest) -> EndpointResult {
    let request = read(asked)?;
    let (program, names, fixtures, mut call, inputs) = {
        let mut state = server.state();
        let (program, names) = state.program_and_names();
        let fixtures = state.fixtures();
        let flow = start::flow(&program, &request.flow).map_err(|it| refused(&it))?;
        let call = state.new_call(flow, &fixtures);
        let limits = state.limits();
        let timeout_ms = Some(request.timeout_ms);
        let call = call.limits(crate::engine::Limits { timeout_ms, ..limits });
        let waiting = std::mem::take(&mut state.control.inputs);
        let inputs = if request.inputs.is_empty() { waiting } else { request.inputs };
        (program, names, fixtures, call, inputs)
    };
    if let Some(node) = &request.node {
        let node = start::node(&program, call.flow(), node).map_err(|it| refused(&it))?;
        call = call.at_node(node);
    }
    for (name, value) in request.context {
        call = call.context(&program, &name, value);
    }
    let mut session = Session::start(program.clone(), &call);
    let mut host = FixtureHost::new(&fixtures, &inputs);
    let trace = play(&mut session, &call, &mut host);
    let mut text = String::with_capacity(ANSWER_BYTES);
    let writer = JsonWriter::with(&program.symbols, &names);
    write_simulation(&writer, &trace, &mut text);
    log(server, of_trace(&trace, &program.symbols, ""))?;
    let name = &program.symbols.flow(trace.flow).name;
    let why =
        format!("`{name}` ran {} nodes: {}", trace.steps.len(), trace.status.name());
    Ok(Reply::serialized(text).with_reason(why))
}

/// Converts a diagnostic to an error answer, with its help.
pub(super) fn refused(problem: &Diagnostic) -> ApiError {
    let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    ApiError::bad(format!("{}{help}", problem.message))
}

/// Writes the decisions of the run to the log, as for flows that wait for inputs. The run
/// gets its id here, because ids are unique only under the lock that writes.
fn log(server: &Server, mut decisions: Vec<Decision>) -> Result<(), ApiError> {
    if decisions.is_empty() {
        return Ok(());
    }
    let mut state = server.state();
    let id = state.fresh_id("Simulation");
    for decision in &mut decisions {
        decision.flow_instance_id = id.clone();
    }
    state.log(&decisions, Vec::new())
}

fn read(asked: &ApiRequest) -> Result<Request, ApiError> {
    asked.expect_json()?;
    let mut files = Files::new();
    let file = files.add("request.json", asked.text()?);
    let request = read_json(&file).map_err(|problem| vec![Diagnostic::from(problem)]);
    let request = request.and_then(|document| Request::read(&document));
    request.map_err(|problems| {
        let message = problems.first().map(|problem| problem.message.clone());
        let details = details(&problems, &files);
        ApiError::bad(message.unwrap_or_default()).with_details(details)
    })
}
