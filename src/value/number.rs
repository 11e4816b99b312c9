//! Numbers of either kind, as they are written and as they are compared.

use std::cmp::Ordering;

use super::{Decimal, Json, Value};

/// A number that is whole by its type, or a decimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// Any other.
    Decimal(Decimal),
}

impl Number {
    /// Reads a JSON number: an integer if it is written without fraction and exponent and
    /// fits 64 bits, else a decimal. Nothing if it is no JSON number or exceeds a decimal.
    pub fn parse_json(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_digit =
            |at: usize| digits.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
        let leads_with_zero = digits.starts_with('0') && is_digit(1);
        let ends_in_point = digits.find('.').is_some_and(|point| !is_digit(point + 1));
        let is_json = is_digit(0) && !leads_with_zero && !ends_in_point;
        if is_json { Self::parse(text) } else { None }
    }

    /// Reads a number as people and Architect write it: also `007`, `1.` and `.5`.
    pub fn parse(text: &str) -> Option<Self> {
        // Rust's integers may have a plus sign; that is a telephone number and no number.
        match text.parse::<i64>() {
            Ok(value) if !text.starts_with('+') => Some(Self::Integer(value)),
            _ => Decimal::parse(text).map(Self::Decimal),
        }
    }

    /// The number that a value is: an Integer, a Decimal, a JSON number, or a String that is
    /// one when blanks around it are ignored. A Boolean is none.
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

    /// The order by value.
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

    /// The number as a decimal.
    pub fn to_decimal(&self) -> Decimal {
        match self {
            Self::Integer(value) => Decimal::from(*value),
            Self::Decimal(value) => value.clone(),
        }
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
