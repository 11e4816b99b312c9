//! Serialization of values with serde.

use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Json, Value};

impl Serialize for Json {
    /// With `serde_json`, numbers keep all their digits. Other serializers see the
    /// internal structure by which `serde_json` passes itself raw text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(truth) => serializer.serialize_bool(*truth),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Decimal(number) => {
                let mut text = String::new();
                number.write_json(&mut text);
                RawValue::from_string(text)
                    .map_err(S::Error::custom)?
                    .serialize(serializer)
            }
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items.iter()),
            Self::Object(entries) => serializer
                .collect_map(entries.iter().map(|(key, value)| (key.as_str(), value))),
        }
    }
}

impl Serialize for Value {
    /// Serializes the result of [`Value::to_json`].
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serde_output_equals_ours() {
        let text = r#"{"z":[1,-2.50,1234567890123456789012345678901234567890],"a":{"b":null,"c":"\u0001é"}}"#;
        let json = Json::parse(text).unwrap();
        assert_eq!(serde_json::to_string(&json).unwrap(), json.to_string());
        let value = Value::Json(json);
        assert_eq!(serde_json::to_string(&value).unwrap(), value.to_string());
    }
}
