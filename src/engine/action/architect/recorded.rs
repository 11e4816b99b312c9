//! Actions that only record data for the platform.

use super::outcome::{Outcome, by_output};
use super::values;
use crate::engine::conversation::LANGUAGES;
use crate::engine::effect::Effect;
use crate::engine::state::State;
use crate::program::architect::{Change, Recorded, Source};
use crate::program::{Program, Step};
use crate::trace::Failure;
use crate::value::Value;

pub(super) fn execute(
    state: &mut State,
    program: &Program,
    step: &Step,
    recorded: &Recorded,
) -> Outcome {
    let inputs = values::inputs(state, program, &recorded.inputs)?;
    match &recorded.change {
        Change::Nothing => {}
        Change::Language(language) => set_language(state, program, language)?,
        Change::BuiltIn(variable, source) => {
            let value = state.value(program, source)?;
            state.assign(program, program.built_in(*variable), value)?;
        }
        Change::Intent(intent) => {
            let value = state.value(program, intent)?;
            state.conversation.bot.intent = match value {
                Value::String(intent) => Some(intent),
                _ => None,
            };
        }
        Change::EndFlow => {
            let reason = inputs.into_iter().find(|(name, _)| name == "exitReason");
            let reason = reason.and_then(|(_, value)| match value {
                Value::String(reason) => Some(reason),
                _ => None,
            });
            return Ok(Effect::EndFlow(reason));
        }
    }
    Ok(by_output(step, 0))
}

/// Sets the language that the participant hears and reads from now on.
fn set_language(
    state: &mut State,
    program: &Program,
    language: &Source,
) -> Result<(), Box<Failure>> {
    let value = state.value(program, language)?;
    match &value {
        Value::String(language) if !language.is_empty() => {
            for variable in LANGUAGES {
                state.conversation.set(variable, value.clone());
            }
            Ok(())
        }
        _ => Err(values::not_set("the language")),
    }
}
