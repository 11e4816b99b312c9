//! The inside of a session that is stopped: its running flows and their values.

use super::frame::Frame;
use super::scope::{Slots, field};
use super::session::Session;
use super::state::State;
use crate::expr::architect::{Changes, Expression, Failure, solve, solve_difference};
use crate::flow::{FlowId, NodeId, SequenceId, VariableId};
use crate::program::architect::VisibleVariables;
use crate::program::{Program, Referent};
use crate::trace::EventKind;
use crate::value::{Text, Value};

/// A running flow, task, menu or state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// The flow.
    pub flow: FlowId,
    /// The task, menu or state of an Architect flow.
    pub sequence: Option<SequenceId>,
    /// The node that is executed next, that waits, or that called the flow above.
    pub node: Option<NodeId>,
}

/// Values by variable, in the order of declaration.
pub type Values<'s> = Vec<(VariableId, &'s Value)>;

impl Session {
    /// The running flows and tasks. The first is the innermost, and has the level 0.
    pub fn running(&self) -> Vec<Running> {
        let state = self.state();
        let nodes = state.frames.iter().skip(1).map(|above| above.caller.map(|it| it.1));
        let current = state.node.or_else(|| Some(state.recorder.steps.last()?.node));
        let nodes = nodes.chain([current]);
        let frames = state.frames.iter().zip(nodes);
        let mut running: Vec<Running> = frames
            .map(|(frame, node)| Running {
                flow: frame.flow,
                sequence: frame.sequence,
                node,
            })
            .collect();
        running.reverse();
        running
    }

    /// The number of running flows and tasks.
    pub fn depth(&self) -> usize {
        self.state().frames.len()
    }

    /// The variables of the flow at a level.
    pub fn flow_values(&self, level: usize) -> Values<'_> {
        let Some(frame) = self.frame_at(level) else { return Vec::new() };
        let program = self.program();
        let unit = program.unit(frame.flow);
        let (first, count) = match unit.architect.as_deref() {
            Some(part) => (part.variables.first, part.variables.list.len()),
            None => {
                let layout = &program.layouts[unit.layout.index()];
                (layout.first, layout.len())
            }
        };
        values(&self.state().slots, frame.variables, first, count)
    }

    /// The variables of the task, menu or state at a level.
    pub fn task_values(&self, level: usize) -> Values<'_> {
        let Some(frame) = self.frame_at(level) else { return Vec::new() };
        let Some(sequence) = frame.sequence else { return Vec::new() };
        let of = &self.program().sequence(sequence).variables;
        values(&self.state().slots, frame.outputs, of.first, of.list.len())
    }

    /// The built-in variables of Architect; empty if no Architect flow is loaded.
    pub fn built_in_values(&self) -> Values<'_> {
        let ids = (self.program().built_in_first..).map(VariableId);
        ids.zip(self.state().conversation.built_ins()).collect()
    }

    /// Returns the names that an expression may use at a level. Returns `None` in a draft
    /// flow, and at a level that does not exist.
    pub fn names(&self, level: usize) -> Option<VisibleVariables> {
        let frame = self.frame_at(level)?;
        VisibleVariables::of(self.program(), frame.flow, frame.sequence)
    }

    /// Evaluates an expression with the [names](Self::names) of a level. It has no effect
    /// on the call; random numbers are 0.
    ///
    /// # Errors
    /// The current values do not allow a result.
    pub fn evaluate(
        &self,
        level: usize,
        expression: &Expression,
    ) -> Result<Value, Failure> {
        let Some(frame) = self.frame_at(level) else { return Ok(Value::NOT_SET) };
        let view = self.state().view_of(self.program(), frame);
        expression.evaluate(&view.for_explanation())
    }

    /// Returns changes of variables after which expressions with the [names](Self::names)
    /// of a level have these values.
    pub fn solve(&self, level: usize, wanted: &[(&Expression, Value)]) -> Vec<Changes> {
        let Some(frame) = self.frame_at(level) else { return Vec::new() };
        let view = self.state().view_of(self.program(), frame);
        solve(wanted, &view.for_explanation())
    }

    /// Returns changes of variables after which two expressions with the
    /// [names](Self::names) of a level have different values. They have the same form, apart
    /// from one operator or constant.
    pub fn solve_difference(
        &self,
        level: usize,
        one: &Expression,
        other: &Expression,
    ) -> Vec<Changes> {
        let Some(frame) = self.frame_at(level) else { return Vec::new() };
        let view = self.state().view_of(self.program(), frame);
        solve_difference(one, other, &view.for_explanation())
    }

    /// Returns the value of a reference of a draft flow at a level. `None` if it names
    /// nothing that the call keeps.
    pub fn referenced(&self, level: usize, segments: &[Text]) -> Option<Value> {
        let frame = self.frame_at(level)?;
        let slots = &self.state().slots;
        let (referent, depth) = self.program().referent(frame.flow, segments)?;
        let value = match referent {
            Referent::Output(id) => slots.values.get(frame.outputs + id.0 as usize)?,
            Referent::Variable(variable, context) => {
                let own = variable.map(|id| slots.variable(frame, id));
                let context = context.and_then(|id| slots.context.get(id.index()));
                let own = own.filter(|value| !value.is_unset());
                own.or(context).unwrap_or(&Value::NOT_SET)
            }
        };
        Some(field(value, segments.get(depth..)?).into_owned())
    }

    /// Sets a variable that is visible at a level, and records it. The caller of this
    /// method converts the value to the type of the variable. Returns `false` if the
    /// variable is not visible there, and after the end.
    pub fn assign(&mut self, level: usize, variable: VariableId, value: Value) -> bool {
        let program = std::sync::Arc::clone(self.program());
        let state = self.state_mut();
        if state.is_finished() {
            return false;
        }
        let Some(slot) = state.slot_at(&program, level, variable) else { return false };
        *slot = value.clone();
        state.note(|| EventKind::Assigned(variable, value));
        true
    }

    fn frame_at(&self, level: usize) -> Option<&Frame> {
        self.state().frames.iter().rev().nth(level)
    }
}

impl State {
    fn slot_at(
        &mut self,
        program: &Program,
        level: usize,
        id: VariableId,
    ) -> Option<&mut Value> {
        if program.is_built_in(id) {
            return self.conversation.slot(program, id);
        }
        let frame = self.frames.iter().rev().nth(level)?;
        let base = match program.unit(frame.flow).architect.is_some() {
            true if id.0 >= frame.task_first => frame.outputs,
            _ => frame.variables,
        };
        self.slots.values.get_mut(base.wrapping_add(id.index()))
    }
}

fn values(slots: &Slots, base: usize, first: u32, count: usize) -> Values<'_> {
    let ids = (first..).take(count).map(VariableId);
    let found = ids.filter_map(|id| {
        let value = slots.values.get(base.wrapping_add(id.index()))?;
        Some((id, value))
    });
    found.collect()
}
