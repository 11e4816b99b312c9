//! All contacts of the fixtures, in layers; later layers override earlier ones.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::contact::{Contact, folded};
use super::store::{Store, Unavailable};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::value::{Json, Text};
use crate::world::phone::{Country, e164, may_be_number, unreadable};

/// Maximum number of contacts that a search finds.
const MOST_FOUND: usize = 100;

/// All contacts of the fixtures.
#[derive(Debug, Clone, Default)]
pub(in crate::world) struct ContactBook {
    layers: Vec<Arc<Layer>>,
}

#[derive(Debug)]
enum Layer {
    InMemory(InMemory),
    Stored(Store),
}

/// Contacts held in memory.
#[derive(Debug)]
struct InMemory {
    contacts: Vec<(Contact, Span)>,
    country: Country,
    /// Built at the first lookup, because parsing national numbers has a slow start.
    ready: OnceLock<Ready>,
}

#[derive(Debug, Default)]
struct Ready {
    answers: Vec<Json>,
    places: IndexMap<Text, usize, FxBuildHasher>,
    /// Places of the contacts that share a key with a later one, in order.
    earlier: IndexMap<Text, Vec<usize>, FxBuildHasher>,
    problems: Vec<Diagnostic>,
}

impl ContactBook {
    /// Adds contacts that override all earlier ones; among themselves the later ones
    /// override.
    pub(in crate::world) fn list(
        &mut self,
        contacts: Vec<(Contact, Span)>,
        country: Country,
    ) {
        if contacts.is_empty() {
            return;
        }
        let mut listed = InMemory { contacts, country, ready: OnceLock::new() };
        // Layers at the end that are not larger are joined, so that n added contacts form
        // at most log n layers, and each is copied at most log n times.
        while let Some(Layer::InMemory(last)) = self.layers.last().map(|it| &**it)
            && last.country == country
            && last.contacts.len() <= listed.contacts.len()
        {
            listed = last.below(listed);
            self.layers.pop();
        }
        self.layers.push(Arc::new(Layer::InMemory(listed)));
    }

    /// Adds the contacts of a file; they override all earlier ones.
    pub(in crate::world) fn add(&mut self, store: Store) {
        self.layers.push(Arc::new(Layer::Stored(store)));
    }

    /// Returns the contact with a key.
    ///
    /// # Errors
    ///
    /// Returns an error if a contacts file that may contain it cannot be read.
    pub(in crate::world) fn find(
        &self,
        key: &str,
        country: Country,
    ) -> Result<Option<Json>, Unavailable> {
        let plain = folded(key);
        if self.layers.is_empty() || plain.is_empty() {
            return Ok(None);
        }
        if let Some((found, _)) = self.find_exactly(&plain)? {
            return Ok(Some(found));
        }
        let number = if may_be_number(&plain) { e164(&plain, country) } else { None };
        match number {
            Some(number) if number != plain => {
                Ok(self.find_exactly(&number)?.map(|(found, _)| found))
            }
            _ => Ok(None),
        }
    }

    /// Returns the telephone numbers, in E.164, of the contact that [`Self::find`] finds by
    /// an id, an email address or a number in E.164.
    ///
    /// # Errors
    ///
    /// Returns an error if a contacts file that may contain it cannot be read.
    pub(in crate::world) fn numbers(
        &self,
        key: &str,
    ) -> Result<Vec<String>, Unavailable> {
        let key = folded(key);
        match self.find_exactly(&key)? {
            Some((_, layer)) => layer.numbers(&key),
            None => Ok(Vec::new()),
        }
    }

    /// Returns the contacts with a key, at most [`MOST_FOUND`], in the order of the
    /// documents. Of several contacts with the same id, the last one counts.
    ///
    /// # Errors
    ///
    /// Returns an error if a contacts file that may contain one cannot be read.
    pub(in crate::world) fn find_all(
        &self,
        key: &str,
        country: Country,
    ) -> Result<Vec<Json>, Unavailable> {
        let plain = folded(key);
        if self.layers.is_empty() || plain.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.find_all_exactly(&plain)?;
        if !found.is_empty() {
            return Ok(found);
        }
        let number = if may_be_number(&plain) { e164(&plain, country) } else { None };
        match number {
            Some(number) if number != plain => self.find_all_exactly(&number),
            _ => Ok(found),
        }
    }

    fn find_all_exactly(&self, key: &str) -> Result<Vec<Json>, Unavailable> {
        let mut found: Vec<Json> = Vec::new();
        let mut ids: IndexSet<Text, FxBuildHasher> = IndexSet::default();
        for (index, layer) in self.layers.iter().enumerate().rev() {
            for contact in layer.find_all(key)? {
                let is_new = match contact.get("id") {
                    Some(Json::String(id)) => ids.insert(folded(id).into()),
                    _ => true,
                };
                if is_new
                    && found.len() < MOST_FOUND
                    && !self.is_replaced(&contact, index)?
                {
                    found.push(contact);
                }
            }
        }
        found.reverse();
        Ok(found)
    }

    /// Returns the contact with a key, and the layer that has it.
    fn find_exactly(&self, key: &str) -> Result<Option<(Json, &Layer)>, Unavailable> {
        for (index, layer) in self.layers.iter().enumerate().rev() {
            if let Some(found) = layer.find(key)?
                && !self.is_replaced(&found, index)?
            {
                return Ok(Some((found, layer)));
            }
        }
        Ok(None)
    }

    /// Returns whether a later layer has a contact with the same id.
    fn is_replaced(&self, contact: &Json, layer: usize) -> Result<bool, Unavailable> {
        let Some(Json::String(id)) = contact.get("id") else { return Ok(false) };
        let key = folded(id);
        for above in &self.layers[layer + 1..] {
            if let Some(other) = above.find(&key)?
                && matches!(other.get("id"), Some(Json::String(id)) if folded(id) == key)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Builds every index that a lookup would need.
    pub(in crate::world) fn index(&self) {
        for layer in &self.layers {
            match &**layer {
                Layer::InMemory(listed) => drop(listed.ready()),
                Layer::Stored(store) => store.index(),
            }
        }
    }

    /// Returns the problems of the contacts that are indexed.
    pub(in crate::world) fn problems(&self) -> Vec<Diagnostic> {
        let problems = |layer: &Arc<Layer>| match &**layer {
            Layer::InMemory(listed) => {
                listed.ready.get().map_or_else(Vec::new, |ready| ready.problems.clone())
            }
            Layer::Stored(store) => store.problems(),
        };
        self.layers.iter().flat_map(problems).collect()
    }
}

impl Layer {
    fn find(&self, key: &str) -> Result<Option<Json>, Unavailable> {
        match self {
            Self::InMemory(listed) => Ok(listed.find(key)),
            Self::Stored(store) => Ok(store.find(key, 1)?.pop()),
        }
    }

    /// Returns the telephone numbers of the contact with a key, in E.164.
    fn numbers(&self, key: &str) -> Result<Vec<String>, Unavailable> {
        match self {
            Self::InMemory(listed) => Ok(listed.numbers(key)),
            Self::Stored(store) => store.numbers(key),
        }
    }

    /// Returns the contacts with a key, the last one first.
    fn find_all(&self, key: &str) -> Result<Vec<Json>, Unavailable> {
        match self {
            Self::InMemory(listed) => Ok(listed.find_all(key)),
            Self::Stored(store) => store.find(key, MOST_FOUND),
        }
    }
}

impl InMemory {
    /// Returns one layer with these contacts and those of a later layer. A contact with
    /// the id of a later one is replaced by it.
    fn below(&self, later: Self) -> Self {
        let id =
            |contact: &Contact| contact.id.as_deref().map(|id| folded(id).into_owned());
        let replaced: BTreeSet<String> =
            later.contacts.iter().filter_map(|(contact, _)| id(contact)).collect();
        let is_kept = |(contact, _): &&(Contact, Span)| {
            id(contact).is_none_or(|id| !replaced.contains(&id))
        };
        let mut contacts: Vec<(Contact, Span)> =
            self.contacts.iter().filter(is_kept).cloned().collect();
        contacts.extend(later.contacts);
        Self { contacts, country: later.country, ready: OnceLock::new() }
    }

    fn find(&self, key: &str) -> Option<Json> {
        let ready = self.ready();
        ready.places.get(key).map(|&index| ready.answers[index].clone())
    }

    fn numbers(&self, key: &str) -> Vec<String> {
        let place = self.ready().places.get(key).copied();
        place.map_or_else(Vec::new, |index| self.contacts[index].0.numbers(self.country))
    }

    fn find_all(&self, key: &str) -> Vec<Json> {
        let ready = self.ready();
        let last = ready.places.get(key).copied();
        let earlier = ready.earlier.get(key).into_iter().flatten().rev().copied();
        let places = last.into_iter().chain(earlier);
        places.map(|index| ready.answers[index].clone()).collect()
    }

    fn ready(&self) -> &Ready {
        self.ready.get_or_init(|| {
            let mut ready = Ready::default();
            for (index, (contact, span)) in self.contacts.iter().enumerate() {
                ready.answers.push(contact.to_json());
                let unreadable = contact.each_key(self.country, |key| {
                    let other = ready.places.insert(key.into(), index);
                    if let Some(other) = other.filter(|other| *other != index) {
                        ready.earlier.entry(key.into()).or_default().push(other);
                    }
                });
                ready
                    .problems
                    .extend(unreadable.iter().map(|phone| not_a_number(phone, *span)));
            }
            ready
        })
    }
}

fn not_a_number(phone: &str, span: Span) -> Diagnostic {
    let message = unreadable(phone);
    let help = "write it with its country code, such as `+15557770100`";
    let mut diagnostic =
        Diagnostic::new(Code::INVALID_FIXTURES, message).at(span).help(help);
    diagnostic.severity = crate::diagnostic::Severity::Warning;
    diagnostic
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn contact(id: &str, email: &str) -> (Contact, Span) {
        let (id, email) = (Some(id.into()), Some(email.into()));
        let span = Span { file: FileId(0), start: 0, end: 0 };
        (Contact { id, email, ..Contact::default() }, span)
    }

    #[test]
    fn contacts_added_one_by_one_form_few_layers() {
        let (mut book, country) = (ContactBook::default(), Country::default());
        for number in 0..1_000 {
            let id = format!("c-{number}");
            book.list(vec![contact(&id, &format!("{id}@example.com"))], country);
        }
        assert!(book.layers.len() <= 10, "{}", book.layers.len());
        for number in [0, 511, 512, 999] {
            let found = book.find(&format!("C-{number}@example.com"), country).unwrap();
            let id = found.and_then(|it| it.get("id").cloned());
            assert_eq!(id, Some(Json::from(format!("c-{number}").as_str())));
        }
    }

    #[test]
    fn a_contact_of_a_joined_layer_is_replaced_with_all_its_keys() {
        let (mut book, country) = (ContactBook::default(), Country::default());
        book.list(vec![contact("a", "old@example.com")], country);
        book.list(vec![contact("A", "new@example.com")], country);
        assert_eq!(book.layers.len(), 1);
        assert_eq!(book.find("old@example.com", country).unwrap(), None);
        assert!(book.find("new@example.com", country).unwrap().is_some());
    }
}
