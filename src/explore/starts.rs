//! Calls that start with other values than the given call: inputs of the flow, built-in
//! variables of the platform, attributes of the participant, and random seeds.
//!
//! The call without any values is searched first, then every combination of the values
//! whose classes are all tried. The next calls have all values, then single ones more or
//! less. A call that reaches something new is varied in the same way.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::engine::Call;
use crate::expr::architect::{BUILT_INS, Observations};
use crate::flow::{FlowId, VariableId};
use crate::program::architect::{Action, AttributeList, Source};
use crate::program::{Program, StepAction};
use crate::trace::Trace;
use crate::value::{DateTime, Json, Kind, Text, Type, Value};
use crate::world::Fixtures;

use super::constants::Constants;
use super::emergencies::Emergency;
use super::external::{Decidable, given_reads};
use super::graph::Graph;
use super::liveness::Liveness;
use super::memory::Repeats;
use super::partition::{Trail, is_of_expressions};
use super::patience::Patience;
use super::random::Seeds;
use super::transition::World;
use super::witness::Witness;

/// The largest number of combinations of values that are tried for a proof.
const MOST_COMBINATIONS: usize = 64;

/// The largest number of calls with other values, for each start.
const MOST_CALLS: usize = 160;

/// A string that usually equals no constant of a flow.
const OTHER: &str = "any other value";

/// Built-in variables that the platform sets in every call.
const OF_CALL: [&str; 3] = ["Flow.IsTest", "Flow.StartDateTimeUtc", "Flow.Version"];

/// A call to search, with everything that makes it differ from the given one.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) call: Call,
    /// The call without the variables, the fields of the context and the seed below.
    pub(super) bare: Call,
    /// The start time, if it is not the given one.
    pub(super) at: Option<DateTime>,
    /// Variables that are set before the first action.
    pub(super) variables: Vec<(Text, Json)>,
    /// Fields of the context.
    pub(super) context: Vec<(Text, Json)>,
    /// The random seed, if it is not the given one.
    pub(super) seed: Option<u64>,
    /// The fixtures with an emergency group in its other state, if they are not the given
    /// ones.
    pub(super) emergency: Option<Emergency>,
}

impl Start {
    pub(super) fn of(call: &Call) -> Self {
        let (variables, context) = (Vec::new(), Vec::new());
        let (bare, call) = (call.clone(), call.clone());
        Self { call, bare, at: None, variables, context, seed: None, emergency: None }
    }

    /// Adds the values of the start to a call that was found.
    pub(super) fn give(&self, witness: &mut Witness) {
        witness.variables.clone_from(&self.variables);
        witness.context.clone_from(&self.context);
        witness.seed = self.seed;
        if let Some(emergency) = &self.emergency {
            emergency.give(witness);
        }
    }

    /// Adds the values of the start without which a call that was found would not show the
    /// same.
    pub(super) fn give_needed(
        &self,
        world: &World<'_>,
        witness: &mut Witness,
        shows: &dyn Fn(&Call, &Trace) -> bool,
    ) {
        let mut found = Witness {
            variables: self.variables.clone(),
            context: self.context.clone(),
            seed: self.seed,
            ..witness.clone()
        };
        let is_shown = |simpler: &Witness| {
            let call = simpler.with_values(world.program, self.bare.clone());
            let (call, trace) = simpler.replay(world, call);
            shows(&call, &trace)
        };
        leave_out(&mut found, |it| &mut it.variables, &is_shown);
        leave_out(&mut found, |it| &mut it.context, &is_shown);
        let unseeded = Witness { seed: None, ..found.clone() };
        if found.seed.is_some() && is_shown(&unseeded) {
            found = unseeded;
        }
        *witness = found;
        if let Some(emergency) = &self.emergency {
            emergency.give(witness);
        }
    }

    /// Returns the fixtures of the call.
    pub(super) fn fixtures<'f>(&'f self, given: &'f Fixtures) -> &'f Fixtures {
        self.emergency.as_ref().map_or(given, |emergency| &emergency.fixtures)
    }
}

/// Removes each value without which the call shows the same.
fn leave_out(
    found: &mut Witness,
    part: fn(&mut Witness) -> &mut Vec<(Text, Json)>,
    is_shown: &dyn Fn(&Witness) -> bool,
) {
    for index in (0..part(found).len()).rev() {
        let mut simpler = found.clone();
        part(&mut simpler).remove(index);
        if is_shown(&simpler) {
            *found = simpler;
        }
    }
}

/// A value that calls may have when they start, with its examples.
#[derive(Debug)]
pub(super) struct Given {
    name: Text,
    /// The variable, or the attribute without the prefix of its field of the context.
    of: Owner,
    examples: Vec<Json>,
    /// Whether each other value leads to the same call as an example or as none.
    is_whole: bool,
}

#[derive(Debug)]
enum Owner {
    Slot(u32),
    Attribute(Text),
    /// The random seed.
    Seed,
}

impl Given {
    /// Returns the variations of a call in which it has another example of this value, or
    /// lacks the value.
    pub(super) fn variations(&self, witness: &Witness) -> Vec<Witness> {
        let with = |example: Option<&Json>| {
            let mut changed = witness.clone();
            match (&self.of, example) {
                (Owner::Seed, Some(Json::Integer(seed))) => {
                    changed.seed = Some(seed.unsigned_abs());
                }
                (Owner::Seed, _) => changed.seed = None,
                (Owner::Attribute(_), _) => {
                    replace(&mut changed.context, &self.name, example);
                }
                (Owner::Slot(_), _) => {
                    replace(&mut changed.variables, &self.name, example);
                }
            }
            changed
        };
        let examples = self.examples.iter().map(Some).chain([None]);
        examples.map(with).filter(|changed| changed != witness).collect()
    }
}

/// Replaces or removes the value of a name.
fn replace(values: &mut Vec<(Text, Json)>, name: &Text, value: Option<&Json>) {
    let known = values.iter().position(|(known, _)| known == name);
    match (known, value) {
        (Some(place), Some(value)) => values[place].1 = value.clone(),
        (None, Some(value)) => values.push((name.clone(), value.clone())),
        (Some(place), None) => {
            values.remove(place);
        }
        (None, None) => {}
    }
}

/// Everything that decides which values calls have when they start.
#[derive(Clone, Copy)]
pub(super) struct Origin<'o> {
    pub(super) program: &'o Program,
    pub(super) graph: &'o Graph,
    pub(super) liveness: &'o Liveness,
    pub(super) patience: &'o Patience<'o>,
    pub(super) repeats: &'o Repeats,
    pub(super) is_near: &'o [bool],
    pub(super) constants: &'o Constants,
    /// Whether `==` ignores the case of strings in this organisation.
    pub(super) ignores_case: bool,
    /// The flow in which the calls start.
    pub(super) flow: FlowId,
}

impl Origin<'_> {
    /// Returns the values of the call that the reachable steps read, apart from audio. If
    /// they are fixed, only the random seed is left.
    pub(super) fn givens(&self, is_fixed: bool) -> Vec<Given> {
        let mut givens = if is_fixed { Vec::new() } else { self.values() };
        givens.extend(Seeds::of(self).map(|Seeds { seeds, is_whole }| {
            let number = |seed: u64| i64::try_from(seed).ok().map(Json::Integer);
            let examples = seeds.into_iter().filter_map(number).collect();
            Given { name: "seed".into(), of: Owner::Seed, examples, is_whole }
        }));
        givens
    }

    fn values(&self) -> Vec<Given> {
        let Self { program, liveness, is_near, flow, .. } = *self;
        let slots = given_reads(program, liveness, is_near, flow);
        let continues = || !self.patience.is_over();
        let slots = slots.into_iter().take_while(|_| continues());
        let variables = slots.filter_map(|slot| self.variable(slot));
        let attributes = attributes(program, is_near).into_iter();
        let attributes = attributes.take_while(|_| continues());
        let attributes = attributes.map(|(name, holders)| self.attribute(name, holders));
        variables.chain(attributes).filter(|given| !given.examples.is_empty()).collect()
    }

    fn variable(&self, slot: u32) -> Option<Given> {
        let built_in = slot.checked_sub(self.program.built_in_first);
        let built_in = built_in.and_then(|index| BUILT_INS.get(index as usize));
        let name = match built_in {
            Some(known) if OF_CALL.contains(&known.name) => return None,
            Some(known) => Text::from(known.name),
            None => self.program.symbols.variables.get(slot as usize)?.clone(),
        };
        let holds = self.program.value_type(self.flow, VariableId(slot));
        let holds = holds.unwrap_or(Type::ANY);
        let has_classes = built_in.is_none_or(|known| is_of_expressions(known.name));
        let classes = match has_classes {
            true => self.classes(BTreeSet::from([slot]), holds),
            false => None,
        };
        let (of, is_whole) = (Owner::Slot(slot), classes.is_some());
        let constants = self.constants.of_variable(slot);
        let examples = classes.unwrap_or_else(|| match holds.kind {
            Kind::Any => constants.anything(),
            Kind::Json if !holds.is_collection => {
                let whole = constants.examples(holds).into_iter();
                whole.chain(constants.incomplete_documents()).collect()
            }
            _ => constants.examples(holds),
        });
        Some(Given { name, of, examples, is_whole })
    }

    fn attribute(&self, name: Text, holders: BTreeSet<u32>) -> Given {
        let field = format!("participantData.{name}").into();
        let first = holders.first().copied();
        let is_observed = self.liveness.observed.attributes.contains(&name);
        let classes = self.classes(holders, Type::one(Kind::String));
        let classes = classes.filter(|_| !is_observed);
        let is_whole = classes.is_some();
        let constants =
            first.map_or(self.constants.clone(), |it| self.constants.of_variable(it));
        let examples = classes.unwrap_or_else(|| constants.text_examples());
        Given { name: field, of: Owner::Attribute(name), examples, is_whole }
    }

    /// Returns an example of each class of the values that these variables hold, apart from
    /// NOT_SET. Returns `None` if there are no classes, or too many.
    pub(super) fn classes(
        &self,
        holders: BTreeSet<u32>,
        holds: Type,
    ) -> Option<Vec<Json>> {
        self.observations(holders, holds)?.examples(OTHER)
    }

    /// Returns what the flow observes about the values that these variables hold. Returns
    /// `None` if it uses them in another way.
    pub(super) fn observations(
        &self,
        holders: BTreeSet<u32>,
        holds: Type,
    ) -> Option<Observations> {
        Trail::of(self, holds.kind).observations(holders, holds)
    }
}

/// Returns the names of attributes that reachable steps read, and the variables that get
/// their values.
fn attributes(program: &Program, is_near: &[bool]) -> BTreeMap<Text, BTreeSet<u32>> {
    let mut found: BTreeMap<Text, BTreeSet<u32>> = BTreeMap::new();
    for (step, _) in program.steps.iter().zip(is_near).filter(|(_, is_near)| **is_near) {
        let StepAction::Architect(action) = &step.action else { continue };
        let Action::Attributes(attributes) = &**action else { continue };
        let AttributeList::Get(list) = &attributes.list else { continue };
        for (name, variable) in list {
            if let Source::Constant(Value::String(name)) = name {
                let holders = found.entry(name.clone()).or_default();
                holders.extend(variable.map(|variable| variable.0));
            }
        }
    }
    found
}

/// Returns the values whose classes are all tried in every combination, and these
/// combinations. The first one has no values.
pub(super) fn combinations(givens: &[Given]) -> (Decidable, Vec<Choice>) {
    let mut decidable = Decidable::default();
    let mut choices = vec![vec![0; givens.len()]];
    for (place, given) in givens.iter().enumerate() {
        let count = given.examples.len() + 1;
        if !given.is_whole || choices.len() * count > MOST_COMBINATIONS {
            continue;
        }
        let longer = (0..count).flat_map(|number| {
            let with = |choice: &Choice| {
                let mut choice = choice.clone();
                choice[place] = number;
                choice
            };
            choices.iter().map(with).collect::<Vec<_>>()
        });
        choices = longer.collect();
        match &given.of {
            Owner::Slot(slot) => decidable.slots.insert(*slot),
            Owner::Attribute(name) => decidable.attributes.insert(name.clone()),
            Owner::Seed => !std::mem::replace(&mut decidable.is_random, true),
        };
    }
    (decidable, choices)
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
    /// Returns a plan without the choices that were searched already.
    pub(super) fn new(givens: &'p [Given], searched: Vec<Choice>) -> Self {
        let none = vec![0; givens.len()];
        let all = vec![1; givens.len()];
        let seen = searched.into_iter().collect();
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
        match (&given.of, example) {
            (Owner::Seed, Json::Integer(number)) => {
                let seed = number.unsigned_abs();
                changed.call = changed.call.seed(seed);
                changed.seed = Some(seed);
            }
            (Owner::Attribute(_), _) => {
                changed.call = changed.call.context(program, &name, value);
                changed.context.push(entry);
            }
            _ => {
                changed.call = changed.call.variable(program, &name, value);
                changed.variables.push(entry);
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(count: usize) -> Given {
        let examples = vec![Json::Null; count];
        Given { name: "Flow.a".into(), of: Owner::Slot(0), examples, is_whole: true }
    }

    #[test]
    fn a_variation_has_one_other_value() {
        let examples = vec![Json::Integer(1), Json::Integer(2)];
        let given = Given { examples, ..given(0) };
        let values = |number| vec![("Flow.a".into(), Json::Integer(number))];
        let witness = Witness { variables: values(1), ..Witness::default() };
        let varied = given.variations(&witness).into_iter().map(|it| it.variables);
        assert_eq!(varied.collect::<Vec<_>>(), [values(2), Vec::new()]);
        let none = given.variations(&Witness::default());
        let varied = none.into_iter().map(|it| it.variables);
        assert_eq!(varied.collect::<Vec<_>>(), [values(1), values(2)]);
    }

    #[test]
    fn whole_values_are_combined() {
        let partial = Given { is_whole: false, ..given(5) };
        let (decidable, choices) = combinations(&[given(1), partial, given(2)]);
        assert_eq!(decidable.slots.len(), 1);
        assert_eq!(choices.len(), 6);
        assert_eq!(choices[0], [0, 0, 0]);
        assert_eq!(choices[5], [1, 0, 2]);
        assert_eq!(combinations(&[given(MOST_COMBINATIONS)]).1.len(), 1);
    }

    #[test]
    fn single_values_are_varied_after_all_and_none() {
        let givens = [given(1), given(2)];
        let mut plan = Plan::new(&givens, vec![vec![0, 0]]);
        let taken: Vec<Choice> = std::iter::from_fn(|| plan.take()).collect();
        assert_eq!(taken, [[1, 1], [0, 1], [1, 0], [1, 2], [0, 2]]);
    }

    #[test]
    fn a_useful_choice_is_varied_first() {
        let givens = [given(3), given(3)];
        let mut plan = Plan::new(&givens, Vec::new());
        plan.prefer(&vec![3, 3]);
        assert_eq!(plan.take(), Some(vec![2, 3]));
    }
}
