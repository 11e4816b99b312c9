//! The parameters of a call: flow, context, variables, limits.

use std::sync::Arc;

use super::queued::Patience;
use crate::flow::{FlowId, NodeId, VariableId};
use crate::program::{ContextId, Program};
use crate::value::{DateTime, Duration, Json, Object, Text, Value, properties_of};
use crate::world::{Organisation, empty_organisation, names_objects};

/// Limits after which a call ends although its flows are not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest number of actions in a call; users can set at most
    /// [`Self::MOST_ACTIONS`].
    pub max_actions: u32,
    /// The largest number of flows nested below the first.
    pub max_depth: u16,
    /// The time limit of the call on the virtual clock, in milliseconds.
    pub timeout_ms: Option<i64>,
}

impl Limits {
    /// The largest limit on actions that a command line or a scenario file may set. A
    /// trace holds everything that a call does, some hundred bytes per action. Tests run
    /// in parallel, and their traces must fit into memory together.
    pub const MOST_ACTIONS: u32 = 1_000_000;
}

impl Default for Limits {
    /// Returns 10,000 actions, 32 nested flows, no timeout.
    fn default() -> Self {
        Self { max_actions: 10_000, max_depth: 32, timeout_ms: None }
    }
}

/// The default start time of a call: 2026-01-05T09:00:00Z. It is fixed, so that runs
/// repeat.
pub const DEFAULT_START: DateTime =
    DateTime::from_milliseconds(1_767_603_600_000).unwrap();

/// Fields of a context, and the Architect variables that hold them.
const FIELDS: [(&str, &str); 24] = [
    ("from", "Call.Ani"),
    ("ani", "Call.Ani"),
    ("to", "Call.CalledAddress"),
    ("dnis", "Call.CalledAddress"),
    ("to", "Call.CalledAddressOriginal"),
    ("dnis", "Call.CalledAddressOriginal"),
    ("name", "Call.RemoteName"),
    ("conversationId", "Call.ConversationId"),
    ("conversationId", "Interaction.Id"),
    ("conversationId", "Email.ConversationId"),
    ("conversationId", "Message.ConversationId"),
    ("conversationId", "Chat.ConversationId"),
    ("conversationId", "Survey.ConversationId"),
    ("language", "Call.Language"),
    ("language", "Interaction.Language"),
    ("language", "Email.Language"),
    ("language", "Message.Language"),
    ("uuiData", "Call.UUIData"),
    ("externalContactId", "Call.ExternalContactId"),
    ("externalOrganizationId", "Call.CustomerExternalOrganizationID"),
    ("invocationData", "Call.InvocationData"),
    ("queue", "Call.CurrentQueue"),
    ("positionInQueue", "Call.PositionInQueue"),
    ("estimatedWaitMs", "Call.EstimatedWaitTime"),
];

/// Context field: milliseconds until an agent answers a caller who waits in a queue.
pub const ANSWER_AFTER: &str = "answerAfterMs";

/// Context field: milliseconds until the caller hangs up while waiting in a queue.
pub const ABANDON_AFTER: &str = "abandonAfterMs";

/// Context fields that are whole numbers.
const NUMBERS: [&str; 4] =
    [ANSWER_AFTER, ABANDON_AFTER, "positionInQueue", "estimatedWaitMs"];

/// Returns the problem with a context field, if any. Numeric fields must be non-negative
/// whole numbers, or strings that contain one.
pub fn context_problem(name: &str, value: &Value) -> Option<String> {
    let known = NUMBERS.iter().find(|known| known.eq_ignore_ascii_case(name))?;
    let message = format!("`{known}` must be a non-negative whole number");
    (!value.is_unset() && whole(value).is_none()).then_some(message)
}

/// Context fields that are addresses of a call.
const ADDRESSES: [&str; 4] = ["from", "ani", "to", "dnis"];

/// Returns an address as the platform gives it to flows: a telephone number has the prefix
/// `tel:`. Other addresses, such as `sip:a@example.com`, stay as they are. *Source:
/// execution documents.*
fn address(value: Value) -> Value {
    match &value {
        Value::String(text) if is_number(text.trim()) => {
            Value::String(format!("tel:{}", text.trim()).into())
        }
        _ => value,
    }
}

/// Whether a string is a telephone number without a prefix.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.starts_with(|first: char| first.is_ascii_digit() || first == '(')
        && digits.chars().all(|it| it.is_ascii_digit() || " -.()/".contains(it))
}

/// Converts a context field to the type of its Architect variable.
fn typed(name: &str, value: Value) -> Value {
    if ADDRESSES.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return address(value);
    }
    if !NUMBERS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return value;
    }
    let number = whole(&value);
    if name.eq_ignore_ascii_case("estimatedWaitMs") {
        let duration = number.and_then(Duration::from_milliseconds);
        return duration.map_or(Value::NOT_SET, Value::Duration);
    }
    number.map_or(Value::NOT_SET, Value::Integer)
}

fn whole(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Integer(number) => *number,
        Value::Json(Json::Integer(number)) => *number,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (number >= 0).then_some(number)
}
/// Fields of a context, and the properties of Architect variables that hold them.
const PROPERTIES: [(&str, &str, &str); 7] = [
    ("message", "Message.Message", "body"),
    ("from", "Message.Message", "senderAddress"),
    ("to", "Message.Message", "targetAddresses"),
    ("message", "Email.Message", "body"),
    ("subject", "Email.Message", "subject"),
    ("from", "Email.Message", "from"),
    ("to", "Email.Message", "to"),
];

/// Returns the context field that gives a built-in variable, or one of its properties, its
/// value: `from` for `Call.Ani`, `subject` for `Email.Message.subject`.
pub fn context_field(name: &str) -> Option<&'static str> {
    let is_property = |variable: &str, property: &str| {
        let rest = name.strip_prefix(variable).and_then(|rest| rest.strip_prefix('.'));
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(property))
    };
    let property = PROPERTIES.iter().find(|(_, of, known)| is_property(of, known));
    let variable = || {
        let is_it = |variable: &str| {
            name == variable
                || name.strip_prefix(variable).is_some_and(|rest| rest.starts_with('.'))
        };
        FIELDS.iter().find(|(_, known)| is_it(known)).map(|(field, _)| *field)
    };
    property.map(|(field, ..)| *field).or_else(variable)
}

/// Context field with attributes of the participant, as an object. `participantData.NAME`
/// sets a single attribute.
const PARTICIPANT_DATA: &str = "participantData";

/// The parameters of a call: its start, context and variables. Names are resolved once,
/// so the same call can run any number of times.
#[derive(Debug, Clone)]
pub struct Call {
    pub(super) flow: FlowId,
    pub(super) node: Option<NodeId>,
    pub(super) context: Vec<(ContextId, Value)>,
    pub(super) variables: Vec<(VariableId, Value)>,
    /// Whether variables name objects of the organisation, which each call looks up.
    pub(super) names_objects: bool,
    pub(super) other_variables: Vec<(Text, Value)>,
    /// The initial attributes of the participant.
    pub(super) participant_data: Vec<(Text, Text)>,
    pub(super) start: DateTime,
    pub(super) limits: Limits,
    pub(super) organisation: Arc<dyn Organisation>,
    pub(super) seed: u64,
    pub(super) is_strict: bool,
    pub(super) patience: Patience,
    pub(super) stops_at_queue: bool,
    pub(super) takes_messages: bool,
    pub(super) requests_outcomes: bool,
    pub(super) omits_inputs: bool,
}

impl Call {
    /// Creates a call to a flow. It starts at 2026-01-05T09:00:00Z, so that runs repeat.
    pub fn new(flow: FlowId) -> Self {
        Self {
            flow,
            node: None,
            context: Vec::new(),
            variables: Vec::new(),
            names_objects: false,
            other_variables: Vec::new(),
            participant_data: Vec::new(),
            start: DEFAULT_START,
            limits: Limits::default(),
            organisation: empty_organisation(),
            seed: 0,
            is_strict: false,
            patience: Patience::default(),
            stops_at_queue: false,
            takes_messages: false,
            requests_outcomes: false,
            omits_inputs: false,
        }
    }

    /// The flow that the call starts in.
    pub fn flow(&self) -> FlowId {
        self.flow
    }

    /// The largest number of actions in the call.
    pub fn max_actions(&self) -> u32 {
        self.limits.max_actions
    }

    /// The start time of the virtual clock.
    pub fn start(&self) -> DateTime {
        self.start
    }

    /// The variables that are set before the first action.
    pub fn given_variables(&self) -> &[(VariableId, Value)] {
        &self.variables
    }

    /// The initial attributes of the participant.
    pub fn given_attributes(&self) -> &[(Text, Text)] {
        &self.participant_data
    }

    /// Starts at this node instead of the flow's first node.
    #[must_use]
    pub fn at_node(mut self, node: NodeId) -> Self {
        self.node = Some(node);
        self
    }

    /// Sets the start time of the virtual clock.
    #[must_use]
    pub fn at(mut self, start: DateTime) -> Self {
        self.start = start;
        self
    }

    /// Sets the organisation in which Architect flows look up queues, prompts, schedules
    /// and data tables.
    #[must_use]
    pub fn in_organisation(
        mut self,
        organisation: Arc<impl Organisation + 'static>,
    ) -> Self {
        self.organisation = organisation;
        self
    }

    /// Sets the random seed for expressions that use random numbers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets strict mode. In strict mode a missing fixture is an error instead of a note.
    /// This concerns unsimulated actions, data actions, data tables and schedules.
    #[must_use]
    pub fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// Sets whether a transfer to a queue ends the call, even if an in-queue flow is
    /// loaded.
    #[must_use]
    pub fn stop_at_queue(mut self, stops: bool) -> Self {
        self.stops_at_queue = stops;
        self
    }

    /// Sets whether the host has further messages of the participant. A message flow that
    /// has ended without routing the conversation then requests the next one, and runs
    /// again for it.
    #[must_use]
    pub fn takes_messages(mut self, takes: bool) -> Self {
        self.takes_messages = takes;
        self
    }

    /// Sets whether every lookup and every transfer to a queue asks the host for its
    /// outcome first. Otherwise only those ask that the organisation
    /// [prepares](Organisation::prepares_action).
    #[must_use]
    pub fn request_outcomes(mut self, asks: bool) -> Self {
        self.requests_outcomes = asks;
        self
    }

    /// Sets whether the trace leaves out the inputs of actions and the values that their
    /// conditions read, for a host that only needs the path.
    #[must_use]
    pub fn omit_inputs(mut self, omits: bool) -> Self {
        self.omits_inputs = omits;
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds a field of the context. A field that no flow reads has no effect.
    #[must_use]
    pub fn context(mut self, program: &Program, name: &str, value: Value) -> Self {
        if let Some(id) = program.context(name) {
            self.context.push((id, value.clone()));
        }
        if name.eq_ignore_ascii_case(ANSWER_AFTER) {
            self.patience.answer_after_ms = whole(&value);
        }
        if name.eq_ignore_ascii_case(ABANDON_AFTER) {
            self.patience.abandon_after_ms = whole(&value);
        }
        self.give_attributes(name, &value);
        if program.unit(self.flow).architect.is_some() {
            self.give_properties(program, name, &value);
        }
        let names = FIELDS.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
        for (_, variable) in names {
            if program.unit(self.flow).architect.is_some() {
                let value = typed(name, value.clone());
                self = self.variable(program, variable, value);
            }
        }
        self
    }

    /// Adds attributes from `participantData.tier`, or from `participantData` with an
    /// object.
    fn give_attributes(&mut self, name: &str, value: &Value) {
        let Some(rest) = name.strip_prefix(PARTICIPANT_DATA) else { return };
        match (rest.strip_prefix('.'), value) {
            (Some(attribute), value) => {
                let attribute = (attribute.into(), Text::from(value.to_string()));
                self.participant_data.push(attribute);
            }
            (None, Value::Json(Json::Object(attributes))) if rest.is_empty() => {
                let given = attributes.iter().map(|(name, json)| {
                    let value = Value::from(json.clone());
                    (name.clone(), Text::from(value.to_string()))
                });
                self.participant_data.extend(given);
            }
            _ => {}
        }
    }

    /// Sets properties of the message or e-mail that started the conversation.
    fn give_properties(&mut self, program: &Program, name: &str, value: &Value) {
        let fields =
            PROPERTIES.iter().filter(|(field, ..)| field.eq_ignore_ascii_case(name));
        for (_, variable, property) in fields {
            let Some(id) = program.variable(self.flow, variable) else { continue };
            let Some(holds) = program.value_type(self.flow, id) else { continue };
            let given = self.variables.iter().find(|(known, _)| *known == id);
            let json = given.map_or_else(|| Json::object([]), |(_, it)| it.to_json());
            let Ok(Value::Object(object)) = Value::decode(&json, holds) else { continue };
            let mut object = Object::clone(&object);
            let declared = properties_of(holds.kind);
            let of_property = declared.iter().find(|(known, _)| known == property);
            let Some((_, holds)) = of_property else { continue };
            let json = match value.to_json() {
                one if holds.is_collection && !matches!(one, Json::Array(_)) => {
                    Json::array([one])
                }
                json => json,
            };
            let Ok(value) = Value::decode(&json, *holds) else { continue };
            object.properties.insert((*property).into(), value);
            self.variables.retain(|(known, _)| *known != id);
            self.give(id, Value::Object(Arc::new(object)));
        }
    }

    fn give(&mut self, id: VariableId, value: Value) {
        self.names_objects |= names_objects(&value);
        self.variables.push((id, value));
    }

    /// Sets a variable before the first node.
    #[must_use]
    pub fn variable(mut self, program: &Program, name: &str, value: Value) -> Self {
        match program.variable(self.flow, name) {
            Some(id) => {
                let holds = program.value_type(self.flow, id);
                let typed =
                    holds.and_then(|it| Value::decode_given(&value.to_json(), it).ok());
                self.give(id, typed.unwrap_or(value));
            }
            None => {
                self.other_variables.retain(|(other, _)| other != name);
                self.other_variables.push((name.into(), value));
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_get_the_prefix_of_the_platform() {
        for (given, expected) in [
            ("+31612345678", "tel:+31612345678"),
            (" 5551234 ", "tel:5551234"),
            ("+1 (317) 872-3000", "tel:+1 (317) 872-3000"),
            ("tel:+31612345678", "tel:+31612345678"),
            ("sip:ann@example.com", "sip:ann@example.com"),
            ("ann@example.com", "ann@example.com"),
            ("anonymous", "anonymous"),
            ("", ""),
        ] {
            assert_eq!(typed("From", given.into()), expected.into(), "{given}");
            assert_eq!(typed("name", given.into()), given.into(), "{given}");
        }
    }
}
