//! Running flows and tasks, their variables, and everything else that a person may look at.

use super::machine::Debugger;
use crate::engine::{Session, Values};
use crate::flow::NodeId;
use crate::program::Program;
use crate::value::{Json, Value, shortened};
use crate::world::Fixtures;

/// The largest number of characters of a printed value.
const MOST_CHARACTERS: usize = 2_000;

/// A running flow, task, menu or state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Action that is executed next, waits, or called the level above.
    pub action: String,
    /// Task, menu or state; empty in a draft flow.
    pub unit: String,
    /// Flow.
    pub flow: String,
    /// Node of the action.
    pub node: Option<NodeId>,
}

/// A group of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Name.
    pub name: &'static str,
    /// Values in it.
    pub kind: ScopeKind,
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeKind {
    /// Variables of the task, menu or state.
    Task,
    /// Variables of the flow.
    Flow,
    /// Built-in variables of Architect that have a value.
    Caller,
    /// Attributes of the participant.
    ParticipantData,
    /// Virtual clock.
    Clock,
    /// Objects of the organisation.
    Organisation,
}

/// A named value.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Name.
    pub name: String,
    /// Value.
    pub value: Value,
}

impl Variable {
    fn new(name: impl Into<String>, value: Value) -> Self {
        Self { name: name.into(), value }
    }
}

impl Debugger {
    /// The running flows and tasks, the innermost first.
    pub fn levels(&self) -> Vec<Level> {
        let session = self.timeline().session();
        let program = session.program();
        let running = session.running().into_iter();
        let levels = running.map(|running| {
            let unit = running.sequence.map(|id| program.sequence(id).name.to_string());
            let label = running.node.map(|node| program.symbols.node(node));
            Level {
                action: label.map_or_else(String::new, |label| label.name.to_string()),
                unit: unit.unwrap_or_default(),
                flow: program.symbols.flow(running.flow).name.to_string(),
                node: running.node,
            }
        });
        levels.collect()
    }

    /// The groups of values at a level.
    pub fn scopes(&self, level: usize) -> Vec<Scope> {
        use ScopeKind::{Caller, Clock, Flow, Organisation, ParticipantData, Task};
        let session = self.timeline().session();
        let is_architect = session.names(level).is_some();
        let all = [
            ("Task variables", Task),
            ("Flow variables", Flow),
            ("Caller", Caller),
            ("Participant data", ParticipantData),
            ("Clock", Clock),
            ("Organisation", Organisation),
        ];
        let scopes = all.into_iter().filter(|(_, kind)| match kind {
            Task => !session.task_values(level).is_empty(),
            Caller | ParticipantData => is_architect,
            Flow | Clock | Organisation => true,
        });
        scopes.map(|(name, kind)| Scope { name, kind }).collect()
    }

    /// The values of a group.
    pub fn variables(&self, level: usize, kind: ScopeKind) -> Vec<Variable> {
        let session = self.timeline().session();
        let program = session.program();
        match kind {
            ScopeKind::Task => variables(session.task_values(level), program),
            ScopeKind::Flow => variables(session.flow_values(level), program),
            ScopeKind::Caller => {
                let mut values = session.built_in_values();
                values.retain(|(_, value)| !value.is_unset());
                variables(values, program)
            }
            ScopeKind::ParticipantData => {
                let attributes = session.participant_data();
                let text = |value: &str| Value::from(value);
                attributes.map(|(name, it)| Variable::new(&**name, text(it))).collect()
            }
            ScopeKind::Clock => self.clock(session),
            ScopeKind::Organisation => organisation(self.fixtures()),
        }
    }

    fn clock(&self, session: &Session) -> Vec<Variable> {
        let elapsed = session.clock_ms();
        let start = self.call().start();
        let passed = crate::value::Duration::from_milliseconds(elapsed);
        let now = passed.and_then(|passed| start.checked_add(passed));
        vec![
            Variable::new("now", Value::DateTime(now.unwrap_or(start))),
            Variable::new("elapsedMs", Value::Integer(elapsed)),
            Variable::new("actions", Value::Integer(session.actions().into())),
            Variable::new("position", Value::Integer(self.timeline().position().into())),
            Variable::new("branch", Value::Integer(self.timeline().branch().id.0.into())),
        ]
    }
}

fn variables(values: Values<'_>, program: &Program) -> Vec<Variable> {
    let named = values.into_iter().filter_map(|(id, value)| {
        let name = program.symbols.variables.get(id.index())?;
        // The counters of loops have no names.
        (!name.is_empty()).then(|| Variable::new(&**name, value.clone()))
    });
    named.collect()
}

fn organisation(fixtures: &Fixtures) -> Vec<Variable> {
    use crate::value::Kind;
    let list = |names: Vec<&str>| {
        Value::from(Json::array(names.into_iter().map(Json::from).collect::<Vec<_>>()))
    };
    let kinds = [
        ("queues", Kind::Queue),
        ("users", Kind::User),
        ("skills", Kind::Skill),
        ("schedules", Kind::Schedule),
        ("scheduleGroups", Kind::ScheduleGroup),
        ("emergencyGroups", Kind::EmergencyGroup),
        ("prompts", Kind::Prompt),
    ];
    let objects = kinds.map(|(name, kind)| (name, fixtures.object_names(kind)));
    let actions = [("dataActions", fixtures.data_action_names().collect::<Vec<_>>())];
    let all = objects.into_iter().chain(actions).filter(|(_, names)| !names.is_empty());
    all.map(|(name, names)| Variable::new(name, list(names))).collect()
}

/// Returns the parts of a value: items of a collection, properties of an object.
pub fn children(value: &Value) -> Vec<Variable> {
    let numbered = |index: usize| format!("[{index}]");
    match value {
        Value::Collection(collection) => {
            let items = collection.items.iter().enumerate();
            items.map(|(at, it)| Variable::new(numbered(at), it.clone())).collect()
        }
        Value::Object(object) => {
            let properties = object.properties.iter();
            properties.map(|(name, it)| Variable::new(&**name, it.clone())).collect()
        }
        Value::Json(Json::Array(items)) => {
            let items = items.iter().enumerate();
            let items = items.map(|(at, it)| (numbered(at), Value::from(it.clone())));
            items.map(|(name, value)| Variable::new(name, value)).collect()
        }
        Value::Json(Json::Object(entries)) => {
            let entries = entries.iter();
            let value = |json: &Json| Value::from(json.clone());
            entries.map(|(name, json)| Variable::new(&**name, value(json))).collect()
        }
        _ => Vec::new(),
    }
}

/// Prints a value on one line: strings in quotes, `NOT_SET`, everything else as Architect
/// prints it.
pub fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => Json::String(text.clone()).to_string(),
        value if value.is_unset() => "NOT_SET".to_owned(),
        value => value.to_string(),
    };
    crate::diagnostic::visible::one_line(&shortened(&text, MOST_CHARACTERS))
}
