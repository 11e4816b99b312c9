//! Queues: routing the conversation to one, and reading its statistics.

use super::service::publish;
use crate::diagnostic::Code;
use crate::engine::effect::{Effect, Waiting};
use crate::engine::state::State;
use crate::flow::SymbolTable;
use crate::program::{Program, Route, Speech, Statistics, Step};
use crate::trace::{EventKind, Failure, PathTaken, Phrase, Request, Routing, Subject};
use crate::value::{Json, Text};
use crate::world::{Answer, Question, QueueAnswer};

pub(super) fn route(state: &mut State, program: &Program, route: &Route) -> Effect {
    let mut routing = Box::new(Routing::default());
    routing.queue_id = named(state, route.queue_id.as_ref());
    routing.queue_name = named(state, route.queue_name.as_ref());
    routing.priority = route.priority;
    if !route.skills.is_empty() {
        routing.skills = skills(state, program, route);
    }
    state.ask(Waiting::Queue(routing, None))
}

#[inline(always)]
pub(in crate::engine) fn question<'q>(
    routing: &'q Routing,
    symbols: &'q SymbolTable,
) -> Question<'q> {
    let text = |phrase: &'q Option<Phrase>| {
        phrase.as_ref().map(|phrase| phrase.text(symbols).as_str())
    };
    Question::Queue {
        id: text(&routing.queue_id),
        name: text(&routing.queue_name),
        skills: &routing.skills,
    }
}

pub(super) fn routed(
    state: &mut State,
    step: &Step,
    symbols: &SymbolTable,
    mut routing: Box<Routing>,
    answer: Answer,
) -> Effect {
    match accept(state, symbols, &mut routing, answer, OnMismatch::Fail) {
        Ok(()) => {
            state.note(|| EventKind::Routed(routing));
            Effect::Go(PathTaken::Next, step.next)
        }
        Err(failure) => Effect::Fail(failure),
    }
}

/// Effect of skills that no agent of a queue has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnMismatch {
    /// The action fails.
    Fail,
    /// The queue accepts the conversation, which waits there.
    Wait,
}

/// Applies the answer about a queue to the routing. Fails if the queue does not accept the
/// conversation.
#[inline(always)]
pub(super) fn accept(
    state: &mut State,
    symbols: &SymbolTable,
    routing: &mut Routing,
    answer: Answer,
    on_mismatch: OnMismatch,
) -> Result<(), Box<Failure>> {
    let (id, name) = match answer {
        Answer::Queue(QueueAnswer::Accepted { id, name }) => (id, name),
        Answer::Queue(QueueAnswer::SkillMismatch { id, name })
            if on_mismatch == OnMismatch::Wait =>
        {
            state.note(|| EventKind::Noted(Code::NO_AGENT_WITH_SKILLS));
            (id, name)
        }
        Answer::Queue(QueueAnswer::SkillMismatch { .. }) => {
            let (queue, skills) = (label(routing, symbols), routing.skills.join("`, `"));
            let message = format!("no agent of queue {queue} has the skills `{skills}`");
            return Err(Failure::new(Code::SKILL_MISMATCH, message));
        }
        Answer::Queue(QueueAnswer::NotFound) => {
            let message =
                format!("the fixtures have no queue {}", label(routing, symbols));
            return Err(Failure::new(Code::QUEUE_NOT_FOUND, message));
        }
        _ => {
            state.note(|| EventKind::Noted(Code::QUEUE_NOT_CHECKED));
            return Ok(());
        }
    };
    if routing.queue_id.is_none() {
        routing.queue_id = id.map(Phrase::Made);
    }
    if let Some(name) = name {
        // The string is not moved together with the rest, see `Recorder::note_text`.
        let phrase = routing.queue_name.insert(Phrase::Made(Text::new()));
        if let Phrase::Made(text) = phrase {
            *text = name;
        }
    }
    Ok(())
}

/// Returns the name and the id of a queue for messages, as far as they are known.
fn label(routing: &Routing, symbols: &SymbolTable) -> String {
    let text = |phrase: &Option<Phrase>| {
        phrase.as_ref().map(|phrase| phrase.text(symbols).clone())
    };
    match (text(&routing.queue_id), text(&routing.queue_name)) {
        (Some(id), Some(name)) if id != name => format!("`{name}` ({id})"),
        (id, name) => format!("`{}`", id.or(name).unwrap_or_default()),
    }
}

pub(super) fn statistics(
    state: &mut State,
    program: &Program,
    statistics: &Statistics,
) -> Effect {
    let queue = state.phrase(&statistics.queue_id).text(&program.symbols).clone();
    let asked = Request {
        subject: Subject::QueueStatistics,
        name: queue.clone(),
        inputs: Json::Null,
    };
    state.note(|| EventKind::Requested(Box::new(asked)));
    state.ask(Waiting::QueueStatistics { queue })
}

pub(super) fn statistics_known(
    state: &mut State,
    step: &Step,
    statistics: &Statistics,
    queue: &str,
    answer: Answer,
) -> Effect {
    let Answer::Statistics(Some(figures)) = answer else {
        let message = format!("the fixtures have no queue `{queue}`");
        return Effect::Fail(Failure::new(Code::QUEUE_NOT_FOUND, message));
    };
    publish(state, &statistics.response, figures);
    Effect::Go(PathTaken::Next, step.next)
}

/// Returns the id or name of a queue. Returns `None` if a template has an empty value.
#[inline(always)]
fn named(state: &mut State, speech: Option<&Speech>) -> Option<Phrase> {
    match speech? {
        Speech::Constant(id) => Some(Phrase::Constant(*id)),
        Speech::Template(template) => {
            let text = state.print(template);
            (!text.is_empty()).then_some(Phrase::Made(text))
        }
    }
}

/// Returns the skills as strings, because they are compared with those of agents.
fn skills(state: &mut State, program: &Program, route: &Route) -> Vec<Text> {
    let skills = route.skills.iter();
    skills.map(|skill| state.phrase(skill).text(&program.symbols).clone()).collect()
}
