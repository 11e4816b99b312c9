//! The `collectInput` action.

use std::sync::Arc;

use super::listen::{CallerInput, Next, on_answer as take};
use super::outcome::{Outcome, by_output};
use super::{speech, values};
use crate::engine::effect::{Effect, Waiting};
use crate::engine::listening::Listening;
use crate::engine::state::State;
use crate::program::architect::{CollectInput, Source, Verification};
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, Field};
use crate::value::spoken::Spoken;
use crate::value::{Audio, AudioSegment, Duration, EMPTY_STRING, Text, Value};
use crate::world::Answer;

const SUCCESS: u16 = 0;
const FAILURE: u16 = 1;

/// The largest number of digits in an entry. *Source: Architect's own limits.*
const MAX_DIGITS: i64 = 40;

/// The number of attempts that the caller has, the first included.
const MAX_ROUNDS: u32 = 3;

/// The key that confirms an entry.
const CONFIRMS: char = '1';

pub(super) fn begin(
    state: &mut State,
    program: &Program,
    step: &Step,
    collect: &CollectInput,
) -> Outcome {
    let count = |state: &mut State, source: &Source| {
        let count = values::integer(state, program, source, 1)?;
        Ok::<u32, Box<Failure>>(u32::try_from(count.clamp(1, MAX_DIGITS)).unwrap_or(1))
    };
    let mut listening = Listening {
        min: count(state, &collect.min)?,
        max: count(state, &collect.max)?,
        first_ms: values::milliseconds(state, program, &collect.no_entry, 5_000)?,
        next_ms: values::milliseconds(state, program, &collect.inter_digit, 3_000)?,
        terminator: collect.terminator,
        with_terminator: values::truth(state, program, &collect.with_terminator, false)?,
        rounds: MAX_ROUNDS,
        round: 1,
        keys: "0123456789".into(),
        ..Listening::default()
    };
    for (key, source) in [('*', &collect.just_star), ('#', &collect.just_pound)] {
        if values::truth(state, program, source, false)? {
            listening.single_keys.push(key);
        }
    }
    listening.keys.push_str(&listening.single_keys);
    note_settings(state, collect, &listening);
    speech::say(state, program, &collect.audio)?;
    proceed(state, program, step, collect, Box::new(listening))
}

fn note_settings(state: &mut State, collect: &CollectInput, listening: &Listening) {
    // Each closure takes one kind of value, which is built in its place in the trace.
    let mut note = |what, truth| {
        state.note(|| EventKind::Input(what, Value::Boolean(truth)));
    };
    note(Field::AcceptJustPound, listening.single_keys.contains('#'));
    note(Field::AcceptJustStar, listening.single_keys.contains('*'));
    note(Field::IncludeTerminatingDtmf, listening.with_terminator);
    let mut note = |what, milliseconds| match Duration::from_milliseconds(milliseconds) {
        Some(it) => state.note(|| EventKind::Input(what, Value::Duration(it))),
        None => state.note(|| EventKind::Input(what, Value::NOT_SET)),
    };
    note(Field::InterDigitTimeout, listening.next_ms);
    note(Field::NoEntryTimeout, listening.first_ms);
    let mut note = |what, count: u32| {
        state.note(|| EventKind::Input(what, Value::Integer(count.into())));
    };
    note(Field::Min, listening.min);
    note(Field::Max, listening.max);
    match listening.terminator {
        Some(key) => {
            note_text(state, Field::TerminatingDtmf, format!("digit_{key}").into());
        }
        None => state.note(|| EventKind::Input(Field::TerminatingDtmf, Value::NOT_SET)),
    }
    note_text(state, Field::VerificationType, collect.verification.name().into());
}

fn note_text(state: &mut State, what: Field, text: Text) {
    let empty = EventKind::Input(what, EMPTY_STRING);
    state.recorder.note_text(state.step, text, empty);
}

pub(super) fn on_answer(
    state: &mut State,
    program: &Program,
    step: &Step,
    collect: &CollectInput,
    mut listening: Box<Listening>,
    answer: Answer,
) -> Outcome {
    match take(state, &mut listening, answer) {
        CallerInput::Keys => proceed(state, program, step, collect, listening),
        CallerInput::Speech(words) => {
            state.note(|| EventKind::CallerInput(words));
            fail(state, program, step, collect, "speech instead of digits".into())
        }
        CallerInput::End(effect) => Ok(effect),
    }
}

fn proceed(
    state: &mut State,
    program: &Program,
    step: &Step,
    collect: &CollectInput,
    mut listening: Box<Listening>,
) -> Outcome {
    loop {
        let verdict = match listening.next(state) {
            Next::Ask => return Ok(state.ask(Waiting::Listen(listening))),
            Next::CutOff(frame) => {
                note_pressed(state, &listening.digits);
                return Ok(Effect::CutOff(frame));
            }
            Next::Pause => at_pause(&listening),
            Next::Key(key) => match listening.entry.take() {
                Some(entry) => confirmed(state, &listening, entry, key),
                None => with_key(state, &mut listening, key),
            },
        };
        match verdict {
            Verdict::More => {}
            Verdict::Anew => {
                listening.again();
                speech::say(state, program, &collect.audio)?;
            }
            Verdict::Failed(reason) => {
                note_pressed(state, &listening.digits);
                return fail(state, program, step, collect, reason);
            }
            Verdict::Entered(entry) if collect.verification != Verification::None => {
                ask_to_confirm(state, program, collect, &mut listening, entry)?;
            }
            Verdict::Entered(entry) | Verdict::Confirmed(entry) => {
                return succeed(state, program, step, collect, entry);
            }
        }
    }
}

/// The state of the entry after a key or a pause.
enum Verdict {
    /// Incomplete: more keys may follow.
    More,
    /// A complete entry.
    Entered(Text),
    /// An entry that the caller confirmed.
    Confirmed(Text),
    /// An entry that the caller rejected; the prompt is played again.
    Anew,
    /// An invalid entry, with the reason.
    Failed(Text),
}

fn at_pause(listening: &Listening) -> Verdict {
    match listening.count() {
        _ if listening.entry.is_some() => Verdict::Failed("not confirmed".into()),
        0 => Verdict::Failed("no entry".into()),
        count if count < listening.min => too_few(listening),
        _ => Verdict::Entered(listening.digits.clone()),
    }
}

fn too_few(listening: &Listening) -> Verdict {
    let (count, min) = (listening.count(), listening.min);
    Verdict::Failed(format!("{count} of at least {min} digits").into())
}

fn confirmed(
    state: &mut State,
    listening: &Listening,
    entry: Text,
    key: char,
) -> Verdict {
    note_pressed(state, &Text::from(key));
    match key {
        CONFIRMS => Verdict::Confirmed(entry),
        _ if listening.round < listening.rounds => Verdict::Anew,
        _ => Verdict::Failed("not confirmed".into()),
    }
}

/// Adds a key to the entry. The terminating key ends the entry. A `*` or `#` may be an
/// entry by itself. Any other key that is not a digit makes the entry invalid. *Source:
/// Genesys' help on `Collect Input`.*
fn with_key(state: &mut State, listening: &mut Listening, key: char) -> Verdict {
    if listening.digits.is_empty() && listening.single_keys.contains(key) {
        return Verdict::Entered(key.into());
    }
    if listening.terminator == Some(key) {
        if listening.count() < listening.min {
            let verdict = too_few(listening);
            listening.digits.push(key);
            return verdict;
        }
        return Verdict::Entered(ended(listening));
    }
    listening.digits.push(key);
    if !key.is_ascii_digit() {
        return Verdict::Failed(format!("`{key}` is not a digit").into());
    }
    if listening.count() < listening.max {
        return Verdict::More;
    }
    // A terminating key that is already typed belongs to the entry, even if the entry has
    // reached its maximum length.
    let now = state.clock_ms;
    let terminator = listening.terminator;
    let is_end = |key, at_ms| Some(key) == terminator && at_ms <= now;
    if state.conversation.take_key_if(is_end).is_some() {
        return Verdict::Entered(ended(listening));
    }
    Verdict::Entered(listening.digits.clone())
}

/// Returns the entry, with the terminating key appended if the action includes it.
fn ended(listening: &Listening) -> Text {
    let mut entry = listening.digits.clone();
    entry.extend(listening.terminator.filter(|_| listening.with_terminator));
    entry
}

/// Reads the entry back to the caller, who presses 1 to confirm it.
fn ask_to_confirm(
    state: &mut State,
    program: &Program,
    collect: &CollectInput,
    listening: &mut Listening,
    entry: Text,
) -> Result<(), Box<Failure>> {
    note_pressed(state, &entry);
    let number = entry.parse::<i64>().ok();
    let spoken = match number.filter(|_| collect.verification == Verification::Numeric) {
        Some(number) => Spoken::number(number),
        // Read like a telephone number: digit by digit.
        None => Spoken::PhoneNumber(entry.clone()),
    };
    let audio = Audio { barge_in: Some(true), ..Audio::of(AudioSegment::Spoken(spoken)) };
    let audio = Source::Constant(Value::Audio(Arc::new(audio)));
    speech::say(state, program, &audio)?;
    speech::say(state, program, &collect.verification_audio)?;
    listening.entry = Some(entry);
    listening.listen();
    Ok(())
}

fn note_pressed(state: &mut State, keys: &Text) {
    if !keys.is_empty() {
        state.note(|| EventKind::CallerInput(keys.clone()));
    }
}

fn succeed(
    state: &mut State,
    program: &Program,
    step: &Step,
    collect: &CollectInput,
    entry: Text,
) -> Outcome {
    state.note(|| EventKind::Collected(entry.clone()));
    state.note(|| EventKind::Output(Field::InputData, Value::String(entry.clone())));
    if let Some(data) = collect.data {
        state.assign(program, data, &Value::String(entry))?;
    }
    Ok(by_output(step, SUCCESS))
}

fn fail(
    state: &mut State,
    program: &Program,
    step: &Step,
    collect: &CollectInput,
    reason: Text,
) -> Outcome {
    state.note(|| EventKind::Output(Field::Reason, Value::String(reason)));
    if let Some(data) = collect.data {
        let unset = Value::unset(state.type_of(program, data));
        state.assign(program, data, &unset)?;
    }
    Ok(by_output(step, FAILURE))
}
