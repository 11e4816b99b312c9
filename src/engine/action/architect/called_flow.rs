//! Calls of bots and voice flows.

use super::control::{check_depth, fill};
use super::other;
use super::outcome::Outcome;
use crate::engine::bot::BotSession;
use crate::engine::effect::Effect;
use crate::engine::state::State;
use crate::program::architect::CallFlow;
use crate::program::{Program, Step};
use crate::value::{Text, Value};
use crate::world::Answer;

/// Runs the called flow, unless the host answers the action or the flow is not loaded.
pub(super) fn answered(
    state: &mut State,
    program: &Program,
    step: &Step,
    call: &CallFlow,
    inputs: Vec<(Text, Value)>,
    answer: Answer,
) -> Outcome {
    let part = call.flow.and_then(|flow| program.unit(flow).architect.as_deref());
    let is_answered = matches!(answer, Answer::Action(_));
    let (false, Some(flow), Some(part)) = (is_answered, call.flow, part) else {
        return other::answered(state, program, step, &call.other, answer);
    };
    check_depth(state)?;
    let text = inputs.iter().find(|(name, _)| name == "inputText");
    let first_words = text.and_then(|(_, value)| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        _ => None,
    });
    let values = call.inputs.iter();
    let values =
        values.filter_map(|(index, id)| Some((*id, inputs.get(*index)?.1.clone())));
    let values = values.collect();
    let node = state.node_of_step();
    state.push_flow(program, flow, part, Some((state.step, node)), None);
    fill(state, program, values);
    state.conversation.bot = BotSession::begin(first_words);
    Ok(Effect::Call(part.begin))
}
