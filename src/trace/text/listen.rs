//! Caller input of Architect's listening actions.

use super::piece::{Ink, Piece};
use super::preview::seconds;
use super::story::{Describer, is_keys};
use crate::flow::kinds::{Operation, operation_of};
use crate::trace::{EventKind, Field, Step};
use crate::value::{Text, Value};

impl Describer<'_> {
    /// Returns whether the step is a listening Architect action, in which the caller may
    /// act more than once.
    pub(super) fn listens(&self, step: &Step) -> bool {
        let kind = &*self.symbols.node(step.node).node_type;
        kind == "menu" || operation_of(kind).is_some_and(Operation::listens)
    }

    /// Describes the caller's input. An entry that was heard before its confirmation
    /// appears once.
    pub(super) fn describe_turn(
        &self,
        fact: &EventKind,
        facts: &[&EventKind],
    ) -> Option<Piece> {
        match fact {
            EventKind::CallerInput(text) => Some(self.turn(text)),
            EventKind::Collected(entry) => {
                let is_heard = |fact: &&EventKind| matches!(fact, EventKind::CallerInput(text) if text == entry);
                (!facts.iter().any(is_heard)).then(|| self.turn(entry))
            }
            _ => None,
        }
    }

    fn turn(&self, text: &Text) -> Piece {
        let shown = self.preview.text(text);
        if is_keys(text) {
            return Piece::new(Ink::Caller, format!("caller pressed {shown}"));
        }
        Piece::quote(Ink::Caller, "caller spoke ", &shown)
    }

    /// Describes an input or output of an action. Settings for listening are omitted,
    /// because the flow contains them.
    pub(super) fn describe_passed(
        &self,
        field: Field,
        name: &str,
        value: &Value,
    ) -> Option<Piece> {
        let text = || match value {
            Value::String(text) => self.preview.text(text),
            Value::Duration(it) => format!("silence for {}", seconds(it.milliseconds())),
            _ => String::new(),
        };
        match field {
            Field::Reason => Some(Piece::new(Ink::Caller, text())),
            Field::DroppedKeys => {
                let text = text() + " typed ahead: dropped, this audio comes first";
                Some(Piece::new(Ink::Caller, text))
            }
            Field::AcceptJustPound
            | Field::AcceptJustStar
            | Field::IncludeTerminatingDtmf
            | Field::InterDigitTimeout
            | Field::NoEntryTimeout
            | Field::Min
            | Field::Max
            | Field::TerminatingDtmf
            | Field::VerificationType
            | Field::InputData
            | Field::Extension => None,
            _ => self.describe_value(name, value),
        }
    }
}
