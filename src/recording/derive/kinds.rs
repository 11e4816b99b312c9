//! Classification of the events of documents.

use crate::flow::kinds::{self, Support};
use crate::trace::execution::kind_of_event;

/// Targets of `find…` actions, as sections of fixtures.
const FOUND: [(&str, &str); 10] = [
    ("actionFindQueue", "queues"),
    ("actionFindQueueById", "queues"),
    ("actionFindSkill", "skills"),
    ("actionFindLanguageSkill", "languageSkills"),
    ("actionFindUser", "users"),
    ("actionFindUserById", "users"),
    ("actionFindGroup", "groups"),
    ("actionFindSchedule", "schedules"),
    ("actionFindScheduleGroup", "scheduleGroups"),
    ("actionFindEmergencyGroup", "emergencyGroups"),
];

/// Inputs and outputs with directory objects, and the sections of these objects.
const NAMED: [(&str, &str); 9] = [
    ("targetQueue", "queues"),
    ("queue", "queues"),
    ("skill", "skills"),
    ("languageSkill", "languageSkills"),
    ("targetUser", "users"),
    ("user", "users"),
    ("targetGroup", "groups"),
    ("wrapupCode", "wrapupCodes"),
    ("scheduleGroup", "scheduleGroups"),
];

/// Returns the section of fixtures that a `find…` action searches.
pub(super) fn found(event: &str) -> Option<&'static str> {
    FOUND.iter().find(|(name, _)| *name == event).map(|(_, section)| *section)
}

/// Returns the section of fixtures for the directory object under a key.
pub(super) fn named(key: &str) -> Option<&'static str> {
    NAMED.iter().find(|(name, _)| *name == key).map(|(_, section)| *section)
}

/// Returns whether fixtures must answer an action: bots, transfers that may fail, and all
/// actions that flowsim does not simulate.
pub(super) fn needs_answer(event: &str) -> bool {
    if !event.starts_with("action") && !event.starts_with("menuTransfer") {
        return false;
    }
    let kind = kinds::named(&kind_of_event(event));
    kind.is_none_or(|kind| !matches!(kind.support(), Support::Runs | Support::Ends))
}
