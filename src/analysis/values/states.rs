//! The values of all variables before an action: with them, an editor evaluates the
//! expressions of the action.

use std::collections::BTreeMap;

use indexmap::IndexSet;

use super::is_of_task;
use crate::flow::FlowId;
use crate::program::Program;
use crate::trace::{Event, EventKind, Trace};
use crate::value::{Json, Text, Value};

/// The largest number of different states of an action.
const MOST_OF_ACTION: usize = 3;

/// The largest number of states.
const MOST_STATES: usize = 5_000;

/// The largest number of bytes of a value as JSON. An expression with a longer one has no
/// result.
const MOST_BYTES: usize = 500;

/// The states of actions.
#[derive(Debug, Default)]
pub(super) struct States {
    /// Objects of variables and values, as JSON.
    all: IndexSet<String>,
    /// The indices of states, by the name of the flow and the id of the action.
    actions: BTreeMap<(Text, Text), Vec<usize>>,
}

impl States {
    /// Adds the states of the actions of a call.
    pub(super) fn add(&mut self, program: &Program, trace: &Trace) {
        let mut values = CallValues::begin(program, trace);
        let mut begun = 0;
        for event in &trace.events {
            let step = event.step as usize;
            while begun <= step && begun < trace.steps.len() {
                self.note(begun, &mut values);
                begun += 1;
            }
            values.change(event);
        }
        for step in begun..trace.steps.len() {
            self.note(step, &mut values);
        }
        values.finish(self);
    }

    /// Notes the values before a step. They are kept at the next step, because the
    /// condition of this step may read more.
    fn note(&mut self, index: usize, values: &mut CallValues<'_>) {
        values.finish(self);
        let Some(step) = values.trace.steps.get(index) else { return };
        let label = values.program.symbols.node(step.node);
        if values.program.unit(label.flow).architect.is_none() {
            return;
        }
        let flow = values.program.symbols.flow(label.flow).name.clone();
        let key = (flow, label.id.clone());
        let known = self.actions.get(&key).map_or(0, Vec::len);
        if known < MOST_OF_ACTION && self.all.len() < MOST_STATES {
            values.noted = Some((key, index, values.at(step.depth, label.flow)));
        }
    }

    /// Returns the states, and those of each action, as JSON.
    pub(super) fn to_json(&self) -> (Json, Json) {
        let states = self.all.iter().map(|it| Json::parse(it).unwrap_or(Json::Null));
        let actions = self.actions.iter().map(|((flow, id), states)| {
            let number = |it: &usize| Json::Integer(i64::try_from(*it).unwrap_or(0));
            Json::object([
                ("flow".into(), Json::String(flow.clone())),
                ("id".into(), Json::String(id.clone())),
                ("states".into(), Json::array(states.iter().map(number))),
            ])
        });
        (Json::array(states), Json::array(actions))
    }
}

/// Values by name, as JSON.
type Values = BTreeMap<Text, String>;

/// The values of variables during a call.
struct CallValues<'c> {
    program: &'c Program,
    trace: &'c Trace,
    built_ins: Values,
    flows: BTreeMap<FlowId, Values>,
    /// Variables of tasks, by the nesting depth of the task.
    tasks: BTreeMap<u16, Values>,
    /// The last action, its step, and the values before it.
    noted: Option<((Text, Text), usize, Values)>,
}

impl<'c> CallValues<'c> {
    fn begin(program: &'c Program, trace: &'c Trace) -> Self {
        let mut values = Self {
            program,
            trace,
            built_ins: Values::new(),
            flows: BTreeMap::new(),
            tasks: BTreeMap::new(),
            noted: None,
        };
        for (id, value) in &trace.built_ins {
            put(&mut values.built_ins, program.symbols.variable(*id).clone(), value);
        }
        values
    }

    /// Applies an event.
    fn change(&mut self, event: &Event) {
        let Some(step) = self.trace.steps.get(event.step as usize) else { return };
        match &event.kind {
            EventKind::Assigned(id, value) => {
                let name = self.program.symbols.variable(*id).clone();
                let flow = self.program.symbols.node(step.node).flow;
                let values = match is_of_task(&name) {
                    true => self.tasks.entry(step.depth).or_default(),
                    false => self.flows.entry(flow).or_default(),
                };
                put(values, name, value);
            }
            EventKind::Read(id, value) => {
                let name = self.program.symbols.references.get(id.index());
                if let (Some(name), Some((_, noted, values))) = (name, &mut self.noted)
                    && *noted == event.step as usize
                    && !values.contains_key(name)
                {
                    put(values, name.clone(), value);
                }
            }
            _ => {}
        }
    }

    /// The values that an action of a flow can read.
    fn at(&self, depth: u16, flow: FlowId) -> Values {
        let mut values = self.built_ins.clone();
        let own = self.flows.get(&flow).into_iter().chain(self.tasks.get(&depth));
        values.extend(own.flatten().map(|(name, value)| (name.clone(), value.clone())));
        values
    }

    /// Keeps the state that was noted last.
    fn finish(&mut self, states: &mut States) {
        let Some((key, _, values)) = self.noted.take() else { return };
        let members = values
            .iter()
            .map(|(name, value)| format!("{}:{value}", Json::String(name.clone())));
        let members: Vec<String> = members.collect();
        let (state, _) = states.all.insert_full(format!("{{{}}}", members.join(",")));
        let of_action = states.actions.entry(key).or_default();
        if !of_action.contains(&state) {
            of_action.push(state);
        }
    }
}

/// Sets a value. A long one is forgotten.
fn put(values: &mut Values, name: Text, value: &Value) {
    // The counters of loops have no names.
    if name.is_empty() {
        return;
    }
    let json = if value.is_unset() { Json::Null } else { value.to_json() };
    let json = json.to_string();
    match json.len() <= MOST_BYTES {
        true => values.insert(name, json),
        false => values.remove(&name),
    };
}
