//! The outcome of an Architect action.

use crate::engine::effect::Effect;
use crate::program::Step;
use crate::trace::{Failure, PathTaken};

/// The effect of an action, or a runtime error.
pub(super) type Outcome = Result<Effect, Box<Failure>>;

/// Continues at the target of an output.
pub(super) fn by_output(step: &Step, index: u16) -> Effect {
    let target = step.targets.get(usize::from(index)).copied();
    Effect::Go(PathTaken::Output(index), target.unwrap_or(step.next))
}
