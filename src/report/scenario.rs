//! Writes a played call as a scenario file.

use std::fmt::Write;
use std::path::PathBuf;

use crate::diagnostic::visible;
use crate::flow::{FlowId, SymbolTable};
use crate::trace::Trace;
use crate::value::{DateTime, Json, Text, Value};
use crate::world::Input;

/// Start of a call in a scenario file.
#[derive(Debug, Clone)]
pub struct Start {
    /// Flow files and folders.
    pub flows: Vec<PathBuf>,
    /// Fixture files and folders.
    pub fixtures: Vec<PathBuf>,
    /// Values of placeholders.
    pub set: Vec<(String, String)>,
    /// Flow.
    pub flow: FlowId,
    /// Name of the flow, if its document has no id.
    pub flow_name: Option<Text>,
    /// Id of the start node, if it is not the first node of the flow.
    pub node: Option<String>,
    /// Fields of the context.
    pub context: Vec<(Text, Value)>,
    /// Variables that are set before the first node.
    pub variables: Vec<(Text, Value)>,
    /// Start of the virtual clock.
    pub at: Option<DateTime>,
    /// Limit of the call's duration, in milliseconds.
    pub timeout_ms: Option<i64>,
    /// Maximum number of actions.
    pub max_actions: Option<u32>,
    /// Random seed.
    pub seed: u64,
    /// Whether an unsimulated action is an error.
    pub is_strict: bool,
    /// Whether the call ends at a transfer to a queue.
    pub stops_at_queue: bool,
}

/// Returns the scenario as YAML. Of a call that is not over, only the path so far is
/// expected. Strings are written as JSON, which is valid YAML;
/// control and invisible characters are escaped.
pub(crate) fn of_call<'i>(
    begin: &Start,
    inputs: impl Iterator<Item = &'i Input>,
    (trace, is_over): (&Trace, bool),
    symbols: &SymbolTable,
) -> String {
    let mut out =
        String::from("# The call as a scenario, for a file such as calls.test.yaml\n");
    line(&mut out, "", "flows", &paths(&begin.flows));
    if !begin.fixtures.is_empty() {
        line(&mut out, "", "fixtures", &paths(&begin.fixtures));
    }
    if !begin.set.is_empty() {
        line(&mut out, "", "set", &set(&begin.set));
    }
    out.push_str("tests:\n");
    line(&mut out, "  - ", "name", &Json::from(&*name(begin, trace, is_over, symbols)));
    start(&mut out, begin, symbols);
    let inputs = inputs.map(|input| match input {
        Input::Silence => Json::Null,
        other => Json::from(other.to_string().as_str()),
    });
    line(&mut out, "    ", "input", &Json::Array(inputs.collect::<Vec<_>>().into()));
    out.push_str("    expect:\n");
    if is_over {
        expectations(&mut out, trace, symbols);
    } else {
        let so_far = Json::object([(Text::from("contains"), path(trace, symbols))]);
        line(&mut out, "      ", "path", &so_far);
    }
    out
}

/// The name of the test: the flow, and the end of the call or the last action so far.
fn name(begin: &Start, trace: &Trace, is_over: bool, symbols: &SymbolTable) -> String {
    let flow = symbols.flow_reference(begin.flow);
    match trace.path(symbols).last().filter(|_| !is_over) {
        Some(action) => format!("{flow} to {action}"),
        None => format!("{flow} {}", trace.status.name()),
    }
}

fn path(trace: &Trace, symbols: &SymbolTable) -> Json {
    let path = trace.path(symbols).map(|id| Json::String(id.clone()));
    Json::Array(path.collect::<Vec<_>>().into())
}

/// Writes the start of the call.
fn start(out: &mut String, played: &Start, symbols: &SymbolTable) {
    let named = played.flow_name.clone();
    let named = named.unwrap_or_else(|| symbols.flow_key(played.flow));
    line(out, "    ", "flow", &Json::String(named));
    if let Some(node) = &played.node {
        line(out, "    ", "node", &Json::from(node.as_str()));
    }
    for (key, pairs) in [("context", &played.context), ("variables", &played.variables)] {
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

fn expectations(out: &mut String, trace: &Trace, symbols: &SymbolTable) {
    line(out, "      ", "status", &Json::from(trace.status.name()));
    if let Some(failure) = &trace.failure {
        line(out, "      ", "error", &Json::from(failure.code.name()));
    }
    line(out, "      ", "path", &path(trace, symbols));
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

pub(crate) fn line(out: &mut String, before: &str, key: &str, value: &Json) {
    let _ = writeln!(out, "{before}{key}: {}", visible::json(value));
}

pub(crate) fn paths(paths: &[PathBuf]) -> Json {
    let texts = paths.iter().map(|path| Json::from(path.to_string_lossy().as_ref()));
    Json::Array(texts.collect::<Vec<_>>().into())
}

/// Returns values of placeholders; the first value of a name counts.
pub(crate) fn set(values: &[(String, String)]) -> Json {
    let values = values.iter().rev();
    Json::object(values.map(|(name, value)| (Text::from(name), Json::from(&**value))))
}

pub(crate) fn object(pairs: &[(Text, Value)]) -> Json {
    Json::object(pairs.iter().map(|(name, value)| (name.clone(), value.to_json())))
}
