//! The `wait` action: pauses.

use super::super::outcome::Outcome;
use super::super::values::{expected, input};
use crate::diagnostic::Code;
use crate::engine::effect::Effect;
use crate::engine::state::State;
use crate::program::architect::Wait;
use crate::program::{Program, Step};
use crate::trace::{Failure, Field, PathTaken};
use crate::value::Value;

const HOUR_MS: i64 = 3_600_000;

/// The maximum running time of a flow in hours: 72, or 1 for a survey invitation.
/// *Source: Genesys' help on the Wait action.*
fn max_running_hours(flow_type: &str) -> i64 {
    if flow_type == "surveyInvite" { 1 } else { 72 }
}

/// Advances the clock. A negative duration counts as zero.
pub(super) fn wait(
    state: &mut State,
    program: &Program,
    step: &Step,
    pause: &Wait,
) -> Outcome {
    let milliseconds = match input(state, program, &pause.duration, Field::Duration)? {
        Value::Duration(duration) => duration.milliseconds().max(0),
        unset if unset.is_unset() => {
            return Err(state.not_set(program, "the duration", Some(&pause.duration)));
        }
        other => return Err(expected("a Duration", &other)),
    };
    let is_trimmed = state.value(program, &pause.trim)? == Value::Boolean(true);
    let flow = state.frames.first().map_or(step.flow, |frame| frame.flow);
    let hours = max_running_hours(&program.symbols.flow(flow).flow_type);
    let running_ms = state.clock_ms.saturating_sub(state.turn_began.0);
    let left_ms = (hours * HOUR_MS - running_ms).max(0);
    if let Some(frame) = state.wait(milliseconds.min(left_ms)) {
        return Ok(Effect::CutOff(frame));
    }
    if milliseconds > left_ms && !is_trimmed {
        let unit = if hours == 1 { "hour" } else { "hours" };
        let message = format!(
            "the flow waits longer than its maximum running time of {hours} {unit}"
        );
        return Err(Failure::new(Code::OUT_OF_RANGE, message));
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}
