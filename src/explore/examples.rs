//! Examples of values by type: constants of the flow and their neighbours first, then a few
//! that no flow names.

use crate::value::{Json, Kind, Text, Type, properties_of};

use super::constants::Constants;

/// The largest number of constants of the flow that are tried for one value.
const MOST_CONSTANTS: usize = 12;

/// The largest number of examples of an object.
const MOST_OBJECTS: usize = 24;

/// The depth to which properties of objects get values.
const MOST_DEPTH: u32 = 3;

/// The time at which calls start, as a string.
const NOW: &str = "2026-01-05T09:00:00Z";

/// A number that functions for telephone numbers accept. The platform reserves it for
/// fiction.
const NUMBER: &str = "+13175550100";

impl Constants {
    /// Returns examples of set values of a type, the plainest first. Returns an empty list
    /// for types that JSON cannot express.
    pub(super) fn examples(&self, holds: Type) -> Vec<Json> {
        let one = self.of_kind(holds.kind, 0);
        if !holds.is_collection {
            return one;
        }
        let Some(first) = one.first().cloned() else { return Vec::new() };
        let last = one.last().cloned().unwrap_or_default();
        let single = one.into_iter().map(|item| Json::array([item]));
        let more = [Json::array([]), Json::array([first, last])];
        single.chain(more).collect()
    }

    /// Returns examples of values without a type, as variables of draft flows hold.
    pub(super) fn anything(&self) -> Vec<Json> {
        let truths = [true, false].map(Json::Boolean);
        self.text_examples()
            .into_iter()
            .chain(self.whole_numbers())
            .chain(truths)
            .collect()
    }

    fn of_kind(&self, kind: Kind, depth: u32) -> Vec<Json> {
        let strings = |strings: &[&str]| -> Vec<Json> {
            strings.iter().map(|text| Json::String((*text).into())).collect()
        };
        match kind {
            Kind::Boolean => vec![Json::Boolean(true), Json::Boolean(false)],
            Kind::String => self.text_examples(),
            Kind::Integer | Kind::Decimal => self.whole_numbers(),
            Kind::DateTime => strings(&[NOW, "2020-01-01T00:00:00Z"]),
            Kind::Date => strings(&["2026-01-05", "2020-01-01"]),
            Kind::Time => strings(&["09:00:00", "23:00:00"]),
            Kind::Duration => strings(&["PT1M", "PT0S", "PT2H", "P1D", "PT1H2M3S"]),
            Kind::Currency => strings(&["1.00|USD", "0.00|USD"]),
            Kind::PhoneNumber => {
                strings(&[NUMBER]).into_iter().chain(self.objects(kind, depth)).collect()
            }
            // The columns of a contact list are those that the flow reads.
            Kind::Json | Kind::Any | Kind::Contact => self.documents(),
            kind => self.objects(kind, depth),
        }
    }

    /// Strings: a number, which most functions accept, constants of the flow, a string that
    /// equals none, a telephone number, a date, the usual time of a call, and the empty
    /// string.
    pub(super) fn text_examples(&self) -> Vec<Json> {
        let known = self.strings().take(MOST_CONSTANTS).cloned();
        let more = ["other", NUMBER, "2026-01-05", NOW, ""].map(Text::from);
        let mut all: Vec<Text> = vec!["1".into()];
        for text in known.chain(more) {
            if !all.contains(&text) {
                all.push(text);
            }
        }
        all.into_iter().map(Json::String).collect()
    }

    /// Whole numbers: constants of the flow with their neighbours, 0 and 1.
    pub(super) fn whole_numbers(&self) -> Vec<Json> {
        let near = self.near_integers().into_iter().take(3 * MOST_CONSTANTS);
        let mut numbers: Vec<i64> = near.collect();
        for number in [0, 1] {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers.into_iter().map(Json::Integer).collect()
    }

    /// JSON documents with every member that an expression reads, and one without any.
    fn documents(&self) -> Vec<Json> {
        let leaves = [Json::String("1".into()), Json::Boolean(true)];
        let known = self.strings().take(MOST_CONSTANTS).cloned().map(Json::String);
        let leaves = leaves.into_iter().chain(known);
        let with = |leaf: Json| self.document(&leaf, None);
        leaves.map(with).chain([Json::object([])]).collect()
    }

    /// JSON documents that lack one of the members that an expression reads.
    pub(super) fn incomplete_documents(&self) -> Vec<Json> {
        let leaf = Json::String("1".into());
        let paths = self.paths().take(MOST_CONSTANTS);
        paths.map(|path| self.document(&leaf, Some(path))).collect()
    }

    fn document(&self, leaf: &Json, lacked: Option<&Vec<Text>>) -> Json {
        let mut document = Json::object([]);
        let is_there = |path: &&Vec<Text>| !lacked.is_some_and(|it| path.starts_with(it));
        for path in self.paths().filter(is_there) {
            insert(&mut document, path, leaf);
        }
        document
    }

    /// Objects: with all properties that the flow reads, then each property with its other
    /// examples and NOT_SET.
    fn objects(&self, kind: Kind, depth: u32) -> Vec<Json> {
        let all = properties_of(kind);
        if all.is_empty() || depth == MOST_DEPTH {
            return Vec::new();
        }
        let examples = |(name, holds): &(&'static str, Type)| {
            let one = self.of_kind(holds.kind, depth + 1);
            let one = one.into_iter().map(|value| match holds.is_collection {
                true => Json::array([value]),
                false => value,
            });
            (Text::from(*name), one.collect::<Vec<Json>>())
        };
        let read = all.iter().filter(|(name, _)| self.reads_property(name));
        let read: Vec<(Text, Vec<Json>)> = read.map(examples).collect();
        let object = |skip: usize, value: Option<&Json>| {
            let properties =
                read.iter().enumerate().filter_map(|(place, (name, values))| {
                    let value = if place == skip { value } else { values.first() };
                    Some((name.clone(), value?.clone()))
                });
            Json::object(properties)
        };
        let mut objects = vec![object(usize::MAX, None)];
        for (place, (_, values)) in read.iter().enumerate() {
            objects.push(object(place, None));
            objects.extend(values.iter().skip(1).map(|value| object(place, Some(value))));
        }
        objects.truncate(MOST_OBJECTS);
        objects
    }
}

/// Inserts a value at a path of members.
pub(super) fn insert(document: &mut Json, path: &[Text], leaf: &Json) {
    let Some((first, rest)) = path.split_first() else { return };
    let Json::Object(members) = document else { return };
    let members = std::sync::Arc::make_mut(members);
    if rest.is_empty() {
        members.entry(first.clone()).or_insert_with(|| leaf.clone());
        return;
    }
    let member = members.entry(first.clone()).or_insert_with(|| Json::object([]));
    if !matches!(member, Json::Object(_)) {
        *member = Json::object([]);
    }
    insert(member, rest, leaf);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_the_members_that_are_read() {
        let mut document = Json::object([]);
        let path = |names: &[&str]| -> Vec<Text> {
            names.iter().map(|name| Text::from(*name)).collect()
        };
        for names in [&["a"][..], &["a", "b"], &["c"]] {
            insert(&mut document, &path(names), &Json::Integer(1));
        }
        assert_eq!(document.to_string(), r#"{"a":{"b":1},"c":1}"#);
    }

    #[test]
    fn some_documents_lack_one_member() {
        let path = |names: &[&str]| -> Vec<Text> {
            names.iter().map(|name| Text::from(*name)).collect()
        };
        let paths = [&["a"][..], &["a", "b"], &["c"]].map(path);
        let constants = Constants::with_paths(paths);
        let documents = constants.incomplete_documents().into_iter();
        let documents: Vec<String> = documents.map(|it| it.to_string()).collect();
        let expected = [r#"{"c":"1"}"#, r#"{"a":"1","c":"1"}"#, r#"{"a":{"b":"1"}}"#];
        assert_eq!(documents, expected);
    }

    #[test]
    fn every_kind_of_example_fits_its_type() {
        let constants = Constants::default();
        for kind in Kind::ALL {
            for holds in [Type::one(*kind), Type::many(*kind)] {
                for example in constants.examples(holds) {
                    let decoded = crate::value::Value::decode(&example, holds);
                    assert!(decoded.is_ok(), "{holds} {example} {decoded:?}");
                }
            }
        }
    }
}
