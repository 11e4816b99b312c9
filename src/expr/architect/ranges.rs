//! The range of the results of an expression, for ranges of its variables.
//!
//! A range contains the result of every evaluation that succeeds. It may contain others:
//! `Flow.a - Flow.a` has twice the range of `Flow.a`.

use crate::value::{Decimal, Kind, MAX_INTEGER, Type, Value};

use super::code::{Call, Code, Shape};
use super::expression::Expression;
use super::signature::Category;

/// Values that a variable or an expression may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// All values.
    Any,
    /// Only NOT_SET.
    NotSet,
    /// Only this Boolean.
    Truth(bool),
    /// The Integers from the first to the second number, and with `true` also the Decimals
    /// between them.
    Numbers(i64, i64, bool),
}

use Range::{Any, NotSet, Numbers, Truth};

impl Range {
    /// Returns the range that contains a value and as few others as possible.
    pub fn of(value: &Value) -> Self {
        let bound = |number: Decimal| match number.truncate() {
            Some(whole) if whole.abs() <= MAX_INTEGER => Some(whole),
            _ => None,
        };
        match value {
            Value::Integer(number) => Numbers(*number, *number, false),
            Value::Decimal(number) => {
                match (bound(number.floor()), bound(number.ceil())) {
                    (Some(low), Some(high)) => Numbers(low, high, true),
                    _ => Any,
                }
            }
            Value::Boolean(truth) => Truth(*truth),
            unset if unset.is_unset() => NotSet,
            _ => Any,
        }
    }

    /// Returns a range that contains both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (one, two) if one == two => one,
            (Numbers(low, high, one), Numbers(lowest, highest, two)) => {
                Numbers(low.min(lowest), high.max(highest), one || two)
            }
            _ => Any,
        }
    }

    /// Whether values of both ranges are equal: `Truth` if they all are, or none is.
    #[must_use]
    pub fn equals(self, other: Self) -> Self {
        match (self, other) {
            (NotSet, NotSet) => Any,
            _ => compare(Shape::Equal, self, other),
        }
    }
}

impl Expression {
    /// Returns the range of the results, for the ranges of the variables by slot.
    pub fn range(&self, of: &dyn Fn(u32) -> Range) -> Range {
        self.with(|code| range(code, of))
    }

    /// Visits the comparisons of a variable with a number: the slot, and the whole numbers
    /// at which an outcome begins or ends.
    pub fn each_cut(&self, visit: &mut dyn FnMut(u32, &[i64])) {
        self.with(|code| each_cut(code, visit));
    }
}

fn each_cut(code: &Code, visit: &mut dyn FnMut(u32, &[i64])) {
    if let Code::Call(call) = code {
        match &*call.arguments {
            [Code::Variable(slot), Code::Constant(value)] => {
                if let Numbers(low, high, _) = Range::of(value) {
                    visit(*slot, &cuts(call.shape, low, high));
                }
            }
            [Code::Constant(value), Code::Variable(slot)] => {
                if let Numbers(low, high, _) = Range::of(value) {
                    visit(*slot, &cuts(call.shape.mirrored(), low, high));
                }
            }
            _ => {}
        }
    }
    code.each_part(&mut |part| each_cut(part, visit));
}

/// Returns the first numbers of the ranges into which the comparison with a number between
/// two whole ones divides the Integers.
fn cuts(shape: Shape, low: i64, high: i64) -> Vec<i64> {
    match shape {
        Shape::Any => Vec::new(),
        Shape::Less | Shape::GreaterOrEqual => vec![high],
        Shape::LessOrEqual | Shape::Greater => vec![low + 1],
        Shape::Equal | Shape::NotEqual => vec![low, low + 1, high, high + 1],
    }
}

fn range(code: &Code, of: &dyn Fn(u32) -> Range) -> Range {
    match code {
        Code::Constant(value) => Range::of(value),
        Code::Variable(slot) => of(*slot),
        Code::And(sides, _) => match range(&sides[0], of) {
            Truth(false) => Truth(false),
            Truth(true) => range(&sides[1], of),
            _ if range(&sides[1], of) == Truth(false) => Truth(false),
            _ => Any,
        },
        Code::Or(sides, _) => match range(&sides[0], of) {
            Truth(true) => Truth(true),
            Truth(false) => range(&sides[1], of),
            _ if range(&sides[1], of) == Truth(true) => Truth(true),
            _ => Any,
        },
        Code::Not(side, _) => match range(side, of) {
            Truth(truth) => Truth(!truth),
            _ => Any,
        },
        Code::Choice(parts) => match range(&parts[0], of) {
            Truth(true) => range(&parts[1], of),
            Truth(false) | NotSet => range(&parts[2], of),
            _ => range(&parts[1], of).or(range(&parts[2], of)),
        },
        Code::Prompt { .. } | Code::Property(_) => Any,
        Code::Call(call) => called(call, of),
    }
}

fn called(call: &Call, of: &dyn Fn(u32) -> Range) -> Range {
    let is_operator = call.function.category == Category::Operators;
    let is_number = [Kind::Integer, Kind::Decimal].map(Type::one).contains(&call.result);
    match &*call.arguments {
        [one, two] if call.shape != Shape::Any => {
            compare(call.shape, range(one, of), range(two, of))
        }
        [one] if call.function.name == "IsSet" => match range(one, of) {
            Any => Any,
            known => Truth(known != NotSet),
        },
        _ if !is_number => Any,
        [one] => {
            let Numbers(low, high, is_decimal) = range(one, of) else { return Any };
            let is_decimal = is_decimal && call.result != Type::one(Kind::Integer);
            match call.function.name {
                "-" if is_operator => Numbers(-high, -low, is_decimal),
                "Floor" | "Ceiling" | "Round" | "ToInt" | "ToDecimal" => {
                    Numbers(low, high, is_decimal)
                }
                "Abs" if low >= 0 => Numbers(low, high, is_decimal),
                "Abs" if high <= 0 => Numbers(-high, -low, is_decimal),
                "Abs" => Numbers(0, high.max(-low), is_decimal),
                _ => Any,
            }
        }
        [one, two] if is_operator => {
            let (one, two) = (range(one, of), range(two, of));
            arithmetic(call.function.name, one, two, call.result)
        }
        _ => Any,
    }
}

fn compare(shape: Shape, one: Range, two: Range) -> Range {
    let is_equality = matches!(shape, Shape::Equal | Shape::NotEqual);
    let (low, high, lowest, highest) = match (one, two) {
        (Numbers(low, high, _), Numbers(lowest, highest, _)) => {
            (low, high, lowest, highest)
        }
        (Truth(_) | NotSet, Truth(_) | NotSet)
        | (NotSet, Numbers(..))
        | (Numbers(..), NotSet)
            if is_equality =>
        {
            return Truth((one == two) == (shape == Shape::Equal));
        }
        _ => return Any,
    };
    let known = |is_true: bool, is_false: bool| match (is_true, is_false) {
        (true, _) => Truth(true),
        (_, true) => Truth(false),
        _ => Any,
    };
    let is_one = low == high && lowest == highest && low == lowest;
    let is_apart = high < lowest || highest < low;
    match shape {
        Shape::Less => known(high < lowest, low >= highest),
        Shape::LessOrEqual => known(high <= lowest, low > highest),
        Shape::Greater => known(low > highest, high <= lowest),
        Shape::GreaterOrEqual => known(low >= highest, high < lowest),
        Shape::Equal => known(is_one, is_apart),
        Shape::NotEqual => known(is_apart, is_one),
        Shape::Any => Any,
    }
}

/// Results that exceed the limits of Integers are failures.
fn arithmetic(operator: &str, one: Range, two: Range, result: Type) -> Range {
    // The operands of an Integer are Integers.
    let is_whole = result == Type::one(Kind::Integer);
    let known = |range| match range {
        Any if is_whole => Numbers(-MAX_INTEGER, MAX_INTEGER, false),
        range => range,
    };
    let [one, two] = [one, two].map(known);
    let (Numbers(low, high, one), Numbers(lowest, highest, two)) = (one, two) else {
        return Any;
    };
    let is_decimal = one || two || operator == "/";
    let sides = [[low, high], [lowest, highest]].map(|side| side.map(i128::from));
    let Some(bounds) = bounds(operator, sides, is_decimal) else { return Any };
    let limit = i128::from(MAX_INTEGER);
    if !is_whole && (bounds[0] < -limit || bounds[1] > limit) {
        return Any;
    }
    match bounds.map(|bound| i64::try_from(bound.clamp(-limit, limit))) {
        [Ok(low), Ok(high)] => Numbers(low, high, is_decimal && !is_whole),
        _ => Any,
    }
}

/// Returns the least and the greatest result for operands between these numbers. Returns
/// `None` for other operators, and if the second operand may be zero.
fn bounds(operator: &str, sides: [[i128; 2]; 2], is_decimal: bool) -> Option<[i128; 2]> {
    let [[low, high], [lowest, highest]] = sides;
    let corners = |of: fn(i128, i128) -> i128| {
        [of(low, lowest), of(low, highest), of(high, lowest), of(high, highest)]
    };
    let is_zero = lowest <= 0 && highest >= 0;
    match operator {
        "+" => Some([low + lowest, high + highest]),
        "-" => Some([low - highest, high - lowest]),
        "*" => Some(hull(corners(|one, two| one * two))),
        "/" if !is_zero => {
            let [down, _] = hull(corners(quotient_down));
            let [_, up] = hull(corners(quotient_up));
            Some([down, up])
        }
        "%" if !is_zero => Some(remainder(sides, is_decimal)),
        _ => None,
    }
}

/// A remainder has the sign of the dividend, and is smaller than the divisor.
fn remainder(sides: [[i128; 2]; 2], is_decimal: bool) -> [i128; 2] {
    let [[low, high], [lowest, highest]] = sides;
    let is_one = low == high && lowest == highest && !is_decimal;
    // Smaller dividends are their own remainders.
    if low.abs().max(high.abs()) < lowest.abs().min(highest.abs()) {
        [low, high]
    } else if is_one {
        [low % lowest; 2]
    } else {
        let most = lowest.abs().max(highest.abs()) - i128::from(!is_decimal);
        [low.clamp(-most, 0), high.clamp(0, most)]
    }
}

fn hull(corners: [i128; 4]) -> [i128; 2] {
    let [one, two, three, four] = corners;
    let low = one.min(two).min(three.min(four));
    [low, one.max(two).max(three.max(four))]
}

fn quotient_down(one: i128, two: i128) -> i128 {
    one / two - i128::from(one % two != 0 && (one < 0) != (two < 0))
}

fn quotient_up(one: i128, two: i128) -> i128 {
    one / two + i128::from(one % two != 0 && (one < 0) == (two < 0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::names::Declarations;
    use super::super::{Environment, Scope};
    use super::*;
    use crate::expr::laws::laws;

    struct Given([Value; 2]);

    impl Scope for Given {
        fn variable(&self, slot: u32) -> &Value {
            &self.0[slot as usize]
        }

        fn environment(&self) -> &dyn Environment {
            &super::super::trial::Empty
        }
    }

    fn number() -> BoxedStrategy<String> {
        let leaf = prop_oneof![
            3 => select(&["Flow.i", "Flow.j"][..]).prop_map(str::to_owned),
            2 => (-9_i32..10).prop_map(|it| format!("({it})")),
            1 => select(&["2.5", "0.5", "999999999999999"][..]).prop_map(str::to_owned),
        ];
        let combined = |inner: BoxedStrategy<String>| {
            let operator = select(&["+", "-", "*", "/", "%"][..]);
            prop_oneof![
                4 => (inner.clone(), operator, inner.clone())
                    .prop_map(|(one, operator, two)| format!("({one} {operator} {two})")),
                1 => (select(&["ToInt", "Abs", "Floor", "Ceiling", "Round", "-"][..]), inner.clone())
                    .prop_map(|(function, it)| format!("{function}({it})")),
                1 => (inner.clone(), inner.clone(), inner)
                    .prop_map(|(one, two, three)| format!("If({one} > 2, {two}, {three})")),
            ]
        };
        leaf.boxed().prop_recursive(4, 16, 3, combined).boxed()
    }

    fn expression() -> impl Strategy<Value = String> {
        let order = select(&["<", "<=", ">", ">=", "==", "!="][..]);
        let test = (number(), order, number())
            .prop_map(|(one, order, two)| format!("({one} {order} {two})"));
        let set = Just("(IsSet(Flow.j) and Flow.j != Flow.i)".to_owned());
        let test = prop_oneof![5 => test, 1 => set];
        let tests = (test.clone(), select(&["and", "or"][..]), test.clone())
            .prop_map(|(one, word, two)| format!("({one} {word} !{two})"));
        prop_oneof![number(), test, tests]
    }

    fn contains(range: Range, value: &Value) -> bool {
        match (range, value) {
            (Any, _) => true,
            (Truth(one), Value::Boolean(two)) => one == *two,
            (Numbers(low, high, _), Value::Integer(it)) => (low..=high).contains(it),
            (Numbers(low, high, true), Value::Decimal(it)) => {
                Decimal::from(low) <= *it && *it <= Decimal::from(high)
            }
            (NotSet, value) => value.is_unset(),
            _ => false,
        }
    }

    laws! {
        times 8;

        #[test]
        fn a_range_contains_every_result(
            text in expression(),
            lows in [-12_i64..12, -12_i64..12],
            lengths in [0_i64..8, 0_i64..8],
            is_set in any::<bool>(),
        ) {
            let mut names = Declarations::new();
            names.declare("Flow.i", Type::one(Kind::Integer));
            names.declare("Flow.j", Type::one(Kind::Integer));
            let Ok(expression) = Expression::compile(&text, &mut names, None) else {
                return Ok(());
            };
            let of = |slot: u32| {
                let place = slot as usize;
                match is_set || place == 0 {
                    true => Numbers(lows[place], lows[place] + lengths[place], false),
                    false => NotSet,
                }
            };
            let range = expression.range(&of);
            for i in lows[0]..=lows[0] + lengths[0] {
                for j in lows[1]..=lows[1] + lengths[1] {
                    let second = match is_set {
                        true => Value::Integer(j),
                        false => Value::unset(Type::one(Kind::Integer)),
                    };
                    let given = Given([Value::Integer(i), second]);
                    if let Ok(value) = expression.evaluate(&given) {
                        prop_assert!(contains(range, &value), "{text} of {i}, {j}: {value:?} in {range:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn ranges_are_small() {
        let range = |text: &str| {
            let mut names = Declarations::new();
            names.declare("Flow.i", Type::one(Kind::Integer));
            names.declare("Flow.j", Type::one(Kind::Integer));
            let expression = Expression::compile(text, &mut names, None).unwrap();
            expression
                .range(&|slot| if slot == 0 { Numbers(-20, -3, false) } else { Any })
        };
        assert_eq!(range("Flow.i % 7 + 10"), Numbers(4, 10, false));
        assert_eq!(range("ToInt(Flow.i * 9 / 10)"), Numbers(-18, -2, false));
        assert_eq!(range("Flow.i < 0 or Flow.j == 1"), Truth(true));
        assert_eq!(range("Flow.j == 1 and Flow.i > -3"), Truth(false));
        assert_eq!(range("If(Flow.j > 1, 5, Flow.i)"), Numbers(-20, 5, false));
        assert_eq!(range("Flow.j % 7"), Numbers(-6, 6, false));
        assert_eq!(range("Flow.j / 7"), Any);
    }
}
