//! The names of kinds of actions, flows and values in Architect's JSON, mapped to the
//! names in Archy. *Source: flows that are published in both forms.*

use crate::flow::kinds::{self, uncapitalized};
use crate::value::{Kind, Text, Type};

/// Returns the kind of an action. An unknown `__type` is returned unchanged.
pub(super) fn action(class: &str) -> Text {
    // Classes of kinds that none of the known exports contains may follow the name.
    let by_name = || {
        let name = uncapitalized(class.strip_suffix("Action")?);
        kinds::named(&name).filter(|kind| !kind.is_choice)
    };
    let kind = kinds::of_class(class, false).or_else(by_name);
    kind.map_or(class, |kind| kind.name).into()
}

/// Returns the kind of a menu choice. An unknown `__type` is returned unchanged.
pub(super) fn choice(class: &str) -> Text {
    kinds::of_class(class, true).map_or(class, |kind| kind.name).into()
}

/// Returns a flow type as Archy writes it.
pub(super) fn flow(name: &str) -> Text {
    kinds::flow_type(name).map_or(name, |known| known.name).into()
}

/// Returns the type with this code: `str`, `int_coll`.
pub(super) fn type_of(code: &str) -> Option<Type> {
    let (single, is_collection) = match code.strip_suffix("_coll") {
        Some(single) => (single, true),
        None => (code, false),
    };
    let kind = Kind::ALL.iter().copied().find(|kind| kind.code() == single)?;
    Some(Type { kind, is_collection })
}

/// Returns the type of the variables of a class: `StringVariable`, `BoolVariable`.
pub(super) fn type_of_class(class: &str, is_collection: bool) -> Option<Type> {
    let name = class.strip_suffix("Variable")?;
    let name = if name == "Bool" { "Boolean" } else { name };
    let is_it = |kind: &Kind| kind.name().eq_ignore_ascii_case(name);
    let kind = Kind::ALL.iter().copied().find(is_it)?;
    Some(Type { kind, is_collection })
}

/// Returns Archy's name for a type in a statement that sets a variable: `string`,
/// `integerCollection`.
pub(super) fn statement(code: &str) -> Text {
    let Some(holds) = type_of(code) else { return Text::from(code) };
    let mut name = match holds.kind {
        Kind::Json => "json".into(),
        kind => uncapitalized(kind.name()),
    };
    if holds.is_collection {
        name.push_str("Collection");
    }
    name
}

/// Returns the name of an output by the id of its path: `__NOT_FOUND__` is `notFound`.
/// Returns `None` for an id in another form.
pub(super) fn output(id: &str) -> Option<Text> {
    let inner = id.strip_prefix("__")?.strip_suffix("__")?;
    let mut name = Text::new();
    for (index, word) in inner.split('_').enumerate() {
        let mut letters = word.chars().map(|letter| letter.to_ascii_lowercase());
        if index > 0 {
            name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        }
        name.extend(letters);
    }
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_archy() {
        assert_eq!(action("TransferPureMatchAction"), "transferToAcd");
        assert_eq!(action("EvaluateScheduleGroupAction"), "evaluateScheduleGroup");
        assert_eq!(action("NewAction"), "NewAction");
        assert_eq!(action("MenuAction"), "MenuAction");
        assert_eq!(choice("TransferPureMatchAction"), "menuTransferToAcd");
        assert_eq!(flow("inboundshortmessage"), "inboundShortMessage");
        assert_eq!(flow("other"), "other");
        assert_eq!(statement("str"), "string");
        assert_eq!(statement("dtm_coll"), "dateTimeCollection");
        assert_eq!(statement("jsn"), "json");
        assert_eq!(type_of_class("BoolVariable", true), Some(Type::many(Kind::Boolean)));
    }

    #[test]
    fn outputs_are_named_by_their_ids() {
        let name = |id| output(id).unwrap_or_default();
        assert_eq!(name("__YES__"), "yes");
        assert_eq!(name("__NOT_FOUND__"), "notFound");
        assert_eq!(name("__MAX_NO_INPUTS__"), "maxNoInputs");
        assert_eq!(output("325236d0-a00d-46f9-b074-8cc1adb71bf5"), None);
    }
}
