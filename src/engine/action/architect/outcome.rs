//! The outcome of an Architect action.

use crate::engine::effect::Effect;
use crate::program::Step;
use crate::trace::Failure;

/// The effect of an action, or a runtime error.
pub(super) type Outcome = Result<Effect, Box<Failure>>;

/// Continues at the target of an output.
#[inline]
pub(super) fn by_output(step: &Step, index: u16) -> Effect {
    let target = step.targets.get(usize::from(index)).copied();
    Effect::Take(index, target.unwrap_or(step.next))
}
