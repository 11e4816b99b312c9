//! The fields of a call's context: their names and meanings.

use crate::diagnostic::{is_typo_of, nearest};

/// A field of the context of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ContextField {
    /// The name. Case is insignificant.
    pub(crate) name: &'static str,
    /// The type of its value, for the documentation.
    pub(crate) type_name: &'static str,
    /// The meaning, in a few words.
    pub(crate) meaning: &'static str,
}

const fn text(name: &'static str, meaning: &'static str) -> ContextField {
    ContextField { name, type_name: "string", meaning }
}

const fn whole(name: &'static str, meaning: &'static str) -> ContextField {
    ContextField { name, type_name: "whole number", meaning }
}

/// All fields that calls read. Draft flows may read further ones.
pub(crate) const CONTEXT_FIELDS: &[ContextField] = &[
    text("from", "address of the caller or sender"),
    text("ani", "another name of `from`"),
    text("to", "dialled number or address"),
    text("dnis", "another name of `to`"),
    text("name", "name of the caller"),
    text("channel", "channel of the conversation, for draft flows"),
    text("mediaType", "media type of the conversation, for draft flows"),
    text("conversationId", "id of the conversation"),
    text("language", "language in which the call begins"),
    text("uuiData", "UUI data of the call"),
    text("invocationData", "invocation data of the call"),
    text("externalContactId", "id of the external contact"),
    text("externalOrganizationId", "id of the external organization"),
    text("message", "text of the message or e-mail that started the conversation"),
    text("subject", "subject of the e-mail that started the conversation"),
    text("queue", "queue in which the caller waits"),
    whole("positionInQueue", "position in the queue"),
    whole("estimatedWaitMs", "estimated wait time in the queue, in milliseconds"),
    whole("answerAfterMs", "milliseconds until an agent answers a waiting caller"),
    whole("abandonAfterMs", "milliseconds until a waiting caller hangs up"),
    ContextField {
        name: "participantData",
        type_name: "object",
        meaning: "attributes of the participant; `participantData.tier` sets a single one",
    },
];

/// Returns the field that a name was probably meant to be. Returns `None` for the name of
/// a field, and if none is similar: a draft flow may read any field.
pub(crate) fn misspelt_context_field(name: &str) -> Option<&'static str> {
    let names = || CONTEXT_FIELDS.iter().map(|field| field.name);
    let first = name.split_once('.').map_or(name, |(first, _)| first);
    if names().any(|known| known.eq_ignore_ascii_case(first)) {
        return None;
    }
    nearest(first, names()).filter(|near| is_typo_of(first, near))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_misspelt() {
        for (name, meant) in [
            ("fron", Some("from")),
            ("form", Some("from")),
            ("langauge", Some("language")),
            ("participantDat.tier", Some("participantData")),
            ("answerAfter", Some("answerAfterMs")),
            ("From", None),
            ("participantData.tier", None),
            ("customer_id", None),
            ("tier", None),
        ] {
            assert_eq!(misspelt_context_field(name), meant, "{name}");
        }
    }

    #[test]
    fn the_docs_list_all_fields() {
        let page = include_str!("../../docs/scenarios.md");
        for field in CONTEXT_FIELDS {
            let ContextField { name, type_name, meaning } = field;
            let row = format!("| `{name}` | {type_name} | {meaning} |");
            assert!(page.contains(&row), "docs/scenarios.md lacks:\n{row}");
        }
    }
}
