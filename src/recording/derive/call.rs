//! Derivation of the start and the environment from the observation of a recorded call.

use super::derived::{Derived, RecordedAnswer, Subject, UnknownStart};
use super::fixtures::{FixturesBuilder, answer_entry, listed};
use super::waiting;
use crate::engine::Request;
use crate::expr::architect::BUILT_INS;
use crate::flow::read::node;
use crate::recording::document::{Kind, Recording};
use crate::recording::unknown::OF_CONVERSATION;
use crate::trace::observation::{
    Attribute, AttributeKind, Exchange, Gap, GroupState, GroupStateKind, MenuChoice,
    Observation, ObservedName, ObservedObject, ObservedStep, Reply, RowLookup, RowResult,
    ScheduleCheck,
};
use crate::value::{DateTime, Json, JsonObject, Kind as ValueKind, Text, Value};
use crate::world::{Answer, Input, section_of, section_of_prompt};

/// Scopes of the variables that flows declare. Those of common modules have the second one.
const OF_FLOW: [&str; 2] = ["Flow.", "Common."];

/// Derives the start and environment of a recorded call.
pub fn derive(recording: &Recording) -> Derived {
    derive_from(recording, recording.observation().as_mut())
}

/// Derives the start and environment of a recorded call from its
/// [observation](Recording::observation), and takes the exchanges out of the observation.
pub fn derive_from(
    recording: &Recording,
    observation: Option<&mut Observation>,
) -> Derived {
    let mut derived = match (recording.kind, observation) {
        (Kind::Execution, Some(observation)) => of_execution(observation),
        (Kind::Execution, None) => Derived::default(),
        (Kind::Simulation, observation) => of_simulation(recording, observation),
    };
    let flow = &recording.flow;
    derived.flow = derived.flow.or_else(|| flow.id.clone());
    derived.flow_name = derived.flow_name.or_else(|| flow.name.clone());
    derived.flow_type = derived.flow_type.or_else(|| flow.kind.clone());
    derived
}

fn of_execution(observation: &mut Observation) -> Derived {
    let flow = &observation.flow;
    let derived = Derived {
        flow: flow.id.clone(),
        flow_name: flow.name.clone(),
        flow_type: flow.flow_type.clone(),
        at: observation.start,
        is_paced_by_prompts: true,
        unknown: unlogged_unless(observation.steps.iter().any(shows_start)),
        ..Derived::default()
    };
    let mut derived = environment(derived, observation);
    derived.context.extend(waiting::context(observation));
    derived.inputs = inputs(&derived.answers);
    derived
}

fn unlogged_unless(is_start_known: bool) -> UnknownStart {
    UnknownStart { is_unlogged: !is_start_known, ..UnknownStart::default() }
}

/// Returns whether a step shows the variables that the conversation starts with.
fn shows_start(step: &ObservedStep) -> bool {
    let is_start = matches!(step.exchange.as_deref(), Some(Exchange::Start));
    is_start && step.of(AttributeKind::Start).next().is_some()
}

/// Derives the call of a simulation. The request has the start of the call, which the
/// response lacks.
fn of_simulation(
    recording: &Recording,
    observation: Option<&mut Observation>,
) -> Derived {
    let at = recording.recorded_at.as_deref().and_then(DateTime::parse);
    let unknown = unlogged_unless(recording.request.is_some());
    let mut derived = Derived { at, unknown, ..Derived::default() };
    if let Some(observation) = observation {
        if observation.status.as_deref() == Some("timeout") {
            derived.timeout_ms = observation.elapsed_ms;
        }
        let first = observation.steps.first().and_then(|step| step.flow.clone());
        derived.flow = recording.flow.id.clone().or(first);
        derived = environment(derived, observation);
    }
    let request = recording.request.as_ref();
    if let Some(request) = request.and_then(|json| Request::read(&node(json)).ok()) {
        begin(&mut derived, &request);
    }
    derived.inputs = inputs(&derived.answers);
    derived
}

/// Sets the start of the call, and the caller's input, from the request.
fn begin(derived: &mut Derived, request: &Request) {
    derived.flow = Some(request.flow.clone());
    derived.node = request.node.clone();
    derived.context = request.context.clone();
    derived.timeout_ms = derived.timeout_ms.or(Some(request.timeout_ms));
    let mut given = request.inputs.iter();
    let listened = derived.answers.iter_mut().filter(|it| it.about == Subject::Input);
    for answer in listened {
        let Some(input) = given.next() else { break };
        answer.answer = Answer::Input(input.clone());
    }
    // A menu that listens several times is one step.
    derived.answers.extend(given.map(|input| of_caller("", input.clone())));
    derived.is_silent_after_inputs = true;
    let language = request.context.iter().find(|(name, _)| name == "language");
    derived.language = language.map(|(_, value)| value.to_string().into());
}

/// Returns the recorded input of the caller up to the first hidden entry.
fn inputs(answers: &[RecordedAnswer]) -> Vec<Input> {
    let inputs = answers.iter().filter_map(|answer| match &answer.answer {
        Answer::Input(input) if answer.menu_choice.is_none() => {
            Some((input, answer.gap.is_none()))
        }
        _ => None,
    });
    inputs.take_while(|it| it.1).map(|it| it.0.clone()).collect()
}

/// Adds the environment, which the steps of the call show.
fn environment(derived: Derived, observation: &mut Observation) -> Derived {
    let mut deriver = Deriver {
        derived,
        world: FixturesBuilder::default(),
        attributes: JsonObject::default(),
        set: Vec::new(),
    };
    observation.steps.iter_mut().for_each(|step| deriver.step(step));
    let Deriver { mut derived, world, attributes, .. } = deriver;
    if !attributes.is_empty() {
        let given = Value::Json(Json::object(attributes));
        derived.context.push(("participantData".into(), given));
    }
    derived.fixtures = world.to_json();
    derived
}

struct Deriver {
    derived: Derived,
    world: FixturesBuilder,
    /// Initial attributes of the participant.
    attributes: JsonObject,
    /// Names of attributes that the flow has set, in lower case.
    set: Vec<Text>,
}

impl Deriver {
    fn step(&mut self, step: &mut ObservedStep) {
        step.objects.iter().for_each(|object| self.object(object));
        if let Some(tag) = &step.language {
            self.world.language(tag);
        }
        let Some(exchange) = step.exchange.take() else { return };
        let before = self.derived.answers.len();
        self.exchange(step, *exchange);
        for answer in self.derived.answers.iter_mut().skip(before) {
            answer.flow = step.flow.clone();
        }
    }

    fn exchange(&mut self, step: &ObservedStep, exchange: Exchange) {
        match exchange {
            Exchange::Start => self.start(step),
            Exchange::AttributesRead { attributes, is_partial } => {
                self.derived.unknown.attributes |= is_partial;
                self.attributes_read(attributes);
            }
            Exchange::AttributesSet(names) => {
                self.set.extend(names.iter().map(|name| name.to_lowercase()));
            }
            Exchange::Row(lookup) => self.row(lookup),
            Exchange::Schedules(check) => self.schedules(check),
            Exchange::Inputs { node, inputs } => {
                let inputs = inputs.into_iter().map(|input| match input {
                    Some(input) => of_caller(&node, input),
                    None => hidden_input(&node),
                });
                self.derived.answers.extend(inputs);
            }
            Exchange::Choice(choice) => self.derived.answers.push(chosen(choice)),
            Exchange::Contact(reply) => {
                self.contact(&reply);
                self.answered(Subject::Contact, reply);
            }
            Exchange::DataAction(reply) => {
                self.service("dataActions", &reply);
                self.answered(Subject::DataAction, reply);
            }
            Exchange::Webhook(reply) => self.answered(Subject::Webhook, reply),
            Exchange::QueueStatistics(reply) => {
                self.answered(Subject::QueueStatistics, reply);
            }
            Exchange::Queue(reply) => self.answered(Subject::Queue, reply),
            Exchange::Action(reply) => {
                self.service("actions", &reply);
                self.answered(Subject::Action, reply);
            }
        }
    }

    fn answered(&mut self, about: Subject, reply: Reply) {
        let Reply { node, name, inputs, answer, gap } = reply;
        let (flow, menu_choice) = (None, None);
        let answer =
            RecordedAnswer { about, flow, node, name, inputs, answer, menu_choice, gap };
        self.derived.answers.push(answer);
    }

    fn object(&mut self, object: &ObservedObject) {
        let ObservedName { id, name } = &object.name;
        if let (ValueKind::Prompt, Some(name)) = (object.kind, name) {
            let (section, name) = section_of_prompt(name);
            self.world.thing(section, id.as_ref(), Some(&name.into()), []);
        } else if let Some(section) = section_of(object.kind) {
            self.world.thing(section, id.as_ref(), name.as_ref(), []);
        }
    }

    /// Collects the initial variables of the conversation and of the flow.
    fn start(&mut self, step: &ObservedStep) {
        for variable in step.of(AttributeKind::Start) {
            let name = &variable.name;
            let is_built_in = OF_CONVERSATION.iter().any(|scope| name.starts_with(scope));
            if is_built_in && variable.value.is_none() {
                self.derived.unknown.hidden.push(name.clone());
            }
            let Some(value) = variable.value.as_ref().filter(|it| **it != Json::Null)
            else {
                continue;
            };
            if !is_built_in {
                self.declared(variable, value);
                continue;
            }
            if let ("Call.Language" | "Interaction.Language", Json::String(tag)) =
                (name.as_str(), value)
            {
                self.derived.language = Some(tag.clone());
            }
            self.derived.variables.push((name.clone(), Value::from(value.clone())));
        }
        if let Some(tag) = &step.language {
            self.derived.language.get_or_insert_with(|| tag.clone());
        }
    }

    /// Collects a variable of the flow in which the call began.
    fn declared(&mut self, variable: &Attribute, value: &Json) {
        let name = &variable.name;
        let is_of_flow = OF_FLOW.iter().any(|scope| name.starts_with(scope));
        let is_built_in = BUILT_INS.iter().any(|it| it.name.eq_ignore_ascii_case(name));
        if is_of_flow && !is_built_in {
            self.derived.of_flow.push((name.clone(), Value::from(value.clone())));
        }
    }

    /// Collects the attributes that the call did not set itself.
    fn attributes_read(&mut self, attributes: Vec<(Text, Json)>) {
        for (name, value) in attributes {
            if !self.set.contains(&name.to_lowercase()) {
                self.attributes.entry(name).or_insert(value);
            }
        }
    }

    fn row(&mut self, lookup: RowLookup) {
        let RowLookup { table, table_id, key, result } = lookup;
        if table_id.is_some() {
            self.world.table(&table, table_id.as_ref());
        }
        let Some(key) = key else { return };
        match result {
            Some(RowResult::Found(cells)) => self.world.row(&table, &key, Some(cells)),
            Some(RowResult::NotFound) => self.world.row(&table, &key, None),
            // The row is that of the user's table.
            Some(RowResult::Hidden) => return,
            None => {}
        }
        self.derived.lookups.push((table, key));
    }

    fn schedules(&mut self, check: ScheduleCheck) {
        if let Some((name, is_active)) = &check.emergency {
            let enabled = [("enabled", Json::Boolean(*is_active))];
            self.thing(ValueKind::EmergencyGroup, name, enabled);
        }
        let Some(at) = check.at else { return };
        self.derived.ignores_schedules |= check.is_unchecked;
        if check.is_unchecked {
            return;
        }
        if let Some((name, is_active)) = &check.schedule {
            let ObservedName { id, name } = name;
            self.world.schedule(id.as_ref(), name.as_ref(), at, *is_active);
        }
        if let Some((name, state)) = check.group {
            self.group(&name, state, at);
        }
    }

    /// Adds a group of schedules that are active, or of one that is not.
    fn group(&mut self, group: &ObservedName, state: GroupState, at: DateTime) {
        let GroupState { kind, mut active } = state;
        let key = match kind {
            GroupStateKind::Open => "openSchedules",
            GroupStateKind::Holiday => "holidaySchedules",
            GroupStateKind::Closed => "closedSchedules",
        };
        let is_active = !active.is_empty() || kind != GroupStateKind::Closed;
        if active.is_empty() {
            let of = group.name.as_ref().or(group.id.as_ref());
            let of = of.map_or("", |name| name.as_str());
            active.push(format!("{of} (recorded)").into());
        }
        for name in &active {
            self.world.schedule(None, Some(name), at, is_active);
        }
        let names = Json::array(active.into_iter().map(Json::String));
        self.thing(ValueKind::ScheduleGroup, group, [(key, names)]);
    }

    fn thing(
        &mut self,
        kind: ValueKind,
        name: &ObservedName,
        more: [(&'static str, Json); 1],
    ) {
        if let Some(section) = section_of(kind) {
            self.world.thing(section, name.id.as_ref(), name.name.as_ref(), more);
        }
    }

    /// Adds a contact under the key by which it was found, or else under its id.
    fn contact(&mut self, reply: &Reply) {
        if reply.gap.is_some() {
            return;
        }
        let contacts = match &reply.answer {
            Answer::Contact(Some(contact)) => std::slice::from_ref(contact),
            Answer::Contacts(contacts) => contacts.as_slice(),
            _ => return,
        };
        for contact in contacts {
            let Json::Object(contact) = contact else { continue };
            let id = match contact.get("id") {
                Some(Json::String(id)) => Some(id),
                _ => None,
            };
            let Some(key) = reply.name.as_ref().or(id) else { continue };
            // Several contacts have the same key, so each is listed under its id.
            let place = id.filter(|_| contacts.len() > 1).unwrap_or(key);
            self.world.contact(place, listed(contact, key));
        }
    }

    fn service(&mut self, section: &'static str, reply: &Reply) {
        let is_given = reply.gap.is_none()
            && matches!(reply.answer, Answer::Response(_) | Answer::Action(_));
        if let Some(name) = reply.name.as_ref().filter(|_| is_given) {
            let (inputs, entry) = (reply.inputs.clone(), answer_entry(&reply.answer));
            self.world.answer(section, name, inputs, entry);
        }
    }
}

fn of_caller(node: &str, input: Input) -> RecordedAnswer {
    RecordedAnswer {
        about: Subject::Input,
        flow: None,
        node: node.into(),
        name: None,
        inputs: None,
        answer: Answer::Input(input),
        menu_choice: None,
        gap: None,
    }
}

/// Returns an entry that the recording hides.
fn hidden_input(node: &str) -> RecordedAnswer {
    RecordedAnswer { gap: Some(Gap::Whole), ..of_caller(node, Input::Silence) }
}

/// Returns a choice in a menu.
fn chosen(choice: MenuChoice) -> RecordedAnswer {
    let of_menu = match choice.is_hidden {
        true => hidden_input(&choice.menu),
        false => of_caller(&choice.menu, Input::Silence),
    };
    RecordedAnswer { menu_choice: Some(choice), ..of_menu }
}
