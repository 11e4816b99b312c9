//! Reader of simulation responses from serde. It makes the steps directly, because the
//! observation does not need most of the response.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};

use super::{Keyed, step};
use crate::trace::observation::{Observation, ObservedStep};
use crate::value::{Json, NUMBER};

/// Keys of a response that an observation contains, except for its steps.
const RESPONSE: [&str; 6] =
    ["status", "error", "elapsedMs", "variables", "flow", "flowId"];

/// Keys of a step that an observation contains, except for its result.
const STEP: [&str; 9] = [
    "nodeType", "nodeId", "nodeName", "flowId", "depth", "startMs", "path", "next",
    "asked",
];

impl<'de> Deserialize<'de> for Observation {
    /// Reads a simulation response. The result is that of [`Observation::of_simulation`].
    /// Rejects what that function does not accept, numbers that [`Json`] rejects, and steps
    /// with duplicate keys.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ResponseReader)
    }
}

struct ResponseReader;

impl<'de> Visitor<'de> for ResponseReader {
    type Value = Observation;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a simulation response")
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut entries: A,
    ) -> Result<Self::Value, A::Error> {
        let (mut parts, mut steps) = (Parts::default(), None);
        while let Some(key) =
            entries.next_key_seed(KeyReader(&[&["trace"], &RESPONSE]))?
        {
            match key {
                Some("trace") => steps = Some(entries.next_value::<Steps>()?.0),
                Some(key) => parts.set(key, entries.next_value()?),
                None => {
                    entries.next_value::<Skipped>()?;
                }
            }
        }
        let steps = steps.ok_or_else(|| A::Error::missing_field("trace"))?;
        Ok(Observation::of_response(&parts, steps))
    }
}

/// Some entries of an object.
#[derive(Default)]
struct Parts(Vec<(&'static str, Json)>);

impl Parts {
    /// Sets a value. The last value of a duplicate key counts.
    fn set(&mut self, key: &'static str, value: Json) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => self.0.push((key, value)),
        }
    }
}

impl Keyed for Parts {
    fn value(&self, key: &str) -> Option<&Json> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }
}

struct Steps(Vec<ObservedStep>);

impl<'de> Deserialize<'de> for Steps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(StepsReader)
    }
}

struct StepsReader;

impl<'de> Visitor<'de> for StepsReader {
    type Value = Steps;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of steps")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Steps, A::Error> {
        let mut steps = Vec::new();
        while let Some(StepParts(parts)) = items.next_element()? {
            steps.push(step(&parts));
        }
        Ok(Steps(steps))
    }
}

struct StepParts(Parts);

impl<'de> Deserialize<'de> for StepParts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StepReader)
    }
}

struct StepReader;

impl<'de> Visitor<'de> for StepReader {
    type Value = StepParts;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a step")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<StepParts, A::Error> {
        let mut parts = Parts(Vec::with_capacity(STEP.len() + 2));
        let known: &[&[&'static str]] = &[&STEP, &["result", "output"]];
        while let Some(key) = entries.next_key_seed(KeyReader(known))? {
            if key.is_some_and(|key| parts.value(key).is_some()) {
                return Err(A::Error::custom("a duplicate key"));
            }
            match key {
                // The output is used instead of a result that is not an object, and for
                // the condition of a decision.
                Some("output")
                    if matches!(parts.value("result"), Some(Json::Object(_))) =>
                {
                    parts.set("output", entries.next_value_seed(ConditionReader)?);
                }
                Some(key) => parts.set(key, entries.next_value()?),
                None => {
                    entries.next_value::<Skipped>()?;
                }
            }
        }
        Ok(StepParts(parts))
    }
}

/// Reads a key. Returns `None` for all keys but these.
struct KeyReader(&'static [&'static [&'static str]]);

impl<'de> DeserializeSeed<'de> for KeyReader {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyReader {
    type Value = Option<&'static str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().copied().flatten().copied().find(|known| *known == key))
    }
}

/// Reads an object, and keeps only its `condition`.
struct ConditionReader;

impl<'de> DeserializeSeed<'de> for ConditionReader {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Json, D::Error> {
        value.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ConditionReader {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut condition = None;
        while let Some(key) = entries.next_key_seed(KeyReader(&[&["condition"]]))? {
            match key {
                Some(_) => condition = Some(entries.next_value()?),
                None => {
                    entries.next_value::<Skipped>()?;
                }
            }
        }
        Ok(Json::object(condition.map(|it| ("condition".into(), it))))
    }
}

/// A value that is not kept. It accepts the same values as [`Json`].
struct Skipped;

impl<'de> Deserialize<'de> for Skipped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Skipped {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON without decimals")
    }

    fn visit_unit<E: Error>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self, E> {
        i64::try_from(number).map(|_| self).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        while let Some(key) = entries.next_key_seed(KeyReader(&[&[NUMBER]]))? {
            if key.is_some() {
                return Err(A::Error::custom("a number that would lose digits"));
            }
            entries.next_value::<Self>()?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads with and without a document. Both must make the same observation.
    fn both(text: &str) -> Option<Observation> {
        let document: Result<Json, _> = serde_json::from_str(text);
        let expected = document.ok().and_then(|it| Observation::of_simulation(&it));
        let read: Option<Observation> = serde_json::from_str(text).ok();
        assert_eq!(read, expected, "{text}");
        read
    }

    #[test]
    fn responses_are_read_as_their_documents() {
        let read = both(
            r#"{"status": "completed", "error": null, "elapsedMs": 7, "more": [{"a": []}],
            "trace": [
                {"sequence": 1, "nodeId": "a", "nodeName": "A", "nodeType": "If",
                    "result": {"operands": {"x": 1}}, "output": {"condition": 2, "y": [1]}},
                {"output": {"digits": "1"}, "nodeType": "Gather", "nodeId": "b",
                    "result": {"digits": "2", "digits": "3"}, "path": "next"},
                {"nodeType": "Say", "result": null, "output": {"text": "Hello", "answer": {}}},
                {}
            ], "routing": {"queueId": null}, "variables": {"a": "b"}, "flow": {"id": "f"}}"#,
        );
        assert_eq!(read.unwrap().steps[0].path.as_deref(), Some("condition 2"));
    }

    #[test]
    fn other_documents_are_refused() {
        for text in [
            "[]",
            "{}",
            r#"{"trace": {}}"#,
            r#"{"trace": [], "trace": 1}"#,
            r#"{"trace": [], "more": 1.5}"#,
            r#"{"trace": [], "more": [9223372036854775808]}"#,
            r#"{"trace": [{"result": {}, "output": {"a": {"b": 0.5}}}]}"#,
            r#"{"trace": [{"path": "next", "path": null}]}"#,
            r#"{"trace": []"#,
        ] {
            assert!(serde_json::from_str::<Observation>(text).is_err(), "{text}");
        }
        let deep = "[".repeat(200) + &"]".repeat(200);
        let deep = format!(r#"{{"trace": [], "more": {deep}}}"#);
        assert!(serde_json::from_str::<Observation>(&deep).is_err());
    }

    /// Generates values of steps.
    fn value() -> impl Strategy<Value = String> {
        let scalar = "null|true|7|\"[a-z+é]{0,3}\"|\"next\"|\"Gather\"|\"Route\"|\"If\"|\"webhook\"";
        let keys = "text|texts|digits|condition|operands|variables|queueId|skills|error|code|answer|x";
        let object = prop::collection::vec((keys, scalar), 0..5).prop_map(|entries| {
            let entries =
                entries.into_iter().map(|(key, value)| format!("\"{key}\":{value}"));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        });
        prop_oneof![3 => scalar, 4 => object, 1 => scalar.prop_map(|it| format!("[{it}]"))]
    }

    proptest! {
        #[test]
        fn any_order_of_keys_is_read_as_its_document(
            steps in prop::collection::vec(
                prop::collection::vec(
                    ("nodeId|nodeName|nodeType|flowId|depth|startMs|path|result|output|next", value()),
                    0..8,
                ),
                0..4,
            ),
            other in prop::collection::vec(
                ("status|error|elapsedMs|variables|flow|flowId|routing", value()),
                0..4,
            ),
        ) {
            let object = |entries: &[(String, String)]| {
                let entries = entries.iter().map(|(key, value)| format!("\"{key}\":{value}"));
                entries.collect::<Vec<_>>().join(",")
            };
            let steps: Vec<String> =
                steps.iter().map(|step| format!("{{{}}}", object(step))).collect();
            let comma = if other.is_empty() { "" } else { "," };
            let (steps, other) = (steps.join(","), object(&other));
            // A step with duplicate keys, or an output that is a list, is left to the document.
            let text = format!("{{{other}{comma}\"trace\":[{steps}]}}");
            let document: Json = serde_json::from_str(&text).unwrap();
            if let Ok(read) = serde_json::from_str::<Observation>(&text) {
                prop_assert_eq!(Some(read), Observation::of_simulation(&document));
            }
        }
    }
}
