//! Listening to the caller. Keys arrive one by one on the virtual clock: first the keys
//! that were typed ahead, then those of the answer to a question. Keys that no action
//! takes stay for the next action that listens. *Source: Genesys' help on `Collect
//! Input`: digits beyond the count go to the next action.*

use super::values::note_named;
use crate::diagnostic::Code;
use crate::engine::effect::Effect;
use crate::engine::listening::Listening;
use crate::engine::state::State;
use crate::flow::{NodeId, SymbolTable};
use crate::program::StepAction;
use crate::program::architect::Action;
use crate::trace::{Failure, Field};
use crate::value::{Text, Value};
use crate::world::{Answer, Input, InputQuestion, Question};

/// The keys that a caller can press to confirm or reject an entry.
const CONFIRMATION: &str = "12";

/// The next thing that happens while listening.
pub(super) enum Next {
    /// A key.
    Key(char),
    /// No key within the waiting time.
    Pause,
    /// Unknown until the host answers a question.
    Ask,
    /// The time limit of the frame with this index passed.
    CutOff(usize),
}

impl Listening {
    /// Takes the next typed key, waiting for it if necessary.
    pub(super) fn next(&self, state: &mut State) -> Next {
        let patience = self.patience_ms();
        let Some(&(key, at_ms)) = state.conversation.keys.front() else {
            return if self.is_answered { pause(state, patience) } else { Next::Ask };
        };
        let after_ms = at_ms.saturating_sub(state.clock_ms);
        if after_ms > patience {
            return pause(state, patience);
        }
        if let Some(frame) = state.wait(after_ms) {
            return Next::CutOff(frame);
        }
        state.conversation.keys.pop_front();
        Next::Key(key)
    }
}

fn pause(state: &mut State, milliseconds: i64) -> Next {
    state.wait(milliseconds).map_or(Next::Pause, Next::CutOff)
}

/// The part of a caller's answer that an action has to handle.
pub(super) enum CallerInput {
    /// Keys, which are now in the queue, or silence.
    Keys,
    /// Speech.
    Speech(Text),
    /// The end of the call.
    End(Effect),
}

/// Takes the caller's answer. Keys are queued.
pub(super) fn on_answer(
    state: &mut State,
    listening: &mut Listening,
    answer: Answer,
) -> CallerInput {
    listening.is_answered = true;
    let mut at_ms = state.clock_ms;
    match answer {
        Answer::Input(Input::Keys(keys)) => {
            let keys = keys.chars().map(|key| (key, at_ms));
            state.conversation.keys.extend(keys);
        }
        Answer::Input(Input::Timed(keys)) => {
            for stroke in keys.iter() {
                at_ms = at_ms.saturating_add(i64::from(stroke.after_ms));
                state.conversation.keys.push_back((stroke.key, at_ms));
            }
        }
        Answer::Input(Input::Speech(words)) => return CallerInput::Speech(words),
        Answer::Input(Input::HangUp) => {
            let message = "the caller hung up while the flow was listening";
            let failure = Failure::new(Code::CALLER_HUNG_UP, message);
            return CallerInput::End(Effect::Abort(failure));
        }
        _ => {}
    }
    CallerInput::Keys
}

/// Returns the question for the host.
pub(in crate::engine::action) fn question<'q>(
    action: &'q StepAction,
    symbols: &'q SymbolTable,
    node: NodeId,
    listening: &'q Listening,
) -> Question<'q> {
    let menu = match action {
        StepAction::Architect(action) => match &**action {
            Action::Menu(menu) => Some(menu),
            _ => None,
        },
        _ => None,
    };
    let count = listening.count();
    let (min, max, keys) = match listening.entry {
        Some(_) => (1, 1, CONFIRMATION),
        None => (listening.min, listening.max, listening.keys.as_str()),
    };
    Question::Input(InputQuestion {
        node: &symbols.node(node).id,
        min_digits: min.saturating_sub(count),
        max_digits: max.saturating_sub(count),
        timeout_ms: listening.patience_ms(),
        inter_digit_timeout_ms: listening.next_ms,
        terminating_key: listening.terminator,
        valid_digits: menu.map_or(keys, |menu| &menu.keys),
        choices: menu.map_or(&[], |menu| &menu.offered),
    })
}

/// Records why a round ended without a choice.
pub(super) fn note_round(state: &mut State, listening: &Listening, reason: String) {
    let name = format!("round {}", listening.round);
    note_named(state, Field::Reason, name, &Value::String(reason.into()));
}
