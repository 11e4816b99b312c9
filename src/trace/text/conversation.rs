//! Conversation of a call: prompts and caller input.

use super::page::{Page, clock};
use super::piece::{Ink, Piece};
use super::preview::{Preview, seconds};
use super::story::{Describer, is_keys};
use super::{MIN_WIDTH, TextStyle, summary};
use crate::diagnostic::Code;
use crate::expr::architect::{BUILT_INS, BuiltInId};
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
    let mut turns = Vec::from_iter(first_message(trace, &teller));
    for (step, events) in grouped.steps() {
        let first = turns.len();
        add_step(step, &events, &teller, &mut turns);
        forget_passed(step, symbols, first, &mut turns);
    }
    turns
}

/// Renders the prompts and the caller's input, one per line with its time; the reason
/// follows if the call did not complete.
///
/// ```text
///  0.000  flow    “Press 1 for sales.”
/// 10.000  caller  silence for 10 s
/// ```
pub fn render_transcript(
    trace: &Trace,
    symbols: &SymbolTable,
    style: TextStyle,
) -> String {
    let width = style.width.map(|width| width.max(MIN_WIDTH));
    let mut page = Page::new(style.color, width.unwrap_or(usize::MAX));
    let preview = Preview::new(width);
    let teller = Describer { symbols, preview };
    let grouped = Grouped::new(trace);
    let mut turns = Vec::from_iter(first_message(trace, &teller));
    let first_step = trace.steps.first();
    let mut lines: Vec<_> = turns
        .iter()
        .zip(first_step)
        .filter_map(|(turn, step)| line(turn, step))
        .collect();
    for (step, events) in grouped.steps() {
        let first = turns.len();
        add_step(step, &events, &teller, &mut turns);
        forget_passed(step, symbols, first, &mut turns);
        let added = turns.get(first..).unwrap_or_default();
        lines.extend(added.iter().filter_map(|turn| line(turn, step)));
    }
    let widest = lines.iter().map(|(time, ..)| time.len()).max().unwrap_or(0);
    for (time, who, piece) in &lines {
        let key = format!("{time:>widest$}  {who}");
        page.write_entry(&key, widest + 10, std::slice::from_ref(piece));
    }
    if let Some(failure) = &trace.failure {
        let reason = summary::reason(trace, failure, &teller);
        let text = format!("✗ {}: {reason}", trace.status.name());
        page.write_entry("", 0, &[Piece::new(Ink::Error, text)]);
    }
    page.text
}

/// Built-in variables with the message that started a flow.
const MESSAGES: [BuiltInId; 2] =
    [BuiltInId::of("Email.Message"), BuiltInId::of("Message.Message")];

/// Returns the message that started the flow.
fn first_message(trace: &Trace, teller: &Describer<'_>) -> Option<Turn> {
    let names = MESSAGES.map(|id| BUILT_INS[id.index()].name);
    let body = trace.built_ins.iter().find_map(|(id, value)| {
        let is_message = names.contains(&teller.symbols.variable(*id).as_str());
        let body = value.property("body").filter(|_| is_message)?;
        (!body.is_unset()).then(|| Text::from(body.to_string()))
    })?;
    let text = teller.preview.text(&body);
    Some(Turn { kind: TurnKind::Spoke, text, time_ms: Some(0) })
}

/// Removes the turn of a bot that got its first words from the message of its caller,
/// which is already a turn.
fn forget_passed(
    step: &Step,
    symbols: &SymbolTable,
    first: usize,
    turns: &mut Vec<Turn>,
) {
    let flow = symbols.flow(symbols.node(step.node).flow);
    if !flow.flow_type.to_ascii_lowercase().contains("bot") {
        return;
    }
    let [.., before, passed] = turns.get(..=first).unwrap_or_default() else { return };
    let is_caller =
        |turn: &Turn| matches!(turn.kind, TurnKind::Pressed | TurnKind::Spoke);
    let is_passed = step.depth > 0
        && is_caller(before)
        && is_caller(passed)
        && before.text == passed.text;
    if is_passed {
        turns.remove(first);
    }
}

/// Returns the time, the speaker and the words of a turn of the caller or the flow.
fn line(turn: &Turn, step: &Step) -> Option<(String, &'static str, Piece)> {
    let (who, time_ms, piece) = match turn.kind {
        TurnKind::Prompt => {
            ("flow", step.start_ms, Piece::quote(Ink::Speech, "", &turn.text))
        }
        TurnKind::Pressed => {
            let text = format!("pressed {}", turn.text);
            ("caller", step.end_ms, Piece::new(Ink::Caller, text))
        }
        TurnKind::Spoke => {
            ("caller", step.end_ms, Piece::quote(Ink::Caller, "spoke ", &turn.text))
        }
        TurnKind::Silence => {
            ("caller", step.end_ms, Piece::new(Ink::Caller, turn.text.clone()))
        }
        TurnKind::Handed | TurnKind::Ended => return None,
    };
    Some((clock(turn.time_ms.unwrap_or(time_ms)), who, piece))
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
    let is_timed = facts.iter().any(|fact| silence_ms(fact).is_some());
    let mut now_ms = step.start_ms;
    for fact in &facts {
        now_ms = now_ms.saturating_add(silence_ms(fact).unwrap_or_default());
        let Some((kind, text)) = turn(fact, step, &facts, teller) else { continue };
        let time_ms = match kind {
            TurnKind::Prompt | TurnKind::Silence if is_timed => Some(now_ms),
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

/// Returns the time for which a bot waited in vain, in milliseconds.
fn silence_ms(fact: &EventKind) -> Option<i64> {
    match fact {
        EventKind::Entry(entry) if entry.of == Field::Reason => match &entry.value {
            Value::Duration(silence) => Some(silence.milliseconds()),
            _ => None,
        },
        _ => None,
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
