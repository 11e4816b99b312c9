//! The JSON Schemas of scenario files and fixtures: their keys, meanings and words.

use crate::value::{Json, Text};

/// The JSON Schemas of the documents that are not flows.
#[derive(Debug, Default)]
pub struct Schemas {
    scenario: Json,
    fixtures: Json,
}

impl Schemas {
    /// Parses the schemas that `flowsim schema` prints. A schema that is not JSON has no
    /// keys.
    pub fn parse(scenario: &str, fixtures: &str) -> Self {
        let read = |text| Json::parse(text).unwrap_or_default();
        Self { scenario: read(scenario), fixtures: read(fixtures) }
    }

    /// The schema of scenario files.
    pub(super) fn scenario(&self) -> Schema<'_> {
        Schema::of(&self.scenario)
    }

    /// The schema of fixtures.
    pub(super) fn fixtures(&self) -> Schema<'_> {
        Schema::of(&self.fixtures)
    }
}

/// The part of a schema at a place of a document: all alternatives that the place may have.
#[derive(Debug, Clone)]
pub(super) struct Schema<'s> {
    root: &'s Json,
    parts: Vec<&'s Json>,
}

/// The step from a list to its items, among the keys of a place.
pub(super) const ITEM: &str = "[]";

impl<'s> Schema<'s> {
    fn of(root: &'s Json) -> Self {
        Self { root, parts: vec![root] }.expanded()
    }

    /// Returns the part below some keys, outermost first.
    pub(super) fn below(&self, keys: &[String]) -> Self {
        keys.iter().fold(self.clone(), |schema, key| schema.step(key))
    }

    fn step(&self, key: &str) -> Self {
        let found = self.parts.iter().filter_map(|part| match key {
            ITEM => part.get("items"),
            _ => {
                let named = part.get("properties").and_then(|it| it.get(key));
                named.or_else(|| part.get("additionalProperties"))
            }
        });
        Self { root: self.root, parts: found.collect() }.expanded()
    }

    /// Adds the alternatives and the definitions that the parts refer to.
    fn expanded(mut self) -> Self {
        let mut next = 0;
        while let Some(part) = self.parts.get(next).copied() {
            next += 1;
            for key in ["allOf", "anyOf", "oneOf"] {
                if let Some(Json::Array(items)) = part.get(key) {
                    self.parts.extend(items.iter());
                }
            }
            self.parts.extend(["then", "else"].iter().filter_map(|key| part.get(key)));
            let definition = part.get("$ref").and_then(|name| self.definition(name));
            // A definition that refers to itself is added once.
            let is_known =
                |it: &Json| self.parts.iter().any(|own| std::ptr::eq(*own, it));
            self.parts.extend(definition.filter(|it| !is_known(it)));
        }
        self
    }

    fn definition(&self, name: &Json) -> Option<&'s Json> {
        let Json::String(name) = name else { return None };
        self.definition_named(name.strip_prefix("#/definitions/")?)
    }

    fn definition_named(&self, name: &str) -> Option<&'s Json> {
        self.root.get("definitions")?.get(name)
    }

    /// The keys of an object at this place, and their meanings.
    pub(super) fn keys(&self) -> Vec<(&'s Text, Option<&'s str>)> {
        let mut keys: Vec<(&Text, Option<&str>)> = Vec::new();
        for part in &self.parts {
            let Some(Json::Object(properties)) = part.get("properties") else { continue };
            for name in properties.keys() {
                if keys.iter().all(|(known, _)| *known != name) {
                    keys.push((name, self.step(name).meaning()));
                }
            }
        }
        keys
    }

    /// The words that a value at this place may be.
    pub(super) fn words(&self) -> Vec<&'s str> {
        let mut words = Vec::new();
        for part in &self.parts {
            let listed = match part.get("enum") {
                Some(Json::Array(items)) => items.as_slice(),
                _ => &[],
            };
            words.extend(listed.iter().chain(part.get("const")).filter_map(word));
            if is_boolean(part) {
                words.extend(["true", "false"]);
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        words.retain(|word| seen.insert(*word));
        words
    }

    /// Whether a value at this place may be something else than the words.
    pub(super) fn has_other_values(&self) -> bool {
        let is_other = |part: &Json| {
            let types = match part.get("type") {
                Some(Json::Array(types)) => types.as_slice(),
                Some(name) => std::slice::from_ref(name),
                None => &[],
            };
            let is_listed = part.get("enum").is_some() || part.get("const").is_some();
            // Everywhere, a test may have a placeholder of its table.
            let placeholder = self.definition_named("placeholder");
            let is_placeholder = placeholder.is_some_and(|it| std::ptr::eq(part, it));
            !is_listed
                && !is_placeholder
                && types.iter().any(|it| {
                    !matches!(it, Json::String(name) if name == "boolean" || name == "null")
                })
        };
        self.parts.iter().any(|part| is_other(part))
    }

    /// The meaning of the place.
    pub(super) fn meaning(&self) -> Option<&'s str> {
        self.parts.iter().find_map(|part| match part.get("description") {
            Some(Json::String(text)) => Some(text.as_str()),
            _ => None,
        })
    }
}

fn word(json: &Json) -> Option<&str> {
    match json {
        Json::String(text) => Some(text),
        Json::Boolean(true) => Some("true"),
        Json::Boolean(false) => Some("false"),
        _ => None,
    }
}

/// Whether a value may be a boolean.
fn is_boolean(part: &Json) -> bool {
    let is_it = |json: &Json| matches!(json, Json::String(name) if name == "boolean");
    match part.get("type") {
        Some(Json::Array(types)) => types.iter().any(is_it),
        Some(name) => is_it(name),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = r##"{
        "properties": {
            "tests": {"type": "array", "items": {"$ref": "#/definitions/test"}},
            "names": {"additionalProperties": {"type": ["boolean", "null"]}},
            "any": {"type": ["boolean", "string"]}
        },
        "definitions": {
            "test": {
                "properties": {"mode": {"$ref": "#/definitions/mode"}},
                "anyOf": [{"$ref": "#/definitions/test"}, {"properties": {"more": {}}}]
            },
            "mode": {
                "description": "The mode.",
                "anyOf": [{"enum": ["fast", null]}, {"$ref": "#/definitions/placeholder"}]
            },
            "placeholder": {"type": "string", "pattern": "x"}
        }
    }"##;

    fn at(keys: &[&str]) -> (Vec<String>, Vec<String>, Option<String>) {
        let schemas = Schemas::parse(SCHEMA, "");
        let keys: Vec<String> = keys.iter().map(|it| (*it).to_owned()).collect();
        let schema = schemas.scenario().below(&keys);
        let names = schema.keys().into_iter().map(|(name, _)| name.to_string());
        let words = schema.words().into_iter().map(str::to_owned);
        (names.collect(), words.collect(), schema.meaning().map(str::to_owned))
    }

    #[test]
    fn keys_and_words_are_those_of_all_alternatives() {
        assert_eq!(at(&[]).0, ["tests", "names", "any"]);
        assert_eq!(at(&["tests"]).0, [""; 0], "a list has no keys");
        assert_eq!(at(&["tests", ITEM]).0, ["mode", "more"]);
        let (_, words, meaning) = at(&["tests", ITEM, "mode"]);
        assert_eq!((words, meaning), (vec!["fast".into()], Some("The mode.".into())));
        assert_eq!(at(&["names", "any"]).1, ["true", "false"]);
        assert_eq!(at(&["unknown"]), Default::default());
    }

    #[test]
    fn a_string_is_something_else_than_the_words() {
        let schemas = Schemas::parse(SCHEMA, "");
        let has_others = |keys: &[&str]| {
            let keys: Vec<String> = keys.iter().map(|it| (*it).to_owned()).collect();
            schemas.scenario().below(&keys).has_other_values()
        };
        assert!(has_others(&["any"]));
        assert!(!has_others(&["names", "x"]));
        assert!(!has_others(&["tests", ITEM, "mode"]));
    }
}
