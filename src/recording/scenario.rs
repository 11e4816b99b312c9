//! Conversion of a recorded call to a scenario file, with its environment as fixtures.

use std::fmt::Write;

use super::derive::{Derived, Subject};
use super::document::{Kind, Recording};
use super::replay::{Exchange, Replayed};
use super::replay_fixtures;
use crate::diagnostic::visible;
use crate::flow::FlowId;
use crate::program::Program;
use crate::trace::observation::{AttributeKind, Observation, Source};
use crate::value::{Json, JsonObject, Text, Value};
use crate::world::{Answer, Input, QueueAnswer};

/// A scenario and its fixtures, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The scenario file, in YAML.
    pub text: String,
    /// The fixtures document, in JSON.
    pub fixtures: String,
}

/// Converts a recorded call to a scenario. `flows` are paths relative to it, `set` are
/// values of placeholders, and `fixtures` is the name of the fixtures document.
///
/// A replay adds data that a recording lacks, such as the names of data actions in a
/// simulation, or the keys of menus. Pass it as `replayed` if there is one. The inputs
/// are those of the `program`.
pub fn scenario(
    recording: &Recording,
    derived: &Derived,
    replayed: Option<&Replayed>,
    program: Option<&Program>,
    flows: &[String],
    set: &[(String, String)],
    fixtures: &str,
) -> Scenario {
    let exchanges = replayed.filter(|it| it.missing.is_none()).map(|it| &*it.exchanges);
    let world = replay_fixtures::with(&derived.fixtures, exchanges.unwrap_or_default());
    let mut own = serde_json::to_string_pretty(&world).expect("JSON can be written");
    own.push('\n');
    let mut out =
        String::from("# A recorded call. The expected result is under `expect`.\n");
    let paths = |paths: &[String]| Json::array(paths.iter().map(|it| Json::from(&**it)));
    line(&mut out, "", "flows", &paths(flows));
    line(&mut out, "", "fixtures", &paths(&[fixtures.to_owned()]));
    if !set.is_empty() {
        let set = set.iter().rev();
        let set = set.map(|(name, value)| (Text::from(name), Json::from(&**value)));
        line(&mut out, "", "set", &Json::object(set));
    }
    out.push_str("tests:\n");
    line(&mut out, "  - ", "name", &Json::from(&*name(recording, derived)));
    let local = program.and_then(|it| Some((it, derived.entry(it).ok()?)));
    begin(&mut out, recording.kind, derived, local);
    line(&mut out, "    ", "input", &inputs(derived, exchanges));
    let expected = expected(recording, derived);
    if !expected.is_empty() {
        out.push_str("    expect:\n");
        for (key, value) in expected {
            line(&mut out, "      ", key, &value);
        }
    }
    Scenario { text: out, fixtures: own }
}

/// Writes the start of the call.
fn begin(
    out: &mut String,
    kind: Kind,
    derived: &Derived,
    local: Option<(&Program, FlowId)>,
) {
    let mut key = |key: &str, value: Json| line(out, "    ", key, &value);
    if let Some(flow) = derived.flow_name.as_ref().or(derived.flow.as_ref()) {
        key("flow", Json::String(flow.clone()));
    }
    if let Some(node) = &derived.node {
        key("node", Json::String(node.clone()));
    }
    let context = object(&derived.context);
    let variables = object(derived.given(local));
    for (name, pairs) in [("context", context), ("variables", variables)] {
        if !matches!(&pairs, Json::Object(pairs) if pairs.is_empty()) {
            key(name, pairs);
        }
    }
    if let Some(at) = derived.at {
        key("at", Json::from(&*at.to_string()));
    }
    if let Some(timeout) = derived.timeout_ms {
        key("timeoutMs", Json::Integer(timeout));
    }
    // The in-queue flow has its own execution document.
    let is_routed = derived.answers.iter().any(|it| it.about == Subject::Queue);
    if kind == Kind::Execution && is_routed {
        key("stopAtQueue", Json::Boolean(true));
    }
}

/// Returns the name of the test: the flow, and the time or id of the call.
fn name(recording: &Recording, derived: &Derived) -> String {
    let flow = derived.flow_name.as_ref().or(derived.flow.as_ref());
    let flow = flow.map_or("call", |flow| flow.as_str());
    let which = recording.recorded_at.as_ref().unwrap_or(&recording.id);
    format!("{flow}, {which}")
}

fn inputs(derived: &Derived, exchanges: Option<&[Exchange]>) -> Json {
    let given: Vec<&Input> = match exchanges {
        Some(exchanges) => exchanges
            .iter()
            .filter_map(|it| match &it.answer {
                Answer::Input(input) if it.about == Subject::Input => Some(input),
                _ => None,
            })
            .collect(),
        None => derived.inputs.iter().collect(),
    };
    Json::array(given.into_iter().map(|input| match input {
        Input::Silence => Json::Null,
        other => Json::from(&*other.to_string()),
    }))
}

/// Returns the expectations that follow from the recording.
fn expected(recording: &Recording, derived: &Derived) -> Vec<(&'static str, Json)> {
    let observation = recording.observation();
    let mut expected = observation.map_or_else(Vec::new, |call| match call.source {
        Source::Simulation => expected_of_simulation(&call),
        _ if is_completed(&call, derived) => vec![("status", Json::from("completed"))],
        _ => Vec::new(),
    });
    let routed = derived.answers.iter().rev().find_map(|it| match &it.answer {
        Answer::Queue(QueueAnswer::Accepted { id, name }) => Some((id, name)),
        _ => None,
    });
    if let Some((id, name)) = routed {
        let known = [("queueId", id), ("queueName", name)];
        let known = known.into_iter().filter_map(|(key, text)| {
            Some((Text::from(key), Json::String(text.clone()?)))
        });
        expected.push(("routing", Json::object(known.collect::<JsonObject>())));
    }
    expected
}

fn expected_of_simulation(call: &Observation) -> Vec<(&'static str, Json)> {
    let status = call.status.clone().map(|status| ("status", Json::String(status)));
    let error = call.error.as_ref().and_then(|error| error.code.clone());
    let error = error.map(|code| ("error", Json::String(code)));
    let path = call.steps.iter().filter_map(|step| step.id.clone().map(Json::String));
    let path = ("path", Json::array(path));
    status.into_iter().chain(error).chain([path]).collect()
}

/// Returns whether the call ran to its end, and the caller stayed until then.
fn is_completed(call: &Observation, derived: &Derived) -> bool {
    let ends = call.steps.iter().flat_map(|step| step.of(AttributeKind::End));
    let reason = ends.filter_map(|end| match &end.value {
        Some(Json::String(reason)) => Some(reason),
        _ => None,
    });
    let is_error = reason.map(|reason| reason.contains("ERROR")).next();
    is_error == Some(false) && !derived.inputs.contains(&Input::HangUp)
}

fn line(out: &mut String, before: &str, key: &str, value: &Json) {
    let _ = writeln!(out, "{before}{key}: {}", visible::json(value));
}

fn object<'p>(pairs: impl IntoIterator<Item = &'p (Text, Value)>) -> Json {
    Json::object(pairs.into_iter().map(|(name, value)| (name.clone(), value.to_json())))
}
