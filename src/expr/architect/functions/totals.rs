//! What `Sum` and `Average` share: the total of the values that are set, and their number.

use crate::value::{Decimal, Number, Text, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::limits;

/// The values of a call: the items of its one collection, or its arguments.
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

/// As many as would overflow cannot be given: each is below 10 to the 15.
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

/// In milliseconds.
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

/// A Currency without an amount is left out, whatever its code. The codes of all others must
/// be the same; that code is given, or none if there is no other.
pub(super) fn of_currencies<'a>(
    arguments: &Arguments<'a>,
) -> Result<(Decimal, Option<&'a Text>, i64), Failure> {
    let (mut sum, mut count, mut code) = (Decimal::zero(), 0, None);
    for value in values(arguments) {
        let Value::Currency(currency) = value else { continue };
        let Some(amount) = &currency.amount else { continue };
        if count == 0 {
            code = currency.code.as_ref();
        }
        limits::require_same_code(arguments, code, currency.code.as_ref())?;
        sum = limits::bounded_decimal(arguments, sum.checked_add(amount))?;
        count += 1;
    }
    Ok((sum, code, count))
}
