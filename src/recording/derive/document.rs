//! Derivation of a call from an execution document.

use super::fixtures::FixturesBuilder;
use super::keys::{self, Settings};
use super::kinds;
use super::{Derived, RecordedAnswer, Subject, asked_skills};
use crate::trace::execution::{AudioItem, Event, ExecutionDocument, shown};
use crate::value::{DateTime, Json, JsonObject, Text, Value};
use crate::world::{ActionAnswer, Answer, Input, QueueAnswer, Response};

/// Scopes of Architect's built-in variables that the conversation sets.
const BUILT_IN: [&str; 6] =
    ["Call.", "Interaction.", "Message.", "Email.", "Chat.", "Survey."];

/// Status of failed data actions that did not report one.
const FAILED: u16 = 500;

/// Derives the start and environment of the call.
pub(super) fn derive(document: &ExecutionDocument) -> Derived {
    let mut finder = Deriver {
        derived: Derived {
            flow: document.flow_id.clone(),
            flow_name: document.flow_name.clone(),
            at: document.started_at(),
            is_paced_by_prompts: true,
            ..Derived::default()
        },
        world: FixturesBuilder::default(),
        attributes: JsonObject::new(),
        set: Vec::new(),
        is_module: document
            .flow_type
            .as_ref()
            .is_some_and(|kind| kind.to_lowercase().contains("module")),
    };
    let execution = document.execution.as_deref().unwrap_or_default();
    let flow = document.flow_name.as_ref().or(document.flow_id.as_ref());
    finder.level(execution, flow, document.ended_at());
    let Deriver { mut derived, world, attributes, .. } = finder;
    if !attributes.is_empty() {
        let given = Value::Json(Json::object(attributes));
        derived.context.push(("participantData".into(), given));
    }
    derived.inputs = derived
        .answers
        .iter()
        .filter_map(|answer| match &answer.answer {
            Answer::Input(input) if answer.menu_choice.is_none() => Some(input.clone()),
            _ => None,
        })
        .collect();
    derived.fixtures = world.to_json();
    derived
}

pub(super) struct Deriver {
    pub(super) derived: Derived,
    pub(super) world: FixturesBuilder,
    /// Initial attributes of the participant.
    attributes: JsonObject,
    /// Names of attributes that the flow has set, in lower case.
    set: Vec<Text>,
    /// Whether the call begins in a common module, whose variables the caller of the
    /// module sets.
    is_module: bool,
}

impl Deriver {
    /// Processes the events of one level. `end` is the start of the next event after the
    /// level.
    fn level(&mut self, events: &[Event], flow: Option<&Text>, end: Option<DateTime>) {
        for (index, event) in events.iter().enumerate() {
            let rest = events.get(index + 1..).unwrap_or_default();
            let next = rest.iter().find_map(Event::began_at).or(end);
            let ends = event.nested().iter().find_map(Event::began_at).or(next);
            let took_ms = match (event.began_at(), ends) {
                (Some(began), Some(ended)) => ended.since(began).milliseconds().max(0),
                _ => 0,
            };
            let before = self.derived.answers.len();
            self.event(event, took_ms, rest);
            for answer in self.derived.answers.iter_mut().skip(before) {
                answer.flow = flow.cloned();
            }
            let called = module(event);
            self.level(event.nested(), called.as_ref().or(flow), next);
        }
    }

    fn event(&mut self, event: &Event, took_ms: i64, rest: &[Event]) {
        self.see(event);
        match event.name.as_str() {
            "startedFlow" => self.begin(event),
            "startedMenu" => self.menu(event, rest),
            "actionGetParticipantData" => self.attributes_got(event),
            "actionSetParticipantData" => {
                let set = event.inputs().into_iter().map(|it| it.name.to_lowercase());
                self.set.extend(set);
            }
            "actionDataTableLookup" => self.table(event),
            "actionEvaluateSchedule" | "actionEvaluateScheduleGroup" => {
                self.schedule(event);
            }
            "actionCallData" | "actionCallDataAction" | "actionCallDataSecure" => {
                self.data_action(event, took_ms);
            }
            "actionGetExternalContact" | "actionSearchExternalContacts" => {
                self.contact(event);
            }
            "actionTransferToAcd" | "menuTransferToAcd" => self.queue(event),
            name if kinds::found(name).is_some() => self.found(event),
            // Actions that only play prompts, such as transfers, do not wait for input.
            name if name.starts_with("action")
                && event.nested().iter().any(is_question) =>
            {
                self.input_of_action(event);
            }
            name if kinds::needs_answer(name) => self.other(event, took_ms),
            _ => {}
        }
    }

    /// Collects the directory objects that an event names.
    fn see(&mut self, event: &Event) {
        for data in [&event.input_data, &event.output_data].into_iter().flatten() {
            self.see_data(data);
        }
        for item in event.played() {
            if let AudioItem::Prompt { id, name } = item {
                let (section, name) = match name.strip_prefix("PromptSystem.") {
                    Some(name) => ("systemPrompts", name),
                    None => ("prompts", name.strip_prefix("Prompt.").unwrap_or(&name)),
                };
                self.world.thing(section, id.as_ref(), Some(&name.into()), []);
            }
        }
        match event.other.get("languageTag") {
            Some(Json::String(tag)) => self.world.language(tag),
            _ if event.name == "actionSetLocale" => {
                if let Some(Json::String(tag)) = input(event, "language") {
                    self.world.language(&tag.clone());
                }
            }
            _ => {}
        }
    }

    fn see_data(&mut self, data: &Json) {
        match data {
            Json::Array(items) => items.iter().for_each(|item| self.see_data(item)),
            Json::Object(object) => {
                for (key, value) in &**object {
                    match (kinds::named(key), value) {
                        (Some(section), Json::Object(_)) => {
                            self.world.named(section, value);
                        }
                        _ => self.see_data(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// Collects the initial variables of the conversation.
    fn begin(&mut self, event: &Event) {
        for variable in event.variables.iter().flatten() {
            let (Some(name), Some(value)) = (&variable.name, variable.shown()) else {
                continue;
            };
            let is_initial = BUILT_IN.iter().any(|scope| name.starts_with(scope))
                || (self.is_module && name.starts_with("Common."));
            if !is_initial || *value == Json::Null {
                continue;
            }
            if let ("Call.Language" | "Interaction.Language", Json::String(tag)) =
                (name.as_str(), value)
            {
                self.derived.language = Some(tag.clone());
            }
            self.derived.variables.push((name.clone(), Value::from(value.clone())));
        }
        if let Some(Json::String(tag)) = event.other.get("languageTag") {
            self.derived.language.get_or_insert_with(|| tag.clone());
        }
    }

    /// Records a menu without its key, which documents lack. The next event determines
    /// the choice once the flow is known.
    fn menu(&mut self, event: &Event, rest: &[Event]) {
        let name = match event.other.get("menuName") {
            Some(Json::String(name)) => name.clone(),
            _ => Text::default(),
        };
        let next = rest.first();
        let waited = match (event.began_at(), next.and_then(Event::began_at)) {
            (Some(began), Some(next)) => next.since(began).milliseconds().max(0),
            _ => 0,
        };
        let chosen = next.filter(|it| it.name != "endedMenu").and_then(name_of);
        let mut answer =
            RecordedAnswer::new(Subject::Input, name, Answer::Input(Input::Silence));
        answer.menu_choice = Some((chosen.unwrap_or_default(), waited));
        self.derived.answers.push(answer);
    }

    fn attributes_got(&mut self, event: &Event) {
        for attribute in event.outputs() {
            let is_first = !self.set.contains(&attribute.name.to_lowercase())
                && !self.attributes.contains_key(&attribute.name);
            if let Some(value) = shown(&attribute.value)
                && *value != Json::Null
                && is_first
            {
                self.attributes.insert(attribute.name, value.clone());
            }
        }
    }

    fn data_action(&mut self, event: &Event, took_ms: i64) {
        let name = match input(event, "dataAction") {
            Some(Json::String(name)) => Some(name.clone()),
            Some(named) => match named.get("name").or_else(|| named.get("id")) {
                Some(Json::String(name)) => Some(name.clone()),
                _ => None,
            },
            None => None,
        };
        let outputs = event.outputs().into_iter();
        let outputs = outputs.filter(|it| shown(&it.value).is_some());
        let body: JsonObject = outputs.map(|it| (it.name, it.value)).collect();
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
            let output = Json::object(body.clone());
            Answer::Response(Response { status, output, latency_ms })
        };
        let inputs = sent(event);
        if let (Some(name), Answer::Response(_)) = (&name, &answer) {
            let given = response(status, Json::object(body), latency_ms);
            self.world.answer("dataActions", name, inputs.clone(), given);
        }
        let asked = RecordedAnswer::new(Subject::DataAction, action_name(event), answer);
        self.derived.answers.push(RecordedAnswer { name, inputs, ..asked });
    }

    /// Records whether the queue accepted the conversation.
    fn queue(&mut self, event: &Event) {
        let target = input(event, "targetQueue");
        let text = |key: &str| match target.and_then(|target| target.get(key)) {
            Some(Json::String(text)) => Some(text.clone()),
            _ => None,
        };
        let (id, name) = (text("id"), text("name"));
        if id.is_none() && name.is_none() {
            return;
        }
        let reported = event.other.get("error").and_then(|error| error.get("code"));
        let given = event.output_data.as_ref().and_then(|data| data.get("errorType"));
        let has_failed = event.output_path_id.as_deref() == Some("__FAILURE__");
        let answer = match reported.or(given) {
            Some(Json::String(code)) if code == "SKILL_MISMATCH" => {
                QueueAnswer::SkillMismatch
            }
            Some(Json::String(code)) if has_failed || code == "QUEUE_NOT_FOUND" => {
                QueueAnswer::NotFound
            }
            _ if warns(event, "QUEUE_NOT_CHECKED") => QueueAnswer::Unchecked,
            _ => QueueAnswer::Accepted { id: id.clone(), name: name.clone() },
        };
        let answer = Answer::Queue(answer);
        let inputs = Some(asked_skills(skills(event)));
        let asked = RecordedAnswer::new(Subject::Queue, action_name(event), answer);
        self.derived.answers.push(RecordedAnswer { name: name.or(id), inputs, ..asked });
    }

    fn found(&mut self, event: &Event) {
        let section = kinds::found(&event.name);
        let result = event.output_data.as_ref().and_then(|data| data.get("findResult"));
        if let (Some(section), Some(result)) = (section, result) {
            self.world.named(section, result);
        }
    }

    /// Records the caller's input to an action.
    fn input_of_action(&mut self, event: &Event) {
        let settings = Settings::of(event);
        let mut before: Option<DateTime> = None;
        for turn in event.nested().iter().filter(|it| it.name == "turn") {
            let (played, answered) = keys::times(turn);
            let began = before.max(played);
            before = answered.or(before);
            let input = match (turn.pressed(), began, answered) {
                (Some(pressed), Some(began), Some(answered)) => {
                    let done_ms = answered.since(began).milliseconds();
                    settings.input(pressed, done_ms)
                }
                (Some(pressed), ..) => settings.input(pressed, 0),
                // An action without output path is the last one: the caller hung up.
                (None, ..) if event.output_path_id.is_none() => Input::HangUp,
                (None, ..) => Input::Silence,
            };
            let answer = Answer::Input(input);
            let asked = RecordedAnswer::new(Subject::Input, action_name(event), answer);
            self.derived.answers.push(asked);
        }
    }

    /// Records an action whose result is not simulated.
    fn other(&mut self, event: &Event, took_ms: i64) {
        let outputs = event.outputs().into_iter();
        let outputs: Vec<(Text, Json)> = outputs
            .filter(|it| shown(&it.value).is_some_and(|value| *value != Json::Null))
            .map(|it| (it.name, it.value))
            .collect();
        let path = event
            .output_path_name
            .clone()
            .or_else(|| event.output_path_id.as_ref().map(|id| label_of(id).into()));
        let name = action_name(event);
        let answer = if warns(event, "ACTION_NOT_SIMULATED") {
            Answer::NotMocked
        } else {
            let mut given = JsonObject::new();
            if let Some(path) = &path {
                given.insert("path".into(), Json::String(path.clone()));
            }
            given.insert("outputs".into(), Json::object(outputs.iter().cloned()));
            if took_ms > 0 {
                given.insert("latencyMs".into(), Json::Integer(took_ms));
            }
            self.world.answer("actions", &name, None, given);
            Answer::Action(ActionAnswer { path, outputs, latency_ms: took_ms })
        };
        let asked = RecordedAnswer::new(Subject::Action, name.clone(), answer);
        self.derived.answers.push(RecordedAnswer { name: Some(name), ..asked });
    }
}

fn is_question(turn: &Event) -> bool {
    let purpose = turn.other.get("purpose");
    let is_transfer =
        matches!(purpose, Some(Json::String(it)) if it.starts_with("PreTransfer."));
    turn.name == "turn" && !is_transfer
}

/// Returns the name of the module that an action calls.
fn module(event: &Event) -> Option<Text> {
    let module = input(event, "commonModule")?;
    match module.get("flowName").or_else(|| module.get("flowId")) {
        Some(Json::String(name)) => Some(name.clone()),
        _ => None,
    }
}

pub(super) fn input<'e>(event: &'e Event, key: &str) -> Option<&'e Json> {
    event.input_data.as_ref()?.get(key).and_then(shown)
}

/// Returns the inputs of a request, as far as they are visible.
fn sent(event: &Event) -> Option<JsonObject> {
    let inputs = event.inputs().into_iter();
    let inputs = inputs.filter(|it| shown(&it.value).is_some());
    Some(inputs.map(|it| (it.name, it.value)).collect())
}

pub(super) fn action_name(event: &Event) -> Text {
    event.action_name.clone().or_else(|| event.action_id.clone()).unwrap_or_default()
}

/// Returns the name of an event in its flow.
fn name_of(event: &Event) -> Option<Text> {
    let started =
        ["menuName", "stateName"].iter().find_map(|key| match event.other.get(*key) {
            Some(Json::String(name)) => Some(name.clone()),
            _ => None,
        });
    event.action_name.clone().or_else(|| event.task_name.clone()).or(started)
}

pub(super) fn warns(event: &Event, code: &str) -> bool {
    let warning = event.other.get("warning").and_then(|warning| warning.get("code"));
    matches!(warning, Some(Json::String(known)) if known == code)
}

fn response(status: u16, output: Json, latency_ms: i64) -> JsonObject {
    let mut answer = JsonObject::new();
    if status != 200 {
        answer.insert("status".into(), Json::Integer(status.into()));
    }
    answer.insert("output".into(), output);
    if latency_ms > 0 {
        answer.insert("latencyMs".into(), Json::Integer(latency_ms));
    }
    answer
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
