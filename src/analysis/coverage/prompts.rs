//! Prompts of Architect actions that are known before a call.

use std::sync::Arc;

use crate::program::architect::{Action, Ask, Lookup, Source};
use crate::value::{Audio, Text, Value};

/// Identification of a prompt in a trace.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Constant {
    /// The only constant of a draft node.
    Only,
    /// Played audio.
    Audio(Arc<Audio>),
    /// Words.
    Words(Text),
}

/// Returns the constant prompts of an action: name, words and identification.
pub(super) fn of(action: &Action, language: &str) -> Vec<(Text, Text, Constant)> {
    let mut found = Vec::new();
    let mut add = |name: &str, source: &Source, is_played: bool| match source {
        Source::ByLanguage(values) => {
            found.extend(constant(name, &values.default, language, is_played));
            for (tag, source) in &values.alternates {
                let name = format!("{name} in {tag}");
                found.extend(constant(&name, source, tag, is_played));
            }
        }
        source => found.extend(constant(name, source, language, is_played)),
    };
    match action {
        Action::BeginFlow(greeting) => {
            greeting.iter().for_each(|it| add("initialGreeting", it, true));
        }
        Action::PlayAudio(audio) => add("audio", audio, true),
        Action::Menu(menu) => add("audio", &menu.audio, true),
        Action::CollectInput(collect) => {
            add("inputAudio", &collect.audio, true);
            add("verificationAudio", &collect.verification_audio, true);
        }
        Action::DialByExtension(dial) => add("repromptAudio", &dial.audio, true),
        Action::Transfer(transfer) => {
            add("preTransferAudio", &transfer.before, true);
            add("failureTransferAudio", &transfer.on_failure, true);
            add("voicemailGreeting", &transfer.greeting, true);
        }
        Action::Lookup(Lookup::DataAction(call)) => {
            add("processingPrompt", &call.prompt, true);
        }
        Action::Send(send) => add("message", &send.message, false),
        Action::Ask(ask) => questions(ask, &mut add),
        _ => {}
    }
    found
}

/// Returns a prompt that is constant and has words.
fn constant(
    name: &str,
    source: &Source,
    language: &str,
    is_played: bool,
) -> Option<(Text, Text, Constant)> {
    let Source::Constant(value) = source else { return None };
    let words = words(value, language);
    if words.trim().is_empty() {
        return None;
    }
    let constant = match value {
        Value::Audio(audio) if is_played => Constant::Audio(Arc::clone(audio)),
        _ => Constant::Words(words.clone()),
    };
    Some((name.into(), words, constant))
}

/// Adds the question, and the prompts after input that is missing or does not match.
fn questions(ask: &Ask, add: &mut impl FnMut(&str, &Source, bool)) {
    for (question, name) in ask.question.iter().zip(["question", "answer"]) {
        add(name, question, false);
    }
    for (name, again) in [("noInput", &ask.no_input), ("noMatch", &ask.no_match)] {
        let words = again.apologies.all().chain(again.reprompts.all());
        for (words, number) in words.zip(1..) {
            add(&format!("{name} {number}"), words, false);
        }
    }
}

fn words(value: &Value, language: &str) -> Text {
    match value {
        unset if unset.is_unset() => Text::new(),
        Value::Audio(audio) => audio.render(language),
        Value::Communication(message) => message.render().into(),
        other => other.to_string().into(),
    }
}
