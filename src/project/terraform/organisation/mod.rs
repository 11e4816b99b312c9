//! Resources as fixtures, files of flows and routes.

mod actions;
mod calendar;
mod people;
mod tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hcl::{Map, Value};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::functions::{resolved, text, to_json};
use super::module::Resource;
use super::report::{Report, Unknown};
use super::{Placed, Terraform};
use crate::flow::read;
use crate::source::{Files, plain};

/// A file of a flow, and the values of its placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowFile {
    /// The canonical path.
    pub file: PathBuf,
    /// The path as Terraform names it, relative to the working folder.
    pub path: PathBuf,
    /// The `substitutions`.
    pub values: Vec<(String, String)>,
}

/// Sections of a fixtures document, in order.
type Sections = JsonMap<String, Json>;

/// Everything that resources refer to.
struct Organisation<'r> {
    /// Resources by address.
    by_address: BTreeMap<&'r str, &'r Resource>,
    resources: Vec<&'r Resource>,
    /// Names of flows by the address of their resource.
    flow_names: BTreeMap<String, String>,
    unknowns: Vec<Unknown>,
}

/// Converts resources.
pub(super) fn of(
    resources: &[Placed],
    mut report: Report,
    files: &mut Files,
) -> Terraform {
    let mut unknowns = Vec::new();
    let (flows, flow_names) = flows(resources, files, &mut unknowns);
    let all = resources.iter().map(|(resource, _)| resource);
    let mut organisation = Organisation {
        by_address: all.clone().map(|it| (it.address.as_str(), it)).collect(),
        resources: all.collect(),
        flow_names,
        unknowns,
    };
    let mut sections = Sections::new();
    organisation.named(&mut sections);
    people::add(&mut organisation, &mut sections);
    calendar::add(&mut organisation, &mut sections);
    tables::add(&mut organisation, &mut sections);
    actions::add(&mut organisation, &mut sections);
    sections.retain(|_, section| !is_empty(section));
    report.unknowns.extend(organisation.unknowns);
    let fixtures = match sections.is_empty() {
        true => String::new(),
        false => serde_json::to_string(&Json::Object(sections)).unwrap_or_default(),
    };
    Terraform { fixtures, flows, report, warnings: Vec::new() }
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

    /// Adds objects with only a name.
    fn named(&mut self, sections: &mut Sections) {
        for (kind, section) in [
            ("genesyscloud_routing_skill", "skills"),
            ("genesyscloud_routing_language", "languageSkills"),
            ("genesyscloud_group", "groups"),
            ("genesyscloud_routing_wrapupcode", "wrapupCodes"),
        ] {
            let names = self.all(kind).into_iter().map(|(_, name)| Json::from(name));
            sections.insert(section.into(), unique(names));
        }
    }

    /// Returns the name of an object that an attribute refers to by its id.
    fn name_of(&self, id: &str) -> Option<String> {
        if let Some(name) = self.flow_names.get(id) {
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

/// Returns the flows of `genesyscloud_flow`, and their names by address.
fn flows(
    resources: &[Placed],
    files: &mut Files,
    unknowns: &mut Vec<Unknown>,
) -> (Vec<FlowFile>, BTreeMap<String, String>) {
    let (mut flows, mut names) = (Vec::new(), BTreeMap::new());
    for (resource, [repository, root]) in resources {
        if resource.kind != "genesyscloud_flow" {
            continue;
        }
        if let Some(name) = string(&resource.values, "name").filter(|_| resource.is_data)
        {
            names.insert(resource.address.clone(), name);
        }
        let Some(path) = string(&resource.values, "filepath") else { continue };
        let place = match flow_file(&path, [repository, root]) {
            Ok(place) => place,
            Err(reason) => {
                let address = format!("{}.filepath", resource.address);
                let place = resource.place.clone();
                unknowns.push(Unknown { address, reason, place });
                continue;
            }
        };
        let substitutions =
            resource.values.get("substitutions").and_then(Value::as_object);
        let values = substitutions.into_iter().flatten();
        let values =
            values.filter_map(|(name, value)| Some((name.clone(), text(value)?)));
        let values: Vec<(String, String)> = values.collect();
        if let Some(name) = flow_name(&place, &values, files) {
            names.insert(resource.address.clone(), name);
        }
        let file = place.canonicalize().unwrap_or_else(|_| place.clone());
        flows.push(FlowFile { file, path: place, values });
    }
    (flows, names)
}

/// Returns the file of a flow. If no `.git` marks the repository, the flow may be beside the
/// module.
fn flow_file(path: &str, [repository, root]: [&PathBuf; 2]) -> Result<PathBuf, String> {
    let (whole, real) = (root.join(path), |path: &Path| path.canonicalize().ok());
    let beside = real(root).and_then(|root| Some(root.parent()?.to_owned()));
    let is_beside = || {
        let place = real(&whole).filter(|place| place.is_file());
        place.zip(beside).is_some_and(|(place, folder)| place.starts_with(folder))
    };
    let place = match resolved(path, [repository, root]) {
        Err(_) if !repository.join(".git").exists() && is_beside() => {
            plain(&whole).to_owned()
        }
        found => found?,
    };
    if place.is_file() { Ok(place) } else { Err(format!("`{path}` does not exist")) }
}

/// Returns the name of the flow in a file.
fn flow_name(
    path: &Path,
    values: &[(String, String)],
    files: &mut Files,
) -> Option<String> {
    let loaded = read::load(&[path.to_owned()], values, files);
    let first = loaded.architect.first().map(|flow| flow.name.value.to_string());
    first.or_else(|| loaded.flows.first().map(|flow| flow.name.to_string()))
}

/// Returns a string or number as a string.
fn string(values: &Map<String, Value>, key: &str) -> Option<String> {
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

/// Returns a list without duplicates.
fn unique(items: impl Iterator<Item = Json>) -> Json {
    let mut list: Vec<Json> = Vec::new();
    for item in items {
        if !list.contains(&item) {
            list.push(item);
        }
    }
    Json::Array(list)
}

/// Adds a member unless it is empty.
fn put(object: &mut JsonMap<String, Json>, key: &str, value: Json) {
    if !value.is_null() && !is_empty(&value) {
        object.insert(key.into(), value);
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
