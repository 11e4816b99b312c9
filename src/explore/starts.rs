//! Calls that start with other values than the given call: inputs of the flow, built-in
//! variables of the platform, and attributes of the participant.
//!
//! The call without any values is searched first. The next calls have all values, then
//! single ones more or less. A call that reaches something new is varied in the same way.

use std::collections::{BTreeSet, VecDeque};

use crate::engine::Call;
use crate::expr::architect::BUILT_INS;
use crate::flow::{FlowId, NodeId, VariableId};
use crate::program::architect::{Action, AttributeList, Source};
use crate::program::{Program, StepAction};
use crate::value::{DateTime, Json, Kind, Text, Type, Value};

use super::constants::Constants;

/// The largest number of calls with other values, for each start.
const MOST_CALLS: usize = 160;

/// Built-in variables that the platform sets in every call.
const OF_CALL: [&str; 3] = ["Flow.IsTest", "Flow.StartDateTimeUtc", "Flow.Version"];

/// A call to search, with everything that makes it differ from the given one.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) call: Call,
    /// The start time, if it is not the given one.
    pub(super) at: Option<DateTime>,
    /// Variables that are set before the first action.
    pub(super) variables: Vec<(Text, Json)>,
    /// Fields of the context.
    pub(super) context: Vec<(Text, Json)>,
}

impl Start {
    pub(super) fn of(call: &Call) -> Self {
        Self { call: call.clone(), at: None, variables: Vec::new(), context: Vec::new() }
    }
}

/// A value that calls may have when they start, with its examples.
#[derive(Debug)]
pub(super) struct Given {
    name: Text,
    is_attribute: bool,
    examples: Vec<Json>,
}

/// Returns the values of the call that the reachable steps read, apart from audio.
/// `slots` are the variables that they read.
pub(super) fn givens(
    program: &Program,
    is_near: &[bool],
    constants: &Constants,
    start: FlowId,
    slots: &BTreeSet<u32>,
) -> Vec<Given> {
    let variables = slots.iter().filter_map(|slot| {
        let built_in = slot.checked_sub(program.built_in_first);
        let built_in = built_in.and_then(|index| BUILT_INS.get(index as usize));
        let name = match built_in {
            Some(known) if OF_CALL.contains(&known.name) => return None,
            Some(known) => Text::from(known.name),
            None => program.symbols.variables.get(*slot as usize)?.clone(),
        };
        let holds = program.value_type(start, VariableId(*slot)).unwrap_or(Type::ANY);
        let examples = match holds.kind {
            Kind::Any => constants.anything(),
            _ => constants.examples(holds),
        };
        Some(Given { name, is_attribute: false, examples })
    });
    let attributes = attributes(program, is_near).into_iter().map(|name| Given {
        name: format!("participantData.{name}").into(),
        is_attribute: true,
        examples: constants.texts(),
    });
    variables.chain(attributes).filter(|given| !given.examples.is_empty()).collect()
}

/// Returns the names of attributes that reachable steps read.
fn attributes(program: &Program, is_near: &[bool]) -> BTreeSet<Text> {
    let mut names = BTreeSet::new();
    let near = program.steps.iter().enumerate();
    let near = near.filter(|(index, _)| is_near[NodeId::new(*index).index()]);
    for (_, step) in near {
        let StepAction::Architect(action) = &step.action else { continue };
        let Action::Attributes(attributes) = &**action else { continue };
        let AttributeList::Get(list) = &attributes.list else { continue };
        for (name, _) in list {
            if let Source::Constant(Value::String(name)) = name {
                names.insert(name.clone());
            }
        }
    }
    names
}

/// The number of an example for each value; 0 leaves it out.
pub(super) type Choice = Vec<usize>;

/// The order in which calls with other values are searched.
pub(super) struct Plan<'p> {
    givens: &'p [Given],
    open: VecDeque<Choice>,
    seen: BTreeSet<Choice>,
    taken: usize,
}

impl<'p> Plan<'p> {
    pub(super) fn new(givens: &'p [Given]) -> Self {
        let none = vec![0; givens.len()];
        let all = vec![1; givens.len()];
        let seen = BTreeSet::from([none.clone()]);
        let mut plan = Self { givens, open: VecDeque::new(), seen, taken: 0 };
        plan.add(all.clone());
        plan.vary(&all);
        plan.vary(&none);
        plan
    }

    /// Adds the choices that differ from this one in a single value, those first that
    /// leave it out or give it its first example.
    pub(super) fn vary(&mut self, choice: &Choice) {
        let most = self.givens.iter().map(|given| given.examples.len()).max();
        for number in 0..=most.unwrap_or_default() {
            for (place, given) in self.givens.iter().enumerate() {
                if number <= given.examples.len() {
                    let mut other = choice.clone();
                    other[place] = number;
                    self.add(other);
                }
            }
        }
    }

    fn add(&mut self, choice: Choice) {
        if self.seen.insert(choice.clone()) {
            self.open.push_back(choice);
        }
    }

    /// Takes the next choice.
    pub(super) fn take(&mut self) -> Option<Choice> {
        self.taken += 1;
        let next = self.open.pop_front();
        next.filter(|_| self.taken <= MOST_CALLS)
    }

    /// Varies a choice that reached something new before all others.
    pub(super) fn prefer(&mut self, choice: &Choice) {
        let later = std::mem::take(&mut self.open);
        self.vary(choice);
        self.open.extend(later);
    }
}

/// Returns the call with the chosen values.
pub(super) fn with_values(
    program: &Program,
    start: &Start,
    givens: &[Given],
    choice: &Choice,
) -> Start {
    let mut changed = start.clone();
    for (given, number) in givens.iter().zip(choice) {
        let Some(example) = number.checked_sub(1).and_then(|it| given.examples.get(it))
        else {
            continue;
        };
        let (name, value) = (given.name.clone(), Value::from(example.clone()));
        let entry = (name.clone(), example.clone());
        if given.is_attribute {
            changed.call = changed.call.context(program, &name, value);
            changed.context.push(entry);
        } else {
            changed.call = changed.call.variable(program, &name, value);
            changed.variables.push(entry);
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_values_are_varied_after_all_and_none() {
        let given = |count: usize| Given {
            name: "Flow.a".into(),
            is_attribute: false,
            examples: vec![Json::Null; count],
        };
        let givens = [given(1), given(2)];
        let mut plan = Plan::new(&givens);
        let taken: Vec<Choice> = std::iter::from_fn(|| plan.take()).collect();
        assert_eq!(taken, [[1, 1], [0, 1], [1, 0], [1, 2], [0, 2]]);
    }

    #[test]
    fn a_useful_choice_is_varied_first() {
        let given = |_| Given {
            name: "Flow.a".into(),
            is_attribute: false,
            examples: vec![Json::Null; 3],
        };
        let givens: Vec<Given> = (0..2).map(given).collect();
        let mut plan = Plan::new(&givens);
        plan.prefer(&vec![3, 3]);
        assert_eq!(plan.take(), Some(vec![0, 3]));
    }
}
