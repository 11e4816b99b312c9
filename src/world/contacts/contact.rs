//! A contact and its lookup keys.

use std::borrow::Cow;

use crate::value::{Json, Text};
use crate::world::phone::{Country, e164};

/// An external contact.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::world) struct Contact {
    pub(in crate::world) id: Option<Text>,
    pub(in crate::world) name: Option<Text>,
    pub(in crate::world) email: Option<Text>,
    /// Phone numbers as written.
    pub(in crate::world) phones: Vec<Text>,
    /// Attributes, an object.
    pub(in crate::world) attributes: Json,
}

/// Normalizes an id or email address for comparison: trims blanks and lowercases `A` to
/// `Z`.
pub(in crate::world) fn folded(key: &str) -> Cow<'_, str> {
    let key = key.trim();
    if key.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(key.to_ascii_lowercase())
    } else {
        Cow::Borrowed(key)
    }
}

/// Message for a contact without any lookup key.
pub(super) const WITHOUT_KEYS: &str =
    "the contact has no id, email address or phone number";

impl Contact {
    /// Adds phone numbers, separated by `;`.
    pub(super) fn add_phones(&mut self, numbers: &str) {
        let numbers = numbers.split(';').map(str::trim);
        self.phones.extend(numbers.filter(|number| !number.is_empty()).map(Text::from));
    }

    /// Returns whether the contact has any lookup key.
    pub(in crate::world) fn has_keys(&self) -> bool {
        self.id.is_some() || self.email.is_some() || !self.phones.is_empty()
    }

    /// Visits every key; returns the invalid phone numbers.
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

    /// Returns whether the contact has this key.
    pub(super) fn has_key(&self, key: &str, country: Country) -> bool {
        let mut found = false;
        self.each_key(country, |own| found |= own == key);
        found
    }

    /// Returns the telephone numbers in E.164.
    pub(super) fn numbers(&self, country: Country) -> Vec<String> {
        let numbers = self.phones.iter().filter_map(|phone| e164(phone, country));
        numbers.map(Cow::into_owned).collect()
    }

    /// Returns the contact as flows see it.
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
