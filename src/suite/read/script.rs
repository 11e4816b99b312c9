//! Scripts: conversations, turn by turn.

use super::{expect, matcher};
use crate::diagnostic::{Decoder, nearest};
use crate::flow::Spanned;
use crate::source::{Entry, Kind, Node};
use crate::suite::scenario::Turn;
use crate::value::Text;
use crate::world::Input;

const TURNS: [&str; 9] = [
    "hears", "presses", "says", "waits", "hangsUp", "routed", "variable", "calls", "ends",
];

pub(super) fn read(
    script: Option<&Node<'_>>,
    decoder: &mut Decoder,
) -> Vec<Spanned<Turn>> {
    let Some(script) = script.filter(|node| !node.is_null()) else { return Vec::new() };
    let Kind::Array(items) = &script.kind else {
        decoder.unexpected("`script`", script, "a list of turns");
        return Vec::new();
    };
    let mut turns = Vec::with_capacity(items.len());
    for item in items {
        // `- hangsUp` may be written without a value.
        if item.as_str() == Some("hangsUp") {
            turns.push(Spanned { value: Turn::Does(Input::HangUp), span: item.span });
            continue;
        }
        match item.entries() {
            [turn] => turns.extend(read_turn(turn, decoder)),
            _ => {
                let message = format!(
                    "a turn of a script is {}, expected an object with one key",
                    item.describe()
                );
                decoder.error(item.span, message).help =
                    Some(format!("turns are {}", TURNS.join(", ")));
            }
        }
    }
    turns
}

fn read_turn(turn: &Entry<'_>, decoder: &mut Decoder) -> Vec<Spanned<Turn>> {
    let node = &turn.value;
    let one = match &*turn.key {
        "hears" => matcher::text(node, decoder).map(Turn::Hears),
        "presses" => input(node, decoder).map(Turn::Does),
        "says" => words(node, decoder).map(|it| Turn::Does(Input::Speech(it))),
        "waits" => {
            let meaning = "the caller is silent until time runs out";
            truth("waits", meaning, node, decoder).then_some(Turn::Does(Input::Silence))
        }
        "hangsUp" => {
            let meaning = "the caller hangs up";
            truth("hangsUp", meaning, node, decoder).then_some(Turn::Does(Input::HangUp))
        }
        "routed" => matcher::text(node, decoder).map(Turn::Routed),
        "variable" => return variables(node, decoder),
        "calls" => {
            let called =
                |Spanned { value, span }| Spanned { value: Turn::Calls(value), span };
            return expect::calls(turn, decoder).into_iter().map(called).collect();
        }
        "ends" => expect::status(node, decoder).map(Turn::Ends),
        other => {
            let help = match nearest(other, TURNS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("turns are {}", TURNS.join(", ")),
            };
            let message = format!("unknown turn `{other}`");
            decoder.error(turn.key_span, message).help = Some(help);
            None
        }
    };
    one.into_iter().map(|value| Spanned { value, span: turn.key_span }).collect()
}

/// Returns whether a turn without further data is `true`, which is also its default.
fn truth(key: &str, meaning: &str, node: &Node<'_>, decoder: &mut Decoder) -> bool {
    let found = match &node.kind {
        Kind::Null | Kind::Boolean(true) => return true,
        Kind::Boolean(false) => "false",
        _ => node.describe(),
    };
    let message = format!("`{key}` is {found}, expected true: {meaning}");
    decoder.error(node.span, message).help =
        Some("remove the turn if the caller does not do this".into());
    false
}

/// Reads the caller's words, which must not be empty.
fn words(node: &Node<'_>, decoder: &mut Decoder) -> Option<Text> {
    let is_empty = node.is_null() || node.as_str().is_some_and(|it| it.trim().is_empty());
    if is_empty {
        let message = "`says` is empty, expected words".into();
        decoder.error(node.span, message).help =
            Some("write `waits: true` for a silent caller".into());
        return None;
    }
    decoder.text_of("says", node)
}

fn input(node: &Node<'_>, decoder: &mut Decoder) -> Option<Input> {
    match Input::read(node) {
        Ok(input) => Some(input),
        Err(problem) => {
            decoder.add(problem);
            None
        }
    }
}

fn variables(node: &Node<'_>, decoder: &mut Decoder) -> Vec<Spanned<Turn>> {
    if !matches!(node.kind, Kind::Object(_)) {
        decoder.unexpected("`variable`", node, "an object of names and values");
    }
    let mut turns = Vec::new();
    for entry in node.entries() {
        if let Some(value) = matcher::value(&entry.value, decoder) {
            let value = Turn::Variable(Text::from(&*entry.key), value);
            turns.push(Spanned { value, span: entry.key_span });
        }
    }
    turns
}
