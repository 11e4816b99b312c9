//! Flows built in a line a node, calls made in a line, and what came of them as plain text.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use flowsim::diagnostic::Diagnostic;
use flowsim::engine::{Call, Limits, Session, play};
use flowsim::flow::{Flow, read};
use flowsim::program::Program;
use flowsim::source::{Files, read_json, read_yaml};
use flowsim::trace::{JsonWriter, Trace};
use flowsim::value::{Json, Value as Typed};
use flowsim::world::{FixtureHost, Fixtures, Input};
use serde_json::{Value, json};

/// A node of a draft flow.
#[derive(Debug, Clone)]
pub(crate) struct Node(Value);

/// A node of any type.
pub(crate) fn node(id: &str, node_type: &str, properties: Value) -> Node {
    Node(json!({"id": id, "type": node_type, "properties": properties}))
}

impl Node {
    /// Where the call goes when the node is done.
    pub(crate) fn to(mut self, next: &str) -> Self {
        self.0["onComplete"]["nextNode"] = next.into();
        self
    }

    /// Where the call goes when the node failed.
    pub(crate) fn or(mut self, error: &str) -> Self {
        self.0["onError"] = json!({"nextNode": error});
        self
    }

    /// The error target that stands within `onComplete`.
    pub(crate) fn or_within(mut self, error: &str) -> Self {
        self.0["onComplete"]["onError"] = error.into();
        self
    }

    /// The name.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.0["name"] = name.into();
        self
    }
}

pub(crate) fn say(id: &str, text: &str) -> Node {
    node(id, "Say", json!({"sayText": text}))
}

pub(crate) fn gather(id: &str, properties: Value) -> Node {
    node(id, "Gather", properties)
}

/// Sets variables: pairs of `name:type` and value; without a type the value stays as it is.
pub(crate) fn set(id: &str, assignments: &[(&str, Value)]) -> Node {
    let item = |(key, value): &(&str, Value)| match key.split_once(':') {
        Some((key, kind)) => json!({"key": key, "value": {"type": kind, "value": value}}),
        None => json!({"key": key, "value": value}),
    };
    node(id, "Set", json!({"setVars": assignments.iter().map(item).collect::<Vec<_>>()}))
}

/// Decides: pairs of condition and target, and the default target if it is not empty.
pub(crate) fn decide(id: &str, conditions: &[(&str, &str)], default: &str) -> Node {
    let item = |(expression, next): &(&str, &str)| json!({"expression": expression, "nextNode": next});
    let items = conditions.iter().map(item).collect::<Vec<_>>();
    let mut properties = json!({"conditions": items});
    if !default.is_empty() {
        properties["defaultNextNode"] = default.into();
    }
    node(id, "If", properties)
}

pub(crate) fn call_flow(id: &str, properties: Value) -> Node {
    node(id, "Flow", properties)
}

pub(crate) fn end(id: &str) -> Node {
    node(id, "End", json!({"endType": "normal"}))
}

pub(crate) fn end_error(id: &str) -> Node {
    node(id, "End", json!({"endType": "error"}))
}

pub(crate) fn disconnect(id: &str) -> Node {
    node(id, "End", json!({"endType": "disconnect"}))
}

/// A flow that starts at its first node; its id is its name.
pub(crate) fn flow(name: &str, nodes: impl IntoIterator<Item = Node>) -> Value {
    let nodes: Vec<Value> = nodes.into_iter().map(|node| node.0).collect();
    let start = nodes.first().map_or(Value::Null, |node| node["id"].clone());
    json!({"id": name, "name": name, "type": "inbound",
        "draft": {"startNode": start, "nodes": nodes, "edges": {}}})
}

/// Flows that were read and compiled together, and the world around them.
pub(crate) struct Stage {
    pub(crate) program: Arc<Program>,
    pub(crate) fixtures: Fixtures,
    /// Codes of what was said about the documents.
    pub(crate) findings: Vec<String>,
}

/// A stage with these flows and without fixtures.
pub(crate) fn stage(flows: impl IntoIterator<Item = Value>) -> Stage {
    let flows: Vec<Value> = flows.into_iter().collect();
    Stage::read(&json!({"flows": flows}).to_string())
}

/// A stage with one flow called `main`.
pub(crate) fn main_flow(nodes: impl IntoIterator<Item = Node>) -> Stage {
    stage([flow("main", nodes)])
}

/// A stage with one flow that runs this node, called `It`, and goes on to `Done` or, if it
/// fails, to `Failed`.
pub(crate) fn only(node_type: &str, properties: Value) -> Stage {
    let it = node("It", node_type, properties).to("Done").or("Failed");
    main_flow([it, end("Done"), end("Failed")])
}

/// Reads flows from a text.
pub(crate) fn read_flows(text: &str) -> (Vec<Flow>, Vec<Diagnostic>) {
    let mut files = Files::new();
    let file = files.add("flows.json", text);
    let mut diagnostics = Vec::new();
    let document = read_json(&file).expect("the document is JSON");
    let flows = read::read(&document, &mut diagnostics);
    (flows, diagnostics)
}

/// Reads fixtures from a text that has nothing wrong in it.
pub(crate) fn read_fixtures(text: &str) -> Fixtures {
    let mut files = Files::new();
    let file = files.add("fixtures.yaml", text);
    let document = read_yaml(&file).expect("the fixtures are YAML");
    let (fixtures, diagnostics) = Fixtures::read(&document, Path::new(""));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    fixtures
}

/// Reads the notation of inputs.
pub(crate) fn read_inputs(inputs: &[&str]) -> Vec<Input> {
    inputs.iter().map(|text| Input::parse(text).expect("an input")).collect()
}

impl Stage {
    /// A stage with the flows of a JSON text.
    pub(crate) fn read(text: &str) -> Self {
        let (flows, diagnostics) = read_flows(text);
        let findings = diagnostics.iter().map(|found| found.code.to_string()).collect();
        let program = Arc::new(Program::compile(&flows));
        Self { program, fixtures: Fixtures::default(), findings }
    }

    /// With these fixtures, written in YAML.
    pub(crate) fn with(mut self, fixtures: &str) -> Self {
        self.fixtures = read_fixtures(fixtures);
        self
    }

    /// A call to the first flow.
    pub(crate) fn call(&self) -> Caller<'_> {
        let first = &self.program.legend.flows[0].id;
        self.call_to(first)
    }

    /// A call to a flow, by id or name.
    pub(crate) fn call_to(&self, flow: &str) -> Caller<'_> {
        let flow = self.program.flow(flow).expect("the flow is loaded");
        Caller {
            stage: self,
            call: Call::new(flow),
            limits: Limits::default(),
            inputs: Vec::new(),
        }
    }

    /// What comes of a call to the first flow with these inputs.
    pub(crate) fn press(&self, inputs: &[&str]) -> Played<'_> {
        self.call().press(inputs)
    }

    /// What comes of a call to the first flow by somebody who does nothing.
    pub(crate) fn run(&self) -> Played<'_> {
        self.press(&[])
    }
}

/// A call that is being prepared.
pub(crate) struct Caller<'s> {
    stage: &'s Stage,
    pub(crate) call: Call,
    limits: Limits,
    inputs: Vec<Input>,
}

impl<'s> Caller<'s> {
    /// Starts at a node.
    pub(crate) fn at(mut self, node: &str) -> Self {
        let found = self.stage.program.node(self.call.flow(), node);
        self.call = self.call.at_node(found.expect("the node exists"));
        self
    }

    /// With a field of the context.
    pub(crate) fn context(mut self, name: &str, value: &str) -> Self {
        self.call = self.call.context(&self.stage.program, name, Typed::from(value));
        self
    }

    /// With a variable, written in JSON.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        let value = Json::parse(value).expect("the variable is JSON");
        self.call = self.call.variable(&self.stage.program, name, value.into());
        self
    }

    /// With a time limit on the virtual clock.
    pub(crate) fn timeout(mut self, milliseconds: i64) -> Self {
        self.limits.timeout_ms = Some(milliseconds);
        self
    }

    /// With a limit of actions.
    pub(crate) fn actions(mut self, most: u32) -> Self {
        self.limits.max_actions = most;
        self
    }

    /// With a limit of nested flows.
    pub(crate) fn depth(mut self, most: u16) -> Self {
        self.limits.max_depth = most;
        self
    }

    /// The finished call and its inputs, for whoever drives the session.
    pub(crate) fn prepare(mut self, inputs: &[&str]) -> (Call, Vec<Input>) {
        self.inputs = read_inputs(inputs);
        (self.call.limits(self.limits), self.inputs)
    }

    /// Makes the call with these inputs.
    pub(crate) fn press(self, inputs: &[&str]) -> Played<'s> {
        let stage = self.stage;
        let (call, inputs) = self.prepare(inputs);
        let mut session = Session::start(Arc::clone(&stage.program), &call);
        let mut host = FixtureHost::new(&stage.fixtures, &inputs);
        let trace = play(&mut session, &call, &mut host);
        Played::new(&stage.program, trace)
    }

    /// Makes the call; the caller does nothing.
    pub(crate) fn run(self) -> Played<'s> {
        self.press(&[])
    }
}

/// What came of a call.
pub(crate) struct Played<'s> {
    pub(crate) program: &'s Program,
    pub(crate) trace: Trace,
    pub(crate) json: Value,
}

impl<'s> Played<'s> {
    pub(crate) fn new(program: &'s Program, trace: Trace) -> Self {
        let mut text = String::new();
        JsonWriter::new(&program.legend).write(&trace, &mut text);
        let json = serde_json::from_str(&text).expect("a trace is JSON");
        Self { program, trace, json }
    }

    /// The ids of the nodes, in order.
    pub(crate) fn path(&self) -> String {
        let ids: Vec<&str> =
            self.trace.path(&self.program.legend).map(|id| &**id).collect();
        ids.join(" ")
    }

    /// The ids of the nodes, each with the depth at which it ran.
    pub(crate) fn depths(&self) -> String {
        let nodes = &self.program.legend.nodes;
        let steps = self.trace.steps.iter();
        let texts: Vec<String> = steps
            .map(|step| format!("{}{}", nodes[step.node.index()].id, step.depth))
            .collect();
        texts.join(" ")
    }

    /// `completed`, or the status and why: `error NO_INPUT at Ask`.
    pub(crate) fn end(&self) -> String {
        let mut text = self.trace.status.name().to_owned();
        if let Some(failure) = &self.trace.failure {
            let _ = write!(text, " {}", failure.code);
        }
        if let Some(node) = self.trace.failed_at {
            let _ = write!(text, " at {}", self.program.legend.node(node).id);
        }
        text
    }

    /// Milliseconds on the virtual clock.
    pub(crate) fn elapsed(&self) -> i64 {
        self.trace.elapsed_ms
    }

    /// A variable at the end as JSON; `unset` if it has no value.
    pub(crate) fn variable(&self, name: &str) -> String {
        match self.trace.variable(&self.program.legend, name) {
            Some(value) => value.to_json().to_string(),
            None => "unset".into(),
        }
    }

    /// What the caller heard.
    pub(crate) fn prompts(&self) -> Vec<&str> {
        self.trace.prompts(&self.program.legend).map(|text| &**text).collect()
    }

    /// What the caller heard last.
    pub(crate) fn last_prompt(&self) -> &str {
        self.prompts().last().copied().unwrap_or_default()
    }

    /// Where the conversation went, as the trace writes it.
    pub(crate) fn routing(&self) -> &Value {
        &self.json["routing"]
    }

    /// The diagnostics: `VARIABLE_NOT_FOUND at Greet`.
    pub(crate) fn diagnostics(&self) -> Vec<String> {
        let items = self.json["diagnostics"].as_array().expect("a list");
        let text =
            |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
        items
            .iter()
            .map(|item| format!("{} at {}", text(item, "code"), text(item, "nodeId")))
            .collect()
    }

    /// The step of the trace in which a node ran last.
    pub(crate) fn step(&self, node: &str) -> &Value {
        let steps = self.json["steps"].as_array().expect("a list");
        let found = steps.iter().rev().find(|step| step["nodeId"] == node);
        found.expect("the node ran")
    }

    /// The result of that step.
    pub(crate) fn result(&self, node: &str) -> &Value {
        &self.step(node)["result"]
    }

    /// The error code of that step; empty if it did not fail.
    pub(crate) fn error_of(&self, node: &str) -> &str {
        self.result(node)["error"]["code"].as_str().unwrap_or_default()
    }
}
