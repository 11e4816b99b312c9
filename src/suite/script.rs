//! A conversation told turn by turn, played as it is told.

use super::history::History;
use super::matcher::quoted;
use super::mismatch::{Mismatch, Shown};
use super::play::World;
use super::scenario::Turn;
use super::{TextMatcher, asked, judge, prompts, routing, variable};
use crate::engine::Session;
use crate::flow::Written;
use crate::program::Program;
use crate::source::Span;
use crate::trace::Fact;
use crate::value::Text;
use crate::world::{Answer, Input, Question};

/// A script that is being played.
struct Stage<'s, 'w, 'p> {
    session: &'s mut Session,
    world: &'w mut World<'p>,
    /// How much of what the caller heard lies behind the turns that were played.
    heard: usize,
    mismatches: Vec<Mismatch>,
}

/// Plays the turns in their order, and the call to its end. Gives what did not come about,
/// and notes.
///
/// What the caller does moves the conversation on: what was heard before it does not count
/// any more.
pub(super) fn play(
    turns: &[Written<Turn>],
    world: &mut World<'_>,
    session: &mut Session,
) -> (Vec<Mismatch>, Vec<Text>) {
    let mut stage = Stage { session, world, heard: 0, mismatches: Vec::new() };
    let mut is_listening = stage.world.runs_to_input(stage.session);
    for (index, turn) in turns.iter().enumerate() {
        let mismatch = match &turn.value {
            Turn::Does(input) => {
                if !is_listening {
                    let left = turns.get(index..).unwrap_or_default();
                    let mismatch = stage.over(input, left, turn.span);
                    stage.mismatches.push(mismatch);
                    break;
                }
                is_listening = stage.does(input);
                None
            }
            Turn::Hears(matcher) => stage.hears(matcher, turn.span),
            Turn::Routed(matcher) => stage.routed(matcher, turn.span),
            Turn::Variable(name, matcher) => {
                let value = stage.session.variable(name);
                variable::check(stage.history(), name, value, matcher, turn.span)
            }
            Turn::Calls(calls) => asked::check(stage.history(), calls, turn.span),
            Turn::Ends(status) => {
                let early = is_listening.then(|| stage.still_listening(turn.span));
                stage.mismatches.extend(early.flatten());
                stage.is_silent_to_the_end();
                is_listening = false;
                let found = stage.session.status();
                let history = stage.history();
                found.and_then(|it| judge::status(history, *status, it, None, turn.span))
            }
        };
        stage.mismatches.extend(mismatch.map(|mismatch| Mismatch {
            subject: format!("script: {}", name_of(&turn.value)).into(),
            ..mismatch
        }));
    }
    let notes = is_listening.then(|| stage.note_of_silence());
    stage.is_silent_to_the_end();
    (stage.mismatches, notes.into_iter().collect())
}

/// A turn as scenario files call it.
fn name_of(turn: &Turn) -> &'static str {
    match turn {
        Turn::Hears(_) => "hears",
        Turn::Does(Input::Keys(_) | Input::Timed(_)) => "presses",
        Turn::Does(Input::Speech(_)) => "says",
        Turn::Does(Input::Silence) => "waits",
        Turn::Does(Input::HangUp) => "hangs_up",
        Turn::Routed(_) => "routed",
        Turn::Variable(..) => "variable",
        Turn::Calls(_) => "calls",
        Turn::Ends(_) => "ends",
    }
}

impl Stage<'_, '_, '_> {
    fn history(&self) -> History<'_> {
        let program: &Program = self.session.program();
        let (steps, events) = (self.session.steps(), self.session.events());
        History { program, steps, events }
    }

    /// The caller does something; whether the flow listens again after it.
    fn does(&mut self, input: &Input) -> bool {
        self.heard = self.session.heard().count();
        self.world.next_input();
        self.session.resume(Answer::Input(input.clone()));
        self.world.runs_to_input(self.session)
    }

    fn is_silent_to_the_end(&mut self) {
        while self.world.runs_to_input(self.session) {
            self.session.resume(Answer::Input(Input::Silence));
        }
    }

    fn hears(&mut self, matcher: &TextMatcher, span: Span) -> Option<Mismatch> {
        let mut heard = self.session.heard().skip(self.heard);
        if let Some(index) = heard.position(|text| matcher.fits(text)) {
            self.heard += index + 1;
            return None;
        }
        let heard = self.session.heard().skip(self.heard);
        let heard: Vec<Text> = heard.map(Text::from).collect();
        let history = self.history();
        let message = match heard.as_slice() {
            [] => format!("expected the caller to hear {matcher}, nothing was said"),
            _ => {
                format!("expected the caller to hear {matcher}, something else was said")
            }
        };
        let decided = history.decision_before(history.steps.len());
        let expected = vec![prompts::line_of(matcher)];
        let mut earlier = self.session.heard().take(self.heard);
        let earlier = earlier.find(|text| matcher.fits(text)).map(|text| {
            format!("{} was said earlier, and lies behind the turns above", quoted(text))
        });
        let said: Vec<&Text> = heard.iter().collect();
        let near = earlier.or_else(|| prompts::most_like(matcher, &said));
        // The way that the call took explains a text only if nothing like it was said.
        let cause = decided.filter(|_| near.is_none()).map(|step| history.reason(step));
        Some(
            Mismatch::new(span, "hears", message)
                .at_step(history.last_step())
                .because(near)
                .because(cause.unwrap_or_default())
                .between(Shown::Lines(expected), Shown::Lines(heard)),
        )
    }

    fn routed(&self, matcher: &TextMatcher, span: Span) -> Option<Mismatch> {
        let history = self.history();
        let events = history.events.iter().rev();
        let routing = events.into_iter().find_map(|event| match &event.fact {
            Fact::Routed(routing) => Some(&**routing),
            _ => None,
        });
        let legend = &history.program.legend;
        let known = routing.into_iter().flat_map(|it| [&it.queue_id, &it.queue_name]);
        let known: Vec<&Text> =
            known.flatten().map(|phrase| phrase.text(legend)).collect();
        if known.iter().any(|text| matcher.fits(text)) {
            return None;
        }
        Some(routing::wrong_queue(history, "routed", &matcher.to_string(), &known, span))
    }

    /// The call is over although the caller was to do something.
    fn over(&self, input: &Input, left: &[Written<Turn>], span: Span) -> Mismatch {
        let history = self.history();
        let last = history.last_step();
        let more = match left.len() {
            0 | 1 => String::new(),
            count => format!(" ({count} turns of the script were left)"),
        };
        let message =
            format!("the call was over before the caller could do `{input}`{more}");
        let subject =
            format!("script: {}", left.first().map_or("", |it| name_of(&it.value)));
        let failure = last.and_then(|step| history.failure(step)).and(last);
        let why = failure.or_else(|| history.decision_before(history.steps.len()));
        Mismatch::new(span, subject, message)
            .at_step(last)
            .because(why.map(|step| history.reason(step)).unwrap_or_default())
    }

    /// The flow listens although the call was to be over.
    fn still_listening(&self, span: Span) -> Option<Mismatch> {
        let node = self.listening_node()?;
        let history = self.history();
        let message = format!("expected the call to be over, `{node}` still listens");
        let decided = history.decision_before(history.steps.len());
        Some(
            Mismatch::new(span, "script: ends", message)
                .at_step(history.last_step())
                .because(decided.map(|step| history.reason(step)).unwrap_or_default()),
        )
    }

    fn note_of_silence(&self) -> Text {
        let node = self.listening_node().unwrap_or_default();
        format!(
            "the script ends while `{node}` listens; the caller was silent from then on"
        )
        .into()
    }

    fn listening_node(&self) -> Option<String> {
        match self.session.question()? {
            Question::Input(question) => Some(question.node.to_owned()),
            _ => None,
        }
    }
}
