//! The resources that were read, and the values that are not known.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::document::Place;
use super::module::Evaluator;

/// Resource types that flowsim reads, with the words for them.
pub(super) const KINDS: [(&str, &str); 16] = [
    ("genesyscloud_flow", "flows"),
    ("genesyscloud_routing_queue", "queues"),
    ("genesyscloud_routing_skill", "skills"),
    ("genesyscloud_routing_language", "language skills"),
    ("genesyscloud_routing_wrapupcode", "wrap-up codes"),
    ("genesyscloud_user", "users"),
    ("genesyscloud_group", "groups"),
    ("genesyscloud_architect_datatable", "data tables"),
    ("genesyscloud_architect_datatable_row", "data table rows"),
    ("genesyscloud_architect_schedules", "schedules"),
    ("genesyscloud_architect_schedulegroups", "schedule groups"),
    ("genesyscloud_architect_emergencygroup", "emergency groups"),
    ("genesyscloud_architect_user_prompt", "prompts"),
    ("genesyscloud_architect_ivr", "IVR routes"),
    ("genesyscloud_integration_action", "data actions"),
    ("genesyscloud_integration", "integrations"),
];

/// Resource types that have no effect on a call, with the words for them and the reason.
const UNUSED: [(&str, &str, &str); 5] = [
    ("genesyscloud_flow_outcome", "outcomes", RECORDED),
    ("genesyscloud_flow_milestone", "milestones", RECORDED),
    ("genesyscloud_script", "scripts", "agents see them, callers do not"),
    ("genesyscloud_auth_division", "divisions", PERMISSIONS),
    ("genesyscloud_auth_division_home", "divisions", PERMISSIONS),
];

const RECORDED: &str = "flows record them by name and cannot read them";
const PERMISSIONS: &str = "they are permissions of users, and calls have none";
const NOT_READ: &str = "flowsim does not read this type";

/// A value that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The address of the attribute, such as
    /// `genesyscloud_flow.main.substitutions.queue`.
    pub address: String,
    /// The reason.
    pub reason: String,
    /// The place.
    pub place: Place,
}

/// The result of reading Terraform.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The files that were read, in order.
    pub files: Vec<PathBuf>,
    /// The number of resources and data sources of each type that flowsim reads.
    pub resources: BTreeMap<&'static str, usize>,
    /// The number of resources of each type of Genesys Cloud that flowsim does not use.
    pub others: BTreeMap<String, usize>,
    /// The values that are not known, in the order of the files.
    pub unknowns: Vec<Unknown>,
}

impl Report {
    /// Adds the results of a root module.
    pub(super) fn add(&mut self, evaluator: &Evaluator<'_>) {
        self.files.extend(evaluator.read.iter().cloned());
        for problem in &evaluator.problems {
            self.unknowns.push(Unknown {
                address: problem.name.clone(),
                reason: problem.reason.clone(),
                place: problem.place.clone(),
            });
        }
        for resource in &evaluator.resources {
            let Some((kind, _)) = KINDS.iter().find(|(kind, _)| *kind == resource.kind)
            else {
                if resource.kind.starts_with("genesyscloud_") && !resource.is_data {
                    *self.others.entry(resource.kind.clone()).or_default() += 1;
                }
                continue;
            };
            *self.resources.entry(kind).or_default() += 1;
            for gap in resource.gaps.iter().filter(|gap| is_needed(kind, &gap.attribute))
            {
                self.unknowns.push(Unknown {
                    address: format!("{}.{}", resource.address, gap.attribute),
                    reason: gap.reason.clone(),
                    place: resource.place.clone(),
                });
            }
        }
    }

    /// Returns the numbers of resources in words, such as `2 queues`.
    pub fn counts(&self) -> Vec<(usize, &'static str)> {
        let count = |(kind, words): (&str, &'static str)| {
            let count = self.resources.get(kind).copied().unwrap_or_default();
            (count > 0).then_some((count, words))
        };
        KINDS.into_iter().filter_map(count).collect()
    }

    /// Returns the numbers of resources that flowsim does not use, by type or in words, with
    /// the reasons.
    pub fn unused(&self) -> Vec<(usize, &str, &'static str)> {
        let mut unused: Vec<(usize, &str, &'static str)> = Vec::new();
        for (kind, words, reason) in UNUSED {
            let Some(count) = self.others.get(kind) else { continue };
            match unused.iter_mut().find(|(_, known, _)| *known == words) {
                Some((total, ..)) => *total += count,
                None => unused.push((*count, words, reason)),
            }
        }
        let is_other = |kind: &str| !UNUSED.iter().any(|(known, ..)| *known == kind);
        let others = self.others.iter().filter(|(kind, _)| is_other(kind));
        unused.extend(others.map(|(kind, count)| (*count, kind.as_str(), NOT_READ)));
        unused
    }
}

/// Whether flowsim uses an attribute. The others may be unknown.
fn is_needed(kind: &str, attribute: &str) -> bool {
    let unused = [
        "division_id",
        "file_content_hash",
        "description",
        "home_division_id",
        "password",
        "integration_id",
        "config_request",
        "config_response",
        "resources.file_content_hash",
        "default_script_ids",
        "outbound_email_address",
        "credentials",
    ];
    let is_of = |part: &str| {
        attribute == part
            || attribute.strip_prefix(part).is_some_and(|it| it.starts_with('.'))
    };
    kind != "genesyscloud_integration" && !unused.iter().any(|part| is_of(part))
}
