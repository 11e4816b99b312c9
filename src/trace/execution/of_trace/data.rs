//! Inputs and outputs of an action.

use std::collections::BTreeMap;

use super::super::audio::object;
use super::super::event::{Event, Parameter};
use super::{Walk, kinds, values};
use crate::flow::NodeId;
use crate::flow::kinds::{Operation, operation_of};
use crate::trace::{Entry, EventKind, Field, Step};
use crate::value::{Audio, Json, Text, Value, derived_id};

/// Entries of `inputData` or `outputData` by key, sorted like those of the platform.
#[derive(Default)]
struct Data(BTreeMap<Text, Datum>);

enum Datum {
    Value(Json),
    List(Vec<Parameter>),
}

impl Data {
    fn value(&mut self, key: &str, value: Json) {
        self.0.insert(key.into(), Datum::Value(value));
    }

    fn item(&mut self, key: &str, item: Parameter) {
        self.list(key);
        if let Some(Datum::List(items)) = self.0.get_mut(key) {
            items.push(item);
        }
    }

    /// Adds the entries that a transfer to a queue always has, and formats skills like
    /// the platform. *Source: a real document.*
    fn ask_for_agents(&mut self) {
        for key in ["directAgent", "preferredAgents"] {
            self.0.entry(key.into()).or_insert(Datum::Value(Json::Null));
        }
        let skills = match self.0.get("acdSkills") {
            Some(Datum::Value(Json::Array(skills))) => skills.iter().cloned().collect(),
            _ => Vec::new(),
        };
        let skills = skills.into_iter().map(|skill| object([("skill", skill)]));
        self.value("acdSkills", Json::array(skills));
    }

    /// Creates the list if it does not exist.
    fn list(&mut self, key: &str) {
        self.0.entry(key.into()).or_insert_with(|| Datum::List(Vec::new()));
    }
}

impl Walk<'_> {
    pub(super) fn data(
        &self,
        event: Event,
        index: usize,
        step: &Step,
        kind: &str,
    ) -> Event {
        let (mut inputs, mut outputs) = (Data::default(), Data::default());
        for list in kinds::input_lists(kind) {
            inputs.list(list);
        }
        if let Some((_, input)) = kinds::turn(kind) {
            let first = self.turns(index, step).into_iter().next();
            let first = first.map(|turn| turn.played.to_json());
            inputs.value(input, first.unwrap_or_default());
        }
        self.collect(&mut inputs, &mut outputs, index, step);
        match operation_of(kind) {
            Some(Operation::Switch) => {
                let compares = inputs.0.contains_key("value");
                let style = if compares { "firstMatch" } else { "firstTrue" };
                inputs.value("evaluationStyle", style.into());
            }
            Some(Operation::TransferToAcd) => inputs.ask_for_agents(),
            Some(Operation::CallCommonModule) => {
                outputs.list("outputs");
                if let Some(module) = self.module(index) {
                    inputs.value("commonModule", module);
                }
            }
            _ => {}
        }
        self.with_problems(with_data(event, inputs, outputs), index)
    }

    fn collect(&self, inputs: &mut Data, outputs: &mut Data, index: usize, step: &Step) {
        let kind = self.symbols.node(step.node).node_type.as_str();
        for fact in &self.facts[index] {
            match fact {
                EventKind::Input(Field::Case(number), value) => {
                    let case = self.case(step.node, *number, values::shown(value));
                    inputs.item("cases", case);
                }
                EventKind::Input(field, value) => {
                    let key = field.name();
                    inputs.value(&key, self.shown(&key, value, step));
                }
                EventKind::Output(field, value) => {
                    let key = field.name();
                    outputs.value(&key, self.shown(&key, value, step));
                }
                EventKind::Entry(entry) => {
                    let is_output = entry.of.is_output();
                    let data = if is_output { &mut *outputs } else { &mut *inputs };
                    match kinds::list_of(entry.of, kind) {
                        Some(list) => {
                            data.item(&list, self.parameter(entry, index, kind));
                        }
                        None => {
                            let value = self.shown(&entry.name, &entry.value, step);
                            data.value(&entry.name, value);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Adds errors and warnings. *The keys are those of Genesys' streamed execution data;
    /// the content below them is specific to flowsim.*
    fn with_problems(&self, mut event: Event, index: usize) -> Event {
        for fact in &self.facts[index] {
            match fact {
                EventKind::Failed(failure) => {
                    let code = ("code", failure.code.name().into());
                    let message = ("message", Json::String(failure.message.clone()));
                    event = event.with("error", object([code, message]));
                }
                EventKind::Unfilled(_, failure) => {
                    let code = ("code", failure.code.name().into());
                    let message = ("message", Json::String(failure.message.clone()));
                    event = event.with("warning", object([code, message]));
                }
                EventKind::Noted(code) => {
                    let code = ("code", code.name().into());
                    event = event.with("warning", object([code]));
                }
                EventKind::Warned(problem) => {
                    let code = ("code", problem.code.name().into());
                    let message = ("message", Json::String(problem.message.clone()));
                    event = event.with("warning", object([code, message]));
                }
                _ => {}
            }
        }
        event
    }

    fn shown(&self, key: &str, value: &Value, step: &Step) -> Json {
        match (key, value) {
            (_, Value::Audio(audio)) => self.audio_data(audio, step),
            ("terminatingDtmf", Value::String(key)) => {
                key.strip_prefix("digit_").unwrap_or(key).into()
            }
            ("flowOutcome" | "flowMilestone", Value::String(name)) => {
                let id = Json::String(derived_id(&format!("{key}:{name}")));
                object([("id", id), ("name", Json::String(name.clone()))])
            }
            _ => values::shown(value),
        }
    }

    fn audio_data(&self, audio: &Audio, step: &Step) -> Json {
        let items = values::items(audio).collect();
        let can_barge_in = audio.barge_in.unwrap_or_default();
        values::playback(items, can_barge_in, &self.time(step.start_ms)).to_json()
    }

    /// Returns an evaluated case of a switch, by its number from 1.
    fn case(&self, node: NodeId, number: u16, value: Json) -> Parameter {
        let index = usize::from(number.saturating_sub(1));
        let id = self.ids.path(node, index, &format!("case {number}"));
        Parameter::with_id(id, format!("Case {number}"), value)
    }

    /// Returns an entry of a list. Inputs of a task and outputs of a module are variables
    /// and have their ids. *Source: a real document.*
    fn parameter(&self, entry: &Entry, index: usize, kind: &str) -> Parameter {
        let value = values::shown(&entry.value);
        let is_variable = match operation_of(kind) {
            Some(Operation::CallCommonModule) => entry.of == Field::Outputs,
            _ => matches!(entry.of, Field::Inputs | Field::Outputs),
        };
        match self.id_in_target(&entry.name, index).filter(|_| is_variable) {
            Some(id) => Parameter::with_id(id, entry.name.clone(), value),
            None => Parameter::new(entry.name.clone(), value),
        }
    }

    /// Returns the id of a variable of the task or module that begins with the next step.
    fn id_in_target(&self, name: &str, index: usize) -> Option<Text> {
        let begin = self.trace.steps.get(index + 1)?;
        let flow = self.symbols.node(begin.node).flow;
        self.facts.get(index + 1)?.iter().find_map(|fact| match fact {
            EventKind::Assigned(id, _) if self.symbols.variable(*id) == name => {
                Some(self.ids.variable(*id, flow, Some(begin.node)))
            }
            _ => None,
        })
    }

    /// Returns the module that begins with the next step, if there is one.
    fn module(&self, index: usize) -> Option<Json> {
        let [call, begin] = self.trace.steps.get(index..index + 2)? else { return None };
        if begin.depth <= call.depth {
            return None;
        }
        let id = self.symbols.node(begin.node).flow;
        let flow = self.symbols.flow(id);
        Some(object([
            ("flowId", Json::String(self.ids.flow(id))),
            ("flowName", Json::String(flow.name.clone())),
            ("flowVersion", Json::String(super::version(flow.version.as_ref()))),
        ]))
    }
}

fn with_data(mut event: Event, inputs: Data, outputs: Data) -> Event {
    for (key, datum) in inputs.0 {
        event = match datum {
            Datum::Value(value) => event.with_input(&key, value),
            Datum::List(items) => event.with_inputs(&key, items),
        };
    }
    for (key, datum) in outputs.0 {
        event = match datum {
            Datum::Value(value) => event.with_output(&key, value),
            Datum::List(items) => event.with_outputs(&key, items),
        };
    }
    event
}
