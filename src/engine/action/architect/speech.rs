//! Audio that the caller hears.

use std::sync::Arc;

use super::outcome::Outcome;
use super::values::expected;
use crate::engine::effect::Effect;
use crate::engine::state::State;
use crate::program::architect::Source;
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, Field, PathTaken, Phrase};
use crate::value::{Audio, EMPTY_TEXT, Text, Value};

#[inline(never)]
pub(super) fn play(
    state: &mut State,
    program: &Program,
    step: &Step,
    audio: &Source,
) -> Outcome {
    say(state, program, audio)?;
    Ok(Effect::Go(PathTaken::Next, step.next))
}

/// Plays audio, if there is any. It takes no time.
pub(super) fn say(
    state: &mut State,
    program: &Program,
    audio: &Source,
) -> Result<(), Box<Failure>> {
    // Most audio is a constant, which is read where it is.
    if let Source::Constant(value) = audio {
        return hear(state, value);
    }
    let value = state.value(program, audio)?;
    hear(state, &value)
}

/// Plays the audio of a value. Empty audio is skipped. Not inlined: actions that play nothing
/// would reserve its memory on the stack.
#[inline(never)]
pub(super) fn hear(state: &mut State, value: &Value) -> Result<(), Box<Failure>> {
    // Most audio is a single text in the language of the conversation.
    if let Value::Audio(audio) = value
        && let Some(words) = audio.only_text()
        && state.conversation.hears_as_it_is(audio)
    {
        note_words(state, words.clone());
        note_played(state, Arc::clone(audio));
        return Ok(());
    }
    hear_any(state, value)
}

#[inline(never)]
fn hear_any(state: &mut State, value: &Value) -> Result<(), Box<Failure>> {
    let audio = match value {
        Value::Audio(audio) => Arc::clone(audio),
        other => match Audio::from_value(other) {
            Some(audio) => Arc::new(audio),
            None => return Err(expected("audio", other)),
        },
    };
    if audio.segments.is_empty() {
        return Ok(());
    }
    let language = state.conversation.language();
    let audio = state.conversation.heard(audio, &language);
    if audio.segments.is_empty() {
        return Ok(());
    }
    match audio.only_text() {
        Some(text) => note_words(state, text.clone()),
        None => note_words(state, audio.render(&language)),
    }
    note_played(state, audio);
    Ok(())
}

#[inline(always)]
fn note_played(state: &mut State, audio: Arc<Audio>) {
    let drops_keys = audio.barge_in == Some(false);
    state.note(|| EventKind::Played(audio));
    if drops_keys {
        drop_keys(state);
    }
}

const PROMPTED: EventKind = EventKind::Prompted(Phrase::Made(EMPTY_TEXT));

/// Inlined, so that a copy of a string comes to its place at once.
#[inline(always)]
fn note_words(state: &mut State, words: Text) {
    state.made_bytes = state.made_bytes.saturating_add(words.len());
    state.recorder.note_text(state.step, words, PROMPTED);
}

/// Discards keys that were typed ahead, because audio without barge-in must be heard in
/// full. *Decided here.*
pub(super) fn drop_keys(state: &mut State) {
    let dropped = state.conversation.drop_keys(state.clock_ms);
    if !dropped.is_empty() {
        let field = Field::DroppedKeys;
        state.note(|| EventKind::Output(field, Value::String(dropped)));
    }
}
