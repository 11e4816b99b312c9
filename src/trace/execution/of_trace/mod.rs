//! Execution documents of flowsim's own traces.
//!
//! A trace is a flat list of steps with depths; a document nests them: the steps of a
//! module or called task are inside the calling action. A trace does not contain the ends
//! of tasks and flows; they follow from the position of the next step.

mod action;
mod data;
mod heard;
mod ids;
mod kinds;
mod values;

use ids::Ids;
pub use ids::node_id;

use super::audio::object;
use super::document::{Characteristic, ExecutionDocument};
use super::event::{Event, Variable};
use crate::expr::architect::BUILT_INS;
use crate::flow::architect::NEXT_ROUND;
use crate::flow::kinds::{Operation, operation_of};
use crate::flow::{NodeId, NodeLabel, SymbolTable};
use crate::trace::{EventKind, PathTaken, Status, Step, Trace};
use crate::value::{DateTime, Duration, Json, Text, Value};

/// Version used for flows whose document states none.
const FIRST_VERSION: &str = "1.0";

/// Maximum nesting of modules and called tasks; deeper steps are omitted. JSON nesting is
/// limited to [`MAX_JSON_DEPTH`](crate::value::MAX_JSON_DEPTH), and each level here takes
/// three levels of it.
const MAX_NESTED: usize = 32;

/// Built-in variables that documents of inbound calls always contain, set or not.
/// *Source: a real document.*
const OF_INBOUND_CALLS: [&str; 15] = [
    "Call.Ani",
    "Call.CalledAddress",
    "Call.CalledAddressOriginal",
    "Call.ConversationId",
    "Call.ExternalTag",
    "Call.InvocationData",
    "Call.Language",
    "Call.RemoteName",
    "Call.UUIData",
    "Flow.IsTest",
    "Flow.StartDateTimeUtc",
    "Flow.Version",
    "Interaction.Id",
    "Menu.LastCollectionNoInput",
    "Menu.LastCollectionNoMatch",
];

/// Creates the execution document that the platform would write for this run of an
/// Architect flow.
///
/// Times are those of the virtual clock. Ids that the export lacks are derived from the
/// objects that they identify, so the same run gives the same document, byte by byte.
/// Data that a trace does not have, such as the division and the voice, is omitted.
/// `docs/trace.md` lists everything that is inferred rather than taken from a document of
/// the platform.
pub fn of_trace(trace: &Trace, symbols: &SymbolTable) -> ExecutionDocument {
    let mut facts: Vec<Vec<&EventKind>> = vec![Vec::new(); trace.steps.len()];
    for event in &trace.events {
        if let Some(of_step) = facts.get_mut(event.step as usize) {
            of_step.push(&event.kind);
        }
    }
    let ids = Ids { symbols, trace };
    let mut walk = Walk {
        trace,
        symbols,
        ids,
        facts,
        levels: vec![Level::default()],
        is_truncated: false,
    };
    let execution = walk.events();
    let flow = symbols.flow(trace.flow);
    let flow_type = flow.flow_type.to_lowercase();
    let conversation = walk.built_in("Call.ConversationId");
    let document = ExecutionDocument {
        conversation_id: conversation.and_then(|value| match value {
            Value::String(id) => Some(id.clone()),
            _ => None,
        }),
        start: Some(walk.time(0)),
        end: Some(walk.time(trace.elapsed_ms)),
        flow_id: Some(ids.flow(trace.flow)),
        flow_is_debug: Some(false),
        flow_name: Some(flow.name.clone()),
        is_secure: Some(flow_type == "securecall"),
        flow_type: Some(flow_type),
        flow_version: Some(version(flow.version.as_ref())),
        is_truncated: Some(walk.is_truncated),
        execution: Some(execution),
        ..ExecutionDocument::default()
    };
    let document = document.log(&Characteristic::ALL);
    // Two calls that start at the same time have different ids, unless they are equal.
    let execution_id = Some(ids.run(&document.to_text()));
    ExecutionDocument { execution_id, ..document }
}

fn version(written: Option<&Text>) -> Text {
    written.cloned().unwrap_or_else(|| FIRST_VERSION.into())
}

/// State of the conversion of a trace.
struct Walk<'t> {
    trace: &'t Trace,
    symbols: &'t SymbolTable,
    ids: Ids<'t>,
    /// Facts of each step.
    facts: Vec<Vec<&'t EventKind>>,
    /// The flow of the call, and every call that has not yet returned.
    levels: Vec<Level>,
    is_truncated: bool,
}

/// Events at one depth.
#[derive(Default)]
struct Level {
    /// Step that calls this level; `None` for the flow of the call.
    caller: Option<usize>,
    events: Vec<Event>,
    is_module: bool,
    /// Current task, menu or state, and its first node.
    unit: Option<(kinds::Unit, NodeId)>,
    /// Active loops and the ids of their runs.
    loops: Vec<(NodeId, Text)>,
}

impl<'t> Walk<'t> {
    fn events(&mut self) -> Vec<Event> {
        for (index, step) in self.trace.steps.iter().enumerate() {
            if self.is_of_called_bot(step) {
                continue;
            }
            let height = usize::from(step.depth) + 1;
            self.close_above(height);
            while self.levels.len() < height {
                let caller = index.checked_sub(1);
                self.levels.push(Level { caller, ..Level::default() });
            }
            self.step(index, step);
        }
        self.close_above(1);
        let end = self.time(self.trace.elapsed_ms);
        let mut flow = self.levels.pop().unwrap_or_default();
        leave_unit(&mut flow, &end);
        let reason = self.exit_reason();
        let ended = Event::new("endedFlow").begin(end).output([]);
        flow.events.push(ended.with("flowExitReason", reason.into()));
        flow.events
    }

    /// Returns whether a step belongs to a bot that another flow called. Its run is not part
    /// of the document: the platform reports the turns of bots.
    fn is_of_called_bot(&self, step: &Step) -> bool {
        let flow = self.symbols.node(step.node).flow;
        flow != self.trace.flow
            && crate::flow::kinds::recognizes_input(&self.symbols.flow(flow).flow_type)
    }

    /// Moves the events of finished levels into the actions that called them.
    fn close_above(&mut self, height: usize) {
        while self.levels.len() > height {
            let Some(mut done) = self.levels.pop() else { return };
            let caller = done.caller.and_then(|caller| self.trace.steps.get(caller));
            let end = self.time(caller.map_or(self.trace.elapsed_ms, |step| step.end_ms));
            leave_unit(&mut done, &end);
            let came_back = caller.is_some_and(|step| {
                matches!(step.path, PathTaken::Next | PathTaken::Output(_))
            });
            if done.is_module && came_back {
                done.events.push(Event::new("endedCommonModule").begin(end).output([]));
            }
            if self.levels.len() > MAX_NESTED {
                self.is_truncated = true;
                continue;
            }
            if let Some(called) = self.level().events.last_mut() {
                called.execution.get_or_insert_default().append(&mut done.events);
            }
        }
    }

    fn level(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn step(&mut self, index: usize, step: &Step) {
        let label = self.symbols.node(step.node);
        let time = self.time(step.start_ms);
        let event = if self.begins_flow(step, label) {
            if step.depth == 0 && index > 0 {
                self.end_transferred(&time);
            }
            self.begun_flow(index, step, &time)
        } else if let Some(unit) = kinds::unit(&label.node_type) {
            leave_unit(self.level(), &time);
            self.level().unit = Some((unit, step.node));
            unit.start(self.ids.node(step.node), label.name.clone())
                .begin(time)
                .run(self.ids.step(index))
                .declare(self.assigned(index))
        } else if label.node_type == NEXT_ROUND {
            self.next_round(index, step, &time)
        } else {
            if operation_of(&label.node_type).is_some_and(Operation::repeats) {
                let run = self.ids.step(index);
                self.level().loops.push((step.node, run));
            }
            self.action(index, step, label)
        };
        self.level().events.push(event);
    }

    /// Returns whether the step is the start of a flow rather than an action.
    fn begins_flow(&self, step: &Step, label: &NodeLabel) -> bool {
        label.node_type == self.symbols.flow(label.flow).flow_type
            && self.symbols.nodes.iter().position(|node| node.flow == label.flow)
                == Some(step.node.index())
    }

    fn begun_flow(&mut self, index: usize, step: &Step, time: &Text) -> Event {
        let variables = self.assigned(index);
        if step.depth > 0 {
            self.level().is_module = true;
            return Event::new("startedCommonModule").begin(time).declare(variables);
        }
        if index > 0 {
            return self.continued_flow(index, step, variables, time);
        }
        let flow = &self.symbols.flow(self.trace.flow).flow_type;
        let built_ins = self.built_ins_of(flow);
        let started = Event::new("startedFlow")
            .begin(time)
            .declare(variables.into_iter().chain(built_ins));
        let language = ["Call.Language", "Interaction.Language"];
        let language = language.iter().find_map(|name| self.built_in(name));
        let started = match language {
            Some(Value::String(tag)) => started.with("languageTag", tag.as_str().into()),
            _ => started,
        };
        let audio = heard::audio_of(&self.facts[index], self.symbols);
        if audio.items.is_empty() && !flow.to_lowercase().contains("call") {
            return started;
        }
        started.play(&values::playback(audio.items, audio.barge_in == Some(true), time))
    }

    /// Ends the flow that transferred the call to another flow.
    fn end_transferred(&mut self, time: &Text) {
        leave_unit(self.level(), time);
        let ended = Event::new("endedFlow").begin(time).output([]);
        self.level().events.push(ended.with("flowExitReason", "TRANSFER".into()));
    }

    /// Returns the start of a flow that continues the call. The platform writes another
    /// document for it.
    fn continued_flow(
        &self,
        index: usize,
        step: &Step,
        variables: Vec<Variable>,
        time: &Text,
    ) -> Event {
        let flow = self.symbols.node(step.node).flow;
        let started = Event::new("startedFlow")
            .with("flowId", Json::String(self.ids.flow(flow)))
            .with("flowName", Json::String(self.symbols.flow(flow).name.clone()))
            .begin(time)
            .declare(variables);
        let audio = heard::audio_of(&self.facts[index], self.symbols);
        match audio.items.is_empty() {
            true => started,
            false => {
                let is_barged_in = audio.barge_in == Some(true);
                started.play(&values::playback(audio.items, is_barged_in, time))
            }
        }
    }

    fn next_round(&mut self, index: usize, step: &Step, time: &Text) -> Event {
        let looped = step.node.index().checked_sub(1).map(NodeId::new);
        let runs = &self.level().loops;
        let run = runs.iter().rev().find(|(node, _)| Some(*node) == looped);
        let run = run.map_or(Json::Null, |(_, run)| Json::String(run.clone()));
        let event = Event::new("eventLoop")
            .with("context", object([("executionId", run)]))
            .with("untilCases", Json::array([]))
            .nest([])
            .begin(time)
            .run(self.ids.step(index))
            .declare(self.assigned(index));
        self.leave(event, step)
    }

    /// Sets the output path that the step took.
    fn leave(&self, event: Event, step: &Step) -> Event {
        let PathTaken::Output(index) = step.path else { return event };
        let label = self.symbols.node(step.node);
        let Some(output) = label.outputs.get(usize::from(index)) else { return event };
        let kind = &label.node_type;
        match kinds::path_id(kind, output) {
            Some(id) => event.leave(id),
            None => {
                let id = self.ids.path(step.node, usize::from(index), output);
                event.leave_by(id, kinds::path_name(kind, output))
            }
        }
    }

    /// Returns the variables that a step set, in order.
    fn assigned(&mut self, index: usize) -> Vec<Variable> {
        let unit = self.level().unit.map(|(_, node)| node);
        let node = self.trace.steps[index].node;
        let flow = self.symbols.node(node).flow;
        let set = self.facts[index].iter().filter_map(|fact| match fact {
            EventKind::Assigned(id, value) => Some((*id, value)),
            _ => None,
        });
        set.map(|(id, value)| {
            let name = self.symbols.variable(id).clone();
            Variable::new(self.ids.variable(id, flow, unit), name, values::shown(value))
        })
        .collect()
    }

    /// Returns the built-in variables of a flow of this type, sorted by name.
    fn built_ins_of(&self, flow_type: &str) -> Vec<Variable> {
        let lower_case = flow_type.to_lowercase();
        let is_listed = |name: &str| {
            if flow_type == "inboundCall" {
                return OF_INBOUND_CALLS.contains(&name);
            }
            let prefix = name.split('.').next().unwrap_or_default().to_lowercase();
            let is_there = prefix == "flow" || lower_case.contains(&prefix);
            is_there && self.built_in(name).is_some()
        };
        let mut listed: Vec<_> =
            BUILT_INS.iter().filter(|known| is_listed(known.name)).collect();
        listed.sort_by_key(|known| known.name);
        let value = |name| self.built_in(name).map_or(Json::Null, values::shown);
        listed
            .into_iter()
            .map(|known| Variable::new(known.id, known.name, value(known.name)))
            .collect()
    }

    /// Returns the value of a built-in variable at the start of the call.
    fn built_in(&self, name: &str) -> Option<&'t Value> {
        let mut held = self.trace.built_ins.iter();
        let (_, value) = held.find(|(id, _)| self.symbols.variable(*id) == name)?;
        Some(value)
    }

    /// Formats a time of the virtual clock like the platform.
    fn time(&self, milliseconds: i64) -> Text {
        let start: DateTime = self.trace.start;
        let elapsed = Duration::from_milliseconds(milliseconds);
        let time = elapsed.and_then(|elapsed| start.checked_add(elapsed));
        values::date_time(time.unwrap_or(start))
    }

    fn exit_reason(&self) -> &'static str {
        let steps = self.trace.steps.iter();
        let begins = |step: &Step| {
            step.depth == 0 && self.begins_flow(step, self.symbols.node(step.node))
        };
        let last = steps.rev().position(begins);
        let before = last.map_or(0, |after| self.trace.steps.len() - 1 - after);
        let was_handed_on = self.facts.iter().skip(before).flatten().any(|fact| {
            matches!(
                fact,
                EventKind::Routed(_)
                    | EventKind::Transferred(_)
                    | EventKind::Connected(_)
            )
        });
        match self.trace.status {
            Status::Completed if was_handed_on => "TRANSFER",
            Status::Completed => "FLOW_DISCONNECT",
            Status::Error | Status::Timeout => "FLOW_ERROR_DISCONNECT",
        }
    }
}

/// Ends the current task, menu or state, if there is one.
fn leave_unit(level: &mut Level, time: &Text) {
    if let Some((unit, _)) = level.unit.take() {
        level.events.push(Event::new(unit.ended).begin(time).output([]));
    }
}
