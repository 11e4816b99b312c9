//! What decides where a flow goes.

use super::speech;
use super::{Outcome, by_output};
use crate::diagnostic::Code;
use crate::engine::state::{Effect, State};
use crate::expr::architect::BuiltInId;
use crate::flow::{NodeId, VariableId};
use crate::program::architect::{
    Call, CommonModule, Decision, Jump, Loop, Source, Statement, Switch,
};
use crate::program::{Program, Step};
use crate::trace::{Entry, Fact, Failure, Field, PathTaken};
use crate::value::{Text, Value, equal};

const HOLD_PROMPT: BuiltInId = BuiltInId::of("Flow.HoldPrompt");

pub(super) fn begin_flow(
    state: &mut State,
    program: &Program,
    step: &Step,
    greeting: Option<&Source>,
) -> Outcome {
    let part = program.unit(step.flow).architect.as_deref();
    if let Some(part) = part {
        if let Some(prompt) = &part.hold_prompt {
            let prompt = state.value(program, prompt)?;
            state.conversation.set(HOLD_PROMPT, prompt);
        }
        // Perhaps an agent answers at once.
        if let Some(frame) = state.wait(0) {
            return Ok(Effect::CutOff(frame));
        }
        state.note_variables(program, &part.variables);
    }
    if let Some(greeting) = greeting {
        speech::say(state, program, greeting)?;
    }
    match part.and_then(|part| part.start) {
        Some(start) => {
            let begin = state.go_to_task(program, start);
            Ok(Effect::Go(PathTaken::Next, Some(begin)))
        }
        None => Ok(Effect::EndCall),
    }
}

pub(super) fn begin_sequence(
    state: &mut State,
    program: &Program,
    step: &Step,
) -> Effect {
    if let Some(sequence) = state.frame().sequence {
        state.note_variables(program, &program.sequence(sequence).variables);
    }
    Effect::Go(PathTaken::Next, step.next)
}

pub(super) fn decide(
    state: &mut State,
    program: &Program,
    step: &Step,
    decision: &Decision,
) -> Outcome {
    let truth = is_true(state, program, &decision.condition, Field::Condition)?;
    Ok(by_output(step, u16::from(!truth)))
}

/// The value of a condition. One that is NOT_SET is a runtime error.
fn is_true(
    state: &mut State,
    program: &Program,
    condition: &Source,
    field: Field,
) -> Result<bool, Box<Failure>> {
    let value = state.value(program, condition)?;
    state.note(|| Fact::Input(field, value.clone()));
    match value {
        Value::Boolean(truth) => Ok(truth),
        unset if unset.is_unset() => {
            let message = "the condition is NOT_SET, neither true nor false";
            Err(Failure::new(Code::NOT_SET_NOT_ALLOWED, message))
        }
        other => {
            let message = format!("expected a Boolean, found {}", other.type_of());
            Err(Failure::new(Code::WRONG_TYPE, message))
        }
    }
}

pub(super) fn switch(
    state: &mut State,
    program: &Program,
    step: &Step,
    switch: &Switch,
) -> Outcome {
    let value = match &switch.value {
        Some(source) => {
            let value = state.value(program, source)?;
            state.note(|| Fact::Input(Field::Value, value.clone()));
            Some(value)
        }
        None => None,
    };
    for (case, index) in switch.cases.iter().zip(0..u16::MAX) {
        let field = Field::Case(index + 1);
        let fits = match &value {
            Some(value) => {
                let wanted = state.value(program, case)?;
                state.note(|| Fact::Input(field, wanted.clone()));
                equal(value, &wanted)
            }
            None => is_true(state, program, case, field)?,
        };
        if fits {
            return Ok(by_output(step, index));
        }
    }
    let default = u16::try_from(switch.cases.len()).unwrap_or(u16::MAX);
    Ok(by_output(step, default))
}

pub(super) fn update_data(
    state: &mut State,
    program: &Program,
    step: &Step,
    statements: &[Statement],
) -> Outcome {
    for Statement { variable, value } in statements {
        let value = state.value(program, value)?;
        match variable {
            Ok(id) => state.assign(program, *id, value)?,
            Err(name) => {
                let message = format!("nobody declares the variable `{name}`");
                return Err(Failure::new(Code::UNKNOWN_VARIABLE, message));
            }
        }
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}

/// The output of a loop that is a round, and the one when there are no more.
const ROUND: u16 = 0;
const DONE: u16 = 1;

pub(super) fn begin_loop(
    state: &mut State,
    program: &Program,
    step: &Step,
    rounds: &Loop,
) -> Outcome {
    let count = state.value(program, &rounds.count)?;
    state.note(|| Fact::Input(Field::LoopCount, count.clone()));
    let count = match count {
        Value::Integer(count) => count,
        unset if unset.is_unset() => {
            let message = "the number of rounds is NOT_SET";
            return Err(Failure::new(Code::NOT_SET_NOT_ALLOWED, message));
        }
        other => {
            let message = format!("expected an Integer, found {}", other.type_of());
            return Err(Failure::new(Code::WRONG_TYPE, message));
        }
    };
    set_hidden(state, program, rounds.rounds, count);
    begin_round(state, program, step, rounds, 0, count)
}

pub(super) fn next_round(
    state: &mut State,
    program: &Program,
    step: &Step,
    rounds: &Loop,
) -> Outcome {
    let count = hidden(state, program, rounds.rounds);
    let round = hidden(state, program, VariableId(rounds.rounds.0 + 1)) + 1;
    begin_round(state, program, step, rounds, round, count)
}

fn begin_round(
    state: &mut State,
    program: &Program,
    step: &Step,
    rounds: &Loop,
    round: i64,
    count: i64,
) -> Outcome {
    if round >= count {
        return Ok(by_output(step, DONE));
    }
    set_hidden(state, program, VariableId(rounds.rounds.0 + 1), round);
    state.note(|| Fact::Output(Field::CurrentIndex, Value::Integer(round)));
    if let Some(index) = rounds.index {
        state.assign(program, index, Value::Integer(round))?;
    }
    Ok(by_output(step, ROUND))
}

fn hidden(state: &mut State, program: &Program, id: VariableId) -> i64 {
    match state.slot(program, id) {
        Some(Value::Integer(number)) => *number,
        _ => 0,
    }
}

fn set_hidden(state: &mut State, program: &Program, id: VariableId, number: i64) {
    if let Some(slot) = state.slot(program, id) {
        *slot = Value::Integer(number);
    }
}

pub(super) fn call_task(
    state: &mut State,
    program: &Program,
    node: NodeId,
    call: &Call,
) -> Outcome {
    let sequence = call.target.clone().map_err(|written| no_task(&written))?;
    check_depth(state)?;
    let inputs = inputs(state, program, &call.inputs)?;
    state.push_task(program, sequence, (state.step, node));
    fill(state, program, inputs);
    Ok(Effect::Call(program.sequence(sequence).begin))
}

pub(super) fn jump(state: &mut State, program: &Program, jump: &Jump) -> Outcome {
    let sequence = jump.target.clone().map_err(|written| no_task(&written))?;
    let inputs = inputs(state, program, &jump.inputs)?;
    // With a task of the author's own the error is handled.
    state.conversation.fault = None;
    let begin = state.go_to_task(program, sequence);
    fill(state, program, inputs);
    Ok(Effect::Go(PathTaken::Next, Some(begin)))
}

fn no_task(written: &Text) -> Box<Failure> {
    let message = if written.is_empty() {
        "the action does not say where to go".to_owned()
    } else {
        format!("the flow has no task, menu or state `{written}`")
    };
    Failure::new(Code::DANGLING_REFERENCE, message)
}

fn inputs(
    state: &mut State,
    program: &Program,
    inputs: &[(VariableId, Source)],
) -> Result<Vec<(VariableId, Value)>, Box<Failure>> {
    let mut values = Vec::with_capacity(inputs.len());
    for (id, source) in inputs {
        let value = state.value(program, source)?;
        let (of, name) = (Field::Inputs, program.legend.variable(*id).clone());
        let entry = Entry { of, name, value: value.clone() };
        state.note(|| Fact::Entry(Box::new(entry)));
        values.push((*id, value));
    }
    Ok(values)
}

fn fill(state: &mut State, program: &Program, inputs: Vec<(VariableId, Value)>) {
    for (id, value) in inputs {
        if let Some(slot) = state.slot(program, id) {
            *slot = value;
        }
    }
}

/// A module sees its own variables only. One that is not loaded leaves its outputs NOT_SET.
pub(super) fn call_module(
    state: &mut State,
    program: &Program,
    node: NodeId,
    step: &Step,
    module: &CommonModule,
) -> Outcome {
    let mut values = Vec::new();
    for (name, id, source) in &module.inputs {
        let value = state.value(program, source)?;
        let entry = Entry { of: Field::Inputs, name: name.clone(), value: value.clone() };
        state.note(|| Fact::Entry(Box::new(entry)));
        values.extend(id.map(|id| (id, value)));
    }
    let part = module.flow.and_then(|flow| program.unit(flow).architect.as_deref());
    let (Some(flow), Some(part)) = (module.flow, part) else {
        return module_not_loaded(state, program, step, module);
    };
    check_depth(state)?;
    state.push_flow(program, flow, part, Some((state.step, node)), None);
    fill(state, program, values);
    Ok(Effect::Call(part.begin))
}

fn module_not_loaded(
    state: &mut State,
    program: &Program,
    step: &Step,
    module: &CommonModule,
) -> Outcome {
    if state.is_strict {
        let message = format!("the common module `{}` is not loaded", module.name);
        return Err(Failure::new(Code::FLOW_NOT_FOUND, message));
    }
    state.note(|| Fact::Noted(Code::ACTION_NOT_SIMULATED));
    for (_, _, own) in &module.outputs {
        let unset = Value::unset(state.type_of(program, *own));
        state.assign(program, *own, unset)?;
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}

fn check_depth(state: &State) -> Result<(), Box<Failure>> {
    let limit = state.limits().max_depth;
    if state.frames.len() <= usize::from(limit) {
        return Ok(());
    }
    let message = format!("more than {limit} tasks and modules are nested");
    Err(Failure::new(Code::FLOW_DEPTH_EXCEEDED, message))
}
