//! Tools for a call that is made by hand: the drawing of its flow and its place in it, the
//! same call with another input, and the call as a test.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value, json};

use super::{conversations, live};
use crate::engine::Limits;
use crate::flow::write::Graph;
use crate::report::graph::{Drawing, Line, Marking, Shape, drawings};
use crate::report::scenario::{self, Start};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::shared::Server;
use crate::server::state::State;
use crate::server::state::event::{Event, Origin};
use crate::server::state::flow::{Model, StoredFlow, Version, read_flow};
use crate::server::state::instance::{Instance, Progress, value_of};
use crate::trace::{PathTaken, Step, Trace};
use crate::value::Text;
use crate::world::Input;

/// Maximum number of inputs of a participant; the last ones are shown.
const MAX_INPUTS: usize = 1_000;
/// Maximum number of the question that a call can branch at.
const MAX_QUESTION: u64 = 1_000_000;

/// Adds the inputs, the attributes of the participant, and the place in the drawing.
pub(super) fn describe(instance: &Instance, body: &mut Value) {
    let inputs: Vec<Value> = instance.inputs().enumerate().map(input_json).collect();
    let first = inputs.len().saturating_sub(MAX_INPUTS);
    body["inputs"] = inputs.get(first..).unwrap_or_default().into();
    let attributes = instance.attributes().into_iter();
    let attributes =
        attributes.map(|(name, value)| (name.to_string(), value.as_str().into()));
    body["participantData"] = attributes.collect::<Map<_, _>>().into();
    body["place"] = place(instance);
    if let Some((from, question)) = &instance.branch_of {
        body["branchOf"] = json!({ "id": from.as_str(), "question": question });
    }
}

fn input_json((question, (node, input)): (usize, (&Text, &Input))) -> Value {
    let given = match input {
        Input::Silence => Value::Null,
        given => given.to_string().into(),
    };
    json!({ "question": question, "node": node.as_str(), "input": given })
}

/// Returns the node that the call is at, and the nodes and arrows that it took in this
/// flow, with whether an error led along the arrow; null before the first step.
fn place(instance: &Instance) -> Value {
    let (steps, _) = instance.history();
    let symbols = &instance.program().symbols;
    let Some(last) = steps.last() else { return Value::Null };
    let flow = symbols.node(last.node).flow;
    let is_inside = |step: &&Step| symbols.node(step.node).flow == flow;
    let mut nodes: IndexMap<&str, u64> = IndexMap::new();
    let mut arrows: IndexSet<(&str, &str, bool)> = IndexSet::new();
    for step in steps.iter().filter(is_inside) {
        let from = symbols.node(step.node).id.as_str();
        *nodes.entry(from).or_default() += 1;
        if let Some(next) = step.next
            && symbols.node(next).flow == flow
        {
            let is_error = step.path == PathTaken::Error;
            arrows.insert((from, symbols.node(next).id.as_str(), is_error));
        }
    }
    let id = &symbols.flow(flow).id;
    json!({
        "flowId": id.as_str(),
        "flowName": symbols.flow(flow).name.as_str(),
        "version": (*id == instance.flow).then_some(instance.version),
        "node": symbols.node(last.node).id.as_str(),
        "nodes": nodes,
        "arrows": arrows,
    })
}

/// Starts the same call again up to a question of the participant: `{question}`, its
/// number from 0. Answers of services and written variables are those of the first call.
pub(in crate::server) fn branch(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    body.only("the body", &["question"])?;
    let from = live::found(state, asked.parameter("instanceId"))?;
    if from.origin == Origin::Transfer {
        let message = "the conversation was transferred into this flow; branch at a question of \
                       the flow in which it started";
        return Err(ApiError::conflict(message));
    }
    let question = body.whole("question", 0..=MAX_QUESTION)?;
    let question = question.and_then(|it| usize::try_from(it).ok());
    let question = question.ok_or_else(|| ApiError::bad("the body needs `question`"))?;
    let is_open = live::asks(state, from);
    let count = from.inputs().count() + usize::from(is_open);
    if question >= count {
        let message = format!(
            "the call has no question {question}; its questions of the participant so far: \
             {count}, and the first is 0"
        );
        return Err(ApiError::bad(message));
    }
    let from = from.id.to_string();
    conversations::check_capacity(state)?;
    let id = state.fresh_id("Conversation").to_string();
    state.commit(Event::Branched { id: id.clone(), from, question })?;
    live::details(state, &id, "the call was started again up to the question")
}

/// Writes participant data: `{"tier": "gold", "old": null}`. The flow reads it.
pub(in crate::server) fn write_participant_data(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let written = asked.object()?.0;
    let instance = live::found(state, asked.parameter("instanceId"))?;
    if instance.origin == Origin::Execution {
        let message =
            "an execution has no participant, and therefore no participant data";
        return Err(ApiError::conflict(message));
    }
    if written.is_empty() {
        return Err(ApiError::bad("the body needs at least one attribute"));
    }
    let id = instance.id.to_string();
    let conversation = instance.conversation.as_ref().unwrap_or(&instance.id).to_string();
    conversations::participants::write_customer(state, &conversation, written)?;
    live::details(state, &id, "the participant data was written")
}

/// Returns the call as a scenario file, which `flowsim test` runs.
pub(in crate::server) fn scenario(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let instance = live::found(state, asked.parameter("instanceId"))?;
    let (trace, is_over) = match &instance.progress {
        Progress::Over { trace, .. } => (Some(Trace::clone(trace)), true),
        Progress::Waiting(session) => (session.trace_so_far(), false),
    };
    let trace = trace.ok_or_else(|| ApiError::conflict("the call has no trace yet"))?;
    let symbols = &instance.program().symbols;
    let start = start_of(state, instance, &trace);
    // A caller who has hung up answers no further question.
    let mut has_left = false;
    let inputs = instance.inputs().map(|(_, input)| input);
    let inputs = inputs.take_while(|input| {
        let is_wanted = !has_left;
        has_left = **input == Input::HangUp;
        is_wanted
    });
    let mut text = scenario::of_call(&start, inputs, (&trace, is_over), symbols);
    for note in notes(state, instance) {
        text = format!("# {note}\n{text}");
    }
    Ok(Reply::ok(json!({ "fileName": "calls.test.yaml", "scenario": text })))
}

fn start_of(state: &State, instance: &Instance, trace: &Trace) -> Start {
    let organisation = state.organisation();
    let sources = &organisation.sources;
    let values = |given: &Map<String, Value>| {
        let pairs = given.iter();
        pairs.map(|(name, value)| (name.as_str().into(), value_of(value))).collect()
    };
    let call = &instance.start.call;
    let max_actions = call.max_actions();
    Start {
        flows: sources.flows.clone(),
        fixtures: sources.fixtures.clone(),
        set: sources.set.clone(),
        flow: trace.flow,
        flow_name: name_without_id(state, instance),
        node: None,
        context: values(&instance.start.context),
        variables: values(&instance.start.variables),
        at: Some(call.start()),
        timeout_ms: None,
        max_actions: (max_actions != Limits::default().max_actions)
            .then_some(max_actions),
        seed: organisation.seed,
        is_strict: organisation.strict,
        stops_at_queue: organisation.stop_at_queue,
    }
}

/// Returns the name of the flow if its document has no id. The server has given it one,
/// which is not in the file.
fn name_without_id(state: &State, instance: &Instance) -> Option<Text> {
    let version = version_of(state.flows.get(&instance.flow)?, Some(instance.version))?;
    let model = read_flow(&version.content).model?;
    model.id().is_none().then(|| model.name().clone())
}

/// Returns what the test needs and the scenario file cannot contain.
fn notes(state: &State, instance: &Instance) -> Vec<&'static str> {
    let mut notes = Vec::new();
    let flow = state.flows.get(&instance.flow);
    let version = flow.and_then(|it| version_of(it, Some(instance.version)));
    if version.is_none_or(|version| version.files.is_none()) {
        notes.push("The flow was written by a request: save it as a file.");
    }
    if state.documents != state.organisation().documents {
        notes.push("The fixtures were changed by requests: save them as a file.");
    }
    if instance.was_written_to() {
        let note =
            "Clients wrote variables or attributes during the call; a test cannot.";
        notes.push(note);
    }
    if !state.webhooks.registered().is_empty() {
        notes.push("Services are not called in tests: fixtures answer webhooks.");
    }
    notes
}

fn version_of(flow: &StoredFlow, number: Option<u32>) -> Option<&Version> {
    match number {
        Some(number) => flow.versions.iter().find(|it| it.number == number),
        None => flow.published().or_else(|| flow.newest()),
    }
}

/// Returns the drawings of a flow: one for each of its units. `version` is the number of a
/// version; without it, the published one is drawn.
pub(in crate::server) fn drawing(server: &Server, asked: &ApiRequest) -> EndpointResult {
    let number = asked.query("version").map(|text| {
        text.parse::<u32>().map_err(|_| {
            ApiError::bad(format!("`version` must be a whole number, found `{text}`"))
        })
    });
    let number = number.transpose()?;
    let id = asked.parameter("flowId");
    let (name, version) = {
        let state = server.state();
        let flow = state.flow(id)?;
        let version = version_of(flow, number).cloned();
        (flow.name.clone(), version)
    };
    let version =
        version.ok_or_else(|| ApiError::not_found("a version of the flow", id))?;
    let graph = match &version.model {
        Model::Draft(flow) => Graph::of_draft(flow),
        Model::Architect(flow) => Graph::of_architect(flow),
    };
    let drawn = drawings(&graph, &Indices);
    let drawn: Vec<Value> = drawn.iter().map(|it| drawing_json(it, &graph)).collect();
    Ok(Reply::ok(json!({
        "id": id,
        "name": name.as_str(),
        "version": version.number,
        "drawings": drawn,
    })))
}

/// Marks boxes and arrows with their index in the graph.
struct Indices;

impl Marking for Indices {
    type Mark = usize;

    fn of_vertex(&self, _: &Graph, vertex: usize) -> (usize, Option<u64>) {
        (vertex, None)
    }

    fn of_arrow(&self, _: &Graph, arrow: usize) -> (usize, Option<u64>) {
        (arrow, None)
    }

    fn words(_: usize) -> &'static str {
        ""
    }
}

fn drawing_json(drawing: &Drawing<usize>, graph: &Graph) -> Value {
    let id = |vertex: usize| graph.vertices.get(vertex).and_then(|it| it.id.as_deref());
    let shape = |it: &Shape<usize>| {
        json!({
            "node": id(it.mark), "name": it.name, "kind": it.kind, "jump": it.jump,
            "title": it.title, "isStart": it.is_start,
            "x": it.x, "y": it.y, "width": it.width, "height": it.height,
        })
    };
    let line = |it: &Line<usize>| {
        let arrow = graph.arrows.get(it.mark);
        json!({
            "from": arrow.and_then(|it| id(it.from)), "to": arrow.and_then(|it| id(it.to)),
            "path": it.path, "label": it.label, "title": it.title, "x": it.x, "y": it.y,
        })
    };
    json!({
        "title": drawing.title, "count": drawing.count, "isList": drawing.is_list,
        "width": drawing.width, "height": drawing.height,
        "boxes": drawing.boxes.iter().map(shape).collect::<Vec<_>>(),
        "arrows": drawing.arrows.iter().map(line).collect::<Vec<_>>(),
    })
}
