//! Keys of sessions: two waiting sessions with the same key have the same future. A host
//! that tries all answers needs to continue only one of them.
//!
//! A key leaves out everything that the future does not depend on: the trace, the number
//! of actions so far, and values that are not read again. The host decides which values
//! those are; see [`Relevance`].

use std::fmt::{Debug, Write};
use std::sync::Arc;

use super::effect::Waiting;
use super::frame::Frame;
use super::recorder::{Capacity, Events, Recorder};
use super::session::Session;
use super::state::State;
use crate::flow::{NodeId, VariableId};
use crate::value::Value;

/// Decides which parts of a session its future may depend on.
pub trait Relevance {
    /// Whether a variable may be read again while a session waits at this node, or later.
    fn is_read_from(&self, node: NodeId, variable: VariableId) -> bool;

    /// Whether a variable may be read after the task or flow that this node calls returns.
    fn is_read_after(&self, node: NodeId, variable: VariableId) -> bool;

    /// Whether the clock or the random number generator may be read from this node on.
    fn reads_clock_from(&self, node: NodeId) -> bool;

    /// Whether participant attributes may be read from this node on.
    fn reads_attributes_from(&self, node: NodeId) -> bool;

    /// Whether the host's answers for data actions depend on their inputs.
    fn reads_inputs_of_data_actions(&self) -> bool;
}

/// A value of a live variable of a session.
#[derive(Debug)]
pub struct LiveValue<'s> {
    /// The variable.
    pub variable: VariableId,
    /// The value.
    pub value: &'s Value,
}

impl Session {
    /// Drops the record of finished steps. The session continues in the same way, and its
    /// trace begins here. The steps that are still open come first in
    /// [`steps`](Self::steps). The limits on actions and on text count from here on.
    pub fn forget_history(&mut self, max_actions: u32) {
        self.state_mut().forget_history(max_actions);
    }

    /// Returns a copy without the record of finished steps. Its cost does not depend on the
    /// number of these steps. The copy continues in the same way, with the same limits, and
    /// its trace begins here. The steps that are still open come first in
    /// [`steps`](Self::steps).
    #[must_use]
    pub fn without_history(&self) -> Self {
        Self::with_state(Arc::clone(self.program()), self.state().without_history())
    }

    /// The node that waits; `None` if the call is over.
    pub fn waiting_node(&self) -> Option<NodeId> {
        self.state().node.filter(|_| self.state().waiting.is_some())
    }

    /// The number of actions so far.
    pub fn actions(&self) -> u32 {
        self.state().actions
    }

    /// Whether the time until the next answer may matter: a flow has a time limit, or the
    /// caller waits in a queue.
    pub fn is_timed(&self) -> bool {
        let state = self.state();
        state.frames.iter().any(|frame| frame.deadline.is_some())
            || state.conversation.queueing.end_ms().is_some()
    }

    /// Writes the control state: the waiting node and the nodes that called the running
    /// flows and tasks.
    pub fn write_control(&self, out: &mut String) {
        let state = self.state();
        let _ = write!(out, "{:?}", state.node.map(|node| node.0));
        for frame in &state.frames {
            let caller = frame.caller.map(|(_, node)| node.0);
            let sequence = frame.sequence.map(|sequence| sequence.0);
            let _ = write!(out, "|{}{caller:?}{sequence:?}", frame.flow.0);
        }
    }

    /// Writes the key.
    pub fn write_key(&self, relevance: &impl Relevance, out: &mut String) {
        self.write_control(out);
        let state = self.state();
        let Some(node) = state.node else { return };
        self.each_live_value(relevance, &mut |live| {
            let _ = write!(out, ";{}=", live.variable.0);
            write_value(live.value, out);
        });
        let _ = match &state.waiting {
            Some(Waiting::DataAction { .. })
                if !relevance.reads_inputs_of_data_actions() =>
            {
                write!(out, ";data")
            }
            waiting => write!(out, ";{waiting:?}"),
        };
        let is_clock_read = relevance.reads_clock_from(node);
        state.write_rest(is_clock_read, relevance.reads_attributes_from(node), out);
    }

    /// Visits the values that the future may depend on, in a fixed order. Outputs of draft
    /// nodes, which all may be read again, have the id `u32::MAX`.
    pub fn each_live_value<'s>(
        &'s self,
        relevance: &impl Relevance,
        visit: &mut impl FnMut(LiveValue<'s>),
    ) {
        let state = self.state();
        for (index, frame) in state.frames.iter().enumerate() {
            let place = Place::of(state, index);
            let mut range = |first: u32, count: usize, base: usize, place: &Place| {
                for id in (first..).take(count) {
                    let variable = VariableId(id);
                    let at = base.wrapping_add(variable.index());
                    if let Some(value) = state.slots.values.get(at)
                        && place.needs(relevance, variable)
                    {
                        visit(LiveValue { variable, value });
                    }
                }
            };
            let program = self.program();
            let unit = program.unit(frame.flow);
            if let Some(part) = unit.architect.as_deref() {
                if frame.is_isolated {
                    let (first, count) =
                        (part.variables.first, part.variables.list.len());
                    range(first, count, frame.variables, &Place::of_flow(state, index));
                }
                if let Some(sequence) = frame.sequence {
                    let of = &program.sequence(sequence).variables;
                    range(of.first, of.list.len(), frame.outputs, &place);
                }
                continue;
            }
            if frame.is_isolated {
                let layout = &program.layouts[unit.layout.index()];
                let place = Place::of_flow(state, index);
                range(layout.first, layout.len(), frame.variables, &place);
            }
            let end = frame.outputs + unit.output_count as usize;
            for value in state.slots.values.get(frame.outputs..end).unwrap_or_default() {
                visit(LiveValue { variable: VariableId(u32::MAX), value });
            }
        }
    }
}

/// The place at which a frame continues.
enum Place {
    /// The running frame: at this node.
    Waiting(NodeId),
    /// A frame that called another: after this node.
    Calling(NodeId),
}

impl Place {
    fn of(state: &State, index: usize) -> Self {
        let called: Option<&Frame> = state.frames.get(index + 1);
        match called.and_then(|frame| frame.caller) {
            Some((_, node)) => Self::Calling(node),
            None => Self::Waiting(state.node.unwrap_or(NodeId(0))),
        }
    }

    /// The place at which the last frame of a flow continues, which shares the variables
    /// of the flow.
    fn of_flow(state: &State, index: usize) -> Self {
        let above = state.frames.iter().skip(index + 1);
        let last = index + above.take_while(|frame| !frame.is_isolated).count();
        Self::of(state, last)
    }

    fn needs(&self, relevance: &impl Relevance, variable: VariableId) -> bool {
        match self {
            Self::Waiting(node) => relevance.is_read_from(*node, variable),
            Self::Calling(node) => relevance.is_read_after(*node, variable),
        }
    }
}

impl State {
    /// Keeps only the steps that are open, and counts from here to the limits.
    fn forget_history(&mut self, max_actions: u32) {
        self.limits.max_actions =
            (self.actions - self.turn_began.1).saturating_add(max_actions);
        self.made_bytes = 0;
        self.turn_first = 0;
        let recorder = std::mem::take(&mut self.recorder);
        self.recorder = self.keep_open_steps(&recorder);
    }

    /// Returns a copy that has only the steps that are open.
    fn without_history(&self) -> Self {
        let mut copy = Self {
            clock_ms: self.clock_ms,
            slots: self.slots.clone(),
            frames: self.frames.clone(),
            recorder: Recorder::default(),
            step: self.step,
            conversation: self.conversation.clone(),
            limits: self.limits,
            is_strict: self.is_strict,
            stops_at_queue: self.stops_at_queue,
            takes_messages: self.takes_messages,
            requests_outcomes: self.requests_outcomes,
            omits_inputs: self.omits_inputs,
            turn_first: 0,
            start: self.start,
            flow: self.flow,
            other_variables: self.other_variables.clone(),
            failed_initials: self.failed_initials.clone(),
            actions: self.actions,
            turn_began: self.turn_began,
            limit_was_handled: self.limit_was_handled,
            node: self.node,
            waiting: self.waiting.clone(),
            outcome: self.outcome.clone(),
            capacity: Capacity::default(),
            passed: Vec::new(),
            made_bytes: self.made_bytes,
        };
        copy.recorder = copy.keep_open_steps(&self.recorder);
        copy
    }

    /// Renumbers the steps that are open, and returns a record with them alone.
    fn keep_open_steps(&mut self, recorder: &Recorder) -> Recorder {
        let mut open: Vec<u32> =
            self.frames.iter().filter_map(|frame| Some(frame.caller?.0)).collect();
        open.push(self.step);
        open.sort_unstable();
        open.dedup();
        let renumbered = |step: u32| {
            let place = open.binary_search(&step).unwrap_or_default();
            u32::try_from(place).unwrap_or(u32::MAX)
        };
        for frame in &mut self.frames {
            if let Some((step, _)) = &mut frame.caller {
                *step = renumbered(*step);
            }
        }
        self.step = renumbered(self.step);
        let steps =
            open.iter().filter_map(|it| recorder.steps.get(*it as usize).cloned());
        Recorder { steps: steps.collect(), events: Events::default() }
    }

    /// Writes everything but the control state and the variables.
    fn write_rest(
        &self,
        is_clock_read: bool,
        are_attributes_read: bool,
        out: &mut String,
    ) {
        let _ = write!(out, ";{}", self.limit_was_handled);
        for frame in &self.frames {
            let left = frame.deadline.map(|at| at.saturating_sub(self.clock_ms));
            write_if_some(left.as_ref(), out);
        }
        let conversation = &self.conversation;
        let is_clock_read = is_clock_read || conversation.queueing.end_ms().is_some();
        if is_clock_read {
            let _ = write!(out, ";at{}{:?}", self.clock_ms, conversation.random);
        }
        conversation.write_key(self.clock_ms, are_attributes_read, out);
    }
}

fn write_if_some(value: Option<&impl Debug>, out: &mut String) {
    if let Some(value) = value {
        let _ = write!(out, ";{value:?}");
    }
}

/// Writes a value so that different values give different strings.
pub(super) fn write_value(value: &Value, out: &mut String) {
    let _ = match value {
        Value::Integer(number) => write!(out, "i{number}"),
        Value::Boolean(truth) => write!(out, "b{truth}"),
        Value::String(text) => write!(out, "s{}:{text}", text.len()),
        other => write!(out, "{other:?}"),
    };
}
