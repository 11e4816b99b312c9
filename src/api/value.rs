//! Values that are given to calls and read from them.

use std::fmt;

use super::error::Error;
use crate::value::{self as engine, Json};

/// A JSON value: a context field, a variable, an input or an answer.
///
/// `Display` writes it as JSON. Copies are cheap.
///
/// ```
/// use flowsim::Value;
///
/// let value = Value::object([("tier", "gold".into()), ("visits", 3.into())]);
/// assert_eq!(value.to_string(), r#"{"tier":"gold","visits":3}"#);
/// assert_eq!(value.get("visits").and_then(|it| it.as_integer()), Some(3));
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Value(pub(super) Json);

impl Value {
    /// Parses JSON.
    ///
    /// # Errors
    /// The string is not JSON.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Json::parse(text).map(Self).map_err(|problem| Error::invalid(problem.to_string()))
    }

    /// Returns `null`, which flows read as NOT_SET.
    pub fn null() -> Self {
        Self(Json::Null)
    }

    /// Creates a list.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self(Json::array(items.into_iter().map(|item| item.0)))
    }

    /// Creates an object. The last of duplicate keys counts.
    pub fn object<K: AsRef<str>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        let entries = entries.into_iter();
        Self(Json::object(entries.map(|(key, value)| (key.as_ref().into(), value.0))))
    }

    /// Returns whether the value is `null`.
    pub fn is_null(&self) -> bool {
        self.0 == Json::Null
    }

    /// Returns the value if it is true or false.
    pub fn as_bool(&self) -> Option<bool> {
        match self.0 {
            Json::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the value if it is a whole number.
    pub fn as_integer(&self) -> Option<i64> {
        match self.0 {
            Json::Integer(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the nearest floating-point number if the value is a number. `Display`
    /// writes all digits.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.0 {
            Json::Integer(_) | Json::Decimal(_) => self.to_string().parse().ok(),
            _ => None,
        }
    }

    /// Returns the value if it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the items if the value is a list.
    pub fn as_list(&self) -> Option<Vec<Self>> {
        match &self.0 {
            Json::Array(items) => Some(items.iter().cloned().map(Self).collect()),
            _ => None,
        }
    }

    /// Returns the keys and values, in order, if the value is an object.
    pub fn as_object(&self) -> Option<Vec<(&str, Self)>> {
        match &self.0 {
            Json::Object(entries) => {
                let entries = entries.iter();
                Some(entries.map(|(key, value)| (&**key, Self(value.clone()))).collect())
            }
            _ => None,
        }
    }

    /// Returns the value of a key if the value is an object with that key.
    pub fn get(&self, key: &str) -> Option<Self> {
        self.0.get(key).cloned().map(Self)
    }

    /// Converts a value of the engine.
    pub(super) fn of(value: &engine::Value) -> Self {
        Self(value.to_json())
    }

    /// Converts to a value of the engine.
    pub(super) fn to_engine(&self) -> engine::Value {
        engine::Value::from(self.0.clone())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(Json::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self(Json::from(text.as_str()))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self(Json::from(value))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self(Json::from(number))
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::from(i64::from(number))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    /// `None` becomes `null`.
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::null, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::list(items.into_iter().map(Into::into))
    }
}

impl PartialEq<str> for Value {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<&str> for Value {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<i64> for Value {
    fn eq(&self, other: &i64) -> bool {
        self.as_integer() == Some(*other)
    }
}

impl PartialEq<bool> for Value {
    fn eq(&self, other: &bool) -> bool {
        self.as_bool() == Some(*other)
    }
}
