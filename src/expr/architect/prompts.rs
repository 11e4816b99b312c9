//! Prompts named in expressions.

use std::sync::Arc;

use crate::value::{Kind, Object, Properties, Text, Value, properties_of};

use super::environment::Directory;

/// Returns the prompt of this name. If the organisation does not have it, the prompt has
/// a name but no content, because an expression does not check whether a prompt exists.
pub(super) fn prompt(directory: &dyn Directory, is_system: bool, name: &str) -> Value {
    let known = match is_system {
        true => directory.system_prompt(name),
        false => directory.user_prompt(name),
    };
    known.unwrap_or_else(|| unknown(is_system, name))
}

/// Returns the prompt with this name: a system prompt with the prefix `PromptSystem.`, a user
/// prompt with the prefix `Prompt.` or without one.
pub(crate) fn named_prompt(directory: &dyn Directory, name: &str) -> Value {
    let (family, rest) = name.split_once('.').unwrap_or(("", name));
    if family.eq_ignore_ascii_case("PromptSystem") {
        prompt(directory, true, rest)
    } else if family.eq_ignore_ascii_case("Prompt") {
        prompt(directory, false, rest)
    } else {
        prompt(directory, false, name)
    }
}

fn unknown(is_system: bool, name: &str) -> Value {
    let properties: Properties = properties_of(Kind::Prompt)
        .iter()
        .map(|(property, holds)| {
            let value = match *property {
                "name" => Value::from(name),
                "type" => Value::from(if is_system { "system" } else { "user" }),
                _ => Value::unset(*holds),
            };
            (Text::from(*property), value)
        })
        .collect();
    Value::Object(Arc::new(Object { kind: Kind::Prompt, properties }))
}
