//! Collection of the recorded environment as a fixtures document.

use indexmap::IndexMap;

use crate::value::{DateTime, Duration, Json, JsonObject, Text};
use crate::world::{ActionAnswer, Answer, Response};

/// Directory objects with their known properties, by name.
type Things = IndexMap<Text, JsonObject>;

/// Sections of fixtures, collected while a recording is read, without duplicates.
#[derive(Debug, Default)]
pub(super) struct FixturesBuilder {
    /// Directory objects by section: queues, skills, users, prompts, schedules…
    directory: IndexMap<&'static str, Things>,
    /// Data tables by name.
    tables: IndexMap<Text, Table>,
    /// Answers of data actions, webhooks and other actions, by section and name.
    answers: IndexMap<&'static str, IndexMap<Text, Vec<AnswerEntry>>>,
    languages: Vec<Text>,
}

/// A data table: its id, and its rows by key. A row is `None` if the table does not have
/// it.
#[derive(Debug, Default)]
struct Table {
    id: Option<Text>,
    rows: IndexMap<Text, Option<JsonObject>>,
}

/// An answer with the inputs of its request.
#[derive(Debug, Clone, PartialEq)]
struct AnswerEntry {
    inputs: Option<JsonObject>,
    answer: JsonObject,
}

impl FixturesBuilder {
    /// Adds a directory object, or further properties of a known one.
    pub(super) fn thing(
        &mut self,
        section: &'static str,
        id: Option<&Text>,
        name: Option<&Text>,
        more: impl IntoIterator<Item = (&'static str, Json)>,
    ) {
        let Some(key) = name.or(id).filter(|key| !key.is_empty()) else { return };
        let things = self.directory.entry(section).or_default();
        let known = things.entry(key.clone()).or_default();
        for (key, text) in [("id", id), ("name", name)] {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                known.entry(key.into()).or_insert_with(|| Json::String(text.clone()));
            }
        }
        known.extend(more.into_iter().map(|(key, json)| (Text::from(key), json)));
    }

    /// Adds a contact with the key by which it was found.
    pub(super) fn contact(&mut self, key: &Text, contact: JsonObject) {
        let contacts = self.directory.entry("contacts").or_default();
        contacts.entry(key.clone()).or_insert(contact);
    }

    /// Adds a data table without rows.
    pub(super) fn table(&mut self, table: &Text, id: Option<&Text>) {
        let table = self.tables.entry(table.clone()).or_default();
        table.id = table.id.take().or_else(|| id.cloned());
    }

    /// Adds the answer of a data table: a row, or `None` if it has none.
    pub(super) fn row(&mut self, table: &Text, key: &Text, row: Option<JsonObject>) {
        let table = self.tables.entry(table.clone()).or_default();
        table.rows.entry(key.clone()).or_insert(row);
    }

    /// Adds an answer of a data action, webhook or other action.
    pub(super) fn answer(
        &mut self,
        section: &'static str,
        name: &Text,
        inputs: Option<JsonObject>,
        answer: JsonObject,
    ) {
        let answers = self.answers.entry(section).or_default();
        answers.entry(name.clone()).or_default().push(AnswerEntry { inputs, answer });
    }

    pub(super) fn language(&mut self, tag: &Text) {
        if !self.languages.contains(tag) {
            self.languages.push(tag.clone());
        }
    }

    /// Adds a schedule that is active at a time, or is not.
    pub(super) fn schedule(
        &mut self,
        id: Option<&Text>,
        name: Option<&Text>,
        at: DateTime,
        is_active: bool,
    ) {
        const DAY_MS: i64 = 86_400_000;
        let time = |days: i64| {
            let moved = Duration::from_milliseconds(days * DAY_MS)
                .and_then(|length| at.checked_add(length));
            let text = moved.unwrap_or(at).to_string();
            // Local times without a zone; two days exceed every zone offset.
            Json::from(text.get(..16).unwrap_or(&text))
        };
        let (start, end) = if is_active { (-2, 2) } else { (-30, -29) };
        let times = [("start", time(start)), ("end", time(end))];
        self.thing("schedules", id, name, times);
    }

    /// Returns the document.
    pub(super) fn to_json(&self) -> Json {
        let mut document = JsonObject::default();
        for (section, things) in &self.directory {
            let things = things.values().map(|thing| Json::object(thing.clone()));
            document.insert((*section).into(), Json::array(things));
        }
        if !self.tables.is_empty() {
            document.insert("dataTables".into(), self.tables());
        }
        for (section, by_name) in &self.answers {
            let by_name = by_name.iter().map(|(name, given)| (name.clone(), all(given)));
            document.insert((*section).into(), Json::object(by_name));
        }
        if !self.languages.is_empty() {
            let tags = self.languages.iter().map(|tag| Json::String(tag.clone()));
            document.insert("languages".into(), Json::array(tags));
        }
        Json::object(document)
    }

    fn tables(&self) -> Json {
        Json::array(self.tables.iter().map(|(name, Table { id, rows })| {
            let rows = rows.iter().filter_map(|(key, row)| {
                let mut cells = JsonObject::default();
                cells.insert("key".into(), Json::String(key.clone()));
                cells.extend(row.clone()?);
                Some(Json::object(cells))
            });
            let mut table = JsonObject::default();
            if let Some(id) = id {
                table.insert("id".into(), Json::String(id.clone()));
            }
            table.insert("name".into(), Json::String(name.clone()));
            table.insert("rows".into(), Json::array(rows));
            Json::object(table)
        }))
    }
}

/// Formats the answers of a service: distinguished by their inputs if possible, otherwise
/// in order.
fn all(given: &[AnswerEntry]) -> Json {
    let differ = given.iter().enumerate().all(|(index, one)| {
        one.inputs.as_ref().is_some_and(|inputs| !inputs.is_empty())
            && !given.iter().take(index).any(|other| other.inputs == one.inputs)
    });
    Json::array(given.iter().map(|one| {
        let mut answer = JsonObject::default();
        if let Some(inputs) = one.inputs.as_ref().filter(|_| differ) {
            answer.insert("when".into(), Json::object(inputs.clone()));
        }
        answer.extend(one.answer.clone());
        Json::object(answer)
    }))
}

/// Converts the answer of a data action, webhook or other action to an entry of fixtures.
pub(in crate::recording) fn answer_entry(answer: &Answer) -> JsonObject {
    let mut entry = JsonObject::default();
    let latency_ms = match answer {
        Answer::Response(Response { status, output, latency_ms }) => {
            if *status != 200 {
                entry.insert("status".into(), Json::Integer((*status).into()));
            }
            entry.insert("output".into(), output.clone());
            *latency_ms
        }
        Answer::Action(ActionAnswer { path, outputs, latency_ms }) => {
            if let Some(path) = path {
                entry.insert("path".into(), Json::String(path.clone()));
            }
            entry.insert("outputs".into(), Json::object(outputs.iter().cloned()));
            *latency_ms
        }
        _ => 0,
    };
    if latency_ms > 0 {
        entry.insert("latencyMs".into(), Json::Integer(latency_ms));
    }
    entry
}

/// Converts a contact to the form of fixtures, with the key by which it was found.
pub(in crate::recording) fn listed(contact: &JsonObject, key: &Text) -> JsonObject {
    let mut listed = contact.clone();
    listed.retain(|_, value| *value != Json::Null);
    let of_key = match () {
        () if key.contains('@') => "email",
        () if key.starts_with('+') => "phone",
        () => "id",
    };
    listed.entry(of_key.into()).or_insert_with(|| Json::String(key.clone()));
    listed
}
