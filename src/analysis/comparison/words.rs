//! Wording of causes: values and steps.

use super::cause::CauseContext;
use crate::value::{Json, shortened};

/// Maximum length of a displayed value, in characters.
const MAX_SHOWN: usize = 80;

/// Formats a value; a missing one is `nothing`.
pub(crate) fn value_text(value: Option<&Json>) -> String {
    value.map_or_else(|| "nothing".into(), shown)
}

/// Formats a value for one line; long values are cut.
pub(super) fn shown(value: &Json) -> String {
    let text = match value {
        Json::Null => "not set".into(),
        other => other.to_string(),
    };
    shortened(&text, MAX_SHOWN).into_owned()
}

/// Describes a step, such as ``step 7 `CheckResult` (If)``.
pub(super) fn place(context: &CauseContext<'_>, row: usize) -> String {
    let number = context.rows.get(row).and_then(|row| row.recorded.or(row.local));
    let number = number.map_or(0, |at| at + 1);
    match context.step_at(row) {
        Some(step) => format!("step {number} `{}` ({})", step.label(), step.kind),
        None => format!("step {number}"),
    }
}

/// Capitalises the first letter, to begin a sentence.
pub(super) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
