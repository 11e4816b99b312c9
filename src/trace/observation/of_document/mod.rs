//! Observations of execution documents: every event is a step. Nested events follow the
//! event that contains them.

mod entries;
mod exchange;
mod keys;
mod lookup;
mod setting;

use rustc_hash::FxHashMap;

use super::{
    Attribute, AttributeKind, AttributeKinds, Observation, ObservedFlow, ObservedStep,
    Place, Source, escaped,
};
use crate::trace::execution::{
    AudioItem, Characteristic, Event, ExecutionDocument, Variable, shown,
};
use crate::value::{DateTime, Json, Text};

impl Observation {
    /// Creates the observation of an execution document, of the platform or of
    /// [flowsim](crate::trace::execution::of_trace). Data that the document marks as not
    /// logged is unknown. *Source: `docs/trace.md`.*
    pub fn of_document(document: &ExecutionDocument) -> Self {
        let started = document.started_at();
        let exit = document.events().filter(|(_, event)| event.name == "endedFlow");
        let exit = exit.filter_map(|(_, event)| text(event.other.get("flowExitReason")?));
        let exit_reason = exit.last();
        let logged = exchange::Logged::of(document, exit_reason.as_ref());
        let mut reader =
            Reader { started, logged, steps: Vec::new(), runs: FxHashMap::default() };
        let flow = document.flow_name.as_ref().or(document.flow_id.as_ref()).cloned();
        let events = document.execution.as_deref().unwrap_or_default();
        let end = document.ended_at();
        reader.events(events, "/flow", &Context { flow, parent: None, depth: 0, end });
        let elapsed = document
            .ended_at()
            .zip(started)
            .map(|(end, start)| end.milliseconds() - start.milliseconds());
        Self {
            source: Source::Document,
            flow: ObservedFlow {
                id: document.flow_id.clone(),
                name: document.flow_name.clone(),
                version: document.flow_version.clone(),
                flow_type: document.flow_type.as_ref().map(|kind| kind.to_lowercase()),
            },
            start: started,
            elapsed_ms: elapsed,
            status: None,
            exit_reason,
            error: None,
            knows_error: true,
            variables: None,
            steps: reader.steps,
            known: known(document),
            knows_ends: true,
            is_truncated: document.is_truncated == Some(true),
            unlogged: unlogged(document),
        }
    }
}

fn known(document: &ExecutionDocument) -> AttributeKinds {
    use AttributeKind::{
        Answer, Caller, Error, Input, Output, Prompt, Routing, Set, Start,
    };
    let all: &[(Characteristic, &[AttributeKind])] = &[
        (Characteristic::Variables, &[Start, Set]),
        (Characteristic::InputOutputs, &[Input, Output, Answer, Routing]),
        (Characteristic::Communications, &[Prompt, Caller]),
        (Characteristic::EventError, &[Error]),
    ];
    let unknown = all.iter().filter(|(it, _)| document.logs(*it) == Some(false));
    let unknown = unknown.flat_map(|(_, aspects)| aspects.iter());
    let known = AttributeKinds::all().without(AttributeKind::Read);
    unknown.fold(known, |known, aspect| known.without(*aspect))
}

fn unlogged(document: &ExecutionDocument) -> Vec<&'static str> {
    let all: &[(Characteristic, &[&'static str])] = &[
        (Characteristic::Communications, &["turn"]),
        (Characteristic::EventOther, &["event"]),
        (Characteristic::EventError, &["eventError"]),
        (Characteristic::EventWarning, &["eventWarning"]),
        (Characteristic::Items, &["action", "menu", "started", "ended", "turn"]),
    ];
    let not_logged = all.iter().filter(|(it, _)| document.logs(*it) == Some(false));
    not_logged.flat_map(|(_, starts)| starts.iter().copied()).collect()
}

/// Context of an event.
struct Context<'d> {
    flow: Option<Text>,
    parent: Option<&'d Event>,
    depth: u16,
    /// Start of the next event after those of the level.
    end: Option<DateTime>,
}

struct Reader<'d> {
    started: Option<DateTime>,
    logged: exchange::Logged,
    steps: Vec<ObservedStep>,
    /// Action or task by run id: events that belong to one contain only its run id.
    runs: FxHashMap<&'d str, &'d Event>,
}

impl<'d> Reader<'d> {
    fn events(&mut self, events: &'d [Event], below: &str, around: &Context<'d>) {
        for (index, event) in events.iter().enumerate() {
            let place =
                ecow::eco_format!("{below}/execution/{index}/{}", escaped(&event.name));
            let rest = events.get(index + 1..).unwrap_or_default();
            let next = rest.iter().find_map(Event::began_at).or(around.end);
            let took_ms = duration_ms(event, next);
            let exchange = exchange::exchange(event, took_ms, rest, self.logged);
            let step = self.step(event, place.clone(), around);
            self.steps.push(ObservedStep { exchange: exchange.map(Box::new), ..step });
            if let Some(run) = &event.execution_id {
                self.runs.entry(run).or_insert(event);
            }
            if event.nested().is_empty() {
                continue;
            }
            let inner = Context {
                flow: match exchange::module(event) {
                    // The name of a module is an input, which may not be logged.
                    None if event.name != "actionCallCommonModule" => around.flow.clone(),
                    module => module,
                },
                parent: Some(event),
                depth: around.depth.saturating_add(1),
                end: next,
            };
            self.events(event.nested(), &place, &inner);
        }
    }

    /// Returns the action or task that an event without its own name belongs to.
    fn owner(&self, event: &Event, around: &Context<'d>) -> Option<&'d Event> {
        let context = event.other.get("context").and_then(|it| it.get("executionId"));
        let run = match context {
            Some(Json::String(run)) => Some(run.as_str()),
            _ => event.execution_id.as_deref(),
        };
        let known = run.and_then(|run| self.runs.get(run).copied());
        known.or_else(|| around.parent.filter(|_| event.name == "turn"))
    }

    /// Returns the id and name of an event or of its owner, and the owner if it was used.
    fn identity(
        &self,
        event: &Event,
        around: &Context<'d>,
    ) -> (Option<Text>, Option<Text>, Option<&'d Event>) {
        let of = |event: &Event, keys: [&str; 2]| {
            keys.into_iter().find_map(|key| text(event.other.get(key)?))
        };
        let id = |event: &Event| {
            let own = event.action_id.as_ref().or(event.task_id.as_ref()).cloned();
            own.or_else(|| of(event, ["menuId", "stateId"]))
        };
        let name = |event: &Event| {
            let own = event.action_name.as_ref().or(event.task_name.as_ref()).cloned();
            own.or_else(|| of(event, ["menuName", "stateName"]))
        };
        match (id(event), name(event)) {
            (None, None) => {
                let owner = self.owner(event, around);
                (owner.and_then(id), owner.and_then(name), owner)
            }
            (id, name) => (id, name, None),
        }
    }

    fn step(&self, event: &Event, place: Text, around: &Context<'d>) -> ObservedStep {
        let is_action =
            event.name.starts_with("action") || event.name.starts_with("menu");
        let (id, name, owner) = self.identity(event, around);
        let start_ms = event.began_at().zip(self.started);
        let mut step = ObservedStep {
            id,
            tracking_id: event.tracking_id.or(owner.and_then(|it| it.tracking_id)),
            name,
            kind: event.name.clone(),
            is_action,
            is_end: false,
            flow: around.flow.clone(),
            depth: Some(around.depth),
            start_ms: start_ms
                .map(|(at, start)| at.milliseconds() - start.milliseconds()),
            path: event.output_path_id.clone(),
            path_name: event.output_path_name.clone(),
            request: asked(event),
            lacking: None,
            exchange: None,
            objects: exchange::objects(event),
            language: exchange::language(event),
            attributes: Vec::new(),
            place: Some(place),
        };
        variables(&mut step, event);
        data(&mut step, event);
        communication(&mut step, event);
        rest(&mut step, event);
        step.attributes.sort_by_key(|attribute| attribute.kind);
        step
    }
}

fn text(json: &Json) -> Option<Text> {
    match json {
        Json::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// Returns the time until the first nested event, or else until the next event.
fn duration_ms(event: &Event, next: Option<DateTime>) -> i64 {
    let end = event.nested().iter().find_map(Event::began_at).or(next);
    match (event.began_at(), end) {
        (Some(began), Some(ended)) => ended.since(began).milliseconds().max(0),
        _ => 0,
    }
}

/// Returns the recipient of an action's request, as far as its inputs show it.
fn asked(event: &Event) -> Option<Text> {
    let named = |key: &str| {
        let value = event.input_data.as_ref()?.get(key)?;
        text(value).or_else(|| text(value.get("name")?))
    };
    let recipient = match event.name.as_str() {
        "actionDataTableLookup" => ("data table", named("dataTableName")),
        "actionCallData" | "actionCallDataSecure" => ("data action", named("dataAction")),
        name if asks(name) => return Some("the platform".into()),
        _ => return None,
    };
    let (what, name) = recipient;
    let name = name.or_else(|| event.action_name.clone()).unwrap_or_default();
    Some(ecow::eco_format!("{what} `{name}`"))
}

fn asks(name: &str) -> bool {
    let starts = ["actionGet", "actionFind", "actionEvaluate", "actionSearch"];
    starts.iter().any(|start| name.starts_with(start))
        || matches!(
            name,
            "actionDataTableLookup" | "actionCallData" | "actionCallDataSecure"
        )
}

fn variables(step: &mut ObservedStep, event: &Event) {
    let lists = [
        (AttributeKind::Start, "/variables", &event.variables),
        (AttributeKind::Set, "/statements", &event.statements),
        (AttributeKind::Set, "/outputVariables", &event.output_variables),
    ];
    for (aspect, list, variables) in lists {
        let list = Text::from(list);
        for (index, variable) in variables.iter().flatten().enumerate() {
            let Some(name) = variable.name.as_ref().or(variable.id.as_ref()) else {
                continue;
            };
            step.attributes.push(Attribute {
                kind: aspect,
                name: name.clone(),
                key: variable.id.clone(),
                value: variable_value(variable),
                place: Place::Item(list.clone(), index),
            });
        }
    }
}

/// A variable without a value is not set.
fn variable_value(variable: &Variable) -> Option<Json> {
    match (&variable.value, variable.other.contains_key("valueIsRedacted")) {
        (None, false) => Some(Json::Null),
        _ => variable.shown().cloned(),
    }
}

fn data(step: &mut ObservedStep, event: &Event) {
    let outputs =
        if asks(&event.name) { AttributeKind::Answer } else { AttributeKind::Output };
    let all = [
        (AttributeKind::Input, "/inputData", &event.input_data, "inputName"),
        (outputs, "/outputData", &event.output_data, "outputName"),
    ];
    for (aspect, base, data, name_key) in all {
        let Some(Json::Object(entries)) = data else { continue };
        for (key, value) in entries.iter() {
            // Played audio is part of the turns.
            if value.get("audioItems").is_some() {
                continue;
            }
            let here = ecow::eco_format!("{base}/{}", escaped(key));
            match value {
                Json::Array(items) if has_names(items, name_key) => {
                    named_items(step, aspect, &here, items, name_key);
                }
                value if is_routing(event, key) => routing(step, key, value, &here),
                value => step.attributes.push(attribute(aspect, key, value, here)),
            }
        }
    }
}

fn attribute(aspect: AttributeKind, name: &str, value: &Json, place: Text) -> Attribute {
    let value = shown(value).cloned();
    Attribute {
        kind: aspect,
        name: name.into(),
        key: None,
        value,
        place: Place::Entry(place),
    }
}

/// Returns whether a list contains named values. An empty list does not.
fn has_names(items: &[Json], name_key: &str) -> bool {
    !items.is_empty() && items.iter().all(|item| item.get(name_key).is_some())
}

fn named_items(
    step: &mut ObservedStep,
    aspect: AttributeKind,
    list: &Text,
    items: &[Json],
    name_key: &str,
) {
    for (index, item) in items.iter().enumerate() {
        let is_redacted = item.get("valueIsRedacted") == Some(&Json::Boolean(true));
        let value = item.get("value").unwrap_or(&Json::Null);
        step.attributes.push(Attribute {
            kind: aspect,
            name: item.get(name_key).and_then(text).unwrap_or_default(),
            key: None,
            value: shown(value).filter(|_| !is_redacted).cloned(),
            place: Place::Item(list.clone(), index),
        });
    }
}

fn is_routing(event: &Event, key: &str) -> bool {
    let is_transfer = event.name.contains("Transfer");
    is_transfer && (key.starts_with("target") || matches!(key, "priority" | "acdSkills"))
}

/// Adds the target of a transfer: `targetQueue {id, name}`, or another target.
fn routing(step: &mut ObservedStep, key: &str, value: &Json, here: &Text) {
    let mut push = |name: &str, value: &Json, place: Text| {
        step.attributes.push(attribute(AttributeKind::Routing, name, value, place));
    };
    match (key, value) {
        ("acdSkills", Json::Array(skills)) => {
            let name = |skill: &Json| {
                let skill = skill.get("skill").unwrap_or(skill);
                skill.get("name").cloned().unwrap_or_else(|| skill.clone())
            };
            push("skills", &Json::array(skills.iter().map(name)), here.clone());
        }
        (_, Json::Object(entries)) if key != "priority" => {
            let is_queue = key == "targetQueue";
            for (part, value) in entries.iter() {
                let name = match (part.as_str(), is_queue) {
                    ("id", true) => "queueId",
                    ("name", true) => "queueName",
                    (other, _) => other,
                };
                push(name, value, ecow::eco_format!("{here}/{}", escaped(part)));
            }
        }
        ("priority", _) => push(key, value, here.clone()),
        _ => push("name", value, here.clone()),
    }
}

fn communication(step: &mut ObservedStep, event: &Event) {
    let list = match event.other.contains_key("audio") {
        true => Text::from("/audio/toParticipant/audioItems"),
        false => Text::from("/toParticipant/audioItems"),
    };
    for (index, item) in event.played().into_iter().enumerate() {
        let heard = match item {
            // Blank audio fills every playback without content.
            AudioItem::Blank { .. } => continue,
            AudioItem::Prompt { name, .. } => Some(Json::String(name)),
            AudioItem::Speech { text } => Some(Json::String(text)),
            AudioItem::Other(item) if item.get("blankMs").is_some() => continue,
            AudioItem::Other(item) => shown(&item).cloned(),
        };
        let place = Place::Entry(ecow::eco_format!("{list}/{index}"));
        let (aspect, name, key) = (AttributeKind::Prompt, Text::new(), None);
        step.attributes.push(Attribute { kind: aspect, name, key, value: heard, place });
    }
    let from = event.other.get("fromParticipant").and_then(|from| from.get("audio"));
    let keys = from.and_then(|audio| audio.get("dtmf")?.get("value"));
    if keys.is_some() || event.hides_keys() {
        let value = event.pressed().map(Json::from);
        let place = Place::Key("/fromParticipant/audio/dtmf/value");
        let (aspect, name, key) = (AttributeKind::Caller, Text::from("keys"), None);
        step.attributes.push(Attribute { kind: aspect, name, key, value, place });
    }
}

/// Adds the target of the event and the way a flow ended, as far as `other` has them.
fn rest(step: &mut ObservedStep, event: &Event) {
    for (key, value) in &event.other {
        let aspect = match key.as_str() {
            "targetTask" | "targetMenu" | "targetState" | "endingOutputPath"
            | "languageTag" => AttributeKind::Input,
            "flowExitReason" => AttributeKind::End,
            "error" => AttributeKind::Error,
            _ => continue,
        };
        let mut here = ecow::eco_format!("/{}", escaped(key));
        let mut value = value;
        if let Some(code) = value.get("code").filter(|_| aspect == AttributeKind::Error) {
            (value, here) = (code, here + "/code");
        }
        step.attributes.push(attribute(aspect, key, value, here));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Files, read_json};
    use crate::trace::execution;
    use crate::trace::observation::{Exchange, ObservedName, Reply};
    use crate::value::Kind;
    use crate::world::{Answer, QueueAnswer, Response};

    fn steps(events: &str) -> Vec<ObservedStep> {
        let text =
            format!(r#"{{"flow": {{"flowName": "Main", "execution": [{events}]}}}}"#);
        let file = Files::new().add("run.json", text);
        let document = read_json(&file).unwrap();
        let document = execution::read(&document, &mut Vec::new()).unwrap();
        Observation::of_document(&document).steps
    }

    #[test]
    fn a_step_has_its_exchange() {
        let mut steps = steps(
            r#"{"actionCallData": {"actionName": "Get", "dateTime": "2026-01-05T09:00:00.000Z",
                "outputPathId": "__FAILURE__", "inputData": {"dataAction": {"name": "Orders"},
                "inputs": [{"inputName": "a", "value": 1}]},
                "outputData": {"errors": [{"outputName": "status", "value": 404}]}}},
              {"actionTransferToAcd": {"actionName": "Go", "dateTime": "2026-01-05T09:00:02.000Z",
                "inputData": {"targetQueue": {"id": "q", "name": "Sales"}}}}"#,
        );
        let transfer = steps.pop().unwrap();
        let json = |text| match Json::parse(text) {
            Ok(Json::Object(entries)) => entries.as_ref().clone(),
            other => panic!("{other:?}"),
        };
        let output = Json::parse(r#"{"status": 404}"#).unwrap();
        let data_action = Exchange::DataAction(Reply {
            node: "Get".into(),
            name: Some("Orders".into()),
            inputs: Some(json(r#"{"a": 1}"#)),
            answer: Answer::Response(Response { status: 404, output, latency_ms: 2000 }),
            gap: None,
        });
        assert_eq!(steps[0].exchange.as_deref(), Some(&data_action));
        let name = ObservedName { id: Some("q".into()), name: Some("Sales".into()) };
        let ObservedName { id, name: queue } = name.clone();
        assert_eq!(transfer.objects[0].kind, Kind::Queue);
        assert_eq!(transfer.objects[0].name, name);
        let Some(Exchange::Queue(reply)) = transfer.exchange.as_deref() else { panic!() };
        let accepted = Answer::Queue(QueueAnswer::Accepted { id, name: queue });
        assert_eq!(reply.answer, accepted);
    }

    #[test]
    fn steps_without_an_exchange_have_none() {
        let steps =
            steps(r#"{"actionPlayAudio": {"actionName": "Say"}}, {"eventError": {}}"#);
        assert!(steps.iter().all(|step| step.exchange.is_none()));
    }
}
