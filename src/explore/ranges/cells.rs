//! The cells into which the flow's own constants divide the values of its variables.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::architect::Range;
use crate::program::Program;
use crate::program::architect::{Action, Source};
use crate::program::{Step, StepAction};
use crate::value::{Kind, MAX_INTEGER, Type, Value};

use super::super::possible::declared;

/// The cell of a variable of which nothing is known.
pub(super) const ANY: u16 = 0;

/// The cell of NOT_SET.
const NOT_SET: u16 = 1;

/// The first cell of the values.
const FIRST: u16 = 2;

/// The largest number of numbers at which the cells of a variable may end.
const MOST_POINTS: usize = 100;

/// Numbers between two constants are cells of their own if there are at most so many.
const MOST_BETWEEN: i64 = 8;

/// The number of copies through which a value is followed to its comparisons.
const COPIES: usize = 3;

/// The cells of one variable.
#[derive(Debug, Clone)]
pub(in super::super) enum Cells {
    /// One for each Boolean.
    Truth,
    /// Each of these Integers, and the Integers between two of them.
    Numbers(Vec<i64>),
}

/// Returns the cells of the Boolean and Integer variables, by slot.
pub(super) fn cells(program: &Program, steps: &[&Step]) -> BTreeMap<u32, Cells> {
    let mut points: BTreeMap<u32, BTreeSet<i64>> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for variable in declared(program) {
        if variable.value_type == Type::one(Kind::Boolean) {
            found.insert(variable.id.0, Cells::Truth);
        } else if variable.value_type == Type::one(Kind::Integer) {
            points
                .insert(variable.id.0, constant(&variable.initial).into_iter().collect());
        }
    }
    let mut add = |slot: u32, numbers: &[i64]| {
        points.entry(slot).and_modify(|points| points.extend(numbers));
    };
    for step in steps {
        let StepAction::Architect(action) = &step.action else { continue };
        assigned(action, &mut |slot, source| add(slot, constant(source).as_slice()));
        action.each_source(&mut |source| {
            source.each_expression(&mut |it| {
                it.each_compared(&mut |slot, it| add(slot, &it))
            });
        });
        if let Action::Switch(switch) = &**action
            && let Some(value) = &switch.value
            && let Source::Expression(expression) = &value.source
            && expression.is_variable()
        {
            let numbers: Vec<i64> =
                switch.cases.iter().filter_map(|case| constant(&case.source)).collect();
            expression.variables().iter().for_each(|slot| add(*slot, &numbers));
        }
    }
    for _ in 0..COPIES {
        for step in steps {
            share(step, &mut points);
        }
    }
    for (slot, points) in points {
        if points.len() <= MOST_POINTS {
            found.insert(slot, Cells::Numbers(filled(points)));
        }
    }
    found
}

/// The constants of a variable are also those of the variables that are copied to it.
fn share(step: &Step, points: &mut BTreeMap<u32, BTreeSet<i64>>) {
    let StepAction::Architect(action) = &step.action else { return };
    assigned(action, &mut |slot, source| {
        if let Source::Expression(expression) = source
            && expression.is_variable()
            && let Some(own) = points.get(&slot).cloned()
        {
            for from in expression.variables() {
                points.entry(from).and_modify(|points| points.extend(&own));
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

fn constant(source: &Source) -> Option<i64> {
    let value = match source {
        Source::Constant(value) => Some(value),
        Source::Expression(expression) => expression.constant(),
        _ => None,
    };
    match value {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    }
}

/// Adds the numbers of small gaps, such as those of a counter.
fn filled(points: BTreeSet<i64>) -> Vec<i64> {
    let mut all = Vec::new();
    for point in points {
        if let Some(last) = all.last().copied()
            && point - last <= MOST_BETWEEN
        {
            all.extend(last + 1..point);
        }
        all.push(point);
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
            Self::Numbers(points) => {
                let [low, high] = bounds(points, place);
                Range::Numbers(low, high, false)
            }
        }
    }

    /// Returns the cell of a value, if it is an Integer.
    pub(in super::super) fn of_value(&self, value: &Value) -> Option<usize> {
        match (self, value) {
            (Self::Numbers(points), Value::Integer(number)) => {
                Some(place(points, *number))
            }
            _ => None,
        }
    }

    /// Returns the cells of the values in a range.
    pub(super) fn of(&self, range: Range) -> Vec<u16> {
        let places = match (self, range) {
            (_, Range::NotSet) => return vec![NOT_SET],
            (Self::Truth, Range::Any) => 0..=1,
            (Self::Truth, Range::Truth(truth)) => usize::from(truth)..=usize::from(truth),
            (Self::Numbers(points), Range::Any) => 0..=2 * points.len(),
            (Self::Numbers(points), Range::Numbers(low, high, _)) => {
                place(points, low)..=place(points, high)
            }
            // A value of another type, which was converted.
            _ => return vec![ANY],
        };
        let unset = (range == Range::Any).then_some(NOT_SET);
        let cell = |place| Some(FIRST + u16::try_from(place).ok()?);
        let has_values = |cell: &u16| match self.range(*cell) {
            Range::Numbers(low, high, _) => low <= high,
            _ => true,
        };
        unset.into_iter().chain(places.filter_map(cell).filter(has_values)).collect()
    }
}

/// Returns the place of the cell of a number.
fn place(points: &[i64], number: i64) -> usize {
    match points.binary_search(&number) {
        Ok(index) => 2 * index + 1,
        Err(index) => 2 * index,
    }
}

/// The bounds of a cell: even places are gaps, odd ones are points.
fn bounds(points: &[i64], place: usize) -> [i64; 2] {
    let (index, is_point) = (place / 2, place % 2 == 1);
    if is_point {
        return [points[index]; 2];
    }
    let low = index.checked_sub(1).map_or(-MAX_INTEGER, |before| points[before] + 1);
    let high = points.get(index).map_or(MAX_INTEGER, |point| point - 1);
    [low, high]
}
