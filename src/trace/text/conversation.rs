//! Conversation of a call: prompts and caller input.

use super::preview::{Preview, seconds};
use super::story::{Describer, is_keys};
use crate::diagnostic::Code;
use crate::flow::{EndType, SymbolTable};
use crate::trace::steps::{Events, Grouped};
use crate::trace::{EventKind, Field, Step, Trace};
use crate::value::{Text, Value};

/// A turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Kind of the turn.
    pub kind: TurnKind,
    /// Words, keys, or a description.
    pub text: String,
    /// Time in milliseconds since the start of the call, if known. It is unknown if a
    /// step has several turns.
    pub time_ms: Option<i64>,
}

/// Kinds of turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnKind {
    /// The caller heard this.
    Prompt,
    /// The caller pressed these keys.
    Pressed,
    /// The caller spoke this.
    Spoke,
    /// The caller did nothing, or nothing that counts.
    Silence,
    /// The call was routed, transferred or answered.
    Handed,
    /// The flow hung up.
    Ended,
}

/// Returns the conversation of a call; each text has at most `most` characters.
pub fn conversation(trace: &Trace, symbols: &SymbolTable, most: usize) -> Vec<Turn> {
    let teller = Describer { symbols, preview: Preview::of(most) };
    let grouped = Grouped::new(trace);
    let mut turns = Vec::new();
    for (step, events) in grouped.steps() {
        add_step(step, &events, &teller, &mut turns);
    }
    turns
}

fn add_step(
    step: &Step,
    events: &Events<'_>,
    teller: &Describer<'_>,
    turns: &mut Vec<Turn>,
) {
    let facts: Vec<&EventKind> = events.iter().collect();
    let count =
        |is_of: fn(&EventKind) -> bool| facts.iter().filter(|it| is_of(it)).count();
    let is_prompt = |fact: &EventKind| matches!(fact, EventKind::Prompted(_));
    let is_caller = |fact: &EventKind| {
        matches!(fact, EventKind::CallerInput(_) | EventKind::Collected(_))
    };
    let is_single = count(is_prompt) <= 1;
    let mut is_first_prompt = true;
    for fact in &facts {
        let Some((kind, text)) = turn(fact, step, &facts, teller) else { continue };
        let time_ms = match kind {
            TurnKind::Prompt => {
                std::mem::take(&mut is_first_prompt).then_some(step.start_ms)
            }
            TurnKind::Pressed | TurnKind::Spoke | TurnKind::Silence => {
                (is_single && count(is_caller) <= 2).then_some(step.end_ms)
            }
            TurnKind::Handed | TurnKind::Ended => Some(step.end_ms),
        };
        turns.push(Turn { kind, text, time_ms });
    }
}

fn turn(
    fact: &EventKind,
    step: &Step,
    facts: &[&EventKind],
    teller: &Describer<'_>,
) -> Option<(TurnKind, String)> {
    let preview = teller.preview;
    let waited = || seconds(step.end_ms.saturating_sub(step.start_ms));
    Some(match fact {
        EventKind::Prompted(phrase) => {
            (TurnKind::Prompt, preview.text(phrase.text(teller.symbols)))
        }
        EventKind::CallerInput(text) => caller(text, preview),
        // Input that was heard and then collected appears once.
        EventKind::Collected(digits) if is_heard(digits, facts) => return None,
        EventKind::Collected(digits) if digits.is_empty() => {
            (TurnKind::Silence, format!("silence for {}", waited()))
        }
        EventKind::Collected(digits) => caller(digits, preview),
        EventKind::Failed(failure) if failure.code == Code::NO_INPUT => {
            let is_input = |it: &&EventKind| {
                matches!(it, EventKind::CallerInput(_) | EventKind::Collected(_))
            };
            if facts.iter().any(is_input) {
                return None;
            }
            (TurnKind::Silence, format!("silence for {}", waited()))
        }
        EventKind::Output(field, value) => uncounted(*field, value, teller)?,
        EventKind::Entry(entry) => uncounted(entry.of, &entry.value, teller)?,
        EventKind::Routed(_) | EventKind::Transferred(_) | EventKind::Connected(_) => {
            (TurnKind::Handed, teller.describe_handed_on(fact)?)
        }
        EventKind::Ended(EndType::Disconnect) => {
            (TurnKind::Ended, "the flow hangs up".into())
        }
        _ => return None,
    })
}

/// Returns the turn for input that an action did not accept.
fn uncounted(
    field: Field,
    value: &Value,
    teller: &Describer<'_>,
) -> Option<(TurnKind, String)> {
    matches!(field, Field::Reason | Field::DroppedKeys)
        .then(|| teller.describe_passed(field, "", value))
        .flatten()
        .map(|piece| (TurnKind::Silence, piece.text()))
}

/// Returns whether input was heard that begins with the collected keys.
fn is_heard(digits: &Text, facts: &[&EventKind]) -> bool {
    { facts.iter() }
        .any(|fact| matches!(fact, EventKind::CallerInput(text) if text.starts_with(&**digits)))
}

fn caller(text: &Text, preview: Preview) -> (TurnKind, String) {
    let kind = if is_keys(text) { TurnKind::Pressed } else { TurnKind::Spoke };
    (kind, preview.text(text))
}
