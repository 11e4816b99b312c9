//! The key of a menu choice, if only its next step was recorded.
//!
//! Every key that the menu offers is tried in a copy of the call. The next step has to be
//! the recorded one: the one with its id, or else one with its name. Several choices of a
//! menu may lead to steps of one name, such as `Transfer to ACD`. The recorded number of
//! the step, and then the next request of the call, decide between them.

use crate::engine::Session;
use crate::flow::NodeId;
use crate::program::StepAction;
use crate::program::architect::Action;
use crate::trace::execution::node_id;
use crate::trace::observation::MenuChoice;
use crate::value::Text;
use crate::world::{Answer, Input, InputQuestion, Keystroke};

/// An input that leads to a step with the recorded id or name.
pub(super) struct Candidate {
    input: Input,
    /// The pressed key; `None` if the caller was silent.
    key: Option<char>,
    /// The step.
    node: NodeId,
    has_id: bool,
    has_number: bool,
    /// The call up to its next question.
    session: Session,
}

/// Returns the keys of a menu that lead to a step with the recorded id or name.
pub(super) fn candidates(
    session: &Session,
    asked: &InputQuestion<'_>,
    choice: &MenuChoice,
    left_ms: i64,
) -> Vec<Candidate> {
    // A menu that also accepts extensions waits for more digits.
    let delay_ms = asked.inter_digit_timeout_ms;
    let of_key = |key: char, pressed_ms: i64, chosen_ms: i64| {
        let after_ms = u32::try_from(pressed_ms).ok()?;
        let input = Input::Timed([Keystroke { key, after_ms }].into());
        tried(session, input, Some(key), choice, chosen_ms)
    };
    let of_words = |words: &Text| {
        tried(session, Input::Speech(words.clone()), None, choice, left_ms)
    };
    let offered = asked.choices.iter().enumerate();
    let found = offered.filter_map(|(index, offered)| {
        let key = offered.key;
        let in_time = [0, delay_ms]
            .into_iter()
            .find_map(|waits| of_key(key?, left_ms - waits, left_ms));
        // Words choose at once. A choice within the delay came from words, or from a key
        // followed by others that were typed ahead; both have no other trace.
        in_time
            .or_else(|| words_of(session, index).iter().find_map(of_words))
            .or_else(|| of_key(key.filter(|_| left_ms < delay_ms)?, 0, delay_ms))
    });
    found.collect()
}

/// Returns the words of a choice of the menu in which a call waits, in every
/// language.
fn words_of(session: &Session, index: usize) -> Vec<Text> {
    let program = session.program();
    let step = session.steps().last();
    let step = step.and_then(|step| program.steps.get(step.node.index()));
    let Some(StepAction::Architect(action)) = step.map(|step| &step.action) else {
        return Vec::new();
    };
    let Action::Menu(menu) = &**action else { return Vec::new() };
    let choice = menu.choices.get(index);
    choice.map_or_else(Vec::new, |it| it.words.iter().map(|it| it.1.clone()).collect())
}

/// Returns the result of an input if it leads to the recorded step after the given time.
pub(super) fn tried(
    session: &Session,
    input: Input,
    key: Option<char>,
    choice: &MenuChoice,
    after_ms: i64,
) -> Option<Candidate> {
    let at_ms = session.clock_ms().saturating_add(after_ms);
    // The record of the call so far would be copied for each key.
    let mut tried = session.without_history();
    let known = tried.steps().len();
    tried.resume(Answer::Input(input.clone()));
    let step = tried.steps().get(known)?;
    if step.start_ms != at_ms {
        return None;
    }
    let (node, symbols) = (step.node, &session.program().symbols);
    let label = symbols.node(node);
    let has_id = choice.chosen_id.as_ref() == Some(&node_id(symbols, node));
    if !has_id && label.name != choice.chosen {
        return None;
    }
    let number = choice.tracking_id;
    let has_number = number.is_some() && number == label.tracking_id;
    Some(Candidate { input, key, node, has_id, has_number, session: tried })
}

/// Chooses the input that led to the recorded step. `continues` is whether a call continues
/// as the recorded one. Inputs that lead to the same step are equal.
///
/// # Errors
/// The inputs lead to different steps that the recording does not distinguish. The
/// candidates are returned.
pub(super) fn chosen(
    mut candidates: Vec<Candidate>,
    continues: &dyn Fn(&Session) -> bool,
) -> Result<Option<Input>, Vec<Candidate>> {
    let tests: [&dyn Fn(&Candidate) -> bool; 3] =
        [&|it| it.has_id, &|it| it.has_number, &|it| continues(&it.session)];
    for test in tests {
        if is_decided(&candidates) {
            break;
        }
        if candidates.iter().any(test) {
            candidates.retain(test);
        }
    }
    match is_decided(&candidates) {
        true => Ok(candidates.into_iter().next().map(|it| it.input)),
        false => Err(candidates),
    }
}

fn is_decided(candidates: &[Candidate]) -> bool {
    candidates.windows(2).all(|pair| pair[0].node == pair[1].node)
}

/// Returns the keys of these inputs as a list: `1, 2`.
pub(super) fn keys(candidates: &[Candidate]) -> Text {
    let keys = candidates.iter().filter_map(|it| it.key).map(String::from);
    keys.collect::<Vec<_>>().join(", ").into()
}
