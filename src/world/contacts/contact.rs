//! One contact and the keys that lead to it.

use std::borrow::Cow;

use crate::value::{Json, Text};
use crate::world::phone::{Country, e164};

/// An external contact.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::world) struct Contact {
    pub(in crate::world) id: Option<Text>,
    pub(in crate::world) name: Option<Text>,
    pub(in crate::world) email: Option<Text>,
    /// As they are written.
    pub(in crate::world) phones: Vec<Text>,
    /// An object.
    pub(in crate::world) attributes: Json,
}

/// An id or e-mail address as it is compared: without blanks around it, `A` to `Z` small.
pub(in crate::world) fn folded(key: &str) -> Cow<'_, str> {
    let key = key.trim();
    if key.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(key.to_ascii_lowercase())
    } else {
        Cow::Borrowed(key)
    }
}

/// What is said of a contact that could never be found.
pub(super) const WITHOUT_KEYS: &str =
    "neither an id, nor an e-mail address, nor a telephone number is given";

impl Contact {
    /// Adds telephone numbers, separated by `;`.
    pub(super) fn add_phones(&mut self, numbers: &str) {
        let numbers = numbers.split(';').map(str::trim);
        self.phones.extend(numbers.filter(|number| !number.is_empty()).map(Text::from));
    }

    /// Whether it can be found at all.
    pub(in crate::world) fn has_keys(&self) -> bool {
        self.id.is_some() || self.email.is_some() || !self.phones.is_empty()
    }

    /// Visits every key; returns the telephone numbers that are none.
    pub(super) fn each_key(
        &self,
        country: Country,
        mut visit: impl FnMut(&str),
    ) -> Vec<&Text> {
        for key in [&self.id, &self.email].into_iter().flatten() {
            visit(&folded(key));
        }
        let mut unreadable = Vec::new();
        for phone in &self.phones {
            match e164(phone, country) {
                Some(number) => visit(&number),
                None => unreadable.push(phone),
            }
        }
        unreadable
    }

    /// Whether a key leads to this contact.
    pub(super) fn has_key(&self, key: &str, country: Country) -> bool {
        let mut found = false;
        self.each_key(country, |own| found |= own == key);
        found
    }

    /// The contact as flows see it.
    pub(super) fn to_json(&self) -> Json {
        let text = |value: &Option<Text>| value.clone().map_or(Json::Null, Json::String);
        Json::object([
            ("id".into(), text(&self.id)),
            ("name".into(), text(&self.name)),
            ("email".into(), text(&self.email)),
            ("attributes".into(), self.attributes.clone()),
        ])
    }
}
