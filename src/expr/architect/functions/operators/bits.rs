//! Operators on the bits of whole numbers.

use crate::value::{Kind, Type, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::super::signature::{Category, Function, one, overload};
use super::super::limits;

pub(in crate::expr::architect) const BIT_AND: Function = Function {
    name: "&",
    category: Category::Operators,
    summary: "Returns the bits that two Integers have in common. Negative Integers are in two's complement.",
    example: ("-2 & 5", "4"),
    overloads: binary!("value1", "value2"; Integer, Integer => Integer by and;),
};

pub(in crate::expr::architect) const BIT_OR: Function = Function {
    name: "|",
    category: Category::Operators,
    summary: "Returns the bits that at least one of two Integers has.",
    example: ("3 | 9", "11"),
    overloads: binary!("value1", "value2"; Integer, Integer => Integer by or;),
};

pub(in crate::expr::architect) const BIT_NOT: Function = Function {
    name: "~",
    category: Category::Operators,
    summary: "Inverts every bit of an Integer.",
    example: ("~5", "-6"),
    overloads: &[overload(
        &[one("value1", Kind::Integer)],
        Type::one(Kind::Integer),
        not,
    )],
};

fn and(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    limits::integer(arguments, Some(arguments.integer(0)? & arguments.integer(1)?))
}

fn or(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    limits::integer(arguments, Some(arguments.integer(0)? | arguments.integer(1)?))
}

fn not(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    limits::integer(arguments, Some(!arguments.integer(0)?))
}

#[cfg(test)]
mod tests {
    use super::super::super::super::trial::assert_results;

    #[test]
    fn bits() {
        assert_results(&[
            ("~-1", "0"),
            ("~System.MaxInt", "RESULT_TOO_LARGE"),
            ("System.MaxInt | 32768", "RESULT_TOO_LARGE"),
            ("6 & 3 | 8", "10"),
            ("1.0 & 1", "WRONG_ARGUMENTS"),
            ("1 | ToInt(NOT_SET)", "NOT_SET_NOT_ALLOWED"),
        ]);
    }
}
