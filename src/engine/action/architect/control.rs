//! Control flow: decisions, switches, loops, tasks and common modules.

use super::outcome::{Outcome, by_output};
use super::speech;
use super::values::{expected, note_named, peek_input};
use crate::diagnostic::Code;
use crate::engine::effect::Effect;
use crate::engine::state::State;
use crate::expr::architect::BuiltInId;
use crate::flow::{NodeId, VariableId};
use crate::program::architect::{
    Call, CommonModule, Decision, Jump, Loop, Source, Statement, Switch, Traced,
};
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, Field, PathTaken};
use crate::value::{Text, Value, equal};

const HOLD_PROMPT: BuiltInId = BuiltInId::of("Flow.HoldPrompt");
const WRAPUP_CODE: BuiltInId = BuiltInId::of("Flow.WrapupCode");

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
        if let Some(code) = &part.wrapup_code {
            let code = state.value(program, code)?;
            state.conversation.set(WRAPUP_CODE, code);
        }
        // An agent may answer at once.
        if let Some(frame) = state.wait(0) {
            return Ok(Effect::CutOff(frame));
        }
        state.note_variables(program, &part.variables);
    }
    if let Some(message) = state.conversation.message.take() {
        state.note(|| EventKind::CallerInput(message));
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
    if let Some(message) = state.conversation.message.take() {
        state.note(|| EventKind::CallerInput(message));
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

/// Evaluates a condition. A condition that is NOT_SET is not true, unless the policies
/// say that it is a runtime error. *Source: Genesys' Architect Scripting: a decision takes
/// `no` and a switch its default unless a condition is true.*
fn is_true(
    state: &mut State,
    program: &Program,
    condition: &Traced,
    field: Field,
) -> Result<bool, Box<Failure>> {
    state.note_operands(program, condition);
    if let Source::Expression(expression) = &condition.source
        && let Some(truth) = expression.boolean(&state.task_view(program))
    {
        if !state.omits_inputs {
            state.note(|| EventKind::Input(field, Value::Boolean(truth)));
        }
        return Ok(truth);
    }
    match peek_input(state, program, &condition.source, field, &mut { Value::NOT_SET })? {
        Value::Boolean(truth) => Ok(*truth),
        unset if unset.is_unset() => {
            if !state.conversation.policies().conditions_must_be_set {
                return Ok(false);
            }
            Err(state.not_set(program, "the condition", Some(&condition.source)))
        }
        other => Err(expected("a Boolean", other)),
    }
}

/// Evaluates an input, and records it and its operands.
#[inline]
fn traced_input<'v>(
    state: &mut State,
    program: &Program,
    traced: &'v Traced,
    field: Field,
    place: &'v mut Value,
) -> Result<&'v Value, Box<Failure>> {
    state.note_operands(program, traced);
    peek_input(state, program, &traced.source, field, place)
}

pub(super) fn switch(
    state: &mut State,
    program: &Program,
    step: &Step,
    switch: &Switch,
) -> Outcome {
    let mut place = Value::NOT_SET;
    let value = match &switch.value {
        Some(value) => {
            Some(traced_input(state, program, value, Field::Value, &mut place)?)
        }
        None => None,
    };
    for (case, index) in switch.cases.iter().zip(0..u16::MAX) {
        let field = Field::Case(index + 1);
        let fits = match value {
            Some(value) => {
                let place = &mut { Value::NOT_SET };
                equal(value, traced_input(state, program, case, field, place)?)
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
    let mut place = Value::NOT_SET;
    for Statement { variable, value } in statements {
        let value = state.peek(program, value, &mut place)?;
        match variable {
            Ok(id) => state.assign(program, *id, value)?,
            Err(name) => {
                let message = format!("unknown variable `{name}`");
                return Err(Failure::new(Code::UNKNOWN_VARIABLE, message));
            }
        }
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}

/// Output indexes of a loop: another round, no rounds left, and the first case.
const ROUND: u16 = 0;
const DONE: u16 = 1;
const FIRST_CASE: u16 = 2;

/// The largest number of rounds of a Loop Until action.
const MOST_ROUNDS_UNTIL: i64 = 99;

pub(super) fn begin_loop(
    state: &mut State,
    program: &Program,
    step: &Step,
    rounds: &Loop,
) -> Outcome {
    let count = count_of_rounds(state, program, rounds)?;
    set_hidden(state, program, rounds.rounds, count);
    if state.conversation.policies().until_cases_come_first
        && let Some(case) = true_case(state, program, rounds)?
    {
        return Ok(by_output(step, case));
    }
    begin_round(state, program, step, rounds, 0, count)
}

/// Evaluates the number of rounds. *Source: Genesys' help on Loop Until: at most 99. That
/// a loop without a maximum has 99 rounds, and a larger maximum counts as 99, is decided
/// here.*
fn count_of_rounds(
    state: &mut State,
    program: &Program,
    rounds: &Loop,
) -> Result<i64, Box<Failure>> {
    let is_until = rounds.until.is_some();
    let field = if is_until { Field::MaxLoopCount } else { Field::LoopCount };
    match peek_input(state, program, &rounds.count, field, &mut { Value::NOT_SET })? {
        Value::Integer(count) if is_until => Ok((*count).min(MOST_ROUNDS_UNTIL)),
        Value::Integer(count) => Ok(*count),
        unset if unset.is_unset() && is_until => Ok(MOST_ROUNDS_UNTIL),
        unset if unset.is_unset() => {
            Err(state.not_set(program, "the number of rounds", Some(&rounds.count)))
        }
        other => Err(expected("an Integer", other)),
    }
}

/// Returns the output of the first case of a Loop Until action that is true.
fn true_case(
    state: &mut State,
    program: &Program,
    rounds: &Loop,
) -> Result<Option<u16>, Box<Failure>> {
    let cases = rounds.until.as_deref().unwrap_or_default();
    for (case, index) in cases.iter().zip(0..u16::MAX) {
        if is_true(state, program, case, Field::Case(index + 1))? {
            return Ok(Some(FIRST_CASE + index));
        }
    }
    Ok(None)
}

pub(super) fn next_round(
    state: &mut State,
    program: &Program,
    step: &Step,
    rounds: &Loop,
) -> Outcome {
    if rounds.until.is_some()
        && let Some(case) = true_case(state, program, rounds)?
    {
        return Ok(by_output(step, case));
    }
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
    state.note(|| EventKind::Output(Field::CurrentIndex, Value::Integer(round)));
    if let Some(index) = rounds.index {
        state.assign(program, index, &Value::Integer(round))?;
    }
    Ok(by_output(step, ROUND))
}

pub(super) fn hidden(state: &mut State, program: &Program, id: VariableId) -> i64 {
    match state.slot(program, id) {
        Some(Value::Integer(number)) => *number,
        _ => 0,
    }
}

pub(super) fn set_hidden(
    state: &mut State,
    program: &Program,
    id: VariableId,
    number: i64,
) {
    if let Some(slot) = state.slot(program, id) {
        slot.put(Value::Integer(number));
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
    // A jump to a task of the flow's author ends the error handling.
    state.conversation.fault = None;
    let begin = state.go_to_task(program, sequence);
    fill(state, program, inputs);
    Ok(Effect::Go(PathTaken::Next, Some(begin)))
}

fn no_task(written: &Text) -> Box<Failure> {
    let message = if written.is_empty() {
        "the action names no target".to_owned()
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
    let mut values = std::mem::take(&mut state.passed);
    for (id, source) in inputs {
        let value = state.value(program, source)?;
        let name = program.symbols.variable(*id).clone();
        note_named(state, Field::Inputs, name, &value);
        values.push((*id, value));
    }
    Ok(values)
}

pub(super) fn fill(
    state: &mut State,
    program: &Program,
    mut inputs: Vec<(VariableId, Value)>,
) {
    for (id, value) in inputs.drain(..) {
        if let Some(slot) = state.slot(program, id) {
            *slot = value;
        }
    }
    state.passed = inputs;
}

/// Calls a common module, which sees only its own variables. If the module is not loaded,
/// its outputs are NOT_SET.
pub(super) fn call_module(
    state: &mut State,
    program: &Program,
    node: NodeId,
    step: &Step,
    module: &CommonModule,
) -> Outcome {
    let mut values = std::mem::take(&mut state.passed);
    for (name, id, source) in &module.inputs {
        let value = state.value(program, source)?;
        note_named(state, Field::Inputs, name.clone(), &value);
        if let Some(id) = *id {
            values.push((id, value));
        }
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
    state.note(|| EventKind::Noted(Code::ACTION_NOT_SIMULATED));
    for (_, _, own) in &module.outputs {
        let unset = Value::unset(state.type_of(program, *own));
        state.assign(program, *own, &unset)?;
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}

pub(super) fn check_depth(state: &State) -> Result<(), Box<Failure>> {
    let limit = state.limits().max_depth;
    if state.frames.len() <= usize::from(limit) {
        return Ok(());
    }
    let message = format!("more than {limit} tasks and modules are nested");
    Err(Failure::new(Code::FLOW_DEPTH_EXCEEDED, message))
}
