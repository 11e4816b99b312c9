//! Entries of the caller, from the turns of an action or from its result.

use super::exchange::Logged;
use super::keys::{self, Settings};
use super::setting::string;
use crate::trace::execution::{Event, shown};
use crate::value::{DateTime, Text};
use crate::world::Input;

/// Returns the caller's input to an action, once for each turn. A hidden entry is `None`,
/// unless the result of the action shows it. `is_cut` is whether the document ends with
/// this action.
pub(super) fn inputs(event: &Event, logged: Logged, is_cut: bool) -> Vec<Option<Input>> {
    let settings = Settings::of(event);
    let mut before: Option<DateTime> = None;
    let turns: Vec<&Event> =
        event.nested().iter().filter(|it| it.name == "turn").collect();
    // Without an output path, the action is the last one: the caller hung up.
    let silent = match event.output_path_id {
        Some(_) => Some(Input::Silence),
        None if is_cut => None,
        None => Some(Input::HangUp),
    };
    if turns.is_empty() || !logged.communications {
        let entered = entered(event).map(|keys| settings.input(&keys, 0));
        let is_over = event.output_path_id.is_none();
        return vec![entered.or_else(|| silent.filter(|_| is_over))];
    }
    let count = turns.len();
    let input = |turn: &Event| {
        let (played, answered) = keys::times(turn);
        let began = before.max(played);
        before = answered.or(before);
        let pressed = match turn.pressed() {
            Some(pressed) => Text::from(pressed),
            None if turn.hides_keys() => entered(event).filter(|_| count == 1)?,
            None => return silent.clone(),
        };
        Some(match (began, answered) {
            (Some(began), Some(answered)) => {
                settings.input(&pressed, answered.since(began).milliseconds())
            }
            _ => settings.input(&pressed, 0),
        })
    };
    turns.into_iter().map(input).collect()
}

/// Returns the keys in the result of an action that collected an entry without
/// verification.
fn entered(event: &Event) -> Option<Text> {
    let verification =
        event.input_data.as_ref().and_then(|it| it.get("verificationType"));
    let is_verified = string(verification).is_some_and(|it| it != "none");
    let is_success = event.output_path_id.as_deref() == Some("__SUCCESS__");
    let entry = event.output_data.as_ref()?.get("inputData").and_then(shown);
    string(entry).filter(|it| is_success && !is_verified && !it.is_empty())
}
