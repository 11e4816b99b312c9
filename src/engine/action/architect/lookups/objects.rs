//! `findQueue` and similar actions: objects of the organisation.

use std::sync::Arc;

use super::super::outcome::{Outcome, by_output};
use super::super::values::{expected, input, output, text_input};
use crate::engine::state::State;
use crate::flow::kinds::By;
use crate::program::architect::ObjectLookup;
use crate::program::{Program, Step};
use crate::trace::Field;
use crate::value::{Collection, Type, Value};

/// Output indexes, in the order of the labels.
const FOUND: u16 = 0;
const NOT_FOUND: u16 = 1;
const PARTIALLY_FOUND: u16 = 1;
const NONE_FOUND: u16 = 2;

/// The largest number of users in one lookup. Users beyond it are not found. *Source:
/// Genesys' help on Find Users by Id.*
const MAX_USERS: usize = 50;

pub(super) fn find(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &ObjectLookup,
) -> Outcome {
    let field = if lookup.by == By::Id { Field::FindId } else { Field::FindName };
    let key = text_input(state, program, &lookup.key, field)?;
    let found = key.filter(|key| !key.is_empty()).and_then(|key| {
        let organisation = &state.conversation.organisation.0;
        match lookup.by {
            By::Name => organisation.by_name(lookup.kind, &key),
            By::Id => organisation.by_id(lookup.kind, &key),
            By::UserPrompt => organisation.user_prompt(&key),
            By::SystemPrompt => organisation.system_prompt(&key),
        }
    });
    let Some(found) = found else { return Ok(by_output(step, NOT_FOUND)) };
    output(state, program, Field::FindResult, lookup.result, found)?;
    Ok(by_output(step, FOUND))
}

/// Finds users, in the order of their ids. A user that is not found is NOT_SET.
pub(super) fn find_users(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &ObjectLookup,
) -> Outcome {
    let ids = match input(state, program, &lookup.key, Field::FindIds)? {
        Value::Collection(ids) => ids,
        other => return Err(expected("a collection of Strings", &other)),
    };
    let organisation = Arc::clone(&state.conversation.organisation.0);
    let users = ids.items.iter().enumerate().map(|(index, id)| {
        let found = match id {
            Value::String(id) if index < MAX_USERS => organisation.by_id(lookup.kind, id),
            _ => None,
        };
        found.unwrap_or(Value::NotSet(Type::one(lookup.kind)))
    });
    let users = Collection { kind: lookup.kind, items: users.collect() };
    let found = users.items.iter().filter(|user| !user.is_unset()).count();
    if found == 0 {
        return Ok(by_output(step, NONE_FOUND));
    }
    let is_complete = found == users.items.len();
    let users = Value::Collection(Arc::new(users));
    output(state, program, Field::FindResult, lookup.result, users)?;
    Ok(by_output(step, if is_complete { FOUND } else { PARTIALLY_FOUND }))
}
