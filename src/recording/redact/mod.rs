//! Redaction: removal of secrets, and replacement of personal data.
//!
//! A replacement is derived only from the original value and a key. The same caller
//! therefore has the same replacement in every file. Without the key, the original number
//! cannot be found by trying.

mod entries;
mod names;
mod person;
mod pseudonym;
mod secret;

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Recording, Redaction};
use crate::value::{Json, JsonObject, Text, is_uuid};
use person::Person;
use pseudonym::Pseudonyms;

/// Default key. It is public, so anyone can check whether a replacement is that of a certain
/// number.
pub const DEFAULT_KEY: &str = "flowsim";

/// Kinds of redacted values, as named in recordings.
const SECRET: &str = "secret";
const PHONE_NUMBER: &str = "phoneNumber";
const NAME: &str = "name";
const EMAIL: &str = "email";
const VARIABLE: &str = "variable";

/// Minimum length of a value that is also searched for in other strings.
const MIN_LOOKED_FOR: usize = 4;

/// The kinds of values to redact. Secrets are always redacted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RedactionKinds {
    /// Telephone numbers.
    pub phone_numbers: bool,
    /// Names of people.
    pub names: bool,
    /// E-mail addresses.
    pub emails: bool,
    /// Variables, parameters and fields with these names, with or without their scope.
    pub variables: Vec<Text>,
}

/// Redacts recordings consistently.
#[derive(Debug, Clone)]
pub struct Redactor {
    wanted: RedactionKinds,
    pseudonyms: Pseudonyms,
}

impl Default for Redactor {
    /// Creates a redactor that only removes secrets.
    fn default() -> Self {
        Self::new(RedactionKinds::default(), DEFAULT_KEY.as_bytes())
    }
}

impl Redactor {
    /// Creates a redactor with a key of any length.
    pub fn new(wanted: RedactionKinds, key: &[u8]) -> Self {
        Self { wanted, pseudonyms: Pseudonyms::new(key) }
    }

    /// Returns the redacted recording, with a list of the redactions. Redacting it again
    /// changes nothing.
    #[must_use]
    pub fn redact(&self, recording: &Recording) -> Recording {
        let mut run = Run::new(self, recording);
        let mut redacted = recording.clone();
        run.learn(&recording.to_json());
        redacted.response = run.json(&recording.response, &Place::default());
        let request = recording.request.as_ref();
        redacted.request = request.map(|request| run.json(request, &Place::default()));
        if !is_made_id(&recording.id) {
            redacted.id = run.text(&recording.id);
        }
        let source = &mut redacted.source;
        let flow = &mut redacted.flow;
        for text in [&mut source.base_url, &mut source.file, &mut flow.id, &mut flow.name]
            .into_iter()
            .flatten()
        {
            *text = run.text(text);
        }
        redacted.redactions = run.redactions(&recording.redactions);
        redacted
    }
}

/// Whether an id was made by a machine: the hash of a request, or a UUID. It has no data of
/// the caller, even if its digits look like a telephone number, and it must stay, because a
/// later run recognizes the recording by it.
fn is_made_id(id: &str) -> bool {
    let is_hash = id.len() == 16 && id.bytes().all(|it| it.is_ascii_hexdigit());
    is_hash || is_uuid(id)
}

/// Returns whether a string may be a replacement: a fictitious number, an address at
/// `example.com`, or a made-up name. Real values may look the same, so the result is only
/// meaningful for recordings that list [redactions](Recording::redactions).
pub fn is_replacement(text: &str) -> bool {
    pseudonym::is_replacement(text) || person::is_replaced_number(text)
}

/// The position of a value in a document, as far as it determines its kind.
#[derive(Debug, Clone, Copy, Default)]
struct Place<'p> {
    /// Name of the value: its key, or the name next to it.
    name: &'p str,
    /// Key of the object or list that contains it.
    within: &'p str,
    /// Kind of everything below, if it is determined.
    is_all: Option<&'static str>,
}

/// State of redacting one recording.
struct Run<'r> {
    redactor: &'r Redactor,
    person: Person<'r>,
    /// Whether names were replaced earlier, so that current names are replacements.
    has_names: bool,
    /// Variables that were replaced earlier.
    done: Vec<Text>,
    /// Entries of the caller, which must stay keys.
    entries: BTreeSet<Text>,
    /// Strings that are replaced everywhere, with their kind and replacement.
    known: BTreeMap<Text, (&'static str, Text)>,
    counts: BTreeMap<&'static str, i64>,
}

impl<'r> Run<'r> {
    fn new(redactor: &'r Redactor, recording: &Recording) -> Self {
        Self {
            redactor,
            person: Person::new(&redactor.pseudonyms),
            has_names: recording.redactions.iter().any(|it| it.kind == NAME),
            done: recording.redactions.iter().flat_map(|it| it.names.clone()).collect(),
            entries: BTreeSet::new(),
            known: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Returns the kind of a value that is redacted as a whole.
    fn kind(&self, place: &Place<'_>) -> Option<&'static str> {
        let wanted = &self.redactor.wanted;
        if place.is_all.is_some() {
            return place.is_all;
        }
        if secret::is_name(place.name) {
            return Some(SECRET);
        }
        let is_named = |name: &Text| names::is_variable(place.name, name);
        if wanted.variables.iter().any(is_named) && !self.done.iter().any(is_named) {
            return Some(VARIABLE);
        }
        if wanted.names
            && !self.has_names
            && names::is_of_person(place.name, place.within)
        {
            return Some(NAME);
        }
        (wanted.phone_numbers && names::is_of_number(place.name)).then_some(PHONE_NUMBER)
    }

    /// Collects the values that are replaced everywhere.
    fn learn(&mut self, json: &Json) {
        if !self.redactor.wanted.variables.is_empty() {
            entries::collect(json, &Place::default(), &mut self.entries);
        }
        self.learn_at(json, &Place::default());
    }

    fn learn_at(&mut self, json: &Json, place: &Place<'_>) {
        match json {
            Json::Object(object) => each_of_object(object, place, |_, value, place| {
                self.learn_at(value, &self.decided(place));
            }),
            Json::Array(items) => {
                items.iter().for_each(|item| self.learn_at(item, place));
            }
            Json::String(text) => {
                if self.redactor.wanted.phone_numbers {
                    self.person.learn_numbers(text);
                }
                let Some(kind) = self.kind(place) else { return };
                let new = self.whole(kind, text);
                if new != *text && kind != PHONE_NUMBER && text.len() >= MIN_LOOKED_FOR {
                    self.known.insert(text.clone(), (kind, new));
                }
                if kind == PHONE_NUMBER {
                    self.person.learn_number(text);
                }
            }
            Json::Integer(number) if self.kind(place) == Some(VARIABLE) => {
                let text = Text::from(number.to_string());
                if self.entries.contains(&text) {
                    let keys = self.keys(&text);
                    self.known.insert(text, (VARIABLE, keys));
                }
            }
            Json::Integer(number) if self.kind(place) == Some(PHONE_NUMBER) => {
                self.person.learn_number(&number.to_string());
            }
            _ => {}
        }
    }

    /// Determines the kind of everything below a place, if it is a secret or variable.
    fn decided<'p>(&self, place: Place<'p>) -> Place<'p> {
        let kind = self.kind(&place).filter(|kind| matches!(*kind, SECRET | VARIABLE));
        Place { is_all: kind, ..place }
    }

    fn json(&mut self, json: &Json, place: &Place<'_>) -> Json {
        match json {
            Json::Object(object) => Json::object(self.object(object, place)),
            Json::Array(items) => {
                Json::array(items.iter().map(|item| self.json(item, place)))
            }
            Json::String(text) => {
                let new = match self.kind(place) {
                    Some(kind) => self.whole(kind, text),
                    None => return Json::String(self.text(text)),
                };
                self.count_if(new != *text, self.kind(place));
                // For numbers within longer text, and for strings that are not numbers.
                if self.kind(place) == Some(PHONE_NUMBER) {
                    return Json::String(self.text(&new));
                }
                Json::String(new)
            }
            Json::Null => Json::Null,
            Json::Boolean(_) | Json::Integer(_) | Json::Decimal(_) => {
                let new = self.number(json, place);
                let kind = self.known_number(json, place).map(|(kind, _)| kind);
                let kind = self.kind(place).or(kind).or(Some(PHONE_NUMBER));
                self.count_if(new != *json, kind);
                new
            }
        }
    }

    fn object(&mut self, object: &JsonObject, place: &Place<'_>) -> JsonObject {
        let mut new =
            JsonObject::with_capacity_and_hasher(object.len(), Default::default());
        each_of_object(object, place, |key, value, place| {
            let value = self.json(value, &self.decided(place));
            new.insert(self.text(key), value);
        });
        self.person.fix_number_parts(object, &mut new);
        new
    }

    fn number(&self, json: &Json, place: &Place<'_>) -> Json {
        let (pseudonyms, text) = (&self.redactor.pseudonyms, json.to_string());
        if let Some((_, new)) = self.known_number(json, place) {
            return new;
        }
        match (self.kind(place), json) {
            (Some(SECRET), _) => Json::from(secret::REMOVED),
            (Some(VARIABLE), Json::Boolean(_)) => Json::Boolean(false),
            (Some(VARIABLE), _) => Json::Integer(pseudonyms.number(&text)),
            (_, Json::Integer(_)) if self.redactor.wanted.phone_numbers => {
                let new = self.person.digits(&text);
                new.parse().map_or_else(|_| json.clone(), Json::Integer)
            }
            _ => json.clone(),
        }
    }

    /// Returns the replacement of an entry. One that looks like a telephone number is
    /// replaced as it is elsewhere.
    fn keys(&self, text: &Text) -> Text {
        let keys = self.redactor.pseudonyms.keys(text);
        match self.redactor.wanted.phone_numbers {
            true => self.person.numbers(&keys).into(),
            false => keys,
        }
    }

    /// Returns the kind and the replacement of a number that the caller entered. A time or a
    /// number of a step only looks like one.
    fn known_number(
        &self,
        json: &Json,
        place: &Place<'_>,
    ) -> Option<(&'static str, Json)> {
        const OF_STEPS: [&str; 4] = ["seq", "sequence", "depth", "trackingId"];
        if place.name.ends_with("Ms") || OF_STEPS.contains(&place.name) {
            return None;
        }
        let Json::Integer(number) = json else { return None };
        let (kind, new) = self.known.get(number.to_string().as_str())?;
        Some((*kind, Json::Integer(new.parse().ok()?)))
    }

    /// Returns the replacement of a string of a known kind.
    fn whole(&self, kind: &'static str, text: &Text) -> Text {
        let pseudonyms = &self.redactor.pseudonyms;
        match kind {
            SECRET if text.is_empty() => text.clone(),
            SECRET => secret::REMOVED.into(),
            VARIABLE if self.entries.contains(text) => self.keys(text),
            VARIABLE => pseudonyms.value(text),
            NAME => pseudonyms.name(text),
            _ => self.person.whole_number(text).into(),
        }
    }

    /// Replaces all parts of a string that must be redacted, and returns the result.
    fn text(&mut self, text: &Text) -> Text {
        let mut new = text.to_string();
        let without = secret::remove(&new);
        self.count_if(without != new, Some(SECRET));
        new = without;
        let known: Vec<_> =
            self.known.iter().filter(|(old, _)| new.contains(&***old)).collect();
        let mut found = Vec::new();
        // Longer ones first, because a name may be a part of another one.
        let mut known: Vec<_> =
            known.into_iter().map(|(old, it)| (old.clone(), it.clone())).collect();
        known.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
        for (old, (kind, replacement)) in known {
            let replaced = names::replace_words(&new, &old, &replacement);
            if replaced != new {
                found.push(kind);
                new = replaced;
            }
        }
        found.into_iter().for_each(|kind| self.count_if(true, Some(kind)));
        if self.redactor.wanted.phone_numbers {
            let replaced = self.person.numbers(&new);
            self.count_if(replaced != new, Some(PHONE_NUMBER));
            new = replaced;
        }
        if self.redactor.wanted.emails {
            let replaced = self.person.emails(&new);
            self.count_if(replaced != new, Some(EMAIL));
            new = replaced;
        }
        new.into()
    }

    fn count_if(&mut self, is_replaced: bool, kind: Option<&'static str>) {
        if let Some(kind) = kind.filter(|_| is_replaced) {
            *self.counts.entry(kind).or_default() += 1;
        }
    }

    /// Returns the sum of earlier and current redactions.
    fn redactions(&self, before: &[Redaction]) -> Vec<Redaction> {
        let mut all = before.to_vec();
        for (kind, count) in &self.counts {
            let names = match *kind {
                VARIABLE => self.redactor.wanted.variables.as_slice(),
                _ => &[],
            };
            match all.iter_mut().find(|it| it.kind == *kind) {
                Some(known) => {
                    known.count += count;
                    let new = names.iter().filter(|it| !self.done.contains(it));
                    known.names.extend(new.cloned());
                }
                None => all.push(Redaction {
                    kind: (*kind).into(),
                    count: *count,
                    names: names.to_vec(),
                }),
            }
        }
        all
    }
}

/// Visits the entries of an object with their places. A value next to a name, as in
/// `{"variableName": "Flow.Token", "value": …}`, has that name.
fn each_of_object<'o>(
    object: &'o JsonObject,
    place: &Place<'o>,
    mut visit: impl FnMut(&'o Text, &'o Json, Place<'o>),
) {
    const NAMES: [&str; 5] =
        ["name", "variableName", "inputName", "outputName", "headerName"];
    let beside = NAMES.iter().find_map(|key| match object.get(*key) {
        Some(Json::String(name)) => Some(&**name),
        _ => None,
    });
    for (key, value) in object {
        let name = match (&**key, beside) {
            ("value", Some(name)) => name,
            // Entries of a list belong to the object that contains the list.
            (key, _) => key,
        };
        let inner = Place { name, within: place.name, is_all: place.is_all };
        visit(key, value, inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Kind;

    /// The id is recognized in the next run, although the caller's number is in it.
    #[test]
    fn ids_that_machines_made_stay() {
        let kinds = RedactionKinds { phone_numbers: true, ..RedactionKinds::default() };
        let redactor = Redactor::new(kinds, b"a key");
        let caller = Json::parse(r#"{"from": "+15551234567"}"#).unwrap();
        for (id, stays) in [
            ("ab15551234567cde", true),
            ("15551234-5670-4000-8000-155512345678", true),
            ("call of 15551234567", false),
        ] {
            let response = Json::parse(r#"{"status": "completed"}"#).unwrap();
            let recording = Recording {
                id: id.into(),
                request: Some(caller.clone()),
                ..Recording::new(Kind::Simulation, response)
            };
            assert_eq!(redactor.redact(&recording).id == id, stays, "{id}");
        }
    }

    #[test]
    fn replacements_are_known() {
        for text in [
            "+13921234567",
            "(392) 123-4567",
            "tel:+13921234567",
            "user-0123456789ab@example.com",
            "user-0123456789ab",
            "redacted-0123456789ab",
            "Vegudelu",
            "Vegudelu Donosara",
        ] {
            assert!(is_replacement(text), "{text}");
        }
        for text in [
            "",
            " ",
            "+15551234567",
            "4712",
            "ada@example.com",
            "user-1@example.com",
            "Hello Vegudelu",
            "Ada",
            "Hamilton",
            "vegudelu",
        ] {
            assert!(!is_replacement(text), "{text}");
        }
    }
}
