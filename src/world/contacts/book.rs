//! All contacts that the fixtures know, in layers of which the later ones win.

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::contact::{Contact, folded};
use super::store::{Store, Unavailable};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::value::{Json, Text};
use crate::world::phone::{Country, e164, may_be_number, unreadable};

/// All contacts that the fixtures know.
#[derive(Debug, Clone, Default)]
pub(in crate::world) struct ContactBook {
    layers: Vec<Arc<Layer>>,
}

#[derive(Debug)]
enum Layer {
    Listed(Listed),
    Stored(Store),
}

/// Contacts that are held in memory.
#[derive(Debug)]
struct Listed {
    contacts: Vec<(Contact, Span)>,
    country: Country,
    /// Made at the first lookup, because reading national numbers starts slowly.
    ready: OnceLock<Ready>,
}

#[derive(Debug, Default)]
struct Ready {
    answers: Vec<Json>,
    places: IndexMap<Text, usize, FxBuildHasher>,
    problems: Vec<Diagnostic>,
}

impl ContactBook {
    /// Adds contacts that win over all earlier ones; among themselves the later ones win.
    pub(in crate::world) fn list(
        &mut self,
        contacts: Vec<(Contact, Span)>,
        country: Country,
    ) {
        if !contacts.is_empty() {
            let listed = Listed { contacts, country, ready: OnceLock::new() };
            self.layers.push(Arc::new(Layer::Listed(listed)));
        }
    }

    /// Adds the contacts of a file; they win over all earlier ones.
    pub(in crate::world) fn add(&mut self, store: Store) {
        self.layers.push(Arc::new(Layer::Stored(store)));
    }

    /// The contact that a key leads to.
    ///
    /// # Errors
    /// A contacts file that may hold it cannot be read.
    pub(in crate::world) fn find(
        &self,
        key: &str,
        country: Country,
    ) -> Result<Option<Json>, Unavailable> {
        let plain = folded(key);
        if self.layers.is_empty() || plain.is_empty() {
            return Ok(None);
        }
        if let Some(found) = self.find_exactly(&plain)? {
            return Ok(Some(found));
        }
        let number = if may_be_number(&plain) { e164(&plain, country) } else { None };
        match number {
            Some(number) if number != plain => self.find_exactly(&number),
            _ => Ok(None),
        }
    }

    fn find_exactly(&self, key: &str) -> Result<Option<Json>, Unavailable> {
        for (index, layer) in self.layers.iter().enumerate().rev() {
            if let Some(found) = layer.find(key)?
                && !self.is_replaced(&found, index)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Whether a layer above has a contact with the same id.
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

    /// Makes every index that a lookup would need.
    pub(in crate::world) fn index(&self) {
        for layer in &self.layers {
            match &**layer {
                Layer::Listed(listed) => drop(listed.ready()),
                Layer::Stored(store) => store.index(),
            }
        }
    }

    /// What was wrong with the contacts that have been indexed.
    pub(in crate::world) fn problems(&self) -> Vec<Diagnostic> {
        let problems = |layer: &Arc<Layer>| match &**layer {
            Layer::Listed(listed) => {
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
            Self::Listed(listed) => Ok(listed.find(key)),
            Self::Stored(store) => store.find(key),
        }
    }
}

impl Listed {
    fn find(&self, key: &str) -> Option<Json> {
        let ready = self.ready();
        ready.places.get(key).map(|&index| ready.answers[index].clone())
    }

    fn ready(&self) -> &Ready {
        self.ready.get_or_init(|| {
            let mut ready = Ready::default();
            for (index, (contact, span)) in self.contacts.iter().enumerate() {
                ready.answers.push(contact.to_json());
                let unreadable = contact.each_key(self.country, |key| {
                    ready.places.insert(key.into(), index);
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
    let help = "write it with its country code, as `+15557770100`";
    let mut diagnostic =
        Diagnostic::new(Code::INVALID_FIXTURES, message).at(span).help(help);
    diagnostic.severity = crate::diagnostic::Severity::Warning;
    diagnostic
}
