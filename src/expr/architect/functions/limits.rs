//! Checks results against the limits of their types.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::{
    ConversionError, Currency, DateTime, Decimal, Duration, MAX_INTEGER, Text, Value,
};

use super::super::arguments::Arguments;
use super::super::failure::Failure;

/// Returns an Integer. Fails if the number is missing or out of range.
#[inline]
pub(super) fn integer(
    arguments: &Arguments<'_>,
    number: Option<i64>,
) -> Result<Value, Failure> {
    match number {
        Some(number) if (-MAX_INTEGER..=MAX_INTEGER).contains(&number) => {
            Ok(Value::Integer(number))
        }
        _ => Err(too_large(arguments, "an Integer is at most ±999,999,999,999,999")),
    }
}

/// Returns a Decimal. Fails if the number is out of range.
pub(super) fn decimal(
    arguments: &Arguments<'_>,
    number: Option<Decimal>,
) -> Result<Value, Failure> {
    bounded_decimal(arguments, number).map(Value::Decimal)
}

/// Returns the number of a Decimal. Fails if it is out of range.
pub(super) fn bounded_decimal(
    arguments: &Arguments<'_>,
    number: Option<Decimal>,
) -> Result<Decimal, Failure> {
    number.ok_or_else(|| {
        too_large(arguments, "a Decimal is at most ±10 to the power of 40")
    })
}

/// Returns a Duration. Fails if it is out of range.
pub(super) fn duration(
    arguments: &Arguments<'_>,
    duration: Option<Duration>,
) -> Result<Value, Failure> {
    duration.map(Value::Duration).ok_or_else(|| {
        too_large(arguments, "a Duration is at most ±999,999,999,999,999 milliseconds")
    })
}

/// Returns a `DateTime`. Fails if it is out of range.
pub(super) fn datetime(
    arguments: &Arguments<'_>,
    time: Option<DateTime>,
) -> Result<Value, Failure> {
    time.map(Value::DateTime)
        .ok_or_else(|| too_large(arguments, "a DateTime is between 1800 and 2200"))
}

/// Returns a Currency with this amount. Fails if the amount is out of range.
pub(super) fn currency(
    arguments: &Arguments<'_>,
    amount: Option<Decimal>,
    code: Option<&Text>,
) -> Result<Value, Failure> {
    let amount = Some(bounded_decimal(arguments, amount)?);
    Ok(Value::Currency(Arc::new(Currency { amount, code: code.cloned() })))
}

/// Returns the amount of a Currency. Fails if it is NOT_SET.
pub(super) fn amount<'a>(
    arguments: &Arguments<'_>,
    place: usize,
    currency: &'a Currency,
) -> Result<&'a Decimal, Failure> {
    currency.amount.as_ref().ok_or_else(|| {
        let name = arguments.parameter_name(place);
        let message = format!("the amount of {name} is NOT_SET");
        arguments.fail(Code::NOT_SET_NOT_ALLOWED, &message)
    })
}

/// Fails if the codes of two amounts differ.
pub(super) fn require_same_code(
    arguments: &Arguments<'_>,
    left: Option<&Text>,
    right: Option<&Text>,
) -> Result<(), Failure> {
    if left == right {
        return Ok(());
    }
    let shown = |code: Option<&Text>| code.map_or("NOT_SET", Text::as_str).to_owned();
    let message = format!(
        "the currencies are {} and {}, expected the same",
        shown(left),
        shown(right)
    );
    Err(arguments.fail(Code::CURRENCIES_DIFFER, &message))
}

/// Returns the result of a conversion, or its failure.
pub(super) fn converted(
    arguments: &Arguments<'_>,
    result: Result<Value, ConversionError>,
) -> Result<Value, Failure> {
    result.map_err(|conversion| {
        arguments.fail(Code::CONVERSION_FAILED, &conversion.to_string())
    })
}

#[cold]
pub(super) fn too_large(arguments: &Arguments<'_>, limit: &str) -> Failure {
    let message = format!("the result is too large: {limit}");
    arguments.fail(Code::RESULT_TOO_LARGE, &message)
}

#[cold]
pub(super) fn division_by_zero(arguments: &Arguments<'_>, place: usize) -> Failure {
    let message = format!("{} is 0", arguments.parameter_name(place));
    arguments.fail(Code::DIVISION_BY_ZERO, &message)
}
