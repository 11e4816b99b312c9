//! Resources as a fixtures document.

mod actions;
mod calendar;
mod document;
mod people;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hcl::{Map, Value};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::Configuration;
use super::document::Place;
use super::flows::FlowNames;
use super::functions::{text, to_json};
use super::instances::Resource;
use super::report::{self, Unknown};
use crate::source::plain;

pub use document::Document;

/// Sections of a fixtures document, in order.
type Sections = JsonMap<String, Json>;

/// Everything that resources refer to.
struct Organisation<'r> {
    /// All resources by address.
    by_address: BTreeMap<&'r str, &'r Resource>,
    /// The resources that become fixtures.
    resources: Vec<&'r Resource>,
    /// Names of flows; `None` if flows are not known at all.
    flow_names: Option<&'r FlowNames>,
    unknowns: Vec<Unknown>,
    /// Places of entries, by their path in the document.
    places: BTreeMap<Vec<String>, Place>,
    /// Names of the columns of tables, in order.
    columns: BTreeMap<String, Vec<String>>,
}

impl Configuration {
    /// Returns the fixtures document of everything that the resources define, of all files
    /// or of one. Without names of flows it has nothing that refers to flows.
    pub fn document(&self, flows: Option<&FlowNames>, only: Option<&Path>) -> Document {
        let all = self.resources.iter().map(|(resource, _)| resource);
        let is_wanted =
            |it: &&Resource| only.is_none_or(|file| plain(&it.place.file) == plain(file));
        let mut organisation = Organisation {
            by_address: all.clone().map(|it| (it.address.as_str(), it)).collect(),
            resources: all.filter(is_wanted).collect(),
            flow_names: flows,
            unknowns: Vec::new(),
            places: BTreeMap::new(),
            columns: BTreeMap::new(),
        };
        let mut sections = Sections::new();
        organisation.check_names();
        organisation.named(&mut sections);
        people::add(&mut organisation, &mut sections);
        calendar::add(&mut organisation, &mut sections);
        tables::add(&mut organisation, &mut sections);
        actions::add(&mut organisation, &mut sections);
        sections.retain(|_, section| !is_empty(section));
        Document::new(sections, organisation)
    }
}

fn is_empty(section: &Json) -> bool {
    match section {
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        _ => false,
    }
}

impl<'r> Organisation<'r> {
    /// Returns the resources and data sources of a type that have a name.
    fn all(&self, kind: &str) -> Vec<(&'r Resource, String)> {
        let all = self.resources.iter().filter(|it| it.kind == kind);
        all.filter_map(|it| Some((*it, string(&it.values, "name")?))).collect()
    }

    /// Reports resources without the name by which flows find them.
    fn check_names(&mut self) {
        let has_name = |kind: &str| {
            kind != "genesyscloud_flow"
                && kind != "genesyscloud_architect_datatable_row"
                && kind != "genesyscloud_integration"
                && report::KINDS.iter().any(|(known, _)| *known == kind)
        };
        for resource in self.resources.iter().filter(|it| has_name(&it.kind)) {
            let key = match &*resource.kind {
                "genesyscloud_user" => "email",
                _ => "name",
            };
            let is_reported = resource
                .gaps
                .iter()
                .any(|gap| ["name", key, "count", "for_each"].contains(&&*gap.attribute));
            let named = ["name", key].map(|key| string(&resource.values, key));
            if named.iter().all(Option::is_none) && !is_reported {
                self.unknowns.push(missing(resource, key));
            }
        }
    }

    /// Adds a list without duplicates.
    fn add_list(
        &mut self,
        sections: &mut Sections,
        section: &str,
        items: Vec<(Json, &Resource)>,
    ) {
        let (mut seen, mut list) = (BTreeSet::new(), Vec::new());
        for (item, resource) in items {
            if seen.insert(item.to_string()) {
                self.put_place(&[section, &list.len().to_string()], resource);
                list.push(item);
            }
        }
        sections.insert(section.into(), Json::Array(list));
    }

    /// Records the place of an entry.
    fn put_place(&mut self, path: &[&str], resource: &Resource) {
        let path = path.iter().map(|it| (*it).to_owned()).collect();
        self.places.insert(path, resource.place.clone());
    }

    /// Adds objects with only a name.
    fn named(&mut self, sections: &mut Sections) {
        for (kind, section) in [
            ("genesyscloud_routing_skill", "skills"),
            ("genesyscloud_routing_language", "languageSkills"),
            ("genesyscloud_group", "groups"),
            ("genesyscloud_routing_wrapupcode", "wrapupCodes"),
        ] {
            let named = self.all(kind).into_iter();
            let named = named.map(|(resource, name)| (Json::from(name), resource));
            self.add_list(sections, section, named.collect());
        }
    }

    /// Returns the name of an object that an attribute refers to by its id.
    fn name_of(&self, id: &str) -> Option<String> {
        if let Some(name) = self.flow_names.and_then(|names| names.get(id)) {
            return Some(name.clone());
        }
        let resource = self.by_address.get(id)?;
        string(&resource.values, "name").or_else(|| string(&resource.values, "email"))
    }

    /// Returns the names that a list of ids refers to. Ids of other organisations are left
    /// out and reported.
    fn names_of(&mut self, resource: &Resource, attribute: &str) -> Vec<String> {
        let ids = strings(&resource.values, attribute);
        ids.iter().filter_map(|id| self.known(resource, attribute, id)).collect()
    }

    /// Returns the name that an id refers to, or reports it.
    fn known(
        &mut self,
        resource: &Resource,
        attribute: &str,
        id: &str,
    ) -> Option<String> {
        let name = self.name_of(id);
        if name.is_none() {
            self.unknowns.push(Unknown {
                address: format!("{}.{attribute}", resource.address),
                reason: format!("`{id}` is not an object of this repository"),
                place: resource.place.clone(),
            });
        }
        name
    }
}

/// Returns a string or number as a string.
pub(super) fn string(values: &Map<String, Value>, key: &str) -> Option<String> {
    values.get(key).and_then(text).filter(|text| !text.is_empty())
}

/// Returns a list of strings.
fn strings(values: &Map<String, Value>, key: &str) -> Vec<String> {
    match values.get(key) {
        Some(Value::Array(items)) => items.iter().filter_map(text).collect(),
        Some(value) => text(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Returns the blocks of a name; the JSON form of Terraform may have one without a list.
fn blocks<'v>(values: &'v Map<String, Value>, key: &str) -> Vec<&'v Map<String, Value>> {
    match values.get(key) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_object).collect(),
        Some(Value::Object(members)) => vec![members],
        _ => Vec::new(),
    }
}

/// Adds a member unless it is empty.
fn put(object: &mut JsonMap<String, Json>, key: &str, value: Json) {
    if !value.is_null() && !is_empty(&value) {
        object.insert(key.into(), value);
    }
}

/// Returns the report of an attribute that a resource must have.
fn missing(resource: &Resource, attribute: &str) -> Unknown {
    Unknown {
        address: format!("{}.{attribute}", resource.address),
        reason: format!("the resource has no `{attribute}`"),
        place: resource.place.clone(),
    }
}

/// Converts JSON in a string, or a value.
fn json_of(value: &Value) -> Option<Json> {
    match value {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Object(_) | Value::Array(_) => Some(to_json(value)),
        _ => None,
    }
}

/// An object with a name.
fn named(name: &str) -> JsonMap<String, Json> {
    let mut object = JsonMap::new();
    object.insert("name".into(), json!(name));
    object
}
