//! Logical functions.

use crate::value::{Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, Overload, many, one, overload};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "If",
        category: Category::Logical,
        summary: "Returns one of two values of the same type, depending on a condition. Only the returned value is computed. A condition that is NOT_SET counts as false.",
        example: ("If(5 > 3, \"more\", \"less\")", "\"more\""),
        overloads: CHOOSING,
    },
    Function {
        name: "IsSet",
        category: Category::Logical,
        summary: "Returns false if a value is NOT_SET, true otherwise. An empty String is set.",
        example: ("IsSet(ToString(NOT_SET))", "false"),
        overloads: &[
            overload(
                &[one("item", Kind::Any).or_not_set()],
                Type::one(Kind::Boolean),
                is_set,
            ),
            overload(
                &[one("item", Kind::NotSet).or_not_set()],
                Type::one(Kind::Boolean),
                is_set,
            ),
        ],
    },
];

/// The overloads of `If` and `? :`.
pub(super) const CHOOSING: &[Overload] = &[
    overload(
        &[
            one("condition", Kind::Boolean).or_not_set(),
            one("trueValue", Kind::Any).or_not_set(),
            one("falseValue", Kind::Any).or_not_set(),
        ],
        Type::ANY,
        choose,
    ),
    overload(
        &[
            one("condition", Kind::Boolean).or_not_set(),
            many("trueValue", Kind::Any),
            many("falseValue", Kind::Any),
        ],
        Type::many(Kind::Any),
        choose,
    ),
    overload(
        &[
            one("condition", Kind::Boolean).or_not_set(),
            one("trueValueAudio", Kind::Audio),
            one("falseValueAudio", Kind::Audio),
        ],
        Type::one(Kind::Audio),
        choose,
    ),
];

/// A branch of Audio, which must be set. *Source: the catalogue, which allows NOT_SET for
/// every other type.*
pub(in crate::expr::architect) const BRANCH: Overload = overload(
    &[one("the chosen Audio", Kind::Audio)],
    Type::one(Kind::Audio),
    |arguments| Ok(arguments.value(0).clone()),
);

/// Used for constants only; otherwise the compiler evaluates only the selected branch.
fn choose(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let holds = arguments.optional(0, Arguments::boolean)?.unwrap_or(false);
    Ok(arguments.value(if holds { 1 } else { 2 }).clone())
}

fn is_set(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(!arguments.value(0).is_unset()))
}
