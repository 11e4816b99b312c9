//! Opening hours: `evaluateSchedule`, `evaluateScheduleGroup`.

use std::sync::Arc;

use super::super::outcome::{Outcome, by_output};
use super::super::values::{expected, input, output, text_input};
use crate::diagnostic::Code;
use crate::engine::state::State;
use crate::program::architect::{ScheduleEvaluation, ScheduleGroupEvaluation, Source};
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, Field};
use crate::value::{Collection, DateTime, Kind, Text, Value};
use crate::world::{Organisation, ScheduleGroupState, TimeZone};

/// Output indexes of a schedule, in the order of the labels.
const ACTIVE: u16 = 0;
const INACTIVE: u16 = 1;

pub(super) fn evaluate(
    state: &mut State,
    program: &Program,
    step: &Step,
    evaluation: &ScheduleEvaluation,
) -> Outcome {
    let is_group = evaluation.kind == Kind::EmergencyGroup;
    let field = if is_group { Field::EmergencyGroup } else { Field::Schedule };
    let object = input(state, program, &evaluation.object, field)?;
    let at = point_in_time(state, program, evaluation.at.as_ref())?;
    let zone = match &evaluation.zone {
        Some(zone) => Some(time_zone(state, program, zone)?),
        None => None,
    };
    if object.is_unset() {
        let what = if is_group { "the emergency group" } else { "the schedule" };
        return Err(state.not_set(program, what, Some(&evaluation.object)));
    }
    let organisation = Arc::clone(&state.conversation.organisation.0);
    let answer = ask(&object, |key| {
        if is_group {
            organisation.emergency_group_is_active(key)
        } else {
            organisation.schedule_is_active(key, at, zone.as_ref())
        }
    });
    let is_active = match answer {
        Some(is_active) => is_active,
        None => {
            unchecked(state, &object)?;
            // Without data, an emergency is inactive and a schedule is active.
            !is_group
        }
    };
    Ok(by_output(step, if is_active { ACTIVE } else { INACTIVE }))
}

pub(super) fn evaluate_group(
    state: &mut State,
    program: &Program,
    step: &Step,
    evaluation: &ScheduleGroupEvaluation,
) -> Outcome {
    let group = input(state, program, &evaluation.group, Field::ScheduleGroup)?;
    let emergency = &evaluation.emergency;
    let emergency = input(state, program, emergency, Field::EmergencyGroup)?;
    let at = point_in_time(state, program, evaluation.at.as_ref())?;
    let organisation = Arc::clone(&state.conversation.organisation.0);
    let is_emergency = is_emergency(state, &*organisation, &emergency)?;
    let says = if group.is_unset() {
        Some(ScheduleGroupState::Closed)
    } else {
        ask(&group, |key| organisation.schedule_group_state(key, at))
    };
    let says = match says {
        _ if is_emergency => ScheduleGroupState::Emergency,
        Some(says) => says,
        None => {
            unchecked(state, &group)?;
            ScheduleGroupState::Open
        }
    };
    let names = ask(&group, |key| organisation.active_schedules(key, at));
    let items = names.unwrap_or_default().into_iter().map(Value::String).collect();
    let names = Value::Collection(Arc::new(Collection { kind: Kind::String, items }));
    output(state, program, Field::InServiceSchedules, evaluation.active, names)?;
    Ok(by_output(
        step,
        match says {
            ScheduleGroupState::Open => 0,
            ScheduleGroupState::Closed => 1,
            ScheduleGroupState::Holiday => 2,
            ScheduleGroupState::Emergency => 3,
        },
    ))
}

fn is_emergency(
    state: &mut State,
    organisation: &dyn Organisation,
    group: &Value,
) -> Result<bool, Box<Failure>> {
    if group.is_unset() {
        return Ok(false);
    }
    match ask(group, |key| organisation.emergency_group_is_active(key)) {
        Some(is_active) => Ok(is_active),
        None => unchecked(state, group).map(|()| false),
    }
}

/// Queries the organisation for an object, by its id or else by its name.
fn ask<T>(object: &Value, answer: impl Fn(&str) -> Option<T>) -> Option<T> {
    ["id", "name"].iter().find_map(|property| match object.property(property) {
        Some(Value::String(key)) => answer(&key),
        _ => None,
    })
}

/// Records that the fixtures do not define when an object is active. Fails in strict
/// mode.
fn unchecked(state: &mut State, object: &Value) -> Result<(), Box<Failure>> {
    if state.is_strict {
        let name = match object.property("name") {
            Some(Value::String(name)) => name,
            _ => Text::new(),
        };
        let message = format!("the fixtures do not say when `{name}` is active");
        return Err(Failure::new(Code::SCHEDULE_NOT_CHECKED, message));
    }
    state.note(|| EventKind::Noted(Code::SCHEDULE_NOT_CHECKED));
    Ok(())
}

fn point_in_time(
    state: &mut State,
    program: &Program,
    at: Option<&Source>,
) -> Result<DateTime, Box<Failure>> {
    let Some(at) = at else { return Ok(state.now()) };
    match input(state, program, at, Field::EvaluationDateTime)? {
        Value::DateTime(at) => Ok(at),
        unset if unset.is_unset() => {
            Err(state.not_set(program, "the time to evaluate", Some(at)))
        }
        other => Err(expected("a DateTime", &other)),
    }
}

fn time_zone(
    state: &mut State,
    program: &Program,
    zone: &Source,
) -> Result<TimeZone, Box<Failure>> {
    let name = text_input(state, program, zone, Field::ScheduleTimeZone)?;
    let Some(name) = name else {
        return Err(state.not_set(program, "the time zone", Some(zone)));
    };
    TimeZone::from_name(&name).ok_or_else(|| {
        let near = TimeZone::nearest_name(&name);
        let near =
            near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let message = format!("unknown time zone `{name}`{near}");
        Failure::new(Code::CONVERSION_FAILED, message)
    })
}
