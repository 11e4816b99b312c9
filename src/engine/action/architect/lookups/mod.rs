//! Lookups: data actions, data tables, contacts, schedules and objects of the
//! organisation.
//!
//! An action sets its result variables only on the outputs that have results. If nothing
//! is found, the variables keep their values. *Source: Genesys' help on Find User by Id,
//! and execution documents.*

mod answer;
mod contacts;
mod data_action;
mod data_table;
mod objects;
mod outputs;
mod schedules;
mod wait;

use super::outcome::Outcome;
use crate::engine::effect::{Waiting, not_waiting};
use crate::engine::state::State;
use crate::program::architect::Lookup;
use crate::program::{Program, Step};
use crate::trace::Field;
use crate::world::Answer;

/// Performs a lookup. If `may_ask`, the host decides its outcome first, if it decides any.
pub(super) fn begin(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &Lookup,
    may_ask: bool,
) -> Outcome {
    let is_data = matches!(lookup, Lookup::DataAction(_) | Lookup::Wait(_));
    if may_ask && !is_data && state.requests_outcome(program) {
        return answer::ask(state, program, step, lookup);
    }
    match lookup {
        Lookup::DataAction(call) => data_action::ask(state, program, call),
        Lookup::DataTable(lookup) => data_table::look_up(state, program, step, lookup),
        Lookup::Object(lookup) => objects::find(state, program, step, lookup),
        Lookup::Users(lookup) => objects::find_users(state, program, step, lookup),
        Lookup::Contact(lookup) => {
            contacts::ask(state, program, step, lookup, Field::ExternalId, 1)
        }
        Lookup::ContactSearch(lookup) => {
            contacts::ask(state, program, step, lookup, Field::SearchTerm, 2)
        }
        Lookup::Schedule(evaluation) => {
            schedules::evaluate(state, program, step, evaluation)
        }
        Lookup::ScheduleGroup(evaluation) => {
            schedules::evaluate_group(state, program, step, evaluation)
        }
        Lookup::Wait(pause) => wait::wait(state, program, step, pause),
    }
}

pub(super) fn answered(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &Lookup,
    waiting: Waiting,
    answer: Answer,
) -> Outcome {
    match (lookup, waiting) {
        (lookup, Waiting::Action { inputs }) => match answer {
            Answer::Action(answer) => {
                answer::take(state, program, step, lookup, &inputs, &answer)
            }
            _ => begin(state, program, step, lookup, false),
        },
        (Lookup::DataAction(call), Waiting::DataAction { .. }) => {
            data_action::answered(state, program, step, call, answer)
        }
        (Lookup::Contact(lookup), Waiting::Contact { key }) => {
            contacts::got(state, program, step, lookup, &key, answer)
        }
        (Lookup::ContactSearch(lookup), Waiting::Contact { .. }) => {
            contacts::searched(state, program, step, lookup, answer)
        }
        // No wildcard: a lookup that begins to wait does not compile without a handler.
        (
            Lookup::DataAction(_)
            | Lookup::Contact(_)
            | Lookup::ContactSearch(_)
            | Lookup::DataTable(_)
            | Lookup::Object(_)
            | Lookup::Users(_)
            | Lookup::Schedule(_)
            | Lookup::ScheduleGroup(_)
            | Lookup::Wait(_),
            _,
        ) => Ok(not_waiting()),
    }
}
