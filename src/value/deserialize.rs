//! JSON from serde, for text whose places do not matter. It is several times as fast as
//! [`Json::parse`](super::Json::parse), which accepts all JSON.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Json, JsonObject, Text};

/// The key by which `serde_json` marks a number that it passes on as text.
const NUMBER: &str = "$serde_json::private::Number";

impl<'de> Deserialize<'de> for Json {
    /// Rejects numbers that are not whole or too large, because serde passes them without
    /// their digits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON without decimals")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Boolean(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json, E> {
        i64::try_from(number).map(Json::Integer).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::Array(Arc::new(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = JsonObject::new();
        while let Some(key) = entries.next_key::<Key>()? {
            if key.0 == NUMBER {
                return Err(A::Error::custom("a number that would lose digits"));
            }
            object.insert(key.0, entries.next_value()?);
        }
        Ok(Json::Object(Arc::new(object)))
    }
}

/// The key of an object.
struct Key(Text);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Key;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a key")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Key, E> {
                Ok(Key(text.into()))
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_equals_parsing() {
        let texts = [
            "null",
            r#"{"a": [1, -2, true, "é\n", {}], "b": {"a": ""}, "a": 9223372036854775807}"#,
            r#"["\ud83d\ude00", "\u0000"]"#,
        ];
        for text in texts {
            let read: Json = serde_json::from_str(text).unwrap();
            assert_eq!(read, Json::parse(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn numbers_that_would_lose_digits_are_refused() {
        for text in ["1.50", "[9223372036854775808]", "{\"a\": 1e3}", "-0.1"] {
            assert!(serde_json::from_str::<Json>(text).is_err(), "{text}");
        }
    }
}
