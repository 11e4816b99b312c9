//! Sums, differences and negation.

use crate::value::{Decimal, Duration, Kind, Text, Type, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::super::signature::{Category, Function, one, overload};
use super::super::audio::append_audio;
use super::super::limits;
use super::super::text::require_length;

pub(in crate::expr::architect) const ADD: Function = Function {
    name: "+",
    category: Category::Operators,
    summary: "Adds numbers, amounts of one currency, or a Duration to a time; joins Strings, or Audio and Prompts.",
    example: ("2 + 33.7", "35.7"),
    overloads: binary!("augend", "addend";
        Integer, Integer => Integer by add_integers;
        Decimal, Integer => Decimal by add_decimals;
        Integer, Decimal => Decimal by add_decimals;
        Currency, Currency => Currency by add_currencies;
        Audio, Audio => Audio by append_audio;
        Prompt, Prompt => Audio by append_audio;
        Audio, Prompt => Audio by append_audio;
        Prompt, Audio => Audio by append_audio;
        Decimal, Decimal => Decimal by add_decimals;
        Duration, DateTime => DateTime by add_time_to_duration;
        DateTime, Duration => DateTime by add_duration_to_time;
        Duration, Duration => Duration by add_durations;
        String, String => String by join;
    ),
};

pub(in crate::expr::architect) const SUBTRACT: Function = Function {
    name: "-",
    category: Category::Operators,
    summary: "Subtracts numbers, amounts of one currency, Durations, or a Duration from a time.",
    example: ("24 - 7.5", "16.5"),
    overloads: binary!("minuend", "subtrahend";
        Integer, Integer => Integer by subtract_integers;
        Currency, Currency => Currency by subtract_currencies;
        Decimal, Decimal => Decimal by subtract_decimals;
        Decimal, Integer => Decimal by subtract_decimals;
        Integer, Decimal => Decimal by subtract_decimals;
        Duration, Duration => Duration by subtract_durations;
        DateTime, Duration => DateTime by subtract_duration_from_time;
    ),
};

pub(in crate::expr::architect) const NEGATE: Function = Function {
    name: "-",
    category: Category::Operators,
    summary: "Changes the sign of a number, an amount or a Duration.",
    example: ("-(3.5 + 2.7)", "-6.2"),
    overloads: &[
        overload(
            &[one("valueToNegate", Kind::Currency)],
            Type::one(Kind::Currency),
            negate_currency,
        ),
        overload(
            &[one("valueToNegate", Kind::Integer)],
            Type::one(Kind::Integer),
            negate_integer,
        ),
        overload(
            &[one("valueToNegate", Kind::Decimal)],
            Type::one(Kind::Decimal),
            negate_decimal,
        ),
        overload(
            &[one("valueToNegate", Kind::Duration)],
            Type::one(Kind::Duration),
            negate_duration,
        ),
    ],
};

fn add_integers(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let sum = arguments.integer(0)?.checked_add(arguments.integer(1)?);
    limits::integer(arguments, sum)
}

fn subtract_integers(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let difference = arguments.integer(0)?.checked_sub(arguments.integer(1)?);
    limits::integer(arguments, difference)
}

fn add_decimals(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let sum = arguments.decimal(0)?.checked_add(&arguments.decimal(1)?);
    limits::decimal(arguments, sum)
}

fn subtract_decimals(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let difference = arguments.decimal(0)?.checked_sub(&arguments.decimal(1)?);
    limits::decimal(arguments, difference)
}

fn add_currencies(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    combine_currencies(arguments, Decimal::checked_add)
}

fn subtract_currencies(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    combine_currencies(arguments, Decimal::checked_sub)
}

fn combine_currencies(
    arguments: &Arguments<'_>,
    combine: fn(&Decimal, &Decimal) -> Option<Decimal>,
) -> Result<Value, Failure> {
    let (left, right) = (arguments.currency(0)?, arguments.currency(1)?);
    limits::require_same_code(arguments, left.code.as_ref(), right.code.as_ref())?;
    let amount = combine(
        limits::amount(arguments, 0, left)?,
        limits::amount(arguments, 1, right)?,
    );
    limits::currency(arguments, amount, left.code.as_ref())
}

fn add_time_to_duration(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let sum = arguments.datetime(1)?.checked_add(arguments.duration(0)?);
    limits::datetime(arguments, sum)
}

fn add_duration_to_time(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let sum = arguments.datetime(0)?.checked_add(arguments.duration(1)?);
    limits::datetime(arguments, sum)
}

fn subtract_duration_from_time(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let difference = arguments.datetime(0)?.checked_sub(arguments.duration(1)?);
    limits::datetime(arguments, difference)
}

fn add_durations(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let sum = arguments.duration(0)?.checked_add(arguments.duration(1)?);
    limits::duration(arguments, sum)
}

fn subtract_durations(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let difference = arguments.duration(0)?.checked_sub(arguments.duration(1)?);
    limits::duration(arguments, difference)
}

fn join(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (left, right) = (arguments.text(0)?, arguments.text(1)?);
    let bytes = left.len() + right.len();
    require_length(arguments, bytes)?;
    let mut text = Text::with_capacity(bytes);
    text.push_str(left);
    text.push_str(right);
    Ok(Value::String(text))
}

fn negate_integer(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    limits::integer(arguments, arguments.integer(0)?.checked_neg())
}

fn negate_decimal(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Decimal(arguments.decimal(0)?.negate()))
}

fn negate_currency(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let currency = arguments.currency(0)?;
    let amount = limits::amount(arguments, 0, currency)?.negate();
    limits::currency(arguments, Some(amount), currency.code.as_ref())
}

fn negate_duration(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let negative = Duration::ZERO.checked_sub(arguments.duration(0)?);
    limits::duration(arguments, negative)
}

#[cfg(test)]
mod tests {
    use super::super::super::super::trial::assert_results;

    #[test]
    fn sums_and_differences() {
        assert_results(&[
            ("999999999999999 + 0", "999999999999999"),
            ("999999999999999 + 1", "RESULT_TOO_LARGE"),
            ("-999999999999999 - 1", "RESULT_TOO_LARGE"),
            ("10.0 ^ 40 + 10.0 ^ 40", "RESULT_TOO_LARGE"),
            ("0.1 + 0.2", "0.3"),
            ("5 + ToInt(NOT_SET)", "NOT_SET_NOT_ALLOWED"),
            ("5 + true", "WRONG_ARGUMENTS"),
            (r#""a" + "" + "b""#, r#""ab""#),
            (r#"ToCurrency("5|USD") + ToCurrency("5|EUR")"#, "CURRENCIES_DIFFER"),
            (r#"ToCurrency("5|USD") + ToCurrency("5")"#, "CURRENCIES_DIFFER"),
            (r#"ToCurrency("5|USD") + ToCurrency("|USD")"#, "NOT_SET_NOT_ALLOWED"),
            (r#"-ToCurrency("|USD")"#, "NOT_SET_NOT_ALLOWED"),
            (r#"-ToCurrency("5")"#, r#"{"amount":"-5.00","code":null}"#),
            ("System.MaxDateTime + MakeDuration(0, 0, 0, 0, 1)", "RESULT_TOO_LARGE"),
            ("System.MinDateTime - MakeDuration(0, 0, 0, 0, 1)", "RESULT_TOO_LARGE"),
            ("System.MaxDuration + MakeDuration(0, 0, 0, 0, 1)", "RESULT_TOO_LARGE"),
            ("-System.MaxDuration == System.MinDuration", "true"),
            ("MakeDateTime(2009, 1, 2) - MakeDateTime(2009, 1, 1)", "WRONG_ARGUMENTS"),
        ]);
    }
}
