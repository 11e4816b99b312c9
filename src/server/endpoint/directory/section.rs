//! Sections of the fixtures documents as entities of the platform.

use serde_json::{Map, Value, json};

use crate::server::state::State;
use crate::value::derived_id;

/// The entries of a section, or an entity of the platform.
pub(in crate::server::endpoint) type Entry = Map<String, Value>;

/// A section of fixtures documents, and the path that serves it.
pub(in crate::server::endpoint) struct Section {
    /// The key of the section.
    pub(in crate::server::endpoint) key: &'static str,
    /// Together with the name, the seed of the ids of entries that have none.
    pub(in crate::server::endpoint) family: &'static str,
    /// The path of the list of entities.
    pub(in crate::server::endpoint) path: &'static str,
    /// Whether a later document changes only the keys that it gives. Otherwise a later
    /// entry replaces an earlier one.
    pub(in crate::server::endpoint) is_merged: bool,
    /// Whether keys of an object section are ids. Otherwise they are names.
    pub(in crate::server::endpoint) is_by_id: bool,
}

impl Section {
    /// A section with names as keys.
    pub(in crate::server::endpoint) const fn named(
        key: &'static str,
        family: &'static str,
        path: &'static str,
    ) -> Self {
        Self { key, family, path, is_merged: false, is_by_id: false }
    }

    /// A section with names as keys, in which later documents change single keys.
    pub(in crate::server::endpoint) const fn merged(
        key: &'static str,
        family: &'static str,
        path: &'static str,
    ) -> Self {
        Self { is_merged: true, ..Self::named(key, family, path) }
    }

    /// A section with ids as keys, in which later documents change single keys.
    pub(in crate::server::endpoint) const fn by_id(
        key: &'static str,
        family: &'static str,
        path: &'static str,
    ) -> Self {
        Self { is_by_id: true, ..Self::merged(key, family, path) }
    }
}

/// Returns the entities of a section in all documents, in the form in which they are
/// written, with `id`, `name`, `division` and `selfUri`.
pub(in crate::server::endpoint) fn entities(
    state: &State,
    section: &Section,
) -> Vec<Value> {
    let mut all: Vec<Entry> = Vec::new();
    for document in &state.documents {
        match &document[section.key] {
            Value::Array(items) => {
                items.iter().for_each(|item| lay(&mut all, section, None, item));
            }
            Value::Object(items) => {
                items.iter().for_each(|(key, it)| lay(&mut all, section, Some(key), it));
            }
            _ => {}
        }
    }
    all.into_iter().map(|entry| complete(section, entry)).collect()
}

/// Lays an entry of a document over those of earlier ones, by the rules of fixtures.
fn lay(all: &mut Vec<Entry>, section: &Section, key: Option<&str>, item: &Value) {
    let mut entry = match item {
        Value::Object(entry) => entry.clone(),
        Value::String(name) if key.is_none() => named(name),
        Value::Null => Map::new(),
        _ => return,
    };
    let known = {
        let id = text(&entry, "id").or(key);
        let name = text(&entry, "name").or(key);
        earlier(section, all, id, name)
    };
    if let Some(key) = key.filter(|_| known.is_none() || !section.is_merged) {
        if !section.is_by_id {
            entry.entry("name").or_insert_with(|| key.into());
        } else {
            entry.entry("id").or_insert_with(|| key.into());
        }
    }
    match known.and_then(|place| Some((place, all.get_mut(place)?))) {
        None => all.push(entry),
        Some((place, _)) if item.is_null() => drop(all.remove(place)),
        Some((_, known)) if section.is_merged => {
            for (key, value) in entry {
                if value.is_null() {
                    known.remove(&key);
                } else {
                    known.insert(key, value);
                }
            }
        }
        // A bare name changes nothing.
        Some(_) if !item.is_object() => {}
        Some((_, known)) => {
            if let Some(id) = known.get("id").filter(|_| !entry.contains_key("id")) {
                entry.insert("id".to_owned(), id.clone());
            }
            *known = entry;
        }
    }
}

/// Returns the place of the entry with an id, or else with a name if one of the two has
/// no id.
fn earlier(
    section: &Section,
    all: &[Entry],
    id: Option<&str>,
    name: Option<&str>,
) -> Option<usize> {
    let is = |entry: &Entry, key: &str, wanted: &str| {
        text(entry, key).is_some_and(|it| it.to_lowercase() == wanted.to_lowercase())
    };
    let has_id = |entry: &Entry, id: &str| match text(entry, "id") {
        Some(_) => is(entry, "id", id),
        None => text(entry, "name")
            .is_some_and(|name| id_of(section.family, name).eq_ignore_ascii_case(id)),
    };
    let by_id = id.and_then(|id| all.iter().position(|entry| has_id(entry, id)));
    by_id.or_else(|| {
        let name = name?;
        all.iter().position(|entry| {
            let are_both_given = id.is_some() && text(entry, "id").is_some();
            is(entry, "name", name) && (!are_both_given || id == Some(name))
        })
    })
}

fn named(name: &str) -> Entry {
    Map::from_iter([("name".to_owned(), Value::from(name))])
}

fn text<'e>(entry: &'e Entry, key: &str) -> Option<&'e str> {
    entry.get(key).and_then(Value::as_str)
}

/// Adds the keys that every entity has.
fn complete(section: &Section, mut entry: Entry) -> Value {
    let name = text(&entry, "name").or(text(&entry, "id")).unwrap_or_default().to_owned();
    let id = text(&entry, "id").map(str::to_owned);
    let id = id.unwrap_or_else(|| id_of(section.family, &name));
    entry.insert("selfUri".into(), format!("{}/{}", section.path, encoded(&id)).into());
    entry.insert("id".into(), id.into());
    entry.insert("name".into(), name.into());
    if !entry.get("division").is_some_and(Value::is_object) {
        entry.insert("division".into(), home_division());
    }
    Value::Object(entry)
}

/// Returns the id of an object without one. *Source: the rules of fixtures.*
pub(in crate::server::endpoint) fn id_of(family: &str, name: &str) -> String {
    derived_id(&format!("{family}:{}", name.to_lowercase())).to_string()
}

/// Returns an id as a segment of a path.
pub(in crate::server::endpoint) fn encoded(id: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const PLAIN: AsciiSet =
        NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(id, &PLAIN).to_string()
}

/// Returns a reference to the home division.
pub(in crate::server::endpoint) fn home_division() -> Value {
    let id = derived_id("Division:home");
    let uri = format!("/api/v2/authorization/divisions/{id}");
    json!({ "id": id.as_str(), "name": "Home", "selfUri": uri })
}

/// Returns a reference to an entity: its id, name and address.
pub(in crate::server::endpoint) fn reference(entity: &Value) -> Value {
    json!({ "id": entity["id"], "name": entity["name"], "selfUri": entity["selfUri"] })
}

/// Finds an entity by its id or name, ignoring case.
pub(in crate::server::endpoint) fn named_in<'e>(
    all: &'e [Value],
    wanted: &str,
) -> Option<&'e Value> {
    let wanted = wanted.to_lowercase();
    let is = |entity: &&Value, key: &str| {
        entity[key].as_str().is_some_and(|it| it.to_lowercase() == wanted)
    };
    let by_id = all.iter().find(|entity| is(entity, "id"));
    by_id.or_else(|| all.iter().find(|entity| is(entity, "name")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUES: Section = Section::by_id("queues", "Queue", "/q");
    const PROMPTS: Section = Section::merged("prompts", "Prompt", "/p");
    const SKILLS: Section = Section::named("skills", "Skill", "/s");

    fn laid(section: &Section, documents: &[Value]) -> Vec<Entry> {
        let mut all = Vec::new();
        for document in documents {
            match document {
                Value::Array(items) => {
                    items.iter().for_each(|item| lay(&mut all, section, None, item));
                }
                other => {
                    for (key, item) in other.as_object().unwrap() {
                        lay(&mut all, section, Some(key), item);
                    }
                }
            }
        }
        all
    }

    #[test]
    fn later_documents_change_keys_of_queues() {
        let documents = [
            json!([{ "id": "q1", "name": "Support", "agents": ["Ann"] }, "Sales"]),
            json!({ "Support": { "answerAfterMs": 5 }, "q1": { "agents": null }, "new": {} }),
            json!({ "Sales": null }),
        ];
        let all = laid(&QUEUES, &documents);
        let expected = [
            json!({ "id": "q1", "name": "Support", "answerAfterMs": 5 }),
            json!({ "id": "new" }),
        ];
        assert_eq!(all.into_iter().map(Value::Object).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn later_documents_change_keys_of_prompts() {
        let id = id_of("Prompt", "Bye");
        let documents = [
            json!({ "Hello": { "tts": "Hi", "duration": 5 }, "Bye": { "tts": "Bye" } }),
            json!({ "hello": { "tts": "Welcome" } }),
            json!([{ "id": id, "name": "Farewell" }, { "id": "x", "name": "hello" }]),
            json!({ "x": null }),
        ];
        let all: Vec<Value> =
            laid(&PROMPTS, &documents).into_iter().map(Value::Object).collect();
        assert_eq!(all, [json!({ "id": id, "name": "Farewell", "tts": "Bye" })]);
    }

    #[test]
    fn later_documents_replace_named_entries() {
        let documents = [
            json!(["English", { "id": "x", "name": "French" }, "Dutch"]),
            json!({ "french": { "level": 2 }, "English": null }),
            json!(["Dutch", { "id": "y", "name": "French" }]),
        ];
        let names: Vec<Value> =
            laid(&SKILLS, &documents).into_iter().map(Value::Object).collect();
        let expected = [
            json!({ "id": "x", "name": "french", "level": 2 }),
            json!({ "name": "Dutch" }),
            json!({ "id": "y", "name": "French" }),
        ];
        assert_eq!(names, expected);
    }
}
