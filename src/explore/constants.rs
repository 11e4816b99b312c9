//! The constants of a program, which are tried as input first, and the properties that it
//! reads.

use std::collections::BTreeSet;

use crate::expr::draft::{Condition, Operand};
use crate::flow::NodeId;
use crate::program::{Program, StepAction};
use crate::value::{Text, Value};

/// Strings and whole numbers that the flows contain.
#[derive(Debug, Default)]
pub(super) struct Constants {
    strings: BTreeSet<Text>,
    integers: BTreeSet<i64>,
    /// The properties of variables that expressions read.
    paths: BTreeSet<Vec<Text>>,
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
                StepAction::Architect(action) => action.each_source(&mut |source| {
                    source.each_expression(&mut |expression| {
                        expression.each_constant(&mut |value| found.add(value));
                        let reads = expression.reads().into_iter();
                        let paths = reads.map(|read| read.path.into_vec());
                        found.paths.extend(paths.filter(|path| !path.is_empty()));
                    });
                }),
                StepAction::If(decision) => {
                    for branch in &decision.branches {
                        found.add_condition(&branch.condition);
                    }
                }
                _ => {}
            }
        }
        found
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

    /// Whether an expression reads a property of this name.
    pub(super) fn reads_property(&self, name: &str) -> bool {
        self.paths.iter().flatten().any(|known| known.eq_ignore_ascii_case(name))
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
