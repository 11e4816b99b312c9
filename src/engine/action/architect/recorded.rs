//! Actions that only record data for the platform.

use super::outcome::{Outcome, by_output};
use super::transfer::name_of;
use super::values;
use crate::engine::conversation::LANGUAGES;
use crate::engine::effect::Effect;
use crate::engine::queued::Requirements;
use crate::engine::state::State;
use crate::program::architect::{self, Change, Recorded, Source};
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
            state.assign(program, program.built_in(*variable), &value)?;
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
        Change::Requirements(requirements) => require(state, program, requirements)?,
    }
    Ok(by_output(step, 0))
}

/// Changes the skills that an agent needs, and the priority.
fn require(
    state: &mut State,
    program: &Program,
    written: &architect::Requirements,
) -> Result<(), Box<Failure>> {
    let skills = match &written.skills {
        Some(skills) => Some(values::list(state, program, skills)?),
        None => None,
    };
    let language = name_of(&state.value(program, &written.language)?);
    let priority = match state.value(program, &written.priority)? {
        Value::Integer(priority) => Some(priority),
        _ => None,
    };
    let skills = skills.map(|items| items.iter().filter_map(name_of).collect());
    state.require(Requirements { skills, language, priority });
    Ok(())
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
        _ => Err(state.not_set(program, "the language", Some(language))),
    }
}
