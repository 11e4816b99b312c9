//! Saying something. It costs no time.

use crate::engine::state::{Effect, State};
use crate::program::{Speech, Step};
use crate::trace::{Fact, PathTaken};

#[inline(always)]
pub(super) fn say(state: &mut State, step: &Step, speech: &Speech) -> Effect {
    let phrase = state.phrase(speech);
    state.note(|| Fact::Said(phrase));
    Effect::Go(PathTaken::Next, step.next)
}
