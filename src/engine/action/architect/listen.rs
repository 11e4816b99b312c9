//! Listening to the caller. Keys arrive one by one on the virtual clock: first the keys
//! that were typed ahead, then those of the answer to a question. Keys that no action
//! takes stay for the next action that listens. *Source: Genesys' help on `Collect
//! Input`: digits beyond the count go to the next action.*

use crate::diagnostic::Code;
use crate::engine::state::{Effect, State};
use crate::flow::{NodeId, SymbolTable};
use crate::program::StepAction;
use crate::program::architect::Action;
use crate::trace::Failure;
use crate::value::Text;
use crate::world::{Answer, Input, InputQuestion, Question};

/// The keys that a caller can press to confirm or reject an entry.
const CONFIRMATION: &str = "12";

/// The progress of an action that listens to the caller.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::engine) struct Listening {
    /// The smallest and the largest number of keys in an entry.
    pub(super) min: u32,
    pub(super) max: u32,
    /// The time to wait for the first key and for each further key, in milliseconds.
    pub(super) first_ms: i64,
    pub(super) next_ms: i64,
    /// The key that ends the entry, and whether the entry includes it.
    pub(super) terminator: Option<char>,
    pub(super) with_terminator: bool,
    /// Those of `*` and `#` that are an entry by themselves.
    pub(super) single_keys: Text,
    /// The number of rounds, the first included.
    pub(super) rounds: u32,
    /// Whether several digits are an extension.
    pub(super) dials: bool,
    /// The number of the current round, from 1.
    pub(super) round: u32,
    /// The keys of this round.
    pub(super) digits: Text,
    /// The entry that the caller is asked to confirm.
    pub(super) entry: Option<Text>,
    /// Whether the caller has answered in this round. No further keys come then.
    pub(super) is_answered: bool,
    /// The keys that a question allows; empty if a menu defines them.
    pub(super) keys: Text,
}

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
    /// Begins the next round.
    pub(super) fn again(&mut self) {
        self.round += 1;
        self.listen();
    }

    /// Clears the keys and listens again in the same round.
    pub(super) fn listen(&mut self) {
        self.digits.clear();
        self.is_answered = false;
    }

    /// The number of keys in this round.
    pub(super) fn count(&self) -> u32 {
        // Keys are ASCII, one byte each, and at most `max` of them.
        u32::try_from(self.digits.len()).unwrap_or(u32::MAX)
    }

    fn patience_ms(&self) -> i64 {
        if self.digits.is_empty() { self.first_ms } else { self.next_ms }
    }

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
