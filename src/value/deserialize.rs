//! JSON from serde, for text whose places do not matter. It is several times as fast as
//! [`Json::parse`](super::Json::parse), which accepts all JSON.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};

use super::{Json, Text};

/// The key by which `serde_json` marks a number that it passes on as text.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";

impl<'de> Deserialize<'de> for Json {
    /// Rejects numbers that are not whole or too large, because serde passes them without
    /// their digits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader(&mut Open::default()).deserialize(deserializer)
    }
}

/// The complete parts of the lists and objects that are not complete. A list or object
/// takes its parts from the end, so that it allocates its memory once.
#[derive(Default)]
struct Open {
    items: Vec<Json>,
    entries: Vec<(Text, Json)>,
}

struct Reader<'o>(&'o mut Open);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Json, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
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
        let Self(open) = self;
        let first = open.items.len();
        while let Some(item) = items.next_element_seed(Reader(open))? {
            open.items.push(item);
        }
        Ok(Json::array(open.items.drain(first..)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let Self(open) = self;
        let first = open.entries.len();
        while let Some(key) = entries.next_key::<Text>()? {
            if key == NUMBER {
                return Err(A::Error::custom("a number that would lose digits"));
            }
            let value = entries.next_value_seed(Reader(open))?;
            open.entries.push((key, value));
        }
        Ok(Json::object(open.entries.drain(first..)))
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
