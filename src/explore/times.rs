//! Start times that are tried: one for each combination of states of the schedules that
//! the flow evaluates.

use std::collections::BTreeSet;

use crate::engine::Call;
use crate::program::architect::{Action, Lookup, Source};
use crate::program::{Program, StepAction};
use crate::value::{DateTime, Duration, Kind, Text};
use crate::world::Fixtures;

/// The largest number of start times, the given one included.
const MOST_TIMES: usize = 8;

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// The number of hours that are looked at one by one: two weeks.
const HOURS: i64 = 14 * 24;

/// The number of days that are looked at after that, for holidays: a year, and some days
/// because a holiday may move.
const DAYS: i64 = 380;

/// Returns further start times at which schedules that the flow evaluates have another
/// state than at any earlier one.
pub(super) fn start_times(
    program: &Program,
    is_near: &[bool],
    call: &Call,
    fixtures: &Fixtures,
) -> Vec<DateTime> {
    let objects = evaluated(program, is_near);
    if objects.is_empty() {
        return Vec::new();
    }
    let states = |at: DateTime| -> Vec<Option<u8>> {
        objects.iter().map(|(kind, name)| state(fixtures, *kind, name, at)).collect()
    };
    let start = call.start();
    let mut seen = vec![states(start)];
    let mut times = Vec::new();
    let hours = (1..HOURS).map(|hour| hour * HOUR_MS);
    let days = (0..DAYS * 4).map(|quarter| (HOURS + quarter * 6) * HOUR_MS);
    for after in hours.chain(days) {
        let later = Duration::from_milliseconds(after);
        let Some(at) = later.and_then(|later| start.checked_add(later)) else { break };
        let states = states(at);
        if !seen.contains(&states) && seen.len() < MOST_TIMES {
            seen.push(states);
            times.push(at);
        }
    }
    times
}

/// Returns the schedules and schedule groups that reachable steps name.
fn evaluated(program: &Program, is_near: &[bool]) -> BTreeSet<(Kind, Text)> {
    let mut found = BTreeSet::new();
    let near = program.steps.iter().zip(is_near).filter(|(_, is_near)| **is_near);
    for (step, _) in near {
        let StepAction::Architect(action) = &step.action else { continue };
        let source = match &**action {
            Action::Lookup(Lookup::Schedule(schedule)) => &schedule.object,
            Action::Lookup(Lookup::ScheduleGroup(group)) => &group.group,
            _ => continue,
        };
        if let Source::Named(kind, name) = source {
            found.insert((*kind, name.clone()));
        }
    }
    found
}

/// Returns the state of a schedule or schedule group; `None` if it is unknown.
fn state(fixtures: &Fixtures, kind: Kind, name: &str, at: DateTime) -> Option<u8> {
    match kind {
        Kind::ScheduleGroup => {
            fixtures.schedule_group_state(name, None, at).map(|state| state as u8)
        }
        Kind::Schedule => fixtures.schedule_is_active(name, at, None).map(u8::from),
        _ => None,
    }
}
