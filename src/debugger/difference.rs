//! The first difference of a call from its recording, as a step of the call.

use crate::flow::SymbolTable;
use crate::suite::Replay;

/// The first difference of a call from its recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// Index of the step of the call.
    pub step: usize,
    /// The difference in words.
    pub text: String,
}

impl Differing {
    /// Returns the first difference; `None` if the call is the recorded one.
    pub(super) fn of(replay: &Replay, symbols: &SymbolTable) -> Option<Self> {
        let trace = &replay.replayed.trace;
        let last = trace.steps.len().saturating_sub(1);
        if let Some(missing) = &replay.replayed.missing {
            return Some(Self { step: last, text: missing.to_string() });
        }
        let comparison = &replay.comparison;
        let first = comparison.first_difference.as_ref()?;
        let name = first.node_name.as_deref().unwrap_or_default();
        let cause = comparison.cause.as_ref().map(|cause| cause.text.as_str());
        let text = cause.unwrap_or("the call differs from the recording").to_owned();
        let observed = replay.local.as_ref().map(|local| local.steps.as_slice());
        let observed = observed.unwrap_or_default();
        let Some(number) = first.local_step else {
            return Some(Self { step: last, text });
        };
        if observed.len() == trace.steps.len() {
            return Some(Self { step: number.saturating_sub(1).min(last), text });
        }
        // Steps of execution documents are not those of a trace, but have the names of
        // actions.
        let before = observed.iter().take(number);
        let is_it = |step: &&crate::trace::observation::ObservedStep| {
            step.is_action && step.name.as_deref() == Some(name)
        };
        let count = before.filter(is_it).count().max(1);
        let steps = trace.steps.iter().enumerate();
        let mut named = steps.filter(|(_, step)| symbols.node(step.node).name == name);
        let step = named.nth(count - 1).map_or(last, |(index, _)| index);
        Some(Self { step, text })
    }
}
