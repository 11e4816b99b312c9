//! Conversion between our JSON and that of `serde_json`.

use super::{Json, Number};

impl From<&Json> for serde_json::Value {
    /// Decimals become the nearest floating-point number. A number that exceeds them
    /// becomes `null`.
    fn from(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Boolean(truth) => Self::Bool(*truth),
            Json::Integer(number) => Self::from(*number),
            Json::Decimal(_) => json.to_string().parse().map_or(Self::Null, Self::Number),
            Json::String(text) => Self::String(text.to_string()),
            Json::Array(items) => items.iter().map(Self::from).collect(),
            Json::Object(entries) => Self::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.to_string(), value.into()))
                    .collect(),
            ),
        }
    }
}

impl From<&serde_json::Value> for Json {
    /// A number that exceeds a decimal becomes `null`.
    fn from(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(truth) => Self::Boolean(*truth),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(number) => Self::Integer(number),
                None => {
                    Number::parse_json(&number.to_string()).map_or(Self::Null, Self::from)
                }
            },
            serde_json::Value::String(text) => Self::String(text.as_str().into()),
            serde_json::Value::Array(items) => Self::array(items.iter().map(Self::from)),
            serde_json::Value::Object(entries) => Self::object(
                entries.iter().map(|(key, value)| (key.as_str().into(), value.into())),
            ),
        }
    }
}
