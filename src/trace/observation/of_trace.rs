//! Observations of flowsim's traces, without an intermediate document.

use super::{
    Attribute, AttributeKind, AttributeKinds, Observation, ObservedError, ObservedFlow,
    ObservedStep, Place, Source,
};
use crate::diagnostic::Code;
use crate::flow::SymbolTable;
use crate::trace::json::platform_path;
use crate::trace::steps::{Events, Grouped};
use crate::trace::{
    EventKind, PathTaken, Request, Routing, Step, Subject, Trace, Transfer,
};
use crate::value::{Json, Text, Value};

impl Observation {
    /// Creates the observation of a trace, with all kinds of data known. For a comparison
    /// with an execution document, use [`of_document`](Self::of_document) of
    /// [`execution::of_trace`](crate::trace::execution::of_trace) instead.
    pub fn of_trace(trace: &Trace, symbols: &SymbolTable) -> Self {
        let flow = symbols.flow(trace.flow);
        let mut steps = Vec::with_capacity(trace.steps.len());
        Grouped::new(trace)
            .each(|_, step, events| steps.push(observe(step, events, symbols)));
        let node_id = trace.failed_at.map(|node| symbols.node(node).id.clone());
        Self {
            source: Source::Trace,
            flow: ObservedFlow {
                id: Some(flow.id.clone()),
                name: Some(flow.name.clone()),
                version: flow.version.clone(),
                flow_type: Some(flow.flow_type.clone()),
            },
            start: Some(trace.start),
            elapsed_ms: Some(trace.elapsed_ms),
            status: Some(trace.status.name().into()),
            exit_reason: None,
            error: trace.failure.as_ref().map(|failure| ObservedError {
                code: Some(failure.code.name().into()),
                message: Some(failure.message.clone()),
                node_id,
            }),
            knows_error: true,
            variables: Some(variables(trace, symbols)),
            steps,
            known: AttributeKinds::all(),
            knows_ends: true,
            is_truncated: false,
            unlogged: Vec::new(),
        }
    }
}

fn variables(trace: &Trace, symbols: &SymbolTable) -> Vec<(Text, Option<Json>)> {
    let known =
        trace.variables.iter().map(|(id, value)| (symbols.variable(*id).clone(), value));
    let other = trace.other_variables.iter().map(|(name, value)| (name.clone(), value));
    known.chain(other).map(|(name, value)| (name, Some(value.to_json()))).collect()
}

fn observe(step: &Step, events: &Events<'_>, symbols: &SymbolTable) -> ObservedStep {
    let label = symbols.node(step.node);
    let mut found = ObservedStep {
        id: Some(label.id.clone()),
        tracking_id: label.tracking_id,
        name: Some(label.name.clone()),
        kind: label.node_type.clone(),
        is_action: true,
        flow: Some(symbols.flow(label.flow).id.clone()),
        depth: Some(step.depth),
        start_ms: Some(step.start_ms),
        path: path(step, &label.outputs),
        ..ObservedStep::default()
    };
    let spoken =
        events.iter().filter(|fact| matches!(fact, EventKind::Prompted(_))).count();
    let mut said = 0;
    for fact in events.iter() {
        if let EventKind::Prompted(phrase) = fact {
            let place = match spoken {
                1 => Place::Key("/result/text"),
                _ => Place::Element("/result/texts", said),
            };
            let text = Json::String(phrase.text(symbols).clone());
            found.attributes.push(Attribute::new(AttributeKind::Prompt, "", text, place));
            said += 1;
        } else {
            add(&mut found, fact, symbols);
        }
    }
    found.attributes.sort_by_key(|attribute| attribute.kind);
    found
}

/// Returns the path as named in `flowsim.trace/1` and simulation responses.
fn path(step: &Step, outputs: &[Text]) -> Option<Text> {
    match step.path {
        PathTaken::None => None,
        PathTaken::Next => Some("next".into()),
        PathTaken::Error => Some("error".into()),
        PathTaken::Default => Some("default".into()),
        PathTaken::Condition(number) => Some(ecow::eco_format!("condition {number}")),
        PathTaken::Output(index) => {
            let output =
                outputs.get(usize::from(index)).map(|label| platform_path(label));
            Some(output.map_or_else(|| "next".into(), |path| Text::from(&*path)))
        }
    }
}

/// The notes and errors of steps for which the fixtures lack something.
const LACKING: [Code; 7] = [
    Code::ACTION_NOT_SIMULATED,
    Code::DATA_ACTION_NOT_MOCKED,
    Code::DATA_TABLE_NOT_FOUND,
    Code::FLOW_NOT_FOUND,
    Code::QUEUE_NOT_FOUND,
    Code::SCHEDULE_NOT_CHECKED,
    Code::WEBHOOK_NOT_MOCKED,
];

/// Returns the code in the `errorType` of a transfer to an unknown target.
fn lacking_by_type(event: &EventKind) -> Option<Code> {
    let EventKind::Entry(entry) = event else { return None };
    let Value::String(name) = &entry.value else { return None };
    let mut codes = LACKING.into_iter();
    codes.find(|code| entry.name == "errorType" && code.name() == name.as_str())
}

fn add(found: &mut ObservedStep, fact: &EventKind, symbols: &SymbolTable) {
    match fact {
        EventKind::Answered(answer) => add_answer(found, answer),
        EventKind::Requested(asked) => add_question(found, asked),
        EventKind::Routed(routing) => add_routing(found, routing, symbols),
        EventKind::Transferred(transfer) => add_transfer(found, transfer),
        EventKind::Input(..) | EventKind::Output(..) | EventKind::Entry(_) => {
            add_passed(found, fact);
            found.lacking = found.lacking.or_else(|| lacking_by_type(fact));
        }
        EventKind::Noted(code) if LACKING.contains(code) => found.lacking = Some(*code),
        other => {
            if let EventKind::Failed(failure) = other
                && LACKING.contains(&failure.code)
            {
                found.lacking = Some(failure.code);
            }
            found.is_end |= matches!(other, EventKind::Ended(_));
            found.attributes.extend(single(other, symbols));
        }
    }
}

/// Converts an event with a single value.
fn single(event: &EventKind, symbols: &SymbolTable) -> Option<Attribute> {
    let (kind, name, value, place) = match event {
        EventKind::Read(reference, value) => {
            let name = symbols.reference(*reference).clone();
            let place = Place::Member("/result/operands");
            (AttributeKind::Read, name, value.to_json(), place)
        }
        EventKind::Assigned(variable, value) => {
            let name = symbols.variable(*variable).clone();
            let place = Place::Member("/result/variables");
            (AttributeKind::Set, name, value.to_json(), place)
        }
        EventKind::CallerInput(text) => {
            let text = Json::String(text.clone());
            (AttributeKind::Caller, "heard".into(), text, Place::Member("/result"))
        }
        EventKind::Collected(digits) => {
            let digits = Json::String(digits.clone());
            (AttributeKind::Caller, "digits".into(), digits, Place::Member("/result"))
        }
        EventKind::Failed(failure) => {
            let code = failure.code.name().into();
            (AttributeKind::Error, "error".into(), code, Place::Key("/result/error/code"))
        }
        EventKind::TimedOut => {
            let place = Place::Member("/result");
            (AttributeKind::Error, "cutOff".into(), true.into(), place)
        }
        EventKind::Ended(end) => {
            let end = end.name().into();
            (AttributeKind::End, "endType".into(), end, Place::Member("/result"))
        }
        _ => return None,
    };
    Some(Attribute::new(kind, name, value, place))
}

/// Adds an input or output of an Architect action.
fn add_passed(found: &mut ObservedStep, fact: &EventKind) {
    let (is_output, name, value) = match fact {
        EventKind::Input(field, value) => (false, Text::from(&*field.name()), value),
        EventKind::Output(field, value) => (true, Text::from(&*field.name()), value),
        EventKind::Entry(entry) => {
            (entry.of.is_output(), entry.name.clone(), &entry.value)
        }
        _ => return,
    };
    let (aspect, list) = match is_output {
        true => (AttributeKind::Output, "/result/outputs"),
        false => (AttributeKind::Input, "/result/inputs"),
    };
    found.attributes.push(Attribute::new(
        aspect,
        name,
        value.to_json(),
        Place::Member(list),
    ));
}

/// Adds the fields of an answer as they appear in a result.
pub(super) fn add_answer(found: &mut ObservedStep, answer: &Json) {
    let place = Place::Member("/result");
    let attribute = |name: &str, value: &Json| {
        Attribute::new(AttributeKind::Answer, name, value.clone(), place.clone())
    };
    match answer {
        Json::Object(entries) => {
            found
                .attributes
                .extend(entries.iter().map(|(name, value)| attribute(name, value)));
        }
        other => found.attributes.push(attribute("value", other)),
    }
}

fn add_question(found: &mut ObservedStep, asked: &Request) {
    let what = match asked.subject {
        Subject::Contact => "the external contacts, for",
        Subject::DataAction => "data action",
        Subject::QueueStatistics => "the statistics of queue",
        Subject::Webhook => "webhook",
        Subject::Flow => "flow",
    };
    if asked.subject != Subject::Flow {
        found.request = Some(ecow::eco_format!("{what} `{}`", asked.name));
    }
    if let Json::Object(inputs) = &asked.inputs {
        for (name, value) in inputs.iter() {
            let place = Place::Member("/asked/inputs");
            found.attributes.push(Attribute::new(
                AttributeKind::Input,
                &**name,
                value.clone(),
                place,
            ));
        }
    }
}

fn add_routing(found: &mut ObservedStep, routing: &Routing, symbols: &SymbolTable) {
    let text = |phrase: &Option<crate::trace::Phrase>| {
        phrase.as_ref().map(|phrase| Json::String(phrase.text(symbols).clone()))
    };
    let skills = routing.skills.iter().cloned().map(Json::String);
    let all = [
        ("queueId", text(&routing.queue_id)),
        ("queueName", text(&routing.queue_name)),
        ("skills", Some(Json::array(skills))),
        ("priority", routing.priority.map(Json::Integer)),
    ];
    add_target(found, all, "/result");
}

fn add_transfer(found: &mut ObservedStep, transfer: &Transfer) {
    let all = [
        ("kind", Some(transfer.kind.name().into())),
        ("id", transfer.id.clone().map(Json::String)),
        ("name", Some(Json::String(transfer.name.clone()))),
    ];
    add_target(found, all, "/result/transfer");
}

/// Adds the known properties of a routing target, which are in the object at `place`.
fn add_target<const N: usize>(
    found: &mut ObservedStep,
    properties: [(&str, Option<Json>); N],
    place: &'static str,
) {
    let known = properties.into_iter().filter_map(|(name, value)| {
        Some(Attribute::new(AttributeKind::Routing, name, value?, Place::Member(place)))
    });
    found.attributes.extend(known);
}
