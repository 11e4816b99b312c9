//! The files of flows, with the values of their placeholders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hcl::Value;

use super::Configuration;
use super::functions::{resolved, text};
use super::organisation::string;
use super::report::Unknown;
use crate::source::plain;

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

/// Names of flows by the address of their resource.
pub type FlowNames = BTreeMap<String, String>;

/// The flows of `genesyscloud_flow`.
#[derive(Debug, Clone, Default)]
pub struct Flows {
    /// The files, in the order of their resources.
    pub files: Vec<FlowFile>,
    /// The names.
    pub names: FlowNames,
    /// The files that are not known.
    pub unknowns: Vec<Unknown>,
}

impl Configuration {
    /// Returns the flows. `name_of` reads the name of the flow in a file.
    pub fn flows(&self, name_of: &mut dyn FnMut(&FlowFile) -> Option<String>) -> Flows {
        let mut flows = Flows::default();
        for (resource, [repository, root]) in &self.resources {
            if resource.kind != "genesyscloud_flow" {
                continue;
            }
            let address = || resource.address.clone();
            if let Some(name) =
                string(&resource.values, "name").filter(|_| resource.is_data)
            {
                flows.names.insert(address(), name);
            }
            let Some(path) = string(&resource.values, "filepath") else { continue };
            let path = match flow_file(&path, [repository, root]) {
                Ok(path) => path,
                Err(reason) => {
                    let address = format!("{}.filepath", resource.address);
                    let place = resource.place.clone();
                    flows.unknowns.push(Unknown { address, reason, place });
                    continue;
                }
            };
            let substitutions =
                resource.values.get("substitutions").and_then(Value::as_object);
            let values = substitutions.into_iter().flatten();
            let values =
                values.filter_map(|(name, value)| Some((name.clone(), text(value)?)));
            let values = values.collect();
            let file = path.canonicalize().unwrap_or_else(|_| path.clone());
            let flow = FlowFile { file, path, values };
            if let Some(name) = name_of(&flow) {
                flows.names.insert(address(), name);
            }
            flows.files.push(flow);
        }
        flows
    }
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
