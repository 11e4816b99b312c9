//! The values that variables had in calls, for editors.

mod states;

use std::collections::BTreeMap;

use crate::diagnostic::visible::one_line;
use crate::program::Program;
use crate::trace::{EventKind, Trace};
use crate::value::{Json, Text, Value, shortened};
use states::States;

/// The first key of the document, and its value.
const SCHEMA: (&str, &str) = ("schema", "flowsim.values/1");

/// The largest number of different values of a variable.
const MOST_VALUES: usize = 20;

/// The largest number of characters of a value.
const MOST_CHARACTERS: usize = 60;

/// The values that variables had in calls.
#[derive(Debug, Default)]
pub struct SeenValues {
    variables: BTreeMap<Key, Seen>,
    states: States,
    /// The number of calls.
    calls: i64,
}

/// A variable: the name of its flow, that of its task, menu or state, and its own name in
/// lower case. A variable of the flow, and a built-in one, has no task.
type Key = (Text, Option<Text>, String);

/// The values of a variable.
#[derive(Debug, Default)]
struct Seen {
    /// The name as first seen.
    name: Text,
    values: Vec<String>,
    /// Whether there were more values than are kept.
    has_more: bool,
    calls: i64,
    /// The number of the last call that had the variable.
    last_call: i64,
}

impl SeenValues {
    /// Adds the values that a call assigned or read, and those of its first flow at the
    /// end.
    pub fn add(&mut self, program: &Program, trace: &Trace) {
        self.calls += 1;
        self.states.add(program, trace);
        let symbols = &program.symbols;
        for event in &trace.events {
            let Some(step) = trace.steps.get(event.step as usize) else { continue };
            let (name, value) = match &event.kind {
                EventKind::Assigned(id, value) => (symbols.variable(*id).as_str(), value),
                EventKind::Read(id, value) => {
                    let name = symbols.references.get(id.index());
                    (name.map(Text::as_str).unwrap_or_default(), value)
                }
                _ => continue,
            };
            let flow = &symbols.flow(symbols.node(step.node).flow).name;
            let sequence = program.sequence_of(step.node).filter(|_| is_of_task(name));
            let task = sequence.map(|id| program.sequence(id).name.clone());
            self.note((flow.clone(), task, name.to_lowercase()), name, value);
        }
        let flow = &symbols.flow(trace.flow).name;
        for (id, value) in &trace.variables {
            let name = symbols.variable(*id).as_str();
            self.note((flow.clone(), None, name.to_lowercase()), name, value);
        }
    }

    fn note(&mut self, key: Key, name: &str, value: &Value) {
        // The counters of loops have no names.
        if name.is_empty() {
            return;
        }
        let seen = self.variables.entry(key).or_default();
        if seen.name.is_empty() {
            seen.name = name.into();
        }
        if seen.last_call < self.calls {
            seen.last_call = self.calls;
            seen.calls += 1;
        }
        let value = shown(value);
        if seen.values.contains(&value) {
            return;
        }
        match seen.values.len() < MOST_VALUES {
            true => seen.values.push(value),
            false => seen.has_more = true,
        }
    }

    /// Returns the values as a document, `flowsim.values/1`.
    pub fn to_json(&self) -> String {
        let variables = self.variables.iter().map(|((flow, task, _), seen)| {
            let text = |text: &str| Json::String(text.into());
            let values = seen.values.iter().map(|value| text(value));
            Json::object([
                ("flow".into(), text(flow)),
                ("task".into(), task.as_ref().map_or(Json::Null, |it| text(it))),
                ("name".into(), text(&seen.name)),
                ("values".into(), Json::array(values)),
                ("hasMore".into(), Json::Boolean(seen.has_more)),
                ("calls".into(), Json::Integer(seen.calls)),
            ])
        });
        let (states, actions) = self.states.to_json();
        let document = Json::object([
            (SCHEMA.0.into(), Json::String(SCHEMA.1.into())),
            ("calls".into(), Json::Integer(self.calls)),
            ("variables".into(), Json::array(variables)),
            ("states".into(), states),
            ("actions".into(), actions),
        ]);
        document.to_string() + "\n"
    }
}

/// Returns whether a file with this beginning has values.
pub fn is_beginning(start: &str) -> bool {
    let (key, schema) = SCHEMA;
    start.starts_with(&format!("{{\"{key}\":\"{schema}\""))
}

/// Whether the name is that of a variable of a task, menu or state.
fn is_of_task(name: &str) -> bool {
    let scope = name.split('.').next().unwrap_or_default();
    ["task", "state"].iter().any(|it| it.eq_ignore_ascii_case(scope))
}

/// Returns a value on one line: strings in quotes, `NOT_SET`, everything else as Architect
/// prints it.
pub fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => Json::String(text.clone()).to_string(),
        value if value.is_unset() => "NOT_SET".to_owned(),
        value => value.to_string(),
    };
    one_line(&shortened(&text, MOST_CHARACTERS))
}
