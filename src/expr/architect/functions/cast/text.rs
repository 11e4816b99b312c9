//! Implements `ToString`.

use crate::value::{Kind, Number, Type, Value, to_text};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::super::signature::{Overload, Parameter, many, one, overload};
use super::super::limits;
use super::super::text::require_length;

/// The number of digits after the decimal point.
const PLACES: Parameter = one("decimalPlaces", Kind::Integer).within(1, 28);
const DELIMITER: Parameter = one("delimiter", Kind::String).or_not_set();
const STRING: Type = Type::one(Kind::String);

pub(super) const OVERLOADS: &[Overload] = &[
    overload(&[one("valueToConvert", Kind::Any).or_not_set()], STRING, whole),
    overload(&[one("nullValue", Kind::NotSet).or_not_set()], STRING, whole),
    overload(&[many("valueToConvert", Kind::Any)], STRING, listed),
    overload(&[many("valueToConvert", Kind::Any), DELIMITER], STRING, listed),
    overload(
        &[one("decimalValueToConvert", Kind::Decimal).or_not_set(), PLACES],
        STRING,
        rounded,
    ),
    overload(
        &[one("currencyValueToConvert", Kind::Currency).or_not_set(), PLACES],
        STRING,
        rounded,
    ),
    overload(&[many("valueToConvert", Kind::Decimal), PLACES], STRING, listed_rounded),
    overload(
        &[many("currencyCollectionToConvert", Kind::Currency).or_not_set(), PLACES],
        STRING,
        listed_rounded,
    ),
    overload(
        &[many("valueToConvert", Kind::Decimal), DELIMITER, PLACES],
        STRING,
        delimited_rounded,
    ),
    overload(
        &[
            many("currencyCollectionToConvert", Kind::Currency).or_not_set(),
            DELIMITER,
            PLACES,
        ],
        STRING,
        delimited_rounded,
    ),
];

fn whole(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    limits::converted(arguments, to_text(arguments.value(0)))
}

fn rounded(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let value = arguments.value(0);
    if value.is_unset() {
        return Ok(arguments.not_set());
    }
    let mut text = String::new();
    write_rounded(value, places(arguments, 1)?, &mut text);
    Ok(Value::string(text))
}

fn listed(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    join(arguments, delimiter(arguments)?, Value::write_text)
}

fn listed_rounded(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let places = places(arguments, 1)?;
    join(arguments, LINE_BREAK, |item, text| write_rounded(item, places, text))
}

fn delimited_rounded(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let places = places(arguments, 2)?;
    join(arguments, delimiter(arguments)?, |item, text| {
        write_rounded(item, places, text);
    })
}

const LINE_BREAK: &str = "\n";

fn delimiter<'a>(arguments: &Arguments<'a>) -> Result<&'a str, Failure> {
    Ok(arguments.optional_text(1)?.map_or(LINE_BREAK, |text| text.as_str()))
}

fn places(arguments: &Arguments<'_>, place: usize) -> Result<u32, Failure> {
    Ok(u32::try_from(arguments.integer(place)?).unwrap_or_default())
}

/// Joins the items as strings. NOT_SET becomes an empty string.
fn join(
    arguments: &Arguments<'_>,
    delimiter: &str,
    write: impl Fn(&Value, &mut String),
) -> Result<Value, Failure> {
    let mut text = String::new();
    for (place, item) in arguments.items(0)?.iter().enumerate() {
        if place > 0 {
            text.push_str(delimiter);
        }
        write(item, &mut text);
        require_length(arguments, text.len())?;
    }
    Ok(Value::string(text))
}

/// Writes a number or amount with the given number of digits after the decimal point.
/// Writes an empty string for NOT_SET.
fn write_rounded(value: &Value, places: u32, text: &mut String) {
    if let Value::Currency(currency) = value {
        text.push_str(&currency.rounded_text(places));
    } else if let Some(number) = Number::of(value) {
        let digits = usize::try_from(places).unwrap_or_default();
        number.to_decimal().round(places).write(digits, text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::super::trial::assert_results;

    #[test]
    fn strings() {
        assert_results(&[
            ("ToString(2.5, 0)", "OUT_OF_RANGE"),
            ("ToString(2.5, 29)", "OUT_OF_RANGE"),
            ("ToString(2.005, 2)", r#""2.01""#),
            ("ToString(2, 2)", "WRONG_ARGUMENTS"),
            ("ToString(ToDecimal(NOT_SET), 2)", "NOT_SET String"),
            ("ToString(ToCurrency(NOT_SET), 2)", "NOT_SET String"),
            (r#"ToString(ToCurrency("|"), 2)"#, r#""|""#),
            (r#"ToString(MakeList("a", "b"), NOT_SET)"#, r#""a\nb""#),
            (r#"ToString(MakeEmptyList("a"), ",")"#, r#""""#),
            (r#"ToString(MakeList(1.5, 2.25), ", ", 1)"#, r#""1.5, 2.3""#),
            (
                r#"ToString(MakeList(ToCurrency("1|USD"), ToCurrency("|EUR")), 3)"#,
                r#""1.000|USD\n|EUR""#,
            ),
            ("ToString(NOT_SET)", "NOT_SET String"),
            (r#"ToString("")"#, r#""""#),
        ]);
    }
}
