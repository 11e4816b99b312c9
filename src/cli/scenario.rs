//! Writes a played call as a scenario file.

use std::fmt::Write;
use std::path::PathBuf;

use crate::diagnostic::visible;
use crate::flow::FlowId;
use crate::program::Program;
use crate::trace::Trace;
use crate::value::{DateTime, Json, Text, Value};
use crate::world::Input;

/// Details of a played call.
pub(super) struct Played<'p> {
    pub(super) program: &'p Program,
    pub(super) flows: &'p [PathBuf],
    pub(super) fixtures: &'p [PathBuf],
    /// Values of placeholders.
    pub(super) set: &'p [(String, String)],
    pub(super) flow: FlowId,
    pub(super) node: Option<&'p str>,
    pub(super) context: &'p [(Text, Value)],
    pub(super) variables: &'p [(Text, Value)],
    pub(super) at: Option<DateTime>,
    pub(super) timeout_ms: Option<i64>,
    pub(super) max_actions: Option<u32>,
    pub(super) seed: u64,
    pub(super) is_strict: bool,
    pub(super) stops_at_queue: bool,
    pub(super) inputs: &'p [Input],
}

/// Returns the scenario as YAML. Strings are written as JSON, which is valid YAML;
/// control and invisible characters are escaped.
pub(super) fn of_call(played: &Played<'_>, trace: &Trace) -> String {
    let mut out =
        String::from("# The call as a scenario, for a file such as calls.test.yaml\n");
    line(&mut out, "", "flows", &paths(played.flows));
    if !played.fixtures.is_empty() {
        line(&mut out, "", "fixtures", &paths(played.fixtures));
    }
    if !played.set.is_empty() {
        line(&mut out, "", "set", &set(played.set));
    }
    start(&mut out, played, trace);
    let inputs = played.inputs.iter().map(|input| match input {
        Input::Silence => Json::Null,
        other => Json::from(other.to_string().as_str()),
    });
    line(&mut out, "    ", "input", &Json::Array(inputs.collect::<Vec<_>>().into()));
    expectations(&mut out, played, trace);
    out
}

/// Writes the start of the call.
fn start(out: &mut String, played: &Played<'_>, trace: &Trace) {
    let symbols = &played.program.symbols;
    let flow = symbols.flow(played.flow);
    let name = format!("{} {}", flow.name, trace.status.name());
    out.push_str("tests:\n");
    line(out, "  - ", "name", &Json::from(name.as_str()));
    line(out, "    ", "flow", &Json::String(flow.id.clone()));
    if let Some(node) = played.node {
        line(out, "    ", "node", &Json::from(node));
    }
    for (key, pairs) in [("context", played.context), ("variables", played.variables)] {
        if !pairs.is_empty() {
            line(out, "    ", key, &object(pairs));
        }
    }
    if let Some(at) = played.at {
        line(out, "    ", "at", &Json::from(at.to_string().as_str()));
    }
    if let Some(timeout) = played.timeout_ms {
        line(out, "    ", "timeoutMs", &Json::Integer(timeout));
    }
    if let Some(most) = played.max_actions {
        line(out, "    ", "maxActions", &Json::Integer(most.into()));
    }
    if let Ok(seed @ 1..) = i64::try_from(played.seed) {
        line(out, "    ", "seed", &Json::Integer(seed));
    }
    if played.is_strict {
        line(out, "    ", "strict", &Json::Boolean(true));
    }
    if played.stops_at_queue {
        line(out, "    ", "stopAtQueue", &Json::Boolean(true));
    }
}

fn expectations(out: &mut String, played: &Played<'_>, trace: &Trace) {
    let symbols = &played.program.symbols;
    out.push_str("    expect:\n");
    line(out, "      ", "status", &Json::from(trace.status.name()));
    if let Some(failure) = &trace.failure {
        line(out, "      ", "error", &Json::from(failure.code.name()));
    }
    let path = trace.path(symbols).map(|id| Json::String(id.clone()));
    line(out, "      ", "path", &Json::Array(path.collect::<Vec<_>>().into()));
    let variables = trace.variables.iter();
    let variables =
        variables.map(|(id, value)| (symbols.variable(*id).clone(), value.clone()));
    let variables: Vec<(Text, Value)> = variables.collect();
    if !variables.is_empty() {
        line(out, "      ", "variables", &object(&variables));
    }
    let queue = trace.routing().and_then(|routing| routing.queue_id.as_ref());
    if let Some(queue) = queue {
        let id = Json::String(queue.text(symbols).clone());
        line(out, "      ", "routing", &Json::object([(Text::from("queueId"), id)]));
    }
}

pub(super) fn line(out: &mut String, before: &str, key: &str, value: &Json) {
    let _ = writeln!(out, "{before}{key}: {}", visible::json(value));
}

pub(super) fn paths(paths: &[PathBuf]) -> Json {
    let texts = paths.iter().map(|path| Json::from(path.to_string_lossy().as_ref()));
    Json::Array(texts.collect::<Vec<_>>().into())
}

/// Returns values of placeholders; the first value of a name counts.
pub(super) fn set(values: &[(String, String)]) -> Json {
    let values = values.iter().rev();
    Json::object(values.map(|(name, value)| (Text::from(name), Json::from(&**value))))
}

pub(super) fn object(pairs: &[(Text, Value)]) -> Json {
    Json::object(pairs.iter().map(|(name, value)| (name.clone(), value.to_json())))
}
