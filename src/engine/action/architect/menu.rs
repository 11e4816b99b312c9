//! Menus.

use super::dial::{self, MAX_EXTENSION};
use super::listen::{Heard, Listening, Next, heard as take};
use super::{Outcome, by_output, listen, speech};
use crate::engine::state::{Effect, State, Waiting};
use crate::expr::architect::BuiltInId;
use crate::flow::SequenceId;
use crate::flow::architect::UnitKind;
use crate::program::architect::{Menu, MenuWay};
use crate::program::{Program, Step};
use crate::trace::{Entry, Fact, Field, Listen, PathTaken};
use crate::value::{Text, Value};
use crate::world::Answer;

/// How often a menu can be played. *Source: Architect's own limits.*
const MAX_ROUNDS: i64 = 10;

/// Variables that say why the menu is played again.
const NO_INPUT: BuiltInId = BuiltInId::of("Menu.LastCollectionNoInput");
const NO_MATCH: BuiltInId = BuiltInId::of("Menu.LastCollectionNoMatch");

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
    let rounds = listen::integer(state, program, &menu.repeats, 3)?;
    let listening = Listening {
        min: 1,
        max: 1,
        first_ms: listen::milliseconds(state, program, &menu.timeout, 10_000)?,
        next_ms: listen::milliseconds(state, program, &menu.dial_delay, 1_000)?,
        rounds: u32::try_from(rounds.clamp(1, MAX_ROUNDS)).unwrap_or(1),
        round: 1,
        dials: listen::truth(state, program, &menu.dials, true)?,
        ..Listening::default()
    };
    set_last(state, None);
    speech::say(state, program, &menu.audio)?;
    go_on(state, program, step, menu, Box::new(listening))
}

/// A menu that the caller has been in ends the way where it is; a new one goes on from there.
fn remember(state: &mut State, menu: SequenceId) {
    let depth = state.frames.len();
    let menus = &mut state.conversation.menus;
    // Menus of tasks that were called are left with these.
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

pub(super) fn heard(
    state: &mut State,
    program: &Program,
    step: &Step,
    menu: &Menu,
    mut listening: Box<Listening>,
    answer: Answer,
) -> Outcome {
    match take(state, &mut listening, answer) {
        Heard::Keys => go_on(state, program, step, menu, listening),
        Heard::Speech(words) => {
            match spoken(menu, &words, &state.conversation.language()) {
                Some(index) => {
                    state.note(|| Fact::Heard(words));
                    choose(state, program, step, menu, index)
                }
                None => {
                    let reason = format!("no match: {words}");
                    again(state, program, step, menu, listening, NO_MATCH, reason)
                }
            }
        }
        Heard::End(effect) => Ok(effect),
    }
}

/// The choice that words mean: in the language of the call, else in any.
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

fn go_on(
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
                let goes_on = listening.dials
                    && key.is_ascii_digit()
                    && listening.count() < MAX_EXTENSION
                    && !dial::is_whole(state, &listening);
                if !goes_on {
                    return entered(state, program, step, menu, listening);
                }
            }
        }
    }
}

/// Several digits are an extension if somebody has it. Otherwise the first key chooses, and
/// the others are typed ahead.
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
            state.note(|| Fact::Collected(first.into_iter().collect()));
            choose(state, program, step, menu, index)
        }
        None => {
            let reason = format!("no match: {digits}");
            again(state, program, step, menu, listening, NO_MATCH, reason)
        }
    }
}

/// Goes the way of a choice. One of another menu is taken as if the caller were there.
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

/// Plays the menu again. After the last time the default choice is taken; without one the
/// call ends.
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
        return go_on(state, program, step, menu, listening);
    }
    match menu.default {
        Some(index) => take_choice(state, program, step, menu, index),
        None => Ok(Effect::EndCall),
    }
}

/// Notes what came of a round.
pub(super) fn note_round(state: &mut State, listening: &Listening, reason: String) {
    let name = Text::from(format!("round {}", listening.round));
    let (of, value) = (Field::Listen(Listen::Reason), Value::String(reason.into()));
    state.note(|| Fact::Entry(Box::new(Entry { of, name, value })));
}

pub(super) fn go_to(state: &mut State, program: &Program, way: MenuWay) -> Outcome {
    let mut target = last(state, program);
    if way == MenuWay::Previous {
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

/// The last menu of the flow that the caller has been in.
fn last(state: &State, program: &Program) -> Option<SequenceId> {
    let (flow, depth) = (state.frame().flow, state.frames.len());
    let mut menus = state.conversation.menus.iter().rev();
    let is_of_flow = |menu: SequenceId| program.sequence(menu).flow == flow;
    let found = menus.find(|(menu, of)| *of <= depth && is_of_flow(*menu))?;
    Some(found.0)
}

impl State {
    /// The menu that the caller is in again when the actions of a choice are done.
    pub(in crate::engine) fn menu_around(&self, program: &Program) -> Option<SequenceId> {
        let own = self.frame().sequence?;
        let is_menu = program.sequence(own).kind == UnitKind::Menu;
        let is_handling = self.conversation.fault.is_some();
        (is_menu && !is_handling).then(|| last(self, program).unwrap_or(own))
    }
}
