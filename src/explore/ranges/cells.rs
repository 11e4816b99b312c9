//! The cells into which the flow's own constants divide the values of its variables.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::architect::Range;
use crate::program::Program;
use crate::program::architect::{Action, Source};
use crate::program::{Step, StepAction};
use crate::value::{Kind, MAX_INTEGER, Type, Value};

use super::super::possible::declared;

/// The cell of an unknown value.
pub(super) const ANY: u16 = 0;

/// The cell of NOT_SET.
const NOT_SET: u16 = 1;

/// The first cell of the values.
const FIRST: u16 = 2;

/// The largest number of numbers at which the cells of a variable begin.
const MOST_CUTS: usize = 200;

/// The largest number of Integers between two constants that each are one cell.
const MOST_BETWEEN: i64 = 8;

/// The number of copies through which a value is followed to its comparisons.
const COPIES: usize = 3;

/// The cells of one variable.
#[derive(Debug, Clone)]
pub(in super::super) enum Cells {
    /// One for each Boolean.
    Truth,
    /// The Integers from each of these numbers to the next one, and those before the first.
    Numbers(Vec<i64>),
}

/// The first numbers of cells, by slot of the variable.
type Cuts = BTreeMap<u32, BTreeSet<i64>>;

/// Returns the cells of the Boolean and Integer variables, by slot.
pub(super) fn cells(program: &Program, steps: &[&Step]) -> BTreeMap<u32, Cells> {
    let mut cuts = Cuts::new();
    let mut found = BTreeMap::new();
    for variable in declared(program) {
        if variable.value_type == Type::one(Kind::Boolean) {
            found.insert(variable.id.0, Cells::Truth);
        } else if variable.value_type == Type::one(Kind::Integer) {
            cuts.insert(variable.id.0, around(&variable.initial).collect());
        }
    }
    for step in steps {
        if let StepAction::Architect(action) = &step.action {
            add_action(action, &mut cuts);
        }
    }
    for _ in 0..COPIES {
        steps.iter().for_each(|step| share(step, &mut cuts));
    }
    for (slot, cuts) in cuts {
        let cuts = filled(cuts);
        if cuts.len() <= MOST_CUTS {
            found.insert(slot, Cells::Numbers(cuts));
        }
    }
    found
}

/// Adds the cuts at the numbers that an action assigns to variables or compares them with.
fn add_action(action: &Action, cuts: &mut Cuts) {
    let mut add = |slot: u32, own: &[i64]| {
        cuts.entry(slot).and_modify(|cuts| cuts.extend(own));
    };
    assigned(action, &mut |slot, source| {
        add(slot, &around(source).collect::<Vec<i64>>());
    });
    action.each_source(&mut |source| {
        source.each_expression(&mut |it| it.each_cut(&mut add));
    });
    if let Action::Switch(switch) = action
        && let Some(value) = &switch.value
        && let Source::Expression(expression) = &value.source
        && expression.is_variable()
    {
        let own: Vec<i64> =
            switch.cases.iter().flat_map(|case| around(&case.source)).collect();
        expression.variables().iter().for_each(|slot| add(*slot, &own));
    }
}

/// The constants of a variable are also those of the variables that are copied to it.
fn share(step: &Step, cuts: &mut Cuts) {
    let StepAction::Architect(action) = &step.action else { return };
    assigned(action, &mut |slot, source| {
        if let Source::Expression(expression) = source
            && expression.is_variable()
            && let Some(own) = cuts.get(&slot).cloned()
        {
            for from in expression.variables() {
                cuts.entry(from).and_modify(|cuts| cuts.extend(&own));
            }
        }
    });
}

/// Returns the cells of the Integer variables that these steps compute from numbers, as
/// `Flow.a = Flow.a * 3 % 100` does. Each call may have another value there.
pub(in super::super) fn computed(
    program: &Program,
    steps: &[&Step],
) -> BTreeMap<u32, Cells> {
    let mut slots: BTreeSet<u32> = BTreeSet::new();
    for step in steps {
        let StepAction::Architect(action) = &step.action else { continue };
        assigned(action, &mut |slot, source| {
            if let Source::Expression(expression) = source
                && !expression.is_variable()
                && !expression.variables().is_empty()
            {
                slots.insert(slot);
            }
        });
    }
    if slots.is_empty() {
        return BTreeMap::new();
    }
    let mut found = cells(program, steps);
    found
        .retain(|slot, cells| slots.contains(slot) && matches!(cells, Cells::Numbers(_)));
    found
}

/// Visits the variables that an action sets, with their values.
fn assigned(action: &Action, visit: &mut dyn FnMut(u32, &Source)) {
    match action {
        Action::UpdateData(statements) => {
            for statement in statements {
                if let Ok(variable) = &statement.variable {
                    visit(variable.0, &statement.value);
                }
            }
        }
        Action::CallTask(call) => {
            call.inputs.iter().for_each(|(variable, source)| visit(variable.0, source));
        }
        Action::Jump(jump) => {
            jump.inputs.iter().for_each(|(variable, source)| visit(variable.0, source));
        }
        _ => {}
    }
}

/// Returns the cuts around the number that a source is, if it is one.
fn around(source: &Source) -> impl Iterator<Item = i64> {
    let value = match source {
        Source::Constant(value) => Some(value),
        Source::Expression(expression) => expression.constant(),
        _ => None,
    };
    let number = match value {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    };
    number.into_iter().flat_map(|number| [number, number + 1])
}

/// Makes cells of single numbers from short ones, such as those of a counter.
fn filled(cuts: BTreeSet<i64>) -> Vec<i64> {
    let mut all: Vec<i64> = Vec::new();
    for cut in cuts {
        if let Some(last) = all.last().copied()
            && cut - last <= MOST_BETWEEN
        {
            all.extend(last + 1..cut);
        }
        all.push(cut);
    }
    all
}

impl Cells {
    /// Returns the range of the values in a cell.
    pub(super) fn range(&self, cell: u16) -> Range {
        let Some(place) = cell.checked_sub(FIRST).map(usize::from) else {
            return if cell == NOT_SET { Range::NotSet } else { Range::Any };
        };
        match self {
            Self::Truth => Range::Truth(place == 1),
            Self::Numbers(cuts) => {
                let before = place.checked_sub(1).and_then(|it| cuts.get(it));
                let low = before.copied().unwrap_or(-MAX_INTEGER);
                let high = cuts.get(place).map_or(MAX_INTEGER, |cut| cut - 1);
                Range::Numbers(low, high, false)
            }
        }
    }

    /// Returns the cell of a value, if it is an Integer.
    pub(in super::super) fn of_value(&self, value: &Value) -> Option<usize> {
        match (self, value) {
            (Self::Numbers(cuts), Value::Integer(number)) => Some(place(cuts, *number)),
            _ => None,
        }
    }

    /// Returns the cells of the values in a range.
    pub(super) fn of(&self, range: Range) -> Vec<u16> {
        let places = match (self, range) {
            (_, Range::NotSet) => return vec![NOT_SET],
            (Self::Truth, Range::Any) => 0..=1,
            (Self::Truth, Range::Truth(truth)) => usize::from(truth)..=usize::from(truth),
            (Self::Numbers(cuts), Range::Any) => 0..=cuts.len(),
            (Self::Numbers(cuts), Range::Numbers(low, high, _)) => {
                place(cuts, low)..=place(cuts, high)
            }
            // A value of another type, which was converted.
            _ => return vec![ANY],
        };
        let unset = (range == Range::Any).then_some(NOT_SET);
        let cell = |place| Some(FIRST + u16::try_from(place).ok()?);
        unset.into_iter().chain(places.filter_map(cell)).collect()
    }
}

/// Returns the place of the cell of a number.
fn place(cuts: &[i64], number: i64) -> usize {
    cuts.partition_point(|cut| *cut <= number)
}
