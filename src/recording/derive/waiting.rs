//! The end of a recorded wait in a queue.

use crate::engine::{ABANDON_AFTER, ANSWER_AFTER};
use crate::flow::kinds::{self, Operation};
use crate::trace::observation::{AttributeKind, Observation, ObservedStep};
use crate::value::{Text, Value};

/// Returns the field of the context that ends the wait at the recorded time, if the call
/// began in an in-queue flow. Otherwise the estimated waiting time would decide when the
/// agent answers.
pub(super) fn context(observation: &Observation) -> Option<(Text, Value)> {
    let flow_type = observation.flow.flow_type.as_deref()?;
    if !flow_type.starts_with("inqueue") || observation.is_truncated {
        return None;
    }
    let waited_ms = waited_ms(observation)?;
    let field = |name: &str, ms| Some((name.into(), Value::Integer(ms)));
    match observation.exit_reason.as_deref()? {
        "TRANSFER" if !is_handed_on(observation) => field(ANSWER_AFTER, waited_ms),
        "DISCONNECT" => field(ABANDON_AFTER, waited_ms),
        "FLOW_ERROR_DISCONNECT" if !has_error(observation) => {
            field(ABANDON_AFTER, waited_ms)
        }
        // The flow ended the call, and no agent had answered before.
        _ => field(ANSWER_AFTER, waited_ms.saturating_add(1)),
    }
}

/// Returns the length of the wait. Audio takes time on the platform and none here, so the
/// times of actions that only play are left out.
fn waited_ms(observation: &Observation) -> Option<i64> {
    let elapsed_ms = observation.elapsed_ms?;
    let steps = &observation.steps;
    let after = |index: usize| {
        let next = steps.get(index + 1..).unwrap_or_default();
        next.iter().find_map(|step| step.start_ms).unwrap_or(elapsed_ms)
    };
    let played = steps.iter().enumerate().filter(|(_, step)| plays(step));
    let played = played.filter_map(|(index, step)| {
        Some(after(index).saturating_sub(step.start_ms?).max(0))
    });
    Some(elapsed_ms.saturating_sub(played.sum()).max(0))
}

fn plays(step: &ObservedStep) -> bool {
    kinds::of_event(&step.kind).is_some_and(|kind| {
        matches!(
            kind.operation,
            Operation::PlayAudio
                | Operation::EstimatedWaitTime
                | Operation::PositionInQueue
        )
    })
}

/// Returns whether the last action of the flow is a transfer.
fn is_handed_on(observation: &Observation) -> bool {
    let mut actions = observation.steps.iter().rev();
    let last = actions.find(|step| step.kind.starts_with("action"));
    last.is_some_and(|step| step.kind.starts_with("actionTransfer"))
}

fn has_error(observation: &Observation) -> bool {
    let mut steps = observation.steps.iter();
    steps.any(|step| step.of(AttributeKind::Error).next().is_some())
}
