//! Menus.

use super::dial::{self, MAX_EXTENSION};
use super::listen::{CallerInput, Next, note_round, on_answer as take};
use super::outcome::{Outcome, by_output};
use super::speech;
use super::values;
use crate::engine::effect::{Effect, Waiting};
use crate::engine::listening::Listening;
use crate::engine::state::State;
use crate::expr::architect::BuiltInId;
use crate::flow::SequenceId;
use crate::flow::architect::UnitKind;
use crate::flow::kinds::MenuTarget;
use crate::program::architect::Menu;
use crate::program::{Program, Step};
use crate::trace::{EventKind, PathTaken};
use crate::value::Value;
use crate::world::Answer;

/// The largest number of times that a menu is played. *Source: Architect's own limits.*
const MAX_ROUNDS: i64 = 10;

/// Variables that give the reason why the menu is played again.
const NO_INPUT: BuiltInId = BuiltInId::of("Menu.LastCollectionNoInput");
const NO_MATCH: BuiltInId = BuiltInId::of("Menu.LastCollectionNoMatch");

/// Enters a menu. Not inlined: other actions would reserve its memory on the stack.
#[inline(never)]
pub(super) fn enter(
    state: &mut State,
    program: &Program,
    step: &Step,
    menu: &Menu,
) -> Outcome {
    if let Some(sequence) = state.frame().sequence {
        state.note_variables(program, &program.sequence(sequence).variables);
        remember(state, sequence);
    }
    let rounds = values::integer(state, program, &menu.repeats, 3)?;
    let listening = Listening {
        min: 1,
        max: 1,
        first_ms: values::milliseconds(state, program, &menu.timeout, 10_000)?,
        next_ms: values::milliseconds(state, program, &menu.dial_delay, 1_000)?,
        rounds: u32::try_from(rounds.clamp(1, MAX_ROUNDS)).unwrap_or(1),
        round: 1,
        dials: values::truth(state, program, &menu.dials, true)?,
        ..Listening::default()
    };
    set_last(state, None);
    speech::say(state, program, &menu.audio)?;
    proceed(state, program, step, menu, Box::new(listening))
}

/// Records that the caller entered a menu. Entering a menu that is already on the
/// caller's path cuts the path back to that menu. Any other menu is added to the path.
fn remember(state: &mut State, menu: SequenceId) {
    let depth = state.frames.len();
    let menus = &mut state.conversation.menus;
    // The path does not keep menus of called tasks that have ended.
    menus.retain(|(_, of)| *of <= depth);
    match menus.iter().position(|(known, _)| *known == menu) {
        Some(index) => menus.truncate(index + 1),
        None => menus.push((menu, depth)),
    }
}

fn set_last(state: &mut State, reason: Option<BuiltInId>) {
    for variable in [NO_INPUT, NO_MATCH] {
        state.conversation.set(variable, Value::Boolean(reason == Some(variable)));
    }
}

pub(super) fn on_answer(
    state: &mut State,
    program: &Program,
    step: &Step,
    menu: &Menu,
    mut listening: Box<Listening>,
    answer: Answer,
) -> Outcome {
    match take(state, &mut listening, answer) {
        CallerInput::Keys => proceed(state, program, step, menu, listening),
        CallerInput::Speech(words) => {
            match spoken(menu, &words, &state.conversation.language()) {
                Some(index) => {
                    state.note(|| EventKind::CallerInput(words));
                    choose(state, program, step, menu, index)
                }
                None => {
                    let reason = format!("no match: {words}");
                    again(state, program, step, menu, listening, NO_MATCH, reason)
                }
            }
        }
        CallerInput::End(effect) => Ok(effect),
    }
}

/// Returns the choice that the words mean: first in the language of the call, then in any
/// language.
fn spoken(menu: &Menu, words: &str, language: &str) -> Option<u16> {
    let words = words.trim().to_lowercase();
    let position = |wants_language: bool| {
        menu.choices.iter().position(|choice| {
            choice.words.iter().any(|(of, term)| {
                **term == *words && (!wants_language || of.eq_ignore_ascii_case(language))
            })
        })
    };
    let index = position(true).or_else(|| position(false))?;
    u16::try_from(index).ok()
}

fn proceed(
    state: &mut State,
    program: &Program,
    step: &Step,
    menu: &Menu,
    mut listening: Box<Listening>,
) -> Outcome {
    loop {
        match listening.next(state) {
            Next::Ask => return Ok(state.ask(Waiting::Listen(listening))),
            Next::CutOff(frame) => return Ok(Effect::CutOff(frame)),
            Next::Pause if listening.digits.is_empty() => {
                let reason = "no input".into();
                return again(state, program, step, menu, listening, NO_INPUT, reason);
            }
            Next::Pause => return entered(state, program, step, menu, listening),
            Next::Key(key) => {
                listening.digits.push(key);
                listening.is_answered = true;
                let may_continue = listening.dials
                    && key.is_ascii_digit()
                    && listening.count() < MAX_EXTENSION
                    && !dial::is_whole(state, &listening);
                if !may_continue {
                    return entered(state, program, step, menu, listening);
                }
            }
        }
    }
}

/// Handles a complete entry. Several digits are an extension if a user has it. Otherwise
/// the first key chooses, and the other keys count as typed ahead.
fn entered(
    state: &mut State,
    program: &Program,
    step: &Step,
    menu: &Menu,
    listening: Box<Listening>,
) -> Outcome {
    let digits = listening.digits.clone();
    if digits.len() > 1
        && let Some(effect) = dial::user(state, &digits)
    {
        return Ok(effect);
    }
    let mut keys = digits.chars();
    let first = keys.next();
    let chosen = menu.choices.iter().position(|choice| choice.key == first);
    match chosen.and_then(|index| u16::try_from(index).ok()) {
        Some(index) => {
            let now = state.clock_ms;
            for key in keys.rev() {
                state.conversation.keys.push_front((key, now));
            }
            state.note(|| EventKind::Collected(first.into_iter().collect()));
            choose(state, program, step, menu, index)
        }
        None => {
            let reason = format!("no match: {digits}");
            again(state, program, step, menu, listening, NO_MATCH, reason)
        }
    }
}

/// Takes the output of a choice. A choice of another menu continues in that menu.
fn choose(
    state: &mut State,
    program: &Program,
    step: &Step,
    menu: &Menu,
    index: u16,
) -> Outcome {
    set_last(state, None);
    take_choice(state, program, step, menu, index)
}

fn take_choice(
    state: &mut State,
    program: &Program,
    step: &Step,
    menu: &Menu,
    index: u16,
) -> Outcome {
    let choice = menu.choices.get(usize::from(index));
    if let Some(choice) = choice
        && state.frame().sequence != Some(choice.menu)
    {
        state.go_to_task(program, choice.menu);
    }
    Ok(by_output(step, index))
}

/// Plays the menu again. After the last round the default choice is taken; without a
/// default the call ends.
fn again(
    state: &mut State,
    program: &Program,
    step: &Step,
    menu: &Menu,
    mut listening: Box<Listening>,
    last: BuiltInId,
    reason: String,
) -> Outcome {
    note_round(state, &listening, reason);
    set_last(state, Some(last));
    if listening.round < listening.rounds {
        listening.again();
        speech::say(state, program, &menu.audio)?;
        return proceed(state, program, step, menu, listening);
    }
    match menu.default {
        Some(index) => take_choice(state, program, step, menu, index),
        None => Ok(Effect::EndCall),
    }
}

pub(super) fn go_to(state: &mut State, program: &Program, way: MenuTarget) -> Outcome {
    let mut target = last(state, program);
    if way == MenuTarget::Previous {
        let left = state.conversation.menus.pop();
        target = last(state, program).or(left.map(|(menu, _)| menu));
    }
    match target {
        Some(menu) => {
            let begin = state.go_to_task(program, menu);
            Ok(Effect::Go(PathTaken::Next, Some(begin)))
        }
        None => Ok(Effect::Go(PathTaken::Next, None)),
    }
}

/// Returns the last menu of the running flow on the caller's path.
fn last(state: &State, program: &Program) -> Option<SequenceId> {
    let (flow, depth) = (state.frame().flow, state.frames.len());
    let mut menus = state.conversation.menus.iter().rev();
    let is_of_flow = |menu: SequenceId| program.sequence(menu).flow == flow;
    let found = menus.find(|(menu, of)| *of <= depth && is_of_flow(*menu))?;
    Some(found.0)
}

impl State {
    /// Returns the menu that the caller goes back to after the actions of a choice.
    pub(in crate::engine) fn menu_around(&self, program: &Program) -> Option<SequenceId> {
        let own = self.frame().sequence?;
        let is_menu = program.sequence(own).kind == UnitKind::Menu;
        let is_handling = self.conversation.fault.is_some();
        (is_menu && !is_handling).then(|| last(self, program).unwrap_or(own))
    }
}
