//! In-queue announcements, hold music, callbacks and whisper audio.

use std::sync::Arc;

use super::outcome::{Outcome, by_output};
use super::values::{self, note_named};
use super::{speech, transfer};
use crate::diagnostic::Code;
use crate::engine::effect::{Effect, Waiting};
use crate::engine::state::State;
use crate::program::architect::{
    Callback, EstimatedWaitTime, HoldMusic, PlaybackMode, PositionInQueue, PositionMode,
    Source,
};
use crate::program::{Program, Step};
use crate::trace::{Failure, Field, PathTaken};
use crate::value::{Audio, Collection, Value};
use crate::world::{ActionAnswer, Answer};

/// The assumed length of a prompt whose length is unknown, in milliseconds.
const UNKNOWN_PROMPT_MS: i64 = 30_000;

/// The playing time of hold music if none is set, in milliseconds. *Source: Genesys'
/// help.*
const MUSIC_MS: i64 = 60_000;

const MINUTE_MS: i64 = 60_000;
const SECOND_MS: i64 = 1_000;

pub(super) fn hold_music(
    state: &mut State,
    program: &Program,
    step: &Step,
    music: &HoldMusic,
) -> Outcome {
    let mut prompt = state.value(program, &music.prompt)?;
    note_named(state, Field::Inputs, "prompt", &prompt);
    if is_silent(state, &prompt) {
        prompt = state.value(program, &music.fallback)?;
    }
    let barge_in = values::truth(state, program, &music.barge_in, false)?;
    let milliseconds = match &music.duration {
        Some(duration) => {
            let duration = state.value(program, duration)?;
            note_named(state, Field::Inputs, "playDuration", &duration);
            length(&duration).unwrap_or(MUSIC_MS)
        }
        None => match &prompt {
            Value::Object(prompt) => prompt.properties.get("duration").and_then(length),
            _ => None,
        }
        .unwrap_or(UNKNOWN_PROMPT_MS),
    };
    speech::hear(state, &prompt)?;
    let key_ms = state.conversation.next_key_ms().filter(|_| barge_in);
    let until_key = key_ms.map(|at_ms| at_ms.saturating_sub(state.clock_ms).max(0));
    let cut_off = state.wait(until_key.map_or(milliseconds, |ms| ms.min(milliseconds)));
    if !barge_in {
        speech::drop_keys(state);
    }
    Ok(match cut_off {
        Some(frame) => Effect::CutOff(frame),
        None => Effect::Go(PathTaken::Next, step.next),
    })
}

/// Whether a prompt has words in the default language, but none in the language of the
/// call. *Source: Genesys' help on Hold Music.*
fn is_silent(state: &State, prompt: &Value) -> bool {
    let Value::Object(prompt) = prompt else { return false };
    let language = state.conversation.language();
    let organisation = &state.conversation.organisation.0;
    let has_words =
        prompt.properties.get("textToSpeech").is_some_and(|words| !words.is_unset());
    has_words
        && !language.eq_ignore_ascii_case(&organisation.default_language())
        && organisation.prompt_in(prompt, &language).is_none()
}

pub(super) fn estimated_wait(
    state: &mut State,
    program: &Program,
    step: &Step,
    wait: &EstimatedWaitTime,
) -> Outcome {
    let estimate = state.value(program, &wait.estimate)?;
    note_named(state, Field::Inputs, "estimatedWaitTime", &estimate);
    let interval = length(&state.value(program, &wait.interval)?).unwrap_or(MINUTE_MS);
    let intervals = match state.value(program, &wait.intervals)? {
        Value::Collection(list) => lengths(&list),
        _ => Vec::new(),
    };
    if let Some(milliseconds) = length(&estimate) {
        let milliseconds = match state.conversation.policies().short_waits_are_exact {
            true => milliseconds,
            false => milliseconds.max(MINUTE_MS),
        };
        let rounded = rounded_up(milliseconds, interval, &intervals);
        let words = match wait.mode {
            PlaybackMode::About => format!("about {}", spoken(rounded)),
            PlaybackMode::LessThan => format!("less than {}", spoken(rounded)),
            PlaybackMode::Padded => padded(milliseconds, interval),
            PlaybackMode::Precise => spoken(milliseconds),
        };
        let audio = Audio::speech(format!("Your estimated wait time is {words}."));
        speech::hear(state, &Value::Audio(Arc::new(audio)))?;
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}

pub(super) fn position(
    state: &mut State,
    program: &Program,
    step: &Step,
    position: &PositionInQueue,
) -> Outcome {
    let place = state.value(program, &position.position)?;
    note_named(state, Field::Inputs, "positionInQueue", &place);
    let place = if let Value::Integer(place) = place { place } else { 1 };
    let audio = Audio::speech(place_in_queue(place, position.mode));
    speech::hear(state, &Value::Audio(Arc::new(audio)))?;
    Ok(Effect::Go(PathTaken::Next, step.next))
}

/// Words for a position in the queue. *Source: Genesys' help on the action: the first two
/// positions sound alike in every mode.*
fn place_in_queue(place: i64, mode: PositionMode) -> String {
    match (place, mode) {
        (..=1, _) => "You are the next caller in the queue.".into(),
        (2, _) => "There is one caller ahead of you in the queue.".into(),
        (place, PositionMode::Ahead) => {
            format!("There are {} callers ahead of you in the queue.", place - 1)
        }
        (place, PositionMode::Number) => {
            format!("You are caller number {place} in the queue.")
        }
        (place, PositionMode::Ordinal) => {
            format!("You are the {place}{} caller in the queue.", ordinal_ending(place))
        }
    }
}

/// The English ending of an ordinal number: `st`, `nd`, `rd` or `th`.
fn ordinal_ending(number: i64) -> &'static str {
    match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

/// Sets the audio that the agent hears. The caller does not hear it.
pub(super) fn whisper(
    state: &mut State,
    program: &Program,
    step: &Step,
    audio: &Source,
) -> Outcome {
    let audio = state.value(program, audio)?;
    note_named(state, Field::Inputs, "whisperAudio", &audio);
    Ok(by_output(step, 0))
}

/// Creates a callback. The action has no output for failures, so a missing input is a
/// runtime error.
pub(super) fn create_callback(
    state: &mut State,
    program: &Program,
    callback: &Callback,
) -> Outcome {
    let inputs = values::inputs(state, program, &callback.inputs)?;
    let needed = inputs.iter().zip(&callback.inputs).take(2);
    for ((name, value), (_, source)) in needed {
        if transfer::is_empty_target(value) {
            let what = format!("`{name}` of the callback");
            return Err(state.not_set(program, &what, Some(source)));
        }
    }
    Ok(state.ask(Waiting::Action { inputs }))
}

pub(super) fn callback_created(
    state: &mut State,
    step: &Step,
    inputs: &[(crate::value::Text, Value)],
    answer: Answer,
) -> Outcome {
    let response = match answer {
        Answer::Action(response) => response,
        _ => ActionAnswer::default(),
    };
    if let Some(frame) = state.wait(response.latency_ms) {
        return Ok(Effect::CutOff(frame));
    }
    if let Some((kind, message)) = transfer::failure_of(&response) {
        let message = format!("the callback was not created: {kind}, {message}");
        return Err(Failure::new(Code::ACTION_FAILED, message));
    }
    if response.path.is_none()
        && let Some(queue) = inputs.first().map(|(_, value)| value)
        && let Some((_, message)) = transfer::unknown_object(state, queue)
    {
        return Err(Failure::new(Code::QUEUE_NOT_FOUND, message));
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}

fn length(value: &Value) -> Option<i64> {
    match value {
        Value::Duration(length) => Some(length.milliseconds()),
        _ => None,
    }
}

fn lengths(list: &Collection) -> Vec<i64> {
    list.items.iter().filter_map(length).collect()
}

/// Rounds up to the smallest of `intervals` that is long enough, or to a multiple of
/// `interval`. *Source: Genesys' help on the action.*
fn rounded_up(milliseconds: i64, interval: i64, intervals: &[i64]) -> i64 {
    let special = intervals.iter().copied().filter(|it| *it >= milliseconds).min();
    special.unwrap_or_else(|| up(milliseconds.max(1), interval))
}

/// Rounds up to a multiple of the interval.
fn up(milliseconds: i64, interval: i64) -> i64 {
    let interval = interval.max(1);
    let rest = milliseconds.rem_euclid(interval);
    let missing = if rest == 0 { 0 } else { interval - rest };
    milliseconds.saturating_add(missing)
}

/// Formats a range such as "4 to 6 minutes": the wait in whole minutes minus and plus the
/// interval, at least one minute.
fn padded(milliseconds: i64, interval: i64) -> String {
    let minutes = |milliseconds: i64| (up(milliseconds, MINUTE_MS) / MINUTE_MS).max(1);
    let padding = up(interval, MINUTE_MS);
    let middle = up(milliseconds, MINUTE_MS);
    let low = minutes(middle.saturating_sub(padding));
    let high = minutes(middle.saturating_add(padding));
    if low == high {
        count(low, "minute")
    } else {
        format!("{low} to {}", count(high, "minute"))
    }
}

fn spoken(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / SECOND_MS;
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match (minutes, seconds) {
        (0, seconds) => count(seconds, "second"),
        (minutes, 0) => count(minutes, "minute"),
        (minutes, seconds) => {
            format!("{} and {}", count(minutes, "minute"), count(seconds, "second"))
        }
    }
}

fn count(number: i64, unit: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up() {
        let special = [30_000, 60_000, 120_000];
        for (wait, rounded) in
            [(1, 30_000), (30_000, 30_000), (31_000, 60_000), (130_000, 300_000)]
        {
            assert_eq!(rounded_up(wait, 300_000, &special), rounded, "{wait}");
        }
        assert_eq!(rounded_up(0, 60_000, &[]), 60_000);
        assert_eq!(rounded_up(5, 0, &[]), 5);
        assert_eq!(rounded_up(i64::MAX, 7, &[]), i64::MAX);
    }

    #[test]
    fn a_position_is_spoken() {
        let spoken = |place| {
            [PositionMode::Ahead, PositionMode::Number, PositionMode::Ordinal]
                .map(|mode| place_in_queue(place, mode))
        };
        for place in [i64::MIN, 0, 1] {
            let next = "You are the next caller in the queue.";
            assert_eq!(spoken(place), [next; 3], "{place}");
        }
        assert_eq!(spoken(2), ["There is one caller ahead of you in the queue."; 3]);
        assert_eq!(
            spoken(3),
            [
                "There are 2 callers ahead of you in the queue.",
                "You are caller number 3 in the queue.",
                "You are the 3rd caller in the queue.",
            ]
        );
        let endings = [11, 12, 13, 21, 22, 104].map(ordinal_ending);
        assert_eq!(endings, ["th", "th", "th", "st", "nd", "th"]);
    }

    #[test]
    fn a_wait_is_spoken_in_minutes_and_seconds() {
        assert_eq!(spoken(271_000), "4 minutes and 31 seconds");
        assert_eq!(spoken(60_000), "1 minute");
        assert_eq!(spoken(-5), "0 seconds");
        assert_eq!(padded(240_000, 60_000), "3 to 5 minutes");
        assert_eq!(padded(-300_000, 120_000), "1 minute");
    }
}
