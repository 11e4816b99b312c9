//! For tests: the values of expressions without variables.

use crate::value::{DateTime, Value};

use super::environment::{Directory, Environment, UnknownOrganization};
use super::evaluate::Scope;
use super::expression::Expression;
use super::names::Declarations;

/// A scope without variables, at 2026-01-05T09:00:00Z, whose random numbers are all zero.
pub(super) struct Empty;

impl Scope for Empty {
    fn variable(&self, _slot: u32) -> &Value {
        &Value::NOT_SET
    }

    fn environment(&self) -> &dyn Environment {
        self
    }
}

impl Environment for Empty {
    fn directory(&self) -> &dyn Directory {
        &UnknownOrganization
    }

    fn now(&self) -> DateTime {
        DateTime::parse("2026-01-05T09:00:00Z").expect("a time")
    }

    fn random(&self) -> u64 {
        0
    }
}

/// Evaluates an expression to JSON, `NOT_SET Type`, or the code of the error.
pub(super) fn evaluated(text: &str) -> String {
    evaluated_in(text, &Empty)
}

/// Like [`evaluated`], with variables and an organisation.
pub(super) fn evaluated_in(text: &str, scope: &dyn Scope) -> String {
    let expression = match Expression::compile(text, &mut Declarations::new(), None) {
        Ok(expression) => expression,
        Err(problems) => return problems[0].code.name().to_owned(),
    };
    match expression.evaluate(scope) {
        Ok(Value::NotSet(holds)) => format!("NOT_SET {holds}"),
        Ok(value) => {
            let mut text = String::new();
            value.write_json(&mut text);
            text
        }
        Err(failure) => failure.code().name().to_owned(),
    }
}

/// Asserts the results of [`evaluated`] for a table of expressions.
pub(super) fn assert_results(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(evaluated(text), *expected, "{text}");
    }
}

#[test]
fn expressions() {
    assert_results(&[
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("2 ^ 3 ^ 2", "512.0"),
        ("-2 ^ 2", "4.0"),
        ("!true or 1 < 2 and 3 >= 3", "true"),
        ("5 > 3 ? \"yes\" : \"no\"", "\"yes\""),
        ("1 < NOT_SET", "NOT_SET_NOT_ALLOWED"),
        ("1 / 0", "DIVISION_BY_ZERO"),
        ("MakeList(1, 2)[1]", "2"),
        ("MakeList(1, 2)[2]", "OUT_OF_RANGE"),
        ("If(IsSet(NOT_SET), 1, NOT_SET)", "NOT_SET Integer"),
        ("count(makelist(1, 2, 3))", "3"),
        ("1 +", "EXPRESSION_SYNTAX"),
        ("Flow.name", "UNKNOWN_VARIABLE"),
        ("1 + \"a\"", "WRONG_ARGUMENTS"),
        ("Foo(1)", "UNKNOWN_FUNCTION"),
        ("System.MaxInt + 1", "RESULT_TOO_LARGE"),
    ]);
}
