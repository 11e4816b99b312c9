//! Calls of an exploration as tests of a scenario file.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use crate::analysis::attributes::attributes_set;
use crate::analysis::requests::{ExternalRequest, external_requests};
use crate::diagnostic::visible;
use crate::explore::Witness;
use crate::explore::suite::SuiteCall;
use crate::flow::NodeId;
use crate::program::Program;
use crate::report::scenario::{line, object};
use crate::trace::{EventKind, Routing, Trace};
use crate::value::{Json, Text, Value};
use crate::world::Input;

/// The largest number of steps of a path that is expected exactly. Of a longer one, the
/// actions with several outputs are expected.
const MOST_STEPS: usize = 30;

/// The largest number of prompts, variables and requests that a test expects.
const MOST_EXPECTED: usize = 20;

/// The largest number of characters of a value that a test expects.
const MOST_CHARACTERS: usize = 600;

/// The number of characters up to which a list is one line.
const LINE: usize = 90;

/// The largest number of inputs in a name.
const MOST_NAMED: usize = 12;

/// The tag of written tests.
const TAG: &str = "explored";

/// Returns the name of a test: the inputs and where the call ends.
pub(super) fn name(call: &SuiteCall, program: &Program) -> String {
    let mut parts = inputs(&call.witness.inputs);
    if parts.is_empty() {
        parts.push("no input".into());
    }
    parts.extend(call.witness.fixtures.iter().flat_map(answers));
    parts.extend(call.at.map(|at| format!("at {at}")));
    parts.extend(call.witness.seed.map(|seed| format!("seed {seed}")));
    format!("{} → {}", parts.join(", "), end(&call.trace, program))
}

/// Returns the inputs in words; equal ones in a row are counted.
fn inputs(inputs: &[Input]) -> Vec<String> {
    let mut parts: Vec<(String, usize)> = Vec::new();
    for input in inputs {
        let word = match input {
            Input::Silence => "silence".into(),
            Input::HangUp => "hangs up".into(),
            Input::Speech(words) => format!("“{words}”"),
            other => other.to_string(),
        };
        match parts.last_mut() {
            Some((last, count)) if *last == word => *count += 1,
            _ => parts.push((word, 1)),
        }
    }
    let rest = parts.len().saturating_sub(MOST_NAMED);
    parts.truncate(MOST_NAMED);
    let named = parts.into_iter().map(|(word, count)| match count {
        1 => word,
        _ => format!("{word} ({count} times)"),
    });
    named.chain((rest > 0).then(|| format!("{rest} more"))).collect()
}

/// Returns the unusual answers of other systems in words.
fn answers(fixtures: &Json) -> Vec<String> {
    let entries = |section| match fixtures.get(section) {
        Some(Json::Object(entries)) => Arc::clone(entries),
        _ => Arc::default(),
    };
    let mut words = Vec::new();
    for (name, answers) in &*entries("dataActions") {
        let Json::Array(answers) = answers else { continue };
        words.extend(answers.iter().map(|answer| format!("{name} {}", response(answer))));
    }
    for (name, answers) in &*entries("actions") {
        let Json::Array(answers) = answers else { continue };
        let paths = answers.iter().filter_map(|answer| answer.get("path"));
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        words.extend(paths.map(|path| format!("{name}: {}", plain(path))));
    }
    if let Some(Json::Array(contacts)) = fixtures.get("contacts") {
        words.extend(contacts.iter().map(contact));
    }
    for (name, group) in &*entries("emergencyGroups") {
        let is_active = group.get("enabled") == Some(&Json::Boolean(true));
        words.push(format!("{name} is {}", if is_active { "on" } else { "off" }));
    }
    for (name, queue) in &*entries("queues") {
        words.extend(queue_with(queue).map(|it| format!("{name} {it}")));
    }
    words.dedup();
    words.truncate(3);
    words
}

/// Returns a contact in words.
fn contact(contact: &Json) -> String {
    match contact.get("attributes") {
        Some(Json::Object(attributes)) if !attributes.is_empty() => {
            let shown = attributes.iter().take(2);
            let shown = shown.map(|(name, value)| format!("{name} {}", plain(value)));
            format!("a contact with {}", shown.collect::<Vec<_>>().join(", "))
        }
        _ => "a contact".into(),
    }
}

/// Returns the agents and the statistics of a queue in words.
fn queue_with(queue: &Json) -> impl Iterator<Item = String> {
    let agents = queue.get("agents").map(|agents| {
        let agents = agents.to_string();
        match agents.contains("\"skills\":[]") {
            true => "without the skills".to_owned(),
            false => "with the skills".to_owned(),
        }
    });
    let statistics = match queue.get("statistics") {
        Some(Json::Object(figures)) => {
            let shown = figures.iter().map(|(name, it)| format!("{name} {}", plain(it)));
            Some(format!("with {}", shown.collect::<Vec<_>>().join(", ")))
        }
        _ => None,
    };
    agents.into_iter().chain(statistics)
}

/// Returns the answer of a data action in words.
fn response(answer: &Json) -> String {
    let status = answer.get("status");
    if matches!(status, Some(Json::Integer(status)) if *status >= 400) {
        return "fails".into();
    }
    if answer.get("latencyMs").is_some() {
        return "is too late".into();
    }
    match answer.get("output") {
        Some(Json::Object(fields)) if !fields.is_empty() => {
            let fields = fields.iter().take(2);
            let shown = fields.map(|(name, value)| format!("{name} {}", plain(value)));
            format!("returns {}", shown.collect::<Vec<_>>().join(", "))
        }
        _ => "returns nothing".into(),
    }
}

fn plain(value: &Json) -> String {
    match value {
        Json::String(text) if text.is_empty() => "empty".into(),
        Json::String(text) => text.to_string(),
        other => other.to_string(),
    }
}

/// Returns where a call ends: its queue, the target of its transfer, its error, or the
/// last prompt or action.
fn end(trace: &Trace, program: &Program) -> String {
    let symbols = &program.symbols;
    if let Some(failure) = &trace.failure {
        return failure.code.name().to_owned();
    }
    if let Some(routing) = trace.routing() {
        let queue = routing.queue_name.as_ref().or(routing.queue_id.as_ref());
        return queue.map_or("a queue".into(), |queue| queue.text(symbols).to_string());
    }
    if let Some(transfer) = trace.transfer() {
        return transfer.name.to_string();
    }
    let spoken = trace.events.iter().rev().find_map(|event| match event.kind {
        EventKind::Prompted(_) => trace.steps.get(event.step as usize),
        _ => None,
    });
    let last = spoken.or(trace.steps.last());
    last.map_or(String::new(), |step| symbols.node(step.node).name.to_string())
}

/// Returns the test, with an indent of two.
pub(super) fn test(name: &str, call: &SuiteCall, program: &Program) -> String {
    let mut out = String::new();
    line(&mut out, "  - ", "name", &Json::from(name));
    let _ = writeln!(out, "    tags: {TAG}");
    if let Some(at) = call.at {
        line(&mut out, "    ", "at", &Json::from(at.to_string().as_str()));
    }
    let Witness { inputs, variables, context, seed, .. } = &call.witness;
    if let Some(seed) = seed.and_then(|seed| i64::try_from(seed).ok()) {
        line(&mut out, "    ", "seed", &Json::Integer(seed));
    }
    for (key, values) in [("context", context), ("variables", variables)] {
        if !values.is_empty() {
            let values = values.iter().map(|(name, value)| (name.clone(), value.clone()));
            line(&mut out, "    ", key, &Json::object(values));
        }
    }
    let inputs: Vec<Json> = inputs.iter().map(Input::to_json).collect();
    if !inputs.is_empty() {
        list(&mut out, "    ", "input", inputs);
    }
    if let Some(fixtures) = &call.witness.fixtures {
        line(&mut out, "    ", "fixtures", fixtures);
    }
    expectations(&mut out, &call.trace, program);
    out
}

fn expectations(out: &mut String, trace: &Trace, program: &Program) {
    let symbols = &program.symbols;
    let indent = "      ";
    out.push_str("    expect:\n");
    line(out, indent, "status", &Json::from(trace.status.name()));
    if let Some(failure) = &trace.failure {
        line(out, indent, "error", &Json::from(failure.code.name()));
    }
    path(out, trace, program);
    if let Some(routing) = trace.routing() {
        line(out, indent, "routing", &routing_of(routing, program));
    }
    if let Some(transfer) = trace.transfer() {
        line(out, indent, "transfer", &Json::String(transfer.name.clone()));
    }
    let prompts = trace.prompts(symbols).map(|text| Json::String(text.clone()));
    let prompts: Vec<Json> = prompts.take(MOST_EXPECTED).collect();
    if !prompts.is_empty() {
        list(out, indent, "prompts", prompts);
    }
    let variables = variables(trace, program);
    if !variables.is_empty() {
        line(out, indent, "variables", &object(&variables));
    }
    let attributes = attributes(trace, program);
    if !attributes.is_empty() {
        line(out, indent, "participantData", &object(&attributes));
    }
    let requests = requests(trace);
    if !requests.is_empty() {
        list(out, indent, "calls", requests);
    }
    if trace.elapsed_ms > 0 {
        line(out, indent, "elapsedMs", &Json::Integer(trace.elapsed_ms));
    }
}

/// Writes the whole path if it is short, otherwise its actions with several outputs.
fn path(out: &mut String, trace: &Trace, program: &Program) {
    let name = |node: NodeId| Json::String(node_name(node, program));
    if trace.steps.len() <= MOST_STEPS {
        let path = trace.steps.iter().map(|step| name(step.node));
        return list(out, "      ", "path", path.collect());
    }
    let mut nodes: Vec<NodeId> = Vec::new();
    for step in &trace.steps {
        let label = program.symbols.node(step.node);
        let is_decisive = label.outputs.len() > 1 || !label.conditions.is_empty();
        if is_decisive && nodes.last() != Some(&step.node) {
            nodes.push(step.node);
        }
    }
    nodes.truncate(MOST_STEPS);
    out.push_str("      path:\n");
    list(out, "        ", "contains", nodes.into_iter().map(name).collect());
    // The number shows that an action was left out, which the path does not name.
    line(out, "      ", "actions", &Json::Integer(trace.actions.into()));
}

/// Returns the name of a node, or its id if several nodes have the name.
fn node_name(node: NodeId, program: &Program) -> Text {
    let label = program.symbols.node(node);
    let is_shared = program.symbols.nodes.iter().enumerate().any(|(index, other)| {
        index != node.index()
            && (other.name == label.name || other.id == label.name)
            && other.span != label.span
    });
    if is_shared { label.id.clone() } else { label.name.clone() }
}

fn routing_of(routing: &Routing, program: &Program) -> Json {
    let symbols = &program.symbols;
    let mut entries: Vec<(Text, Json)> = Vec::new();
    let queue = match (&routing.queue_name, &routing.queue_id) {
        (Some(name), _) => Some(("queueName", name)),
        (None, id) => id.as_ref().map(|id| ("queueId", id)),
    };
    entries.extend(
        queue.map(|(key, it)| (key.into(), Json::String(it.text(symbols).clone()))),
    );
    if !routing.skills.is_empty() {
        let skills = routing.skills.iter().cloned().map(Json::String);
        entries.push(("skills".into(), Json::array(skills)));
    }
    entries.extend(routing.priority.map(|it| ("priority".into(), Json::Integer(it))));
    Json::object(entries)
}

/// Returns the variables of the first flow that the call set, unless their values are long.
fn variables(trace: &Trace, program: &Program) -> Vec<(Text, Value)> {
    let assigned: BTreeSet<u32> = { trace.events.iter() }
        .filter_map(|event| match &event.kind {
            EventKind::Assigned(variable, _) => Some(variable.0),
            _ => None,
        })
        .collect();
    let set = trace.variables.iter().filter(|(id, _)| assigned.contains(&id.0));
    let named = set.map(|(id, value)| (program.symbols.variable(*id).clone(), value));
    let short =
        named.filter(|(_, value)| value.to_json().to_string().len() < MOST_CHARACTERS);
    short.take(MOST_EXPECTED).map(|(name, value)| (name, value.clone())).collect()
}

/// Returns the attributes that the call set, unless their values are long.
fn attributes(trace: &Trace, program: &Program) -> Vec<(Text, Value)> {
    let set = attributes_set(program, trace).into_iter();
    let is_short = |value: &Value| value.to_json().to_string().len() < MOST_CHARACTERS;
    set.filter(|(_, value)| is_short(value)).take(MOST_EXPECTED).collect()
}

/// Returns the requests to data actions and webhooks, equal ones counted.
fn requests(trace: &Trace) -> Vec<Json> {
    let mut found: Vec<(Text, Option<Json>, i64)> = Vec::new();
    for ExternalRequest { name, inputs } in external_requests(trace) {
        let is_short = inputs.to_string().len() < MOST_CHARACTERS;
        let has_inputs = matches!(&inputs, Json::Object(inputs) if !inputs.is_empty());
        let inputs = Some(inputs).filter(|_| is_short && has_inputs);
        let mut known = found.iter_mut();
        match known.find(|(of, with, _)| *of == name && *with == inputs) {
            Some((_, _, count)) => *count += 1,
            None => found.push((name, inputs, 1)),
        }
    }
    let all: Vec<Text> = found.iter().map(|(name, ..)| name.clone()).collect();
    // Requests without listed inputs are counted with all others of their name.
    found.retain(|(name, inputs, _)| {
        inputs.is_some() || all.iter().filter(|other| *other == name).count() == 1
    });
    let entry = |(name, inputs, count): (Text, Option<Json>, i64)| {
        let with = inputs.map(|inputs| ("with".into(), inputs));
        let entries = [("name".into(), Json::String(name))].into_iter().chain(with);
        Json::object(entries.chain([("times".into(), Json::Integer(count))]))
    };
    found.into_iter().take(MOST_EXPECTED).map(entry).collect()
}

/// Writes a list: on one line if it is short, otherwise one item per line.
fn list(out: &mut String, indent: &str, key: &str, items: Vec<Json>) {
    let one = Json::array(items.clone());
    if one.to_string().len() + indent.len() + key.len() < LINE {
        return line(out, indent, key, &one);
    }
    let _ = writeln!(out, "{indent}{key}:");
    let bullet = format!("{indent}  - ");
    for item in items {
        let item = visible::json(&item);
        let _ = writeln!(out, "{bullet}{item}");
    }
}
