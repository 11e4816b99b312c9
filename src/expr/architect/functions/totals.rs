//! Totals for `Sum` and `Average`: the sum of the values that are set, and their number.

use crate::value::{Decimal, Number, Text, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::limits;

/// The values of a call: the items of its only collection, or its arguments.
fn values<'a>(arguments: &Arguments<'a>) -> impl Iterator<Item = &'a Value> + use<'a> {
    let given = arguments.values();
    let items: &[Value] = match given {
        [Value::Collection(collection)] => &collection.items,
        _ => &[],
    };
    let single =
        given.iter().copied().filter(|value| !matches!(value, Value::Collection(_)));
    items.iter().chain(single).filter(|value| !value.is_unset())
}

/// The sum and number of Integers. The sum cannot overflow, because each is below 10 to
/// the 15.
pub(super) fn of_integers(arguments: &Arguments<'_>) -> (i128, i64) {
    let (mut sum, mut count) = (0, 0);
    for value in values(arguments) {
        if let Value::Integer(number) = value {
            sum += i128::from(*number);
            count += 1;
        }
    }
    (sum, count)
}

/// The sum in milliseconds and the number of Durations.
pub(super) fn of_durations(arguments: &Arguments<'_>) -> (i128, i64) {
    let (mut sum, mut count) = (0, 0);
    for value in values(arguments) {
        if let Value::Duration(duration) = value {
            sum += i128::from(duration.milliseconds());
            count += 1;
        }
    }
    (sum, count)
}

pub(super) fn of_decimals(arguments: &Arguments<'_>) -> Result<(Decimal, i64), Failure> {
    let (mut sum, mut count) = (Decimal::zero(), 0);
    for number in values(arguments).filter_map(Number::of) {
        let next = sum.checked_add(&number.to_decimal());
        sum = limits::bounded_decimal(arguments, next)?;
        count += 1;
    }
    Ok((sum, count))
}

/// The sum, code and number of Currencies. A Currency without an amount is skipped,
/// whatever its code. All others must have the same code. The result has that code. If
/// all are skipped, it has the code of the first. *Source: an example of Genesys'
/// catalogue.*
pub(super) fn of_currencies<'a>(
    arguments: &Arguments<'a>,
) -> Result<(Decimal, Option<&'a Text>, i64), Failure> {
    let (mut sum, mut count, mut code) = (Decimal::zero(), 0, None);
    let mut code_of_skipped = None;
    for value in values(arguments) {
        let Value::Currency(currency) = value else { continue };
        let Some(amount) = &currency.amount else {
            code_of_skipped = code_of_skipped.or(currency.code.as_ref());
            continue;
        };
        if count == 0 {
            code = currency.code.as_ref();
        }
        limits::require_same_code(arguments, code, currency.code.as_ref())?;
        sum = limits::bounded_decimal(arguments, sum.checked_add(amount))?;
        count += 1;
    }
    Ok((sum, if count == 0 { code_of_skipped } else { code }, count))
}
