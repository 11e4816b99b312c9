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
    /// fits 64 bits, else a decimal. Nothing if it is not JSON or exceeds a decimal.
    pub fn parse_json(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let whole_length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = digits.split_at(whole_length);
        let leads_with_zero = whole.len() > 1 && whole.starts_with('0');
        let fraction_is_empty = rest.strip_prefix('.').is_some_and(|fraction| {
            !fraction.starts_with(|first: char| first.is_ascii_digit())
        });
        if whole.is_empty() || leads_with_zero || fraction_is_empty {
            return None;
        }
        Self::parse(text)
    }

    /// Reads a number as people and Architect write it: also `007`, `1.` and `.5`.
    pub fn parse(text: &str) -> Option<Self> {
        let is_whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        match text.parse::<i64>() {
            Ok(value) if is_whole => Some(Self::Integer(value)),
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
                Decimal::from(*left).cmp(right)
            }
            (Self::Decimal(left), Self::Integer(right)) => {
                left.cmp(&Decimal::from(*right))
            }
        }
    }

    /// The sum, if it is within the limits. Integers stay integers.
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
