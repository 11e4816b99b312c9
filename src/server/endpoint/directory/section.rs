//! Sections of the fixtures documents as entities of the platform.

use std::collections::BTreeSet;

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
    let documents = state.documents.iter().map(|document| &document[section.key]);
    laid(section, documents).map(|entry| complete(section, entry)).collect()
}

/// Returns the entries of a section in several documents.
fn laid<'d>(
    section: &Section,
    documents: impl Iterator<Item = &'d Value>,
) -> impl Iterator<Item = Entry> {
    let mut entries = Entries { family: section.family, ..Entries::default() };
    for document in documents {
        match document {
            Value::Array(items) => {
                items.iter().for_each(|item| entries.lay(section, None, item));
            }
            Value::Object(items) => {
                items.iter().for_each(|(key, it)| entries.lay(section, Some(key), it));
            }
            _ => {}
        }
    }
    entries.all.into_iter().flatten()
}

/// The entries of a section so far. Documents may have hundreds of thousands.
#[derive(Default)]
struct Entries {
    family: &'static str,
    /// The entries, without those that were removed.
    all: Vec<Option<Entry>>,
    /// The given id of each entry, or the one that follows from its name.
    ids: Index,
    names: Index,
    /// The names of entries without a given id.
    names_without_id: Index,
}

/// Places of entries by a string in lower case.
#[derive(Default)]
struct Index(BTreeSet<(String, usize)>);

impl Index {
    /// Returns the first place of a string.
    fn first(&self, wanted: &str) -> Option<usize> {
        let wanted = wanted.to_lowercase();
        let next = self.0.range((wanted.clone(), 0)..).next();
        next.filter(|(text, _)| *text == wanted).map(|(_, place)| *place)
    }

    fn change(&mut self, text: Option<String>, place: usize, is_added: bool) {
        let Some(text) = text else { return };
        if is_added {
            self.0.insert((text, place));
        } else {
            self.0.remove(&(text, place));
        }
    }
}

impl Entries {
    /// Lays an entry of a document over those of earlier ones, by the rules of fixtures.
    fn lay(&mut self, section: &Section, key: Option<&str>, item: &Value) {
        let mut entry = match item {
            Value::Object(entry) => entry.clone(),
            Value::String(name) if key.is_none() => named(name),
            Value::Null => Map::new(),
            _ => return,
        };
        let known = {
            let id = text(&entry, "id").or(key);
            let name = text(&entry, "name").or(key);
            self.earlier(id, name)
        };
        if let Some(key) = key.filter(|_| known.is_none() || !section.is_merged) {
            let own = if section.is_by_id { "id" } else { "name" };
            entry.entry(own).or_insert_with(|| key.into());
        }
        let place = known.unwrap_or(self.all.len());
        self.index(place, false);
        match self.all.get_mut(place) {
            None => self.all.push(Some(entry)),
            Some(known) if item.is_null() => *known = None,
            // A bare name changes nothing.
            Some(_) if !section.is_merged && !item.is_object() => {}
            Some(known) => {
                let known = known.get_or_insert_default();
                over(known, entry, section.is_merged);
            }
        }
        self.index(place, true);
    }

    /// Adds an entry to the indices, or removes it.
    fn index(&mut self, place: usize, is_added: bool) {
        let Some(Some(entry)) = self.all.get(place) else { return };
        let [id, name] =
            ["id", "name"].map(|key| text(entry, key).map(str::to_lowercase));
        let without_id = name.clone().filter(|_| id.is_none());
        let derived = without_id.as_deref().map(|name| id_of(self.family, name));
        self.ids.change(id.or(derived), place, is_added);
        self.names.change(name, place, is_added);
        self.names_without_id.change(without_id, place, is_added);
    }

    /// Returns the place of the entry with an id, or else with a name if one of the two has
    /// no id.
    fn earlier(&self, id: Option<&str>, name: Option<&str>) -> Option<usize> {
        id.and_then(|id| self.ids.first(id)).or_else(|| {
            let is_either = id.is_none() || id == name;
            let names = if is_either { &self.names } else { &self.names_without_id };
            names.first(name?)
        })
    }
}

/// Lays an entry over an earlier one: single keys, or everything but the id.
fn over(known: &mut Entry, mut entry: Entry, is_merged: bool) {
    if !is_merged {
        if let Some(id) = known.get("id").filter(|_| !entry.contains_key("id")) {
            entry.insert("id".to_owned(), id.clone());
        }
        *known = entry;
        return;
    }
    for (key, value) in entry {
        if value.is_null() {
            known.remove(&key);
        } else {
            known.insert(key, value);
        }
    }
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
        super::laid(section, documents.iter()).collect()
    }

    /// With quadratic time, this test would take an hour.
    #[test]
    fn many_entries_are_laid_in_time() {
        const COUNT: usize = 50_000;
        let names: Vec<String> = (0..COUNT).map(|it| format!("Queue {it}")).collect();
        let with_ids =
            (0..COUNT).map(|it| json!({ "id": format!("{it}"), "name": "one" }));
        let documents = [json!(names), json!(names), with_ids.collect()];
        assert_eq!(laid(&QUEUES, &documents).len(), 2 * COUNT);
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
