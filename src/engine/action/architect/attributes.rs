//! Participant attributes: setting and reading them.

use super::outcome::{Outcome, by_output};
use super::reply::events;
use super::values::note_named;
use crate::diagnostic::Code;
use crate::engine::conversation::Participant;
use crate::engine::state::State;
use crate::program::architect::{AttributeList, Attributes, Owner, Source};
use crate::program::{Program, Step};
use crate::trace::{Failure, Field};
use crate::value::{Kind, Text, Type, Value};

/// Output indexes of the actions that take a conversation id.
const DONE: u16 = 0;
const NOT_DONE: u16 = 1;

pub(super) fn execute(
    state: &mut State,
    program: &Program,
    step: &Step,
    attributes: &Attributes,
) -> Outcome {
    let owner = match &attributes.owner {
        Some(owner) => match participant(state, program, owner)? {
            Some(participant) => participant,
            None => {
                unset_all(state, program, &attributes.list)?;
                return Ok(by_output(step, NOT_DONE));
            }
        },
        None => Participant::Own,
    };
    let is_done = match &attributes.list {
        AttributeList::Set(list) => {
            if is_limited(state, program, &owner) {
                state.conversation.bot.count_execution()?;
            }
            for (name, value) in list {
                set(state, program, &owner, name, value)?;
            }
            true
        }
        AttributeList::Get(list) => {
            let mut is_any_there = false;
            for (name, variable) in list {
                let value = get(state, program, &owner, name)?;
                is_any_there |= !value.is_unset();
                if let Some(variable) = variable {
                    state.assign(program, *variable, &value)?;
                }
            }
            is_any_there
        }
    };
    Ok(by_output(step, if is_done { DONE } else { NOT_DONE }))
}

/// Sets the variables of an action that finds no conversation to NOT_SET, as for
/// attributes that do not exist.
fn unset_all(
    state: &mut State,
    program: &Program,
    list: &AttributeList,
) -> Result<(), Box<Failure>> {
    let AttributeList::Get(list) = list else { return Ok(()) };
    for variable in list.iter().filter_map(|(_, variable)| *variable) {
        let unset = Value::unset(state.type_of(program, variable));
        state.assign(program, variable, &unset)?;
    }
    Ok(())
}

/// Returns the participant that owns the attributes, or `None` if the conversation id is
/// NOT_SET.
fn participant(
    state: &mut State,
    program: &Program,
    owner: &Owner,
) -> Result<Option<Participant>, Box<Failure>> {
    let mut text = |name: &str, source: &Source| -> Result<_, Box<Failure>> {
        let value = state.value(program, source)?;
        note_named(state, Field::Inputs, name, &value);
        Ok(match value {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => None,
        })
    };
    let conversation = text("conversationId", &owner.conversation)?;
    let participant = text("participantId", &owner.participant)?;
    let Some(conversation) = conversation else { return Ok(None) };
    Ok(Some(state.conversation.participant(conversation, participant)))
}

fn set(
    state: &mut State,
    program: &Program,
    owner: &Participant,
    name: &Source,
    value: &Source,
) -> Result<(), Box<Failure>> {
    let name = name_of(state, program, name)?;
    let value = state.value(program, value)?;
    note_named(state, Field::Attributes, name.clone(), &value);
    let text = match value {
        Value::String(text) => Some(text),
        unset if unset.is_unset() => None,
        other => Some(Text::from(other.to_string())),
    };
    if is_limited(state, program, owner) {
        let text = text.as_deref().unwrap_or_default();
        state.conversation.bot.count_attribute(&name, text)?;
    }
    state.conversation.set_attribute(owner, name, text);
    Ok(())
}

/// Whether a bot sets attributes of the run's participant, which Genesys limits.
fn is_limited(state: &State, program: &Program, owner: &Participant) -> bool {
    *owner == Participant::Own && events(state, program).is_some()
}

fn get(
    state: &mut State,
    program: &Program,
    owner: &Participant,
    name: &Source,
) -> Result<Value, Box<Failure>> {
    let name = name_of(state, program, name)?;
    let value = match state.conversation.attribute(owner, &name) {
        Some(text) => Value::String(text.clone()),
        None => Value::unset(Type::one(Kind::String)),
    };
    note_named(state, Field::AttributesGot, name, &value);
    Ok(value)
}

fn name_of(
    state: &mut State,
    program: &Program,
    name: &Source,
) -> Result<Text, Box<Failure>> {
    match state.value(program, name)? {
        Value::String(name) if !name.is_empty() => Ok(name),
        _ => {
            let message = "the attribute name is NOT_SET or empty";
            Err(Failure::new(Code::NOT_SET_NOT_ALLOWED, message))
        }
    }
}
