//! The classes of the values that steps give to variables: results of actions, and entries
//! of digits.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::{NodeId, VariableId};
use crate::program::StepAction;
use crate::program::architect::{Action, CollectInput, Lookup, Source};
use crate::value::{Json, Kind, Text, Type, Value};
use crate::world::InputQuestion;

use super::free::type_of;
use super::starts::Origin;

/// The largest number of digits of an entry. *Source: Architect's own limits.*
const MOST_DIGITS: u32 = 40;

/// A String that most functions accept.
const OTHER: &str = "1";

/// One example of each class.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// Results, by the variable that receives them.
    results: BTreeMap<u32, Vec<Json>>,
    /// Entries, by the step that requests them.
    entries: BTreeMap<NodeId, Entries>,
}

/// Entries with a length between two limits.
#[derive(Debug)]
struct Entries {
    min: u32,
    max: u32,
    examples: Vec<Text>,
}

/// The examples of entries, by variable and limits of the length.
type Known = BTreeMap<(u32, u32, u32), Option<Vec<Text>>>;

impl Classes {
    /// Finds the classes of the values that the reachable steps of a flow give to
    /// variables.
    pub(super) fn of(origin: &Origin<'_>) -> Self {
        let mut found = Self::default();
        let mut repeated: BTreeSet<u32> = BTreeSet::new();
        let mut known = Known::new();
        let mut tried: BTreeSet<u32> = BTreeSet::new();
        for (index, step) in origin.program.steps.iter().enumerate() {
            let node = NodeId::new(index);
            let StepAction::Architect(action) = &step.action else { continue };
            if !origin.is_near[node.index()] {
                continue;
            }
            // Values without classes are never proofs.
            if origin.patience.is_over() {
                break;
            }
            match &**action {
                Action::CollectInput(collect) => {
                    found.add_entries(origin, node, collect, &mut known);
                }
                Action::Lookup(lookup) => {
                    let variables = results(lookup);
                    // Later answers about the same object have the same values.
                    if origin.repeats.is_repeated(node) {
                        repeated.extend(variables.iter().map(|it| it.0));
                    }
                    let new = variables.into_iter().filter(|it| tried.insert(it.0));
                    new.for_each(|it| found.add(origin, node, it));
                }
                _ => {}
            }
        }
        found.results.retain(|variable, _| !repeated.contains(variable));
        found
    }

    /// Returns an example of each class of the results that a variable receives. Returns
    /// `None` if they have no classes.
    pub(super) fn results(&self, variable: VariableId) -> Option<&[Json]> {
        self.results.get(&variable.0).map(Vec::as_slice)
    }

    /// Returns an example of each class of the entries for a question of a step. Returns
    /// `None` if they have no classes.
    pub(super) fn entries(
        &self,
        node: NodeId,
        question: &InputQuestion<'_>,
    ) -> Option<&[Text]> {
        let entries = self.entries.get(&node)?;
        let is_same = entries.min == question.min_digits.max(1)
            && entries.max == question.max_digits;
        is_same.then_some(&entries.examples)
    }

    fn add(&mut self, origin: &Origin<'_>, node: NodeId, variable: VariableId) {
        let Some(holds) = type_of(origin.program, node, variable) else { return };
        let observations = origin.observations(BTreeSet::from([variable.0]), holds);
        if let Some(classes) = observations.and_then(|it| it.examples(OTHER)) {
            self.results.insert(variable.0, classes);
        }
    }

    fn add_entries(
        &mut self,
        origin: &Origin<'_>,
        node: NodeId,
        collect: &CollectInput,
        known: &mut Known,
    ) {
        let limits = (limit(&collect.min), limit(&collect.max), collect.data);
        let (Some(min), Some(max), Some(data)) = limits else { return };
        let holds = Type::one(Kind::String);
        let is_string = type_of(origin.program, node, data) == Some(holds);
        // A digit that ends an entry is in none.
        if !is_string || collect.terminator.is_some_and(|key| key.is_ascii_digit()) {
            return;
        }
        // Many steps ask for the same variable.
        let examples = known.entry((data.0, min, max)).or_insert_with(|| {
            let observations = origin.observations(BTreeSet::from([data.0]), holds);
            observations.and_then(|it| it.entries(min, max))
        });
        if let Some(examples) = examples.clone() {
            self.entries.insert(node, Entries { min, max, examples });
        }
    }
}

/// Returns the number of digits if it is constant.
pub(super) fn limit(source: &Source) -> Option<u32> {
    match source {
        Source::Constant(Value::Integer(count)) => {
            Some(u32::try_from(*count).unwrap_or(1).clamp(1, MOST_DIGITS))
        }
        Source::Constant(unset) if unset.is_unset() => Some(1),
        _ => None,
    }
}

/// Returns the variables that receive results of a successful lookup.
fn results(lookup: &Lookup) -> Vec<VariableId> {
    match lookup {
        Lookup::DataAction(call) => {
            call.success.iter().filter_map(|it| it.variable).collect()
        }
        Lookup::DataTable(table) => {
            table.found.iter().filter_map(|it| it.variable).collect()
        }
        _ => Vec::new(),
    }
}
