//! Collecting digits, on the virtual clock.

use std::fmt::Write;

use crate::diagnostic::Code;
use crate::engine::effect::{Effect, Waiting};
use crate::engine::state::State;
use crate::flow::{NodeId, SymbolTable};
use crate::program::{Gather, Step, StepAction, architect};
use crate::trace::{EventKind, Failure, PathTaken};
use crate::value::{EMPTY_TEXT, Text};
use crate::world::{Answer, Input, InputQuestion, Question};

#[inline(always)]
pub(super) fn gather(state: &mut State, gather: &Gather) -> Effect {
    if let Some(prompt) = &gather.prompt {
        state.say(prompt);
    }
    state.ask(Waiting::Input)
}

pub(super) fn question<'q>(
    action: &'q StepAction,
    symbols: &'q SymbolTable,
    node: NodeId,
) -> Question<'q> {
    let node = &symbols.node(node).id;
    let silence_ms = match action {
        StepAction::Architect(action) => match &**action {
            architect::Action::Ask(ask) => ask.silence_ms,
            _ => 0,
        },
        _ => 0,
    };
    Question::Input(InputQuestion {
        node,
        min_digits: 0,
        max_digits: 0,
        timeout_ms: silence_ms,
        inter_digit_timeout_ms: 0,
        terminating_key: None,
        valid_digits: "",
        choices: &[],
    })
}

/// The outcome of listening to the caller.
struct Entry {
    /// The keys that count.
    digits: Text,
    /// The time that it took, in milliseconds.
    elapsed_ms: i64,
    verdict: Verdict,
}

#[derive(Clone, Copy)]
enum Verdict {
    Collected,
    Silence,
    TooFew,
    NotAllowed(char),
}

#[inline(always)]
pub(super) fn on_answer(
    state: &mut State,
    step: &Step,
    gather: &Gather,
    answer: &Answer,
) -> Effect {
    let entry = match answer {
        // Fast path for most calls: the whole entry arrives at once and is complete.
        Answer::Input(Input::Keys(keys)) if is_plain(gather, keys) => {
            return collected(state, step, gather, keys);
        }
        Answer::Input(Input::Keys(keys)) => {
            let entry = listen(gather, keys.chars().map(|key| (key, 0)));
            note_heard(state, keys, &entry);
            entry
        }
        Answer::Input(Input::Timed(keys)) => {
            let strokes =
                keys.iter().map(|stroke| (stroke.key, i64::from(stroke.after_ms)));
            let entry = listen(gather, strokes);
            let pressed: Text = keys.iter().map(|stroke| stroke.key).collect();
            note_heard(state, &pressed, &entry);
            entry
        }
        Answer::Input(Input::Speech(words)) => {
            state.note(|| EventKind::CallerInput(words.clone()));
            return no_match("the caller spoke, but this node takes keys only".into());
        }
        Answer::Input(Input::HangUp) => {
            let message = "the caller hung up while the flow was waiting for keys";
            return Effect::Abort(Failure::new(Code::CALLER_HUNG_UP, message));
        }
        _ => listen(gather, std::iter::empty()),
    };
    if let Some(frame) = state.wait(entry.elapsed_ms) {
        return Effect::CutOff(frame);
    }
    conclude(state, step, gather, &entry)
}

/// Whether the keys have the maximum number, all of them are allowed, and none of them ends
/// the entry.
#[inline]
fn is_plain(gather: &Gather, keys: &str) -> bool {
    let counts = |key: u8| gather.plain_keys.contains(key);
    keys.len() == gather.max_digits as usize && keys.bytes().all(counts)
}

/// Records the keys that the caller pressed, unless they are exactly the keys that were
/// collected.
fn note_heard(state: &mut State, pressed: &Text, entry: &Entry) {
    let is_taken =
        matches!(entry.verdict, Verdict::Collected) && *pressed == entry.digits;
    if !is_taken && !pressed.is_empty() {
        state.note(|| EventKind::CallerInput(pressed.clone()));
    }
}

/// Follows the keys on the virtual clock. The first key must come within the timeout,
/// each further key within the inter-digit timeout. The entry ends at the maximum number
/// of digits, at the terminating key, or if no key follows in time. Later keys are
/// dropped.
fn listen(gather: &Gather, keys: impl Iterator<Item = (char, i64)>) -> Entry {
    let mut digits = Text::new();
    let mut count = 0;
    let mut elapsed_ms = 0;
    let mut patience = gather.timeout_ms;
    for (key, after_ms) in keys {
        if after_ms > patience {
            break;
        }
        elapsed_ms += after_ms;
        patience = gather.inter_digit_timeout_ms;
        if gather.terminating_key == Some(key) {
            let verdict = enough(gather, count);
            return Entry { digits, elapsed_ms, verdict };
        }
        if !gather.valid_digits.is_empty() && !gather.valid_digits.contains(key) {
            return Entry { digits, elapsed_ms, verdict: Verdict::NotAllowed(key) };
        }
        digits.push(key);
        count += 1;
        if count >= gather.max_digits {
            return Entry { digits, elapsed_ms, verdict: Verdict::Collected };
        }
    }
    elapsed_ms += patience;
    let verdict =
        if digits.is_empty() { Verdict::Silence } else { enough(gather, count) };
    Entry { digits, elapsed_ms, verdict }
}

fn enough(gather: &Gather, count: u32) -> Verdict {
    if count >= gather.min_digits { Verdict::Collected } else { Verdict::TooFew }
}

const COLLECTED: EventKind = EventKind::Collected(EMPTY_TEXT);

#[inline(always)]
fn collected(state: &mut State, step: &Step, gather: &Gather, digits: &Text) -> Effect {
    let State { slots, frames, .. } = &mut *state;
    if let (Some(slot), Some(frame)) = (gather.digits, frames.last()) {
        slots.set_output_text(frame, slot, digits);
    }
    state.recorder.note_text(state.step, digits.clone(), COLLECTED);
    Effect::Go(PathTaken::Next, step.next)
}

fn conclude(state: &mut State, step: &Step, gather: &Gather, entry: &Entry) -> Effect {
    match entry.verdict {
        Verdict::Collected => collected(state, step, gather, &entry.digits),
        Verdict::Silence if gather.min_digits == 0 => {
            collected(state, step, gather, &entry.digits)
        }
        Verdict::Silence => {
            let seconds = Seconds(gather.timeout_ms);
            let message = format!("the caller pressed nothing within {seconds}");
            Effect::Fail(Failure::new(Code::NO_INPUT, message))
        }
        Verdict::TooFew => {
            let count = entry.digits.len();
            let least = gather.min_digits;
            let message = format!("the caller pressed {count} of at least {least} keys");
            Effect::Fail(Failure::new(Code::INTER_DIGIT_TIMEOUT, message))
        }
        Verdict::NotAllowed(key) => {
            let mut message = format!("the caller pressed `{key}`, but only ");
            let _ = write!(message, "`{}` can be pressed here", gather.valid_digits);
            no_match(message)
        }
    }
}

fn no_match(message: String) -> Effect {
    Effect::Fail(Failure::new(Code::NO_MATCH, message))
}

/// Milliseconds, displayed as seconds: `10 s`, `2.5 s`.
pub(super) struct Seconds(pub(super) i64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.0 / 1000, self.0 % 1000);
        if rest == 0 {
            return write!(formatter, "{whole} s");
        }
        let text = format!("{rest:03}");
        write!(formatter, "{whole}.{} s", text.trim_end_matches('0'))
    }
}
