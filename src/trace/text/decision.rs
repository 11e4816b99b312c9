//! Decisions: the branch that was taken, its condition, and the values that it read.

use std::collections::BTreeSet;

use super::piece::{Ink, Piece};
use super::story::Describer;
use crate::trace::{EventKind, Field, PathTaken, Step};
use crate::value::Value;

impl Describer<'_> {
    /// Describes the branch taken and the values that decided it.
    pub(super) fn describe_decision(
        &self,
        step: &Step,
        facts: &[&EventKind],
        pieces: &mut Vec<Piece>,
    ) {
        let conditions = &self.symbols.node(step.node).conditions;
        let choice = match step.path {
            PathTaken::Condition(number) => {
                let condition = conditions.get(usize::from(number).wrapping_sub(1));
                let condition = condition.map(|text| self.preview.text(text));
                Some(format!("condition {number}: {}", condition.unwrap_or_default()))
            }
            PathTaken::Output(index) => self.describe_output(step, index, facts),
            PathTaken::Default if conditions.is_empty() => Some("default".into()),
            PathTaken::Default if conditions.len() == 1 => {
                Some(format!("default: {} is false", self.preview.text(&conditions[0])))
            }
            PathTaken::Default => {
                Some(format!("default: none of {} conditions is true", conditions.len()))
            }
            _ => None,
        };
        pieces.extend(choice.map(|text| Piece::new(Ink::Path, text)));
        let mut shown = BTreeSet::new();
        for fact in facts {
            if let EventKind::Read(reference, value) = fact
                && shown.insert(*reference)
            {
                let name = self.preview.text(self.symbols.reference(*reference));
                let equals = if value.is_unset() { "" } else { "= " };
                let value = self.preview.value(value);
                pieces.push(Piece::new(Ink::Plain, format!("{name} {equals}{value}")));
            }
        }
    }

    /// Describes an output of an Architect action, with the condition that led to it.
    fn describe_output(
        &self,
        step: &Step,
        index: u16,
        facts: &[&EventKind],
    ) -> Option<String> {
        let label = self.symbols.node(step.node);
        let output = self.preview.text(label.outputs.get(usize::from(index))?);
        let Some(last) = last_condition(facts) else { return Some(output) };
        Some(match label.condition_of(index) {
            Some((condition, true)) => {
                format!("{output}: {}", self.preview.text(condition))
            }
            Some((condition, false)) => {
                let is = if last.is_unset() { "not set" } else { "false" };
                format!("{output}: {} is {is}", self.preview.text(condition))
            }
            None if label.conditions.len() > 1 => {
                let count = label.conditions.iter().filter(|it| !it.is_empty()).count();
                format!("{output}: none of {count} conditions is true")
            }
            None => output,
        })
    }
}

/// Returns the value of the last condition that was evaluated.
fn last_condition<'f>(facts: &[&'f EventKind]) -> Option<&'f Value> {
    facts.iter().rev().find_map(|fact| match fact {
        EventKind::Input(Field::Condition | Field::Case(_), value) => Some(value),
        _ => None,
    })
}

/// Returns whether the description of the decision shows an input of an action: the value
/// of a condition or case, or a value that it read.
pub(super) fn is_decided(field: Field, value: &Value, facts: &[&EventKind]) -> bool {
    match field {
        Field::Condition | Field::Case(_) => true,
        Field::Value => {
            let is_it = |fact: &&EventKind| matches!(fact, EventKind::Read(_, read) if read == value);
            facts.iter().any(is_it)
        }
        _ => false,
    }
}
