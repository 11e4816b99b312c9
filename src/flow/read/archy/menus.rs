//! The choices of a menu.

use super::actions;
use super::reader::{Reader, is_absent};
use super::references::{identity, segments};
use crate::flow::architect::{Action, Choice, Setting, UnitReference};
use crate::flow::kinds::CHOICE_FIELDS;
use crate::flow::model::Spanned;
use crate::source::{Entry, Node};
use crate::value::Text;

/// Properties of a menu among the choices of another menu that belong to the choice.
pub(super) const OF_A_CHOICE: &[&str] =
    &["dtmf", "globalDtmf", "default", "globalSpeechRecTerms", "speechRecTerms"];

/// Reads the choices of a menu; empty for other units.
pub(super) fn read(menu: &Node<'_>, reader: &mut Reader<'_>) -> Vec<Choice> {
    let default = menu.get("defaultChildMenuRef").and_then(Node::as_str);
    let default = default.and_then(|reference| segments(reference).last().copied());
    let mut choices = Vec::new();
    for item in reader.list(menu.get("choices"), "choices") {
        let [entry] = item.entries() else {
            let message =
                "an item of `choices` must be an object with one key, the kind of choice";
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
    let action = match reader.sub_menu(entry) {
        Some(menu) => sub_menu(entry, menu, reader),
        None => actions::choice(entry, CHOICE_FIELDS, reader),
    };
    Choice {
        action,
        digit: digit(body, reader),
        is_global: reader.flag(body, "globalDtmf"),
        is_default: reader.flag(body, "default") || is_default,
    }
}

/// Returns the action of a choice that contains a menu: it goes to that menu.
fn sub_menu(entry: &Entry<'_>, menu: Text, reader: &mut Reader<'_>) -> Action {
    let properties = entry.value.entries().iter().map(|property| &*property.key);
    let of_menu = properties.filter(|name| {
        CHOICE_FIELDS.contains(name)
            || !["name", "refId"].contains(name) && !OF_A_CHOICE.contains(name)
    });
    let mut action = actions::choice(entry, &of_menu.collect::<Vec<_>>(), reader);
    let span = entry.key_span;
    let text = Text::from(format!("{}[{menu}]", entry.key));
    let target = Setting::Unit(UnitReference { text, unit: Some(menu), span });
    let target = Spanned { value: target, span };
    action.settings.entries.push(("targetMenuRef".into(), target));
    action
}

/// Reads a key: `digit_1`, `digit_*`, `digit_#`.
fn digit(body: &Node<'_>, reader: &mut Reader<'_>) -> Option<Spanned<char>> {
    if body.get("dtmf").is_none_or(is_absent) {
        return None;
    }
    let text = reader.text_of(body, "dtmf")?;
    let key = text.value.strip_prefix("digit_").unwrap_or_default();
    let mut characters = key.chars();
    match (characters.next(), characters.next()) {
        (Some(key @ ('0'..='9' | '*' | '#')), None) => {
            Some(Spanned { value: key, span: text.span })
        }
        _ => {
            let message = format!("`dtmf` must be a key, found `{}`", text.value);
            let help = "keys are `digit_0` to `digit_9`, `digit_*` and `digit_#`";
            reader.invalid(text.span, message, help);
            None
        }
    }
}
