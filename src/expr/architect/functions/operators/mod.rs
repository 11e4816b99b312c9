//! The operators, grouped by purpose.

/// Overloads of an operator with two operands, one per line: the kinds of the operands,
/// the kind of the result, the body.
macro_rules! binary {
    (
        $left:literal, $right:literal;
        $($first:ident, $second:ident $(.$restriction:ident)? => $result:ident by $body:path;)*
    ) => {
        &[$(overload(
            &[
                one($left, Kind::$first),
                one($right, Kind::$second)$(.$restriction())?,
            ],
            Type::one(Kind::$result),
            $body,
        )),*]
    };
}

mod access;
mod arithmetic;
mod bits;
mod comparison;
mod logical;
mod product;

use super::super::signature::Function;
use super::super::tree::Operator;

pub(in crate::expr::architect) use access::ITEM;
pub(in crate::expr::architect) use arithmetic::{ADD, NEGATE, SUBTRACT};
pub(in crate::expr::architect) use bits::{BIT_AND, BIT_NOT, BIT_OR};
pub(in crate::expr::architect) use comparison::{
    EQUAL, GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL, NOT_EQUAL,
};
pub(in crate::expr::architect) use logical::{AND, CHOICE, NOT, OR};
pub(in crate::expr::architect) use product::{DIVIDE, MULTIPLY, POWER, REMAINDER};

/// All operators, in the order of precedence, the tightest first.
pub(in crate::expr::architect) const OPERATORS: &[&Function] = &[
    &ITEM,
    &NEGATE,
    &NOT,
    &BIT_NOT,
    &POWER,
    &MULTIPLY,
    &DIVIDE,
    &REMAINDER,
    &ADD,
    &SUBTRACT,
    &LESS,
    &LESS_OR_EQUAL,
    &GREATER,
    &GREATER_OR_EQUAL,
    &EQUAL,
    &NOT_EQUAL,
    &BIT_AND,
    &BIT_OR,
    &AND,
    &OR,
    &CHOICE,
];

/// Returns the function that implements an operator of a tree.
pub(in crate::expr::architect) fn of(operator: Operator) -> &'static Function {
    match operator {
        Operator::Or => &OR,
        Operator::And => &AND,
        Operator::BitOr => &BIT_OR,
        Operator::BitAnd => &BIT_AND,
        Operator::Equal => &EQUAL,
        Operator::NotEqual => &NOT_EQUAL,
        Operator::GreaterOrEqual => &GREATER_OR_EQUAL,
        Operator::LessOrEqual => &LESS_OR_EQUAL,
        Operator::Greater => &GREATER,
        Operator::Less => &LESS,
        Operator::Add => &ADD,
        Operator::Subtract => &SUBTRACT,
        Operator::Multiply => &MULTIPLY,
        Operator::Divide => &DIVIDE,
        Operator::Remainder => &REMAINDER,
        Operator::Power => &POWER,
        Operator::Not => &NOT,
        Operator::BitNot => &BIT_NOT,
        Operator::Negate => &NEGATE,
    }
}
