//! Executions: flows that a request starts, in particular workflows.

use serde_json::{Map, Value, json};

use super::conversations::start_flow;
use crate::program::Program;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::server::state::event::{Called, Event, Origin};
use crate::server::state::instance::{Instance, Progress, moment};
use crate::trace::{Status, Trace};

/// Runs a flow with inputs. Names may omit the scope: `x` for `Flow.x`.
pub(in crate::server) fn launch(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    let flow = body.required("flowId")?.to_owned();
    let name = body.text("name")?.map(str::to_owned);
    let variables = scoped(state, &flow, body.object("inputData")?.0);
    only_inputs(state, &flow, &variables)?;
    if let Some(wanted) = body.text("flowVersion")? {
        let published = state.flow(&flow)?.published().map(super::flows::version_id);
        let is_published = published
            .as_deref()
            .is_some_and(|it| it == wanted || it.trim_end_matches(".0") == wanted);
        if !is_published {
            let message = format!("version `{wanted}` is not the published version");
            return Err(ApiError::bad(message));
        }
    }
    let id = state.fresh_id("Execution").to_string();
    let origin = Origin::Execution;
    let context = Map::new();
    let media = "workflow".to_owned();
    let called = Called { id: id.clone(), origin, flow, media, name, context, variables };
    start_flow(state, called)?;
    let Some(instance) = state.instances.get(id.as_str()) else {
        return Err(ApiError::not_found("the execution", &id));
    };
    let body = json!({
        "id": id,
        "name": instance.name.as_deref(),
        "flowVersion": { "id": format!("{}.0", instance.version) },
        "selfUri": uri(&id),
    });
    Ok(Reply::ok(body).with_reason("the flow was started"))
}

/// Replaces the names of inputs with the full names of the flow's variables.
pub(super) fn scoped(
    state: &mut State,
    flow: &str,
    inputs: Map<String, Value>,
) -> Map<String, Value> {
    let program = state.program();
    let Some(flow) = program.flow(flow) else { return inputs };
    let named = |name: String| {
        let long = format!("Flow.{name}");
        let is_short = program.variable(flow, &name).is_none()
            && program.variable(flow, &long).is_some();
        if is_short { long } else { name }
    };
    inputs.into_iter().map(|(name, value)| (named(name), value)).collect()
}

/// Checks that variables are inputs of an Architect flow. Draft flows declare none.
///
/// # Errors
/// 400 if one is another variable of the flow. Unknown ones are found at the start.
fn only_inputs(
    state: &mut State,
    flow: &str,
    variables: &Map<String, Value>,
) -> Result<(), ApiError> {
    let program = state.program();
    let Some(flow) = program.flow(flow) else { return Ok(()) };
    let Some(part) = program.unit(flow).architect.as_deref() else { return Ok(()) };
    for name in variables.keys() {
        let id = program.variable(flow, name);
        let declared = id.and_then(|id| part.variables.get(id));
        if declared.is_some_and(|it| !it.is_input) {
            let message = format!("the variable `{name}` is not an input of the flow");
            return Err(ApiError::bad(message));
        }
    }
    Ok(())
}

/// Returns an execution.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("executionId");
    let found = state.instances.get(id);
    let instance = found.ok_or_else(|| ApiError::not_found("the execution", id))?;
    Ok(Reply::ok(to_json(instance, state.clock)))
}

fn uri(id: &str) -> String {
    format!("/api/v2/flows/executions/{id}")
}

fn to_json(instance: &Instance, now: i64) -> Value {
    let id = instance.id.as_str();
    let mut body = json!({
        "id": id,
        "name": instance.name.as_deref(),
        "flowVersion": { "id": format!("{}.0", instance.version) },
        "dateLaunched": moment(instance.started_at),
        "status": status(instance),
        "conversation": { "id": id, "selfUri": format!("/api/v2/conversations/{id}") },
        "selfUri": uri(id),
    });
    if instance.origin == Origin::Execution {
        body["conversation"] = Value::Null;
    }
    if let Progress::Over { trace, program, .. } = &instance.progress {
        body["dateCompleted"] = instance.ended_at(now).map_or(Value::Null, moment);
        body["completionReason"] = trace.status.name().into();
        body["outputData"] = Value::Object(outputs(trace, program));
        if let Some(failure) = &trace.failure {
            body["flowErrorInfo"] = json!({
                "message": failure.message.as_str(),
                "code": failure.code.name(),
                "status": 500,
            });
        }
    }
    body
}

/// Returns the platform's name of the status.
fn status(instance: &Instance) -> &'static str {
    match &instance.progress {
        Progress::Waiting(_) => "RUNNING",
        Progress::Over { is_disconnected: true, .. } => "TERMINATED",
        Progress::Over { trace, .. } => match trace.status {
            Status::Completed => "COMPLETED",
            Status::Error => "FAILED",
            Status::Timeout => "ERROR",
        },
    }
}

/// Returns the outputs of a flow: the declared outputs of an Architect flow, all
/// variables of a draft flow.
fn outputs(trace: &Trace, program: &Program) -> Map<String, Value> {
    let part = program.unit(trace.flow).architect.as_deref();
    let is_output = |id: &crate::flow::VariableId| {
        part.is_none_or(|part| part.variables.get(*id).is_some_and(|it| it.is_output))
    };
    let known = trace.variables.iter().filter(|(id, _)| is_output(id));
    let known =
        known.map(|(id, value)| (program.symbols.variable(*id).to_string(), value));
    let others = trace.other_variables.iter().filter(|_| part.is_none());
    let others = others.map(|(name, value)| (name.to_string(), value));
    known
        .chain(others)
        .map(|(name, value)| (name, Value::from(&value.to_json())))
        .collect()
}

/// Writes variables of a waiting instance.
pub(super) fn write(
    state: &mut State,
    id: &str,
    variables: Map<String, Value>,
) -> Result<(), ApiError> {
    let found = state.instances.get(id);
    let instance = found.ok_or_else(|| ApiError::not_found("the flow instance", id))?;
    if let Progress::Over { .. } = instance.progress {
        let message = format!("the flow instance `{id}` is over");
        return Err(ApiError::new(400, "flow.instance.over", message));
    }
    state.commit(Event::VariablesWritten { id: id.to_owned(), variables })
}
