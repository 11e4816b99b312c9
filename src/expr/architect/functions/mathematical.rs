//! Rounding and sums.

use crate::value::{Decimal, Duration, Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, Parameter, many, one, overload};
use super::limits;
use super::totals;

/// The number of digits after the decimal point in `Round`.
const DIGITS: Parameter = one("digits", Kind::Integer).within(0, 28);

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "Ceiling",
        category: Category::Mathematical,
        summary: "Rounds a number up to a whole number of the same type.",
        example: ("Ceiling(-3.2)", "-3.0"),
        overloads: &[
            overload(
                &[one("currencyValue", Kind::Currency)],
                Type::one(Kind::Currency),
                ceiling,
            ),
            overload(
                &[one("decimalValue", Kind::Decimal)],
                Type::one(Kind::Decimal),
                ceiling,
            ),
            overload(
                &[one("integerValue", Kind::Integer)],
                Type::one(Kind::Integer),
                same,
            ),
        ],
    },
    Function {
        name: "Floor",
        category: Category::Mathematical,
        summary: "Rounds a number down to a whole number of the same type.",
        example: ("Floor(-3.2)", "-4.0"),
        overloads: &[
            overload(&[one("value", Kind::Currency)], Type::one(Kind::Currency), floor),
            overload(
                &[one("decimalValue", Kind::Decimal)],
                Type::one(Kind::Decimal),
                floor,
            ),
            overload(
                &[one("integerValue", Kind::Integer)],
                Type::one(Kind::Integer),
                same,
            ),
        ],
    },
    Function {
        name: "Round",
        category: Category::Mathematical,
        summary: "Rounds to a whole number, or to the given number of decimal places. Halves are rounded away from zero.",
        example: ("Round(3.225, 2)", "3.23"),
        overloads: &[
            overload(
                &[one("currencyValue", Kind::Currency)],
                Type::one(Kind::Currency),
                round,
            ),
            overload(&[one("value", Kind::Decimal)], Type::one(Kind::Decimal), round),
            overload(
                &[one("value", Kind::Decimal), DIGITS],
                Type::one(Kind::Decimal),
                round,
            ),
            overload(
                &[one("value", Kind::Currency), DIGITS],
                Type::one(Kind::Currency),
                round,
            ),
        ],
    },
    Function {
        name: "Sum",
        category: Category::Mathematical,
        summary: "Adds numbers, Durations, or amounts of one currency. NOT_SET values are skipped; the sum of no values is 0.",
        example: ("Sum(3, NOT_SET, 5)", "8"),
        overloads: &[
            overload(
                &[
                    one("integerValue", Kind::Integer).or_not_set(),
                    one("nextIntegerValue", Kind::Integer).or_not_set().repeated(),
                ],
                Type::one(Kind::Integer),
                sum_integers,
            ),
            overload(
                &[
                    one("currencyValue", Kind::Currency).or_not_set(),
                    one("nextCurrencyValue", Kind::Currency).or_not_set().repeated(),
                ],
                Type::one(Kind::Currency),
                sum_currencies,
            ),
            overload(
                &[
                    one("decimalValue", Kind::Decimal).or_not_set(),
                    one("nextDecimalValue", Kind::Decimal).or_not_set().repeated(),
                ],
                Type::one(Kind::Decimal),
                sum_decimals,
            ),
            overload(
                &[
                    one("value", Kind::Duration).or_not_set(),
                    one("nextValue", Kind::Duration).or_not_set().repeated(),
                ],
                Type::one(Kind::Duration),
                sum_durations,
            ),
            overload(
                &[many("integerCollection", Kind::Integer)],
                Type::one(Kind::Integer),
                sum_integers,
            ),
            overload(
                &[many("currencyCollection", Kind::Currency)],
                Type::one(Kind::Currency),
                sum_currencies,
            ),
            overload(
                &[many("decimalCollection", Kind::Decimal)],
                Type::one(Kind::Decimal),
                sum_decimals,
            ),
            overload(
                &[many("value", Kind::Duration)],
                Type::one(Kind::Duration),
                sum_durations,
            ),
        ],
    },
];

fn same(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Integer(arguments.integer(0)?))
}

fn ceiling(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    reshape(arguments, Decimal::ceil)
}

fn floor(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    reshape(arguments, Decimal::floor)
}

fn round(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let digits = arguments.optional(1, Arguments::integer)?.unwrap_or(0);
    let digits = u32::try_from(digits).unwrap_or_default();
    reshape(arguments, |number| number.round(digits))
}

/// Transforms a Decimal, or the amount of a Currency.
fn reshape(
    arguments: &Arguments<'_>,
    change: impl FnOnce(&Decimal) -> Decimal,
) -> Result<Value, Failure> {
    if let Value::Currency(currency) = arguments.value(0) {
        let amount = change(limits::amount(arguments, 0, currency)?);
        return limits::currency(arguments, Some(amount), currency.code.as_ref());
    }
    Ok(Value::Decimal(change(&arguments.decimal(0)?)))
}

fn sum_integers(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (sum, _) = totals::of_integers(arguments);
    limits::integer(arguments, i64::try_from(sum).ok())
}

fn sum_decimals(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Decimal(totals::of_decimals(arguments)?.0))
}

fn sum_durations(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (sum, _) = totals::of_durations(arguments);
    let sum = i64::try_from(sum).ok().and_then(Duration::from_milliseconds);
    limits::duration(arguments, sum)
}

/// An empty sum is 0 without a currency, as documented in the catalogue.
fn sum_currencies(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (sum, code, _) = totals::of_currencies(arguments)?;
    limits::currency(arguments, Some(sum), code)
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::assert_results;

    #[test]
    fn rounding() {
        assert_results(&[
            ("Round(0.5)", "1.0"),
            ("Round(-0.5)", "-1.0"),
            ("Round(2.5, 0)", "3.0"),
            ("Round(5)", "WRONG_ARGUMENTS"),
            ("Round(1.5, 29)", "OUT_OF_RANGE"),
            (r#"Round(1.5, ToInt("-1"))"#, "OUT_OF_RANGE"),
            ("Round(ToDecimal(NOT_SET))", "NOT_SET_NOT_ALLOWED"),
            (r#"Floor(ToCurrency("1.5"))"#, r#"{"amount":"1.00","code":null}"#),
            (r#"Ceiling(ToCurrency("|USD"))"#, "NOT_SET_NOT_ALLOWED"),
            ("Floor(-0.5)", "-1.0"),
            ("Ceiling(-0.5)", "0.0"),
        ]);
    }

    #[test]
    fn sums() {
        assert_results(&[
            ("Sum(999999999999999, 1)", "RESULT_TOO_LARGE"),
            ("Sum(999999999999999, 1, -1)", "999999999999999"),
            ("Sum(1, 2.5)", "WRONG_ARGUMENTS"),
            ("Sum(MakeEmptyList(1.5))", "0.0"),
            ("Sum(MakeEmptyList(ToDuration(0)))", r#""PT0S""#),
            (
                "Sum(MakeEmptyList(ToCurrency(NOT_SET)))",
                r#"{"amount":"0.00","code":null}"#,
            ),
            (r#"Sum(ToCurrency("1|USD"), ToCurrency("1|EUR"))"#, "CURRENCIES_DIFFER"),
            (
                r#"Sum(ToCurrency("1|USD"), ToCurrency("|EUR"))"#,
                r#"{"amount":"1.00","code":"USD"}"#,
            ),
            (
                r#"Sum(ToCurrency("|USD"), ToCurrency(NOT_SET))"#,
                r#"{"amount":"0.00","code":"USD"}"#,
            ),
            ("Sum(System.MaxDuration, System.MaxDuration)", "RESULT_TOO_LARGE"),
            (
                "Sum(System.MaxDuration, System.MaxDuration, System.MinDuration) == System.MaxDuration",
                "true",
            ),
        ]);
    }
}
