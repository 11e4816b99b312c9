//! Lookups whose outcome the host decides: an answer of the fixtures for the action, or one
//! of all outcomes that an exploration tries.

use std::sync::Arc;

use super::super::other::{go_by, take_output};
use super::super::outcome::{Outcome, by_output};
use super::begin;
use crate::engine::effect::{Effect, Waiting};
use crate::engine::state::State;
use crate::flow::VariableId;
use crate::flow::kinds::By;
use crate::program::architect::{Lookup, ObjectLookup, Source};
use crate::program::{Program, Step};
use crate::trace::Failure;
use crate::value::{Collection, Json, Kind, Text, Type, Value};
use crate::world::{ActionAnswer, object_of_name};

/// The first output of every lookup is the one with results.
const FOUND: u16 = 0;

/// The second output of a lookup of several users, and of a search of contacts, has results
/// too.
const SOME: u16 = 1;

/// Requests the outcome of a lookup. A lookup without a key has only one outcome, which the
/// lookup itself decides.
pub(super) fn ask(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &Lookup,
) -> Outcome {
    let Some((name, source)) = key(lookup) else {
        return begin(state, program, step, lookup, false);
    };
    let value = state.value(program, source)?;
    let is_of_table = matches!(lookup, Lookup::DataTable(_));
    let is_empty = matches!(&value, Value::String(it) if it.is_empty() && !is_of_table);
    if value.is_unset() || is_empty {
        return begin(state, program, step, lookup, false);
    }
    Ok(state.ask(Waiting::Action { inputs: vec![(name.into(), value)] }))
}

/// Returns the setting that identifies the object of a lookup.
fn key(lookup: &Lookup) -> Option<(&'static str, &Source)> {
    match lookup {
        Lookup::DataAction(_) | Lookup::Wait(_) => None,
        Lookup::DataTable(lookup) => Some(("lookupValue", &lookup.key)),
        Lookup::Object(lookup) if lookup.by == By::Id => Some(("findId", &lookup.key)),
        Lookup::Object(lookup) => Some(("findName", &lookup.key)),
        Lookup::Users(lookup) => Some(("findIds", &lookup.key)),
        Lookup::Contact(lookup) => Some(("externalId", &lookup.key)),
        Lookup::ContactSearch(lookup) => Some(("searchTerm", &lookup.key)),
        Lookup::Schedule(it) if it.kind == Kind::EmergencyGroup => {
            Some(("emergencyGroup", &it.object))
        }
        Lookup::Schedule(it) => Some(("schedule", &it.object)),
        Lookup::ScheduleGroup(it) if it.group.is_unset() => {
            Some(("emergencyGroup", &it.emergency))
        }
        Lookup::ScheduleGroup(group) => Some(("scheduleGroup", &group.group)),
    }
}

/// Takes the outcome that the host decided: sets the results of its output and continues
/// there. A result that the answer lacks is that of a known object, else NOT_SET.
pub(super) fn take(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &Lookup,
    inputs: &[(Text, Value)],
    answer: &ActionAnswer,
) -> Outcome {
    if let Some(frame) = state.wait(answer.latency_ms) {
        return Ok(Effect::CutOff(frame));
    }
    let labels = &program.symbols.node(state.node_of_step()).outputs;
    let place = answer.path.as_ref().map_or(Some(usize::from(FOUND)), |path| {
        labels.iter().position(|label| label.eq_ignore_ascii_case(path))
    });
    let Some(index) = place.and_then(|place| u16::try_from(place).ok()) else {
        return Ok(go_by(state, program, step, answer.path.as_ref(), FOUND));
    };
    let key = inputs.first().map_or(Value::NOT_SET, |(_, key)| key.clone());
    for (name, variable) in results(lookup, index) {
        let given = answer.outputs.iter().find(|(given, _)| *given == name);
        match given {
            Some((_, json)) => take_output(state, program, &name, variable, Some(json))?,
            None => take_known(state, program, lookup, (&name, variable), (&key, index))?,
        }
    }
    Ok(by_output(step, index))
}

/// Returns the results of an output, by name, and the variables that receive them.
fn results(lookup: &Lookup, index: u16) -> Vec<(Text, VariableId)> {
    let one = |name: &str, variable: Option<VariableId>, last: u16| {
        let variable = variable.filter(|_| index <= last);
        variable.map(|variable| (name.into(), variable)).into_iter().collect()
    };
    match lookup {
        Lookup::DataTable(lookup) => {
            let bindings = match index {
                FOUND => &lookup.found[..],
                SOME => &[],
                _ => &lookup.failure[..],
            };
            let bound = bindings.iter();
            bound.filter_map(|it| Some((it.name.clone(), it.variable?))).collect()
        }
        Lookup::Object(lookup) => one("findResult", lookup.result, FOUND),
        Lookup::Users(lookup) => one("findResult", lookup.result, SOME),
        Lookup::Contact(lookup) => one("externalResult", lookup.result, FOUND),
        Lookup::ContactSearch(lookup) => one("externalResults", lookup.result, SOME),
        Lookup::ScheduleGroup(group) => one("inServiceSchedules", group.active, FOUND),
        Lookup::DataAction(_) | Lookup::Schedule(_) | Lookup::Wait(_) => Vec::new(),
    }
}

/// Sets a result that the answer does not name.
fn take_known(
    state: &mut State,
    program: &Program,
    lookup: &Lookup,
    (name, variable): (&Text, VariableId),
    (key, index): (&Value, u16),
) -> Result<(), Box<Failure>> {
    let contact = || Json::object([("id".into(), key.to_json())]);
    let value = match lookup {
        Lookup::Object(lookup) => known(state, lookup, key),
        Lookup::Users(lookup) => users(state, lookup, key, index == FOUND),
        Lookup::Contact(_) => {
            let holds = Type::one(Kind::ExternalContact);
            Value::decode(&contact(), holds).unwrap_or(Value::unset(holds))
        }
        Lookup::ContactSearch(_) => {
            let count = if index == FOUND { 1 } else { 2 };
            let found = Json::array(std::iter::repeat_n(contact(), count));
            let holds = Type::many(Kind::ExternalContact);
            Value::decode(&found, holds).unwrap_or(Value::unset(holds))
        }
        _ => return take_output(state, program, name, variable, None),
    };
    state.assign(program, variable, &value)
}

/// Returns the object of the organisation with this key, else one that has only the key.
fn known(state: &State, lookup: &ObjectLookup, key: &Value) -> Value {
    let Value::String(key) = key else { return Value::unset(Type::one(lookup.kind)) };
    let organisation = &state.conversation.organisation.0;
    let found = match lookup.by {
        By::Name => organisation.by_name(lookup.kind, key),
        By::Id => organisation.by_id(lookup.kind, key),
        By::UserPrompt => organisation.user_prompt(key),
        By::SystemPrompt => organisation.system_prompt(key),
    };
    found.unwrap_or_else(|| object_of_name(lookup.kind, key))
}

/// Returns the users with these ids; only the first one if not all are found.
fn users(state: &State, lookup: &ObjectLookup, ids: &Value, are_all: bool) -> Value {
    let ids = match ids {
        Value::Collection(ids) => ids.items.as_slice(),
        _ => &[],
    };
    let users = ids.iter().enumerate().map(|(place, id)| match are_all || place == 0 {
        true => known(state, lookup, id),
        false => Value::unset(Type::one(lookup.kind)),
    });
    let items = users.collect();
    Value::Collection(Arc::new(Collection { kind: lookup.kind, items }))
}
