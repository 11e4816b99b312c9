//! Averages.

use crate::value::{Decimal, Duration, Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, many, one, overload};
use super::{limits, totals};

pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "Average",
    category: Category::Statistical,
    summary: "Returns the average of numbers, Durations, or amounts of one currency. NOT_SET values are skipped and not counted; the average of no values is 0.",
    example: ("Average(8, 4, ToInt(NOT_SET))", "6.0"),
    overloads: &[
        overload(
            &[one("value", Kind::Currency).or_not_set().repeated()],
            Type::one(Kind::Currency),
            average_currency,
        ),
        overload(
            &[one("decimalValue", Kind::Decimal).or_not_set().repeated()],
            Type::one(Kind::Decimal),
            average_decimal,
        ),
        overload(
            &[one("durationValue", Kind::Duration).or_not_set().repeated()],
            Type::one(Kind::Duration),
            average_duration,
        ),
        overload(
            &[one("integerValue", Kind::Integer).or_not_set().repeated()],
            Type::one(Kind::Decimal),
            average_decimal,
        ),
        overload(
            &[many("currencyCollection", Kind::Currency)],
            Type::one(Kind::Currency),
            average_currency,
        ),
        overload(
            &[many("decimalCollection", Kind::Decimal)],
            Type::one(Kind::Decimal),
            average_decimal,
        ),
        overload(
            &[many("integerCollection", Kind::Integer)],
            Type::one(Kind::Decimal),
            average_decimal,
        ),
        overload(
            &[many("durationCollection", Kind::Duration)],
            Type::one(Kind::Duration),
            average_duration,
        ),
    ],
}];

/// Averages numbers. The average of Integers is a Decimal, too.
fn average_decimal(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (sum, count) = totals::of_decimals(arguments)?;
    limits::decimal(arguments, divided(&sum, count))
}

fn average_currency(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (sum, code, count) = totals::of_currencies(arguments)?;
    limits::currency(arguments, divided(&sum, count), code)
}

/// Averages Durations to whole milliseconds; fractions are dropped.
fn average_duration(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (sum, count) = totals::of_durations(arguments);
    let average = i64::try_from(sum / i128::from(count.max(1))).ok();
    limits::duration(arguments, average.and_then(Duration::from_milliseconds))
}

fn divided(sum: &Decimal, count: i64) -> Option<Decimal> {
    sum.checked_div(&Decimal::from(count.max(1)))
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::assert_results;

    #[test]
    fn averages() {
        assert_results(&[
            ("Average(1)", "1.0"),
            ("Average(1.0, 2.5)", "1.75"),
            ("Average(1, 1, 2)", "1.333333333333333333333333333333333333333"),
            ("Average(999999999999999, 999999999999999)", "999999999999999.0"),
            ("Average(MakeEmptyList(1))", "0.0"),
            ("Average(MakeEmptyList(ToDuration(0)))", r#""PT0S""#),
            ("Average(ToDuration(1), ToDuration(2))", r#""PT0.001S""#),
            (
                r#"Average(ToCurrency("1|USD"), ToCurrency("2|USD"))"#,
                r#"{"amount":"1.50","code":"USD"}"#,
            ),
            (r#"Average(ToCurrency("1|USD"), ToCurrency("2"))"#, "CURRENCIES_DIFFER"),
        ]);
    }
}
