//! The nodes of a program that would fulfil an expectation: those that play a prompt,
//! route to a queue, transfer to a target, call a service, or set a variable.

use super::reach::Nodes;
use crate::analysis::matcher::TextMatcher;
use crate::expr::draft::{Part, Template};
use crate::flow::{NodeId, NodeLabel, VariableId};
use crate::program::architect::{Action, Lookup, Source, Target, Transfer};
use crate::program::{Program, Speech, Step, StepAction};
use crate::value::{Audio, Text, Value};

/// Returns the nodes with this id or name.
pub(super) fn named(program: &Program, is_named: impl Fn(&NodeLabel) -> bool) -> Nodes {
    program.symbols.nodes.iter().map(is_named).collect()
}

/// Returns the nodes that may play a matching prompt.
pub(super) fn playing(program: &Program, wanted: &TextMatcher) -> Nodes {
    let plays = |node: usize| match &program.steps[node].action {
        StepAction::Say(speech) => speaks(program, speech, wanted),
        StepAction::Gather(gather) => {
            gather.prompt.as_ref().is_some_and(|prompt| speaks(program, prompt, wanted))
        }
        StepAction::Architect(action) => {
            audio_of(action).into_iter().any(|source| mentions(source, wanted))
        }
        _ => false,
    };
    (0..program.steps.len()).map(plays).collect()
}

/// Returns the nodes that route to a matching queue.
pub(super) fn routing(program: &Program, wanted: &TextMatcher) -> Nodes {
    let routes = |step: &Step| match &step.action {
        StepAction::Route(route) => [&route.queue_id, &route.queue_name]
            .into_iter()
            .flatten()
            .any(|queue| speaks(program, queue, wanted)),
        StepAction::Architect(action) => match &**action {
            Action::Transfer(transfer) => match &transfer.target {
                Target::Acd(target) => mentions(&target.queue, wanted),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    };
    program.steps.iter().map(routes).collect()
}

/// Returns the nodes that route to any queue.
pub(super) fn routing_anywhere(program: &Program) -> Nodes {
    let routes =
        |step: &Step| matches!(step.action, StepAction::Route(_)) || step.enters_queue();
    program.steps.iter().map(routes).collect()
}

/// Returns the nodes that transfer to a matching target other than a queue. Which users
/// have an extension is known only in the call.
pub(super) fn transferring(program: &Program, wanted: &TextMatcher) -> Nodes {
    let goes = |transfer: &Transfer| match &transfer.target {
        Target::Acd(_) => false,
        Target::Object(_) => {
            transfer.inputs.first().is_some_and(|(_, target)| mentions(target, wanted))
        }
        Target::Flow(_, name, _) => wanted.matches(name),
    };
    let transfers = |step: &Step| match &step.action {
        StepAction::Architect(action) => match &**action {
            Action::Transfer(transfer) => goes(transfer),
            _ => false,
        },
        _ => false,
    };
    program.steps.iter().map(transfers).collect()
}

/// Returns the nodes that call a service of this name.
pub(super) fn calling(program: &Program, name: &Text) -> Nodes {
    let calls = |node: usize| {
        let label = &program.symbols.nodes[node];
        match &program.steps[node].action {
            StepAction::DataAction(call) => {
                [&call.action_id, &call.action_name].contains(&&Some(name.clone()))
            }
            StepAction::Webhook(webhook) => webhook.webhook_id.as_ref() == Some(name),
            StepAction::Architect(action) => match &**action {
                Action::Lookup(Lookup::DataAction(call)) => {
                    [&call.id, &call.name].contains(&&Some(name.clone()))
                }
                _ => [&label.name, &label.id].contains(&name),
            },
            _ => false,
        }
    };
    (0..program.steps.len()).map(calls).collect()
}

/// Returns the nodes that may set a variable.
pub(super) fn setting(program: &Program, id: VariableId) -> Nodes {
    let nodes = 0..program.steps.len();
    nodes.map(|node| program.may_set(NodeId::new(node), id)).collect()
}

/// Returns the audio and messages that an action may play or send.
fn audio_of(action: &Action) -> Vec<&Source> {
    match action {
        Action::PlayAudio(audio) | Action::BeginFlow(Some(audio)) => vec![audio],
        Action::CollectInput(listen) => vec![&listen.audio, &listen.verification_audio],
        Action::DialByExtension(listen) => vec![&listen.audio],
        Action::Menu(menu) => vec![&menu.audio],
        Action::Transfer(transfer) => vec![&transfer.before, &transfer.on_failure],
        Action::Lookup(Lookup::DataAction(call)) => vec![&call.prompt],
        Action::Send(send) => vec![&send.message],
        Action::Ask(ask) => ask.question.iter().collect(),
        _ => Vec::new(),
    }
}

fn speaks(program: &Program, speech: &Speech, wanted: &TextMatcher) -> bool {
    match speech {
        Speech::Constant(id) => wanted.matches(program.symbols.text(*id)),
        Speech::Template(Template::Text(text)) => wanted.matches(text),
        Speech::Template(Template::Whole(_)) => false,
        Speech::Template(Template::Mixed(parts)) => {
            let pieces = parts.iter().filter_map(|part| match part {
                Part::Text(text) => Some(text),
                Part::Reference(_) => None,
            });
            fits(pieces, wanted)
        }
    }
}

/// Minimum length of the constant parts of a prompt that is made during a call, in bytes.
const MIN_CONSTANT: usize = 8;

/// Returns whether an expected text has these constant parts in this order, as a prompt that
/// is made during a call.
fn fits<'p>(pieces: impl Iterator<Item = &'p Text>, wanted: &TextMatcher) -> bool {
    let Some(mut rest) = wanted.text().map(|text| text.as_str()) else { return false };
    let mut constant = 0;
    for piece in pieces {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
        constant += piece.trim().len();
    }
    constant >= MIN_CONSTANT
}

/// Returns whether a value is, or an expression contains, a matching text.
fn mentions(source: &Source, wanted: &TextMatcher) -> bool {
    match source {
        Source::Constant(Value::String(text)) | Source::Named(_, text) => {
            wanted.matches(text)
        }
        Source::Constant(value) => match value {
            Value::Audio(audio) => wanted.matches(&audio.render("en-us")),
            value => {
                let audio = Audio::from_value(value);
                audio.is_some_and(|audio| wanted.matches(&audio.render("en-us")))
            }
        },
        Source::Expression(expression) => {
            let text = wanted.text().filter(|text| !text.is_empty());
            text.is_some_and(|text| expression.text().contains(&**text))
                || fits(expression.strings().iter(), wanted)
        }
        Source::List(_, items) => items.iter().any(|item| mentions(item, wanted)),
        Source::ByLanguage(audio) => {
            mentions(&audio.default, wanted)
                || audio.alternates.iter().any(|(_, source)| mentions(source, wanted))
        }
        Source::Broken(_) => false,
    }
}
