//! Playing prompts. It takes no time.

use crate::engine::effect::Effect;
use crate::engine::state::State;
use crate::program::{Speech, Step};
use crate::trace::PathTaken;

#[inline(always)]
pub(super) fn say(state: &mut State, step: &Step, speech: &Speech) -> Effect {
    state.say(speech);
    Effect::Go(PathTaken::Next, step.next)
}
