//! Traces of flowsim as the simulation responses of the same calls.

use crate::value::{Json, Text};

/// Schema of the traces that can be imported.
pub(super) const SCHEMA: &str = "flowsim.trace/1";

/// Returns the simulation response of the call of a trace, as `flowsim run --format
/// simulation` writes it, with the
/// requests of steps. A trace has more: times, depths, files, prompts, diagnostics.
/// Returns `None` if this is not a whole trace.
pub(super) fn response(trace: &Json) -> Option<Json> {
    let (Some(Json::Array(steps)), Some(_)) = (trace.get("steps"), trace.get("status"))
    else {
        return None;
    };
    let steps = steps.iter().map(step);
    Some(Json::object([
        named(trace, "status", "status"),
        named(trace, "error", "error"),
        named(trace, "elapsedMs", "elapsedMs"),
        ("trace".into(), Json::array(steps)),
        named(trace, "routing", "routing"),
        named(trace, "variables", "variables"),
    ]))
}

/// Returns whether the call began in an Architect flow: there the first step is the flow. Such
/// a trace does not contain everything that a replay needs, an execution document does.
pub(super) fn is_of_architect(trace: &Json) -> bool {
    let first = match trace.get("steps") {
        Some(Json::Array(steps)) => steps.first(),
        _ => None,
    };
    let node_type = first.and_then(|step| step.get("nodeType"));
    node_type.is_some()
        && node_type == trace.get("flow").and_then(|flow| flow.get("type"))
}

fn step(step: &Json) -> Json {
    let asked = step.get("asked").map(|asked| ("asked".into(), asked.clone()));
    let entries = [
        named(step, "sequence", "seq"),
        named(step, "flowId", "flowId"),
        named(step, "nodeId", "nodeId"),
        named(step, "nodeName", "nodeName"),
        named(step, "nodeType", "nodeType"),
        named(step, "result", "result"),
        named(step, "output", "result"),
        named(step, "path", "path"),
        named(step, "next", "next"),
    ];
    Json::object(entries.into_iter().chain(asked))
}

/// Returns the value of a key with another name.
fn named(object: &Json, name: &str, key: &str) -> (Text, Json) {
    (name.into(), object.get(key).cloned().unwrap_or(Json::Null))
}
