//! The choices of a menu.

use super::actions;
use super::reader::{Reader, is_nothing};
use super::references::{identity, segments};
use crate::flow::architect::Choice;
use crate::flow::model::Written;
use crate::source::{Entry, Node};

/// What of a choice is not a setting of what it does.
const FIELDS: &[&str] = &["dtmf", "globalDtmf", "default", "task"];

/// The choices of a menu; of another unit, none.
pub(super) fn read(menu: &Node<'_>, reader: &mut Reader<'_>) -> Vec<Choice> {
    let default = menu.get("defaultChildMenuRef").and_then(Node::as_str);
    let default = default.and_then(|reference| segments(reference).last().copied());
    let mut choices = Vec::new();
    for item in reader.list(menu.get("choices"), "choices") {
        let [entry] = item.entries() else {
            let message =
                "an item of `choices` must be an object of one key, what the choice does";
            let help = "write it as `- menuDisconnect: {name: Goodbye, dtmf: digit_1}`";
            reader.invalid(item.span, message.into(), help);
            continue;
        };
        choices.push(choice(entry, default, reader));
    }
    choices
}

fn choice(entry: &Entry<'_>, default: Option<&str>, reader: &mut Reader<'_>) -> Choice {
    let body = &entry.value;
    let place = identity(body).map(|identity| format!("{}[{identity}]", entry.key));
    let is_default = default.is_some() && place.as_deref() == default;
    Choice {
        action: actions::choice(entry, FIELDS, reader),
        digit: digit(body, reader),
        is_global: reader.flag(body, "globalDtmf"),
        is_default: reader.flag(body, "default") || is_default,
    }
}

/// `digit_1`, `digit_*`, `digit_#`.
fn digit(body: &Node<'_>, reader: &mut Reader<'_>) -> Option<Written<char>> {
    if body.get("dtmf").is_none_or(is_nothing) {
        return None;
    }
    let text = reader.text_of(body, "dtmf")?;
    let key = text.value.strip_prefix("digit_").unwrap_or_default();
    let mut characters = key.chars();
    match (characters.next(), characters.next()) {
        (Some(key @ ('0'..='9' | '*' | '#')), None) => {
            Some(Written { value: key, span: text.span })
        }
        _ => {
            let message = format!("`dtmf` must be a key, found `{}`", text.value);
            let help = "keys are `digit_0` to `digit_9`, `digit_*` and `digit_#`";
            reader.invalid(text.span, message, help);
            None
        }
    }
}
