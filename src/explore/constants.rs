//! The constants of a program, which are tried as input first, and the properties that it
//! reads.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::draft::{Condition, Operand};
use crate::flow::{NodeId, VariableId};
use crate::program::architect::{Action, Source};
use crate::program::{Program, Step, StepAction};
use crate::value::{Text, Value};

use super::ranges::cells::{Cells, computed};

/// The number of copies through which a value is followed to its comparisons.
const COPIES: usize = 3;

/// Returns the pairs of a variable and one whose value is computed from it.
fn copies(program: &Program, is_of_interest: &[bool]) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for (step, _) in program.steps.iter().zip(is_of_interest).filter(|(_, it)| **it) {
        let StepAction::Architect(action) = &step.action else { continue };
        let mut add = |to: VariableId, source: &Source| {
            source.each_expression(&mut |it| {
                found.extend(it.variables().into_iter().map(|from| (from, to.0)));
            });
        };
        match &**action {
            Action::UpdateData(statements) => {
                for statement in statements.iter() {
                    if let Ok(to) = statement.variable {
                        add(to, &statement.value);
                    }
                }
            }
            Action::CallTask(call) => {
                call.inputs.iter().for_each(|(to, it)| add(*to, it));
            }
            Action::Jump(jump) => jump.inputs.iter().for_each(|(to, it)| add(*to, it)),
            _ => {}
        }
    }
    found
}

/// Strings and whole numbers that the flows contain.
#[derive(Debug, Default, Clone)]
pub(super) struct Constants {
    strings: BTreeSet<Text>,
    integers: BTreeSet<i64>,
    /// The properties of variables that expressions read.
    paths: BTreeSet<Vec<Text>>,
    /// The names of all properties that the flows read.
    names: BTreeSet<Text>,
    /// The constants and properties in expressions with a variable, by its slot.
    own: BTreeMap<u32, Constants>,
    /// The cells of variables that are computed from numbers.
    pub(super) computed: BTreeMap<u32, Cells>,
}

impl Constants {
    /// Collects the constants of these steps.
    pub(super) fn of(program: &Program, is_of_interest: &[bool]) -> Self {
        let mut found = Self::default();
        for (index, step) in program.steps.iter().enumerate() {
            if !is_of_interest[NodeId::new(index).index()] {
                continue;
            }
            match &step.action {
                StepAction::Architect(action) => found.add_action(action),
                StepAction::If(decision) => {
                    for branch in &decision.branches {
                        found.add_condition(&branch.condition);
                    }
                }
                _ => {}
            }
        }
        // Constants with which a copy of a value is compared.
        for _ in 0..COPIES {
            let copies = copies(program, is_of_interest);
            copies.into_iter().for_each(|(from, to)| found.share(from, to));
        }
        let steps = program.steps.iter().zip(is_of_interest).filter(|(_, it)| **it);
        let steps: Vec<&Step> = steps.map(|(step, _)| step).collect();
        found.computed = computed(program, &steps);
        found
    }

    fn add_action(&mut self, action: &Action) {
        let mut slots: BTreeSet<u32> = BTreeSet::new();
        let mut all = Self::default();
        action.each_source(&mut |source| {
            if let Source::Constant(value) = source {
                all.add(value);
            }
            source.each_expression(&mut |expression| {
                let mut one = Self::default();
                expression.each_constant(&mut |value| one.add(value));
                slots.extend(expression.variables());
                expression.each_property(&mut |name| {
                    self.names.insert(name.clone());
                });
                for read in
                    expression.reads().into_iter().filter(|it| !it.path.is_empty())
                {
                    let own = self.own.entry(read.slot).or_default();
                    own.paths.insert(read.path.to_vec());
                    self.paths.insert(read.path.into_vec());
                }
                for slot in expression.variables() {
                    self.own.entry(slot).or_default().include(&one);
                }
                self.include(&one);
            });
        });
        // The cases of a switch are compared with its value.
        if matches!(action, Action::Switch(_)) {
            for slot in slots {
                self.own.entry(slot).or_default().include(&all);
            }
            self.include(&all);
        }
    }

    fn include(&mut self, other: &Self) {
        self.strings.extend(other.strings.iter().cloned());
        self.integers.extend(&other.integers);
        self.paths.extend(other.paths.iter().cloned());
    }

    /// Gives a variable the constants of another one, which gets its value.
    fn share(&mut self, from: u32, to: u32) {
        if let Some(other) = self.own.get(&to).cloned() {
            self.own.entry(from).or_default().include(&other);
        }
    }

    /// Returns the constants to try for a variable: those that expressions use with it, else
    /// all of the flow.
    pub(super) fn of_variable(&self, slot: u32) -> Self {
        let own = self.own.get(&slot).cloned().unwrap_or_default();
        let or = |is_empty: bool| if is_empty { self } else { &own };
        Self {
            computed: BTreeMap::new(),
            strings: or(own.strings.is_empty()).strings.clone(),
            integers: or(own.integers.is_empty()).integers.clone(),
            paths: or(own.paths.is_empty()).paths.clone(),
            names: self.names.clone(),
            own: BTreeMap::new(),
        }
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.strings.insert(text.clone());
            }
            Value::Integer(number) => {
                self.integers.insert(*number);
            }
            _ => {}
        }
    }

    fn add_condition<R>(&mut self, condition: &Condition<R>) {
        match condition {
            Condition::Any(items) | Condition::All(items) => {
                items.iter().for_each(|item| self.add_condition(item));
            }
            Condition::Not(inner) => self.add_condition(inner),
            Condition::Compare(_, left, right) => {
                [left, right].into_iter().for_each(|side| self.add_operand(side));
            }
            Condition::Holds(operand) => self.add_operand(operand),
        }
    }

    fn add_operand<R>(&mut self, operand: &Operand<R>) {
        match operand {
            Operand::Literal(value) => self.add(value),
            Operand::Group(inner) => self.add_condition(inner),
            Operand::Reference(_) | Operand::Null => {}
        }
    }

    /// The properties of variables that expressions read, each with those on its path.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Vec<Text>> {
        self.paths.iter()
    }

    /// Returns constants with these paths alone.
    #[cfg(test)]
    pub(super) fn with_paths(paths: impl IntoIterator<Item = Vec<Text>>) -> Self {
        Self { paths: paths.into_iter().collect(), ..Self::default() }
    }

    /// Whether an expression reads a property of this name.
    pub(super) fn reads_property(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// The strings, in alphabetical order.
    pub(super) fn strings(&self) -> impl Iterator<Item = &Text> {
        self.strings.iter()
    }

    /// The whole numbers and their neighbours, in ascending order.
    pub(super) fn near_integers(&self) -> BTreeSet<i64> {
        let near =
            |number: &i64| [number.saturating_sub(1), *number, number.saturating_add(1)];
        self.integers.iter().flat_map(near).collect()
    }

    /// Returns entries of digits with a length in this range: strings as they are, and
    /// numbers with their neighbours, with leading zeros.
    pub(super) fn entries(&self, min: u32, max: u32) -> Vec<Text> {
        let fits = |text: &Text| {
            let length = text.chars().count();
            (min as usize..=max as usize).contains(&length)
        };
        let mut entries: Vec<Text> =
            self.strings.iter().filter(|it| fits(it)).cloned().collect();
        for number in &self.integers {
            for near in [*number, number.saturating_sub(1), number.saturating_add(1)] {
                for width in [1, min as usize, max as usize] {
                    let entry = Text::from(format!("{near:0width$}"));
                    if near >= 0 && fits(&entry) && !entries.contains(&entry) {
                        entries.push(entry);
                    }
                }
            }
        }
        entries
    }
}
