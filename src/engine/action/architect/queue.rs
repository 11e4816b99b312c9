//! What callers hear while they wait, callbacks, and what an agent hears.

use std::sync::Arc;

use super::{Outcome, by_output, speech, transfer};
use crate::diagnostic::Code;
use crate::engine::state::{Effect, State, Waiting};
use crate::program::architect::{
    Callback, EstimatedWaitTime, HoldMusic, PlaybackMode, PositionInQueue, Source,
};
use crate::program::{Program, Step};
use crate::trace::{Entry, Fact, Failure, Field, PathTaken};
use crate::value::{Audio, Collection, Value};
use crate::world::{ActionAnswer, Answer};

/// How long a prompt plays whose length nobody knows.
const UNKNOWN_PROMPT_MS: i64 = 30_000;

/// How long music plays for a time that is not set. *Source: Genesys' help.*
const MUSIC_MS: i64 = 60_000;

const MINUTE_MS: i64 = 60_000;
const SECOND_MS: i64 = 1_000;

pub(super) fn hold_music(
    state: &mut State,
    program: &Program,
    step: &Step,
    music: &HoldMusic,
) -> Outcome {
    let prompt = state.value(program, &music.prompt)?;
    note(state, "prompt", &prompt);
    let milliseconds = match &music.duration {
        Some(duration) => {
            let duration = state.value(program, duration)?;
            note(state, "playDuration", &duration);
            length(&duration).unwrap_or(MUSIC_MS)
        }
        None => match &prompt {
            Value::Object(prompt) => prompt.properties.get("duration").and_then(length),
            _ => None,
        }
        .unwrap_or(UNKNOWN_PROMPT_MS),
    };
    speech::hear(state, prompt)?;
    Ok(match state.wait(milliseconds) {
        Some(frame) => Effect::CutOff(frame),
        None => Effect::Go(PathTaken::Next, step.next),
    })
}

pub(super) fn estimated_wait(
    state: &mut State,
    program: &Program,
    step: &Step,
    wait: &EstimatedWaitTime,
) -> Outcome {
    let estimate = state.value(program, &wait.estimate)?;
    note(state, "estimatedWaitTime", &estimate);
    let interval = length(&state.value(program, &wait.interval)?).unwrap_or(MINUTE_MS);
    let intervals = match state.value(program, &wait.intervals)? {
        Value::Collection(list) => lengths(&list),
        _ => Vec::new(),
    };
    if let Some(milliseconds) = length(&estimate) {
        let rounded = rounded_up(milliseconds, interval, &intervals);
        let words = match wait.mode {
            PlaybackMode::About => format!("about {}", spoken(rounded)),
            PlaybackMode::LessThan => format!("less than {}", spoken(rounded)),
            PlaybackMode::Padded => padded(milliseconds, interval),
            PlaybackMode::Precise => spoken(milliseconds),
        };
        let audio = Audio::speech(format!("Your estimated wait time is {words}."));
        speech::hear(state, Value::Audio(Arc::new(audio)))?;
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
    note(state, "positionInQueue", &place);
    if let Value::Integer(place) = place {
        let audio = Audio::speech(format!("You are caller number {place} in the queue."));
        speech::hear(state, Value::Audio(Arc::new(audio)))?;
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}

/// What the agent hears; the caller hears nothing of it.
pub(super) fn whisper(
    state: &mut State,
    program: &Program,
    step: &Step,
    audio: &Source,
) -> Outcome {
    let audio = state.value(program, audio)?;
    note(state, "whisperAudio", &audio);
    Ok(by_output(step, 0))
}

/// A callback has no output for failures: what is missing is a runtime error.
pub(super) fn create_callback(
    state: &mut State,
    program: &Program,
    callback: &Callback,
) -> Outcome {
    let inputs = transfer::inputs(state, program, &callback.inputs)?;
    let needed = inputs.iter().take(2);
    for (name, value) in needed {
        if transfer::is_nothing(value) {
            let message = format!("`{name}` of the callback is NOT_SET");
            return Err(Failure::new(Code::NOT_SET_NOT_ALLOWED, message));
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
    let told = match answer {
        Answer::Action(told) => told,
        _ => ActionAnswer::default(),
    };
    if let Some(frame) = state.wait(told.latency_ms) {
        return Ok(Effect::CutOff(frame));
    }
    if let Some((kind, message)) = transfer::told_failure(&told) {
        let message = format!("the callback was not created: {kind}, {message}");
        return Err(Failure::new(Code::ACTION_FAILED, message));
    }
    if told.path.is_none()
        && let Some(queue) = inputs.first().map(|(_, value)| value)
        && let Some((_, message)) = transfer::unknown_object(state, queue)
    {
        return Err(Failure::new(Code::QUEUE_NOT_FOUND, message));
    }
    Ok(Effect::Go(PathTaken::Next, step.next))
}

fn note(state: &mut State, name: &str, value: &Value) {
    let entry = || Entry { of: Field::Inputs, name: name.into(), value: value.clone() };
    state.note(|| Fact::Entry(Box::new(entry())));
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

/// Up to the smallest of the intervals that is long enough, else to a multiple of the one.
/// *Source: Genesys' help on the action.*
fn rounded_up(milliseconds: i64, interval: i64, intervals: &[i64]) -> i64 {
    let special = intervals.iter().copied().filter(|it| *it >= milliseconds).min();
    special.unwrap_or_else(|| up(milliseconds.max(1), interval))
}

/// Up to a multiple.
fn up(milliseconds: i64, interval: i64) -> i64 {
    let interval = interval.max(1);
    let rest = milliseconds.rem_euclid(interval);
    let missing = if rest == 0 { 0 } else { interval - rest };
    milliseconds.saturating_add(missing)
}

/// "4 to 6 minutes": whole minutes less and more the interval, at least one.
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
    fn a_wait_is_said_in_minutes_and_seconds() {
        assert_eq!(spoken(271_000), "4 minutes and 31 seconds");
        assert_eq!(spoken(60_000), "1 minute");
        assert_eq!(spoken(-5), "0 seconds");
        assert_eq!(padded(240_000, 60_000), "3 to 5 minutes");
        assert_eq!(padded(-300_000, 120_000), "1 minute");
    }
}
