//! Equality and order.

use std::cmp::Ordering;

use crate::value::{Kind, Type, Value, compare_culturally};

use super::super::super::arguments::Arguments;
use super::super::super::equality::equal;
use super::super::super::failure::Failure;
use super::super::super::signature::{
    Category, Function, Overload, Parameter, many, one, overload,
};
use super::super::limits;

pub(in crate::expr::architect) const EQUAL: Function = Function {
    name: "==",
    category: Category::Operators,
    summary: "Returns whether two values of the same type are equal; an Integer may be compared with a Decimal. NOT_SET equals NOT_SET.",
    example: ("5 == 5.0", "true"),
    overloads: &[
        between(ANY_PAIR, are_equal),
        between(DECIMAL_INTEGER, are_equal),
        between(INTEGER_DECIMAL, are_equal),
        between(INTEGERS_DECIMALS, are_equal),
        between(DECIMALS_INTEGERS, are_equal),
        between(PHONE_NUMBERS, are_equal),
        between(COLLECTIONS, are_equal),
    ],
};

pub(in crate::expr::architect) const NOT_EQUAL: Function = Function {
    name: "!=",
    category: Category::Operators,
    summary: "Returns whether two values differ: the opposite of `==`.",
    example: ("MakeList(1, 2) != MakeList(1, 3)", "true"),
    overloads: &[
        between(ANY_PAIR, differ),
        between(DECIMAL_INTEGER, differ),
        between(INTEGER_DECIMAL, differ),
        between(PHONE_NUMBERS, differ),
        between(INTEGERS_DECIMALS, differ),
        between(DECIMALS_INTEGERS, differ),
        between(COLLECTIONS, differ),
    ],
};

const LEFT: &str = "valueToCompare";
const RIGHT: &str = "valueToCompareTo";

const ANY_PAIR: &[Parameter] =
    &[one(LEFT, Kind::Any).or_not_set(), one(RIGHT, Kind::Any).or_not_set()];
const DECIMAL_INTEGER: &[Parameter] =
    &[one(LEFT, Kind::Decimal).or_not_set(), one(RIGHT, Kind::Integer).or_not_set()];
const INTEGER_DECIMAL: &[Parameter] =
    &[one(LEFT, Kind::Integer).or_not_set(), one(RIGHT, Kind::Decimal).or_not_set()];
const INTEGERS_DECIMALS: &[Parameter] =
    &[many(LEFT, Kind::Integer).or_not_set(), many(RIGHT, Kind::Decimal).or_not_set()];
const DECIMALS_INTEGERS: &[Parameter] =
    &[many(LEFT, Kind::Decimal).or_not_set(), many(RIGHT, Kind::Integer).or_not_set()];
const PHONE_NUMBERS: &[Parameter] = &[
    one(LEFT, Kind::PhoneNumber).or_not_set(),
    one(RIGHT, Kind::PhoneNumber).or_not_set(),
];
const COLLECTIONS: &[Parameter] =
    &[many(LEFT, Kind::Any).or_not_set(), many(RIGHT, Kind::Any).or_not_set()];

const fn between(
    pair: &'static [Parameter],
    body: fn(&Arguments<'_>) -> Result<Value, Failure>,
) -> Overload {
    overload(pair, Type::one(Kind::Boolean), body).reading_surroundings()
}

macro_rules! order {
    ($body:path) => {
        binary!("valueToCompare", "valueToCompareTo";
            Integer, Decimal => Boolean by $body;
            Decimal, Integer => Boolean by $body;
            Currency, Currency => Boolean by $body;
            DateTime, DateTime => Boolean by $body;
            Decimal, Decimal => Boolean by $body;
            Duration, Duration => Boolean by $body;
            Integer, Integer => Boolean by $body;
            String, String => Boolean by $body;
        )
    };
}

pub(in crate::expr::architect) const LESS: Function = Function {
    name: "<",
    category: Category::Operators,
    summary: "Returns whether a value is less than another. Strings are ordered as by `Compare`.",
    example: ("9.2 < 7.7", "false"),
    overloads: order!(is_less),
};

pub(in crate::expr::architect) const LESS_OR_EQUAL: Function = Function {
    name: "<=",
    category: Category::Operators,
    summary: "Returns whether a value is less than another or equal to it.",
    example: ("MakeDuration(0, 2, 30, 0) <= MakeDuration(0, 2, 30, 0)", "true"),
    overloads: order!(is_less_or_equal),
};

pub(in crate::expr::architect) const GREATER: Function = Function {
    name: ">",
    category: Category::Operators,
    summary: "Returns whether a value is greater than another. Strings are ordered as by `Compare`.",
    example: ("\"Hello\" > \"World\"", "false"),
    overloads: order!(is_greater),
};

pub(in crate::expr::architect) const GREATER_OR_EQUAL: Function = Function {
    name: ">=",
    category: Category::Operators,
    summary: "Returns whether a value is greater than another or equal to it.",
    example: ("150 >= 125", "true"),
    overloads: order!(is_greater_or_equal),
};

fn are_equal(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(sides_are_equal(arguments)))
}

fn differ(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(!sides_are_equal(arguments)))
}

fn sides_are_equal(arguments: &Arguments<'_>) -> bool {
    let policies = arguments.environment().directory().policies();
    equal(arguments.value(0), arguments.value(1), policies)
}

fn is_less(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(order(arguments)?.is_lt()))
}

fn is_less_or_equal(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(order(arguments)?.is_le()))
}

fn is_greater(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(order(arguments)?.is_gt()))
}

fn is_greater_or_equal(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(order(arguments)?.is_ge()))
}

#[inline]
fn order(arguments: &Arguments<'_>) -> Result<Ordering, Failure> {
    match (arguments.value(0), arguments.value(1)) {
        (Value::Integer(left), Value::Integer(right)) => Ok(left.cmp(right)),
        (Value::String(left), Value::String(right)) => {
            Ok(compare_culturally(left, right, false))
        }
        (Value::DateTime(left), Value::DateTime(right)) => Ok(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Ok(left.cmp(right)),
        (Value::Currency(left), Value::Currency(right)) => {
            let (code, other) = (left.code.as_ref(), right.code.as_ref());
            limits::require_same_code(arguments, code, other)?;
            let amount = limits::amount(arguments, 0, left)?;
            Ok(amount.cmp(limits::amount(arguments, 1, right)?))
        }
        _ => Ok(arguments.number(0)?.compare(&arguments.number(1)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::super::trial::assert_results;

    #[test]
    fn equality_and_order() {
        assert_results(&[
            ("NOT_SET == NOT_SET", "true"),
            (r#"ToString(NOT_SET) == """#, "false"),
            ("1 == ToInt(NOT_SET)", "false"),
            (r#""a" == 1"#, "WRONG_ARGUMENTS"),
            (r#""a" == "A""#, "false"),
            (r#"MakeCurrency(5, "USD") == MakeCurrency(5, "EUR")"#, "false"),
            ("MakeEmptyList(1) == MakeEmptyList(1.0)", "true"),
            (r#"ToPhoneNumber("sip:a@b.c") == ToPhoneNumber("sip:a@b.c")"#, "true"),
            (r#"ToPhoneNumber("tel:anonymous") == ToPhoneNumber("anonymous")"#, "false"),
            (
                r#"ToPhoneNumber("1-317-872-3000") == ToPhoneNumber("+13178723000")"#,
                "true",
            ),
            (r#""a" < "B""#, "true"),
            (r#""hello" < "Hello""#, "true"),
            (r#""a" <= "a" and "a" >= "a" and !("a" < "a") and !("a" > "a")"#, "true"),
            ("999999999999999 < 999999999999999.5", "true"),
            ("0.1 + 0.2 <= 0.3", "true"),
            ("ToInt(NOT_SET) < 1", "NOT_SET_NOT_ALLOWED"),
            ("true < false", "WRONG_ARGUMENTS"),
            (r#"MakeCurrency(5, "USD") < MakeCurrency(6, "EUR")"#, "CURRENCIES_DIFFER"),
            (r#"ToCurrency("5") < MakeCurrency(6, "EUR")"#, "CURRENCIES_DIFFER"),
            (r#"ToCurrency("5") < ToCurrency("6")"#, "true"),
            (r#"ToCurrency("|USD") < ToCurrency("6|USD")"#, "NOT_SET_NOT_ALLOWED"),
        ]);
    }
}
