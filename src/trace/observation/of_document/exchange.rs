//! Exchanges and objects of an event.

use super::entries::inputs;
use super::lookup;
use super::setting::{
    input, name_of_action, named, set_variables, shown_parameters, string, warns,
};
use crate::flow::kinds::{self, By, LookupKind, Operation, Support};
use crate::trace::execution::{
    AudioItem, Characteristic, Event, ExecutionDocument, shown,
};
use crate::trace::observation::exchange::{
    Exchange, Gap, MenuChoice, ObservedName, ObservedObject, Reply,
};
use crate::value::{Json, JsonObject, Kind, Text};
use crate::world::{ActionAnswer, Answer, QueueAnswer, Response};

/// Status of failed data actions that did not report one.
const FAILED: u16 = 500;

/// Inputs and outputs that name an object, and its kind.
const NAMED: [(&str, Kind); 9] = [
    ("targetQueue", Kind::Queue),
    ("queue", Kind::Queue),
    ("skill", Kind::Skill),
    ("languageSkill", Kind::LanguageSkill),
    ("targetUser", Kind::User),
    ("user", Kind::User),
    ("targetGroup", Kind::Group),
    ("wrapupCode", Kind::WrapupCode),
    ("scheduleGroup", Kind::ScheduleGroup),
];

fn named_kind(name: &str) -> Option<Kind> {
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// The properties of a document that decide what its events show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Logged {
    /// Whether inputs and outputs of actions were logged.
    pub(super) outputs: bool,
    /// Whether prompts and the participant's input were logged.
    pub(super) communications: bool,
    /// Whether the document ends before the call.
    pub(super) is_truncated: bool,
    /// Whether the flow ended the call, and not the participant.
    pub(super) is_ended_by_flow: bool,
}

impl Logged {
    pub(super) fn of(document: &ExecutionDocument, exit_reason: Option<&Text>) -> Self {
        Self {
            outputs: document.logs(Characteristic::InputOutputs) != Some(false),
            communications: document.logs(Characteristic::Communications) != Some(false),
            is_truncated: document.is_truncated == Some(true),
            is_ended_by_flow: exit_reason.is_some_and(|it| it == "FLOW_DISCONNECT"),
        }
    }
}

/// Returns the exchange of an event. `took_ms` is its duration, and `rest` are the events
/// after it on its level.
pub(super) fn exchange(
    event: &Event,
    took_ms: i64,
    rest: &[Event],
    logged: Logged,
) -> Option<Exchange> {
    match event.name.as_str() {
        "startedFlow" => return Some(Exchange::Start),
        "startedMenu" => return Some(Exchange::Choice(choice(event, rest, logged))),
        // The name in documents of the platform's API.
        "actionCallDataAction" => {
            return Some(Exchange::DataAction(data_action(event, took_ms, logged)));
        }
        _ => {}
    }
    match kinds::of_event(&event.name).map(|kind| kind.operation) {
        Some(Operation::GetParticipantData) => {
            let is_partial = !logged.outputs || hides_outputs(event);
            let shown = shown_parameters(event.outputs());
            let attributes = without_null(shown).collect();
            Some(Exchange::AttributesRead { attributes, is_partial })
        }
        Some(Operation::SetParticipantData) => {
            let set = event.inputs().into_iter().map(|it| it.name);
            Some(Exchange::AttributesSet(set.collect()))
        }
        Some(Operation::Lookup(kind)) if is_exchange(kind) => {
            looked_up(kind, event, took_ms, logged)
        }
        Some(Operation::CollectInput | Operation::DialByExtension)
            if !logged.communications =>
        {
            Some(entries(event, rest, logged))
        }
        Some(Operation::TransferToAcd) => queue(event).map(Exchange::Queue),
        // Actions that only play prompts, such as transfers, do not wait for input.
        _ if event.name.starts_with("action")
            && event.nested().iter().any(is_question) =>
        {
            Some(entries(event, rest, logged))
        }
        _ if needs_answer(&event.name) => {
            Some(Exchange::Action(action(event, took_ms, logged)))
        }
        _ => None,
    }
}

/// Returns the entries of the caller in an action.
fn entries(event: &Event, rest: &[Event], logged: Logged) -> Exchange {
    // The last event of a document that ends early may lack its end.
    let is_cut = logged.is_truncated && rest.is_empty();
    let node = name_of_action(event);
    Exchange::Inputs { node, inputs: inputs(event, logged, is_cut) }
}

/// Whether the result of a lookup comes from outside, or is an object that is known by
/// its name.
fn is_exchange(kind: LookupKind) -> bool {
    !matches!(kind, LookupKind::Wait | LookupKind::Users)
}

/// Returns the exchange of a lookup.
fn looked_up(
    kind: LookupKind,
    event: &Event,
    took_ms: i64,
    logged: Logged,
) -> Option<Exchange> {
    match kind {
        LookupKind::DataTable => lookup::row(event).map(Exchange::Row),
        LookupKind::Schedule | LookupKind::ScheduleGroup => {
            Some(Exchange::Schedules(lookup::schedules(event)))
        }
        LookupKind::DataAction => {
            Some(Exchange::DataAction(data_action(event, took_ms, logged)))
        }
        LookupKind::Contact | LookupKind::ContactSearch => {
            lookup::contact(event).map(Exchange::Contact)
        }
        LookupKind::Object(..) | LookupKind::Users | LookupKind::Wait => None,
    }
}

/// Returns the kind of the object that an event finds. Prompts are played by
/// other events.
fn found_kind(event: &Event) -> Option<Kind> {
    match kinds::of_event(&event.name)?.operation {
        Operation::Lookup(LookupKind::Object(kind, By::Name | By::Id)) => Some(kind),
        _ => None,
    }
}

/// Returns the objects that an event names: in its inputs and outputs, as prompts, and as
/// the result of a search.
pub(super) fn objects(event: &Event) -> Vec<ObservedObject> {
    let mut objects = Vec::new();
    for data in [&event.input_data, &event.output_data].into_iter().flatten() {
        collect(data, &mut objects);
    }
    for item in event.played() {
        if let AudioItem::Prompt { id, name } = item {
            let name = ObservedName { id, name: Some(name) };
            objects.push(ObservedObject { kind: Kind::Prompt, name });
        }
    }
    let found = event.output_data.as_ref().and_then(|data| data.get("findResult"));
    if let (Some(kind), Some(found)) = (found_kind(event), found) {
        objects.push(ObservedObject { kind, name: named(found) });
    }
    objects
}

fn collect(data: &Json, objects: &mut Vec<ObservedObject>) {
    match data {
        Json::Array(items) => items.iter().for_each(|item| collect(item, objects)),
        Json::Object(entries) => {
            for (key, value) in entries.iter() {
                match (named_kind(key), value) {
                    (Some(kind), Json::Object(_)) => {
                        objects.push(ObservedObject { kind, name: named(value) });
                    }
                    _ => collect(value, objects),
                }
            }
        }
        _ => {}
    }
}

/// Returns the language that an event sets or reports.
pub(super) fn language(event: &Event) -> Option<Text> {
    match event.other.get("languageTag") {
        Some(Json::String(tag)) => Some(tag.clone()),
        _ if event.name == "actionSetLocale" => string(input(event, "language")),
        _ => None,
    }
}

/// Returns the module that an action calls.
pub(super) fn module(event: &Event) -> Option<Text> {
    let module = input(event, "commonModule")?;
    string(module.get("flowName").or_else(|| module.get("flowId")))
}

/// Returns whether fixtures must answer an action: bots, transfers that may fail, and all
/// actions that flowsim does not simulate.
fn needs_answer(event: &str) -> bool {
    if !event.starts_with("action") && !event.starts_with("menuTransfer") {
        return false;
    }
    let kind = kinds::of_event(event);
    kind.is_none_or(|kind| !matches!(kind.support(), Support::Runs | Support::Ends))
}

/// Returns the choice in a menu. Documents lack the key; the next event shows the choice.
fn choice(event: &Event, rest: &[Event], logged: Logged) -> MenuChoice {
    let next = rest.first();
    let waited_ms = match (event.began_at(), next.and_then(Event::began_at)) {
        (Some(began), Some(next)) => next.since(began).milliseconds().max(0),
        _ => 0,
    };
    let chosen = next.filter(|it| it.name != "endedMenu");
    // A caller who hangs up ends the call too.
    let goes_on = rest.get(1).is_some_and(|it| it.name != "endedFlow");
    let caller_stays = next.is_some() && (goes_on || logged.is_ended_by_flow);
    MenuChoice {
        menu: string(event.other.get("menuName")).unwrap_or_default(),
        chosen: chosen.and_then(name_of).unwrap_or_default(),
        chosen_id: chosen.and_then(id_of),
        tracking_id: chosen.and_then(|it| it.tracking_id),
        waited_ms,
        is_hidden: logged.is_truncated && next.is_none(),
        caller_stays: chosen.is_none() && caller_stays,
    }
}

/// Returns the name of an event in its flow.
fn name_of(event: &Event) -> Option<Text> {
    let keys = ["menuName", "stateName"];
    let started = keys.into_iter().find_map(|key| string(event.other.get(key)));
    event.action_name.clone().or_else(|| event.task_name.clone()).or(started)
}

/// Returns the id of an event in its flow.
fn id_of(event: &Event) -> Option<Text> {
    let keys = ["menuId", "stateId"];
    let started = keys.into_iter().find_map(|key| string(event.other.get(key)));
    event.action_id.clone().or_else(|| event.task_id.clone()).or(started)
}

fn data_action(event: &Event, took_ms: i64, logged: Logged) -> Reply {
    let name = match input(event, "dataAction") {
        Some(Json::String(name)) => Some(name.clone()),
        Some(named) => string(named.get("name").or_else(|| named.get("id"))),
        None => None,
    };
    let body: JsonObject = shown_parameters(event.outputs()).collect();
    let path = event.output_path_id.as_deref();
    let status = match (path, body.get("status")) {
        (Some("__FAILURE__"), Some(Json::Integer(status @ 300..=599))) => {
            u16::try_from(*status).unwrap_or(FAILED)
        }
        (Some("__FAILURE__"), _) => FAILED,
        _ => 200,
    };
    // The latency of an action that timed out exceeds the timeout.
    let latency_ms = took_ms + i64::from(path == Some("__TIMEOUT__"));
    let answer = if warns(event, "DATA_ACTION_NOT_MOCKED") {
        Answer::NotMocked
    } else {
        Answer::Response(Response { status, output: Json::object(body), latency_ms })
    };
    let is_partial = !logged.outputs || hides_outputs(event);
    let has_outputs = path != Some("__TIMEOUT__");
    let gap = (is_partial && has_outputs).then(|| Gap::Outputs(set_variables(event)));
    let inputs = Some(shown_parameters(event.inputs()).collect());
    Reply { node: name_of_action(event), name, inputs, answer, gap }
}

/// Returns whether the document hides an output of an action.
fn hides_outputs(event: &Event) -> bool {
    event.outputs().iter().any(|it| shown(&it.value).is_none())
}

/// Returns whether the queue accepted the conversation.
fn queue(event: &Event) -> Option<Reply> {
    let ObservedName { id, name } = named(input(event, "targetQueue")?);
    if id.is_none() && name.is_none() {
        return None;
    }
    let reported = event.other.get("error").and_then(|error| error.get("code"));
    let given = event.output_data.as_ref().and_then(|data| data.get("errorType"));
    let has_failed = event.output_path_id.as_deref() == Some("__FAILURE__");
    let answer = match reported.or(given) {
        Some(Json::String(code)) if code == "SKILL_MISMATCH" => {
            QueueAnswer::SkillMismatch { id: id.clone(), name: name.clone() }
        }
        Some(Json::String(code)) if has_failed || code == "QUEUE_NOT_FOUND" => {
            QueueAnswer::NotFound
        }
        _ if warns(event, "QUEUE_NOT_CHECKED") => QueueAnswer::Unchecked,
        _ => QueueAnswer::Accepted { id: id.clone(), name: name.clone() },
    };
    let inputs = [("skills".into(), Json::array(skills(event)))].into_iter().collect();
    Some(Reply {
        node: name_of_action(event),
        name: name.or(id),
        inputs: Some(inputs),
        answer: Answer::Queue(answer),
        gap: None,
    })
}

/// Returns the names of the skills that a transfer requires.
fn skills(event: &Event) -> Vec<Json> {
    let listed = match input(event, "acdSkills") {
        Some(Json::Array(skills)) => skills.as_slice(),
        _ => &[],
    };
    let listed = listed.iter().filter_map(|item| item.get("skill"));
    let all = listed.chain(input(event, "languageSkill"));
    all.filter_map(|skill| skill.get("name").cloned()).collect()
}

fn is_question(turn: &Event) -> bool {
    let purpose = string(turn.other.get("purpose"));
    turn.name == "turn" && !purpose.is_some_and(|it| it.starts_with("PreTransfer."))
}

/// Returns the result of an action that is not simulated.
fn action(event: &Event, took_ms: i64, logged: Logged) -> Reply {
    let node = name_of_action(event);
    let path = event
        .output_path_name
        .clone()
        .or_else(|| event.output_path_id.as_ref().map(|id| label_of(id).into()));
    let answer = if warns(event, "ACTION_NOT_SIMULATED") {
        Answer::NotMocked
    } else {
        let outputs = without_null(shown_parameters(event.outputs())).collect();
        Answer::Action(ActionAnswer { path, outputs, latency_ms: took_ms })
    };
    // The outputs of a transfer describe its failure only.
    let is_unlogged = !logged.outputs && !event.name.contains("Transfer");
    let gap = (is_unlogged || hides_outputs(event)).then_some(Gap::Whole);
    Reply { name: Some(node.clone()), node, inputs: None, answer, gap }
}

fn without_null(
    values: impl Iterator<Item = (Text, Json)>,
) -> impl Iterator<Item = (Text, Json)> {
    values.filter(|(_, value)| *value != Json::Null)
}

/// Converts an output path id to its label: `__NOT_FOUND__` becomes `notFound`.
fn label_of(id: &str) -> String {
    let plain = id.trim_matches('_').to_lowercase();
    let mut label = String::new();
    let mut is_upper = false;
    for letter in plain.chars() {
        match letter {
            '_' => is_upper = true,
            _ if is_upper => {
                label.extend(letter.to_uppercase());
                is_upper = false;
            }
            _ => label.push(letter),
        }
    }
    label
}
