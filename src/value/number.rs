//! Integers and decimals: parsing and comparison.

use std::cmp::Ordering;
use std::fmt;

use super::{Decimal, Json, Value};

/// A number: an integer or a decimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Decimal(Decimal),
}

impl Number {
    /// Parses a JSON number. The result is an integer if the number has no fraction or
    /// exponent and fits 64 bits, else a decimal. Returns `None` if the text is not a
    /// JSON number or exceeds a decimal.
    pub fn parse_json(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_digit =
            |at: usize| digits.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
        let leads_with_zero = digits.starts_with('0') && is_digit(1);
        let ends_in_point = digits.find('.').is_some_and(|point| !is_digit(point + 1));
        let is_json = is_digit(0) && !leads_with_zero && !ends_in_point;
        if is_json { Self::parse(text) } else { None }
    }

    /// Parses a number as people and Architect write it, including `007`, `1.` and `.5`.
    pub fn parse(text: &str) -> Option<Self> {
        // Rust's integers may have a plus sign; here that is a telephone number.
        match text.parse::<i64>() {
            Ok(value) if !text.starts_with('+') => Some(Self::Integer(value)),
            _ => Decimal::parse(text).map(Self::Decimal),
        }
    }

    /// The number of a value: an Integer, a Decimal, a JSON number, or a String that is a
    /// number, ignoring surrounding white space. Returns `None` for Booleans and all
    /// other values.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(value) | Value::Json(Json::Integer(value)) => {
                Some(Self::Integer(*value))
            }
            Value::Decimal(value) | Value::Json(Json::Decimal(value)) => {
                Some(Self::Decimal(value.clone()))
            }
            Value::String(text) | Value::Json(Json::String(text)) => {
                Self::parse(text.trim())
            }
            _ => None,
        }
    }

    /// The number as an integer. Returns `None` if it has a fraction or exceeds 64 bits.
    pub fn to_whole(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Decimal(number) => {
                let whole = number.truncate()?;
                number.compare_integer(whole).is_eq().then_some(whole)
            }
        }
    }

    /// Compares by value.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => left.cmp(right),
            (Self::Decimal(left), Self::Decimal(right)) => left.cmp(right),
            (Self::Integer(left), Self::Decimal(right)) => {
                right.compare_integer(*left).reverse()
            }
            (Self::Decimal(left), Self::Integer(right)) => left.compare_integer(*right),
        }
    }

    /// The sum. Returns `None` if out of range. The sum of Integers is an Integer.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        if let (Self::Integer(one), Self::Integer(two)) = (self, other) {
            return one.checked_add(*two).map(Self::Integer);
        }
        self.to_decimal().checked_add(&other.to_decimal()).map(Self::Decimal)
    }

    /// The number as a decimal.
    pub fn to_decimal(&self) -> Decimal {
        match self {
            Self::Integer(value) => Decimal::from(*value),
            Self::Decimal(value) => value.clone(),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(formatter),
            Self::Decimal(number) => Json::Decimal(number.clone()).fmt(formatter),
        }
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Decimal> for Number {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number)
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        match number {
            Number::Integer(value) => Self::Integer(value),
            Number::Decimal(value) => Self::Decimal(value),
        }
    }
}

impl From<Number> for Json {
    fn from(number: Number) -> Self {
        match number {
            Number::Integer(value) => Self::Integer(value),
            Number::Decimal(value) => Self::Decimal(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Number {
        Number::Decimal(Decimal::parse(text).unwrap())
    }

    #[test]
    fn whole_json_numbers_are_integers_if_they_fit() {
        let max = i64::MAX.to_string();
        for (text, number) in [
            ("0", Number::Integer(0)),
            ("-0", Number::Integer(0)),
            ("-12", Number::Integer(-12)),
            (max.as_str(), Number::Integer(i64::MAX)),
            ("9223372036854775808", decimal("9223372036854775808")),
            ("12.0", decimal("12")),
            ("12e0", decimal("12")),
            ("0.5", decimal("0.5")),
        ] {
            assert_eq!(Number::parse_json(text), Some(number), "{text}");
        }
        for text in ["", "-", "+1", "007", "-01.5", "1.", ".5", "1.e5", " 1", "1e41", "a"]
        {
            assert_eq!(Number::parse_json(text), None, "{text}");
        }
    }

    #[test]
    fn strings_that_read_as_numbers() {
        assert_eq!(Number::of(&Value::from(" 007\u{a0}")), Some(Number::Integer(7)));
        assert_eq!(Number::of(&Value::from("1.50")), Some(decimal("1.5")));
        assert_eq!(Number::of(&Value::Json(Json::from("3"))), Some(Number::Integer(3)));
        for text in ["", " ", "+15551234567", "1 2", "true", "12a"] {
            assert_eq!(Number::of(&Value::from(text)), None, "{text}");
        }
        assert_eq!(Number::of(&Value::from(true)), None);
        assert_eq!(Number::of(&Value::NOT_SET), None);
    }

    #[test]
    fn kinds_compare_by_value() {
        assert_eq!(Number::Integer(5).compare(&decimal("5.0")), Ordering::Equal);
        assert_eq!(Number::Integer(5).compare(&decimal("5.1")), Ordering::Less);
        assert_eq!(decimal("-5.1").compare(&Number::Integer(-5)), Ordering::Less);
        // As floats these two would be equal.
        let large = decimal("9007199254740992.5");
        assert_eq!(
            Number::Integer(9_007_199_254_740_992).compare(&large),
            Ordering::Less
        );
    }
}
