//! Functions that compare values, and check whether a value is set.

use crate::value::{Json, Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::environment::Policies;
use super::super::equality::equal;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, Parameter, many, one, overload};

const IGNORE_CASE: Parameter = one("ignoreCase", Kind::Boolean);

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "AreEqual",
        category: Category::Comparison,
        summary: "Returns whether all values equal the first one. Collections are equal if their items are equal, in the same order. NOT_SET equals NOT_SET.",
        example: ("AreEqual(true, MakeList(\"hello\"), MakeList(\"Hello\"))", "true"),
        overloads: &[
            overload(
                &[
                    one("valueToCompare", Kind::Any).or_not_set(),
                    one("valueToCompareTo", Kind::Any).or_not_set().repeated(),
                ],
                Type::one(Kind::Boolean),
                are_equal,
            )
            .reading_surroundings(),
            overload(
                &[many("valueToCompare", Kind::Any), many("valueToCompareTo", Kind::Any)],
                Type::one(Kind::Boolean),
                are_equal,
            )
            .reading_surroundings(),
            overload(
                &[
                    IGNORE_CASE,
                    one("valueToCompare", Kind::String).or_not_set(),
                    one("valueToCompareTo", Kind::String).or_not_set().repeated(),
                ],
                Type::one(Kind::Boolean),
                are_equal_strings,
            ),
            overload(
                &[
                    IGNORE_CASE,
                    many("valueToCompare", Kind::String),
                    many("valueToCompareTo", Kind::String),
                ],
                Type::one(Kind::Boolean),
                are_equal_strings,
            ),
        ],
    },
    Function {
        name: "IsNotSetOrEmpty",
        category: Category::Comparison,
        summary: "Returns whether a value is NOT_SET, an empty String or collection, or a Currency without an amount.",
        example: ("IsNotSetOrEmpty(\"\")", "true"),
        overloads: &[
            overload(
                &[one("item", Kind::Any).or_not_set()],
                Type::one(Kind::Boolean),
                is_not_set_or_empty,
            ),
            overload(
                &[many("collection", Kind::Any)],
                Type::one(Kind::Boolean),
                is_not_set_or_empty,
            ),
            overload(
                &[one("item", Kind::NotSet).or_not_set()],
                Type::one(Kind::Boolean),
                is_not_set_or_empty,
            ),
        ],
    },
];

fn are_equal(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let policies = arguments.environment().directory().policies();
    Ok(Value::Boolean(all_equal(arguments.values(), policies)))
}

/// The argument `ignoreCase` overrides the policy.
fn are_equal_strings(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let equality_ignores_case = arguments.boolean(0)?;
    let policies = Policies { equality_ignores_case, ..Policies::default() };
    Ok(Value::Boolean(all_equal(&arguments.values()[1..], policies)))
}

fn all_equal(values: &[&Value], policies: Policies) -> bool {
    values.windows(2).all(|pair| equal(pair[0], pair[1], policies))
}

/// Undocumented: the JSON `""`, `[]` and `{}` are empty, too.
fn is_not_set_or_empty(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(match arguments.value(0) {
        Value::String(text) | Value::Json(Json::String(text)) => text.is_empty(),
        Value::Currency(currency) => currency.amount.is_none(),
        Value::Collection(collection) => collection.items.is_empty(),
        Value::Json(Json::Array(items)) => items.is_empty(),
        Value::Json(Json::Object(entries)) => entries.is_empty(),
        other => other.is_unset(),
    }))
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{assert_results, evaluated, evaluated_in};
    use super::super::known::TestOrganization;

    #[test]
    fn equality() {
        assert_results(&[
            ("AreEqual(1, 1, 1)", "true"),
            ("AreEqual(1, 1, 2)", "false"),
            ("AreEqual(NOT_SET, ToInt(NOT_SET), NOT_SET)", "true"),
            ("AreEqual(NOT_SET, 1)", "false"),
            ("AreEqual(NOT_SET, \"\")", "false"),
            ("AreEqual(true, \"É\", \"é\", \"É\")", "true"),
            ("AreEqual(false, \"É\", \"é\")", "false"),
            ("AreEqual(true, NOT_SET, \"a\")", "false"),
            ("AreEqual(1)", "WRONG_ARGUMENTS"),
            ("AreEqual(1, \"1\")", "WRONG_ARGUMENTS"),
            ("AreEqual(true, MakeList(\"a\"), MakeList(\"A\", \"b\"))", "false"),
        ]);
    }

    #[test]
    fn the_policy_decides_about_case_by_default() {
        for (text, exact, known) in [
            ("AreEqual(\"a\", \"A\")", "false", "true"),
            ("AreEqual(MakeList(\"a\"), MakeList(\"A\"))", "false", "true"),
            ("AreEqual(false, \"a\", \"A\")", "false", "false"),
            ("AreEqual(true, \"a\", \"A\")", "true", "true"),
        ] {
            assert_eq!(evaluated(text), exact, "{text}");
            assert_eq!(evaluated_in(text, &TestOrganization), known, "{text}");
        }
    }

    #[test]
    fn emptiness() {
        assert_results(&[
            ("IsNotSetOrEmpty(\" \")", "false"),
            ("IsNotSetOrEmpty(0)", "false"),
            ("IsNotSetOrEmpty(MakeList(ToInt(NOT_SET)))", "false"),
            ("IsNotSetOrEmpty(ToCurrency(NOT_SET))", "true"),
            ("IsNotSetOrEmpty(JsonParse(\"null\"))", "true"),
            ("IsNotSetOrEmpty(JsonParse(\"{}\"))", "true"),
            ("IsNotSetOrEmpty(JsonParse(\"[]\"))", "true"),
            ("IsNotSetOrEmpty(JsonParse(\"\\\"\\\"\"))", "true"),
            ("IsNotSetOrEmpty(JsonParse(\"[null]\"))", "false"),
            ("IsNotSetOrEmpty(JsonParse(\"0\"))", "false"),
        ]);
    }
}
