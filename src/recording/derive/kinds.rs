//! What the events of documents are about.

use crate::flow::kinds::{Fate, kind_of};
use crate::trace::execution::kind_of_event;

/// What `find…` actions look for, by the section of fixtures that it is in.
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

/// What inputs and outputs hold things of the directory, and in which section these are.
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

/// The section of fixtures in which a `find…` action looks.
pub(super) fn found(event: &str) -> Option<&'static str> {
    FOUND.iter().find(|(name, _)| *name == event).map(|(_, section)| *section)
}

/// The section of fixtures that holds what stands under a key.
pub(super) fn named(key: &str) -> Option<&'static str> {
    NAMED.iter().find(|(name, _)| *name == key).map(|(_, section)| *section)
}

/// Whether an action asks whoever answers for the world what comes of it: bots, transfers
/// that may fail, and everything that flowsim does not know.
pub(super) fn is_asked_for(event: &str) -> bool {
    if !event.starts_with("action") && !event.starts_with("menuTransfer") {
        return false;
    }
    let kind = kind_of(&kind_of_event(event));
    kind.is_none_or(|kind| !matches!(kind.fate, Fate::Runs | Fate::Ends))
}
