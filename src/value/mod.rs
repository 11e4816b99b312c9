//! Architect's values: types, NOT_SET, numbers, times, conversions, comparison and
//! printing.

mod audio;
mod calendar;
mod communication;
mod compare;
mod convert;
mod culture;
mod decimal;
mod decode;
mod deserialize;
mod difference;
mod duration;
mod identifier;
mod json;
mod notation;
mod number;
mod object;
pub(crate) mod phone_number;
mod power;
mod print;
mod properties;
mod region;
mod serde_value;
mod serialize;
mod shorten;
pub mod spoken;
mod time;
mod types;

pub use audio::{Audio, AudioSegment};
pub use communication::{Communication, CommunicationPart};
pub use compare::{compare, equal, has_same_structure};
pub use convert::{
    ConversionError, to_boolean, to_currency, to_decimal, to_duration, to_integer,
    to_json, to_text,
};
pub use culture::compare_culturally;
pub use decimal::{Decimal, MAX_DIGITS};
pub(crate) use deserialize::NUMBER;
pub(crate) use difference::{differences, numbered_differences, readable_differences};
pub use duration::Duration;
pub use identifier::{derived_id, is_uuid};
pub use json::{Json, JsonError, JsonObject, MAX_JSON_DEPTH};
pub(crate) use json::{
    write_json_string, write_json_string_after, write_json_string_between,
};
pub use number::Number;
pub use object::{Collection, Currency, Object, Properties};
pub use properties::{Property, properties_of};
pub use region::dialing_code;
pub(crate) use shorten::{beginning, shortened};
pub use time::{Date, DateTime, Time};
pub(crate) use types::NAMED_OBJECTS;
pub use types::{Kind, Type};

/// A string. Short strings are stored inside the value, longer ones are shared.
pub use ecow::EcoString as Text;

/// An empty string whose bytes are constant. `Text::new` writes them one after the other, and
/// the processor waits for these writes when the string is moved as a whole.
pub(crate) const EMPTY_TEXT: Text = Text::new();

/// An empty string as a value.
pub(crate) const EMPTY_STRING: Value = Value::String(EMPTY_TEXT);

/// The largest Integer; the smallest is its negative. *Source: Architect's limits.*
pub const MAX_INTEGER: i64 = 999_999_999_999_999;

/// A value of a variable, an output, or an expression.
///
/// NOT_SET is a separate value and has a type. Collections are never NOT_SET, only empty.
///
/// The variants that own nothing come first, so that one comparison finds them.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value, with this type.
    NotSet(Type),
    /// Boolean
    Boolean(bool),
    /// Integer, within ±[`MAX_INTEGER`].
    Integer(i64),
    /// DateTime, in UTC.
    DateTime(DateTime),
    /// Date
    Date(Date),
    /// Time
    Time(Time),
    /// Duration
    Duration(Duration),
    /// String
    String(Text),
    /// Decimal, up to 40 digits.
    Decimal(Decimal),
    /// Currency
    Currency(std::sync::Arc<Currency>),
    /// Anything with named properties: Queue, User, Skill, Prompt, PhoneNumber, ExternalContact…
    Object(std::sync::Arc<Object>),
    /// JSON
    Json(Json),
    /// Audio
    Audio(std::sync::Arc<Audio>),
    /// Communication
    Communication(std::sync::Arc<Communication>),
    /// A collection of values of one type.
    Collection(std::sync::Arc<Collection>),
}

impl Default for Value {
    /// NOT_SET without a known type, the initial value of variables in the draft dialect.
    fn default() -> Self {
        Self::NotSet(Type::ANY)
    }
}

impl Value {
    /// NOT_SET without a known type.
    pub const NOT_SET: Self = Self::NotSet(Type::ANY);

    /// Whether this is NOT_SET, or the `null` of JSON, which the draft dialect treats as
    /// NOT_SET.
    #[inline]
    pub fn is_unset(&self) -> bool {
        matches!(self, Self::NotSet(_) | Self::Json(Json::Null))
    }

    /// Sets a place to a string. The string comes after the rest of the value: if both were
    /// moved together, the processor would wait for their writes before it could read them
    /// as one.
    #[inline(always)]
    pub(crate) fn set_text(&mut self, text: Text) {
        *self = EMPTY_STRING;
        if let Self::String(place) = self {
            // An empty string owns nothing.
            std::mem::forget(std::mem::replace(place, text));
        }
    }

    /// Whether the value owns nothing, so that there is nothing to count or to free.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        matches!(
            self,
            Self::NotSet(_)
                | Self::Boolean(_)
                | Self::Integer(_)
                | Self::DateTime(_)
                | Self::Date(_)
                | Self::Time(_)
                | Self::Duration(_)
        )
    }

    /// Sets a place to a value. An earlier value that owns nothing is not checked for
    /// something to free.
    #[inline(always)]
    pub(crate) fn put(&mut self, value: Self) {
        if self.is_plain() {
            std::mem::forget(std::mem::replace(self, value));
        } else {
            *self = value;
        }
    }

    /// Sets a place to a copy of a value.
    #[inline]
    pub(crate) fn copy_from(&mut self, value: &Self) {
        if self.is_plain() { self.fill(value) } else { self.clone_from(value) }
    }

    /// Sets a place that owns nothing to a copy of a value. Frequent kinds are written part
    /// by part: a value that was moved as a whole would wait for the writes of its parts.
    #[inline]
    pub(crate) fn fill(&mut self, value: &Self) {
        let copy = match value {
            Self::NotSet(holds) => Self::NotSet(*holds),
            Self::Boolean(truth) => Self::Boolean(*truth),
            Self::Integer(number) => Self::Integer(*number),
            other => return self.fill_rare(other),
        };
        std::mem::forget(std::mem::replace(self, copy));
    }

    #[inline(never)]
    fn fill_rare(&mut self, value: &Self) {
        let copy = match value {
            Self::String(text) => Self::String(text.clone()),
            other => other.clone(),
        };
        std::mem::forget(std::mem::replace(self, copy));
    }

    /// The initial value of a variable of this type: NOT_SET, or an empty collection.
    #[inline]
    pub fn unset(holds: Type) -> Self {
        if holds.is_collection {
            let items = Vec::new();
            Self::Collection(std::sync::Arc::new(Collection { kind: holds.kind, items }))
        } else {
            Self::NotSet(holds)
        }
    }

    /// Creates a String value.
    pub fn string(text: impl Into<Text>) -> Self {
        Self::String(text.into())
    }
}

impl From<&str> for Value {
    #[inline]
    fn from(text: &str) -> Self {
        Self::String(Text::try_inline(text).unwrap_or_else(|| copied(text)))
    }
}

/// Copies a long text at once. `Text::from` copies it byte by byte.
fn copied(text: &str) -> Text {
    let mut copy = Text::with_capacity(text.len());
    copy.push_str(text);
    copy
}

impl From<bool> for Value {
    #[inline]
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Value {
    #[inline]
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

#[cfg(test)]
mod property_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_three_words() {
        assert_eq!(size_of::<Value>(), 24);
        assert_eq!(size_of::<Json>(), 24);
        assert_eq!(size_of::<Number>(), 16);
    }

    #[test]
    fn a_place_holds_the_value_that_it_gets_whatever_it_held() {
        let shared = std::sync::Arc::new(Audio::speech("Hello."));
        let values = [
            Value::NOT_SET,
            Value::from(true),
            Value::from(7),
            Value::from("short"),
            Value::from("a string that is longer than a value"),
            Value::Decimal(Decimal::from(5)),
            Value::Json(Json::Null),
            Value::Audio(std::sync::Arc::clone(&shared)),
        ];
        for before in &values {
            for value in &values {
                let mut place = before.clone();
                place.copy_from(value);
                assert_eq!(place, *value, "after {before:?}");
                place = before.clone();
                place.put(value.clone());
                assert_eq!(place, *value, "after {before:?}");
            }
        }
        // Every other copy is freed.
        drop(values);
        assert_eq!(std::sync::Arc::strong_count(&shared), 1);
    }

    #[test]
    fn null_is_unset_and_an_empty_string_is_not() {
        assert!(Value::default().is_unset());
        assert!(Value::Json(Json::Null).is_unset());
        assert!(!Value::from("").is_unset());
    }
}
