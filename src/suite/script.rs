//! Scripts: conversations that are played turn by turn.

use std::ops::Range;

use super::event_index::EventIndex;
use super::history::History;
use super::mismatch::{Mismatch, Shown};
use super::play::Answerer;
use super::scenario::Turn;
use super::{TextMatcher, calls, judge, prompts, routing, targets, variable};
use crate::analysis::matcher::{ValueMatcher, quoted};
use crate::engine::Session;
use crate::flow::Spanned;
use crate::program::Program;
use crate::source::Span;
use crate::trace::{EventKind, Status};
use crate::value::Text;
use crate::world::{Answer, Input, Question};

/// A script while it is played.
struct Stage<'s, 'w, 'p> {
    session: &'s mut Session,
    world: &'w mut Answerer<'p>,
    /// Number of events that the played turns have already passed.
    passed: usize,
    mismatches: Vec<Mismatch>,
}

/// Plays the turns in order and runs the call to its end. Returns the mismatches and
/// notes.
///
/// Each caller input advances the conversation: prompts before it no longer count.
pub(super) fn play(
    turns: &[Spanned<Turn>],
    world: &mut Answerer<'_>,
    session: &mut Session,
) -> (Vec<Mismatch>, Vec<Text>) {
    let mut stage = Stage { session, world, passed: 0, mismatches: Vec::new() };
    let mut waits_for_input = stage.world.runs_to_input(stage.session);
    for (index, turn) in turns.iter().enumerate() {
        let mismatch = match &turn.value {
            Turn::Does(input) => {
                if !waits_for_input {
                    let left = turns.get(index..).unwrap_or_default();
                    let mismatch = stage.over(input, left, turn.span);
                    stage.mismatches.push(mismatch);
                    break;
                }
                waits_for_input = stage.does(input);
                None
            }
            Turn::Hears(matcher) => stage.hears(matcher, turn.span),
            Turn::Routed(matcher) => stage.routed(matcher, turn.span),
            Turn::Variable(name, matcher) => stage.variable(name, matcher, turn.span),
            Turn::Calls(calls) => {
                calls::check(stage.history(&EventIndex::default()), calls, turn.span)
            }
            Turn::Ends(status) => {
                let open = waits_for_input.then(|| stage.still_waiting(turn.span));
                stage.mismatches.extend(open.flatten());
                stage.stay_silent_to_the_end();
                waits_for_input = false;
                stage.ends(*status, turn.span)
            }
        };
        stage.mismatches.extend(mismatch.map(|mismatch| Mismatch {
            subject: format!("script: {}", name_of(&turn.value)).into(),
            ..mismatch
        }));
    }
    let note = waits_for_input.then(|| stage.silence_note());
    stage.stay_silent_to_the_end();
    (stage.mismatches, note.into_iter().collect())
}

/// Returns the key of a turn in scenario files.
fn name_of(turn: &Turn) -> &'static str {
    match turn {
        Turn::Hears(_) => "hears",
        Turn::Does(Input::Keys(_) | Input::Timed(_)) => "presses",
        Turn::Does(Input::Speech(_)) => "says",
        Turn::Does(Input::Silence) => "waits",
        Turn::Does(Input::HangUp) => "hangsUp",
        Turn::Routed(_) => "routed",
        Turn::Variable(..) => "variable",
        Turn::Calls(_) => "calls",
        Turn::Ends(_) => "ends",
    }
}

impl Stage<'_, '_, '_> {
    fn history<'h>(&'h self, index: &'h EventIndex) -> History<'h> {
        let program: &Program = self.session.program();
        let (steps, events) = (self.session.steps(), self.session.events());
        History { program, steps, events, index }
    }

    /// Returns the prompts among these events, with their indices.
    fn prompts(&self, range: Range<usize>) -> impl Iterator<Item = (usize, &Text)> {
        let symbols = &self.session.program().symbols;
        let end = range.end.min(self.session.events().len());
        let events = self.session.events().get(range.start..end).unwrap_or_default();
        let numbered = (range.start..).zip(events);
        numbered.filter_map(|(index, event)| match &event.kind {
            EventKind::Prompted(phrase) => Some((index, phrase.text(symbols))),
            _ => None,
        })
    }

    fn variable(
        &self,
        name: &Text,
        matcher: &ValueMatcher,
        span: Span,
    ) -> Option<Mismatch> {
        let value = self.session.variable(name);
        let index = EventIndex::default();
        variable::check(self.history(&index), name, value, matcher, span)
    }

    fn ends(&self, expected: Status, span: Span) -> Option<Mismatch> {
        let found = self.session.status()?;
        let index = EventIndex::default();
        judge::status(self.history(&index), expected, found, None, span)
    }

    /// Sends a caller input. Returns whether the flow waits for input again.
    fn does(&mut self, input: &Input) -> bool {
        self.passed = self.session.events().len();
        self.world.next_input();
        self.session.resume(Answer::Input(input.clone()));
        self.world.runs_to_input(self.session)
    }

    fn stay_silent_to_the_end(&mut self) {
        while self.world.runs_to_input(self.session) {
            self.session.resume(Answer::Input(Input::Silence));
        }
    }

    fn hears(&mut self, matcher: &TextMatcher, span: Span) -> Option<Mismatch> {
        let found = self
            .prompts(self.passed..usize::MAX)
            .find(|(_, text)| matcher.matches(text))
            .map(|(event, _)| event);
        match found {
            Some(event) => self.passed = event + 1,
            None => return Some(self.not_heard(matcher, span)),
        }
        None
    }

    /// Describes a prompt that was not played.
    fn not_heard(&self, matcher: &TextMatcher, span: Span) -> Mismatch {
        let heard = self.prompts(self.passed..usize::MAX);
        let heard: Vec<Text> = heard.map(|(_, text)| text.clone()).collect();
        let index = EventIndex::default();
        let history = self.history(&index);
        let message = match heard.as_slice() {
            [] => format!("expected the caller to hear {matcher}, nothing was played"),
            _ => {
                format!(
                    "expected the caller to hear {matcher}, other prompts were played"
                )
            }
        };
        let expected = vec![prompts::line_of(matcher)];
        let mut earlier = self.prompts(0..self.passed).map(|(_, text)| text);
        let earlier = earlier.find(|text| matcher.matches(text)).map(|text| {
            format!(
                "{} was played earlier, but previous turns already passed it",
                quoted(text)
            )
        });
        let candidates: Vec<&Text> = heard.iter().collect();
        let nodes = targets::playing(history.program, matcher);
        let is_of_flow = nodes.contains(&true);
        let near = earlier
            .or_else(|| (!is_of_flow).then(|| prompts::nearest(matcher, &candidates))?);
        // The path of the call explains a missing prompt only if a flow has its text, or if
        // no other prompt was played.
        let wanted = is_of_flow.then_some((&nodes, 0));
        let cause =
            (near.is_none()).then(|| history.cause(history.steps.len(), wanted).1);
        Mismatch::new(span, "hears", message)
            .at_step(history.last_step())
            .because(near)
            .because(cause.unwrap_or_default())
            .between(Shown::Lines(expected), Shown::Lines(heard))
    }

    fn routed(&self, matcher: &TextMatcher, span: Span) -> Option<Mismatch> {
        let index = EventIndex::default();
        let history = self.history(&index);
        let events = history.events.iter().rev();
        let routing = events.into_iter().find_map(|event| match &event.kind {
            EventKind::Routed(routing) => Some(&**routing),
            _ => None,
        });
        let symbols = &history.program.symbols;
        let known = routing.into_iter().flat_map(|it| [&it.queue_id, &it.queue_name]);
        let known: Vec<&Text> =
            known.flatten().map(|phrase| phrase.text(symbols)).collect();
        if known.iter().any(|text| matcher.matches(text)) {
            return None;
        }
        Some(routing::wrong_queue(
            history,
            "routed",
            &matcher.to_string(),
            &known,
            span,
            Some(&routing::nodes_of(history, matcher)),
        ))
    }

    /// Describes a call that ended before a caller input of the script.
    fn over(&self, input: &Input, left: &[Spanned<Turn>], span: Span) -> Mismatch {
        let index = EventIndex::default();
        let history = self.history(&index);
        let last = history.last_step();
        let more = match left.len() {
            0 | 1 => String::new(),
            count => format!(" ({count} turns of the script remain)"),
        };
        let message =
            format!("the call was over before the caller could do `{input}`{more}");
        let subject =
            format!("script: {}", left.first().map_or("", |it| name_of(&it.value)));
        let failure = last.and_then(|step| history.failure(step)).and(last);
        let why = match failure {
            Some(step) => history.reason(step),
            None => history.cause(history.steps.len(), None).1,
        };
        Mismatch::new(span, subject, message).at_step(last).because(why)
    }

    /// Describes a call that waits for input although the script expects its end.
    fn still_waiting(&self, span: Span) -> Option<Mismatch> {
        let node = self.waiting_node()?;
        let index = EventIndex::default();
        let history = self.history(&index);
        let message = format!("expected the call to end, `{node}` still waits for input");
        Some(
            Mismatch::new(span, "script: ends", message)
                .at_step(history.last_step())
                .because(history.cause(history.steps.len(), None).1),
        )
    }

    fn silence_note(&self) -> Text {
        let node = self.waiting_node().unwrap_or_default();
        format!(
            "the script ends while `{node}` waits for input; the caller was silent from then on"
        )
        .into()
    }

    fn waiting_node(&self) -> Option<String> {
        match self.session.question()? {
            Question::Input(question) => Some(question.node.to_owned()),
            _ => None,
        }
    }
}
