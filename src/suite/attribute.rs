//! Checks of attributes of the participant.

use super::history::{History, shown};
use super::mismatch::{Mismatch, Shown};
use super::play::Played;
use crate::analysis::attributes::{attribute_set, attributes_set};
use crate::analysis::matcher::{TextMatcher, ValueMatcher};
use crate::source::Span;
use crate::value::{Json, Text, Value};

/// Checks the value of an attribute at the end of the call: the last one that the flow set,
/// otherwise the one with which the call started.
pub(super) fn check(
    history: History<'_>,
    played: &Played,
    name: &Text,
    wanted: &ValueMatcher,
    span: Span,
) -> Option<Mismatch> {
    let set = attributes_set(history.program, &played.trace);
    let set = set.into_iter().find(|(own, _)| own == name).map(|(_, value)| value);
    let given = || {
        let mut given = played.given_attributes.iter().rev();
        let own = given.find(|(own, _)| own == name)?;
        Some(Value::String(own.1.clone()))
    };
    let is_set_by_flow = set.is_some();
    let value = set.or_else(given).unwrap_or_default();
    if wanted.matches(&value) {
        return None;
    }
    let found = match is_set_by_flow {
        true => format!("it is {}", shown(&value)),
        false if value.is_unset() => "the call did not set it".into(),
        false => format!("it is still {}", shown(&value)),
    };
    let message = format!("expected the attribute `{name}` to be {wanted}, {found}");
    let expected = match wanted {
        ValueMatcher::Equals(json) => Shown::json(json),
        ValueMatcher::Text(TextMatcher::Equals(text)) => {
            Shown::json(&Json::String(text.clone()))
        }
        other => Shown::Text(other.to_string().into()),
    };
    let step = set_at(history, name);
    let cause = match step {
        Some(step) => vec![format!("set at {}", history.place(step)).into()],
        None => history.cause(history.steps.len(), None).1,
    };
    Some(
        Mismatch::new(span, format!("participantData.{name}"), message)
            .between(expected, Shown::json(&value.to_json()))
            .at_step(step.or_else(|| history.last_step()))
            .because(cause),
    )
}

/// Returns the step that set an attribute last.
fn set_at(history: History<'_>, name: &Text) -> Option<usize> {
    let events = history.events.iter().rev();
    let mut steps = events.filter_map(|event| {
        let index = event.step as usize;
        let node = history.steps.get(index)?.node;
        let (own, _) = attribute_set(history.program, node, &event.kind)?;
        (own == name).then_some(index)
    });
    steps.next()
}
